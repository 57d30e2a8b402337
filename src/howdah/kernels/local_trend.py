r"""A damped local linear trend, filtered through many short series, and how near it is to crossing.

$$x_t = l_t + e_t,\quad l_t = l_{t-1} + s_{t-1} + u_t,\quad s_t = \phi s_{t-1} + w_t$$

with variances $r, q_l, q_s$ times a scale $v_{it}$ of the series' own, which is learnt as the
series goes from its squared innovations (clipped) and shrunk towards 1. Innovations beyond
`CLIP_SDS` standard deviations move the state only as far as that (Masreliez & Martin's filter),
so that one odd month is not taken for a trend.

$h$ months on the level has the mean $m_h = l + s(1 + \phi + \dots + \phi^{h-1})$ and a variance
that the same recursion gives; the nearness to a threshold $\theta$ is

$$z = \max_{h \le H} \frac{m_h - \theta}{\sqrt{P_h}}.$$

It is a feature, not a probability: paths cross more often than their ends are above, and tails are
heavier than normal ones. What is made of it is calibrated elsewhere.

References
----------
.. [1] Gardner & McKenzie (1985), "Forecasting Trends in Time Series".
.. [2] Masreliez & Martin (1977), "Robust Bayesian Estimation for the Linear Model".
"""

from dataclasses import astuple, dataclass

import numba as nb
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]
Levels = NDArray[np.float32]

#: Innovations beyond this many standard deviations are cut down to it.
CLIP_SDS = 2.5

#: Months of unit scale that a series starts with; its own innovations weigh against them.
_PRIOR_MONTHS = 6.0

#: Variance of a first slope, in units of a month's innovation.
_FIRST_SLOPE = 0.05

#: Least scale of a series that hardly moves.
_LEAST_SCALE = 0.02

#: Fewest innovations that parameters are learnt from.
_MIN_INNOVATIONS = 200


@dataclass(frozen=True, slots=True)
class Trend:
    r"""Parameters that all series of a market share.

    Attributes
    ----------
    damping
        $\phi$, share of a slope that is left a month later.
    level, slope, noise
        Variances $q_l, q_s, r$ of a month, squared log units.
    """

    damping: float
    level: float
    slope: float
    noise: float


#: What a market is taken to do while too little is known of it.
DEFAULT_TREND = Trend(damping=0.8, level=0.02, slope=0.001, noise=0.005)


def learn_trend(level: Levels) -> Trend:
    """Parameters under which the robust one-step errors of series are likeliest.

    Parameters
    ----------
    level
        (n, n_month) log levels, NaN where there is none; a sample of some hundred series does.

    Returns
    -------
    Trend
        `DEFAULT_TREND` where too few steps are known.
    """
    if np.isfinite(level).sum() - len(level) < _MIN_INNOVATIONS:
        return DEFAULT_TREND

    def loss(free: Floats) -> float:
        return float(_loss(level, *_bounded(free)))

    start = _free(DEFAULT_TREND)
    found = minimize(loss, start, method="Nelder-Mead", options={"maxfev": 240, "xatol": 0.02})
    return Trend(*(float(x) for x in _bounded(found.x)))


def _free(trend: Trend) -> Floats:
    damping, *variances = astuple(trend)
    return np.array([np.log(damping / (1 - damping)), *np.log(variances)])


def _bounded(free: Floats) -> tuple[float, float, float, float]:
    damping = float(np.clip(1 / (1 + np.exp(-free[0])), 0.01, 0.98))
    level, slope, noise = (float(x) for x in np.exp(np.clip(free[1:], -16, 3)))
    return damping, level, slope, noise


def nearness(
    level: Levels,
    trend: Trend,
    columns: NDArray[np.int64],
    horizon: int,
    *,
    threshold: Floats | None = None,
    rise: float = 0.0,
) -> Levels:
    """How near each series is to crossing, seen from each of some columns.

    Parameters
    ----------
    level
        (n, n_month) log levels, NaN where there is none.
    columns
        (m,) origins, ascending. What is told of one rests on no later column.
    horizon
        Months ahead.
    threshold
        (m,) log level to cross, by origin; without it each series' own last level counts.
    rise
        What comes on top of the threshold.

    Returns
    -------
    ndarray
        (n, m) of $z$; NaN before the first level of a series.
    """
    out = np.full((len(level), len(columns)), np.nan, np.float32)
    limits = np.full(len(columns), np.nan) if threshold is None else threshold
    limits = np.asarray(limits, np.float64)
    _filter(
        level, trend.damping, trend.level, trend.slope, trend.noise, columns, limits, rise, horizon,
        out,
    )  # fmt: skip
    return out


@nb.njit(cache=True)
def _ahead(l, s, pll, pls, pss, damping, q_level, q_slope):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, E741 - compiled
    """Means and covariance a month later."""
    return (
        l + s,
        damping * s,
        pll + 2 * pls + pss + q_level,
        damping * (pls + pss),
        damping * damping * pss + q_slope,
    )


@nb.njit(cache=True)
def _learn(l, s, pll, pls, pss, scale, weight, y, noise):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, E741 - compiled
    """The state after a reading, and the loss of its innovation: log variance plus Huber's."""
    variance = pll + noise * scale
    sd = np.sqrt(variance)
    e = (y - l) / sd
    away = abs(e)
    loss = np.log(variance)
    loss += e * e if away <= CLIP_SDS else CLIP_SDS * (2 * away - CLIP_SDS)
    e = min(max(e, -CLIP_SDS), CLIP_SDS)
    gain_level, gain_slope = pll / variance, pls / variance
    l += gain_level * e * sd  # noqa: E741
    s += gain_slope * e * sd
    pss -= gain_slope * pls
    pls -= gain_slope * pll
    pll -= gain_level * pll
    weight += 1.0
    scale = max(scale + scale * (e * e - 1.0) / weight, _LEAST_SCALE)
    return l, s, pll, pls, pss, scale, weight, loss


@nb.njit(cache=True)
def _filter(level, damping, q_level, q_slope, noise, columns, threshold, rise, horizon, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    first_slope = _FIRST_SLOPE * (q_level + q_slope + 2 * noise)
    for i in range(len(level)):
        is_begun = False
        l, s, pll, pls, pss = 0.0, 0.0, 0.0, 0.0, 0.0  # noqa: E741 - the letters of the equations
        scale, weight, last = 1.0, _PRIOR_MONTHS, 0.0
        at = 0
        for t in range(level.shape[1]):
            if at == len(columns):
                break
            y = float(level[i, t])
            if is_begun:
                l, s, pll, pls, pss = _ahead(  # noqa: E741
                    l, s, pll, pls, pss, damping, q_level * scale, q_slope * scale
                )
            if not np.isnan(y):
                last = y
                if is_begun:
                    l, s, pll, pls, pss, scale, weight, _ = _learn(  # noqa: E741
                        l, s, pll, pls, pss, scale, weight, y, noise
                    )
                else:
                    is_begun = True
                    l, pll, pss = y, noise, first_slope  # noqa: E741
            if t == columns[at]:
                if is_begun:
                    limit = (last if np.isnan(threshold[at]) else threshold[at]) + rise
                    best = -np.inf
                    a, b, c, d, f = l, s, pll, pls, pss
                    for _ in range(horizon):
                        a, b, c, d, f = _ahead(
                            a, b, c, d, f, damping, q_level * scale, q_slope * scale
                        )
                        best = max(best, (a - limit) / np.sqrt(c + noise * scale))
                    out[i, at] = best
                at += 1


@nb.njit(cache=True)
def _loss(level, damping, q_level, q_slope, noise):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    """Mean loss of the one-step innovations."""
    total, count = 0.0, 0
    first_slope = _FIRST_SLOPE * (q_level + q_slope + 2 * noise)
    for i in range(len(level)):
        is_begun = False
        l, s, pll, pls, pss = 0.0, 0.0, 0.0, 0.0, 0.0  # noqa: E741
        scale, weight = 1.0, _PRIOR_MONTHS
        for t in range(level.shape[1]):
            y = float(level[i, t])
            if is_begun:
                l, s, pll, pls, pss = _ahead(  # noqa: E741
                    l, s, pll, pls, pss, damping, q_level * scale, q_slope * scale
                )
            if np.isnan(y):
                continue
            if not is_begun:
                is_begun = True
                l, pll, pss = y, noise, first_slope  # noqa: E741
                continue
            l, s, pll, pls, pss, scale, weight, loss = _learn(  # noqa: E741
                l, s, pll, pls, pss, scale, weight, y, noise
            )
            total += loss
            count += 1
    return total / max(count, 1)
