"""Baselines: what one would do without a model, calibrated on the same past."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from howdah.kernels.logistic import chance, fit_logistic
from howdah.signals.breakouts import Outlook, Question
from howdah.signals.breakouts.features import Features

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: What each baseline orders by, the larger the better. Of growth all thresholds are as far away;
#: closest is then who needs the fewest of its own usual steps.
BASELINES: dict[str, Callable[[Features, str], Floats]] = {
    "closest": lambda f, kind: -f.column("place") if kind == "top" else f.column("volatility"),
    "last_growth": lambda f, _: f.column("growth_3"),
    "seasonal_naive": lambda f, _: f.column("seasonal"),
}

#: Penalty that keeps a baseline's slope finite.
_PENALTY = 1.0


def rank_by(name: str, outlook: Outlook, question: Question) -> tuple[Ints, Floats]:
    """Order of the candidates by a baseline, best first, and its probabilities.

    Those of whom it knows nothing come last, by their place in the list. Probabilities are those
    of a regression on the score, learnt from the same past origins.
    """
    kind = question.target.kind
    n = len(outlook.rows)
    if not outlook.features.names:
        return np.arange(n), np.full(n, np.nan)
    score = BASELINES[name](outlook.features, kind)
    order = outlook.order
    place = outlook.features.column("place")
    worst = np.where(np.isfinite(place), place, np.inf)
    order = np.lexsort((outlook.rows, worst, -np.where(np.isfinite(score), score, -np.inf)))
    return order, _probability(score, BASELINES[name](outlook.trained.features, kind), outlook)


def _probability(score: Floats, past: Floats, outlook: Outlook) -> Floats:
    trained = outlook.trained
    told = np.isfinite(past)
    if not told.any() or not trained.came[told].any():
        return np.full(len(score), np.nan)
    center, scale = float(past[told].mean()), float(past[told].std()) or 1.0

    def design(values: Floats) -> Floats:
        is_known = np.isfinite(values)
        scaled = np.where(is_known, (values - center) / scale, 0.0)
        return np.column_stack([np.ones(len(values)), scaled, ~is_known])

    fitted = fit_logistic(
        design(past), trained.came.astype(np.float64), np.array([1e-6, _PENALTY, _PENALTY]),
        weight=trained.weight,
    )  # fmt: skip
    return chance(fitted.log_odds(design(score)))
