r"""Counts of rows by bit: how many words had each bit set, without looking at the bits one by one.

A full adder works on 64 places at once: of three words of bits that count the same it makes one of
sums and one of carries, which count twice as much. Of every two rows one adder joins words that
count 1, of every four one joins words that count 2 and so on, so a row costs one adder a word, and
what it has set does not matter. [1]_

References
----------
.. [1] Muła, Kurz & Lemire (2018), "Faster population counts using AVX2 instructions", section 4
   (the tree of Harley and Seal); here its sums are kept, place by place.
"""

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.kernels.activity.bits import BYTES_OF_BITS
from howdah.kernels.activity.words import Words

Small = NDArray[np.int32]

#: Rows are counted in so many binary digits.
_N_LEVEL = 10

#: The counts of so many levels, of sums and of waiting words, are less than a byte holds.
_BYTE_LEVELS = 7

#: After so many rows a tally has to be emptied.
MOST_ROWS = (1 << _N_LEVEL) - 1


class Tally(NamedTuple):
    """Counts of rows of `n_lane` words each, of `n` kinds.

    With ``m`` rows added, the count of a bit is the sum over levels of $2^l$ times its bit in
    `sums` and, where ``m`` has bit $l$ set, its bit in `waiting`.
    """

    n_row: Small  # (n,)
    sums: Words  # (n, _N_LEVEL, n_lane)
    waiting: Words  # (n, _N_LEVEL, n_lane) words that wait for others to be joined with


def empty_tally(n: int, n_lane: int) -> Tally:
    """Nothing counted."""
    shape = (n, _N_LEVEL, n_lane)
    return Tally(np.zeros(n, np.int32), np.zeros(shape, np.uint64), np.zeros(shape, np.uint64))


@nb.njit(cache=True, nogil=True, inline="always")
def add_lanes(n_row: Small, sums: Words, waiting: Words, at: int, lanes: Words) -> None:
    """Add a row to the tally of one kind, which has room for it.

    Parameters
    ----------
    lanes
        (n_lane,) are overwritten.
    """
    level, rest = 0, n_row[at]
    while rest & 1:
        for t in range(len(lanes)):
            one, other, more = sums[at, level, t], waiting[at, level, t], lanes[t]
            odd = one ^ other
            sums[at, level, t] = odd ^ more
            lanes[t] = (one & other) | (odd & more)
        level += 1
        rest >>= 1
    for t in range(len(lanes)):
        waiting[at, level, t] = lanes[t]
    n_row[at] += 1


@nb.njit(cache=True, nogil=True)
def empty_into(tally: Tally, at: int, counts: Small) -> None:
    """Add the counts of one kind to others, and set them to nought.

    Parameters
    ----------
    counts
        (n, n_place): `n_lane` words lie in them one after the other.
    """
    n_row, n_word = int(tally.n_row[at]), counts.shape[1] // 64
    sums, waiting = tally.sums, tally.waiting
    by_eight = np.empty(8, np.uint64)
    by_one = by_eight.view(np.uint8)
    for low in range(0, _N_LEVEL, _BYTE_LEVELS):
        if n_row >> low == 0:
            break
        for lane in range(sums.shape[2]):
            by_eight[:] = 0
            for level in range(low, min(low + _BYTE_LEVELS, _N_LEVEL)):
                is_waiting = (n_row >> level) & 1
                word = sums[at, level, lane]
                other = waiting[at, level, lane] if is_waiting else np.uint64(0)
                sums[at, level, lane] = np.uint64(0)
                if word | other:
                    for b in range(8):
                        shift = np.uint64(8 * b)
                        n = BYTES_OF_BITS[(word >> shift) & np.uint64(255)]
                        n += BYTES_OF_BITS[(other >> shift) & np.uint64(255)]
                        by_eight[b] += n << np.uint64(level - low)
            kind, place = lane // n_word, 64 * (lane % n_word)
            # Of places that may be counted from the end the compiler takes one at a time.
            own = counts[kind, place : place + 64]
            for bit in range(64):
                own[bit] += np.int32(by_one[bit]) << np.int32(low)
    tally.n_row[at] = 0
