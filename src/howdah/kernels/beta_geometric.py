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

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, chdtrc, digamma, ndtri

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

#: Logarithms of parameters are looked for in here; at the ends units do not differ, or all leave
#: at once, and the parameters are not told by the data.
_BOUNDS = (-7.0, 9.0)

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
        return np.exp(_log_survival(np.log([self.alpha, self.beta]), t))

    def band(self, t: Counts, prob: float) -> tuple[Floats, Floats]:
        """Ends of the intervals of `survival`, normal on the complementary log-log scale."""
        level = _log_survival(np.log([self.alpha, self.beta]), t)
        slope = _slope(np.log([self.alpha, self.beta]), t)
        # Of log(-log S): the share stays within 0 and 1.
        scaled = slope / np.where(level < 0, level, 1.0)[:, None]
        sd = np.sqrt(np.einsum("ti,ij,tj->t", scaled, self.covariance, scaled))
        reach = np.exp(ndtri((1 + prob) / 2) * sd)
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
    # What it takes to load is for survival alone.
    from scipy.optimize import minimize  # noqa: PLC0415

    total = counts.sum()

    def objective(log_parameters: Floats) -> tuple[float, Floats]:
        logs, scores = _likelihoods(log_parameters, edge)
        return -float(counts @ logs) / total, -(counts @ scores) / total

    starts = [np.log([a, b]) for a, b in ((1.0, 1.0), (0.5, 3.0), (5.0, 50.0))]
    found = min(
        (
            minimize(
                objective, start, jac=True, method="L-BFGS-B", bounds=[_BOUNDS] * 2,
                options={"ftol": 1e-13, "gtol": 1e-9},
            )
            for start in starts
        ),
        key=lambda each: each.fun,
    )  # fmt: skip
    at = np.asarray(found.x, np.float64)
    information = _information(at, edge, counts)
    is_inside = bool((at > _BOUNDS[0] + _STEP).all() and (at < _BOUNDS[1] - _STEP).all())
    is_told = is_inside and bool(np.linalg.eigvalsh(information)[0] > 1e-9 * total)
    survival = np.exp(_log_survival(at, edge))
    gap = float(np.abs(survival - kaplan_meier(lifetimes)).max())
    covariance, p_value = np.full((2, 2), np.nan), np.nan
    if is_told:
        slopes = _likelihoods(at, edge)[1]
        influence = np.asarray(np.linalg.solve(information, slopes.T), np.float64)
        covariance = influence @ lifetimes.covariance @ influence.T
        p_value = _p_value(at, lifetimes, influence)
    alpha, beta = np.exp(at)
    return BetaGeometric(float(alpha), float(beta), covariance, gap, p_value, is_told)


def _log_survival(log_parameters: Floats, t: Counts) -> Floats:
    alpha, beta = np.exp(log_parameters)
    return np.asarray(betaln(alpha, beta + t) - betaln(alpha, beta), np.float64)


def _slope(log_parameters: Floats, t: Counts) -> Floats:
    """Of the log survival, by the logarithm of each parameter, (n, 2)."""
    alpha, beta = np.exp(log_parameters)
    both = digamma(alpha + beta) - digamma(alpha + beta + t)
    return np.stack([alpha * both, beta * (both + digamma(beta + t) - digamma(beta))], axis=-1)


def _likelihoods(log_parameters: Floats, edge: Counts) -> tuple[Floats, Floats]:
    """Log likelihood of each count's units, and its slope: (2n,) and (2n, 2)."""
    log_later, slope_later = _log_survival(log_parameters, edge), _slope(log_parameters, edge)
    log_before = np.r_[0.0, log_later[:-1]]
    slope_before = np.concatenate([np.zeros((1, 2)), slope_later[:-1]])
    # log(S_before - S_later), with the ratio in place of the difference of small numbers.
    ratio = np.exp(log_later - log_before)
    gone = np.maximum(1.0 - ratio, 1e-300)
    log_left = log_before + np.log(gone)
    slope_left = (slope_before - ratio[:, None] * slope_later) / gone[:, None]
    return np.r_[log_left, log_later], np.concatenate([slope_left, slope_later])


def _information(at: Floats, edge: Counts, counts: Floats) -> Floats:
    """Minus the second derivative of the log likelihood, from differences of its slope."""
    rows = []
    for n in range(2):
        step = np.zeros(2)
        step[n] = _STEP
        ahead, behind = (counts @ _likelihoods(at + way * step, edge)[1] for way in (1, -1))
        rows.append((behind - ahead) / (2 * _STEP))
    found = np.array(rows)
    return np.asarray((found + found.T) / 2, np.float64)


def _at_risk(left: Floats, there: Floats) -> Floats:
    """Units that were there when each interval began and are known until it ended."""
    return np.asarray(np.cumsum((left + there)[::-1])[::-1], np.float64)


def _p_value(at: Floats, lifetimes: Lifetimes, influence: Floats) -> float:
    """Of the Wald statistic of what left each interval beyond what the law says."""
    edge, n = lifetimes.edge, len(lifetimes.edge)
    counts = np.r_[lifetimes.left, lifetimes.there]

    def beyond(log_parameters: Floats) -> Floats:
        level = _log_survival(log_parameters, edge)
        hazard = 1.0 - np.exp(level - np.r_[0.0, level[:-1]])
        found = lifetimes.left - _at_risk(lifetimes.left, lifetimes.there) * hazard
        return np.asarray(found, np.float64)

    level = _log_survival(at, edge)
    hazard = 1.0 - np.exp(level - np.r_[0.0, level[:-1]])
    # Each residual is a sum over counts: units that left, less the hazard of all at risk.
    later = np.triu(np.ones((n, n)))
    own = np.concatenate([np.eye(n) - hazard[:, None] * later, -hazard[:, None] * later], axis=1)
    slope = np.stack(
        [(beyond(at + _STEP * way) - beyond(at - _STEP * way)) / (2 * _STEP) for way in np.eye(2)],
        axis=1,
    )
    whole = own + slope @ influence
    residual = own @ counts
    covariance = whole @ lifetimes.covariance @ whole.T
    # Two directions were used up by the parameters.
    values, vectors = np.linalg.eigh(covariance)
    kept = values > values[-1] * 1e-9
    kept[:2] = False
    statistic = float((((vectors.T @ residual)[kept]) ** 2 / values[kept]).sum())
    return float(chdtrc(int(kept.sum()), statistic))
