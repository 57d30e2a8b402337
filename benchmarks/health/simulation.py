"""Feeds with a known fault: a market that grows, its entities, and what happens to the list."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

Rng = np.random.Generator

N_ENTITIES = 400
N_MONTHS = 72

#: First and last month of a fault: far enough from the ends for a history on both sides.
_FIRST, _LAST = 14, 58


@dataclass(frozen=True, slots=True)
class Feed:
    """A simulated feed and what is wrong with it.

    Attributes
    ----------
    rows
        As `check_feed` takes them.
    kind
        Kind of its fault; empty for a clean feed.
    first, last
        Positions of the snapshots in which the fault shows.
    size
        Multiplicative step of a fault of the level, else NaN.
    """

    rows: pl.DataFrame
    kind: str = ""
    first: int = -1
    last: int = -1
    size: float = float("nan")


def simulate(kind: str, seed: int) -> Feed:
    """A feed of 400 entities over six years, with one fault or none."""
    rng = np.random.default_rng([seed, *kind.encode()])
    # Steps of a market and of an entity have heavier tails than a normal distribution.
    market = 0.02 + 0.04 * rng.standard_t(5, N_MONTHS)
    own = 0.12 * rng.standard_t(4, (N_MONTHS, N_ENTITIES))
    level = np.cumsum(market[:, None] + own, axis=0) + rng.normal(10, 1.5, N_ENTITIES)
    values = np.round(np.exp(level)) + 1
    if not kind:
        return Feed(_rows(values))
    return FAULTS[kind](values, int(rng.integers(_FIRST, _LAST)), rng)


def _rows(values: np.ndarray) -> pl.DataFrame:
    n_months, n_entities = values.shape
    months = pl.date_range(
        pl.date(2018, 1, 1), pl.date(2018 + n_months // 12, 1, 1), "1mo", closed="left", eager=True
    )
    frame = pl.DataFrame(
        {
            "period": months.gather(np.repeat(np.arange(n_months), n_entities)),
            "entity": np.tile([f"e{n:04d}" for n in range(n_entities)], n_months),
            "value": values.ravel(),
        },
        schema_overrides={"value": pl.Float64},
    )
    absent = pl.lit(None, pl.Float64)
    return frame.with_columns(absent.alias("rank"), absent.alias("window_days")).filter(
        pl.col("value").is_not_nan()
    )


def _level_shift(values: np.ndarray, at: int, rng: Rng) -> Feed:
    size = float(np.exp(rng.choice([-1, 1]) * rng.uniform(np.log(1.5), np.log(3.5))))
    values[at:] *= size
    return Feed(_rows(values), "level_shift", at, at, size)


def _drain(values: np.ndarray, at: int, rng: Rng) -> Feed:
    length = int(rng.integers(2, 5))
    step = rng.uniform(0.7, 0.85)
    for n in range(length):
        values[at + n :] *= step
    return Feed(_rows(values), "drain", at, at + length - 1, float(step**length))


def _composition(values: np.ndarray, at: int, rng: Rng) -> Feed:
    moved = rng.random(values.shape[1]) < 0.4
    values[at:, moved] *= np.exp(rng.choice([-1, 1]) * rng.uniform(0.7, 1.2))
    return Feed(_rows(values), "composition", at, at)


def _list_length(values: np.ndarray, at: int, rng: Rng) -> Feed:
    kept = rng.uniform(0.6, 0.85)
    for n in range(at, len(values)):
        values[n][np.argsort(values[n])[: int(values.shape[1] * (1 - kept))]] = np.nan
    return Feed(_rows(values), "list_length", at, at, 1 - int(400 * (1 - kept)) / 400)


def _window(values: np.ndarray, at: int, rng: Rng) -> Feed:
    size = float(rng.choice([28 / 7, 30 / 7, 7 / 30, 7.0]))
    values[at:] *= size
    return Feed(_rows(values), "window", at, at, size)


def _stated_window(values: np.ndarray, at: int, rng: Rng) -> Feed:
    made = _window(values, at, rng)
    change = made.rows["period"].unique().sort()[at]
    window = pl.when(pl.col("period") < change).then(7.0).otherwise(7 * made.size)
    return Feed(made.rows.with_columns(window.alias("window_days")), "window", at, at, made.size)


def _partial_outage(values: np.ndarray, at: int, rng: Rng) -> Feed:
    length, size = int(rng.integers(1, 5)), float(rng.uniform(0.4, 0.75))
    values[at : at + length] *= size
    return Feed(_rows(values), "missing_period", at, at + length, size)


def _missing_period(values: np.ndarray, at: int, _rng: Rng) -> Feed:
    values[at] = np.nan
    return Feed(_rows(values), "missing_period", at, at)


def _unit_mix(values: np.ndarray, at: int, rng: Rng) -> Feed:
    mixed = rng.random(values.shape[1]) < rng.uniform(0.03, 0.2)
    values[at, mixed] *= float(rng.choice([12.0, 30.0, 100.0, 365.0, 1000.0]))
    # It shows when it begins and when it ends.
    return Feed(_rows(values), "unit_mix", at, at + 1)


def _duplicate(values: np.ndarray, at: int, _rng: Rng) -> Feed:
    rows = _rows(values)
    month = rows["period"].unique().sort()[at]
    again = rows.filter(pl.col("period") == month).head(4).with_columns(pl.col("value") * 1.1)
    return Feed(pl.concat([rows, again]), "duplicate", at, at)


def _frozen(values: np.ndarray, at: int, _rng: Rng) -> Feed:
    values[at] = values[at - 1]
    return Feed(_rows(values), "frozen", at, at + 1)


def _copied(values: np.ndarray, at: int, rng: Rng) -> Feed:
    values[at] = values[at - int(rng.integers(2, 13))]
    return Feed(_rows(values), "copied", at, at + 1)


#: Faults by kind, in the order of the table of results.
FAULTS: dict[str, Callable[[np.ndarray, int, Rng], Feed]] = {
    "level_shift": _level_shift,
    "drain": _drain,
    "composition": _composition,
    "list_length": _list_length,
    "window": _window,
    "window, stated": _stated_window,
    "missing_period": _missing_period,
    "partial outage": _partial_outage,
    "unit_mix": _unit_mix,
    "duplicate": _duplicate,
    "frozen": _frozen,
    "copied": _copied,
}
