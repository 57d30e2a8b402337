"""Entries of one stratum into a product: by day, and by when those who entered came back.

Tables are by day of entry and day after it, far larger than a processor's cache, and each row of a
part goes to another place in them. So entries are counted in bytes at first: the days after an
entry are bits, of which eight at a time become eight counts of a byte, added in one instruction.
"""

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.kernels.activity.bits import BYTES_OF_BITS, Word, highest_bit
from howdah.kernels.activity.sparse import append_sparse, begin_sparse, end_sparse
from howdah.kernels.activity.words import Activity, Roster, Words

Small = NDArray[np.int32]
Flags = NDArray[np.bool_]
Bytes = NDArray[np.uint8]

#: Entries of a day that a byte can count.
_MOST_FEW = 255

#: Days after an entry that are counted together.
_MOST_NEAR = 128


class EntryPlan(NamedTuple):
    """What is looked at after an entry."""

    days: Small  # (n_slot,) days after entry, ascending, positive
    asked: Small  # (n_asked,) slots of the table of cohorts; the others are of the curve alone
    slots: Small  # (n_day + 1,) number of `days` that are at most so many days
    look_back: int


class EntryCounts(NamedTuple):
    """Counts of one stratum; the first axis is products where a stratum is cut, else one.

    Bytes count the last entries of a day, and are added to the other counts before they are full.
    """

    touched: Flags  # (n, n_day) whether anyone entered
    stayed: Small  # (n, n_day) entries observed to the log's end
    has_gone: Flags  # (n, n_day) whether there is anything in `few_gone`
    is_wide: Flags  # (n, n_day) whether there is anything in the three that follow
    gone: Small  # (n, n_day, n_slot + 1) other entries, by number of slots that were observed
    back: Small  # (n, n_day, n_slot) active on the day
    until: Small  # (n, n_day, n_slot + 1) of `stayed`, by number of slots up to the last active day
    n_few: Bytes  # (n, n_day) entries counted in bytes
    few_gone: Bytes  # (n, n_day, n_slot + 1) as `gone`
    few_back: Bytes  # (n, n_day, n_near) as `back`
    few_back_words: Words  # (n, n_day, n_near / 8) the same, eight bytes at a time
    few_until: Bytes  # (n, n_day, n_slot + 1) as `until`


def empty_counts(n: int, n_day: int, n_slot: int) -> EntryCounts:
    """No counts yet, for so many products."""
    few_back = np.zeros((n, n_day, 8 * -(-min(n_slot, _MOST_NEAR) // 8)), np.uint8)
    return EntryCounts(
        np.zeros((n, n_day), np.bool_),
        np.zeros((n, n_day), np.int32),
        np.zeros((n, n_day), np.bool_),
        np.zeros((n, n_day), np.bool_),
        np.zeros((n, n_day, n_slot + 1), np.int32),
        np.zeros((n, n_day, n_slot), np.int32),
        np.zeros((n, n_day, n_slot + 1), np.int32),
        np.zeros((n, n_day), np.uint8),
        np.zeros((n, n_day, n_slot + 1), np.uint8),
        few_back,
        few_back.view(np.uint64),
        np.zeros((n, n_day, n_slot + 1), np.uint8),
    )


@nb.njit(cache=True, nogil=True)
def count_entries(
    part: Activity,
    first_row: int,
    row_stop: int,
    roster: Roster,
    plan: EntryPlan,
    counts: EntryCounts,
    at: int,
    seen: Flags,
) -> None:
    """Count the entries of some rows of one product.

    Parameters
    ----------
    seen
        (n_day,) days of any entry, whether or not it can be told of.
    """
    # A call that hands arrays over costs more than a row does, so the loop is one function.
    days, slots, look_back = plan.days, plan.slots, plan.look_back
    entry, unit, words = part.first_day, part.unit, part.words
    joined, left = roster.joined, roster.left
    touched, stayed, has_gone = counts.touched[at], counts.stayed[at], counts.has_gone[at]
    is_wide, back, n_few = counts.is_wide[at], counts.back[at], counts.n_few[at]
    few_gone = counts.few_gone[at]
    few_back, few_until = counts.few_back_words[at], counts.few_until[at]
    n_day, n_slot = len(touched), len(days)
    n_near = _near_slots(days)
    every = ~np.uint64(0)
    near_bits = every >> np.uint64(64 - n_near) if 0 < n_near < 64 else every  # noqa: PLR2004
    far_bits = every >> np.uint64(128 - n_near) if n_near > 64 else np.uint64(0)  # noqa: PLR2004
    n_byte = (n_near + 7) // 8
    for i in range(first_row, row_stop):
        c = int(entry[i])
        if c < 0 or c >= n_day:
            continue
        seen[c] = True
        end = int(left[unit[i]])
        if joined[unit[i]] > c - look_back or end <= c:
            continue
        touched[c] = True
        near = _days_from(words, i, c + 1) & near_bits
        far = _days_from(words, i, c + 65) & far_bits
        for b in range(min(n_byte, 8)):
            few_back[c, b] += BYTES_OF_BITS[near & np.uint64(255)]
            near >>= np.uint64(8)
        for b in range(8, n_byte):
            few_back[c, b] += BYTES_OF_BITS[far & np.uint64(255)]
            far >>= np.uint64(8)
        for k in range(n_near, n_slot):
            day = c + int(days[k])
            if day < n_day and (words[i, day >> 6] >> np.uint64(day & 63)) & np.uint64(1):
                back[c, k] += 1
                is_wide[c] = True
        if end == n_day:
            stayed[c] += 1
            last = last_day(words, i, c)
            few_until[c, slots[last - c]] += np.uint8(1)
        else:
            few_gone[c, slots[end - 1 - c]] += np.uint8(1)
            has_gone[c] = True
        n_few[c] += np.uint8(1)
        if n_few[c] == _MOST_FEW:
            _widen(counts, at, c)


@nb.njit(cache=True, nogil=True)
def _near_slots(days: Small) -> int:
    """Number of slots that are a day each from the first on; others are looked up one by one."""
    n = 0
    while n < min(len(days), _MOST_NEAR) and days[n] == n + 1:
        n += 1
    return n


@nb.njit(cache=True, nogil=True, inline="always")
def _days_from(words: Words, i: int, day: int) -> Word:
    """Activity of a row on 64 days from one on, the last of which may lie beyond the log."""
    j, shift = day >> 6, np.uint64(day & 63)
    word = words[i, j] >> shift if j < words.shape[1] else np.uint64(0)
    if j + 1 < words.shape[1]:
        # Two shifts, because one of 64 is none.
        word |= (words[i, j + 1] << np.uint64(1)) << (np.uint64(63) - shift)
    return word


@nb.njit(cache=True, nogil=True, inline="always")
def last_day(words: Words, i: int, first: int) -> int:
    """The last day on which a row was active; without any it is the first one."""
    for j in range(words.shape[1] - 1, -1, -1):
        if words[i, j] != np.uint64(0):
            return (j << 6) + highest_bit(words[i, j])
    return first


@nb.njit(cache=True, nogil=True)
def _widen(counts: EntryCounts, at: int, c: int) -> None:
    """Add the bytes of a day of entry to its other counts."""
    back, few_back = counts.back[at, c], counts.few_back[at, c]
    until, few_until = counts.until[at, c], counts.few_until[at, c]
    gone, few_gone = counts.gone[at, c], counts.few_gone[at, c]
    for k in range(min(len(back), len(few_back))):
        back[k] += np.int32(few_back[k])
    for k in range(len(until)):
        until[k] += np.int32(few_until[k])
        gone[k] += np.int32(few_gone[k])
    few_gone[:] = 0
    few_back[:] = 0
    few_until[:] = 0
    counts.n_few[at, c] = 0
    counts.has_gone[at, c] = False
    counts.is_wide[at, c] = True


@nb.njit(cache=True, nogil=True)
def take_entries(counts: EntryCounts) -> tuple[Bytes, Bytes, Bytes]:
    """Write `back`, `until` and `gone` of all days of entry (`sparse`), and leave nought there.

    Bytes go straight to what is written: the wide counts are as large as a processor's memory is
    slow, and most days are never moved there.
    """
    n, n_day = counts.touched.shape
    n_place = counts.until.shape[2]
    n_slot = n_place - 1
    back, until, gone = (
        np.zeros(n_place, np.int32), np.zeros(n_place, np.int32), np.zeros(n_place, np.int32)
    )  # fmt: skip
    of_back, of_until, of_gone = begin_sparse(), begin_sparse(), begin_sparse()
    for at in range(n):
        for c in range(n_day):
            if counts.touched[at, c]:
                take_day(counts, at, c, back, until, gone)
                row = np.int64(at) * n_day + c
                of_back = append_sparse(back[:n_slot], row * n_slot, of_back)
                of_until = append_sparse(until, row * n_place, of_until)
                of_gone = append_sparse(gone, row * n_place, of_gone)
    return end_sparse(of_back), end_sparse(of_until), end_sparse(of_gone)


@nb.njit(cache=True, nogil=True, inline="always")
def take_day(counts: EntryCounts, at: int, c: int, back: Small, until: Small, gone: Small) -> None:
    """Move the counts of a day of entry out of where they were kept, and leave nought there.

    Parameters
    ----------
    back, until, gone
        (n_slot + 1,) are overwritten; the last place of `back` stays.
    """
    few_back, few_until, few_gone = counts.few_back, counts.few_until, counts.few_gone
    n_slot = len(back) - 1
    for k in range(min(n_slot, few_back.shape[2])):
        back[k] = few_back[at, c, k]
    for k in range(few_back.shape[2], n_slot):
        back[k] = 0
    for k in range(n_slot + 1):
        until[k] = few_until[at, c, k]
    few_back[at, c] = 0
    few_until[at, c] = 0
    if counts.has_gone[at, c]:
        for k in range(n_slot + 1):
            gone[k] = few_gone[at, c, k]
        few_gone[at, c] = 0
    else:
        gone[:] = 0
    if counts.is_wide[at, c]:
        for k in range(n_slot):
            back[k] += counts.back[at, c, k]
        for k in range(n_slot + 1):
            until[k] += counts.until[at, c, k]
            gone[k] += counts.gone[at, c, k]
        counts.back[at, c] = 0
        counts.until[at, c] = 0
        counts.gone[at, c] = 0
    counts.has_gone[at, c] = False
    counts.is_wide[at, c] = False
    counts.n_few[at, c] = 0
