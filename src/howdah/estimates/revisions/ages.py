"""Classes of age, and the age at which a source's figures settle."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

Ints = NDArray[np.int64]

#: Fewest distinct periods that anything is learnt from.
LEAST_PERIODS = 8

#: Width of a class against its age: development slows as a period ages.
_WIDTH = 0.25

#: A revision is over when four fifths of the moves to the next print are below this share of the
#: usual move at the age that moves most.
_SETTLED_SHARE = 0.02
_MOST = 0.8

#: In differences of logs and the like, what is no more than the rounding of a float.
SAME = 1e-9


class Settling(NamedTuple):
    """From which age on a value counts as final, and whether revisions were seen to stop there."""

    after_days: int | None
    is_settled: bool


def age_classes(age: Ints, period: Ints) -> list[tuple[int, int]]:
    """First and last day of each class, ordered; negative ages are days before the end.

    A class is a quarter as wide as its age and at least a day; where it holds too few periods it
    goes on up to twice its age. Before and after the end of the period it is counted from there,
    so that no class has both.

    Parameters
    ----------
    age, period
        (n,) of each print.
    """
    late = _classes(age[age >= 0], period[age >= 0])
    early = _classes(-age[age < 0], period[age < 0])
    return [(-last, -first) for first, last in reversed(early)] + late


def _classes(age: Ints, period: Ints) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    days = np.unique(age)
    at = 0
    while at < len(days):
        first = int(days[at])
        stop = int(np.searchsorted(days, first + max(1.0, _WIDTH * first)))
        furthest = int(np.searchsorted(days, 2.0 * first, side="right"))
        while stop < furthest and _n_periods(age, period, first, int(days[stop - 1])):
            stop += 1
        found.append((first, int(days[stop - 1])))
        at = stop
    return found


def _n_periods(age: Ints, period: Ints, first: int, last: int) -> bool:
    """Whether a class holds too few periods."""
    return len(np.unique(period[(age >= first) & (age <= last)])) < LEAST_PERIODS


def find_settling(prints: pl.DataFrame, classes: Sequence[tuple[int, int]]) -> Settling:
    """Age from which on values count as final.

    Of the classes after the period's end, the youngest from which on all moves from a print to
    the next are small. Moves must have been seen: prints that nobody followed up say nothing.
    Where none is so, the oldest age that half of the periods have reached; figures go on moving
    there, and "final" means their value at that age.

    Parameters
    ----------
    prints
        ``cell, valid_to, age_days, level``, ordered by cell and publication, of one source and
        metric.

    Returns
    -------
    Settling
        None days where too few periods reach any age.
    """
    following = (pl.col("level").shift(-1) - pl.col("level")).abs().over("cell").alias("move")
    moved = prints.with_columns(following).drop_nulls("move")
    late = [(first, last) for first, last in classes if first >= 0]
    sizes: list[float] = []
    for first, last in late:
        here = moved.filter(pl.col("age_days").is_between(first, last))
        enough = here["valid_to"].n_unique() >= LEAST_PERIODS
        sizes.append(float(np.quantile(here["move"].to_numpy(), _MOST)) if enough else np.nan)
    largest = np.nanmax(sizes) if np.isfinite(sizes).any() else np.nan
    for n, (first, _) in enumerate(late):
        rest = np.array(sizes[n:])
        seen = rest[np.isfinite(rest)]
        if np.isfinite(sizes[n]) and (seen <= _SETTLED_SHARE * largest + SAME).all():
            return Settling(first, is_settled=True)
    n_all = prints["valid_to"].n_unique()
    for first, _ in reversed(late):
        reached = prints.filter(pl.col("age_days") >= first)["valid_to"].n_unique()
        if reached >= max(LEAST_PERIODS, n_all / 2):
            return Settling(first, is_settled=False)
    return Settling(None, is_settled=False)
