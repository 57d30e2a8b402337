r"""Centring: how far the levels of all series are off together, by what little truth there is.

Claims tell how far apart sources are, not how far they are off together. In the learning a few
anchored series count for a few among thousands and hardly move the middle of the biases; only they
know it. Its estimate is that of a mean with a prior,

$$\hat\delta = \frac{\sum_i w_i d_i}{\sum_i w_i + 1/\tau^2}, \qquad
  \mathrm{var}\,\delta = \frac{1}{\kappa \sum_i w_i + 1/\tau^2},$$

where $d_i$ is the mean distance of truth from the level that was found without it in anchored
series $i$, $1/w_i$ its variance, and $\tau^2$ what the sources' spread leaves to expect. Weights
are those of a t distribution, so that one anchor in a wrong unit does not move everything;
$\kappa = (\nu + 1) / (\nu + 3)$ is how much of the information of a normal one it has. [1]_

References
----------
.. [1] Lange, Little & Taylor (1989), "Robust Statistical Modeling Using the t Distribution".
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from howdah.estimates.fusion.calibration import Residuals

Floats = NDArray[np.float64]

#: Degrees of freedom of the distances.
_DF = 5.0

_INFORMATION = (_DF + 1.0) / (_DF + 3.0)

_N_ITERATIONS = 20


class Centre(NamedTuple):
    """How far truth is above the levels of all series, and the variance of that."""

    offset: float
    variance: float


def find_centre(residuals: Residuals, sd: Floats, before: float) -> Centre:
    """Middle of the distances of truth from levels that were found without it.

    Parameters
    ----------
    sd
        (n,) standard deviation that each of the residuals was divided by.
    before
        Variance of the offset before there is any truth.

    Examples
    --------
    >>> none = np.zeros(0, np.int64)
    >>> find_centre(Residuals(none, np.zeros(0), none, none, none), np.zeros(0), 0.25)
    Centre(offset=0.0, variance=0.25)
    """
    if before <= 0.0:
        return Centre(0.0, 0.0)
    number = np.unique(residuals.series, return_inverse=True)[1]
    n = np.maximum(np.bincount(number), 1)
    distance = np.bincount(number, residuals.z * sd) / n
    # The anchors of a series have its house effects in common: their mean is no nearer than one.
    variance = np.bincount(number, sd**2) / n
    offset, wider, precision = 0.0, 1.0, np.zeros(len(n))
    for _ in range(_N_ITERATIONS):
        square = (distance - offset) ** 2 / variance
        trust = (_DF + 1.0) / (_DF + square / wider)
        # Distances may spread more than the model says, which then holds for their mean too.
        wider = max(1.0, float((trust * square).sum()) / max(len(n) - 1, 1))
        precision = trust / (variance * wider)
        offset = float((precision * distance).sum() / (precision.sum() + 1.0 / before))
    return Centre(offset, float(1.0 / (_INFORMATION * precision.sum() + 1.0 / before)))
