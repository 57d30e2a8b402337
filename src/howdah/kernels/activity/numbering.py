"""Numbers for ids: which unit or product a row is about, in an array or a hash table.

Ids are 64-bit integers or texts. Where the integers lie close together an array of their range
gives the number in one look; otherwise ids stand in an open-addressed table [1]_ that is at most a
quarter full: in one half full a look costs a quarter more. Two texts are the same only if their
bytes are: the hash alone decides nothing.

References
----------
.. [1] Knuth (1998), "The Art of Computer Programming", vol. 3, section 6.4, algorithm L.
"""

from typing import Any, NamedTuple, TypeAlias

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.kernels.activity.bits import Word

Longs = NDArray[np.int64]
Small = NDArray[np.int32]
Octets = NDArray[np.uint8]

#: Integers of 32 or 64 bits.
Whole: TypeAlias = Longs | Small

_U = np.uint64

#: Spreads ids that follow one another over the table: 2**64 over the golden ratio, and the
#: multiplier of a 64-bit generator.
_SPREAD = _U(0x9E3779B97F4A7C15)
_MIX = _U(0xD6E8FEB86659FD93)

_FIRST_SLOTS = 1 << 12

#: Slots for each id that there is room for, a power of two.
_SPARSITY = 4


class Texts(NamedTuple):
    """Texts one after the other: text ``i`` is ``data[start[i]:start[i + 1]]``, in UTF-8."""

    start: Any  # (n + 1,) int32 or int64
    data: Octets


def _places(n: int) -> int:
    """Ids that a table has room for at first: to make room again costs more than ids do."""
    return max(_FIRST_SLOTS, 1 << max(n - 1, 0).bit_length())


class IdTable:
    """Numbers of integer ids in the order in which they came.

    Examples
    --------
    >>> table = IdTable()
    >>> table.number(np.array([70, -3, 70])), len(table)
    (array([0, 1, 0], dtype=int32), 2)
    >>> table.find(np.array([-3, 5]))
    array([ 1, -1], dtype=int32)
    """

    def __init__(self, ids: Longs | None = None) -> None:
        n_place = _places(0 if ids is None else len(ids))
        self._ids = np.empty(n_place, np.int64)
        self._n = 0
        self._slots = np.full(_SPARSITY * n_place, -1, np.int32)
        if ids is not None:
            self.number(ids)

    def __len__(self) -> int:
        return self._n

    @property
    def ids(self) -> Longs:
        """(n,) ids by number."""
        return self._ids[: self._n]

    @property
    def hashes(self) -> NDArray[np.uint64]:
        """(n,) a hash of each id by number, the same in every process."""
        mixed = self.ids.view(np.uint64) * _SPREAD
        return mixed ^ (mixed >> _U(32))

    def find(self, ids: Whole) -> Small:
        """Number of each id; -1 of one that the table does not hold."""
        found = np.empty(len(ids), np.int32)
        _find_ids(_read_only(ids), self._slots, self._ids, found)
        return found

    def number(self, ids: Whole) -> Small:
        """Number of each id; one that is new gets the next."""
        fixed, found = _read_only(ids), np.empty(len(ids), np.int32)
        at = 0
        while True:
            at, self._n = _number_ids(fixed, at, self._slots, self._ids, self._n, found)
            if at == len(ids):
                return found
            self._ids = np.resize(self._ids, 2 * len(self._ids))
            self._slots = np.full(_SPARSITY * len(self._ids), -1, np.int32)
            own = np.empty(self._n, np.int32)
            _number_ids(_read_only(self.ids), 0, self._slots, self._ids, 0, own)


class TextTable:
    """Numbers of texts in the order in which they came."""

    def __init__(self, texts: Texts | None = None) -> None:
        n_place = _places(0 if texts is None else len(texts.start) - 1)
        self._start = np.zeros(n_place + 1, np.int64)
        self._data = np.empty(16 * n_place, np.uint8)
        self._hash = np.empty(n_place, np.uint64)
        self._n = 0
        self._slots = np.full(_SPARSITY * n_place, -1, np.int32)
        if texts is not None:
            self.number(texts)

    def __len__(self) -> int:
        return self._n

    @property
    def texts(self) -> Texts:
        """The texts by number."""
        return Texts(self._start[: self._n + 1], self._data[: self._start[self._n]])

    @property
    def hashes(self) -> NDArray[np.uint64]:
        """(n,) a hash of each text by number, the same in every process."""
        return self._hash[: self._n]

    def find(self, texts: Texts) -> Small:
        """Number of each text; -1 of one that the table does not hold."""
        start, data = map(_read_only, texts)
        found = np.empty(len(start) - 1, np.int32)
        _find_texts(start, data, self._slots, self._hash, self._start, self._data, found)
        return found

    def number(self, texts: Texts) -> Small:
        """Number of each text; one that is new gets the next."""
        start, data = map(_read_only, texts)
        n = len(start) - 1
        found = np.empty(n, np.int32)
        at = 0
        while True:
            at, self._n = _number_texts(
                start, data, at, self._slots, self._hash,
                self._start, self._data, self._n, found,
            )  # fmt: skip
            if at == n:
                return found
            if self._n == len(self._hash):
                self._start = np.resize(self._start, 2 * len(self._hash) + 1)
                self._hash = np.resize(self._hash, 2 * len(self._hash))
                self._slots = np.full(_SPARSITY * len(self._hash), -1, np.int32)
                _reslot(self._hash[: self._n], self._slots)
            else:
                length = int(start[at + 1] - start[at])
                self._data = np.resize(self._data, 2 * len(self._data) + length)


def find_dense(ids: Whole, low: int, numbers: Small) -> Small:
    """Number of each id from an array of the range of ids that begins at `low`, else -1."""
    found = np.empty(len(ids), np.int32)
    _find_dense(_read_only(ids), low, numbers, found)
    return found


def shift_ids(ids: Whole, low: int, n: int) -> Small:
    """Distance of each id from `low`, or -1 if that is not below `n`."""
    found = np.empty(len(ids), np.int32)
    _shift_ids(_read_only(ids), low, n, found)
    return found


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    """The same memory, as it were a file's: else a loop is compiled for each kind of array."""
    view = array.view()
    view.flags.writeable = False
    return view


@nb.njit(cache=True, nogil=True)
def _find_dense(ids: Whole, low: int, numbers: Small, found: Small) -> None:
    n = len(numbers)
    for i in range(len(ids)):
        # Unsigned, so that one comparison holds both ends and no difference overflows.
        place = _U(ids[i]) - _U(low)
        found[i] = numbers[place] if place < _U(n) else -1


@nb.njit(cache=True, nogil=True)
def _shift_ids(ids: Whole, low: int, n: int, found: Small) -> None:
    for i in range(len(ids)):
        place = _U(ids[i]) - _U(low)
        found[i] = np.int32(place) if place < _U(n) else -1


@nb.njit(cache=True, nogil=True, inline="always")
def _slot_of(value: int, mask: int) -> Word:
    mixed = _U(value) * _SPREAD
    return np.int64((mixed ^ (mixed >> _U(32))) & _U(mask))


@nb.njit(cache=True, nogil=True)
def _find_ids(ids: Whole, slots: Small, known: Longs, found: Small) -> None:
    mask = len(slots) - 1
    for i in range(len(ids)):
        slot = _slot_of(ids[i], mask)
        while slots[slot] >= 0 and known[slots[slot]] != ids[i]:
            slot = (slot + 1) & mask
        found[i] = slots[slot]


@nb.njit(cache=True, nogil=True)
def _number_ids(
    ids: Whole, at: int, slots: Small, known: Longs, n: int, found: Small
) -> tuple[int, int]:
    """Number ids from `at` on; ends early, before an id that has no room."""
    mask = len(slots) - 1
    for i in range(at, len(ids)):
        slot = _slot_of(ids[i], mask)
        while slots[slot] >= 0 and known[slots[slot]] != ids[i]:
            slot = (slot + 1) & mask
        if slots[slot] < 0:
            if n == len(known):
                return i, n
            known[n] = ids[i]
            slots[slot] = n
            n += 1
        found[i] = slots[slot]
    return len(ids), n


@nb.njit(cache=True, nogil=True, inline="always")
def _hash_text(data: Octets, first: int, end: int) -> Word:
    value = _U(end - first) * _SPREAD
    at = first
    while at + 8 <= end:
        word = _U(0)
        for k in range(8):
            word |= _U(data[at + k]) << _U(8 * k)
        value = (value ^ word) * _MIX
        value ^= value >> _U(32)
        at += 8
    word = _U(0)
    for k in range(end - at):
        word |= _U(data[at + k]) << _U(8 * k)
    value = (value ^ word) * _MIX
    return value ^ (value >> _U(32))


@nb.njit(cache=True, nogil=True, inline="always")
def _is_same(
    data: Octets, first: int, end: int, known: Octets, known_first: int, known_end: int
) -> bool:
    if end - first != known_end - known_first:
        return False
    for k in range(end - first):  # noqa: SIM110 - a generator is not compiled
        if data[first + k] != known[known_first + k]:
            return False
    return True


@nb.njit(cache=True, nogil=True, inline="always")
def _look_up(
    value: Word, data: Octets, first: int, end: int,
    slots: Small, hashes: NDArray[np.uint64], known_start: Longs, known: Octets,
) -> Word:  # fmt: skip
    """Slot of a text, or the empty one where it would stand."""
    mask = len(slots) - 1
    slot = np.int64(value & _U(mask))
    while slots[slot] >= 0:
        j = slots[slot]
        if hashes[j] == value and _is_same(
            data, first, end, known, known_start[j], known_start[j + 1]
        ):
            break
        slot = (slot + 1) & mask
    return slot


@nb.njit(cache=True, nogil=True)
def _find_texts(
    start: Longs, data: Octets,
    slots: Small, hashes: NDArray[np.uint64], known_start: Longs, known: Octets, found: Small,
) -> None:  # fmt: skip
    for i in range(len(found)):
        value = _hash_text(data, start[i], start[i + 1])
        found[i] = slots[
            _look_up(value, data, start[i], start[i + 1], slots, hashes, known_start, known)
        ]


@nb.njit(cache=True, nogil=True)
def _number_texts(
    start: Longs, data: Octets, at: int,
    slots: Small, hashes: NDArray[np.uint64], known_start: Longs, known: Octets,
    n: int, found: Small,
) -> tuple[int, int]:  # fmt: skip
    """Number texts from `at` on; ends early, before a text that has no room."""
    for i in range(at, len(found)):
        first, end = start[i], start[i + 1]
        value = _hash_text(data, first, end)
        slot = _look_up(value, data, first, end, slots, hashes, known_start, known)
        if slots[slot] < 0:
            place = known_start[n]
            if n == len(hashes) or place + end - first > len(known):
                return i, n
            for k in range(end - first):
                known[place + k] = data[first + k]
            hashes[n] = value
            known_start[n + 1] = place + end - first
            slots[slot] = n
            n += 1
        found[i] = slots[slot]
    return len(found), n


@nb.njit(cache=True, nogil=True)
def _reslot(hashes: NDArray[np.uint64], slots: Small) -> None:
    mask = len(slots) - 1
    for j in range(len(hashes)):
        slot = np.int64(hashes[j] & _U(mask))
        while slots[slot] >= 0:
            slot = (slot + 1) & mask
        slots[slot] = j
