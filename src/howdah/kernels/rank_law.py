r"""The law from rank to level of one chart, solved exactly for given variances.

With $x = \log r - x_0$ for rank $r$ of a chart of some days, the log level of entity $i$ on day
$t$ is

.. math::

    y_{it} &= a_t - b_t x_{it} - \sum_k u_k \phi_k(x_{it}) + h_i + e_{it} \\
    a_t &= a_{t-1} + t_4(0, q_a g_t), \quad b_t = b_{t-1} + N(0, q_b g_t) \\
    b_1 &\sim N(B, \psi^2), \quad u_k \sim N(0, \tau^2), \quad h_i \sim t_4(0, \eta^2), \quad
    e_{it} \sim t_4(0, \sigma^2 + \omega^2 / r_{it} + v_{it})

with $g_t$ the time since the day before and $v_{it}$ the variance that a known level states of
itself. $\phi_k$ bends the law at every half doubling of the rank, away from the pivot $x_0$: the
slope is a random walk in log rank [1]_, so where no level is known the law goes straight on and
its error grows. $h_i$ is how far an entity stands off the law on every day: levels of one entity
on many days are not many independent ones. $\omega^2 / r$ is what any law misses at the top,
where each place is one entity: the log of the $r$-th largest of many Pareto levels has a variance
of about $b^2 / r$ [2]_.

References
----------
.. [1] Ruppert, Wand & Carroll (2003), "Semiparametric Regression", chapter 4.
.. [2] Rényi (1953), "On the Theory of Order Statistics".
"""

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Log ranks between two bends.
KNOT_GAP = 0.5 * float(np.log(2.0))

#: Precision of the first level: none to speak of beside one known level.
_FLAT = 1e-9


class Chart(NamedTuple):
    """Known levels of one chart, points or bounds; levels and ranks are logs."""

    day: Ints  # (n,) index of the day, from 0
    log_rank: Floats  # (n,)
    entity: Ints  # (n,) index of the entity, from 0
    value: Floats  # (n,) NaN where only bounds are known
    low: Floats  # (n,) -inf where open
    high: Floats  # (n,) inf where open
    own_var: Floats  # (n,) variance that the level states of itself
    gap: Floats  # (n_day - 1,) time between days, in usual gaps
    log_length: float  # of the longest list
    pivot: float  # x_0

    @property
    def n_entity(self) -> int:
        """Entities with a known level or bound."""
        return int(self.entity.max(initial=-1)) + 1


class Scales(NamedTuple):
    """Variances of one chart, and the population of slopes it comes from."""

    scatter: float  # sigma^2
    top: float  # omega^2
    entity: float  # eta^2
    level_step: float  # q_a
    slope_step: float  # q_b
    bend: float  # tau^2; 0 for a straight law
    slope_mean: float  # B
    slope_var: float  # psi^2

    def noise(self, log_rank: Floats) -> Floats:
        """Variance of what differs from day to day at ranks, on the scale of Student's t."""
        return np.asarray(self.scatter + self.top * np.exp(-log_rank), np.float64)


class Sites(NamedTuple):
    """Gaussians that stand for known levels and for heavy-tailed steps and entities."""

    precision: Floats  # (n,) 0 for one that says nothing
    place: Floats  # (n,)
    step_weight: Floats  # (n_day - 1,)
    entity_weight: Floats  # (n_entity,)


class Law(NamedTuple):
    """Posterior of the law and of the entities' distances from it."""

    mean: Floats  # (2 n_day + n_knot,) a, b of each day in turn, then u
    cov: Floats  # (2 n_day + n_knot,) squared
    entity_mean: Floats  # (n_entity,)
    entity_var: Floats  # (n_entity,)
    fitted: Floats  # (n,) law and entity of each known level
    fitted_var: Floats  # (n,)


def knots(log_length: float) -> Floats:
    """Log ranks at which a law may bend.

    Examples
    --------
    >>> np.exp(knots(np.log(8.0))).round(1).tolist()
    [1.4, 2.0, 2.8, 4.0, 5.7]
    """
    return np.asarray(np.arange(KNOT_GAP, log_length - KNOT_GAP / 2, KNOT_GAP), np.float64)


def law_rows(log_rank: Floats, places: Floats, pivot: float) -> Floats:
    """Factors of a, b and u in the level at ranks, (n, 2 + n_knot)."""
    rank = log_rank[:, None]
    # A bend steepens the law away from the pivot: down after it, up before it.
    away = np.where(places >= pivot, np.minimum(places - rank, 0.0), np.maximum(places - rank, 0.0))
    return np.column_stack([np.ones(len(log_rank)), pivot - log_rank, away])


def solve_law(chart: Chart, scales: Scales, sites: Sites) -> Law:
    """Exact posterior given variances, weights and the Gaussians that stand for levels.

    The entities are eliminated first (their block is diagonal); what is left is dense, of twice
    the days and the knots, so the cost grows with the cube of the days.

    Returns
    -------
    Law
        Without known levels the prior.
    """
    n_day = len(chart.gap) + 1
    places = knots(chart.log_length) if scales.bend > 0.0 else np.zeros(0)
    rows = law_rows(chart.log_rank, places, chart.pivot)
    prior, prior_pull = _prior(n_day, len(places), chart.gap, scales, sites.step_weight)
    precision, pull, cross, own, own_pull = _gather(
        rows, chart.day, chart.entity, sites.precision, sites.place, chart.n_entity, n_day
    )
    own += sites.entity_weight / scales.entity
    share = cross / own[:, None]
    precision += prior - cross.T @ share
    factor = cho_factor(precision, lower=True)
    mean = cho_solve(factor, prior_pull + pull - share.T @ own_pull)
    cov = cho_solve(factor, np.eye(len(mean)))
    entity_mean = own_pull / own - share @ mean
    spread = share @ cov
    entity_var = 1.0 / own + np.einsum("ij,ij->i", spread, share)
    law_mean, law_var, joint = _project(rows, chart.day, chart.entity, n_day, mean, cov, spread)
    # Var(x'theta + h) = x'Sx + Var(h) + 2 Cov(x'theta, h), and the covariance is -x'S share.
    fitted_var = np.maximum(law_var + entity_var[chart.entity] - 2.0 * joint, 0.0)
    fitted = law_mean + entity_mean[chart.entity]
    return Law(mean, cov, entity_mean, entity_var, fitted, fitted_var)


def law_at(chart: Chart, law: Law, day: Ints, log_rank: Floats) -> tuple[Floats, Floats]:
    """Mean and variance of the law's log level at ranks of days, without any scatter around it."""
    n_day = len(chart.gap) + 1
    places = knots(chart.log_length) if len(law.mean) > 2 * n_day else np.zeros(0)
    rows = law_rows(log_rank, places, chart.pivot)
    none = np.zeros(len(day), np.int64)
    mean, variance, _ = _project(
        rows, day, none, n_day, law.mean, law.cov, np.zeros((1, len(law.mean)))
    )
    return mean, np.maximum(variance, 0.0)


def _prior(
    n_day: int, n_knot: int, gap: Floats, scales: Scales, step_weight: Floats
) -> tuple[Floats, Floats]:
    size = 2 * n_day + n_knot
    precision, pull = np.zeros((size, size)), np.zeros(size)
    precision[0, 0] = _FLAT
    precision[1, 1] = 1.0 / scales.slope_var
    pull[1] = scales.slope_mean / scales.slope_var
    steps = (step_weight / (scales.level_step * gap), 1.0 / (scales.slope_step * gap))
    for first, step in enumerate(steps):
        at = 2 * np.arange(n_day - 1) + first
        precision[at, at] += step
        precision[at + 2, at + 2] += step
        precision[at, at + 2] -= step
        precision[at + 2, at] -= step
    knot = np.arange(2 * n_day, size)
    precision[knot, knot] = 1.0 / scales.bend if n_knot else 0.0
    return precision, pull


@nb.njit(cache=True)
def _gather(rows, day, entity, weight, place, n_entity, n_day):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    """Normal equations of the law, of the entities, and between them."""
    n, width = rows.shape
    size = 2 * n_day + width - 2
    precision = np.zeros((size, size))
    pull = np.zeros(size)
    cross = np.zeros((n_entity, size))
    own, own_pull = np.zeros(n_entity), np.zeros(n_entity)
    at = np.arange(size - width, size)
    for i in range(n):
        if weight[i] == 0.0:
            continue
        at[0], at[1] = 2 * day[i], 2 * day[i] + 1
        own[entity[i]] += weight[i]
        own_pull[entity[i]] += weight[i] * place[i]
        for j in range(width):
            part = weight[i] * rows[i, j]
            pull[at[j]] += part * place[i]
            cross[entity[i], at[j]] += part
            for k in range(width):
                precision[at[j], at[k]] += part * rows[i, k]
    return precision, pull, cross, own, own_pull


@nb.njit(cache=True)
def _project(rows, day, entity, n_day, mean, cov, spread):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    """Mean and variance of each row of the law, and its product with `spread` of its entity."""
    n, width = rows.shape
    size = 2 * n_day + width - 2
    out_mean, out_var, joint = np.zeros(n), np.zeros(n), np.zeros(n)
    at = np.arange(size - width, size)
    for i in range(n):
        at[0], at[1] = 2 * day[i], 2 * day[i] + 1
        for j in range(width):
            out_mean[i] += rows[i, j] * mean[at[j]]
            joint[i] += rows[i, j] * spread[entity[i], at[j]]
            for k in range(width):
                out_var[i] += rows[i, j] * rows[i, k] * cov[at[j], at[k]]
    return out_mean, out_var, joint
