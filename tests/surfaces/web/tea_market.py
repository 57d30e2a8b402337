"""A market that shows what every page of the app is for; all names are made up."""

import datetime as dt
from pathlib import Path

import howdah

#: A name as a hostile feed would give it.
HOSTILE = "<img src=x onerror=document.title='owned'><script>document.title='owned'</script>"

#: Places of the long league table.
N_APPS = 400

_MARKET = """\
title = "Tea"
title_zh = "茶"
as_of = 2025-01-31

[follow]
segments = ["apps"]
products = ["Oolong"]

[giants]
companies = ["Tea House"]

[ours]
products = ["Matcha"]

[[feature]]
id = "brewing-timer"
title = "Brewing timer"
title_zh = "冲泡计时"
words = ["brewing timer"]

[[segment]]
id = "apps"
title = "Tea apps"
title_zh = "茶应用"
headline = "dau"
members = ["Oolong", "Pu'er", "Matcha"]

[[segment]]
id = "code"
title = "Tea repositories"
title_zh = "茶代码仓库"
headline = "stars"
types = ["repository"]
linked = false
"""

_CATALOGUE = f"""\
canonical,type,parent,aliases_simplified,aliases_traditional,aliases_latin,identifiers,notes
Oolong,product,Tea House,乌龙;乌龙茶,烏龍,Wulong,,
Pu'er,product,Tea House,普洱,,,,
Matcha,product,,抹茶,,,,
Tea House,company,,茶馆,,,,
{HOSTILE},product,,,,,,
"""

_USERS = """\
title = "Users of tea apps"
source = "TeaMetrics"
nature = "panel"
path = "data/users.csv"
cadence = "monthly"
replay = true
[licence]
name = "Contract"
may_export = true
attribution = "Numbers by TeaMetrics."
[[claim]]
subject = { column = "app" }
metric = "dau"
definition = "tea:dau"
value = { column = "users" }
period = { column = "month" }
published_at = { column = "published" }
"""

_NEWS = """\
title = "The Ledger"
source = "The Ledger"
path = "articles"
replay = true
[licence]
name = "contract"
may_export = true
[documents]
lang = "en"
accept = 0.6
"""

#: The first is read with certainty; of the second the reader is not sure.
_ARTICLES = {
    "2025-01-09-oolong.txt": "Tea in December 2024\n\nPublished 9 January 2025.\n\n"
    "Oolong had 2.3 million daily active users in December 2024.\n\nNobody said why.\n",
    "2025-01-10-matcha.txt": "Plans for tea\n\nPublished 10 January 2025.\n\n"
    "Matcha plans to have 380 daily active users in 2025.\n",
}

_STARS = """\
title = "Stars"
source = "CodeHost"
nature = "counter"
path = "data/stars.csv"
cadence = "weekly"
replay = true
[licence]
name = "MIT"
[[claim]]
scheme = "github"
subject = { column = "repo" }
metric = "stars"
definition = "github:stars"
value = { column = "stars" }
period = { column = "day" }
published_at = { column = "day" }
"""

#: The same software under another scheme, so that a pair waits for a reviewer.
_LIFES = """\
title = "Releases"
source = "Lifes"
path = "data/lifes.csv"
replay = true
[licence]
name = "MIT"
[[claim]]
scheme = "endoflife"
subject = { column = "product" }
metric = "stars"
definition = "lifes:stars"
value = { column = "stars" }
period = { column = "day" }
published_at = { column = "day" }
"""

#: What one of them spends on ads, always the same: nobody can tell what that brings. Another pays
#: two channels.
_ADS = """\
title = "Ads for tea"
source = "AdWatch"
path = "data/ads.csv"
cadence = "monthly"
replay = true
[licence]
name = "MIT"
[[claim]]
subject = { column = "app" }
metric = "ad_spend"
definition = "adwatch:spend"
currency = "USD"
object = { column = "channel" }
value = { column = "spent" }
period = { column = "month" }
published_at = { column = "published" }
"""


def _ads() -> str:
    months = [dt.date(2024, n, 1) for n in range(1, 13)]
    rows = [f"Matcha,Kettle network,5000,{m:%Y-%m},{m + dt.timedelta(days=33)}" for m in months]
    for n, month in enumerate(months):
        published = month + dt.timedelta(days=33)
        rows.append(f"Pu'er,Kettle network,{20_000 + 900 * n},{month:%Y-%m},{published}")
        rows.append(f"Pu'er,Leaf search,{8_000 - 300 * n},{month:%Y-%m},{published}")
    return "\n".join(["app,channel,spent,month,published", *rows]) + "\n"


def _users() -> str:
    lines = ["app,users,month,published"]
    levels = [("Oolong", 2_000_000), ("Pu'er", 1_300_000), ("Matcha", 40_000), (HOSTILE, 30_000)]
    levels += [(f"App {n:03d}", 25_000 - 50 * n) for n in range(N_APPS - len(levels))]
    for n in range(12):
        month = dt.date(2024, n + 1, 1)
        published = (month + dt.timedelta(days=38)).replace(day=8)
        for app, level in levels if n > 9 else levels[:4]:
            value = level * (1 + 0.01 * n) * (1 + 0.003 * (n % 3))
            if (app, n) == ("Oolong", 5):
                value /= 1000  # said in thousands
            lines.append(f"{app},{value:.0f},{month:%Y-%m},{published}")
    lines.append("Matcha,many,2024-12,2025-01-08")
    return "\n".join(lines) + "\n"


def _stars(column: str, names: list[str], n_weeks: int) -> str:
    lines = [f"{column},stars,day"]
    for week in range(n_weeks):
        day = dt.date(2024, 9, 1) + dt.timedelta(weeks=week)
        lines += [f"{name},{1000 * (n + 1) + 40 * week},{day}" for n, name in enumerate(names)]
    return "\n".join(lines) + "\n"


def make_market(folder: Path) -> Path:
    """The market, built."""
    files = {
        "market.toml": _MARKET,
        "entities/catalogue.csv": _CATALOGUE,
        "feeds/users.toml": _USERS,
        "feeds/stars.toml": _STARS,
        "feeds/lifes.toml": _LIFES,
        "feeds/ledger.toml": _NEWS,
        "feeds/ads.toml": _ADS,
        "data/ads.csv": _ads(),
        "data/users.csv": _users(),
        "data/stars.csv": _stars("repo", ["tea/kettle", "tea/leaf", "tea/strainer"], 14),
        "data/lifes.csv": _stars("product", ["kettle"], 1),
        **{f"articles/{name}": text for name, text in _ARTICLES.items()},
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    updates = howdah.open(folder).update()
    assert all(not update.error for update in updates), updates
    howdah.open(folder).keep_records()
    return folder
