r"""The shifted beta-geometric: how long units stay that differ in how likely they are to leave.

A unit leaves after each period with its own probability $\theta$, and $\theta$ is beta
distributed over units. Of those that entered,

$$S(t) = \frac{B(\alpha, \beta + t)}{B(\alpha, \beta)}$$

are there after $t$ periods. [1]_ The longer a cohort lives, the slower it shrinks, since those who
are likely to leave have left: that is why a curve fitted by eye to the first weeks is too low.

Lifetimes are known up to intervals and up to a horizon: a unit left in the interval
$[t_{j-1}, t_j)$, or was there at $t_j$ and its later days are not known. The likelihood is of
weighted counts of these, and the parameters' covariance is the sandwich [2]_ with the covariance
of the counts: as much as units, drawn as they were, would move the fit.

References
----------
.. [1] Fader & Hardie (2007), "How to Project Customer Retention", J. of Interactive Marketing 21.
.. [2] Binder (1983), "On the Variances of Asymptotically Normal Estimators from Complex Surveys".
"""

import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from howdah.kernels.beta_likelihood import (
    BOUNDS,
    find_most_likely,
    sum_likelihood,
    trace_likelihoods,
    trace_survival,
)

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

#: Nearer than this to an end of the box a parameter is at it.
_STEP = 1e-5


class Lifetimes(NamedTuple):
    """Weighted counts of units by what is known of how long they stayed, with their covariance."""

    edge: Counts  # (n,) ends t_j of intervals, ascending; the first begins with 0
    left: Floats  # (n,) weight of units that left in the interval that ends there
    there: Floats  # (n,) of units that were there then, and of which no more is known
    covariance: Floats  # (2n, 2n) of `left` and `there`


class BetaGeometric(NamedTuple):
    """A fitted law.

    The covariance is that of the parameters' logarithms. Bands are of these: beyond the edges that
    the law was fitted to, they say nothing of how far it holds there.
    """

    alpha: float
    beta: float
    covariance: Floats  # (2, 2)
    gap: float  # largest distance to the Kaplan-Meier curve, a share of those who entered
    p_value: float  # of a distance from it as large as this if the law held
    is_told: bool  # whether the data tell both parameters

    def survival(self, t: Counts) -> Floats:
        """Share of those who entered that are there after `t` periods."""
        return np.exp(trace_survival(np.log([self.alpha, self.beta]), t)[0])

    def band(self, t: Counts, prob: float) -> tuple[Floats, Floats]:
        """Ends of the intervals of `survival`, normal on the complementary log-log scale."""
        level, slope, _ = trace_survival(np.log([self.alpha, self.beta]), t)
        # Of log(-log S): the share stays within 0 and 1.
        scaled = slope / np.where(level < 0, level, 1.0)[:, None]
        sd = np.sqrt(np.einsum("ti,ij,tj->t", scaled, self.covariance, scaled))
        reach = np.exp(NormalDist().inv_cdf((1 + prob) / 2) * sd)
        return np.exp(level * reach), np.exp(level / reach)


def kaplan_meier(lifetimes: Lifetimes) -> Floats:
    """Share that is there at each edge, whatever the law, (n,)."""
    at_risk = _at_risk(lifetimes.left, lifetimes.there)
    hazard = np.divide(lifetimes.left, at_risk, out=np.zeros_like(at_risk), where=at_risk > 0)
    return np.asarray(np.cumprod(1.0 - hazard), np.float64)


def fit_beta_geometric(lifetimes: Lifetimes) -> BetaGeometric:
    """Fit by maximum likelihood.

    Parameters
    ----------
    lifetimes
        At least three intervals, with units that left in two of them or more: with fewer there is
        nothing to tell two parameters by.

    Returns
    -------
    BetaGeometric
        ``p_value`` is that of the Wald statistic of what left each interval against what the law
        says of those who were there, with the covariance of the counts; among many units any law
        is refused, so look at ``gap`` too.
    """
    edge, counts = lifetimes.edge, np.r_[lifetimes.left, lifetimes.there]
    at = find_most_likely(edge, counts)
    information = -sum_likelihood(at, edge, counts)[2]
    is_inside = bool((at > BOUNDS[0] + _STEP).all() and (at < BOUNDS[1] - _STEP).all())
    is_told = is_inside and bool(np.linalg.eigvalsh(information)[0] > 1e-9 * counts.sum())
    survival = np.exp(trace_survival(at, edge)[0])
    gap = float(np.abs(survival - kaplan_meier(lifetimes)).max())
    covariance, p_value = np.full((2, 2), np.nan), np.nan
    if is_told:
        slopes = trace_likelihoods(at, edge)[1]
        influence = np.asarray(np.linalg.solve(information, slopes.T), np.float64)
        covariance = influence @ lifetimes.covariance @ influence.T
        p_value = _p_value(at, lifetimes, influence)
    alpha, beta = np.exp(at)
    return BetaGeometric(float(alpha), float(beta), covariance, gap, p_value, is_told)


def _at_risk(left: Floats, there: Floats) -> Floats:
    """Units that were there when each interval began and are known until it ended."""
    return np.asarray(np.cumsum((left + there)[::-1])[::-1], np.float64)


def _p_value(at: Floats, lifetimes: Lifetimes, influence: Floats) -> float:
    """Of the Wald statistic of what left each interval beyond what the law says."""
    edge, n = lifetimes.edge, len(lifetimes.edge)
    counts = np.r_[lifetimes.left, lifetimes.there]

    level, slope, _ = trace_survival(at, edge)
    before, slope_before = np.r_[0.0, level[:-1]], np.r_[np.zeros((1, 2)), slope[:-1]]
    stays = np.exp(level - before)
    hazard = 1.0 - stays
    # Each residual is a sum over counts: units that left, less the hazard of all at risk.
    later = np.triu(np.ones((n, n)))
    own = np.concatenate([np.eye(n) - hazard[:, None] * later, -hazard[:, None] * later], axis=1)
    at_risk = _at_risk(lifetimes.left, lifetimes.there)
    by_parameter = (at_risk * stays)[:, None] * (slope - slope_before)
    whole = own + by_parameter @ influence
    residual = own @ counts
    covariance = whole @ lifetimes.covariance @ whole.T
    # Two directions were used up by the parameters.
    values, vectors = np.linalg.eigh(covariance)
    kept = values > values[-1] * 1e-9
    kept[:2] = False
    statistic = float((((vectors.T @ residual)[kept]) ** 2 / values[kept]).sum())
    return _chance_above(statistic, int(kept.sum()))


def _chance_above(statistic: float, n: int) -> float:
    """Chance that the squares of `n` standard normal draws add up to more.

    A finite sum for whole degrees of freedom; the functions of SciPy that have it take longer to
    load than a small log takes to count.

    References
    ----------
    Abramowitz and Stegun (1964), 26.4.4 and 26.4.5.
    """
    half = statistic / 2
    term = math.exp(-half)
    total = 0.0
    if n % 2:
        total = math.erfc(math.sqrt(half))
        term *= math.sqrt(half) / math.gamma(1.5)
    for j in range(n // 2):
        total += term
        term *= half / (j + 1 + n % 2 / 2)
    return min(total, 1.0)
