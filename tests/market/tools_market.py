"""A small market in which giants enter a segment in months that are known."""

import datetime as dt
from pathlib import Path

import numpy as np

import howdah
from howdah.market import Market

MONTHS = tuple(dt.date(2018 + n // 12, n % 12 + 1, 1) for n in range(84))

#: Month in which the product of each giant comes onto the list.
ENTERED = {"Giant 0": 12, "Giant 1": 20, "Giant 2": 28, "Giant 3": 36, "Giant 4": 44}

INCUMBENTS = ("old 0", "old 1", "old 2", "old 3")

#: Incumbent that falls off the list half a year after the second entry.
LOST, LOST_IN = "old 3", 26

_LENGTH = 12

_MARKET = """\
title = "Tools"
as_of = 2025-01-31

[giants]
companies = [{giants}]

[[segment]]
id = "tools"
title = "Tools"
headline = "downloads"
members = [{members}]

[[segment]]
id = "pair"
title = "A pair"
headline = "downloads"
members = ["filler 0", "filler 1"]

[[segment]]
id = "nobody"
title = "Nobody"
headline = "dau"
members = ["old 0"]
"""

_FEED = """\
title = "Downloads"
source = "Registry"
nature = "counter"
path = "data/downloads.csv"
replay = true
[licence]
name = "contract"
[list]
cutoff = true
[[claim]]
scheme = "name"
subject = { column = "app" }
metric = "downloads"
definition = "registry:downloads"
unit = "package_download"
value = { column = "downloads" }
valid_to = { column = "day" }
window_days = 30
published_at = { column = "day" }
"""


def products() -> tuple[str, ...]:
    """Products of giants, in the order of entry."""
    return tuple(f"new {giant[-1]}" for giant in ENTERED)


def figures(seed: int = 3) -> dict[tuple[str, int], float]:
    """Downloads by product and number of the month: the truth, which the list states."""
    rng = np.random.default_rng(seed)
    found: dict[tuple[str, int], float] = {}
    for k, name in enumerate((*INCUMBENTS, *products())):
        growth = 0.01 * (k - 1)
        level = 11.0 + 0.3 * k
        start = 0 if k < len(INCUMBENTS) else ENTERED[f"Giant {name[-1]}"]
        for n in range(len(MONTHS)):
            level += growth + rng.normal(0.0, 0.02)
            if n >= start and not (name == LOST and n >= LOST_IN):
                found[name, n] = float(round(np.exp(level)))
    return found


def write_tools(folder: Path) -> dict[tuple[str, int], float]:
    """Write the market's files; returns the truth."""
    howdah.init(folder)
    truth = figures()
    rows = ["app,downloads,day"]
    for n, day in enumerate(MONTHS):
        there = [(name, value) for (name, month), value in truth.items() if month == n]
        # The list is always as long: what is not of the segment fills it up.
        there += [(f"filler {k}", 900.0 + 10 * k + n) for k in range(_LENGTH - len(there))]
        rows += [f"{name},{value:.0f},{day}" for name, value in there]
    names = ", ".join(f'"{name}"' for name in (*INCUMBENTS, *products()))
    giants = ", ".join(f'"{giant}"' for giant in ENTERED)
    catalogue = ["canonical,type,parent,aliases_simplified,aliases_traditional,aliases_latin"]
    catalogue += [f"{giant},company,,,," for giant in ENTERED]
    catalogue += [f"new {giant[-1]},product,{giant},,," for giant in ENTERED]
    catalogue += [f"{name},product,,,," for name in INCUMBENTS]
    catalogue += [f"filler {k},product,,,," for k in range(_LENGTH)]
    files = {
        "market.toml": _MARKET.format(giants=giants, members=names),
        "entities/catalogue.csv": "\n".join(catalogue) + "\n",
        "feeds/downloads.toml": _FEED,
        "data/downloads.csv": "\n".join(rows) + "\n",
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return truth


def open_tools(folder: Path) -> Market:
    """The market, written and updated."""
    write_tools(folder)
    market = howdah.open(folder)
    market.update()
    return market
