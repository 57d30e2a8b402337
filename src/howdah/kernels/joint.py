r"""What the levels of a series have in common: the joint posterior of any of its periods.

`kernels.fusion` gives the variance of each level alone. A growth rate, a sum or a place in a
league needs more. Given the weights of a posterior the levels, house effects, drifts and trend of
a series are one Gaussian, with covariance $\Sigma$ and house effects that have the prior precision
$K$ around the biases $B$. For the levels that are asked for, this gives

$$\mathrm{cov}(x_t, x_u), \qquad
\frac{\partial \hat x_t}{\partial B_s} = \sum_r \mathrm{cov}(x_t, b_r)\, K_{rs}, \qquad
\frac{\partial \hat x_t}{\partial c_{f,u}} = \mathrm{cov}(x_t, x_u)\, w_{f,u}
  + \sum_r \mathrm{cov}(x_t, b_r)\, w_{f,u,r},$$

the last two by how much a level moves when a bias, or the error that a family shares in a period,
is moved for all series at once; $w$ are the precisions of a family's claims in a period after its
shared error is marginalised. Biases are the same for all series, so they tie series together:
$K - K \Sigma_b K$ is what a series tells of them.
"""

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.kernels.arrowhead import ROWS, solve_arrowhead
from howdah.kernels.panel import Model, Panel, Posterior
from howdah.kernels.sites import interval_site

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Small = NDArray[np.int32]

#: As in `kernels.fusion`.
_HOUSE_DF = 5.0
_STEP_DF = 4.0
_DAMPING = 0.7

#: Solves a series: weights of steps and sites of intervals are not kept by a pass, and settle.
_N_TURNS = 4

_N_BLOCKS = 64


class Cells(NamedTuple):
    """Covariances of the levels that were asked for, and what moves them.

    Where fewer than `n_asked` periods of a series are asked for, the rest is NaN.
    """

    covariance: Floats  # (n_series, n_asked, n_asked), biases given
    on_bias: Floats  # (n_series, n_asked, n_source)
    on_shared: Floats  # (n_series, n_asked, n_family, n_period)
    information: Floats  # (n_segment, n_source, n_source) on the biases, of all series


def join_cells(panel: Panel, model: Model, posterior: Posterior, asked: Small) -> Cells:
    """Joint posterior of some levels of every series of a panel.

    Parameters
    ----------
    panel, model
        What `posterior` was found from, with the claims that were left out left out.
    asked
        (n_series, n_asked) periods, as indices into ``panel.gap``; -1 asks for nothing.

    Notes
    -----
    Means stay those of the posterior: only covariances are found here. What it cannot tell: how
    far the weights themselves are uncertain; calibration has to.
    """
    n_series, n_asked = asked.shape
    n_source, n_family = len(model.noise_var), len(model.family_var)
    found = Cells(
        np.full((n_series, n_asked, n_asked), np.nan),
        np.full((n_series, n_asked, n_source), np.nan),
        np.full((n_series, n_asked, n_family, len(panel.gap)), np.nan),
        np.zeros((_N_BLOCKS, model.bias.shape[1], n_source, n_source)),
    )
    _join_all(panel, model, posterior, asked, found)
    return found._replace(information=found.information.sum(0))


@nb.njit(cache=True, parallel=True, error_model="numpy")
def _join_all(panel: Panel, model: Model, posterior: Posterior, asked: Small, found: Cells) -> None:
    for block in nb.prange(_N_BLOCKS):
        for i in range(block, len(panel.segment), _N_BLOCKS):
            _join_one(i, panel, model, posterior, asked[i], found, found.information[block])


@nb.njit(cache=True, error_model="numpy")
def _join_one(
    i: int,
    panel: Panel,
    model: Model,
    posterior: Posterior,
    asked: Small,
    found: Cells,
    information: Floats,
) -> None:
    n, first = panel.length[i], panel.first[i]
    houses = posterior.house_source[posterior.house_start[i] : posterior.house_start[i + 1]]
    n_house = len(houses)
    column, slope = np.full(len(model.noise_var), -1), np.full(len(model.noise_var), -1)
    width = n_house
    for h in range(n_house):
        column[houses[h]] = h
        if model.drift_var[houses[h]] > 0.0:
            slope[houses[h]] = width
            width += 1
    trend = -1
    if model.trend_var > 0.0:
        trend = width
        width += 1
    prior = house_precision(i, model, posterior)
    claims, seen = _claim_precision(i, panel, model, posterior)
    steps = _first_step_precision(i, panel, posterior)
    n_family = len(model.family_var)
    # What each family, and last those of none, say of a period, and through which house effects.
    total, share = np.zeros((n_family + 1, n)), np.zeros((n_family + 1, n, width))
    diagonal, ratio, lag = np.empty(n), np.zeros(n), np.zeros(n)
    # The solve wants whole rows of the border, a few at once.
    rows = (width + ROWS - 1) // ROWS * ROWS
    variance, spread = np.empty(n), np.empty((rows, n))
    corner, factor = np.empty((rows, rows)), np.zeros((rows, rows))
    border = np.empty((rows, n))
    for turn in range(_N_TURNS):
        corner[:] = 0.0
        corner[:n_house, :n_house] = prior
        for h in range(n_house):
            if slope[houses[h]] >= 0:
                corner[slope[houses[h]], slope[houses[h]]] = 1.0 / model.drift_var[houses[h]]
        _gather_claims(i, panel, model, claims, column, slope, total, share, corner)
        diagonal[:] = 0.0
        border[:] = 0.0
        for f in range(n_family + 1):
            diagonal += total[f]
            border[:width] += share[f].T
        diagonal[0] += 1.0 / model.start_var
        for t in range(1, n):
            diagonal[t] += steps[t]
            diagonal[t - 1] += steps[t]
        if trend >= 0:
            corner[trend, trend] = 1.0 / model.trend_var
            for t in range(1, n):
                gap = panel.gap[first + t]
                border[trend, t] -= steps[t] * gap
                border[trend, t - 1] += steps[t] * gap
                corner[trend, trend] += steps[t] * gap * gap
        solve_arrowhead(
            diagonal, steps, np.zeros(n), border, corner, np.zeros(width), variance, lag, spread,
            ratio, factor,
        )  # fmt: skip
        if turn < _N_TURNS - 1:
            _set_steps(i, panel, posterior, variance, lag, trend, corner, spread, steps)
            _set_sites(
                i, panel, model, posterior, column, slope, variance, corner, spread, claims, seen
            )
    _tell_biases(houses, prior, corner, information[panel.segment[i]])
    for a in range(len(asked)):
        at = asked[a] - first
        if asked[a] < 0 or at < 0 or at >= n:
            continue
        path = _covary(at, diagonal, steps, ratio, border, spread)
        for c in range(len(asked)):
            other = asked[c] - first
            if asked[c] >= 0 and 0 <= other < n:
                found.covariance[i, a, c] = path[other]
        found.on_bias[i, a] = 0.0
        for h in range(n_house):
            for g in range(n_house):
                found.on_bias[i, a, houses[h]] -= spread[g, at] * prior[g, h]
        found.on_shared[i, a] = 0.0
        for f in range(n_family):
            for t in range(n):
                moved = path[t] * total[f, t]
                for h in range(width):
                    moved -= spread[h, at] * share[f, t, h]
                found.on_shared[i, a, f, first + t] = moved


@nb.njit(cache=True, error_model="numpy")
def house_precision(i: int, model: Model, posterior: Posterior) -> Floats:
    """Prior precision of the house effects of a series, robust weights given."""
    begin, end = posterior.house_start[i], posterior.house_start[i + 1]
    n = end - begin
    found = np.zeros((n, n))
    for h in range(n):
        prior = model.house_var[posterior.house_source[begin + h]]
        scaled = posterior.house_square[begin + h] / prior
        found[h, h] = (_HOUSE_DF + 1.0) / (prior * (_HOUSE_DF + scaled))
    for f in range(len(model.common_var)):
        if model.common_var[f] <= 0.0:
            continue
        own = np.zeros(n)
        for h in range(n):
            if model.family[posterior.house_source[begin + h]] == f:
                own[h] = found[h, h]
        shared = 1.0 / (1.0 / model.common_var[f] + own.sum())
        for h in range(n):
            for g in range(n):
                found[h, g] -= shared * own[h] * own[g]
    return found


@nb.njit(cache=True, error_model="numpy")
def _claim_precision(
    i: int, panel: Panel, model: Model, posterior: Posterior
) -> tuple[Floats, Floats]:
    """Precision and value of each claim of a series; intervals say nothing yet."""
    begin, end = panel.start[i], panel.start[i + 1]
    precision = np.zeros(end - begin)
    for k in range(begin, end):
        if not np.isnan(panel.value[k]):
            noise = model.noise_var[panel.source[k], panel.size[i]] + panel.own_var[k]
            precision[k - begin] = posterior.weight[k] / noise
    return precision, panel.value[begin:end].copy()


@nb.njit(cache=True, error_model="numpy")
def _first_step_precision(i: int, panel: Panel, posterior: Posterior) -> Floats:
    """Precision of each step by how far the level moved, its own uncertainty left out."""
    n, q = panel.length[i], posterior.step_var[i]
    mean = posterior.mean[posterior.level_start[i] : posterior.level_start[i + 1]]
    found = np.zeros(n)
    m = posterior.trend_mean[i]
    for t in range(1, n):
        between = panel.gap[panel.first[i] + t]
        gap = panel.pace[i] * between
        square = (mean[t] - mean[t - 1] - between * m) ** 2 / gap + 0.5 * q
        found[t] = (_STEP_DF + 1.0) / (_STEP_DF + square / q) / (q * gap)
    return found


@nb.njit(cache=True, error_model="numpy")
def _set_steps(
    i: int,
    panel: Panel,
    posterior: Posterior,
    variance: Floats,
    lag: Floats,
    trend: int,
    corner: Floats,
    spread: Floats,
    steps: Floats,
) -> None:
    n, q = panel.length[i], posterior.step_var[i]
    mean = posterior.mean[posterior.level_start[i] : posterior.level_start[i + 1]]
    m = posterior.trend_mean[i]
    for t in range(1, n):
        between = panel.gap[panel.first[i] + t]
        gap = panel.pace[i] * between
        square = (mean[t] - mean[t - 1] - between * m) ** 2
        square += variance[t] + variance[t - 1] - 2.0 * lag[t]
        if trend >= 0:
            square += between * between * corner[trend, trend]
            square += 2.0 * between * (spread[trend, t] - spread[trend, t - 1])
        steps[t] = (_STEP_DF + 1.0) / (_STEP_DF + max(square, 0.0) / gap / q) / (q * gap)


@nb.njit(cache=True, error_model="numpy")
def _gather_claims(
    i: int,
    panel: Panel,
    model: Model,
    precision: Floats,
    column: Ints,
    slope: Ints,
    total: Floats,
    share: Floats,
    corner: Floats,
) -> None:
    """Precision of the claims of a series, what a family shares in a period marginalised."""
    begin, end, first = panel.start[i], panel.start[i + 1], panel.first[i]
    total[:] = 0.0
    share[:] = 0.0
    n_family = len(model.family_var)
    per_period = 1.0 / max(len(panel.gap) - 1, 1)
    for k in range(begin, end):
        w, s, t = precision[k - begin], panel.source[k], panel.period[k] - first
        # The noise of an interval holds its share of the family's error.
        is_alone = model.family[s] < 0 or np.isnan(panel.value[k])
        f = n_family if is_alone else model.family[s]
        a, d = column[s], slope[s]
        total[f, t] += w
        share[f, t, a] += w
        corner[a, a] += w
        if d >= 0:
            u = panel.period[k] * per_period - 0.5
            share[f, t, d] += w * u
            corner[d, a] += w * u
            corner[d, d] += w * u * u
    for f in range(n_family):
        if model.family_var[f] <= 0.0:
            continue
        for t in range(total.shape[1]):
            if total[f, t] <= 0.0:
                continue
            shared = 1.0 / (1.0 / model.family_var[f] + total[f, t])
            own = share[f, t]
            for a in range(len(own)):
                if own[a] != 0.0:
                    for c in range(a + 1):
                        corner[a, c] -= shared * own[a] * own[c]
            left = 1.0 - shared * total[f, t]
            total[f, t] *= left
            own *= left


@nb.njit(cache=True, error_model="numpy")
def _set_sites(
    i: int,
    panel: Panel,
    model: Model,
    posterior: Posterior,
    column: Ints,
    slope: Ints,
    variance: Floats,
    corner: Floats,
    spread: Floats,
    precision: Floats,
    seen: Floats,
) -> None:
    """Gaussians that stand for the claims of intervals, around the means of the posterior."""
    begin, end, first = panel.start[i], panel.start[i + 1], panel.first[i]
    at_level, at_house = posterior.level_start[i], posterior.house_start[i]
    per_period = 1.0 / max(len(panel.gap) - 1, 1)
    for k in range(begin, end):
        if not np.isnan(panel.value[k]):
            continue
        own, s, t = k - begin, panel.source[k], panel.period[k] - first
        a, d = column[s], slope[s]
        expected = posterior.mean[at_level + t] + posterior.house_mean[at_house + a]
        known = variance[t] + corner[a, a] - 2.0 * spread[a, t]
        if d >= 0:
            u = panel.period[k] * per_period - 0.5
            expected += u * posterior.drift_mean[at_house + a]
            known += u * u * corner[d, d] + 2.0 * u * (corner[d, a] - spread[d, t])
        known = max(known, 1e-12)
        noise = model.noise_var[s, panel.size[i]] + panel.own_var[k]
        if model.family[s] >= 0:
            noise += model.family_var[model.family[s]]
        cavity = max(1.0 / known - precision[own], 1e-3 / known)
        # Before the first turn a site has no value, and no precision to weigh it with.
        before = precision[own] * seen[own] if precision[own] > 0.0 else 0.0
        center = (expected / known - before) / cavity
        w, y = interval_site(panel.low[k], panel.high[k], center, 1.0 / cavity, noise)
        total = (1.0 - _DAMPING) * precision[own] + _DAMPING * w
        if total > 0.0:
            seen[own] = ((1.0 - _DAMPING) * before + _DAMPING * w * y) / total
        precision[own] = total


@nb.njit(cache=True, error_model="numpy")
def _tell_biases(houses: Small, prior: Floats, corner: Floats, information: Floats) -> None:
    """Add what a series tells of the biases of its sources."""
    n = len(houses)
    for h in range(n):
        for g in range(n):
            told = prior[h, g]
            for a in range(n):
                for c in range(n):
                    told -= prior[h, a] * corner[a, c] * prior[c, g]
            information[houses[h], houses[g]] += told


@nb.njit(cache=True, error_model="numpy")
def _covary(
    at: int, diagonal: Floats, link: Floats, ratio: Floats, border: Floats, spread: Floats
) -> Floats:
    """Covariance of one period with all, from a solved arrowhead."""
    n = len(diagonal)
    path = np.zeros(n)
    path[at] = 1.0
    for t in range(at + 1, n):
        path[t] = ratio[t] * path[t - 1]
    for t in range(n - 1, -1, -1):
        pivot = diagonal[t] if t == 0 else diagonal[t] - link[t] * ratio[t]
        path[t] /= pivot
        if t < n - 1:
            path[t] += ratio[t + 1] * path[t + 1]
    for t in range(n):
        for a in range(len(border)):
            path[t] += border[a, t] * spread[a, at]
    return path
