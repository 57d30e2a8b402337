"""Claims as arrays: names to numbers, values to the additive scale, in the kernel's order."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.core.metrics import Scale
from howdah.estimates.scales import ends_on_scale, to_scale
from howdah.kernels import Panel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Columns that `code_claims` reads.
CLAIMS = {
    "series": pl.String,
    "source": pl.String,
    "period": pl.Date,
    "value": pl.Float64,
    "value_low": pl.Float64,
    "value_high": pl.Float64,
    "segment": pl.String,
    "listed": pl.Boolean,
    "cutoff": pl.Float64,
}
TRUTH = {"series": pl.String, "period": pl.Date, "value": pl.Float64}


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


class Coded(NamedTuple):
    """Claims of a chunk as a panel, and what they were."""

    panel: Panel
    series: pl.Series  # (n_series,) names
    row: Ints  # (n,) row of each claim in the frame, -1 for truth
    is_anchored: NDArray[np.bool_]  # (n_series,)


def code_claims(claims: pl.DataFrame, truth: pl.DataFrame, coding: Coding) -> Coded:
    """Panel of claims and truth.

    Parameters
    ----------
    claims
        Columns of `CLAIMS`, in any order of rows; what the scale cannot hold was set aside.
    truth
        Columns of `TRUTH`; rows of series without claims are left out.
    """
    names = coding.names
    series = claims["series"].unique().sort()
    number = pl.Enum(series)
    truth = truth.filter(pl.col("series").is_in(series.implode()))
    at = np.concatenate([_codes(frame["series"], number) for frame in (claims, truth)])
    days = np.concatenate([_days(frame) for frame in (claims, truth)])
    period = np.searchsorted(names.days, days)
    source = np.concatenate(
        [_codes(claims["source"], pl.Enum(names.sources)), np.full(truth.height, names.truth)]
    )
    value, low, high = _on_scale(claims, coding)
    fixed = to_scale(truth["value"].to_numpy(), coding.scale) / coding.unit
    none = np.full(truth.height, np.nan)
    row = np.concatenate([np.arange(claims.height), np.full(truth.height, -1)])
    key = (at * len(names.days) + period) * (names.truth + 1) + source
    order = np.arange(len(key)) if _is_sorted(key) else np.argsort(key, kind="stable")
    at, period, source = at[order], period[order], source[order]
    value = np.concatenate([value, fixed])[order]
    n_series = len(series)
    start = np.searchsorted(at, np.arange(n_series + 1))
    first = period[start[:-1]] if n_series else np.zeros(0, np.int64)
    last = period[start[1:] - 1] if n_series else np.zeros(0, np.int64)
    segment = np.zeros(n_series, np.int32)
    segment[_codes(claims["series"], number)] = _codes(claims["segment"], pl.Enum(names.segments))
    middle = _middles(value, start, source != names.truth)
    panel = Panel(
        start=start,
        period=period.astype(np.int32),
        source=source.astype(np.int32),
        value=value,
        low=np.concatenate([low, none])[order],
        high=np.concatenate([high, none])[order],
        segment=segment,
        size=np.searchsorted(coding.sizes, middle).astype(np.int32),
        first=first.astype(np.int32),
        length=(last - first + 1).astype(np.int32),
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


#: Median distance of a claim from the median of its cell, in units of the additive scale.
_USUAL_DISAGREEMENT = 0.2


def _on_scale(claims: pl.DataFrame, coding: Coding) -> tuple[Floats, Floats, Floats]:
    """Points and ends of intervals; NaN for the point of an interval, and for both ends of it."""
    value, low, high, cutoff = (
        claims[name].to_numpy() for name in ("value", "value_low", "value_high", "cutoff")
    )
    is_unlisted = claims.select(~pl.col("listed").fill_null(value=True)).to_series().to_numpy()
    is_stated = np.isfinite(low) | np.isfinite(high)
    is_interval = is_unlisted | (is_stated & (low != high))
    point = np.where(is_stated & (low == high), low, value)
    below, above = ends_on_scale(low, np.where(is_unlisted, cutoff, high), coding.scale)
    return (
        np.where(is_interval, np.nan, to_scale(point, coding.scale) / coding.unit),
        np.where(is_interval, np.nan_to_num(below / coding.unit, nan=-np.inf), np.nan),
        np.where(is_interval, np.nan_to_num(above / coding.unit, nan=np.inf), np.nan),
    )


def _codes(texts: pl.Series, names: pl.Enum) -> Ints:
    return texts.cast(names).to_physical().to_numpy().astype(np.int64)


def _days(frame: pl.DataFrame) -> Ints:
    return frame["period"].to_physical().to_numpy().astype(np.int64)


def _is_sorted(key: Ints) -> bool:
    return bool((key[1:] >= key[:-1]).all())


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


def names_of(sources: Sequence[str], segments: Sequence[str], days: Sequence[int]) -> Names:
    """Names in order, each once."""
    return Names(
        tuple(sorted(set(sources))), tuple(sorted(set(segments))), np.array(sorted(set(days)))
    )
