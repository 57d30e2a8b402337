"""Power-user counts of a part: units by the number of days they were active in 28."""

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.kernels.activity.assembly import days_between
from howdah.kernels.activity.bits import count_bits, lowest_bit
from howdah.kernels.activity.daily import Strata
from howdah.kernels.activity.words import Activity, Roster, Words

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Small = NDArray[np.int32]

_U = np.uint64

#: Days of the window.
L28_DAYS = 28


class PowerTotals(NamedTuple):
    """Sums over strata, by the number of active days less one and by the place of the day."""

    counts: Small  # (n_product, L28_DAYS, n_shown) of the stratum that goes on
    touched: NDArray[np.bool_]  # (n_product,) whether there is any
    value: Floats  # (n_product, L28_DAYS, n_shown)
    variance: Floats
    raw: Small


@nb.njit(cache=True, nogil=True)
def count_power(
    activity: Activity, roster: Roster, strata: Strata, product_start: Longs,
    first_product: int, end_product: int, shown: Words, place: Small, totals: PowerTotals,
) -> None:  # fmt: skip
    """Count some products of a part, and add strata that are done to the totals.

    Parameters
    ----------
    strata
        Its numbers and weights are (n_stratum, 1, n_shown).
    product_start
        (n_product + 1,) first row of each product.
    shown
        (n_word,) a bit of each day that is counted.
    place
        (64 n_word,) place of each of these days among them.
    """
    for product in range(first_product, end_product):
        row, end_row = product_start[product], product_start[product + 1]
        for h in range(len(strata.is_done)):
            end = row + np.searchsorted(activity.unit[row:end_row], strata.start[h + 1])
            if end > row:
                totals.touched[product] = True
            for i in range(row, end):
                unit = activity.unit[i]
                _count_row(
                    activity.words[i], shown, place, roster.joined[unit] + L28_DAYS - 1,
                    roster.left[unit], totals.counts[product],
                )  # fmt: skip
            row = end
            if strata.is_done[h] and totals.touched[product]:
                _settle(strata, h, product, totals)
                totals.touched[product] = False


@nb.njit(cache=True, nogil=True)
def _count_row(words: Words, shown: Words, place: Small, low: int, high: int, count: Small) -> None:
    x0 = two0 = four0 = seven0 = fourteen0 = _U(0)
    for j in range(len(words)):
        x = words[j]
        if x == _U(0) and fourteen0 == _U(0):
            continue
        # Whether there is any activity in the 28 days up to each day.
        two = x | (x << _U(1)) | (x0 >> _U(63))
        four = two | (two << _U(2)) | (two0 >> _U(62))
        seven = four | (four << _U(3)) | (four0 >> _U(61))
        fourteen = seven | (seven << _U(7)) | (seven0 >> _U(57))
        month = fourteen | (fourteen << _U(14)) | (fourteen0 >> _U(50))
        days = month & shown[j] & days_between(low - 64 * j, high - 64 * j)
        while days != _U(0):
            bit = lowest_bit(days)
            days &= days - _U(1)
            # The day and the 63 before it; two shifts, because one of 64 is none.
            window = (x << _U(63 - bit)) | ((x0 >> _U(bit)) >> _U(1))
            n = np.int64(count_bits(window >> _U(64 - L28_DAYS)))
            count[n - 1, place[64 * j + bit]] += 1
        x0, two0, four0, seven0, fourteen0 = x, two, four, seven, fourteen


@nb.njit(cache=True, nogil=True)
def _settle(strata: Strata, h: int, product: int, totals: PowerTotals) -> None:
    for k in range(L28_DAYS):
        for t in range(totals.counts.shape[2]):
            x = np.int64(totals.counts[product, k, t])
            totals.counts[product, k, t] = 0
            totals.raw[product, k, t] += x
            totals.value[product, k, t] += strata.weight[h, 0, t] * x
            totals.variance[product, k, t] += strata.spread[h, 0, t] * x * (strata.n[h, 0, t] - x)
