r"""What known levels at neighbouring ranks of a day say, beside the law.

Residuals from a law, over their standard deviation, are on one day

.. math::

    z(x) = \delta(x) + \epsilon, \quad \mathrm{cov}(\delta(x), \delta(x')) = \rho
    e^{-|x - x'| / \lambda}, \quad \mathrm{var}(\epsilon) = 1 - \rho

in log rank $x$: kriging with the law as the trend [1]_. Where a chart is ordered by the very
level that is known, $\rho$ is near 1 and this interpolates; where the order has little to do with
the last digits of the level, $\rho$ is 0 and it says nothing.

References
----------
.. [1] Rasmussen & Williams (2006), "Gaussian Processes for Machine Learning", appendix B.2.
"""

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Shares and lengths that are tried.
_SHARES = (0.25, 0.5, 0.75, 0.9, 0.97, 0.99, 0.999)
_LENGTHS = (0.03, 0.1, 0.3, 1.0, 3.0)

#: Gain of log likelihood that two more parameters must bring: likelihood ratio, 1 in 100.
_LEAST_GAIN = 4.6


class Nearness(NamedTuple):
    """How alike residuals are at neighbouring ranks of a day."""

    share: float  # rho, 0 for not at all
    length: float  # lambda, in log rank


#: Neighbours say nothing.
APART = Nearness(0.0, 1.0)


def learn_nearness(
    day: Ints, log_rank: Floats, z: Floats, own_var: Floats, n_repeat: float
) -> Nearness:
    """The likeliest of a grid, `APART` where nothing is clearly better.

    Parameters
    ----------
    day, log_rank
        (n,) of the residuals, in any order.
    z
        Residuals over their standard deviation; best those of levels that the law did not see.
    own_var
        What the levels' own errors add to the variance 1.
    n_repeat
        Days on which a residual returns, because its entity does: evidence counts once.
    """
    order = np.lexsort((log_rank, day))
    given = (day[order], log_rank[order], z[order], own_var[order])
    best, most = APART, _run(*given, 0.0, 1.0)[2] + _LEAST_GAIN * n_repeat
    for share in _SHARES:
        for length in _LENGTHS:
            likelihood = _run(*given, share, length)[2]
            if likelihood > most:
                best, most = Nearness(share, length), likelihood
    return best


def smooth_near(
    day: Ints,
    log_rank: Floats,
    z: Floats,
    own_var: Floats,
    near: Nearness,
    at_day: Ints,
    at_log_rank: Floats,
) -> tuple[Floats, Floats]:
    r"""Mean and variance of $z$ at ranks of days, $\epsilon$ included.

    Parameters
    ----------
    day, log_rank, z, own_var
        Known residuals, as in `learn_nearness`.
    at_day, at_log_rank
        (m,) where to tell.

    Returns
    -------
    mean, variance
        (m,); 0 and 1 on a day without residuals.
    """
    n, m = len(day), len(at_day)
    if near.share == 0.0:
        return np.zeros(m), np.ones(m)
    days, ranks = np.concatenate([day, at_day]), np.concatenate([log_rank, at_log_rank])
    order = np.lexsort((ranks, days))
    values = np.concatenate([z, np.full(m, np.nan)])[order]
    errors = np.concatenate([own_var, np.zeros(m)])[order]
    means, variances = np.empty(n + m), np.empty(n + m)
    means[order], variances[order], _ = _run(
        days[order], ranks[order], values, errors, near.share, near.length
    )
    return means[n:], variances[n:] + 1.0 - near.share


@nb.njit(cache=True)
def _run(day, rank, z, own_var, share, length):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    """Filter up and smooth down the ranks of each day: moments of delta, log likelihood."""
    n = len(day)
    mean, variance, factor = np.zeros(n), np.zeros(n), np.zeros(n)
    before, before_var = np.zeros(n), np.zeros(n)
    likelihood = 0.0
    for i in range(n):
        if i > 0 and day[i] == day[i - 1]:
            factor[i] = np.exp(-(rank[i] - rank[i - 1]) / length)
            before[i] = factor[i] * mean[i - 1]
            before_var[i] = share + factor[i] ** 2 * (variance[i - 1] - share)
        else:
            before_var[i] = share
        mean[i], variance[i] = before[i], before_var[i]
        if not np.isnan(z[i]):
            total = before_var[i] + 1.0 - share + own_var[i]
            gain = before_var[i] / total
            away = z[i] - before[i]
            mean[i] += gain * away
            variance[i] *= 1.0 - gain
            likelihood -= 0.5 * (np.log(total) + away * away / total)
    for i in range(n - 2, -1, -1):
        if factor[i + 1] > 0.0 and before_var[i + 1] > 0.0:
            back = variance[i] * factor[i + 1] / before_var[i + 1]
            mean[i] += back * (mean[i + 1] - before[i + 1])
            variance[i] += back**2 * (variance[i + 1] - before_var[i + 1])
    return mean, variance, likelihood
