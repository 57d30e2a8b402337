"""Simulated panel logs of a given number of rows, made once and kept.

python datasets.py FOLDER N_ROW
"""

import shutil
import sys
from pathlib import Path

from howdah.panels.simulation import crowd, everybody, populate, scattered, write_log

N_PRODUCT, N_STRATUM, N_DAY, SEED = 200, 60, 365, 7

#: Units of the trial that tells how many rows a unit makes.
_N_TRIAL = 20_000

MILLION = 1_000_000


def make(folder: Path, n_row: int) -> None:
    """Write a log of about so many rows, and its panel and strata; it is there whole or not."""
    market = crowd(N_PRODUCT, N_STRATUM, N_DAY, SEED)
    trial = sum(len(active) for active in populate(market, _N_TRIAL, SEED + 1).days())
    n_unit = round(n_row / trial * _N_TRIAL)
    population = populate(market, n_unit, SEED)
    # All that are simulated are in the panel, and stand for a larger population.
    members, ids = everybody(population, stand_for_more=True), scattered(n_unit)
    beside = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(beside, ignore_errors=True)
    n_written = write_log(beside / "log", population, members, ids=ids)
    members.panel(ids).write_parquet(beside / "panel.parquet")
    members.strata().write_parquet(beside / "strata.parquet")
    beside.rename(folder)
    print(f"{n_written:,} rows of {n_unit:,} units and {N_PRODUCT} products over {N_DAY} days")


def name_of(n_row: int) -> str:
    """Name of the folder of a log."""
    return f"audience-{n_row // MILLION}m"


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]))
