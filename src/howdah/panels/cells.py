"""Columns of cells, from arrays."""

import datetime as dt

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def nullable(
    values: NDArray[np.float64] | NDArray[np.int64], is_shown: NDArray[np.bool_]
) -> pa.Array:
    """A column of values, null where they are not shown; both of one shape."""
    return pa.array(values.ravel(), mask=~is_shown.ravel())


def dates(start: dt.date, day: NDArray[np.int64]) -> pa.Array:
    """A column of dates, so many days after a date."""
    since = (start - dt.date(1970, 1, 1)).days
    return pa.array((day + since).astype(np.int32)).cast(pa.date32())


def repeated(text: str, n: int) -> pa.Array:
    """A column that says the same `n` times."""
    return pa.array([text]).take(pa.array(np.zeros(n, np.int32)))
