"""Rows that are there more than once: a copy of a row is no second reading of its source."""

import numpy as np
import polars as pl

#: What names the cell that a claim is about, and what it says of it.
_CELL = ("series", "period", "source")
_SAID = ("value", "value_low", "value_high", "listed", "cutoff", "published_at")


def without_repeats(claims: pl.DataFrame) -> pl.DataFrame:
    """Claims without rows that say the same as a row before them.

    Exports that overlap and files that were put together twice hold rows again. Counted twice they
    would make their source look twice as sure; several *different* figures of one source for one
    cell stay, and so does a figure that was published again on another day.

    Parameters
    ----------
    claims
        ``series`` and ``source`` (names, or their numbers), ``value, value_low, value_high`` and
        perhaps ``period, listed, cutoff, published_at``. Other columns do not tell rows apart: a
        series is in one segment.

    Returns
    -------
    DataFrame
        In the same order, of several equal rows the first.
    """
    cell = [name for name in _CELL if name in claims.columns]
    if not _has_full_cell(claims, cell):
        return claims
    said = [name for name in _SAID if name in claims.columns]
    return claims.unique([*cell, *said], keep="first", maintain_order=True)


def _has_full_cell(claims: pl.DataFrame, cell: list[str]) -> bool:
    """Whether some cell has several claims: numbers are looked through in a tenth of the time."""
    kinds = [claims.schema[name] for name in cell]
    if not all(kind.is_integer() or kind == pl.Date for kind in kinds):
        return claims.height > 1
    place = np.zeros(claims.height, np.int64)
    for name in cell:
        number = claims[name].to_physical().to_numpy()
        low, high = (int(number.min()), int(number.max())) if len(number) else (0, 0)
        place *= high - low + 1
        place += number
        place -= low
    # Files in order of their cells need no sorting.
    if not (place[1:] > place[:-1]).all():
        place.sort()
    return bool((place[1:] == place[:-1]).any())
