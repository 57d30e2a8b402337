r"""Learning what all series have in common, by expectation maximisation.

A pass over a sample of series (`kernels.fuse_panel`) gives the moments of house effects, drifts,
shared errors and noise; each hyper-parameter is then the one that they make most likely, with the
biases of a segment shrunk to the source's own and the noise of a size class to its overall noise.
Truth enters as one more source, last in number: without bias, of no family, nearly without noise.

What was held before (`Prior`) counts for so many series or claims. A source that is alone in a
series teaches nothing of house effects, so only series of several sources are counted.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from howdah.estimates.fusion.lasting import lasting_errors
from howdah.estimates.fusion.trends import learn_trends, walking, without_slight_trends
from howdah.kernels import Model, Panel, Posterior, fuse_panel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Small = NDArray[np.int32]

#: Standard deviation of truth around the level: it is printed with three digits.
ANCHOR_SD = 0.005

#: Spread of a segment's bias around its source's, by which it is shrunk.
SEGMENT_SD = 0.15

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


class Prior(NamedTuple):
    """What is held of the sources before a claim is seen, on the additive scale.

    Attributes
    ----------
    house_var
        Of a source's house effects around its bias.
    bias_sd
        Spread of the sources' biases around none.
    takes_off
        Whether the bias of a source is learnt and taken off. Where nobody knows which source is
        right it is not, and widens the house effects.
    is_common_known
        Whether truth can teach what sources have in common; else its priors stay.
    n_series, n_claims
        Series and claims that the priors of house effects and of noise count for.
    learns_alone
        Whether a source's claims alone in their period teach its noise: then noise is what does
        not last. Else only claims beside another source's do.
    may_copy
        Whether a source's figures that equal another's are copies. Counters agree because they
        count the same.
    """

    house_var: Floats  # (n_source,)
    noise_var: Floats  # (n_source,)
    drift_var: Floats  # (n_source,)
    bias_sd: Floats  # (n_source,)
    takes_off: NDArray[np.bool_]  # (n_source,)
    may_copy: NDArray[np.bool_]  # (n_source,)
    family: Small  # (n_source,) the numbers of a family's sources stand together
    family_var: Floats  # (n_family,)
    common_var: Floats  # (n_family,)
    step_var: float
    trend_var: float
    start_var: float
    is_common_known: bool
    n_series: float
    n_claims: float
    learns_alone: bool

    def seen_house_var(self) -> Floats:
        """Variance of house effects with the biases that are not taken off, (n_source,)."""
        seen: Floats = self.house_var + np.where(self.takes_off, 0.0, self.bias_sd**2)
        return seen


def usual_prior(n_source: int) -> Prior:
    """Sources of which nothing is known, all of one family; it gives way to the first data."""
    return Prior(
        house_var=np.full(n_source, 0.1),
        noise_var=np.full(n_source, 0.04),
        drift_var=np.full(n_source, 0.01),
        bias_sd=np.full(n_source, 0.5),
        takes_off=np.ones(n_source, np.bool_),
        may_copy=np.ones(n_source, np.bool_),
        family=np.zeros(n_source, np.int32),
        family_var=np.array([0.01]),
        common_var=np.array([0.01]),
        step_var=2e-3,
        trend_var=2e-4,
        start_var=9.0,
        is_common_known=True,
        n_series=0.0,
        n_claims=0.0,
        learns_alone=True,
    )


class Shape(NamedTuple):
    """How many of each there are; the last source is truth."""

    n_source: int
    n_segment: int
    n_size: int


def learn_model(
    panel: Panel, shape: Shape, prior: Prior, *, shared: bool = True, trends: bool = True
) -> tuple[Model, Posterior]:
    """Hyper-parameters of a sample, and the posterior under them.

    Parameters
    ----------
    panel
        A sample of series, truth among its sources, without copies.
    prior
        Of all sources but truth.
    shared
        Whether sources have an error in common in each period.
    trends
        Whether series grow each at a pace of its own.
    """
    model = _start(shape, prior, shared=shared, trends=trends)
    truth = shape.n_source - 1
    posterior = fuse_panel(panel, model, n_passes=_EM_PASSES)
    if not len(panel.segment):
        return model, posterior
    sources = np.repeat(np.arange(len(panel.segment)), np.diff(posterior.house_start))
    for turn in range(_N_ITERATIONS):
        fresh = _step(panel, model, posterior, sources, shape, prior)
        change = _change(model, fresh)
        model = fresh
        if turn == _N_ITERATIONS // 3:
            # A drift that explains little by then never does.
            small = model.drift_var / 12 < (_DRIFT_SHARE**2) * model.noise_var.mean(1)
            model = model._replace(drift_var=np.where(small, 0.0, model.drift_var))
            model = without_slight_trends(panel, model, posterior)
        posterior = fuse_panel(panel, model, n_passes=_EM_PASSES)
        if change < _TOLERANCE and turn > _N_ITERATIONS // 3:
            break
    lasting = lasting_errors(panel, posterior, shape.n_source)
    # Noise that nothing has shown is the prior's, whatever the residuals look like.
    lasting[_noise_moments(posterior, prior)[1].sum(1) == 0] = 1.0
    lasting[truth] = 1.0
    model = model._replace(noise_var=model.noise_var * lasting[:, None])
    return model, fuse_panel(panel, model)


def _start(shape: Shape, prior: Prior, *, shared: bool, trends: bool) -> Model:
    def with_truth(values: Floats, truth: float) -> Floats:
        return np.append(values, truth)

    noise = with_truth(prior.noise_var, ANCHOR_SD**2)
    return Model(
        bias=np.zeros((shape.n_source, shape.n_segment)),
        house_var=with_truth(prior.seen_house_var(), 1e-6),
        noise_var=np.repeat(noise[:, None], shape.n_size, axis=1),
        drift_var=with_truth(prior.drift_var, 0.0),
        family=np.append(prior.family, np.int32(-1)).astype(np.int32),
        family_var=prior.family_var * shared,
        common_var=prior.common_var * shared,
        step_var=prior.step_var,
        step_shape=STEP_SHAPE,
        trend_mean=0.0,
        trend_var=prior.trend_var * trends,
        start_var=prior.start_var,
    )


def _noise_moments(posterior: Posterior, prior: Prior) -> tuple[Floats, Floats]:
    """Sums and counts of the claims that teach noise, (n_source, n_size) each."""
    if prior.learns_alone:
        return posterior.noise_sum.sum(0), posterior.noise_count.sum(0)
    return posterior.noise_sum[1], posterior.noise_count[1]


def _step(
    panel: Panel, model: Model, posterior: Posterior, series: Ints, shape: Shape, prior: Prior
) -> Model:
    """Hyper-parameters that make the moments of a posterior, with the prior, most likely."""
    truth = shape.n_source - 1
    bias, house_var = model.bias.copy(), model.house_var.copy()
    drift_var, noise_var = model.drift_var.copy(), model.noise_var.copy()
    segment = panel.segment[series]
    is_taught = np.diff(posterior.house_start)[series] > 1
    noise_sum, noise_count = _noise_moments(posterior, prior)
    for s in range(truth):
        own = np.flatnonzero((posterior.house_source == s) & is_taught)
        if len(own):
            at = segment[own]
            mean = posterior.house_mean[own]
            weight = (_HOUSE_DF + 1) / (_HOUSE_DF + posterior.house_square[own] / house_var[s])
            if prior.takes_off[s]:
                held = house_var[s] / prior.bias_sd[s] ** 2
                center = (weight * mean).sum() / (weight.sum() + held)
                total = np.bincount(at, weight, shape.n_segment)
                off = np.bincount(at, weight * (mean - center), shape.n_segment)
                bias[s] = center + off / (total + house_var[s] / SEGMENT_SD**2)
            # The squares are about the bias as it was.
            moved = (bias[s, at] - model.bias[s, at]) * (2 * mean - bias[s, at] - model.bias[s, at])
            square = np.maximum(posterior.house_square[own] - moved, 0.0)
            found = float((weight * square).sum()) + prior.n_series * prior.seen_house_var()[s]
            house_var[s] = max(found / (len(own) + prior.n_series), _LEAST_HOUSE)
            if drift_var[s] > 0:
                drift_var[s] = max(float(posterior.drift_second[own].mean()), 1e-8)
        elif prior.learns_alone:
            # What drifts in a source that is always alone is the level.
            drift_var[s] = 0.0
        n, found_noise = noise_count[s], noise_sum[s]
        if n.sum() > 0:
            overall = found_noise.sum() + prior.n_claims * prior.noise_var[s]
            overall /= n.sum() + prior.n_claims
            noise_var[s] = (found_noise + _NOISE_CLAIMS * overall) / (n + _NOISE_CLAIMS)
            noise_var[s] = np.maximum(noise_var[s], _LEAST_NOISE)
    family_var, common_var = model.family_var.copy(), model.common_var.copy()
    if prior.is_common_known:
        for variance, squares, counts, before in (
            (family_var, posterior.family_sum, posterior.family_count, prior.family_var),
            (common_var, posterior.common_sum, posterior.common_count, prior.common_var),
        ):
            known = (counts > 0) & (variance > 0)
            found = (squares + prior.n_series * before) / np.maximum(counts + prior.n_series, 1.0)
            variance[known] = found[known]
        if prior.learns_alone:
            # Where no two sources speak of one period, noise stands for what they would share.
            family_var[posterior.family_count == 0] = 0.0
    walks = walking(panel)
    log_steps = np.log(posterior.step_var[walks]).sum() + prior.n_series * np.log(prior.step_var)
    n_steps = walks.sum() + prior.n_series
    step_var = float(np.exp(log_steps / n_steps)) if n_steps else model.step_var
    trend_mean, trend_var = learn_trends(model, posterior, walks, prior.trend_var, prior.n_series)
    return model._replace(
        bias=bias,
        house_var=house_var,
        noise_var=noise_var,
        drift_var=drift_var,
        trend_mean=trend_mean,
        trend_var=trend_var,
        family_var=family_var,
        common_var=common_var,
        step_var=max(step_var, _LEAST_STEP),
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
