"""Level of a quantity that several sources state with bias and noise.

All functions work on flat arrays in which a group id says which rows belong together; groups
are numbered 0 to n_group - 1.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Reach and number of points of the grid of `posterior_quantiles`: with 10 standard deviations
#: on each side and 2,001 points a quantile is exact to a hundredth of a standard deviation.
_GRID_SDS = 10.0
_GRID_POINTS = 2001


def pooled_level(
    low: Floats,
    high: Floats,
    group: Ints,
    n_group: int,
    *,
    source: Ints,
    family: Ints,
    noise_sd: Floats,
    source_sd: Floats,
    shared_sd: Floats,
) -> tuple[Floats, Floats]:
    r"""Level of each group from points and intervals that its sources state.

    Row $i$ of source $s$ of family $f$ sees the level $x$ as

    $$y_i = x + c_f + b_s + e_i, \quad c_f \sim N(0, \gamma_f^2),\; b_s \sim N(0, \tau_s^2),\;
    e_i \sim N(0, \sigma_i^2 + (h_i - l_i)^2 / 12):$$

    a house effect that all statements of a source have in common, and an error that all sources
    of a family have in common, for agreement is not accuracy. An interval $[l, h]$ is a uniform
    statement about its middle. The covariance is a tree, so pooling rows to sources, sources to
    families and families to the level, each by precision, is generalised least squares.

    Parameters
    ----------
    low, high
        (n,) ends of what each row states, on the additive scale; equal for a point. Both finite.
    group
        (n,) group of each row.
    source, family
        (n,) which source a row is of, and which family that source is of.
    noise_sd, source_sd, shared_sd
        (n,) $\sigma$, $\tau$ and $\gamma$ of each row; $\tau$ is equal within a source of a
        group, $\gamma$ within a family of a group. $\sigma$ is positive.

    Returns
    -------
    (level, sd)
        (n_group,) each; NaN for a group without rows. At each step of the tree the variance is
        multiplied by the Birge ratio, $\max(1, \chi^2 / (n - 1))$, where what is pooled
        disagrees more than its errors explain. That ratio is learnt from the data: a source that
        is known to be noisier can lower it, and only with the ratio held fixed does a noisier
        source never narrow the interval. An error that all families share is not seen.

    References
    ----------
    .. [1] Birge (1932), "The Calculation of Errors by the Method of Least Squares".
    """
    value, variance = (low + high) / 2, noise_sd**2 + (high - low) ** 2 / 12
    rows, ids = _distinct(group, family, source)
    value, variance = _by_precision(value, variance, ids, len(rows))
    variance += source_sd[rows] ** 2
    group, family, shared_sd = group[rows], family[rows], shared_sd[rows]
    rows, ids = _distinct(group, family)
    value, variance = _by_precision(value, variance, ids, len(rows))
    variance += shared_sd[rows] ** 2
    level, variance = _by_precision(value, variance, group[rows], n_group)
    return level, np.sqrt(variance)


def _distinct(*keys: Ints) -> tuple[Ints, Ints]:
    """First row of each distinct combination of keys, and the number of each row's."""
    ids = np.zeros(len(keys[0]), np.int64)
    rows = ids[:0]
    for key in keys:
        # Two dense codes multiply to less than the square of the number of rows.
        _, dense = np.unique(key, return_inverse=True)
        code = ids * (int(dense.max(initial=0)) + 1) + dense
        _, rows, ids = np.unique(code, return_index=True, return_inverse=True)
    return rows, ids


def _by_precision(value: Floats, variance: Floats, ids: Ints, n: int) -> tuple[Floats, Floats]:
    """Mean by precision and its variance, times the Birge ratio; NaN where there is no row."""
    weight = 1.0 / variance
    count = np.bincount(ids, minlength=n)
    with np.errstate(invalid="ignore", divide="ignore"):
        total = np.bincount(ids, weight, n)
        mean = np.bincount(ids, weight * value, n) / total
        chi2 = np.bincount(ids, weight * (value - mean[ids]) ** 2, n)
        birge = np.maximum(1.0, chi2 / np.maximum(count - 1, 1))
        pooled = np.where(count > 0, birge / total, np.nan)
    return mean, pooled


def posterior_quantiles(
    mean: float,
    sd: float,
    lower_bounds: Floats,
    lower_sd: Floats,
    upper_bounds: Floats,
    upper_sd: Floats,
    probs: Floats,
) -> Floats:
    r"""Quantiles of a level that is known by a mean, and of which bounds are stated too.

    The density is proportional to
    $N(x; m, s^2) \prod_j \Phi((x - L_j) / s_j) \prod_k \Phi((U_k - x) / s_k)$: a source that
    says "over L" saw a figure above L with its own error. Computed on a grid.

    Parameters
    ----------
    mean, sd
        $m$ and $s$.
    lower_bounds, lower_sd, upper_bounds, upper_sd
        $L_j$, $U_k$ and the errors of who states them.
    probs
        Probabilities of the quantiles, in (0, 1).

    Examples
    --------
    >>> none, probs = np.zeros(0), np.array([0.05, 0.95])
    >>> posterior_quantiles(0.0, 1.0, none, none, none, none, probs).round(2).tolist()
    [-1.64, 1.64]
    """
    grid = mean + sd * np.linspace(-_GRID_SDS, _GRID_SDS, _GRID_POINTS)
    log_density = -0.5 * ((grid - mean) / sd) ** 2
    for bound, error in zip(lower_bounds, lower_sd, strict=True):
        log_density = log_density + log_ndtr((grid - bound) / error)
    for bound, error in zip(upper_bounds, upper_sd, strict=True):
        log_density = log_density + log_ndtr((bound - grid) / error)
    density = np.exp(log_density - log_density.max())
    mass = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
    return np.interp(probs, mass / mass[-1], grid)
