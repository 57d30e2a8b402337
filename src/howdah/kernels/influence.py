r"""What each claim contributes to the level of one period of a series.

Given the weights of its last pass (`kernels.fusion`) the posterior of a series is one Gaussian, and
the mean of a level is linear in what is said. With claims $k$ of sources $s$, their biases $B$ and
the start $x_s$ of the series,

$$\hat x_t = p\,x_s + r + \sum_k w_k\,(y_k - B_{s(k)}), \qquad
w_k = \frac{\partial \hat x_t}{\partial y_k}, \qquad p + \sum_k w_k = 1.$$

The last equation holds because a shift of all that is said shifts the level by as much; $r$ is what
the mean trend of all series adds. House
effects, the walk and the errors that a family shares are in the weights: a claim of another period
has one as far as it tells the step between, or its source's house effect; the latter is negative.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from howdah.kernels.fusion import Pass, last_pass
from howdah.kernels.joint import house_precision
from howdah.kernels.panel import Model, Panel

Floats = NDArray[np.float64]


class Influence(NamedTuple):
    """A level as the sum of its parts; (n_claims,) arrays in the order of the panel."""

    level: float
    weight: Floats  # derivative of the level by what the claim says, the robust weights held
    said: Floats  # what it says; of an interval what stands for it, NaN where nothing does
    bias: Floats  # bias of its source
    house: Floats  # house effect of its source on this series beside the bias, with its drift
    shared: Floats  # error that it is held to share with others of its family in its period
    residual: Floats  # what is left of it: said - level of its period - bias - house - shared
    noise_sd: Floats  # standard deviation of its noise
    robust: Floats  # robust weight: 1 for an ordinary claim, 0 for one that was rejected
    prior_weight: float  # p
    start: float  # mean of the first level before anything is said
    trend: float  # r


def trace_level(panel: Panel, model: Model, period: int) -> Influence:
    """Parts of the level of one period.

    Parameters
    ----------
    panel
        Claims of one series; those that are left out say nothing.
    period
        Index into ``panel.gap``, of a period of the series.

    Raises
    ------
    ValueError
        The series does not reach the period.

    Notes
    -----
    Dense algebra on all periods and claims: for one series, of up to some thousand periods. What
    it cannot tell: how the robust weights themselves would move with a claim.
    """
    n = int(panel.length[0])
    at = period - int(panel.first[0])
    if not 0 <= at < n:
        raise ValueError(
            f"Period {period} lies outside those of the series, {panel.first[0]} to "
            f"{panel.first[0] + n - 1}. Give one of these."
        )
    solved = last_pass(panel, model)
    source = panel.source
    bias = model.bias[source, panel.segment[0]]
    is_point = ~np.isnan(panel.value)
    seen = np.where(solved.precision > 0.0, solved.seen, bias)
    view = _view(solved, model)
    told = _told(solved)
    information = view.T @ told
    precision = information @ view + _prior(panel, solved, model, view.shape[1])
    asked = np.zeros(view.shape[1])
    asked[at] = 1.0
    pull = information @ (seen - bias)
    pull[0] += solved.start / model.start_var
    expected = np.zeros(view.shape[1])
    if model.trend_var > 0.0:
        expected[-1] = model.trend_mean / model.trend_var
    pull += expected
    found = np.linalg.solve(precision, np.stack([asked, pull], axis=1))
    row, mean = found.T
    off = seen - bias - view @ mean
    shared = _shared(solved, off)
    levels = mean[:n][solved.at]
    says = is_point | (solved.precision > 0.0)
    return Influence(
        level=float(mean[at]),
        weight=row @ information,
        said=np.where(says, solved.seen, np.nan),
        bias=bias,
        house=view @ mean - levels,
        shared=shared,
        residual=np.where(says, solved.seen - bias - view @ mean - shared, np.nan),
        noise_sd=np.sqrt(solved.noise),
        robust=np.where(is_point, solved.precision * solved.noise, 1.0),
        prior_weight=float(row[0] / model.start_var),
        start=solved.start,
        trend=float(row @ expected),
    )


def _view(solved: Pass, model: Model) -> Floats:
    """(n_claims, n_level + width) what each claim sees: its level, house effect and drift.

    The last column is the trend, where there is one, which no claim sees.
    """
    n, houses = len(solved.link), solved.posterior.house_source
    drifting = model.drift_var[houses] > 0.0
    slope = n + len(houses) + np.cumsum(drifting) - 1
    width = len(houses) + int(drifting.sum()) + int(model.trend_var > 0.0)
    view = np.zeros((len(solved.at), n + width))
    claims = np.arange(len(solved.at))
    view[claims, solved.at] = 1.0
    view[claims, n + solved.house] = 1.0
    moving = drifting[solved.house]
    view[claims[moving], slope[solved.house[moving]]] = solved.along[moving]
    return view


def _told(solved: Pass) -> Floats:
    """(n_claims, n_claims) precision of the claims, what a group shares marginalised."""
    told = np.diag(solved.precision)
    for group, shared in _groups(solved):
        own = solved.precision[group]
        told[group, group] -= shared * np.outer(own, own)
    return told


def _shared(solved: Pass, off: Floats) -> Floats:
    """(n_claims,) what the claims of a group have in common of how far they are off."""
    found = np.zeros(len(off))
    for group, shared in _groups(solved):
        found[group] = shared * float(solved.precision[group] @ off[group])
    return found


def _groups(solved: Pass) -> list[tuple[slice, float]]:
    """Claims that share an error, and its variance given theirs."""
    found, k = [], 0
    while k < len(solved.until):
        group = slice(k, int(solved.until[k]))
        own = solved.shared_var[k]
        if own > 0.0:
            found.append((group, own / (1.0 + own * solved.precision[group].sum())))
        k = group.stop
    return found


def _prior(panel: Panel, solved: Pass, model: Model, size: int) -> Floats:
    """(size, size) precision of levels, house effects, drifts and trend before any claim."""
    n, houses = len(solved.link), solved.posterior.house_source
    found = np.zeros((size, size))
    found[0, 0] = 1.0 / model.start_var
    later = np.arange(1, n)
    step = solved.link[1:]
    found[later, later] += step
    found[later - 1, later - 1] += step
    found[later, later - 1] -= step
    found[later - 1, later] -= step
    end = n + len(houses)
    found[n:end, n:end] = house_precision(0, model, solved.before)
    drift_var = model.drift_var[houses]
    drift_var = drift_var[drift_var > 0.0]
    slopes = np.arange(end, end + len(drift_var))
    found[slopes, slopes] = 1.0 / drift_var
    if model.trend_var > 0.0:
        gap = panel.gap[panel.first[0] + later]
        found[-1, later] -= step * gap
        found[-1, later - 1] += step * gap
        found[:n, -1] = found[-1, :n]
        found[-1, -1] = 1.0 / model.trend_var + (step * gap**2).sum()
    return found
