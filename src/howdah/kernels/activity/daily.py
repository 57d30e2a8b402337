"""Daily metrics of a part: counts of each product and stratum, and what they add up to."""

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.kernels.activity.counting import (
    FEW_DAYS,
    N_PARTIAL,
    STICKY_DAYS,
    WINDOWS,
    DayCounts,
    count_rows,
)
from howdah.kernels.activity.words import Activity, Roster

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Small = NDArray[np.int32]

#: Metrics in the order of the last but one axis of all that is counted of them.
METRICS = (
    "dau", "wau", "mau28", "mau30", "stickiness28",
    *(f"{kind}_{w}d" for kind in ("new", "retained", "resurrected", "churned") for w in WINDOWS),
)  # fmt: skip
N_METRIC = len(METRICS)
STICKINESS = METRICS.index("stickiness28")
_MONTH = METRICS.index("mau28")


def look_back_days(burn_in: int) -> Longs:
    """(N_METRIC,) days before a day on which a unit has to be observed too, by metric.

    To tell what is retained or churned takes two windows; to tell what is new, the burn-in.
    """
    days = [0, 6, 27, 29, STICKY_DAYS - 1]
    for kind in ("new", "retained", "resurrected", "churned"):
        least = burn_in if kind in {"new", "resurrected"} else 0
        days += [max(2 * w - 1, least) for w in WINDOWS]
    return np.array(days, np.int64)


class Totals(NamedTuple):
    """Sums over strata; of stickiness, those of its numerator."""

    value: Floats  # (n_product, N_METRIC, n_day)
    variance: Floats  # (n_product, N_METRIC, n_day)
    raw: Small  # (n_product, N_METRIC, n_day) units counted; of stickiness, those of mau28
    sticky_cross: Floats  # (n_product, n_day) covariance of the numerator with mau28


class Strata(NamedTuple):
    """The strata of a part, one after the other."""

    start: Longs  # (n_stratum + 1,) first unit of each
    is_done: NDArray[np.bool_]  # (n_stratum,) all of its units have been counted with this part
    n: Longs  # (n_stratum, N_METRIC, n_day) units observed long enough, once it is done
    weight: Floats  # (n_stratum, N_METRIC, n_day)
    spread: Floats  # (n_stratum, N_METRIC, n_day)


@nb.njit(cache=True, nogil=True)
def count_observed(joined: Small, left: Small, look_back: Longs, n_day: int, n: Longs) -> None:
    """Add units to the number of those that were observed long enough.

    Parameters
    ----------
    n
        (N_METRIC, n_day) by metric and day.
    """
    change = np.zeros((len(look_back), n_day + 1), np.int64)
    whole = 0
    for u in range(len(joined)):
        if joined[u] <= 0 and left[u] >= n_day:
            whole += 1
            continue
        for m in range(len(look_back)):
            low = joined[u] + look_back[m]
            if low < left[u]:
                change[m, low] += 1
                change[m, left[u]] -= 1
    for m in range(len(look_back)):
        total = 0
        for d in range(n_day):
            total += change[m, d]
            n[m, d] += total + (whole if d >= look_back[m] else 0)


@nb.njit(cache=True, nogil=True)
def count_part(
    activity: Activity, roster: Roster, strata: Strata, product_start: Longs,
    first_product: int, end_product: int, look_back: Longs, since: int, needs_squares: bool,
    counts: DayCounts, totals: Totals,
) -> None:  # fmt: skip
    """Count some products of a part, and add strata that are done to the totals.

    Parameters
    ----------
    product_start
        (n_product + 1,) first row of each product.
    look_back
        (N_METRIC,) as of `look_back_days`.
    since
        First day that is counted; the words hold as many before it as the metrics look back.
    """
    n_day = totals.value.shape[2]
    plain = np.empty(N_PARTIAL, np.int64)
    plain[:STICKINESS] = look_back[:STICKINESS]
    plain[STICKINESS:] = look_back[STICKINESS + 1 :]
    for product in range(first_product, end_product):
        end_row = product_start[product + 1]
        row = product_start[product]
        for h in range(len(strata.is_done)):
            end = row + np.searchsorted(activity.unit[row:end_row], strata.start[h + 1])
            count_rows(activity, roster, row, end, n_day, since, plain, needs_squares, counts)
            row = end
            if strata.is_done[h] and counts.touched[product]:
                _settle(
                    counts, product, look_back, since, needs_squares,
                    strata.n[h], strata.weight[h], strata.spread[h], totals,
                )  # fmt: skip
                counts.touched[product] = False
                counts.whole[product] = 0
                counts.sticky[product] = 0
                if len(counts.partial):
                    counts.partial[product] = 0


@nb.njit(cache=True, nogil=True)
def _settle(
    counts: DayCounts, product: int, look_back: Longs, since: int, needs_squares: bool,
    n: Longs, weight: Floats, spread: Floats, totals: Totals,
) -> None:  # fmt: skip
    """Add the counts of a stratum to the totals of a product."""
    n_day = n.shape[1]
    whole = _summed(counts.whole[product], n_day)
    month = np.zeros(n_day, np.int64)
    for m in range(N_METRIC):
        if m == STICKINESS:
            continue
        found = np.zeros(n_day, np.int64)
        _tell_whole(whole, m, look_back[m], found)
        if len(counts.partial):
            total = np.int64(0)
            change = counts.partial[product, m if m < STICKINESS else m - 1]
            for d in range(n_day):
                total += change[d]
                found[d] += total
        for d in range(since, n_day):
            x = found[d]
            totals.raw[product, m, d] += x
            totals.value[product, m, d] += weight[m, d] * x
            totals.variance[product, m, d] += spread[m, d] * x * (n[m, d] - x)
        if m == _MONTH:
            month = found
    totals.raw[product, STICKINESS] += month.astype(np.int32)
    days = _summed(counts.sticky[product], n_day)
    if not needs_squares and n_day - since > FEW_DAYS:
        # A census: nobody joins or leaves, so the active days are those of all.
        for d in range(n_day):
            gone = whole[0, d - STICKY_DAYS] if d >= STICKY_DAYS else 0
            days[0, d] = (days[0, d - 1] if d else 0) + whole[0, d] - gone
    for d in range(max(look_back[STICKINESS], since), n_day):
        c, k = spread[STICKINESS, d], n[STICKINESS, d]
        y = days[0, d] / STICKY_DAYS
        square = days[1, d] / STICKY_DAYS**2
        totals.value[product, STICKINESS, d] += weight[STICKINESS, d] * y
        totals.variance[product, STICKINESS, d] += c * (k * square - y * y)
        totals.sticky_cross[product, d] += c * y * (k - month[d])


@nb.njit(cache=True, nogil=True)
def _summed(change: NDArray[np.int32], n_day: int) -> Longs:
    """Counts by day from their differences."""
    found = np.empty((change.shape[0], n_day), np.int64)
    for m in range(change.shape[0]):
        total = np.int64(0)
        for d in range(n_day):
            total += change[m, d]
            found[m, d] = total
    return found


@nb.njit(cache=True, nogil=True)
def _tell_whole(whole: Longs, metric: int, look_back: int, found: Longs) -> None:
    """Count of a metric among units that were observed all the time."""
    if metric < STICKINESS:
        for d in range(look_back, len(found)):
            found[d] = whole[metric, d]
        return
    kind, w = (metric - STICKINESS - 1) // 3, (metric - STICKINESS - 1) % 3
    width = WINDOWS[w]
    for d in range(look_back, len(found)):
        kept = whole[4 + w, d]
        fresh = whole[7, d] - (whole[7, d - width] if d >= width else 0)
        if kind == 0:
            found[d] = fresh
        elif kind == 1:
            found[d] = kept
        elif kind == 2:  # noqa: PLR2004
            found[d] = whole[w, d] - kept - fresh
        else:
            found[d] = whole[w, d - width] - kept
