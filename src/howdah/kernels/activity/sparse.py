"""Arrays of whole numbers that are mostly nought, as few bytes, and back.

Eight bytes say how many are not nought. These stand in stretches of places one after the other; of
each stretch is written how many places lie between it and the one before, how many it has, and what
stands there, as twice the number, or of one below nought as one less than twice its absolute value.
All are numbers of as many bytes of seven bits as they need, the lowest first, each byte but the
last with its high bit set (LEB128). [1]_

References
----------
.. [1] DWARF Debugging Information Format, version 5 (2017), section 7.6.
"""

from typing import Any, NamedTuple, TypeAlias

import numba as nb
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Longs = NDArray[np.int64]

#: An unsigned 64-bit number in a compiled loop.
_Word: TypeAlias = Any

_U = np.uint64
_LOW, _HIGH, _BITS = _U(0x7F), _U(0x80), _U(7)

#: Bytes of how many there are, and the most that a number and a stretch of its own take.
_HEAD = 8
_MOST = 30


@nb.njit(cache=True, nogil=True)
def pack_sparse(place: Longs, n: Longs) -> Bytes:
    """Write numbers and their places.

    Parameters
    ----------
    place
        (n,) from 0, ascending, none twice.
    n
        (n,) what stands there.

    Examples
    --------
    >>> data = pack_sparse(np.array([2, 3, 4, 300]), np.array([7, 8, -9, 200]))
    >>> data[:8].tolist(), data[8:].tolist()
    ([4, 0, 0, 0, 0, 0, 0, 0], [2, 3, 14, 16, 17, 167, 2, 1, 144, 3])
    >>> unpack_sparse(data)
    (array([  2,   3,   4, 300]), array([  7,   8,  -9, 200]))
    """
    # Room that is not written to takes no memory.
    out = np.empty(_HEAD + _MOST * len(place), np.uint8)
    at, i, end = _HEAD, 0, np.int64(0)
    while i < len(place):
        j = i + 1
        while j < len(place) and place[j] == place[j - 1] + 1:
            j += 1
        at = _write(_U(place[i] - end), out, at)
        at = _write(_U(j - i), out, at)
        for k in range(i, j):
            at = _write(_folded(n[k]), out, at)
        i, end = j, place[j - 1] + 1
    _write_head(len(place), out)
    return out[:at].copy()


@nb.njit(cache=True, nogil=True)
def unpack_sparse(data: Bytes) -> tuple[Longs, Longs]:
    """Places and numbers that were written."""
    count = _read_head(data)
    place, n = np.empty(count, np.int64), np.empty(count, np.int64)
    at, to, k = _HEAD, np.int64(0), 0
    while at < len(data):
        gap, at = _read(data, at)
        stretch, at = _read(data, at)
        to += np.int64(gap)
        for _ in range(np.int64(stretch)):
            number, at = _read(data, at)
            place[k], n[k] = to, _unfolded(number)
            to += 1
            k += 1
    return place, n


@nb.njit(cache=True, nogil=True)
def take_sparse(matrix: NDArray[Any], rows: Longs) -> Bytes:
    """Write what is not nought in some rows, which then are nought, by its place in the memory.

    Parameters
    ----------
    matrix
        (n, width) whole numbers; in the order of its memory.
    rows
        (n_row,) ascending.
    """
    written = begin_sparse()
    for row in rows:
        written = append_sparse(matrix[row], int(row) * matrix.shape[1], written)
        matrix[row] = 0
    return end_sparse(written)


class Written(NamedTuple):
    """What has been written so far."""

    data: Bytes  # with room for more
    size: int
    end: int  # one past the last place
    n: int  # numbers


@nb.njit(inline="always")
def begin_sparse() -> Written:
    """Nothing written yet."""
    return Written(np.empty(1 << 12, np.uint8), _HEAD, 0, 0)


@nb.njit(cache=True, nogil=True)
def append_sparse(numbers: NDArray[Any], place: int, written: Written) -> Written:
    """Write what is not nought of some numbers, the first of which stands in a place.

    Parameters
    ----------
    place
        Beyond all that has been written.
    """
    out, at, end, count = written
    width = len(numbers)
    if at + _MOST * width > len(out):
        out = np.empty(2 * len(out) + _MOST * width, np.uint8)
        out[:at] = written.data[:at]
    first = 0
    while first < width:
        if numbers[first] == 0:
            first += 1
            continue
        stop = first + 1
        while stop < width and numbers[stop] != 0:
            stop += 1
        at = _write(_U(place + first - end), out, at)
        at = _write(_U(stop - first), out, at)
        for k in range(first, stop):
            at = _write(_folded(np.int64(numbers[k])), out, at)
        count += stop - first
        end = place + stop
        first = stop
    return Written(out, at, end, count)


@nb.njit(inline="always")
def end_sparse(written: Written) -> Bytes:
    """All that was written."""
    _write_head(written.n, written.data)
    return written.data[: written.size].copy()


@nb.njit(cache=True, nogil=True)
def add_sparse(data: Bytes, flat: NDArray[Any]) -> None:
    """Add numbers that were written to what stands in their places."""
    at, to = _HEAD, np.int64(0)
    while at < len(data):
        gap, at = _read(data, at)
        stretch, at = _read(data, at)
        to += np.int64(gap)
        for _ in range(np.int64(stretch)):
            number, at = _read(data, at)
            flat[to] += _unfolded(number)
            to += 1


@nb.njit(inline="always")
def _write_head(count: int, out: Bytes) -> None:
    for k in range(_HEAD):
        out[k] = np.uint8((_U(count) >> _U(8 * k)) & _U(0xFF))


@nb.njit(inline="always")
def _read_head(data: Bytes) -> _Word:
    count = _U(0)
    for k in range(_HEAD):
        count |= _U(data[k]) << _U(8 * k)
    return np.int64(count)


@nb.njit(inline="always")
def _folded(number: int | np.int64) -> _Word:
    """Small numbers on either side of nought as small ones from nought on."""
    return (_U(number) << _U(1)) ^ _U(number >> 63)


@nb.njit(inline="always")
def _unfolded(number: _Word) -> _Word:
    return np.int64((number >> _U(1)) ^ (_U(0) - (number & _U(1))))


@nb.njit(inline="always")
def _write(number: _Word, out: Bytes, at: int) -> int:
    """Write a number, and return where the next one goes."""
    while number > _LOW:
        out[at] = np.uint8((number & _LOW) | _HIGH)
        number >>= _BITS
        at += 1
    out[at] = np.uint8(number)
    return at + 1


@nb.njit(inline="always")
def _read(data: Bytes, at: int) -> tuple[_Word, int]:
    """A number, and where the next one begins."""
    number, shift = _U(0), _U(0)
    while data[at] > _LOW:
        number |= (_U(data[at]) & _LOW) << shift
        shift += _BITS
        at += 1
    return number | (_U(data[at]) << shift), at + 1
