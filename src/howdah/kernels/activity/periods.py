"""Activity by period, unit after unit: what is common to pairs of products and to moves."""

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.kernels.activity.words import Activity, Roster, Words

Small = NDArray[np.int32]
Counts = NDArray[np.int64]

#: Periods that a mask has room for.
MOST_PERIODS = 64


class Periods(NamedTuple):
    """Spans of days, at most `MOST_PERIODS`; a unit counts in one if it was there all the while."""

    first: Small  # (n_period,) first day on which activity counts
    last: Small  # (n_period,) last day
    since: Small  # (n_period,) first day on which a unit has to be in the panel; up to `last`


class Units(NamedTuple):
    """Rows of a part with activity in some period, unit after unit and ordered by product."""

    start: Counts  # (n_unit + 1,) first row of each unit
    product: Small  # (n_row,)
    active: Words  # (n_row,) bit k: active in period k
    first_day: Small  # (n_row,) of the first activity ever
    observed: Words  # (n_unit,) bit k: counts in period k


@nb.njit(cache=True, nogil=True)
def by_unit(part: Activity, roster: Roster, periods: Periods) -> Units:
    """Turn a part's rows round, from product after product to unit after unit."""
    n_unit, n_period = len(roster.joined), len(periods.first)
    observed = np.zeros(n_unit, np.uint64)
    for u in range(n_unit):
        for k in range(n_period):
            if roster.joined[u] <= periods.since[k] and roster.left[u] > periods.last[k]:
                observed[u] |= np.uint64(1) << np.uint64(k)
    word, bits, period = _pieces(periods, part.words.shape[1])
    active = np.empty(len(part.unit), np.uint64)
    start = np.zeros(n_unit + 2, np.int64)
    for i in range(len(part.unit)):
        mask = np.uint64(0)
        for piece in range(len(word)):
            is_active = (part.words[i, word[piece]] & bits[piece]) != np.uint64(0)
            mask |= np.uint64(is_active) << period[piece]
        active[i] = mask
        if mask != np.uint64(0):
            start[part.unit[i] + 2] += 1
    for u in range(n_unit):
        start[u + 2] += start[u + 1]
    # What is counted up to the next unit's start moves on to be the start itself.
    n_row = start[n_unit + 1]
    product, masks = np.empty(n_row, np.int32), np.empty(n_row, np.uint64)
    first_day = np.empty(n_row, np.int32)
    for i in range(len(part.unit)):
        if active[i] != np.uint64(0):
            at = start[part.unit[i] + 1]
            product[at] = part.product[i]
            masks[at] = active[i]
            first_day[at] = part.first_day[i]
            start[part.unit[i] + 1] += 1
    return Units(start[: n_unit + 1], product, masks, first_day, observed)


@nb.njit(cache=True, nogil=True)
def _pieces(periods: Periods, n_word: int) -> tuple[Counts, Words, Words]:
    """The words that each period, which lies within them, has a piece of: word, bits, period."""
    n_most = len(periods.first) * n_word
    word, bits = np.empty(n_most, np.int64), np.empty(n_most, np.uint64)
    period = np.empty(n_most, np.uint64)
    n = 0
    for k in range(len(periods.first)):
        first, last = periods.first[k], periods.last[k]
        for j in range(first >> 6, (last >> 6) + 1):
            piece = ~np.uint64(0)
            if j == first >> 6:
                piece &= ~np.uint64(0) << np.uint64(first & 63)
            if j == last >> 6:
                piece &= ~np.uint64(0) >> np.uint64(63 - (last & 63))
            word[n], bits[n], period[n] = j, piece, k
            n += 1
    return word[:n], bits[:n], period[:n]
