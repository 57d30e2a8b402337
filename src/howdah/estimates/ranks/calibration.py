r"""Intervals of levels from ranks, made to cover as often as they say on levels they did not see.

With $z$ the distance of a known level from its prediction without it, in standard deviations, the
interval reaches $f e^{d (x - x_0) / 2}$ of them: $d$ because charts scatter more at the top or at
the end, $f$ the conformal quantile of $|z|$, each entity counting once. Both are shrunk to what
Student's t says where few levels are known. [1]_

References
----------
.. [1] Lei et al. (2018), "Distribution-Free Predictive Inference for Regression".
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from howdah.kernels.rank_fit import TAIL

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Entities for which the factor of Student's t counts.
_SHRINK_ENTITIES = 25.0

#: Prior standard deviation of the slope of log variance in log rank.
_SLOPE_SD = 0.3

_N_ROUNDS = 8


class Reach(NamedTuple):
    """How many standard deviations an interval reaches at a log rank."""

    factor: float
    plain: float  # that of Student's t
    slope: float
    pivot: float
    nearest: float  # least and largest log rank of a known level: beyond, the slope ends
    farthest: float

    def at(self, log_rank: Floats) -> Floats:
        """The factor on the standard deviation at log ranks."""
        away = np.clip(log_rank, self.nearest, self.farthest) - self.pivot
        return np.asarray(self.factor * np.exp(0.5 * self.slope * away), np.float64)


def learn_reach(entity: Ints, log_rank: Floats, z: Floats, prob: float) -> Reach:
    """Learn the reach of intervals of probability ``prob`` from unseen levels.

    Parameters
    ----------
    entity, log_rank, z
        (n,), n > 0.
    """
    _, code, count = np.unique(entity, return_inverse=True, return_counts=True)
    weight = 1.0 / count[code]
    pivot = float(np.average(log_rank, weights=weight))
    x = log_rank - pivot
    slope, level = 0.0, 0.0
    for _ in range(_N_ROUNDS):
        # Scoring for the scale of Student's t: each entity tells its log variance by
        # TAIL / (2 (TAIL + 3)).
        square = z**2 * np.exp(-level - slope * x)
        score = 0.5 * ((TAIL + 1.0) * square / (TAIL + square) - 1.0)
        known = 0.5 * TAIL / (TAIL + 3.0)
        level += float(weight @ score / (known * weight.sum()))
        pull = weight @ (score * x) - slope / _SLOPE_SD**2
        slope += float(pull / (known * weight @ x**2 + 1.0 / _SLOPE_SD**2))
    n = len(count)
    plain = float(stdtrit(TAIL, 0.5 + prob / 2.0))
    found = _quantile(np.abs(z) * np.exp(-0.5 * slope * x), weight, prob * (n + 1.0) / n)
    share = n / (n + _SHRINK_ENTITIES)
    factor = float(np.exp(share * np.log(max(found, 1e-3)) + (1.0 - share) * np.log(plain)))
    return Reach(factor, plain, slope, pivot, float(log_rank.min()), float(log_rank.max()))


def _quantile(values: Floats, weight: Floats, prob: float) -> float:
    """Least value with at least ``prob`` of the weight; the largest where there is none."""
    order = np.argsort(values)
    share = np.cumsum(weight[order]) / weight.sum()
    at = int(np.searchsorted(share, prob - 1e-12))
    return float(values[order][min(at, len(values) - 1)])
