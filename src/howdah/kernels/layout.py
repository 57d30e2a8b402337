"""Claims and truth of a chunk of series in the order that the fusion kernel wants, in one scan."""

import numba as nb
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Small = NDArray[np.int32]


@nb.njit(cache=True, nogil=True)
def is_ordered(series: Small, period: Small, source: Small) -> bool:
    """Whether claims go by series, then period, then source."""
    for k in range(1, len(series)):
        if series[k] < series[k - 1]:
            return False
        if series[k] == series[k - 1]:
            if period[k] < period[k - 1]:
                return False
            if period[k] == period[k - 1] and source[k] < source[k - 1]:
                return False
    return True


@nb.njit(cache=True, nogil=True)
def merge_truth(
    series: Small,
    period: Small,
    source: Small,
    truth_series: Small,
    truth_period: Small,
    truth: int,
    n_series: int,
) -> tuple[Ints, Ints, Small, Small]:
    """Merge ordered claims with ordered truth.

    Parameters
    ----------
    truth
        Number of truth as a source, above all others.

    Returns
    -------
    (start, row, period, source)
        ``start`` (n_series + 1,) is the first of each series; of each claim, ``row`` is its place
        among the claims, or -1 - its place among truth.
    """
    n = len(series) + len(truth_series)
    start = np.zeros(n_series + 1, np.int64)
    row = np.empty(n, np.int64)
    periods = np.empty(n, np.int32)
    sources = np.empty(n, np.int32)
    k, j = 0, 0
    place = 0
    for i in range(n_series):
        while True:
            has_claim = k < len(series) and series[k] == i
            has_truth = j < len(truth_series) and truth_series[j] == i
            if has_claim and not (has_truth and truth_period[j] < period[k]):
                row[place], periods[place], sources[place] = k, period[k], source[k]
                k += 1
            elif has_truth:
                row[place], periods[place], sources[place] = -1 - j, truth_period[j], truth
                j += 1
            else:
                break
            place += 1
        start[i + 1] = place
    return start, row, periods, sources


@nb.njit(cache=True, nogil=True)
def take(row: Ints, values: Floats, truth: Floats) -> Floats:
    """Values of claims and truth in merged order."""
    found = np.empty(len(row))
    for k in range(len(row)):
        found[k] = values[row[k]] if row[k] >= 0 else truth[-1 - row[k]]
    return found


@nb.njit(cache=True, nogil=True)
def middle_claims(start: Ints, row: Ints, value: Floats) -> Floats:
    """Median finite claim of each series, truth left out; NaN without one."""
    middle = np.full(len(start) - 1, np.nan)
    most = 1
    for i in range(len(middle)):
        most = max(most, start[i + 1] - start[i])
    space = np.empty(most)
    for i in range(len(middle)):
        n = 0
        for k in range(start[i], start[i + 1]):
            if row[k] >= 0 and np.isfinite(value[k]):
                space[n] = value[k]
                n += 1
        if n:
            middle[i] = np.median(space[:n])
    return middle
