"""Levels at ranks, from a fitted law and from what is known at neighbouring ranks of the day.

The level of an entity is predicted without any level known of it, so that the prediction says
what its rank says and no more: it can stand beside what is known of the entity as evidence of its
own, and its errors where the level is known are those of predictions.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from howdah.kernels.rank_fit import Fit
from howdah.kernels.rank_law import Chart, Law, law_at, solve_law
from howdah.kernels.rank_neighbours import APART, Nearness, learn_nearness, smooth_near

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Folds of entities with known levels; each fold's law does not see its levels.
_N_FOLDS = 10


class Predicted(NamedTuple):
    """Log levels; scatter is on the scale of Student's t, see `rank_fit.TAIL`."""

    mean: Floats
    law_var: Floats  # of the law
    scatter: Floats  # of entities around it, given the neighbours

    @property
    def variance(self) -> Floats:
        """Of a level."""
        return self.law_var + self.scatter


class CrossFit(NamedTuple):
    """Laws of a chart that did not see some entities, and how alike neighbours are."""

    fold: Ints  # (n_entity,) whose law is `laws[fold]`
    laws: tuple[Law, ...]
    near: Nearness


def cross_fit(chart: Chart, fit: Fit) -> CrossFit:
    """Solve the law without each tenth of the entities, with the variances learnt from all.

    Entities are dealt to folds in the order of their mean rank, so that each fold spans the
    ranks. How alike neighbours are is learnt from residuals of levels that the law did not see.
    """
    n_fold = min(_N_FOLDS, chart.n_entity)
    count = np.bincount(chart.entity, minlength=chart.n_entity)
    rank = np.bincount(chart.entity, chart.log_rank, chart.n_entity) / count
    fold = np.empty(chart.n_entity, np.int64)
    fold[np.argsort(rank, kind="stable")] = np.arange(chart.n_entity) % n_fold
    laws = []
    for n in range(n_fold):
        is_out = (fold == n)[chart.entity]
        seen = fit.sites._replace(precision=np.where(is_out, 0.0, fit.sites.precision))
        laws.append(solve_law(chart, fit.scales, seen))
    apart = CrossFit(fold, tuple(laws), APART)
    first = predict_ranks(chart, fit, apart, chart.day, chart.log_rank, chart.entity)
    mean, variance = first.mean, first.variance
    is_point = np.isfinite(chart.value)
    near = learn_nearness(
        chart.day[is_point],
        chart.log_rank[is_point],
        ((chart.value - mean) / np.sqrt(variance))[is_point],
        (chart.own_var / variance)[is_point],
        n_repeat=is_point.sum() / max(len(np.unique(chart.entity[is_point])), 1),
    )
    return apart._replace(near=near)


def predict_ranks(
    chart: Chart, fit: Fit, cross: CrossFit, day: Ints, log_rank: Floats, entity: Ints
) -> Predicted:
    """Levels that ranks say, each without any level known of its entity.

    Parameters
    ----------
    day, log_rank
        (m,), days by their index in the chart.
    entity
        (m,) index of those with known levels in the chart, -1 for all others.

    Returns
    -------
    Predicted
        (m,).
    """
    out = Predicted(*np.empty((3, len(day))))
    fold = np.where(entity >= 0, cross.fold[np.maximum(entity, 0)], -1)
    for n in np.unique(fold).tolist():
        at = fold == n
        law = fit.law if n < 0 else cross.laws[n]
        is_seen = np.isfinite(chart.value) & (cross.fold[chart.entity] != n)
        found = _predict(chart, fit, law, is_seen, cross.near, day[at], log_rank[at])
        for part, values in zip(out, found, strict=True):
            part[at] = values
    return out


def _predict(
    chart: Chart,
    fit: Fit,
    law: Law,
    is_seen: NDArray[np.bool_],
    near: Nearness,
    day: Ints,
    log_rank: Floats,
) -> Predicted:
    mean, variance = law_at(chart, law, day, log_rank)
    spread = fit.scales.noise(log_rank) + fit.scales.entity
    if near.share == 0.0:
        return Predicted(mean, variance, spread)
    known_day, known_rank = chart.day[is_seen], chart.log_rank[is_seen]
    noise = fit.scales.noise(known_rank)
    known_spread = noise + fit.scales.entity
    own_var = chart.own_var[is_seen]
    fitted, _ = law_at(chart, law, known_day, known_rank)
    # A level that hardly weighs in the law hardly speaks for its neighbours.
    doubt = np.maximum(1.0 / ((noise + own_var) * fit.sites.precision[is_seen]) - 1.0, 0.0)
    away, rest = smooth_near(
        known_day,
        known_rank,
        (chart.value[is_seen] - fitted) / np.sqrt(known_spread),
        own_var / known_spread + doubt * (1.0 - near.share),
        near,
        day,
        log_rank,
    )
    return Predicted(mean + away * np.sqrt(spread), variance, rest * spread)
