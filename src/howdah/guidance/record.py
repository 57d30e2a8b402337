r"""The record: how a ranking did against the growth that followed, beside size and momentum alone.

In each *block*, the segments that were ranked together on one date and whose growth in the year
after is known under one definition, the rank correlation (Spearman's) of a way of ranking with that
growth is taken; blocks weigh by their segments less one. The interval is that of a bootstrap over
segments, each with all its years, since the years of one segment are not independent.

What it cannot tell: what a market did in years that it has no figures of, and whether a rank
correlation of one kind of market holds in another.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from howdah.estimates.aggregates import Interval

Floats = NDArray[np.float64]

Way = Literal["ranking", "momentum", "size"]

#: What a ranking is held against: growth of the year before alone, and size alone.
WAYS: tuple[Way, ...] = ("ranking", "momentum", "size")

#: Fewest segment-years from which a record is told, and fewest segments of a block.
LEAST_SEGMENT_YEARS = 20
LEAST_IN_BLOCK = 3

_N_BOOTSTRAP = 1_000


@dataclass(frozen=True, slots=True)
class SegmentYear:
    """A segment as it was ranked on a date, and what followed.

    Attributes
    ----------
    block
        Those that were ranked together and are counted by one definition.
    values
        What each way ranks it by, the higher the better.
    after
        Growth in the year after, in percent.
    """

    segment: str
    as_of: dt.date
    block: str
    values: Mapping[Way, float]
    after: float


@dataclass(frozen=True, slots=True)
class WayRecord:
    """How one way of ranking did.

    Attributes
    ----------
    correlation
        With the growth that followed.
    first
        Where the segment that it put first came among all by that growth, on average: 1 is the
        most growth, 0 the least, .5 what chance gives.
    """

    way: Way
    correlation: Interval
    first: float


@dataclass(frozen=True, slots=True)
class Record:
    """The record of all ways; `ways` is empty below `n_needed` segment-years."""

    n: int
    n_needed: int
    n_blocks: int
    dates: tuple[dt.date, ...]
    ways: tuple[WayRecord, ...]


def keep_record(
    years: Sequence[SegmentYear], dates: Sequence[dt.date], *, prob: float, seed: int = 0
) -> Record:
    """The record over some segment-years.

    Parameters
    ----------
    dates
        On which the ranking was asked for, with or without an answer.

    Examples
    --------
    >>> keep_record([], [], prob=0.9).ways
    ()
    """
    blocks: dict[tuple[dt.date, str], list[SegmentYear]] = {}
    for year in years:
        blocks.setdefault((year.as_of, year.block), []).append(year)
    used = [block for block in blocks.values() if len(block) >= LEAST_IN_BLOCK]
    n = sum(map(len, used))
    if n < LEAST_SEGMENT_YEARS:
        return Record(n, LEAST_SEGMENT_YEARS, len(used), tuple(dates), ())
    ways = tuple(_way(way, used, prob, seed) for way in WAYS)
    return Record(n, LEAST_SEGMENT_YEARS, len(used), tuple(dates), ways)


def _way(way: Way, blocks: Sequence[Sequence[SegmentYear]], prob: float, seed: int) -> WayRecord:
    names = sorted({year.segment for block in blocks for year in block})
    of_name = {name: n for n, name in enumerate(names)}
    parts = [
        (
            np.array([of_name[year.segment] for year in block]),
            np.array([year.values[way] for year in block]),
            np.array([year.after for year in block]),
        )
        for block in blocks
    ]
    value = _pooled([(x, y) for _, x, y in parts])
    draws = np.random.default_rng(seed)
    drawn = np.full(_N_BOOTSTRAP, np.nan)
    for k in range(_N_BOOTSTRAP):
        times = np.bincount(draws.integers(0, len(names), len(names)), minlength=len(names))
        again = [(np.repeat(x, times[who]), np.repeat(y, times[who])) for who, x, y in parts]
        drawn[k] = _pooled(again)
    low, high = np.nanquantile(drawn, [(1 - prob) / 2, (1 + prob) / 2])
    first = float(np.mean([_place_of_first(x, y) for _, x, y in parts]))
    found = Interval(value, float(low), float(high), prob, "bootstrap over segments")
    return WayRecord(way, found, first)


def _pooled(parts: Sequence[tuple[Floats, Floats]]) -> float:
    """Mean of rank correlations, each weighing by its numbers less one; NaN without any."""
    total = weight = 0.0
    for x, y in parts:
        if len(x) < LEAST_IN_BLOCK:
            continue
        correlation = rank_correlation(x, y)
        if np.isfinite(correlation):
            total += (len(x) - 1) * correlation
            weight += len(x) - 1
    return total / weight if weight else float("nan")


def rank_correlation(x: Floats, y: Floats) -> float:
    """Spearman's rank correlation; ties share their rank; NaN where one of the two is constant."""
    a, b = rankdata(x), rankdata(y)
    a, b = a - a.mean(), b - b.mean()
    scale = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / scale) if scale > 0 else float("nan")


def _place_of_first(x: Floats, y: Floats) -> float:
    """Standardised rank, by y, of what is first by x; the mean of those that share the place."""
    rank = (rankdata(y) - 1) / (len(y) - 1)
    return float(rank[x == x.max()].mean())
