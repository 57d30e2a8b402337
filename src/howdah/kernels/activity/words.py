"""Activity words: a row a product and unit, a bit a day.

Days are counted from the day of the first bit, so that days before it are negative. Bit ``d % 64``
of word ``d // 64`` says whether the unit was active in the product on day ``d``.
"""

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
Small = NDArray[np.int32]
Longs = NDArray[np.int64]


class Activity(NamedTuple):
    """Activity of some units in all products, ordered by product, then by unit.

    Units are numbered stratum after stratum, so that the rows of one product and stratum are one
    run of rows.
    """

    product: Small  # (n_row,) ascending
    unit: Small  # (n_row,) ascending within a product
    words: Words  # (n_row, n_word)
    first_day: Small  # (n_row,) day of the first activity ever, perhaps before the words begin


class Roster(NamedTuple):
    """The units of a panel: where each belongs, and when it was in the panel.

    A census has one stratum whose population is the number of its units, none of which ever joins
    or leaves.
    """

    stratum: Small  # (n_unit,) ascending
    joined: Small  # (n_unit,) first day in the panel
    left: Small  # (n_unit,) first day no longer in the panel
    population: NDArray[np.float64]  # (n_stratum,) units that each stratum stands for


@nb.njit(cache=True, nogil=True)
def find_stops(unit: Small, first: Longs, end: Longs, unit_stop: int) -> Longs:
    """(n_product,) where the rows of units below `unit_stop` end, of each product's from `first`.

    Parameters
    ----------
    unit
        Of `Activity`.
    first, end
        (n_product,) rows between which each product is looked through.
    """
    stop = first.copy()
    for p in range(len(first)):
        while stop[p] < end[p] and unit[stop[p]] < unit_stop:
            stop[p] += 1
    return stop
