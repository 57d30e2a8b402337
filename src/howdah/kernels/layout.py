"""Claims and truth of a chunk of series in the order that the fusion kernel wants, in one scan."""

import numba as nb
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Small = NDArray[np.int32]


@nb.njit(cache=True, nogil=True)
def order_claims(series: Small, period: Small, source: Small, n_series: int, n_source: int) -> Ints:
    """Rows by series, then period, then source, those of one cell as they came.

    Empty where they are in that order already. Files go by series for the most part: a series is
    counted into its sources and then into its periods, which looks at no claim more than thrice.
    """
    n = len(series)
    by_series = True
    is_ordered = True
    for k in range(1, n):
        if series[k] < series[k - 1]:
            by_series = False
            is_ordered = False
            break
        if series[k] == series[k - 1] and (
            period[k] < period[k - 1] or (period[k] == period[k - 1] and source[k] < source[k - 1])
        ):
            is_ordered = False
    if is_ordered:
        return np.empty(0, np.int64)
    start = np.zeros(n_series + 1, np.int64)
    for k in range(n):
        start[series[k] + 1] += 1
    for i in range(n_series):
        start[i + 1] += start[i]
    order = np.empty(n, np.int64)
    if by_series:
        for k in range(n):
            order[k] = k
    else:
        place = start[:-1].copy()
        for k in range(n):
            order[place[series[k]]] = k
            place[series[k]] += 1
    n_period = period.max() + 1
    count = np.zeros(max(n_period, n_source) + 1, np.int64)
    kept = np.empty((start[1:] - start[:-1]).max(), np.int64)
    for i in range(n_series):
        own = order[start[i] : start[i + 1]]
        _count_into(source, own, 0, n_source, count, kept)
        low, high = n_period, 0
        for k in own:
            low, high = min(low, period[k]), max(high, period[k] + 1)
        _count_into(period, own, low, max(high - low, 0), count, kept)
    return order


@nb.njit(cache=True, nogil=True)
def _count_into(key: Small, rows: Ints, low: int, width: int, count: Ints, kept: Ints) -> None:
    """Rows in order of a key between `low` and `low + width`, otherwise as they were."""
    is_ordered = True
    for j in range(1, len(rows)):
        is_ordered = is_ordered and key[rows[j - 1]] <= key[rows[j]]
    if is_ordered:
        return
    count[: width + 1] = 0
    for j in range(len(rows)):
        kept[j] = rows[j]
        count[key[rows[j]] - low + 1] += 1
    for c in range(width):
        count[c + 1] += count[c]
    for j in range(len(rows)):
        c = key[kept[j]] - low
        rows[count[c]] = kept[j]
        count[c] += 1


@nb.njit(cache=True, nogil=True)
def merge_truth(
    order: Ints,
    series: Small,
    period: Small,
    source: Small,
    truth_series: Small,
    truth_period: Small,
    truth: int,
    n_series: int,
) -> tuple[Ints, Ints, Small, Small]:
    """Merge claims with ordered truth.

    Parameters
    ----------
    order
        Of `order_claims`.
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
    j, place, n_said = 0, 0, 0
    is_ordered = len(order) == 0
    k = 0
    if len(series):
        k = 0 if is_ordered else order[0]
    for i in range(n_series):
        while True:
            has_claim = n_said < len(series) and series[k] == i
            has_truth = j < len(truth_series) and truth_series[j] == i
            if has_claim and not (has_truth and truth_period[j] < period[k]):
                row[place], periods[place], sources[place] = k, period[k], source[k]
                n_said += 1
                if n_said < len(series):
                    k = n_said if is_ordered else order[n_said]
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
