r"""Variances of rank laws, learnt over charts.

Expectation and maximisation, with Student's t as a scale mixture: the one step is `solve_law`,
the other gives each chart's variance as its own expected squares and $n_0$ more of the size that
all charts have in common, so charts with few known levels borrow from the others. Bounds ("below
the cut-off of the list that knows levels") are expectation propagation sites.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from howdah.kernels.rank_law import Chart, Law, Scales, Sites, solve_law
from howdah.kernels.sites import interval_site

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Degrees of freedom of errors, of entities and of steps of the level, as in fusion.
TAIL = 4.0

#: Where each variance starts, and towards which all charts together are pulled.
PRIOR = Scales(0.04, 0.1, 0.04, 0.0025, 1e-5, 0.05, 1.0, 0.09)

#: What there is without ranks: a level for each day, and scatter.
FLAT = PRIOR._replace(slope_step=1e-12, bend=0.0, slope_mean=0.0, slope_var=1e-8)

#: Squares for which that prior counts, and those for which the common value counts in a chart.
_PRIOR_COUNT, _COMMON_COUNT = 1.0, 8.0

_MAX_ROUNDS, _TOLERANCE = 60, 0.01
_LEAST_VAR = 1e-8

#: Standard deviations beyond which a bound's mass is all at its nearer end.
_FAR_SDS = 7.0

_LEARNT = ("scatter", "top", "entity", "level_step", "slope_step", "bend")


class Fit(NamedTuple):
    """One chart's law with the variances it was solved by."""

    scales: Scales
    sites: Sites
    law: Law


def fit_laws(charts: Sequence[Chart], start: Scales = PRIOR) -> list[Fit]:
    """Learn variances over charts and solve each chart's law.

    Parameters
    ----------
    charts
        Each with at least one known point.
    start
        Where variances start and towards which they are pulled; ``PRIOR`` with ``bend`` 0 for a
        straight power law on each day, ``FLAT`` for no law at all.

    Returns
    -------
    list of Fit
        In the charts' order.
    """
    scales = [start] * len(charts)
    sites = [first_sites(chart, start) for chart in charts]
    laws = _solve_all(charts, scales, sites)
    for _ in range(_MAX_ROUNDS):
        learnt = _learn(charts, scales, sites, laws, start)
        parts = zip(charts, learnt, sites, laws, strict=True)
        sites = [_next_sites(*given) for given in parts]
        moved = max((_distance(*pair) for pair in zip(scales, learnt, strict=True)), default=0.0)
        scales = learnt
        laws = _solve_all(charts, scales, sites)
        if moved < _TOLERANCE:
            break
    return [Fit(*parts) for parts in zip(scales, sites, laws, strict=True)]


def first_sites(chart: Chart, scales: Scales) -> Sites:
    """Points with weight 1; bounds say nothing yet."""
    is_point = np.isfinite(chart.value)
    noise = scales.noise(chart.log_rank) + chart.own_var
    return Sites(
        np.where(is_point, 1.0 / noise, 0.0),
        np.where(is_point, chart.value, 0.0),
        np.ones(len(chart.gap)),
        np.ones(chart.n_entity),
    )


def _solve_all(
    charts: Sequence[Chart], scales: Sequence[Scales], sites: Sequence[Sites]
) -> list[Law]:
    return [solve_law(*given) for given in zip(charts, scales, sites, strict=True)]


def _next_sites(chart: Chart, scales: Scales, sites: Sites, law: Law) -> Sites:
    noise = scales.noise(chart.log_rank) + chart.own_var
    square = (chart.value - law.fitted) ** 2 + law.fitted_var
    is_point = np.isfinite(chart.value)
    precision = np.where(is_point, _weight(square / noise) / noise, 0.0)
    place = np.where(is_point, chart.value, 0.0)
    bound = ~is_point
    precision[bound], place[bound] = _bound_sites(
        chart.low[bound], chart.high[bound], *_cavity(law, sites, bound), noise[bound]
    )
    step, step_var = _steps(law, len(chart.gap), 0)
    return Sites(
        precision,
        place,
        _weight((step**2 + step_var) / (scales.level_step * chart.gap)),
        _weight((law.entity_mean**2 + law.entity_var) / scales.entity),
    )


def _cavity(law: Law, sites: Sites, bound: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Moments of what bounds are about, from everything but the bound."""
    precision, total = sites.precision[bound], 1.0 / law.fitted_var[bound]
    rest = np.maximum(total - precision, 1e-9)
    return (law.fitted[bound] * total - precision * sites.place[bound]) / rest, 1.0 / rest


@nb.njit(cache=True)
def _bound_sites(low, high, mean, variance, noise):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    precision, place = np.empty(len(low)), np.empty(len(low))
    for n in range(len(low)):
        precision[n], place[n] = interval_site(low[n], high[n], mean[n], variance[n], noise[n])
    return precision, place


def _weight(square: Floats) -> Floats:
    return np.asarray((TAIL + 1.0) / (TAIL + square), np.float64)


def _steps(law: Law, n_step: int, first: int) -> tuple[Floats, Floats]:
    """Mean and variance of the steps of a (``first`` 0) or b (1)."""
    at = 2 * np.arange(n_step) + first
    variance = law.cov[at, at] + law.cov[at + 2, at + 2] - 2.0 * law.cov[at, at + 2]
    return law.mean[at + 2] - law.mean[at], variance


def _squares(chart: Chart, scales: Scales, sites: Sites, law: Law) -> tuple[Floats, Floats]:
    """Expected squares of one chart and how many they are, in the order of `_LEARNT`.

    Where a residual is a sum of parts, the likelihood is level where each part's squares, by its
    share of the variance, are as many as they should be: that gives its total and its count.
    """
    daily = scales.noise(chart.log_rank)
    noise = daily + chart.own_var
    ratio = _residual_squares(chart, sites, law, noise) / noise
    even, top = scales.scatter / noise, (daily - scales.scatter) / noise
    level, level_var = _steps(law, len(chart.gap), 0)
    slope, slope_var = _steps(law, len(chart.gap), 1)
    bends = np.arange(2 * (len(chart.gap) + 1), len(law.mean))
    totals = (
        scales.scatter * (even @ ratio),
        scales.top * (top @ ratio),
        sites.entity_weight @ (law.entity_mean**2 + law.entity_var),
        sites.step_weight @ ((level**2 + level_var) / chart.gap),
        ((slope**2 + slope_var) / chart.gap).sum(),
        (law.mean[bends] ** 2 + law.cov[bends, bends]).sum(),
    )
    counts = (even.sum(), top.sum(), chart.n_entity, len(level), len(slope), len(bends))
    return np.array(totals, np.float64), np.array(counts, np.float64)


def _residual_squares(chart: Chart, sites: Sites, law: Law, noise: Floats) -> Floats:
    """Weighted expected squares of the noise of each known level."""
    squares = np.asarray(
        ((chart.value - law.fitted) ** 2 + law.fitted_var) * sites.precision * noise, np.float64
    )
    bound = ~np.isfinite(chart.value)
    mean, variance = _cavity(law, sites, bound)
    own, total = noise[bound], variance + noise[bound]
    within = _second_moments(chart.low[bound], chart.high[bound], mean, total)
    squares[bound] = own * (own * within + total * variance) / total**2
    return squares


def _second_moments(low: Floats, high: Floats, mean: Floats, variance: Floats) -> Floats:
    """Mean squares of normal variables around their means, given that they lie between ends."""
    sd = np.sqrt(variance)
    first, last = (low - mean) / sd, (high - mean) / sd
    is_up = first > 0.0
    # The tail that is smaller keeps its digits; far out all mass is at the nearer end.
    first, last = np.where(is_up, -last, first), np.where(is_up, -first, last)
    nearest = last < -_FAR_SDS
    mass = np.where(nearest, 1.0, ndtr(last) - ndtr(first))
    return np.asarray(
        variance * np.where(nearest, last**2, 1.0 + (_edge(first) - _edge(last)) / mass), np.float64
    )


def _edge(end: Floats) -> Floats:
    finite = np.where(np.isfinite(end), end, 0.0)
    return np.asarray(finite * np.exp(-0.5 * finite**2) / np.sqrt(2.0 * np.pi), np.float64)


def _learn(
    charts: Sequence[Chart],
    scales: Sequence[Scales],
    sites: Sequence[Sites],
    laws: Sequence[Law],
    start: Scales,
) -> list[Scales]:
    prior = np.array([getattr(start, name) for name in _LEARNT])
    parts = zip(charts, scales, sites, laws, strict=True)
    own = [_squares(*given) for given in parts]
    total, count = (np.sum([part[n] for part in own], axis=0) for n in (0, 1))
    common = (total + _PRIOR_COUNT * prior) / (count + _PRIOR_COUNT)
    slopes = np.array([law.mean[1] for law in laws])
    slope_vars = np.array([law.cov[1, 1] for law in laws])
    center = float((slopes.sum() + _PRIOR_COUNT * start.slope_mean) / (len(laws) + _PRIOR_COUNT))
    spread = ((slopes - center) ** 2 + slope_vars).sum() + _PRIOR_COUNT * start.slope_var
    slope_var = float(spread / (len(laws) + _PRIOR_COUNT))
    learnt = []
    for squares, n in own:
        values = (squares + _COMMON_COUNT * common) / (n + _COMMON_COUNT)
        values = np.where(prior > 0.0, np.maximum(values, _LEAST_VAR), 0.0)
        named = dict(zip(_LEARNT, values.tolist(), strict=True))
        learnt.append(Scales(**named, slope_mean=center, slope_var=slope_var))
    return learnt


def _distance(old: Scales, new: Scales) -> float:
    """Largest relative change of what moves levels and their errors."""
    names = ("scatter", "top", "entity", "level_step", "bend")
    before, after = (np.array([getattr(s, name) for name in names]) for s in (old, new))
    return float(np.abs(np.log((after + _LEAST_VAR) / (before + _LEAST_VAR))).max())
