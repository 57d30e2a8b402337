"""Events: what happened to a feed's measurement, as rows."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import Literal

import numpy as np
import polars as pl
from scipy.special import stdtr, stdtrit

Kind = Literal[
    "level_shift", "drain", "composition", "list_length", "window", "missing_period", "unit_mix",
    "duplicate", "frozen", "copied",
]  # fmt: skip

EVENT_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "period": pl.Date,
    "kind": pl.String,
    "size": pl.Float64,
    "lower": pl.Float64,
    "upper": pl.Float64,
    "confidence": pl.Float64,
    "evidence": pl.String,
}

#: Ordinary steps have heavier tails than a normal distribution: a Student t of so many degrees of
#: freedom stands for them in intervals and confidences.
TAIL_DF = 5


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to the measurement.

    Attributes
    ----------
    period
        Snapshot in which it first shows.
    size, lower, upper
        Multiplicative step and its interval, where one applies.
    confidence
        1 for what the rows state; otherwise one less the probability that an ordinary snapshot
        looks as far off.
    evidence
        A sentence with the figures behind it.
    """

    period: dt.date
    kind: Kind
    size: float | None
    lower: float | None
    upper: float | None
    confidence: float
    evidence: str


def event_frame(events: Iterable[Event]) -> pl.DataFrame:
    """Events as a table, ordered by period and kind."""
    rows = [astuple(event) for event in events]
    return pl.DataFrame(rows, schema=EVENT_SCHEMA, orient="row").sort("period", "kind", "evidence")


def step_interval(offset: float, sd: float, prob: float) -> tuple[float, float, float]:
    """Multiplicative size of a log step, and its interval at a probability.

    Examples
    --------
    >>> [round(x, 2) for x in step_interval(0.0, 0.1, 0.9)]
    [1.0, 0.82, 1.22]
    """
    reach = float(stdtrit(TAIL_DF, 0.5 + prob / 2)) * sd
    return float(np.exp(offset)), float(np.exp(offset - reach)), float(np.exp(offset + reach))


def rarity(sds: float) -> float:
    """One less the probability of an ordinary step as many standard deviations off.

    Examples
    --------
    >>> round(rarity(3.5), 3)
    0.983
    """
    return float(1 - 2 * stdtr(TAIL_DF, -abs(sds)))
