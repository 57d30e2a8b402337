r"""Learning what all series have in common, by expectation maximisation.

A pass over a sample of series (`kernels.fuse_panel`) gives the moments of house effects, drifts,
shared errors and noise; each hyper-parameter is then the one that they make most likely, with the
biases of a segment shrunk to the source's own and the noise of a size class to its overall noise.
Truth enters as one more source, last in number: without bias, of no family, nearly without noise.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from howdah.estimates.fusion.copying import flag_copies
from howdah.kernels import Model, Panel, Posterior, fuse_panel, leave_out

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Standard deviation of truth around the level: it is printed with three digits.
ANCHOR_SD = 0.005

#: Spreads that biases are shrunk by: of a source around none, of a segment around its source.
BIAS_SD = 0.5
_SEGMENT_SD = 0.15

#: Claims by which the noise of a size class is shrunk to the noise of its source.
_NOISE_CLAIMS = 200.0

#: Degrees of freedom of house effects, as in the kernel.
_HOUSE_DF = 5.0

#: Least variances: a source that repeats the level exactly would take all weight.
_LEAST_NOISE = 1e-5
_LEAST_HOUSE = 1e-4
_LEAST_STEP = 1e-6

#: Observations that the prior of each series' own step variance counts for.
STEP_SHAPE = 3.0

_N_ITERATIONS = 30
_TOLERANCE = 0.01
_EM_PASSES = 3

#: Drift over all periods below this part of the noise of a source is left out. Each costs a column
#: of the solve, and slighter drifts are held by the allowance for lasting errors.
_DRIFT_SHARE = 1.0

#: Most that lasting errors widen the noise by.
_MOST_LASTING = 8.0
_LEAST_PAIRS = 50


class Shape(NamedTuple):
    """How many of each there are; the last source is truth."""

    n_source: int
    n_segment: int
    n_size: int


def learn_model(
    panel: Panel, shape: Shape, original: Ints, *, shared: bool = True
) -> tuple[Model, Posterior]:
    """Hyper-parameters of a sample, and the posterior under them.

    Parameters
    ----------
    panel
        A sample of series, truth among its sources.
    original
        (n_source,) source that each source copies, -1 for none; copies teach nothing.
    shared
        Whether sources have an error in common in each period.
    """
    model = _start(shape, shared=shared)
    truth = shape.n_source - 1
    if (original >= 0).any():
        panel = leave_out(
            panel, flag_copies(panel.start, panel.period, panel.source, panel.value, original)
        )
    posterior = fuse_panel(panel, model, n_passes=_EM_PASSES)
    if not len(panel.segment):
        return model, posterior
    sources = np.repeat(np.arange(len(panel.segment)), np.diff(posterior.house_start))
    for turn in range(_N_ITERATIONS):
        fresh = _step(panel, model, posterior, sources, shape)
        change = _change(model, fresh)
        model = fresh
        if turn == _N_ITERATIONS // 3:
            # A drift that explains little by then never does.
            small = model.drift_var / 12 < (_DRIFT_SHARE**2) * model.noise_var.mean(1)
            model = model._replace(drift_var=np.where(small, 0.0, model.drift_var))
        posterior = fuse_panel(panel, model, n_passes=_EM_PASSES)
        if change < _TOLERANCE and turn > _N_ITERATIONS // 3:
            break
    lasting = lasting_errors(panel, posterior, shape.n_source)
    lasting[truth] = 1.0
    model = model._replace(noise_var=model.noise_var * lasting[:, None])
    return model, fuse_panel(panel, model)


def lasting_errors(panel: Panel, posterior: Posterior, n_source: int) -> Floats:
    r"""By how much errors that last widen the noise of each source, (n_source,), from 1.

    With $\rho$ the correlation of a source's successive residuals within a series, the mean of
    many of them has a variance $(1 + \rho) / (1 - \rho)$ times that of independent errors.
    """
    series = np.repeat(np.arange(len(panel.segment)), np.diff(panel.start))
    order = np.lexsort((panel.period, panel.source, series))
    residual = posterior.residual[order] * np.sqrt(posterior.weight[order])
    is_pair = (series[order][1:] == series[order][:-1]) & (
        panel.source[order][1:] == panel.source[order][:-1]
    )
    is_pair &= np.isfinite(residual[1:]) & np.isfinite(residual[:-1])
    first, second = residual[:-1][is_pair], residual[1:][is_pair]
    source = panel.source[order][1:][is_pair]
    product = np.bincount(source, first * second, n_source)
    square = np.bincount(source, (first**2 + second**2) / 2, n_source)
    n = np.bincount(source, minlength=n_source)
    with np.errstate(invalid="ignore", divide="ignore"):
        rho = np.where(n >= _LEAST_PAIRS, product / square, 0.0)
    rho = np.clip(np.nan_to_num(rho), 0.0, 0.95)
    return np.asarray(np.minimum((1 + rho) / (1 - rho), _MOST_LASTING), np.float64)


def _start(shape: Shape, *, shared: bool) -> Model:
    truth = shape.n_source - 1
    house = np.full(shape.n_source, 0.1)
    noise = np.full((shape.n_source, shape.n_size), 0.04)
    drift = np.full(shape.n_source, 0.01)
    family = np.zeros(shape.n_source, np.int32)
    house[truth], noise[truth], drift[truth], family[truth] = 1e-6, ANCHOR_SD**2, 0.0, -1
    return Model(
        bias=np.zeros((shape.n_source, shape.n_segment)),
        house_var=house,
        noise_var=noise,
        drift_var=drift,
        family=family,
        family_var=np.array([0.01 if shared else 0.0]),
        common_var=np.array([0.01 if shared else 0.0]),
        step_var=2e-3,
        step_shape=STEP_SHAPE,
    )


def _step(panel: Panel, model: Model, posterior: Posterior, series: Ints, shape: Shape) -> Model:
    """Hyper-parameters that make the moments of a posterior most likely."""
    truth = shape.n_source - 1
    bias, house_var = model.bias.copy(), model.house_var.copy()
    drift_var, noise_var = model.drift_var.copy(), model.noise_var.copy()
    segment = panel.segment[series]
    for s in range(truth):
        own = np.flatnonzero(posterior.house_source == s)
        if not len(own):
            continue
        at = segment[own]
        mean = posterior.house_mean[own]
        weight = (_HOUSE_DF + 1) / (_HOUSE_DF + posterior.house_square[own] / house_var[s])
        center = (weight * mean).sum() / (weight.sum() + house_var[s] / BIAS_SD**2)
        total = np.bincount(at, weight, shape.n_segment)
        off = np.bincount(at, weight * (mean - center), shape.n_segment)
        bias[s] = center + off / (total + house_var[s] / _SEGMENT_SD**2)
        # The square is about the bias as it was.
        moved = (bias[s, at] - model.bias[s, at]) * (2 * mean - bias[s, at] - model.bias[s, at])
        square = np.maximum(posterior.house_square[own] - moved, 0.0)
        house_var[s] = max(float((weight * square).mean()), _LEAST_HOUSE)
        if drift_var[s] > 0:
            drift_var[s] = max(float(posterior.drift_second[own].mean()), 1e-8)
        n, found = posterior.noise_count[s], posterior.noise_sum[s]
        if n.sum() > 0:
            overall = found.sum() / n.sum()
            noise_var[s] = (found + _NOISE_CLAIMS * overall) / (n + _NOISE_CLAIMS)
    family_var = model.family_var.copy()
    known = (posterior.family_count > 0) & (family_var > 0)
    family_var[known] = posterior.family_sum[known] / posterior.family_count[known]
    common_var = model.common_var.copy()
    known = (posterior.common_count > 0) & (common_var > 0)
    common_var[known] = posterior.common_sum[known] / posterior.common_count[known]
    return model._replace(
        bias=bias,
        house_var=house_var,
        noise_var=np.maximum(noise_var, _LEAST_NOISE),
        drift_var=drift_var,
        family_var=family_var,
        common_var=common_var,
        step_var=max(float(np.exp(np.log(posterior.step_var).mean())), _LEAST_STEP),
    )


def _change(before: Model, after: Model) -> float:
    """Largest relative change of a hyper-parameter."""
    changes = [
        np.abs(np.log(after.house_var / before.house_var)).max(),
        np.abs(np.log(after.noise_var / before.noise_var)).max(),
        abs(np.log(after.step_var / before.step_var)),
        np.abs(after.bias - before.bias).max(),
    ]
    return float(max(changes))
