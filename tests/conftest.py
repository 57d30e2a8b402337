"""Fixtures that every test may use."""

import datetime as dt
import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

import howdah

# As the command line has it: a process a core runs tests, and threads that wait awake take them.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

# The same examples in every run, however busy the machine is.
settings.register_profile("howdah", derandomize=True, deadline=None)
settings.load_profile("howdah")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="also run the slow tests")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--slow"):
        return
    skip = pytest.mark.skip(reason="slow; run with ./run test --slow")
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(skip)


#: Gives a folder that the first process of a run makes and all of them read:
#: ``made_once("example", make)``, where `make` takes the folder, which does not exist yet.
MadeOnce = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> MadeOnce:
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        # Each process has a folder of its own in that of the run.
        base = base.parent

    def give(name: str, make: Callable[[Path], object]) -> Path:
        folder, done = base / name, base / f"{name}.done"
        with (base / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                make(folder)
                done.touch()
        return folder

    return give


@pytest.fixture(scope="session")
def example_market(made_once: MadeOnce) -> Path:
    """Folder of the built example market; read it, never change it."""
    return made_once("example", lambda to: howdah.open(howdah.copy_example(to)).update())


#: Prints of a restating vendor: age in days, and the share of the final figure.
RESTATED = ((10, 0.92), (40, 0.97), (70, 1.0), (100, 1.0))

_VENDOR_MARKET = """\
title = "Apps"
as_of = 2025-01-12

[[segment]]
id = "apps"
title = "Apps"
headline = "dau"
members = ["alpha", "beta"]
"""

_VENDOR_FEED = """\
title = "Users of apps"
source = "Vendor"
nature = "counter"
path = "data/users.csv"
replay = true
[licence]
name = "contract"
[[claim]]
subject = { column = "app" }
metric = "dau"
value = { column = "users" }
period = { column = "month" }
published_at = { column = "published" }
"""

_CATALOGUE = """\
canonical,type,parent,aliases_simplified,aliases_traditional,aliases_latin
alpha,product,,,,
beta,product,,,,
"""


def _write_restating(folder: Path, *, n_months: int, until: dt.date) -> dict[str, int]:
    """A market with a vendor whose first prints are 8 % low, and the final figures of alpha.

    Months end with 2024-12; prints after `until` are not in the file.
    """
    rng = np.random.default_rng(7)
    rows, truth = ["app,month,users,published"], {}
    for app, start in (("alpha", 14.0), ("beta", 12.0)):
        steps = rng.normal(0.02, 0.03, 60)
        off = rng.normal(0.0, 0.01, (60, 2))
        for back in range(n_months):
            n = 59 - back
            start_of_next = dt.date(2020 + (n + 1) // 12, (n + 1) % 12 + 1, 1)
            end = start_of_next - dt.timedelta(days=1)
            final = np.exp(start + steps[: n + 1].sum())
            if app == "alpha":
                truth[f"{end:%Y-%m}"] = round(final)
            for k, (age, share) in enumerate(RESTATED):
                day = end + dt.timedelta(days=age)
                wobble = off[n, k] if share < 1 else 0.0
                if day <= until:
                    rows.append(f"{app},{end:%Y-%m},{final * share * np.exp(wobble):.0f},{day}")
    files = {
        "market.toml": _VENDOR_MARKET,
        "entities/catalogue.csv": _CATALOGUE,
        "feeds/users.toml": _VENDOR_FEED,
        "data/users.csv": "\n".join(rows) + "\n",
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return truth


@pytest.fixture
def write_restating() -> Callable[..., dict[str, int]]:
    """Write the files of such a market: ``write_restating(folder, n_months=, until=)``."""
    return _write_restating


@pytest.fixture(scope="session")
def restating_market(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    """Folder of a built market with a vendor that restates, and the final figures of alpha.

    Read it, never change it.
    """
    folder = tmp_path_factory.mktemp("restating") / "market"
    truth = _write_restating(folder, n_months=36, until=dt.date(2025, 3, 1))
    howdah.open(folder).update()
    return folder, truth
