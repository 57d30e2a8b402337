"""Claims as arrays: names to numbers, values to the additive scale, in the kernel's order."""

from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.core.metrics import Scale
from howdah.estimates.fusion.calibration import WEIGHTS_UNKNOWN
from howdah.estimates.scales import ends_on_scale, to_scale
from howdah.kernels import Panel
from howdah.kernels.layout import merge_truth, middle_claims, order_claims, take

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Small = NDArray[np.int32]
Flags = NDArray[np.bool_]


class Names(NamedTuple):
    """What the numbers stand for. Truth is the source after the last."""

    sources: tuple[str, ...]
    segments: tuple[str, ...]
    days: Ints  # (n_period,) distinct periods, days since 1970, ascending

    @property
    def truth(self) -> int:
        """Number of truth as a source."""
        return len(self.sources)

    def gaps(self) -> Floats:
        """Time since the period before, in usual periods; the first is 1."""
        steps = np.diff(self.days).astype(np.float64)
        usual = float(np.median(steps)) if len(steps) else 1.0
        return np.concatenate([[1.0], steps / usual])


class Coding(NamedTuple):
    """How claims become numbers: names, scale, and the unit of a linear scale."""

    names: Names
    scale: Scale
    unit: float
    sizes: Floats  # bounds of the size classes, on the additive scale


class Numbered(NamedTuple):
    """Claims and truth with numbers instead of names.

    Attributes
    ----------
    claims
        ``series`` (number in `series`), ``source``, ``segment`` (numbers in `Names`), ``period``
        (date), ``value, value_low, value_high, listed, cutoff``; what the scale cannot hold was
        set aside. Perhaps ``shift`` and ``own_var`` (`maturity.with_age`), ``verdict``, what a
        reviewer said before, or ``published_at`` where a state is kept.
    truth
        ``series, period, value``, and ``published_at`` where a state is kept.
    series
        Names of the series, in order.
    """

    claims: pl.DataFrame
    truth: pl.DataFrame
    series: pl.Series


class Coded(NamedTuple):
    """Claims of a chunk as a panel, and what they were."""

    panel: Panel
    series: pl.Series  # (n_series,) names
    row: Ints  # (n,) row of each claim in the frame, -1 for truth
    is_anchored: NDArray[np.bool_]  # (n_series,)


def number_claims(claims: pl.DataFrame, truth: pl.DataFrame, names: Names) -> Numbered:
    """Numbers for the names of a frame; truth of series without claims is left out."""
    series = claims["series"].unique().sort()
    number = pl.Enum(series)
    known = truth.filter(pl.col("series").is_in(series.implode()))
    return Numbered(
        claims.with_columns(
            pl.col("series").cast(number).to_physical(),
            pl.col("source").cast(pl.Enum(names.sources)).to_physical(),
            pl.col("segment").cast(pl.Enum(names.segments)).to_physical(),
        ),
        known.with_columns(pl.col("series").cast(number).to_physical()),
        series,
    )


def code_claims(numbered: Numbered, coding: Coding) -> Coded:
    """Panel of claims and truth, whatever the order of their rows."""
    names = coding.names
    claims, truth, series = numbered
    n_series = len(series)
    at, known = _whole(claims["series"]), _whole(truth["series"])
    period, when = _places(names.days, claims["period"]), _places(names.days, truth["period"])
    source = _whole(claims["source"])
    fixed = _additive(truth["value"].to_numpy(), coding)
    by_time = np.lexsort((when, known))
    known, when, fixed = known[by_time], when[by_time], fixed[by_time]
    segment = np.zeros(n_series, np.int32)
    segment[at] = _whole(claims["segment"])
    order = order_claims(at, period, source, n_series, names.truth)
    start, row, period, source = merge_truth(
        order, at, period, source, known, when, names.truth, n_series
    )
    said, is_interval = _points(claims, coding)
    if "shift" in claims.columns:
        said = said + claims["shift"].to_numpy() / coding.unit
    value = take(row, said, fixed)
    # Intervals are few: only their ends are looked at; those of points are open.
    low, high = np.full(len(row), -np.inf), np.full(len(row), np.inf)
    own = np.flatnonzero(is_interval[row] & (row >= 0)) if is_interval.any() else np.zeros(0, int)
    low[own], high[own] = _ends(claims[row[own]], coding)
    own_var = np.zeros(len(row))
    if "own_var" in claims.columns:
        stated = claims["own_var"].to_numpy() / (WEIGHTS_UNKNOWN * coding.unit**2)
        own_var = take(row, stated, np.zeros(len(fixed)))
    first, last = period[start[:-1]], period[start[1:] - 1]
    panel = Panel(
        start=start,
        period=period,
        source=source,
        value=value,
        low=low,
        high=high,
        own_var=own_var,
        segment=segment,
        size=np.searchsorted(coding.sizes, middle_claims(start, row, value)).astype(np.int32),
        first=first,
        length=last - first + 1,
        pace=np.ones(n_series),
        gap=names.gaps(),
    )
    anchored = np.zeros(n_series, np.bool_)
    anchored[known] = True
    return Coded(panel, series, np.maximum(row, -1), anchored)


def find_sizes(claims: pl.DataFrame, coding: Coding, n_sizes: int) -> Floats:
    """Bounds of size classes that hold equally many series."""
    value, _ = _points(claims, coding)
    middle = (
        pl.DataFrame({"series": claims["series"], "value": value})
        .drop_nans("value")
        .group_by("series")
        .median()["value"]
        .to_numpy()
    )
    return np.quantile(middle, np.arange(1, n_sizes) / n_sizes) if len(middle) else np.zeros(0)


def find_unit(claims: pl.DataFrame, scale: Scale) -> float:
    """Unit of the additive scale in which sources usually disagree by about a third.

    Log and logit have such a unit by nature; a linear scale has that of its metric.
    """
    if scale != "linear":
        return 1.0
    keys = ["series", "period"]
    values = claims.filter(pl.col("value").is_not_null() & (pl.len().over(keys) > 1))
    apart = values.select((pl.col("value") - pl.col("value").median().over(keys)).abs())
    found = apart.to_series().median()
    if isinstance(found, float) and found > 0:
        return found / _USUAL_DISAGREEMENT
    spread = claims["value"].std()
    return spread if isinstance(spread, float) and spread > 0 else 1.0


#: Days between the first and last period up to which a table finds their places.
_WIDEST_TABLE = 1_000_000

#: Median distance of a claim from the median of its cell, in units of the additive scale.
_USUAL_DISAGREEMENT = 0.2


def _points(claims: pl.DataFrame, coding: Coding) -> tuple[Floats, Flags]:
    """Points on the additive scale, NaN for intervals; and which claims are intervals."""
    value = claims["value"].to_numpy()
    is_interval = (~claims["listed"].fill_null(value=True)).to_numpy()
    if min(claims.select("value_low", "value_high").null_count().row(0)) < claims.height:
        low, high = (claims[n].to_numpy() for n in ("value_low", "value_high"))
        is_stated = np.isfinite(low) | np.isfinite(high)
        value = np.where(is_stated & (low == high), low, value)
        is_interval = is_interval | (is_stated & (low != high))
    # An interval may have a value too; a NaN stays one on every scale.
    return _additive(np.where(is_interval, np.nan, value), coding), is_interval


def _ends(intervals: pl.DataFrame, coding: Coding) -> tuple[Floats, Floats]:
    """Ends of intervals on the additive scale, infinite where they are open."""
    low, high, cutoff = (intervals[n].to_numpy() for n in ("value_low", "value_high", "cutoff"))
    is_unlisted = (~intervals["listed"].fill_null(value=True)).to_numpy()
    low, high = ends_on_scale(low, np.where(is_unlisted, cutoff, high), coding.scale)
    return (
        np.nan_to_num(low / coding.unit, nan=-np.inf),
        np.nan_to_num(high / coding.unit, nan=np.inf),
    )


def _additive(values: Floats, coding: Coding) -> Floats:
    found = to_scale(values, coding.scale)
    return found if coding.unit == 1.0 else found / coding.unit


def _whole(numbers: pl.Series) -> Small:
    return np.asarray(numbers.to_physical().to_numpy(), np.int32)


def _places(days: Ints, dates: pl.Series) -> Small:
    """Place of each date among the days, by a table when they are close together."""
    wanted = _whole(dates)
    if not len(days):
        return wanted
    width = int(days[-1] - days[0]) + 1
    if width > _WIDEST_TABLE:
        return np.searchsorted(days, wanted).astype(np.int32)
    table = np.zeros(width, np.int32)
    table[days - days[0]] = np.arange(len(days))
    found: Small = table[wanted - np.int32(days[0])]
    return found
