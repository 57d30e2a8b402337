"""Development of a figure from one age to a later one: pooled links with both their variances."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from howdah.kernels.robust import robust_scale

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Huber's bend, in robust standard deviations: 95 % efficient under a normal distribution.
_BEND = 1.345

#: Passes of reweighting; the weights move by less than a hundredth after five.
_N_PASSES = 8


class PooledLink(NamedTuple):
    """What links of many origins have in common."""

    mean: float  # f
    process_var: float  # variance of a link of weight one around f
    parameter_var: float  # variance of f itself
    n_clusters: int


def pool_links(
    link: Floats, weight: Floats, cluster: Ints | None = None, *, robust: bool = False
) -> PooledLink:
    r"""Pool links, ratios or differences of a figure at two ages, over origins.

    With links $l_i$ of variance $\sigma^2 / w_i$,

    $$f = \frac{\sum w_i l_i}{\sum w_i}, \quad
    \hat\sigma^2 = \frac{1}{n - 1} \sum w_i (l_i - f)^2, \quad
    \operatorname{var} f = \frac{\hat\sigma^2}{\sum w_i}$$

    Mack's chain ladder has $l_i = C_{i,k+1} / C_{i,k}$ and $w_i = C_{i,k}$; links on an additive
    scale are differences. Links of one cluster may share an error: the variance of $f$ is then
    the larger of the above and of

    $$\frac{G}{G - 1} \frac{\sum_g \left(\sum_{i \in g} w_i (l_i - f)\right)^2}
    {\left(\sum w_i\right)^2}$$

    Parameters
    ----------
    link, weight
        (n,), finite, weights positive.
    cluster
        (n,) cluster of each link; None: each is its own.
    robust
        Weights are cut by Huber's function of the distance from $f$, so that a link far away
        pulls no harder than one at 1.345 robust standard deviations.

    Returns
    -------
    PooledLink
        Variances are NaN for fewer than two links, or fewer than two clusters: one origin shows
        no spread. All is NaN without any.

    References
    ----------
    .. [1] Mack (1993), "Distribution-free Calculation of the Standard Error of Chain Ladder
       Reserve Estimates".
    .. [2] Cameron & Miller (2015), "A Practitioner's Guide to Cluster-Robust Inference".

    Examples
    --------
    >>> pool_links(np.array([1.0, 2.0, 3.0]), np.ones(3)).mean
    2.0
    """
    n = len(link)
    if n == 0:
        return PooledLink(np.nan, np.nan, np.nan, 0)
    kept = _huber(link, weight) if robust else weight
    total = float(kept.sum())
    mean = float(kept @ link) / total
    off = link - mean
    n_clusters = n if cluster is None else len(np.unique(cluster))
    if min(n, n_clusters) < 2:  # noqa: PLR2004 - one has no spread
        return PooledLink(mean, np.nan, np.nan, n_clusters)
    process = float(kept @ off**2) / (n - 1)
    parameter = process / total
    if cluster is not None:
        _, at = np.unique(cluster, return_inverse=True)
        together = np.bincount(at, kept * off)
        shared = n_clusters / (n_clusters - 1) * float(together @ together) / total**2
        parameter = max(parameter, shared)
    return PooledLink(mean, process, parameter, n_clusters)


def _huber(link: Floats, weight: Floats) -> Floats:
    """Weights cut by how far each link is from their robust mean."""
    scale = robust_scale(link)
    center = float(np.median(link))
    if not scale > 0:
        # More than half are equal: there is no spread to tell a far one by.
        return weight
    kept = weight
    for _ in range(_N_PASSES):
        distance = np.abs(link - center) / scale
        kept = weight * np.minimum(1.0, _BEND / np.maximum(distance, _BEND))
        center = float(kept @ link) / float(kept.sum())
    return kept
