"""Arrays of whole numbers that are mostly nought, as few bytes, and back.

How many are not nought comes first. They stand in stretches of places one after the other; of each
stretch is written how many places lie between it and the one before, how many it has, and what
stands there. All are numbers of as many bytes of seven bits as they need, the lowest first, each
byte but the last with its high bit set (LEB128). [1]_

References
----------
.. [1] DWARF Debugging Information Format, version 5 (2017), section 7.6.
"""

from typing import Any, TypeAlias

import numba as nb
import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Longs = NDArray[np.int64]

#: An unsigned 64-bit number in a compiled loop.
_Word: TypeAlias = Any

_U = np.uint64
_LOW, _HIGH, _BITS = _U(0x7F), _U(0x80), _U(7)


def pack_sparse(place: Longs, n: Longs) -> Bytes:
    """Write numbers and their places.

    Parameters
    ----------
    place
        (n,) from 0, ascending, none twice.
    n
        (n,) what stands there; one below nought takes 10 bytes.

    Examples
    --------
    >>> data = pack_sparse(np.array([2, 3, 4, 300]), np.array([7, 8, 9, 200]))
    >>> data.tolist()
    [4, 2, 3, 7, 8, 9, 167, 2, 1, 200, 1]
    >>> unpack_sparse(data)
    (array([  2,   3,   4, 300]), array([  7,   8,   9, 200]))
    """
    out = np.empty(_packed_size(place, n), np.uint8)
    _pack(place, n, out)
    return out


@nb.njit(cache=True, nogil=True)
def unpack_sparse(data: Bytes) -> tuple[Longs, Longs]:
    """Places and numbers that were written."""
    count, at = _read(data, 0)
    place, n = np.empty(np.int64(count), np.int64), np.empty(np.int64(count), np.int64)
    to, k = np.int64(0), 0
    while at < len(data):
        gap, at = _read(data, at)
        stretch, at = _read(data, at)
        to += np.int64(gap)
        for _ in range(np.int64(stretch)):
            number, at = _read(data, at)
            place[k], n[k] = to, np.int64(number)
            to += 1
            k += 1
    return place, n


@nb.njit(cache=True, nogil=True)
def take_sparse(matrix: NDArray[Any], rows: Longs) -> tuple[Longs, Longs]:
    """Places and numbers of what is not nought in some rows, which then are nought.

    Parameters
    ----------
    matrix
        (n, width) whole numbers; in the order of its memory.
    rows
        (n_row,) ascending.

    Returns
    -------
    tuple
        Places, row after row, and what stood there; both (n,).
    """
    width = matrix.shape[1]
    count = 0
    for row in rows:
        for column in range(width):
            count += matrix[row, column] != 0
    place, n = np.empty(count, np.int64), np.empty(count, np.int64)
    k = 0
    for row in rows:
        for column in range(width):
            number = matrix[row, column]
            if number != 0:
                place[k], n[k] = row * width + column, number
                k += 1
        matrix[row] = 0
    return place, n


@nb.njit(cache=True, nogil=True)
def _packed_size(place: Longs, n: Longs) -> int:
    size, i, end = _size(_U(len(place))), 0, np.int64(0)
    while i < len(place):
        j = _stop(place, i)
        size += _size(_U(place[i] - end)) + _size(_U(j - i))
        for k in range(i, j):
            size += _size(_U(n[k]))
        i, end = j, place[j - 1] + 1
    return size


@nb.njit(cache=True, nogil=True)
def _pack(place: Longs, n: Longs, out: Bytes) -> None:
    at, i, end = _write(_U(len(place)), out, 0), 0, np.int64(0)
    while i < len(place):
        j = _stop(place, i)
        at = _write(_U(place[i] - end), out, at)
        at = _write(_U(j - i), out, at)
        for k in range(i, j):
            at = _write(_U(n[k]), out, at)
        i, end = j, place[j - 1] + 1


@nb.njit(inline="always")
def _stop(place: Longs, first: int) -> int:
    """One past the last place of a stretch."""
    stop = first + 1
    while stop < len(place) and place[stop] == place[stop - 1] + 1:
        stop += 1
    return stop


@nb.njit(inline="always")
def _size(number: _Word) -> int:
    size = 1
    while number > _LOW:
        number >>= _BITS
        size += 1
    return size


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
