r"""False discoveries: of those told at a nominal rate, how many did not come.

Told at a nominal rate $q$ are as many of the likeliest as keep the mean of $1 - p$ at or below $q$.
With calibrated probabilities that mean is the share that does not come.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

#: Nominal rates that a back-test reports.
NOMINAL = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8)


def discoveries(probability: Floats, nominal: float) -> Bools:
    """Which are told at a nominal rate of false discoveries.

    Parameters
    ----------
    probability
        (n,); NaN is never told.

    Examples
    --------
    >>> discoveries(np.array([0.9, 0.2, 0.6, np.nan]), 0.3).tolist()
    [True, False, True, False]
    """
    p = np.nan_to_num(probability, nan=0.0)
    order = np.argsort(-p, kind="stable")
    rate = np.cumsum(1 - p[order]) / np.arange(1, len(p) + 1)
    # The mean only rises along the order.
    n = int(np.searchsorted(rate, nominal, side="right"))
    told = np.zeros(len(p), np.bool_)
    told[order[:n]] = True
    return told


def false_discoveries(probability: Floats, came: Bools, nominal: float) -> tuple[int, int, float]:
    """How many are told at a nominal rate, how many of them are false, and how many it expects.

    Returns
    -------
    n, n_false
        Counts.
    expected
        Sum of $1 - p$ of those told.
    """
    told = discoveries(probability, nominal)
    return int(told.sum()), int((told & ~came).sum()), float((1 - probability[told]).sum())
