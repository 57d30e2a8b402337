r"""What one unit of a stratum stands for, and how sure a sum over its units is.

A stratum of $N_h$ units, of which $n_h$ were observed and $x_h$ counted, adds to a total
$N_h p_h$ with variance $N_h^2 (1 - n_h / N_h) \, p_h (1 - p_h) / (n_h - 1)$, where
$p_h = x_h / n_h$. [1]_
With the spread $c_h = N_h^2 (1 - n_h / N_h) / (n_h^2 (n_h - 1))$ that is $c_h x_h (n_h - x_h)$,
and of sums of any $a$ and $b$ over units the covariance is
$c_h (n_h \sum ab - \sum a \sum b)$.

References
----------
.. [1] Cochran (1977), "Sampling Techniques", sections 2.5 and 5.3.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Weights(NamedTuple):
    """Of one stratum, in every cell.

    Attributes
    ----------
    weight
        $N_h / n_h$: what one unit stands for; 0 where nobody was observed.
    spread
        $c_h$: 0 where it is not known.
    is_blind
        Nobody was observed who could stand for the stratum, so that no total can be told.
    is_lone
        One unit alone stands for others, so that no variance can be told.
    """

    weight: Floats
    spread: Floats
    is_blind: Flags
    is_lone: Flags


def weigh(population: float, n: Longs) -> Weights:
    """Weights of a stratum from the number of its units that were observed.

    Examples
    --------
    >>> found = weigh(1000.0, np.array([0, 1, 10]))
    >>> found.weight, found.spread.round(3), found.is_lone
    (array([   0., 1000.,  100.]), array([   0.,    0., 1100.]), array([False,  True, False]))
    """
    some, more = np.maximum(n, 1), np.maximum(n, 2)
    weight = np.where(n > 0, population / some, 0.0)
    spread = population * (population - more) / (more.astype(float) ** 2 * (more - 1.0))
    is_lone = (n == 1) & (population > 1.0)
    return Weights(
        weight,
        np.where(n > 1, np.maximum(spread, 0.0), 0.0),
        (n == 0) & (population > 0.0),
        is_lone,
    )
