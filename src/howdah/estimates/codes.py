"""Rows as integers: equal rows get equal codes, and the codes are in the rows' order.

Grouping and sorting a million rows by ten columns of text is slow; by one integer it is not.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

Ints = NDArray[np.int64]

_LARGEST = np.iinfo(np.int64).max


def row_codes(frame: pl.DataFrame, columns: Sequence[str]) -> Ints:
    """One integer a row: equal and ordered as the values of `columns` are.

    Parameters
    ----------
    columns
        Columns of text, dates or integers; nulls come first.

    Examples
    --------
    >>> row_codes(pl.DataFrame({"a": ["y", "x", "x"], "b": [1, 2, 1]}), ["a", "b"]).tolist()
    [2, 1, 0]
    """
    codes = np.zeros(frame.height, np.int64)
    n_codes = 1
    for name in columns:
        part, n_part = _column_codes(frame[name])
        if n_part == 1:
            continue
        if n_codes > _LARGEST // n_part:
            # Made dense, it is smaller than the number of rows.
            codes = np.unique(codes, return_inverse=True)[1].astype(np.int64)
            n_codes = frame.height
        codes *= n_part
        codes += part
        n_codes *= n_part
    return codes


def distinct_pairs(first: Ints, second: Ints) -> tuple[Ints, Ints]:
    """The pairs that occur, each once, ordered.

    Examples
    --------
    >>> [part.tolist() for part in distinct_pairs(np.array([2, 1, 2]), np.array([-3, 5, -3]))]
    [[1, 2], [5, -3]]
    """
    if len(first) == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    least = int(second.min())
    n_second = int(second.max()) - least + 1
    codes = np.unique(first.astype(np.int64) * n_second + (second - least))
    return codes // n_second, codes % n_second + least


def runs(codes: Ints) -> tuple[Ints, Ints]:
    """Start and length of each run of equal codes.

    Examples
    --------
    >>> [part.tolist() for part in runs(np.array([7, 7, 3]))]
    [[0, 2], [2, 1]]
    """
    if len(codes) == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    starts = np.flatnonzero(np.concatenate([[True], codes[1:] != codes[:-1]]))
    return starts, np.diff(np.append(starts, len(codes)))


def is_shared(group: Ints, member: Ints) -> NDArray[np.bool_]:
    """Whether the group of each row has more than one member.

    Examples
    --------
    >>> is_shared(np.array([0, 0, 1, 1]), np.array([5, 6, 5, 5])).tolist()
    [True, True, False, False]
    """
    order = np.lexsort((member, group))
    starts, sizes = runs(group[order])
    # Sorted by member within a group, its first and its last row differ if any two do.
    differ = member[order][starts] != member[order][starts + sizes - 1]
    shared = np.zeros(len(group), np.bool_)
    shared[order] = np.repeat(differ, sizes)
    return shared


def _column_codes(column: pl.Series) -> tuple[Ints, int]:
    """Codes of one column, and a number that all of them are below."""
    has_null = int(column.null_count() > 0)
    if column.dtype == pl.String:
        if column.len() and not has_null and (column == column[0]).all():
            return np.zeros(len(column), np.int64), 1
        texts = column.unique().drop_nulls().sort()
        n_part = len(texts) + has_null
        if n_part <= 1:
            return np.zeros(len(column), np.int64), 1
        physical = column.cast(pl.Enum(texts)).to_physical()
    else:
        physical = column.to_physical()
        least, largest = physical.min(), physical.max()
        if not isinstance(least, int) or not isinstance(largest, int):
            return np.zeros(len(column), np.int64), 1
        physical = physical.cast(pl.Int64) - least
        n_part = largest - least + 1 + has_null
    if has_null:
        physical = (physical.cast(pl.Int64) + 1).fill_null(0)
    return physical.to_numpy().astype(np.int64, copy=False), n_part
