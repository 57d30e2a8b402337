"""Slips of units among claims of one value a series, told from at least two others."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.estimates.fusion.slips import LEAST_SLIP, nearest_slip
from howdah.kernels import robust_scale

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: Fewest other claims for a slip to be told from them.
_LEAST_OTHERS = 2

#: Fewest claims of a source for its own bias and noise to be told; below that those of all count.
_LEAST_OWN = 8

#: Slips of one source of which each is no further than this from the next, in its noise, are one.
_TOGETHER_SDS = 2.0


def find_static_slips(series: Ints, source: Ints, value: Floats) -> Floats:
    """Log of the unit that each claim is off by, 0 for none.

    What a source is usually off by, where it states enough, is taken off all that it says. Then
    whether a claim is off is told by the median of all of its series, and by which unit by the
    median of those that are not off, within the source's own noise: that tells tens from twelves
    where the spread of all sources does not. Slips of one source that lie together are one, as in
    `slips.find_slips`.

    Parameters
    ----------
    series, source, value
        (n,) numbers of the series and the source, and the claim on the log scale; NaN for none.
    """
    found = np.zeros(len(value))
    others = _others(series, value)
    enough = (others >= _LEAST_OTHERS) & np.isfinite(value)
    near = value - _biases(source, np.where(enough, value - _medians(series, value), np.nan))
    off = near - _medians(series, near)
    noise = float(np.nan_to_num(robust_scale(off[enough])))
    found[enough] = nearest_slip(off[enough], noise)
    if not found.any():
        return found
    apart = _apart(series, near, found != 0.0)
    right = enough & (found == 0.0) & np.isfinite(apart)
    usual = float(np.nan_to_num(robust_scale(apart[right])))
    for s in np.unique(source[found != 0.0]):
        own = right & (source == s)
        sd = float(robust_scale(apart[own])) if own.sum() >= _LEAST_OWN else usual
        at = np.flatnonzero((source == s) & (found != 0.0) & np.isfinite(apart))
        if len(at):
            _settle(found, at, apart[at], sd)
    return found


def _medians(series: Ints, value: Floats) -> Floats:
    """Median of the claims of each claim's series, NaN where it has none."""
    frame = pl.DataFrame({"series": series, "value": value}).fill_nan(None)
    middle = frame.select(pl.col("value").median().over("series")).to_series()
    return middle.cast(pl.Float64).fill_null(np.nan).to_numpy()


def _others(series: Ints, value: Floats) -> Ints:
    """How many other claims of its series stand beside each."""
    n = np.bincount(series, np.isfinite(value), int(series.max(initial=-1)) + 1)
    return n[series].astype(np.int64) - 1


def _biases(source: Ints, off: Floats) -> Floats:
    """What the source of each claim is usually off by; none where it is another unit."""
    frame = pl.DataFrame({"source": source, "off": off}).fill_nan(None)
    middle = pl.col("off").median().over("source")
    is_told = (pl.col("off").count().over("source") >= _LEAST_OWN) & (middle.abs() < LEAST_SLIP)
    return frame.select(pl.when(is_told).then(middle).otherwise(0.0)).to_series().to_numpy()


def _settle(found: Floats, at: Ints, far: Floats, sd: float) -> None:
    """Give slips of one source that lie together the unit that their middle is nearest to."""
    order = np.argsort(far)
    parts = np.split(order, np.flatnonzero(np.diff(far[order]) > _TOGETHER_SDS * sd) + 1)
    for part in parts:
        middle = np.array([np.median(far[part])])
        unit = nearest_slip(middle, sd / np.sqrt(len(part)))[0]
        if unit != 0.0:
            found[at[part]] = unit


def _apart(series: Ints, value: Floats, is_slip: Flags) -> Floats:
    """Each claim less the median of the others of its series that are in no other unit."""
    apart = np.full(len(value), np.nan)
    known = np.isfinite(value)
    order = np.lexsort((value, series))
    order = order[(known & ~is_slip)[order]]
    starts = np.flatnonzero(np.diff(series[order], prepend=-1))
    n = np.diff(np.append(starts, len(order)))
    start, n_of = np.repeat(starts, n), np.repeat(n, n)
    place, others = np.arange(len(order)) - start, n_of - 1
    several = others > 0

    def without(k: Ints) -> Floats:
        """The value at a place of the others, of which the claim itself is none."""
        at = np.where(k < place, k, k + 1)[several]
        return value[order[start[several] + at]]

    middle = (without((others - 1) // 2) + without(others // 2)) / 2
    apart[order[several]] = value[order[several]] - middle
    medians = np.full(int(series.max(initial=-1)) + 1, np.nan)
    low, high = starts + (n - 1) // 2, starts + n // 2
    medians[series[order[starts]]] = (value[order[low]] + value[order[high]]) / 2
    slipped = known & is_slip
    apart[slipped] = value[slipped] - medians[series[slipped]]
    return apart
