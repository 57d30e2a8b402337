"""Activity words from keys: the rows of a part, each once, in the order of product and unit.

Two ways give the same rows. *By place*: a bit for every pair of product and unit that there could
be tells which there are; the number of bits before a pair's is its row, so that a key is put into
its word without any order among keys. It is the faster one as long as those bits are few. *By
sorting*: keys in order have the rows one after the other.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.kernels.activity.bits import Word, count_bits, lowest_bit
from howdah.kernels.activity.keys import KeyArray, Layout
from howdah.kernels.activity.words import Activity, Words

Small = NDArray[np.int32]

_U = np.uint64

#: Days of a word.
WORD_DAYS = 64

#: Bits of possible pairs that are worth looking through for one key: about what sorting it costs.
_BITS_PER_KEY = 256
_FEW_BITS = 1 << 22


class Segment(NamedTuple):
    """Keys of one part and batch."""

    key: KeyArray
    layout: Layout


class Frame(NamedTuple):
    """What keys are read to.

    Attributes
    ----------
    rank
        (n_product,) place of each product number in the order of products.
    start
        Day of the first bit.
    n_day
        Days; keys of others are left out.
    """

    rank: Small
    start: int
    n_day: int

    @property
    def n_word(self) -> int:
        """Words of a row."""
        return max(-(-self.n_day // 64), 1)


def assemble(segments: Sequence[Segment], frame: Frame, unit_bits: int) -> Activity:
    """Rows of a part, whose units are numbered from 0.

    Parameters
    ----------
    segments
        Its keys; repeats count once.
    """
    n_bits = len(frame.rank) << unit_bits
    n_key = sum(len(segment.key) for segment in segments)
    if n_bits <= max(_FEW_BITS, _BITS_PER_KEY * n_key):
        return _by_place(segments, frame, unit_bits, n_bits)
    return _by_sorting(segments, frame, unit_bits, n_key)


def _by_place(segments: Sequence[Segment], frame: Frame, unit_bits: int, n_bits: int) -> Activity:
    present = np.zeros(-(-n_bits // 64), np.uint64)
    before = np.empty(len(present), np.int32)
    for key, layout in segments:
        _mark(key, layout, frame, present)
    n_row = _count_before(present, before)
    words = np.zeros((n_row, frame.n_word), np.uint64)
    for key, layout in segments:
        _fill(key, layout, frame, present, before, words)
    product, unit = np.empty(n_row, np.int32), np.empty(n_row, np.int32)
    _name_rows(present, unit_bits, product, unit)
    return Activity(product, unit, words, first_days(words))


def _by_sorting(segments: Sequence[Segment], frame: Frame, unit_bits: int, n_key: int) -> Activity:
    day_bits = max(frame.n_day - 1, 1).bit_length()
    keys = np.empty(n_key, np.uint64)
    n = 0
    for key, layout in segments:
        n = _recode(key, layout, frame, day_bits, keys, n)
    keys = keys[:n]
    keys.sort()
    n_row = _count_pairs(keys, day_bits)
    words = np.zeros((n_row, frame.n_word), np.uint64)
    product, unit = np.empty(n_row, np.int32), np.empty(n_row, np.int32)
    _fold(keys, day_bits, unit_bits, product, unit, words)
    return Activity(product, unit, words, first_days(words))


@nb.njit(cache=True, nogil=True)
def first_days(words: Words) -> Small:
    """First active day of each row; the number of bits of a row without any."""
    first = np.empty(len(words), np.int32)
    for i in range(len(words)):
        j = 0
        while j < words.shape[1] and words[i, j] == _U(0):
            j += 1
        first[i] = 64 * j + (lowest_bit(words[i, j]) if j < words.shape[1] else 0)
    return first


@nb.njit(cache=True, nogil=True)
def keep_observed(words: Words, unit: Small, joined: Small, left: Small) -> None:
    """Take out the bits of days on which a unit was not observed.

    Parameters
    ----------
    joined, left
        (n_unit,) its days are ``joined <= d < left``.
    """
    n_day = 64 * words.shape[1]
    for i in range(len(words)):
        low, high = joined[unit[i]], left[unit[i]]
        if low > 0 or high < n_day:
            for j in range(words.shape[1]):
                words[i, j] &= days_between(low - 64 * j, high - 64 * j)


@nb.njit(cache=True, nogil=True, inline="always")
def days_between(low: int, high: int) -> Word:
    """A word whose bits ``low <= d < high`` are set; both may lie outside of it."""
    if high <= 0 or low >= WORD_DAYS or low >= high:
        return _U(0)
    word = ~_U(0)
    if low > 0:
        word = (word >> _U(low)) << _U(low)
    if high < WORD_DAYS:
        word &= (_U(1) << _U(high)) - _U(1)
    return word


@nb.njit(cache=True, nogil=True, inline="always")
def _read(key: Word, layout: Layout, frame: Frame) -> tuple[Word, Word]:
    """Day of a key, and place of its pair among all that there could be.

    Unsigned throughout: a day before the first one is a large number, and an index that cannot be
    negative needs no second look.
    """
    value = _U(key)
    day_bits, unit_bits = _U(layout.day_bits), _U(layout.unit_bits)
    day = (value & ((_U(1) << day_bits) - _U(1))) + _U(layout.base - frame.start)
    pair = value >> day_bits
    unit = pair & ((_U(1) << unit_bits) - _U(1))
    return day, (_U(frame.rank[pair >> unit_bits]) << unit_bits) | unit


@nb.njit(cache=True, nogil=True)
def _mark(key: KeyArray, layout: Layout, frame: Frame, present: NDArray[np.uint64]) -> None:
    for i in range(len(key)):
        day, place = _read(key[i], layout, frame)
        if day < _U(frame.n_day):
            present[place >> _U(6)] |= _U(1) << (place & _U(63))


@nb.njit(cache=True, nogil=True)
def _count_before(present: NDArray[np.uint64], before: Small) -> int:
    total = 0
    for w in range(len(present)):
        before[w] = total
        total += int(count_bits(present[w]))
    return total


@nb.njit(cache=True, nogil=True)
def _fill(
    key: KeyArray, layout: Layout, frame: Frame,
    present: NDArray[np.uint64], before: Small, words: Words,
) -> None:  # fmt: skip
    for i in range(len(key)):
        day, place = _read(key[i], layout, frame)
        if day < _U(frame.n_day):
            word = place >> _U(6)
            lower = present[word] & ((_U(1) << (place & _U(63))) - _U(1))
            row = _U(before[word]) + count_bits(lower)
            words[row, day >> _U(6)] |= _U(1) << (day & _U(63))


@nb.njit(cache=True, nogil=True)
def _name_rows(present: NDArray[np.uint64], unit_bits: int, product: Small, unit: Small) -> None:
    row = 0
    for w in range(len(present)):
        word = present[w]
        while word != _U(0):
            place = 64 * w + lowest_bit(word)
            word &= word - _U(1)
            product[row] = place >> unit_bits
            unit[row] = place & ((1 << unit_bits) - 1)
            row += 1


@nb.njit(cache=True, nogil=True)
def _recode(
    key: KeyArray, layout: Layout, frame: Frame, day_bits: int, out: NDArray[np.uint64], n: int
) -> int:
    for i in range(len(key)):
        day, place = _read(key[i], layout, frame)
        if day < _U(frame.n_day):
            out[n] = (place << _U(day_bits)) | day
            n += 1
    return n


@nb.njit(cache=True, nogil=True)
def _count_pairs(keys: NDArray[np.uint64], day_bits: int) -> int:
    n = 0
    for i in range(len(keys)):
        if i == 0 or (keys[i] >> _U(day_bits)) != (keys[i - 1] >> _U(day_bits)):
            n += 1
    return n


@nb.njit(cache=True, nogil=True)
def _fold(
    keys: NDArray[np.uint64], day_bits: int, unit_bits: int,
    product: Small, unit: Small, words: Words,
) -> None:  # fmt: skip
    row = -1
    for i in range(len(keys)):
        pair = np.int64(keys[i] >> _U(day_bits))
        if i == 0 or pair != np.int64(keys[i - 1] >> _U(day_bits)):
            row += 1
            product[row] = pair >> unit_bits
            unit[row] = pair & ((1 << unit_bits) - 1)
        day = np.int64(keys[i]) & ((1 << day_bits) - 1)
        words[row, day >> 6] |= _U(1) << _U(day & 63)
