"""An experiment in two of forty cities, and the same with effects that were planted elsewhere.

The data come with a package for geo experiments and may not be shipped, so they are read from the
data folder; `README.md` says which file. What happened in the two cities nobody knows; where a lift
was planted into cities that had none, it is known.
"""

import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from howdah.growth import Names, split

Row = dict[str, object]

TREATED = ("chicago", "portland")
START = dt.date(2021, 4, 1)
LIFTS = (0.0, 0.05, 0.1)
N_PAIRS = 20
NAMES = Names("Y", ("campaign",), period="date", group="location")


def geo_rows(folder: Path) -> Iterator[Row]:
    """The experiment's lift, then coverage and error of planted lifts."""
    path = folder / "geolift_test.parquet"
    if not path.exists():
        sys.stderr.write(f"left out: {path} is not there (see README.md)\n")
        return
    rows = pl.read_parquet(path).with_columns(pl.col("date").str.to_date())
    lifts = lift(rows, TREATED)
    yield {
        "what": "the experiment", "n": len(TREATED), "lift": lifts["value"].mean(),
        "lower": lifts["lower"].mean(), "upper": lifts["upper"].mean(),
    }  # fmt: skip
    others = sorted(set(rows["location"].to_list()) - set(TREATED))
    rng = np.random.default_rng(3)
    pairs = [tuple(rng.choice(others, 2, replace=False)) for _ in range(N_PAIRS)]
    untouched = rows.filter(~pl.col("location").is_in(TREATED))
    for planted in LIFTS:
        found = pl.concat([lift(plant(untouched, pair, planted), pair) for pair in pairs])
        yield {
            "what": f"planted, {planted:.0%}",
            "n": found.height,
            "lift": found["value"].mean(),
            "coverage": ((found["lower"] <= planted) & (found["upper"] >= planted)).mean(),
            "error": (found["value"] - planted).abs().mean(),
            "width": (found["upper"] - found["lower"]).mean(),
            "of which nothing at all fits too": (found["lower"] <= 0).mean(),
        }


def plant(rows: pl.DataFrame, cities: tuple[str, ...], planted: float) -> pl.DataFrame:
    """Raise the outcome of some cities from the start on."""
    is_on = pl.col("location").is_in(cities) & (pl.col("date") >= START)
    return rows.with_columns(Y=pl.col("Y") * pl.when(is_on).then(1 + planted).otherwise(1.0))


def lift(rows: pl.DataFrame, cities: tuple[str, ...]) -> pl.DataFrame:
    """Lift of each treated city over what it would have been: ``value, lower, upper``."""
    is_on = pl.col("location").is_in(cities) & (pl.col("date") >= START)
    found = split(rows.with_columns(campaign=is_on.cast(pl.Float64)), NAMES)
    checks = found.checks.filter(pl.col("group").is_in(cities))
    sums = (
        rows.filter(is_on).group_by(group="location").agg(on=pl.col("Y").sum()).join(
            rows.group_by(group="location").agg(whole=pl.col("Y").sum()), on="group"
        )
    )  # fmt: skip
    parts = {"value": "fitted_share", "lower": "fitted_lower", "upper": "fitted_upper"}
    joined = checks.join(sums, on="group").sort("group")
    bought = [(pl.col(c) * pl.col("whole")).alias(n) for n, c in parts.items()]
    return joined.select("on", *bought).select(
        (pl.col(n) / (pl.col("on") - pl.col(n))).alias(n) for n in parts
    )
