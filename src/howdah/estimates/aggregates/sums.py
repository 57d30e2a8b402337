r"""Sums of levels on the natural scale: moments of log-normals, matched by log-normals.

A level is log-normal given all claims, so a sum of them has the mean and covariance

$$E_k = \sum_i e^{m_i + v_i / 2}, \qquad
\frac{\mathrm{cov}(T_k, T_l)}{E_k E_l} = \sum_i w_{ki} w_{li}
  \big( e^{\Sigma_i + l_{ki}^\top l_{li}} - e^{l_{ki}^\top l_{li}} \big)
  + e^{\Lambda_k^\top \Lambda_l} - 1,
\quad \Lambda_k = \sum_i w_{ki} l_{ki}$$

with weights $w_{ki}$ of the mean; sums are taken to be log-normal together with these moments,
which is exact for one level and keeps ratios of sums Gaussian on the log scale. [1]_ Where levels
are less certain than a factor of about three, a sum has tails that this does not have.

**Large values are too large.** Claims say $\hat x = x + e$; among many levels those that are found
to be large are so partly by error, and a sum is made of the large ones. Levels are shrunk to the
mean of those that are summed by an empirical Bayes rule [2]_, which leaves sums of up to three as
they are.

References
----------
.. [1] Fenton (1960), "The sum of log-normal probability distributions in scatter transmission
   systems".
.. [2] Morris (1983), "Parametric empirical Bayes inference: theory and applications".
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Levels up to which nothing is shrunk.
_LEAST_LEVELS = 3


class Logs(NamedTuple):
    """Levels as logs: means, each series' own covariance, loadings on what all share."""

    mean: Floats  # (n_series, n_period)
    own: Floats  # (n_series, n_period, n_period)
    common: Floats  # (n_series, n_period, n_factor)


class Sums(NamedTuple):
    """Sums that are log-normal together."""

    expected: Floats  # (n_sum,)
    median: Floats  # (n_sum,) of the log
    covariance: Floats  # (n_sum, n_sum) of the logs


def shrink(logs: Logs) -> Logs:
    r"""Levels without what makes the largest of them too large, period by period.

    With $v_i$ the variance that is a level's own and $\tau^2$ the spread of levels beside it,
    $B_i = \frac{n - 3}{n - 1} \frac{v_i}{v_i + \tau^2}$ of a level's distance from the mean of
    all is taken for error; the variance left allows for mean and spread being estimates. [2]_
    """
    n = len(logs.mean)
    if n <= _LEAST_LEVELS:
        return logs
    # What all share moves all alike and makes none larger than the others.
    variance = np.diagonal(logs.own, axis1=1, axis2=2)
    off = logs.mean - logs.mean.mean(0)
    usual = variance.mean(0)
    spread = np.maximum((off**2).sum(0) / (n - 1) - usual, 0.0)
    both = np.maximum(variance + spread, 1e-300)
    share = (n - 3) / (n - 1) * variance / both
    left = variance * (1 - (n - 1) / n * share)
    left += 2 / (n - 3) * share**2 * off**2 * (usual + spread) / both
    kept = np.sqrt(left / np.maximum(variance, 1e-300))
    own = logs.own * kept[:, :, None] * kept[:, None, :]
    return Logs(logs.mean - share * off, own, logs.common)


def add_up(logs: Logs, weights: Floats) -> Sums:
    """Sums of levels, log-normal together.

    Parameters
    ----------
    weights
        (n_sum, n_series, n_period) how often each level is in each sum.
    """
    variance = np.diagonal(logs.own, axis1=1, axis2=2) + (logs.common**2).sum(2)
    # The largest is taken out, so that nothing overflows.
    top = float(logs.mean.max(initial=-np.inf)) if logs.mean.size else 0.0
    value = np.exp(logs.mean - top + variance / 2)
    parts = weights * value
    total = parts.sum((1, 2))
    parts /= total[:, None, None]
    moved = np.einsum("kia,iaf->kf", parts, logs.common)
    relative = np.exp(moved @ moved.T) - 1.0
    shared = np.einsum("iaf,ibf->iab", logs.common, logs.common)
    alone = np.exp(shared) * np.expm1(logs.own)
    relative += np.einsum("kia,iab,lib->kl", parts, alone, parts, optimize=True)
    covariance = np.log1p(relative)
    log_total = np.log(total) + top
    return Sums(np.exp(log_total), log_total - np.diagonal(covariance) / 2, np.asarray(covariance))
