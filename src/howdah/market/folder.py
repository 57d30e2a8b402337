"""Making market folders: an empty one, or a copy of the built-in example."""

import datetime as dt
import shutil
from importlib.resources import as_file, files
from pathlib import Path

from howdah.core import settings
from howdah.core.errors import ExistsError, InputError, NotAMarketError

#: Where the example market goes unless a folder is named.
DEMO_FOLDER = Path("howdah-demo")

#: The simulated panel of the example: some four thousand units for 24,000, over 400 days that
#: end before the example's date.
_SIMULATED_UNITS = 24_000
_SIMULATED_SAMPLING = 10.0
_SIMULATED_FROM = dt.date(2023, 12, 27)

_MARKET_TOML = """\
# What this market is. docs/reference/market.md lists every key.
title = "{title}"
currency = "USD"
time_zone = "UTC"
# as_of = 2025-01-31   # a fixed default knowledge date; today if absent

[follow]
segments = []
products = []

# [[segment]]
# id = "assistants"
# title = "AI assistants"
# headline = "dau"
# members = ["Doubao", "Kimi"]
"""

_CATALOGUE = """\
canonical,type,parent,aliases_simplified,aliases_traditional,aliases_latin,identifiers,notes
# One line for each product, company or other thing, below the header. Needed are canonical (its
# name as feeds write it, or its best name) and type (product, company, model, repository, ...).
# Several aliases or identifiers in one cell stand apart by a semicolon. Lines that begin with the
# sign of this one are skipped. docs/how-to/name-your-products.md has each column.
"""


def find_market(explicit: str | Path | None = None) -> Path:
    """The market folder to use: named, else set, else stood in, else the example.

    Raises
    ------
    NotAMarketError
        The named folder holds no market.
    InputError
        None is named and none is found.
    """
    named = explicit or settings.get_text("market")
    if named:
        folder = Path(named)
        if not (folder / "market.toml").is_file():
            raise NotAMarketError(folder)
        return folder
    for folder in (Path.cwd(), Path.cwd() / DEMO_FOLDER):
        if (folder / "market.toml").is_file():
            return folder
    raise InputError(
        f"No market here. Stand in a market's folder, name one with --market DIR or HOWDAH_MARKET, "
        f"or make the example with `howdah demo` (into ./{DEMO_FOLDER})."
    )


def init(folder: Path) -> Path:
    """Make an empty market.

    Raises
    ------
    ExistsError
        The folder has something in it already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ExistsError(folder, "Name a new or empty folder.")
    for name in ("feeds", "entities", "inbox"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    title = folder.resolve().name.replace("\\", "\\\\").replace('"', '\\"')
    (folder / "market.toml").write_text(_MARKET_TOML.format(title=title), encoding="utf-8")
    (folder / "entities" / "catalogue.csv").write_text(_CATALOGUE, encoding="utf-8")
    return folder


def copy_example(folder: Path, *, simulated_units: int = _SIMULATED_UNITS) -> Path:
    """Copy the built-in example market into a folder; one that is there already is kept.

    Its simulated panel and ads are made then, from fixed seeds, with the truth beside them.

    Parameters
    ----------
    simulated_units
        Units of the population that the panel is drawn from: fewer make a smaller panel.

    Raises
    ------
    ExistsError
        The folder holds something that is not a market.
    """
    if (folder / "market.toml").is_file():
        return folder
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ExistsError(folder, "Name a new or empty folder with --dir.")
    # Whoever only looks for a market does not simulate one.
    from howdah.growth.advertisers import write_advertisers  # noqa: PLC0415
    from howdah.panels.simulation import write_assistants  # noqa: PLC0415

    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    with as_file(files("howdah") / "markets" / "ai") as source:
        shutil.copytree(source, partial, ignore=shutil.ignore_patterns("__pycache__"))
    (partial / "inbox").mkdir(exist_ok=True)
    write_assistants(
        partial / "simulated",
        n_unit=simulated_units,
        first_day=_SIMULATED_FROM,
        sampling=_SIMULATED_SAMPLING,
    )
    write_advertisers(partial / "simulated", first_day=_SIMULATED_FROM)
    if folder.exists():
        folder.rmdir()
    partial.rename(folder)
    return folder
