r"""Trends of levels: the mean and spread of the paces at which series grow; if they matter.

A walk without drift lags behind a level that grows. Where the claims of a period see the level with
a variance $r$ and steps have the variance $q$, a walk that has been followed for long predicts the
next level with the variance $P = (q + \sqrt{q^2 + 4 q r}) / 2$. A trend $m$ leaves it $m r / P$
behind at the last level, whose own variance is $r P / (P + r)$: the steady state of the local level
model [1]_. In $T$ periods it falls behind by no more than $m T/2$.

.. [1] Harvey, A. C. (1989). Forecasting, Structural Time Series Models and the Kalman Filter,
   4.1.2. Cambridge University Press.
"""

import numpy as np
from numpy.typing import NDArray

from howdah.kernels import Model, Panel, Posterior

Floats = NDArray[np.float64]

_LEAST_TREND = 1e-8
_LEAST_TOLD = 1e-8

#: Trends are left out that leave the last level behind by less than a sixth of its standard
#: deviation, in squares: they cost a column of the solve.
_LAG_SHARE = 1.0 / 36.0


def walking(panel: Panel) -> NDArray[np.bool_]:
    """Series whose levels are followed in time, (n_series,)."""
    return np.asarray((panel.pace == 1.0) & (panel.length > 1), np.bool_)


def learn_trends(
    model: Model, posterior: Posterior, walks: NDArray[np.bool_], prior_var: float, n_prior: float
) -> tuple[float, float]:
    r"""Mean and variance of the trends, by what the data tell of each.

    That part is $1 - \mathrm{var}(m_i) / \nu^2$. Divided by it the fixed point of EM is reached in
    a few steps where the data tell little, for which EM itself takes hundreds.

    Parameters
    ----------
    walks
        Of `walking`.
    prior_var, n_prior
        Variance of trends that is held before, and the series that it counts for.
    """
    mean, variance = model.trend_mean, model.trend_var
    if variance == 0.0 or not walks.any():
        return mean, variance
    found, second = posterior.trend_mean[walks], posterior.trend_second[walks]
    told = float((1.0 - (second - found**2) / variance).sum())
    # The mean is held to be like a series' own around none.
    held = variance / prior_var
    mean += float((found - mean).sum() - held * mean) / (told + held)
    square = float(((found - mean) ** 2).sum()) + n_prior * prior_var
    return mean, max(square / (told + n_prior), _LEAST_TREND)


def without_slight_trends(panel: Panel, model: Model, posterior: Posterior) -> Model:
    """Model without trends, where a walk would hardly lag behind them."""
    walks = walking(panel)
    if walks.any():
        reach = np.concatenate([[0.0], np.cumsum(panel.gap)])
        first = panel.first[walks]
        span = float((reach[first + panel.length[walks]] - reach[first + 1]).mean())
        seen = _seen_variance(panel, model, posterior, walks, span)
        behind, variance = steady_state(model.step_var, seen)
        lag = (model.trend_mean**2 + model.trend_var) * min(behind, span / 2) ** 2
        if lag > _LAG_SHARE * variance:
            return model
    return model._replace(trend_mean=0.0, trend_var=0.0)


def steady_state(step_var: float, seen_var: float) -> tuple[float, float]:
    """Periods by which a walk is behind a trend at its last level, and the variance of that."""
    ahead = (step_var + np.sqrt(step_var**2 + 4.0 * step_var * seen_var)) / 2.0
    return float(seen_var / ahead), float(seen_var * ahead / (seen_var + ahead))


def _seen_variance(
    panel: Panel, model: Model, posterior: Posterior, walks: NDArray[np.bool_], span: float
) -> float:
    """Variance with which the claims of a usual period see the level of a series that walks."""
    series = np.repeat(np.arange(len(panel.segment)), np.diff(panel.start))
    at = np.flatnonzero(walks[series] & np.isfinite(panel.value))
    source = panel.source[at]
    noise = model.noise_var[source, panel.size[series[at]]] + panel.own_var[at]
    family = model.family[source]
    weight = posterior.weight[at] / (noise * walks.sum() * max(span, 1.0))
    told = np.bincount(family + 1, weight, len(model.family_var) + 1)
    # What a family shares no number of its claims takes away.
    of_families = told[1:] / (1.0 + told[1:] * model.family_var)
    return 1.0 / max(float(told[0] + of_families.sum()), _LEAST_TOLD)
