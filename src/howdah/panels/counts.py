"""Counts of a stratum that several processes count: whole numbers, and where they belong.

What a stratum is counted to is mostly noughts, so that of each array only what is none is kept,
with its place in the array as if that had one axis (`howdah.kernels.activity.sparse`).
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from howdah.kernels.activity.sparse import add_sparse, pack_sparse, take_sparse, unpack_sparse

Bytes = NDArray[np.uint8]
Longs = NDArray[np.int64]

#: Counts of a table by the name of the array that they are of.
Counts: TypeAlias = Mapping[str, Bytes]


def take(array: NDArray[Any], rows: Longs) -> Bytes:
    """Take out what is in some rows of an array, which then holds noughts.

    Parameters
    ----------
    rows
        Of the array as a matrix of its first axes and the last one, ascending; all others hold
        noughts.

    Examples
    --------
    >>> array = np.array([[0, 5, 0], [0, 0, 0], [7, 0, 8]])
    >>> found = take(array, np.array([0, 2]))
    >>> array.any()
    np.False_
    >>> put(found, array)
    >>> array[2]
    array([7, 0, 8])
    """
    width = array.shape[-1]
    matrix = array.reshape(array.size // max(width, 1), width)
    return take_sparse(matrix, rows if array.size else rows[:0])


def take_flags(flags: NDArray[np.bool_]) -> Bytes:
    """Take out the flags that are set, which then none is."""
    place = np.flatnonzero(flags)
    flags[:] = False
    return pack_sparse(place, np.ones(len(place), np.int64))


def put(found: Bytes, array: NDArray[Any]) -> None:
    """Add counts to an array; of flags, set them."""
    flat = array.reshape(-1)
    if array.dtype == np.bool_:
        flat[unpack_sparse(found)[0]] = True
    else:
        add_sparse(found, flat)


def pack_columns(place: Longs, columns: Mapping[str, NDArray[Any]]) -> dict[str, Bytes]:
    """Columns of numbers that have their places in common, each of which comes once."""
    order = np.argsort(place)
    place = place[order]
    return {name: pack_sparse(place, n[order].astype(np.int64)) for name, n in columns.items()}
