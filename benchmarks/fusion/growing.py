"""Growth between the first and the last of some months, of series whose truth nobody knows."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.estimates.aggregates import Levels, growth
from howdah.estimates.fusion import Options, Parts, fuse
from howdah.estimates.fusion.coding import number_claims

Floats = NDArray[np.float64]
Row = dict[str, object]

N_VENDOR = 3
N_DRAWS = 6

#: Standard deviations of a vendor's error about a series that stays, and of that of one figure;
#: of a month's step; the share of months that a vendor speaks of.
HOUSE_SD, NOISE_SD, STEP_SD, SPEAKS = 0.3, 0.1, 0.03, 0.8

NO_TRUTH = pl.DataFrame(schema={"series": pl.String, "period": pl.Date, "value": pl.Float64})


class Market(NamedTuple):
    """How many series grow for how many months, at which mean and spread a month (logs)."""

    n_series: int
    n_month: int
    mean: float
    spread: float


MARKETS = {
    "60 series, 15 months, all grow": Market(60, 15, 0.025, 0.012),
    "60 series, 36 months, all grow": Market(60, 36, 0.025, 0.012),
    "60 series, 15 months, some grow, some shrink": Market(60, 15, 0.0, 0.03),
    "60 series, 15 months, none grows": Market(60, 15, 0.0, 0.0),
    "8 series, 15 months, all grow": Market(8, 15, 0.025, 0.012),
}


class Drawn(NamedTuple):
    """Claims about a market, and the logs behind them."""

    level: Floats  # (n_series, n_month)
    value: Floats  # (n_series, n_month, N_VENDOR), NaN where a vendor is silent
    months: list[dt.date]

    def claims(self) -> pl.DataFrame:
        """Claims as `howdah fuse` reads them."""
        series, month, vendor = np.nonzero(np.isfinite(self.value))
        return pl.DataFrame(
            {
                "series": [f"p{n:03}" for n in series],
                "source": [f"vendor-{n}" for n in vendor],
                "period": pl.Series(self.months).gather(month),
                "value": np.exp(self.value[series, month, vendor]),
                "value_low": pl.Series([None] * len(series), dtype=pl.Float64),
                "value_high": pl.Series([None] * len(series), dtype=pl.Float64),
                "segment": ["all"] * len(series),
                "listed": [True] * len(series),
                "cutoff": pl.Series([None] * len(series), dtype=pl.Float64),
            }
        )


def draw(market: Market, seed: int) -> Drawn:
    """Levels that walk around trends of their own, and what three vendors say of them."""
    draws = np.random.default_rng(seed)
    shape = (market.n_series, market.n_month)
    trend = draws.normal(market.mean, market.spread, (market.n_series, 1))
    level = draws.normal(10, 1.5, (market.n_series, 1))
    level = level + np.cumsum(trend + draws.normal(0, STEP_SD, shape), axis=1)
    house = draws.normal(0, HOUSE_SD, (market.n_series, 1, N_VENDOR))
    value = level[:, :, None] + house + draws.normal(0, NOISE_SD, (*shape, N_VENDOR))
    silent = draws.random(value.shape) > SPEAKS
    silent[:, [0, -1]] &= np.arange(N_VENDOR) > 0
    value[silent] = np.nan
    months = [dt.date(2023 + m // 12, m % 12 + 1, 1) for m in range(market.n_month)]
    return Drawn(level, value, months)


def fused(parts: Parts) -> Callable[[Drawn], tuple[Floats, Floats]]:
    """Growth as `howdah fuse --growth` gives it, and its interval, in logs."""

    def method(drawn: Drawn) -> tuple[Floats, Floats]:
        claims = drawn.claims()
        _, run = fuse(claims, NO_TRUTH, Options(parts=parts))
        levels = Levels.of(run, number_claims(claims, NO_TRUTH, run.learned.coding.names))
        ends = drawn.months[0], drawn.months[-1]
        found = growth(levels.join(levels.covering(*ends), ends), *ends).sort("series")
        value, *bounds = np.log1p(found.select("value", "lower", "upper").to_numpy().T / 100)
        return value, np.stack(bounds, axis=1)

    return method


def of_medians(drawn: Drawn) -> tuple[Floats, None]:
    """Growth of the median of a month's claims."""
    first, last = (np.nanmedian(drawn.value[:, month], axis=1) for month in (0, -1))
    return last - first, None


def of_vendors(drawn: Drawn) -> tuple[Floats, None]:
    """Median of the growth that each vendor shows that speaks of both months."""
    return np.nanmedian(drawn.value[:, -1] - drawn.value[:, 0], axis=1), None


METHODS: dict[str, Callable[[Drawn], tuple[Floats, Floats | None]]] = {
    "howdah fuse --growth": fused(Parts()),
    "without trends": fused(Parts(trends=False)),
    "median of each month": of_medians,
    "median of vendors' own growth": of_vendors,
}


def growing_rows() -> Iterator[Row]:
    """Errors of growth over all months in logs, and how many 90 % intervals hold the truth."""
    for name, market in MARKETS.items():
        drawn = [draw(market, seed) for seed in range(N_DRAWS)]
        truth = np.concatenate([d.level[:, -1] - d.level[:, 0] for d in drawn])
        for method, find in METHODS.items():
            found = [find(d) for d in drawn]
            off = np.concatenate([value for value, _ in found]) - truth
            row: Row = {
                "market": name,
                "method": method,
                "true growth": round(float(truth.mean()), 3),
                "mean error": round(float(off.mean()), 4),
                "mean absolute error": round(float(np.abs(off).mean()), 4),
                "coverage": None,
            }
            bounds = [own for _, own in found if own is not None]
            if bounds:
                low, high = np.concatenate(bounds).T
                row["coverage"] = round(float(((low <= truth) & (truth <= high)).mean()), 3)
            yield row
