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

from howdah.estimates.aggregates import Interval

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

Way = Literal["ranking", "momentum", "size"]

#: What a ranking is held against: growth of the year before alone, and size alone.
WAYS: tuple[Way, ...] = ("ranking", "momentum", "size")

#: Fewest segment-years from which a record is told, and fewest segments of a block.
LEAST_SEGMENT_YEARS = 20
LEAST_IN_BLOCK = 3

_N_BOOTSTRAP = 1_000

#: Ranks that vary less are constant but for rounding.
_LEAST_SPREAD = 1e-9


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
    """The record of all ways; `ways` is empty below `n_needed` segment-years.

    Attributes
    ----------
    dates, counts
        On which the ranking was asked for, and how many segment-years each gave.
    """

    n: int
    n_needed: int
    n_blocks: int
    dates: tuple[dt.date, ...]
    counts: tuple[int, ...]
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
    counts = tuple(sum(len(block) for block in used if block[0].as_of == day) for day in dates)
    enough = n >= LEAST_SEGMENT_YEARS
    ways = tuple(_way(way, used, prob, seed) for way in WAYS) if enough else ()
    return Record(n, LEAST_SEGMENT_YEARS, len(used), tuple(dates), counts, ways)


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
    value = float(_pooled(parts, np.ones((1, len(names))))[0])
    draws = np.random.default_rng(seed).integers(0, len(names), (_N_BOOTSTRAP, len(names)))
    times = (draws[:, :, None] == np.arange(len(names))).sum(axis=1).astype(float)
    low, high = np.nanquantile(_pooled(parts, times), [(1 - prob) / 2, (1 + prob) / 2])
    first = float(np.mean([_place_of_first(x, y) for _, x, y in parts]))
    found = Interval(value, float(low), float(high), prob, "bootstrap over segments")
    return WayRecord(way, found, first)


def _pooled(parts: Sequence[tuple[Counts, Floats, Floats]], times: Floats) -> Floats:
    """Means of rank correlations, each weighing by its numbers less one; NaN without any.

    Parameters
    ----------
    parts
        Of each block which segment each row is of, and the two sides.
    times
        (n_draws, n_segments): how often each segment counts.

    Returns
    -------
    numpy.ndarray
        (n_draws,)
    """
    total = np.zeros(len(times))
    weight = np.zeros(len(times))
    for who, x, y in parts:
        counts = times[:, who]
        n = counts.sum(axis=1)
        correlation = rank_correlations(x, y, counts)
        is_told = np.isfinite(correlation) & (n >= LEAST_IN_BLOCK)
        total[is_told] += ((n - 1) * correlation)[is_told]
        weight[is_told] += (n - 1)[is_told]
    return np.where(weight > 0, total / np.where(weight > 0, weight, 1), np.nan)


def rank_correlations(x: Floats, y: Floats, counts: Floats) -> Floats:
    """Spearman's rank correlations of rows that count several times each.

    Ties share their rank, as do the repeats of a row.

    Parameters
    ----------
    x, y
        (n,)
    counts
        (n_draws, n): how often each row counts.

    Returns
    -------
    numpy.ndarray
        (n_draws,); NaN where a side is constant.

    Examples
    --------
    >>> x, y = np.array([1.0, 2.0, 3.0]), np.array([1.0, 3.0, 2.0])
    >>> rank_correlations(x, y, np.array([[1.0, 1, 1], [2, 0, 1], [3, 0, 0]])).round(2)
    array([0.5, 1. , nan])
    """
    # None at all has constant ranks as well.
    n = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    a, b = (counts @ _ranked_below(side) for side in (x, y))
    a, b = (rank - (counts * rank).sum(axis=1, keepdims=True) / n for rank in (a, b))
    covered = (counts * a * b).sum(axis=1)
    scale = np.sqrt((counts * a * a).sum(axis=1) * (counts * b * b).sum(axis=1))
    # A constant side has ranks that differ by rounding alone.
    is_told = scale > _LEAST_SPREAD
    return np.where(is_told, covered / np.where(is_told, scale, 1), np.nan)


def _ranked_below(side: Floats) -> Floats:
    """(n, n): what each row adds to the rank of each, a half where they tie."""
    other = side[:, None]
    found: Floats = np.less(other, side) + np.equal(other, side) / 2
    return found


def _place_of_first(x: Floats, y: Floats) -> float:
    """Standardised rank, by y, of what is first by x; the mean of those that share the place."""
    # Its own tie with itself adds a half.
    rank = (_ranked_below(y).sum(axis=0) - 0.5) / (len(y) - 1)
    return float(rank[x == x.max()].mean())
