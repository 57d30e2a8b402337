"""Claims as arrays: names to numbers, values to the additive scale, in the kernel's order."""

from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.core.metrics import Scale
from howdah.estimates.scales import ends_on_scale, to_scale
from howdah.kernels import Panel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


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
        set aside.
    truth
        ``series, period, value``.
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
    at = np.concatenate([_whole(frame["series"]) for frame in (claims, truth)])
    days = np.concatenate([_whole(frame["period"]) for frame in (claims, truth)])
    period = _places(names.days, days)
    source = np.concatenate([_whole(claims["source"]), np.full(truth.height, names.truth)])
    value, low, high = _on_scale(claims, coding)
    fixed = to_scale(truth["value"].to_numpy(), coding.scale) / coding.unit
    none = np.full(truth.height, np.nan)
    row = np.concatenate([np.arange(claims.height), np.full(truth.height, -1)])
    order = _order((at * len(names.days) + period) * (names.truth + 1) + source, claims.height)
    at, period, source = at[order], period[order], source[order]
    value = np.concatenate([value, fixed])[order]
    start = np.searchsorted(at, np.arange(n_series + 1))
    first = period[start[:-1]] if n_series else np.zeros(0, np.int64)
    last = period[start[1:] - 1] if n_series else np.zeros(0, np.int64)
    segment = np.zeros(n_series, np.int32)
    segment[_whole(claims["series"])] = _whole(claims["segment"])
    middle = _middles(value, start, source != names.truth)
    panel = Panel(
        start=start,
        period=period.astype(np.int32),
        source=source.astype(np.int32),
        value=value,
        low=np.concatenate([low, none])[order],
        high=np.concatenate([high, none])[order],
        own_var=np.zeros(len(order)),
        segment=segment,
        size=np.searchsorted(coding.sizes, middle).astype(np.int32),
        first=first.astype(np.int32),
        length=(last - first + 1).astype(np.int32),
        pace=np.ones(n_series),
        gap=names.gaps(),
    )
    anchored = np.bincount(at[source == names.truth], minlength=n_series) > 0
    return Coded(panel, series, row[order], anchored)


def find_sizes(claims: pl.DataFrame, coding: Coding, n_sizes: int) -> Floats:
    """Bounds of size classes that hold equally many series."""
    value, _, _ = _on_scale(claims, coding)
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


def _on_scale(claims: pl.DataFrame, coding: Coding) -> tuple[Floats, Floats, Floats]:
    """Points and ends of intervals; NaN for the point of an interval, and for both ends of it."""
    value = claims["value"].to_numpy()
    is_unlisted = (~claims["listed"].fill_null(value=True)).to_numpy()
    ends = claims.select("value_low", "value_high").null_count().row(0)
    if not is_unlisted.any() and min(ends) == claims.height:
        nothing = np.full(claims.height, np.nan)
        return to_scale(value, coding.scale) / coding.unit, nothing, nothing
    low, high, cutoff = (claims[n].to_numpy() for n in ("value_low", "value_high", "cutoff"))
    is_stated = np.isfinite(low) | np.isfinite(high)
    is_interval = is_unlisted | (is_stated & (low != high))
    point = np.where(is_stated & (low == high), low, value)
    found = np.where(is_interval, np.nan, to_scale(point, coding.scale) / coding.unit)
    # Intervals are few: only their ends are put on the scale.
    below, above = np.full((2, claims.height), np.nan)
    own = np.flatnonzero(is_interval)
    low, high = ends_on_scale(low[own], np.where(is_unlisted, cutoff, high)[own], coding.scale)
    below[own] = np.nan_to_num(low / coding.unit, nan=-np.inf)
    above[own] = np.nan_to_num(high / coding.unit, nan=np.inf)
    return found, below, above


def _whole(numbers: pl.Series) -> Ints:
    return np.asarray(numbers.to_physical().to_numpy(), np.int64)


def _places(days: Ints, wanted: Ints) -> Ints:
    """Place of each wanted day among the days, by a table when they are close together."""
    if not len(days):
        return wanted
    width = int(days[-1] - days[0]) + 1
    if width > _WIDEST_TABLE:
        return np.asarray(np.searchsorted(days, wanted), np.int64)
    table = np.zeros(width, np.int64)
    table[days - days[0]] = np.arange(len(days))
    found: Ints = table[wanted - days[0]]
    return found


def _order(key: Ints, n_claims: int) -> Ints:
    """Order of claims, then truth, by key. Claims that are in order already are not sorted."""
    said, known = key[:n_claims], key[n_claims:]
    if not (said[1:] >= said[:-1]).all():
        return np.argsort(key, kind="stable")
    rank = np.argsort(known, kind="stable")
    places = np.searchsorted(said, known[rank], side="right")
    return np.insert(np.arange(n_claims), places, n_claims + rank)


def _middles(value: Floats, start: Ints, is_claim: NDArray[np.bool_]) -> Floats:
    """Median point claim of each series; NaN, which sorts last, without one."""
    number = np.repeat(np.arange(len(start) - 1), np.diff(start))
    found = (
        pl.DataFrame({"series": number, "value": value})
        .filter(pl.Series(is_claim & np.isfinite(value)))
        .group_by("series")
        .median()
    )
    middle = np.full(len(start) - 1, np.nan)
    middle[found["series"].to_numpy()] = found["value"].to_numpy()
    return middle
