"""A small market built from a few lines, and a way to run commands on it."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import howdah
from howdah.surfaces.cli import app

_MARKET = """\
title = "Tea"
title_zh = "茶"
as_of = 2025-01-31

[follow]
segments = ["apps"]

[giants]
companies = ["Tea House"]

[[feature]]
id = "timer"
title = "Brewing timer"
title_zh = "泡茶计时"

[[segment]]
id = "apps"
title = "Tea apps"
headline = "dau"
members = ["Oolong", "Pu'er", "Matcha"]

[[segment]]
id = "code"
title = "Tea repositories"
headline = "stars"
types = ["repository"]
linked = false
"""

_CATALOGUE = """\
canonical,type,parent,aliases_simplified,aliases_traditional,aliases_latin,identifiers,notes
Oolong,product,Tea House,乌龙;乌龙茶 App,烏龍,Wulong,,
Pu'er,product,Tea House,普洱,,,,
Matcha,product,,抹茶,,,,
Tea House,company,,茶馆,,,,
"""

_PANEL = """\
title = "Users of tea apps"
source = "TeaMetrics"
nature = "panel"
path = "inbox/users.csv"
cadence = "monthly"
replay = true

[licence]
name = "Contract"
attribution = "Numbers by TeaMetrics."

[cost]
amount = 12000
currency = "EUR"
renews_on = 2025-06-30

[[claim]]
subject = { column = "app" }
metric = "dau"
definition = "tea:dau"
value = { column = "users" }
period = { column = "month" }
published_at = { column = "published" }
"""

_USERS = """\
app,users,month,published
Oolong,900000,2024-10,2024-11-08
Pu'er,1200000,2024-10,2024-11-08
Matcha,400000,2024-10,2024-11-08
Oolong,2100000,2024-11,2024-12-08
Pu'er,1250000,2024-11,2024-12-08
Oolong,3900000,2024-12,2025-01-08
Pu'er,1300000,2024-12,2025-01-08
Matcha,many,2024-12,2025-01-08
"""

_NEWS = """\
title = "Tea in the news"
source = "Tea Times"
nature = "statement"
path = "inbox/news.csv"
replay = true

[licence]
name = "Secret contract"
may_export = false

[[claim]]
subject = { column = "who" }
metric = { column = "metric" }
unit = { column = "unit" }
value_low = { column = "low" }
value_high = { column = "high" }
period = { column = "when" }
modality = { column = "modality" }
object = { column = "object" }
source = { column = "source" }
published_at = { column = "published" }
"""

_TOLD = """\
who,metric,unit,low,high,when,modality,object,source,published
Oolong,dau,people,1000000,,2024-11,asserted,,Tea House,2024-12-10
Oolong,dau,people,9000000,9000000,2024-12,planned,,Tea House,2024-12-10
Matcha,staff_cut,people,300,,2024-12,asserted,,Tea Times,2025-01-05
Matcha,staff_cut,people,,120,2024-12,asserted,,Matcha,2025-01-05
Oolong,feature_release,,,,2024-11-20,asserted,泡茶计时器,Tea House,2024-12-10
Pu'er,feature_release,,,,2024-12-02,planned,a brewing timer,Tea Times,2024-12-10
Matcha,feature,,,,2024-12-02,asserted,a talking kettle,Tea Times,2025-01-05
Matcha,strategic_cooperation,,,,2025-01-02,asserted,Kettle Cloud,Kettle Cloud,2025-01-05
"""

_STARS = """\
title = "Stars"
source = "CodeHost"
nature = "counter"
path = "inbox/stars.csv"
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


def _stars() -> str:
    lines = ["repo,stars,day"]
    for week in range(14):
        day = f"2024-{9 + week // 4:02d}-{1 + 7 * (week % 4):02d}"
        lines += [f"tea/leaf{n},{1000 * (n + 1) + 40 * week},{day}" for n in range(3)]
    return "\n".join(lines) + "\n"


def make_market(folder: Path) -> Path:
    """A small market, not yet updated."""
    files = {
        "market.toml": _MARKET,
        "entities/catalogue.csv": _CATALOGUE,
        "feeds/panel.toml": _PANEL,
        "feeds/news.toml": _NEWS,
        "feeds/stars.toml": _STARS,
        "inbox/users.csv": _USERS,
        "inbox/news.csv": _TOLD,
        "inbox/stars.csv": _stars(),
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def small_market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small market that is built; read it, never change it."""
    folder = make_market(tmp_path_factory.mktemp("small") / "tea")
    howdah.open(folder).update()
    return folder


@pytest.fixture
def own_market(small_market: Path, tmp_path: Path) -> Path:
    """A copy of the small market, to change."""
    return Path(shutil.copytree(small_market, tmp_path / "tea"))


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def answer(self) -> dict[str, Any]:
        """The JSON object on stdout; anything besides fails."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command in an empty folder: ``run("radar", market=folder, columns=80)``.

    `columns` makes stdout a terminal of that width; otherwise it is a pipe.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HOWDAH_MARKET", raising=False)

    def invoke(*args: str, market: Path | None = None, columns: int | None = None) -> Ran:
        env: dict[str, str | None] = {
            "FORCE_COLOR": None,
            "COLUMNS": None,
            "NO_COLOR": None,
            "HOWDAH_MARKET": None,
        }
        if market is not None:
            env["HOWDAH_MARKET"] = str(market)
        if columns is not None:
            env |= {"FORCE_COLOR": "1", "COLUMNS": str(columns), "TERM": "xterm-256color"}
        result = CliRunner().invoke(app, list(args), env=env, prog_name="howdah")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ran(result.exit_code, without_style(result.stdout), result.stderr)

    return invoke


def without_style(text: str) -> str:
    """Text without the codes that colour it."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)
