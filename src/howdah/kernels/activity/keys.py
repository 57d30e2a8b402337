"""Keys: a row of a log in four or eight bytes, laid out by the part that its unit is in.

A key is ``((product << unit_bits | unit in part) << day_bits) | day - base``. Product numbers,
the span of days and so the width of a key are those of the batch that it came with, so that a
batch of few days and products takes four bytes a row.
"""

from typing import Any, NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

Small = NDArray[np.int32]
Longs = NDArray[np.int64]

_U = np.uint64

#: ``uint32`` or ``uint64``.
KeyArray = Any


class Layout(NamedTuple):
    """How keys are made up."""

    unit_bits: int  # a part holds 2**unit_bits units
    day_bits: int
    base: int  # the day that is 0 in a key


class Keys(NamedTuple):
    """The keys of a batch: those of part ``k`` are ``key[start[k]:start[k + 1]]``."""

    key: KeyArray
    start: Longs
    layout: Layout


def pack(unit: Small, product: Small, day: Small, unit_bits: int, n_product: int) -> Keys:
    """Keys of the rows of a batch, part by part.

    Parameters
    ----------
    unit, product
        (n,) numbers; rows where one is negative are left out.
    day
        (n,) days; of any span below 2**31.
    """
    n_part = (int(unit.max(initial=0)) >> unit_bits) + 1
    counts = np.zeros(n_part + 1, np.int64)
    low, high = _count_parts(unit, product, day, unit_bits, counts[1:])
    start = np.cumsum(counts)
    layout = Layout(unit_bits, max(high - low, 0).bit_length(), low)
    width = max(n_product - 1, 0).bit_length() + unit_bits + layout.day_bits
    key = np.empty(int(start[-1]), np.uint32 if width <= 32 else np.uint64)  # noqa: PLR2004
    _scatter(unit, product, day, layout, start[:-1].copy(), key)
    return Keys(key, start, layout)


@nb.njit(cache=True, nogil=True)
def _count_parts(
    unit: Small, product: Small, day: Small, unit_bits: int, counts: Longs
) -> tuple[int, int]:
    low, high = 1 << 31, -(1 << 31)
    for i in range(len(unit)):
        if unit[i] >= 0 and product[i] >= 0:
            counts[unit[i] >> unit_bits] += 1
            low = min(low, day[i])
            high = max(high, day[i])
    return low, high


@nb.njit(cache=True, nogil=True)
def _scatter(
    unit: Small, product: Small, day: Small, layout: Layout, at: Longs, key: KeyArray
) -> None:
    unit_bits, day_bits = _U(layout.unit_bits), _U(layout.day_bits)
    base = _U(layout.base)
    mask = (_U(1) << unit_bits) - _U(1)
    for i in range(len(unit)):
        if unit[i] >= 0 and product[i] >= 0:
            number = _U(unit[i])
            part = number >> unit_bits
            pair = (_U(product[i]) << unit_bits) | (number & mask)
            place = _U(at[part])
            key[place] = (pair << day_bits) | (_U(day[i]) - base)
            at[part] += 1


def cut_keys(keys: Keys, n_part: int) -> list[Keys]:
    """Keys of each `n_part` parts, in the same memory."""
    found = []
    for first in range(0, len(keys.start) - 1, n_part):
        start = keys.start[first : first + n_part + 1]
        found.append(Keys(keys.key[start[0] : start[-1]], start - start[0], keys.layout))
    return found


def rename(keys: Keys, number: Small, n_product: int) -> Keys:
    """The same keys with other numbers of products.

    Parameters
    ----------
    number
        (n,) new number of each that keys have.
    n_product
        Above all new ones.
    """
    layout = keys.layout
    width = max(n_product - 1, 0).bit_length() + layout.unit_bits + layout.day_bits
    key = np.empty(len(keys.key), np.uint32 if width <= 32 else np.uint64)  # noqa: PLR2004
    _rename(keys.key, layout.unit_bits + layout.day_bits, number, key)
    return keys._replace(key=key)


@nb.njit(cache=True, nogil=True)
def _rename(key: KeyArray, bits: int, number: Small, found: KeyArray) -> None:
    low = (_U(1) << _U(bits)) - _U(1)
    for i in range(len(key)):
        value = _U(key[i])
        found[i] = (_U(number[value >> _U(bits)]) << _U(bits)) | (value & low)


@nb.njit(cache=True, nogil=True)
def unpack(key: KeyArray, layout: Layout) -> tuple[Small, Small, Small]:
    """Unit within its part, product and day of each key of one part: what `pack` took in."""
    unit, product = np.empty(len(key), np.int32), np.empty(len(key), np.int32)
    day = np.empty(len(key), np.int32)
    day_bits, unit_bits = _U(layout.day_bits), _U(layout.unit_bits)
    for i in range(len(key)):
        value = _U(key[i])
        day[i] = np.int64(value & ((_U(1) << day_bits) - _U(1))) + layout.base
        pair = value >> day_bits
        unit[i] = np.int64(pair & ((_U(1) << unit_bits) - _U(1)))
        product[i] = np.int64(pair >> unit_bits)
    return unit, product, day


@nb.njit(cache=True, nogil=True)
def count_days(unit: Small, product: Small, day: Small, counts: Longs) -> None:
    """Add the rows that are kept to the number of rows of each day from 0 on."""
    n, last = 0, np.int32(0)
    for i in range(len(unit)):
        if unit[i] >= 0 and product[i] >= 0:
            # Logs are often sorted by day, and additions to one place wait for each other.
            if day[i] != last:
                counts[last] += n
                n, last = 0, day[i]
            n += 1
    counts[last] += n


@nb.njit(cache=True, nogil=True)
def mark_seen(unit: Small, seen: NDArray[np.uint64]) -> None:
    """Set the bits of the units that some row is of."""
    for i in range(len(unit)):
        if unit[i] >= 0:
            number = _U(unit[i])
            bit = _U(1) << (number & _U(63))
            word = number >> _U(6)
            if not seen[word] & bit:
                seen[word] |= bit


@nb.njit(cache=True, nogil=True)
def mark_within(
    key: KeyArray, layout: Layout, start: int, end: int, seen: NDArray[np.uint8]
) -> None:
    """Put 1 for the units of a part that some key of the days ``start`` to ``end`` is of."""
    for i in range(len(key)):
        value = np.int64(key[i])
        day = (value & ((1 << layout.day_bits) - 1)) + layout.base
        if start <= day < end:
            seen[(value >> layout.day_bits) & ((1 << layout.unit_bits) - 1)] = 1
