r"""What errors of different series have in common, and how far it is unknown.

Three things reach all series of a run. The **biases** of the sources are learnt once: with
$I_i = K_i - K_i \Sigma_{b,i} K_i$ what series $i$ tells of those of its segment
(`kernels.join_cells`), their covariance is $(P + \sum_i I_i)^{-1}$ with $P$ the prior by which
they are shrunk. A series without truth tells of differences between sources only, so that without
anchors their mean is known by the prior alone; `Learned.common_var` then stands for it. The
**shared error of a period**, independent between series in the model, may have a part that is the
same for all: residuals show it.

The residuals' medians $M_t$ over all series follow such a part $C_t \sim N(0, \psi^2)$ by what the
levels do not take up of it, $M = (I - \bar L) C$. Two halves of the series, whose own errors are
independent, give $\psi^2$ from the covariance of their medians.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from howdah.estimates.fusion.coding import Coded
from howdah.estimates.fusion.learned import Learned
from howdah.estimates.fusion.learning import SEGMENT_SD
from howdah.estimates.fusion.solving import Solved, take_series
from howdah.kernels import Model, Panel, Posterior, join_cells, ranges

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Series that what is common is learnt from, and periods at which it is looked how far levels
#: follow a common error.
N_SERIES = 3_000
_N_LOOKS = 12

#: Fewest series in each half for the median of a period, and fewest such periods.
_LEAST_SERIES = 8
_LEAST_PERIODS = 8

#: Standard errors from none beyond which a common part of the shared error is believed.
_LEAST_SES = 2.0


class Sharing(NamedTuple):
    """What ties the errors of series together.

    Attributes
    ----------
    bias_root
        (n_source, n_segment, n_factor) loadings of the biases on independent standard normals.
    period_var
        (n_family,) variance of the part of a family's error in a period that all series share.
    """

    bias_root: Floats
    period_var: Floats


def learn_sharing(learned: Learned, coded: Coded, solved: Solved, panel: Panel) -> Sharing:
    """What the errors of a chunk of series have in common.

    Parameters
    ----------
    panel
        Of the chunk, with the claims that were left out left out.
    """
    n = len(panel.segment)
    chosen = _choose(coded.is_anchored)
    part, rows = take_series(panel, chosen)
    posterior = take_posterior(solved.posterior, chosen, rows)
    looks = np.unique(np.linspace(0, max(len(panel.gap) - 1, 0), _N_LOOKS).astype(np.int32))
    cells = join_cells(
        part, *without_biases(learned, posterior), np.tile(looks, (min(n, len(chosen)), 1))
    )
    bias_root = _bias_root(cells.information, learned)
    n_family = len(learned.model.family_var)
    period_var = np.zeros(n_family)
    for f in range(n_family):
        if learned.model.family_var[f] > 0.0 and len(chosen):
            found = _period_var(part, posterior, learned, f, looks, cells.on_shared[:, :, f])
            period_var[f] = min(found, float(learned.model.family_var[f]))
    return Sharing(bias_root, period_var)


def without_biases(learned: Learned, posterior: Posterior) -> tuple[Model, Posterior]:
    """Model and posterior with the house effects of a series alone.

    Where biases are not taken off they are part of the house effects of every series; here they
    are what series have in common.
    """
    alone = 1.0 - learned.bias_share
    model = learned.model._replace(house_var=learned.model.house_var * alone)
    square = posterior.house_square * alone[posterior.house_source]
    return model, posterior._replace(house_square=square)


def take_posterior(posterior: Posterior, series: Ints, rows: Ints) -> Posterior:
    """Posterior of some series, and of the rows of their claims."""
    levels = ranges(posterior.level_start, series)
    houses = ranges(posterior.house_start, series)
    return posterior._replace(
        level_start=_starts(posterior.level_start, series),
        mean=posterior.mean[levels],
        variance=posterior.variance[levels],
        house_start=_starts(posterior.house_start, series),
        house_source=posterior.house_source[houses],
        house_mean=posterior.house_mean[houses],
        house_var=posterior.house_var[houses],
        house_square=posterior.house_square[houses],
        drift_mean=posterior.drift_mean[houses],
        drift_second=posterior.drift_second[houses],
        step_var=posterior.step_var[series],
        trend_mean=posterior.trend_mean[series],
        trend_second=posterior.trend_second[series],
        residual=posterior.residual[rows],
        weight=posterior.weight[rows],
    )


def _choose(is_anchored: NDArray[np.bool_]) -> Ints:
    """Series to learn from, anchored ones first, spread evenly over the chunk."""
    found = [np.flatnonzero(is_anchored), np.flatnonzero(~is_anchored)]
    for n, own in enumerate(found):
        step = max(1, -(-2 * len(own) // N_SERIES))
        found[n] = own[::step]
    return np.sort(np.concatenate(found))


def _bias_root(information: Floats, learned: Learned) -> Floats:
    """Root of the covariance of all biases; that of truth is exactly none."""
    truth = learned.coding.names.truth
    n_segment, n_source, _ = information.shape
    size = truth * n_segment
    # A segment's bias lies around its source's, a source's around none.
    precision = np.zeros((size, size))
    for s in range(truth):
        own = np.arange(n_segment) + s * n_segment
        within = np.eye(n_segment) * SEGMENT_SD**2 + learned.bias_held[s] ** 2
        precision[np.ix_(own, own)] = np.linalg.inv(within)
    for g in range(n_segment):
        own = np.arange(truth) * n_segment + g
        precision[np.ix_(own, own)] += information[g, :truth, :truth]
    covariance = np.linalg.inv(precision) if size else precision
    if learned.common_var > 0.0:
        # How far all biases are off together is in `common_var`.
        centre = np.eye(size) - 1.0 / size
        covariance = centre @ covariance @ centre
    values, vectors = np.linalg.eigh(covariance)
    root = np.zeros((n_source, n_segment, size))
    root[:truth] = (vectors * np.sqrt(np.maximum(values, 0.0))).reshape(truth, n_segment, size)
    return root


def _period_var(
    panel: Panel,
    posterior: Posterior,
    learned: Learned,
    family: int,
    looks: NDArray[np.int32],
    follow: Floats,
) -> float:
    """Variance of the part of a family's errors that all series share in a period."""
    halves = _medians(panel, posterior, learned, family)
    known = np.isfinite(halves).all(0)
    n = int(known.sum())
    if n < _LEAST_PERIODS:
        return 0.0
    first, second = halves[:, known] - halves[:, known].mean(1, keepdims=True)
    common = float(first @ second) / (n - 1)
    error = np.sqrt((float(first @ first) * float(second @ second) + (common * n) ** 2) / n**3)
    if common < _LEAST_SES * error:
        return 0.0
    # Series of other lengths do not follow a look that lies outside of them.
    held = np.isfinite(follow[:, :, 0])
    counts = np.maximum(held.sum(0), 1)
    left = -np.where(held[:, :, None], follow, 0.0).sum(0) / counts[:, None]
    left[np.arange(len(looks)), looks] += 1.0
    kept = float((left[held.any(0)] ** 2).sum(1).mean())
    return common / max(kept, 1e-3)


def _medians(panel: Panel, posterior: Posterior, learned: Learned, family: int) -> Floats:
    """(2, n_period) median residual over each half of the series; NaN where there are too few."""
    n_series, n_period = len(panel.segment), len(panel.gap)
    series = np.repeat(np.arange(n_series), np.diff(panel.start))
    of_house = np.repeat(np.arange(n_series), np.diff(posterior.house_start))
    house = np.zeros((2, n_series, len(learned.model.noise_var)))
    house[:, of_house, posterior.house_source] = posterior.house_mean, posterior.drift_mean
    along = panel.period / max(n_period - 1, 1) - 0.5
    at = posterior.level_start[series] + panel.period - panel.first[series]
    off = panel.value - posterior.mean[at] - house[0, series, panel.source]
    off -= along * house[1, series, panel.source]
    noise = learned.model.noise_var[panel.source, panel.size[series]] + panel.own_var
    weight = posterior.weight / noise
    used = np.isfinite(off) & (weight > 0) & (learned.model.family[panel.source] == family)
    cell = (series * n_period + panel.period)[used]
    size = n_series * n_period
    total = np.bincount(cell, weight[used], size)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (np.bincount(cell, (weight * off)[used], size) / total).reshape(n_series, n_period)
    found = np.full((2, n_period), np.nan)
    for half in range(2):
        own = mean[half::2]
        enough = np.isfinite(own).sum(0) >= _LEAST_SERIES
        if enough.any():
            found[half, enough] = np.nanmedian(own[:, enough], axis=0)
    return found


def _starts(start: Ints, numbers: Ints) -> Ints:
    return np.concatenate([[0], np.cumsum(np.diff(start)[numbers])]).astype(np.int64)
