r"""Draws from the posterior of how an outcome answers several channels of spend.

$$y_t = \mu_t + z_t'\gamma + \sum_c \beta_c f_c(x_{c}; \theta_c)_t + e_t,\qquad \beta_c \ge 0,$$

with $f$ of `adstock` and the drifting level of `whitening`. Level and fixed coefficients are
integrated out exactly. A sweep of the sampler goes through

- for each channel, $(\theta_c, \beta_c)$ given the other channels: $\theta_c = (\mathrm{logit}\,a,
  \log\lambda, \log p)$ by Metropolis steps on its density with $\beta_c$ integrated out,
  $\frac{1}{\sqrt{Av}}\,e^{B^2/2A - m^2/2v}\,\Phi(B/\sqrt A)/\Phi(m/\sqrt v)$ with
  $A = f'f/\sigma^2 + 1/v$, $B = f'r/\sigma^2 + m/v$; then $\beta_c \sim N_+(B/A, 1/A)$;
- the drift $q$ among those of the bases, with $\sigma$ integrated out, then $\sigma$ [1]_.

Drawing curve and coefficient together is what lets the chain move: given a coefficient the curve
hardly can.

References
----------
.. [1] van Dyk & Park (2008), "Partially Collapsed Gibbs Samplers".
"""

import math
from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.kernels.response.adstock import respond
from howdah.kernels.response.truncated import draw_positive, log_normal_cdf
from howdah.kernels.response.whitening import Bases, dot, take_out, whiten

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Shape parameters of a channel: logit of the rate, logs of saturation and power.
N_SHAPE = 3

#: Share of steps that draw from the prior: they find another mode.
_SHARE_FRESH = 0.15

#: Accepted share that the length of steps is tuned to, and how fast.
_ACCEPTED, _TUNING = 0.35, 0.08

#: Steps in curve a channel and sweep, and further rounds over the coefficients alone.
_N_STEPS, _N_ROUNDS = 2, 1


class Prior(NamedTuple):
    """What is believed before the series is seen.

    Attributes
    ----------
    shape_mean, shape_sd
        (n_channel, 3) normal, of logit rate, log saturation, log power; an `sd` of 0 holds one.
    size_mean, size_var
        (n_channel,) of the coefficient before it is cut at zero, in the outcome's unit.
    log_drift
        (n_drift,) log prior of the drifts of the bases, up to a constant.
    """

    shape_mean: Floats
    shape_sd: Floats
    size_mean: Floats
    size_var: Floats
    log_drift: Floats


class Draws(NamedTuple):
    r"""Draws from the posterior.

    Attributes
    ----------
    shape
        (n_draw, n_channel, 3).
    size
        (n_draw, n_channel) coefficients.
    drift
        (n_draw,) place among the drifts of the bases.
    noise
        (n_draw,) $\sigma$.
    norm
        (n_draw, n_channel) $f'f$ of the whitened response that nothing else explains.
    z
        (n_draw, n_channel) $B/\sqrt A$: standard errors that a channel's coefficient, given the
        others, would be above zero if it could be below.
    """

    shape: Floats
    size: Floats
    drift: Ints
    noise: Floats
    norm: Floats
    z: Floats

    def at(self, places: Ints) -> "Draws":
        """Some of the draws."""
        return Draws(
            self.shape[places], self.size[places], self.drift[places], self.noise[places],
            self.norm[places], self.z[places],
        )  # fmt: skip


def sample_response(
    outcome: Floats, spend: Floats, bases: Bases, prior: Prior, *,
    n_draw: int, n_burn: int, thin: int = 1, seed: int = 0,
) -> Draws:  # fmt: skip
    """Draw from the posterior of one series.

    Parameters
    ----------
    outcome
        (n_period,); what stands in periods that are not known to the bases does not matter.
    spend
        (n_channel, n_period), not negative, without gaps.
    n_draw, n_burn, thin
        Draws kept, sweeps before them, and sweeps a draw.

    Returns
    -------
    Draws
        The same for the same seed.

    Notes
    -----
    A channel that the bases explain altogether leaves its prior as it was: the caller has to leave
    it out and say so.
    """
    n_channel = len(spend)
    draws = Draws(
        np.empty((n_draw, n_channel, N_SHAPE)), np.empty((n_draw, n_channel)),
        np.empty(n_draw, np.int64), np.empty(n_draw), np.empty((n_draw, n_channel)),
        np.empty((n_draw, n_channel)),
    )  # fmt: skip
    _sample(
        np.ascontiguousarray(outcome), np.ascontiguousarray(spend), bases.gain, bases.scale,
        bases.log_det, bases.basis, bases.n_known, prior.shape_mean, prior.shape_sd,
        prior.size_mean, prior.size_var, prior.log_drift, n_draw, n_burn, thin,
        np.random.default_rng(seed), draws.shape, draws.size, draws.drift, draws.noise,
        draws.norm, draws.z,
    )  # fmt: skip
    return draws


@nb.njit(cache=True, error_model="numpy", nogil=True)
def _sample(  # type: ignore[no-untyped-def]  # noqa: ANN202 - compiled
    outcome, spend, gain, scale, log_det, basis, n_known, shape_mean, shape_sd, size_mean,  # noqa: ANN001
    size_var, log_drift, n_draw, n_burn, thin, rng, to_shape, to_size, to_drift, to_noise,  # noqa: ANN001
    to_norm, to_z,  # noqa: ANN001
):  # fmt: skip
    n_channel, n_period = spend.shape
    n_drift = len(log_det)
    free = n_known - basis.shape[1]
    shape = shape_mean.copy()
    size = np.zeros(n_channel)
    z = np.zeros(n_channel)
    raw = np.zeros((n_channel, n_period))
    white = np.zeros((n_channel, n_period))
    norm = np.zeros(n_channel)
    trial, trial_white = np.zeros(n_period), np.zeros(n_period)
    rest = np.zeros(n_period)
    proposed = np.zeros(N_SHAPE)
    step = np.full((n_channel, N_SHAPE + 1), 0.5)
    d = n_drift // 2
    for c in range(n_channel):
        _respond(spend[c], shape[c], raw[c])
    _project_all(raw, gain[d], scale[d], basis[d], white, norm)
    _project_one(outcome, gain[d], scale[d], basis[d], rest)
    noise = math.sqrt(dot(rest, rest) / free)
    for sweep in range(n_burn + n_draw * thin):
        is_tuning = sweep < n_burn
        for c in range(n_channel):
            for t in range(n_period):
                rest[t] += size[c] * white[c, t]
            along = dot(white[c], rest)
            fit = _fit(norm[c], along, noise, size_mean[c], size_var[c])
            for _ in range(_N_STEPS):
                which = int(rng.random() * (N_SHAPE + 1))
                is_fresh = rng.random() < _SHARE_FRESH
                change = 0.0
                moves = False
                for k in range(N_SHAPE):
                    proposed[k] = shape[c, k]
                    if shape_sd[c, k] <= 0.0 or which not in (k, N_SHAPE):
                        continue
                    moves = True
                    mean, sd = shape_mean[c, k], shape_sd[c, k]
                    if is_fresh:
                        proposed[k] = mean + sd * rng.standard_normal()
                        continue
                    proposed[k] += step[c, which] * sd * rng.standard_normal()
                    change += 0.5 * ((shape[c, k] - mean) / sd) ** 2
                    change -= 0.5 * ((proposed[k] - mean) / sd) ** 2
                if not moves:
                    continue
                _respond(spend[c], proposed, trial)
                _project_one(trial, gain[d], scale[d], basis[d], trial_white)
                trial_norm = dot(trial_white, trial_white)
                trial_along = dot(trial_white, rest)
                trial_fit = _fit(trial_norm, trial_along, noise, size_mean[c], size_var[c])
                is_taken = math.log(rng.random()) < trial_fit - fit + change
                if is_taken:
                    shape[c] = proposed
                    raw[c] = trial
                    white[c] = trial_white
                    norm[c], along, fit = trial_norm, trial_along, trial_fit
                if is_tuning and not is_fresh:
                    step[c, which] *= math.exp(_TUNING * ((1.0 if is_taken else 0.0) - _ACCEPTED))
            size[c], z[c] = _draw_size(norm[c], along, noise, size_mean[c], size_var[c], rng)
            for t in range(n_period):
                rest[t] -= size[c] * white[c, t]
        if n_channel > 1:
            for _ in range(_N_ROUNDS):
                for c in range(n_channel):
                    along = dot(white[c], rest) + size[c] * norm[c]
                    drawn, z[c] = _draw_size(norm[c], along, noise, size_mean[c], size_var[c], rng)
                    for t in range(n_period):
                        rest[t] += (size[c] - drawn) * white[c, t]
                    size[c] = drawn
        squares = dot(rest, rest)
        # One or two to either side.
        towards = d + (-2, -1, 1, 2)[int(rng.random() * 4)]
        if 0 <= towards < n_drift:
            for t in range(n_period):
                trial[t] = outcome[t]
                for c in range(n_channel):
                    trial[t] -= size[c] * raw[c, t]
            _project_one(trial, gain[towards], scale[towards], basis[towards], trial_white)
            trial_squares = dot(trial_white, trial_white)
            gained = (
                log_drift[towards] - log_drift[d] - 0.5 * (log_det[towards] - log_det[d])
                - 0.5 * free * (math.log(trial_squares) - math.log(squares))
            )  # fmt: skip
            if math.log(rng.random()) < gained:
                d, squares = towards, trial_squares
                rest[:] = trial_white
                _project_all(raw, gain[d], scale[d], basis[d], white, norm)
        noise = math.sqrt(squares / rng.chisquare(free))
        if not is_tuning and (sweep - n_burn) % thin == 0:
            n = (sweep - n_burn) // thin
            to_shape[n] = shape
            to_size[n] = size
            to_drift[n] = d
            to_noise[n] = noise
            to_norm[n] = norm
            to_z[n] = z


@nb.njit(cache=True, error_model="numpy")
def _respond(spend, shape, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    rate = 1.0 / (1.0 + math.exp(-shape[0]))
    respond(spend, rate, math.exp(shape[1]), math.exp(shape[2]), 0.0, out)


@nb.njit(cache=True, error_model="numpy")
def _project_one(values, gain, scale, basis, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    whiten(values, gain, scale, out)
    take_out(out, basis)


@nb.njit(cache=True, error_model="numpy")
def _project_all(raw, gain, scale, basis, white, norm):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    for c in range(raw.shape[0]):
        _project_one(raw[c], gain, scale, basis, white[c])
        norm[c] = dot(white[c], white[c])


@nb.njit(cache=True, error_model="numpy")
def _fit(norm, along, noise, mean, var):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    """Log density of a curve with its coefficient integrated out, up to what no curve changes."""
    precision = norm / noise**2 + 1.0 / var
    pull = along / noise**2 + mean / var
    return (
        -0.5 * math.log(precision) + 0.5 * pull * pull / precision
        + log_normal_cdf(pull / math.sqrt(precision))
    )  # fmt: skip


@nb.njit(cache=True, error_model="numpy")
def _draw_size(norm, along, noise, mean, var, rng):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    precision = norm / noise**2 + 1.0 / var
    pull = along / noise**2 + mean / var
    sd = 1.0 / math.sqrt(precision)
    return draw_positive(pull * sd * sd, sd, rng), pull * sd
