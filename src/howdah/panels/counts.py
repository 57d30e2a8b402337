"""Counts of a stratum that several processes count: whole numbers, and where they belong.

What a stratum is counted to is mostly noughts, so that of each array only what is none is kept,
with its place in the array as if that had one axis.
"""

import itertools
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Longs = NDArray[np.int64]

_SCHEMA = pa.schema(
    [
        ("array", pa.string()),
        ("place", pa.large_list(pa.int64())),
        ("n", pa.large_list(pa.int64())),
    ]
)


class Sparse(NamedTuple):
    """What of an array is not nought.

    Examples
    --------
    >>> array = np.array([[0, 5, 0], [0, 0, 0], [7, 0, 8]])
    >>> found = take(array, np.array([0, 2]))
    >>> found.place, found.n, array.any()
    (array([1, 6, 8]), array([5, 7, 8]), np.False_)
    >>> put(found, array)
    >>> array[2]
    array([7, 0, 8])
    """

    place: Longs  # (n,) ascending
    n: Longs  # (n,)


#: Counts of a table by the name of the array that they are of.
Counts: TypeAlias = Mapping[str, Sparse]


def take(array: NDArray[Any], rows: Longs) -> Sparse:
    """Take out what is in some rows of an array, which then holds noughts.

    Parameters
    ----------
    rows
        Of the array as a matrix of its first axes and the last one; all others hold noughts.
    """
    width = array.shape[-1]
    matrix = array.reshape(array.size // max(width, 1), width)
    if not array.size:
        rows = rows[:0]
    some = matrix[rows]
    at, column = np.nonzero(some)
    matrix[rows] = 0
    return Sparse(rows[at] * width + column, some[at, column].astype(np.int64))


def take_flags(flags: NDArray[np.bool_]) -> Sparse:
    """Take out the flags that are set, which then none is."""
    place = np.flatnonzero(flags)
    flags[:] = False
    return Sparse(place, np.ones(len(place), np.int64))


def put(found: Sparse, array: NDArray[Any]) -> None:
    """Add counts to an array; of flags, set them."""
    flat = array.reshape(-1)
    if array.dtype == np.bool_:
        flat[found.place] = True
    else:
        # No place comes twice.
        flat[found.place] += found.n.astype(array.dtype)


def to_arrow(counts: Counts) -> pa.RecordBatch:
    """Counts as a batch of one row an array."""
    columns = [
        pa.array(list(counts), pa.string()),
        *(_lists([getattr(found, name) for found in counts.values()]) for name in Sparse._fields),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=_SCHEMA)


def from_arrow(batch: pa.RecordBatch) -> Counts:
    """Counts of such a batch."""
    names = batch.column("array").to_pylist()
    found = [_arrays(batch.column(name)) for name in Sparse._fields]
    return {name: Sparse(*columns) for name, *columns in zip(names, *found, strict=True)}


def _lists(arrays: list[Longs]) -> pa.Array:
    ends = np.cumsum([0, *(len(array) for array in arrays)])
    values = np.concatenate(arrays) if arrays else np.empty(0, np.int64)
    return pa.LargeListArray.from_arrays(pa.array(ends, pa.int64()), pa.array(values, pa.int64()))


def _arrays(column: pa.Array) -> list[Longs]:
    ends, values = column.offsets.to_numpy(), column.values.to_numpy()
    return [values[first:end] for first, end in itertools.pairwise(ends)]
