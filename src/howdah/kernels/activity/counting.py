r"""Counts of units by product and day, of one stratum, from activity words.

A window's activity is the word shifted and or-ed onto itself: 28 days in five doublings. What such
words have set is few runs, so the counts are kept as differences from day to day: a run costs two
additions however long it is, and a row that was active on few days costs little. [1]_ Where a few
days alone are asked for, as in an update, each is told from the 64 days up to it instead.

Of units that were observed all the time only what cannot be told from the rest is counted. With
$A_w(d)$ active in the $w$ days up to $d$, $R_w$ active in them and in those before, and $F_w$
first ever active in them:

- new $= F_w(d)$, retained $= R_w(d)$,
- resurrected $= A_w(d) - R_w(d) - F_w(d)$,
- churned $= A_w(d - w) - R_w(d)$.

Units that joined or left are counted by each metric for itself, because each asks for another
stretch of days on which a unit was observed.

References
----------
.. [1] Blelloch (1990), "Prefix Sums and Their Applications".
"""

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.kernels.activity.assembly import days_between
from howdah.kernels.activity.bits import Word, count_bits, lowest_bit
from howdah.kernels.activity.words import Activity, Roster, Words

Small = NDArray[np.int32]
Longs = NDArray[np.int64]

_U = np.uint64

#: Windows that growth is told by.
WINDOWS = (1, 7, 28)

#: Days of the window of stickiness.
STICKY_DAYS = 28

#: What is counted of units that were observed all the time: active in 1, 7, 28 and 30 days,
#: retained in 1, 7 and 28, and first activity.
N_WHOLE = 8
_FIRST = 7

#: What is counted of others: active in 1, 7, 28 and 30 days; then new, retained, resurrected and
#: churned, each in 1, 7 and 28.
N_PARTIAL = 16

#: So many days are told faster one by one.
FEW_DAYS = 8


class DayCounts(NamedTuple):
    """Differences from day to day of the counts of one stratum, to be summed up by `settle`.

    The last axis has a place a bit of the words, and one more.
    """

    whole: Small  # (n_product, N_WHOLE, n_place)
    partial: Small  # (n_product, N_PARTIAL, n_place); n_product is 0 where nobody joins or leaves
    sticky: Longs  # (n_product, 2, n_place) active days in the window, and their squares
    touched: NDArray[np.bool_]  # (n_product,) whether anything was counted


def make_counts(n_product: int, n_word: int, *, has_partial: bool) -> DayCounts:
    """Counts of nothing yet."""
    n_place = 64 * n_word + 1
    return DayCounts(
        np.zeros((n_product, N_WHOLE, n_place), np.int32),
        np.zeros((n_product if has_partial else 0, N_PARTIAL, n_place), np.int32),
        np.zeros((n_product, 2, n_place), np.int64),
        np.zeros(n_product, np.bool_),
    )


@nb.njit(cache=True, nogil=True)
def count_rows(
    activity: Activity, roster: Roster, first: int, end: int, n_day: int, since: int,
    look_back: Longs, needs_squares: bool, counts: DayCounts,
) -> None:  # fmt: skip
    """Add the rows ``first`` to ``end`` of one stratum and product to the counts.

    Parameters
    ----------
    n_day
        A unit that was observed on all of them is counted as a whole.
    since
        First day that is asked for; of those before it there may be any counts.
    look_back
        (N_PARTIAL,) days before a day on which a unit has to be observed too, by metric.
    needs_squares
        Whether stickiness will have a standard error; a census has none, and its active days are
        counted only where `FEW_DAYS` are asked for.
    """
    if first == end:
        return
    product = activity.product[first]
    counts.touched[product] = True
    n_word = activity.words.shape[1]
    active = np.empty((4, n_word), np.uint64)
    is_few = n_day - since <= FEW_DAYS
    first_told = max(since - max(WINDOWS), 0) if is_few else 0
    for day in range(since, n_day if is_few else since):
        _count_day(
            activity,
            roster,
            first,
            end,
            n_day,
            day,
            since,
            counts.whole[product],
            counts.sticky[product],
        )
    for i in range(first, end):
        joined, left = roster.joined[activity.unit[i]], roster.left[activity.unit[i]]
        if joined <= 0 and left >= n_day:
            if activity.first_day[i] >= first_told:
                counts.whole[product, _FIRST, activity.first_day[i]] += 1
            if is_few:
                continue
            words = activity.words[i]
            _count_whole(words, counts.whole[product])
            if needs_squares:
                _count_sticky(words, 0, n_day, counts.sticky[product])
        elif joined < left:
            words = activity.words[i]
            _spread(words, active)
            _count_partial(
                words, active, activity.first_day[i], joined, left, since, look_back,
                counts.partial[product],
            )  # fmt: skip
            start = max(joined + STICKY_DAYS - 1, since)
            _count_sticky(words, start, left, counts.sticky[product])


@nb.njit(cache=True, nogil=True)
def _count_day(
    activity: Activity, roster: Roster, first: int, end: int, n_day: int, day: int, since: int,
    whole: Small, sticky: Longs,
) -> None:  # fmt: skip
    """Add units that were observed all the time to the counts of one day."""
    unit, words, at, bit = activity.unit, activity.words, day >> 6, _U(day & 63)
    a1 = a7 = a28 = a30 = k1 = k7 = k28 = p1 = p7 = p28 = np.int64(0)
    n_active = n_square = np.int64(0)
    for i in range(first, end):
        if roster.joined[unit[i]] > 0 or roster.left[unit[i]] < n_day:
            continue
        before = words[i, at - 1] if at > 0 else _U(0)
        # The day and the 63 before it; two shifts, because one of 64 is none.
        window = (words[i, at] << (_U(63) - bit)) | ((before >> bit) >> _U(1))
        n = np.int64(count_bits(window >> _U(64 - STICKY_DAYS)))
        is1, is7, is28 = window >> _U(63) != _U(0), window >> _U(57) != _U(0), n > 0
        was1 = (window << _U(1)) >> _U(63) != _U(0)
        was7 = (window << _U(7)) >> _U(57) != _U(0)
        was28 = (window << _U(28)) >> _U(36) != _U(0)
        a1 += is1
        a7 += is7
        a28 += is28
        a30 += window >> _U(34) != _U(0)
        k1 += is1 & was1
        k7 += is7 & was7
        k28 += is28 & was28
        p1 += was1
        p7 += was7
        p28 += was28
        n_active += n
        n_square += n * n
    for m, count in enumerate((a1, a7, a28, a30, k1, k7, k28)):
        whole[m, day] += count
        whole[m, day + 1] -= count
    # Who was active in the window before tells who was churned; days that are asked for have it.
    for m, count in enumerate((p1, p7, p28)):
        earlier = day - WINDOWS[m]
        if 0 <= earlier < since:
            whole[m, earlier] += count
            whole[m, earlier + 1] -= count
    for m, total in enumerate((n_active, n_square)):
        sticky[m, day] += total
        sticky[m, day + 1] -= total


@nb.njit(cache=True, nogil=True, inline="always")
def _onto(word: Word, before: Word, days: int) -> Word:
    """A word moved by some days, with what comes in from the word before."""
    return (word << _U(days)) | (before >> _U(64 - days))


@nb.njit(cache=True, nogil=True, inline="always")
def _add_runs(word: Word, before: Word, place: int, count: Small) -> None:
    """Count runs of set days: one more where a run begins, one less where it has ended."""
    edges = word ^ _onto(word, before, 1)
    while edges != _U(0):
        bit = lowest_bit(edges)
        count[place + bit] += np.int32(2 * np.int64((word >> _U(bit)) & _U(1)) - 1)
        edges &= edges - _U(1)


@nb.njit(cache=True, nogil=True)
def _count_whole(words: Words, count: Small) -> None:
    x0 = two0 = four0 = seven0 = fourteen0 = month0 = thirty0 = _U(0)
    week_kept0 = month_kept0 = day_kept0 = _U(0)
    for j in range(len(words)):
        x = words[j]
        if x == _U(0) and thirty0 == _U(0):
            continue
        two = x | _onto(x, x0, 1)
        four = two | _onto(two, two0, 2)
        seven = four | _onto(four, four0, 3)
        fourteen = seven | _onto(seven, seven0, 7)
        month = fourteen | _onto(fourteen, fourteen0, 14)
        thirty = month | _onto(month, month0, 2)
        day_kept = x & _onto(x, x0, 1)
        week_kept = seven & _onto(seven, seven0, 7)
        month_kept = month & _onto(month, month0, 28)
        place = 64 * j
        _add_runs(x, x0, place, count[0])
        _add_runs(seven, seven0, place, count[1])
        _add_runs(month, month0, place, count[2])
        _add_runs(thirty, thirty0, place, count[3])
        _add_runs(day_kept, day_kept0, place, count[4])
        _add_runs(week_kept, week_kept0, place, count[5])
        _add_runs(month_kept, month_kept0, place, count[6])
        x0, two0, four0, seven0, fourteen0 = x, two, four, seven, fourteen
        month0, thirty0 = month, thirty
        day_kept0, week_kept0, month_kept0 = day_kept, week_kept, month_kept


@nb.njit(cache=True, nogil=True)
def _count_sticky(words: Words, start: int, end: int, count: Longs) -> None:
    """Active days of a window, and their squares, on the days ``start`` to ``end``.

    They change only on days when a day of activity comes into the window or goes out of it.
    """
    if start >= end:
        return
    before = _U(0)
    n = np.int64(0)
    is_begun = False
    for j in range(len(words)):
        word = words[j]
        changes = word ^ _onto(word, before, STICKY_DAYS)
        before = word
        while changes != _U(0):
            bit = lowest_bit(changes)
            changes &= changes - _U(1)
            day = 64 * j + bit
            if day >= end:
                break
            change = 2 * np.int64((word >> _U(bit)) & _U(1)) - 1
            if day > start:
                if not is_begun:
                    count[0, start] += n
                    count[1, start] += n * n
                    is_begun = True
                count[0, day] += change
                count[1, day] += 2 * n * change + 1
            n += change
    if not is_begun:
        count[0, start] += n
        count[1, start] += n * n
    count[0, end] -= n
    count[1, end] -= n * n


@nb.njit(cache=True, nogil=True)
def _spread(words: Words, active: Words) -> None:
    """Whether a unit was active in the 1, 7, 28 and 30 days up to each day."""
    x0 = two0 = four0 = seven0 = fourteen0 = month0 = _U(0)
    for j in range(len(words)):
        x = words[j]
        two = x | _onto(x, x0, 1)
        four = two | _onto(two, two0, 2)
        seven = four | _onto(four, four0, 3)
        fourteen = seven | _onto(seven, seven0, 7)
        month = fourteen | _onto(fourteen, fourteen0, 14)
        active[0, j], active[1, j], active[2, j] = x, seven, month
        active[3, j] = month | _onto(month, month0, 2)
        x0, two0, four0, seven0, fourteen0, month0 = x, two, four, seven, fourteen, month


@nb.njit(cache=True, nogil=True)
def _count_partial(
    words: Words, active: Words, first_day: int, joined: int, left: int, since: int,
    look_back: Longs, count: Small,
) -> None:  # fmt: skip
    for metric in range(N_PARTIAL):
        # Of growth, metrics are numbered kind by kind, and in each window by window.
        kind, w = (metric - 4) // 3, (metric - 4) % 3
        width = WINDOWS[w]
        low = max(joined + look_back[metric], since)
        before = _U(0)
        for j in range(low >> 6, len(words)):
            place = 64 * j
            word = active[metric, j] if metric < 4 else active[w, j]  # noqa: PLR2004
            if metric >= 4:  # noqa: PLR2004
                earlier = _onto(active[w, j], active[w, j - 1] if j else _U(0), width)
                fresh = days_between(first_day - place, first_day + width - place)
                if kind == 0:
                    word &= fresh
                elif kind == 1:
                    word &= earlier
                elif kind == 2:  # noqa: PLR2004
                    word &= ~earlier & ~fresh
                else:
                    word = earlier & ~word
            word &= days_between(low - place, left - place)
            _add_runs(word, before, place, count[metric])
            before = word
