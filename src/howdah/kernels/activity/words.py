"""Activity words: a row a product and unit, a bit a day.

Days are counted from the day of the first bit, so that days before it are negative. Bit ``d % 64``
of word ``d // 64`` says whether the unit was active in the product on day ``d``.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
Small = NDArray[np.int32]


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
