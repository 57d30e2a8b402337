r"""Intervals of shares of few units, drawn with unequal weights.

A standard error that is itself estimated from few units is too small as often as the share is:
where nobody came back it is nought. So ends are not put at so many standard errors, but where the
share would be refused, $|\hat p - p| = z \sqrt{p (1 - p) / n}$ (Wilson's score interval [1]_),
with the effective size $n$ of the sample in place of the number of units. [2]_

The size that follows from the standard error, $\hat p (1 - \hat p) / s^2$, is as shaky as that.
The other bound on it is not: units with weights $w$ tell no more than Kish's
$(\sum w)^2 / \sum w^2$ of equal weight [3]_, which is nearly the total of the base squared over
the variance of that total, known whoever came back. The smaller one counts. Both are larger
where a large part of the population was drawn.

References
----------
.. [1] Wilson (1927), "Probable Inference", J. of the American Statistical Association 22.
.. [2] Korn & Graubard (1998), "Confidence Intervals for Proportions with Small Expected Number of
   Positive Counts Estimated from Survey Data", Survey Methodology 24.
.. [3] Kish (1965), "Survey Sampling", section 11.7.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]


def effective_size(
    share: Floats, stderr: Floats, base: Floats, base_var: Floats, n_raw: Floats
) -> Floats:
    """Units of equal weight, drawn from a large population, that a share is as sure as.

    Parameters
    ----------
    share, stderr
        Ratio of totals, from 0 to 1, and its standard error.
    base, base_var
        Total below the line and its variance.
    n_raw
        Units in it.

    Returns
    -------
    Floats
        Infinite where a share between 0 and 1 has no sampling error.

    Examples
    --------
    >>> sizes = effective_size(*np.array([[0.2, 0.0], [0.05, 0.0], [900.0, 900.0], [18000.0] * 2,
    ...                                   [60.0, 60.0]]))
    >>> sizes.round(1)
    array([45., 45.])
    """
    is_inside = (share > 0) & (share < 1)
    by_share = np.full_like(share, np.inf)
    np.divide(share * (1 - share), stderr**2, out=by_share, where=is_inside & (stderr > 0))
    # A base that is the same in every sample does not tell how its units are weighted.
    by_base = np.where(is_inside, np.inf, n_raw)
    np.divide(base**2, base_var, out=by_base, where=base_var > 0)
    return np.where(is_inside & (stderr == 0), np.inf, np.minimum(by_share, by_base))


def share_interval(share: Floats, size: Floats, prob: float) -> tuple[Floats, Floats]:
    """Ends of score intervals, within 0 and 1; both are the share where the size is infinite.

    Parameters
    ----------
    size
        As of `effective_size`, above 0.
    prob
        Mass inside, in (0, 1).

    Examples
    --------
    >>> lower, upper = share_interval(np.array([0.0, 0.5]), np.array([30.0, 30.0]), 0.95)
    >>> lower.round(3), upper.round(3)
    (array([0.   , 0.332]), array([0.114, 0.668]))
    """
    z = float(ndtri(0.5 + prob / 2))
    shrink = z**2 / size
    middle = (share + shrink / 2) / (1 + shrink)
    half = z * np.sqrt(share * (1 - share) / size + (z / (2 * size)) ** 2) / (1 + shrink)
    # At 0 and 1 rounding would leave a little beyond.
    lower = np.where(share > 0, np.maximum(middle - half, 0.0), 0.0)
    upper = np.where(share < 1, np.minimum(middle + half, 1.0), 1.0)
    return lower, upper
