r"""Draws of the posterior turned into courses: what each channel brought, and the level.

Given a draw of curves, coefficients, drift and noise the rest of the model is linear and Gaussian:
the fixed coefficients come from their normal distribution, and the random walk from a backward
pass through its filter (forward filtering, backward sampling [1]_). Periods without an outcome, as
those after the last one, are drawn along.

References
----------
.. [1] Carter & Kohn (1994), "On Gibbs Sampling for State Space Models".
"""

import math
from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.kernels.response.adstock import respond
from howdah.kernels.response.sampling import Draws
from howdah.kernels.response.whitening import Bases, dot, whiten

Floats = NDArray[np.float64]


class Unfolded(NamedTuple):
    """Courses over the periods, one a draw, in the outcome's unit.

    Attributes
    ----------
    paid
        (n_draw, n_channel, n_period) what each channel brought.
    without
        (n_draw, n_channel, n_period) the same under the other course of spend.
    level
        (n_draw, n_period) level and fixed columns: the organic outcome without its noise.
    """

    paid: Floats
    without: Floats
    level: Floats


def unfold(
    outcome: Floats, spend: Floats, other: Floats, fixed: Floats, bases: Bases, draws: Draws,
    *, seed: int = 0,
) -> Unfolded:  # fmt: skip
    """Courses of each draw.

    Parameters
    ----------
    outcome
        (n_period,).
    spend, other
        (n_channel, n_period) spend as it was, which sets the curves, and another course of it.
    fixed
        (n_fixed, n_period) that the bases were made of.
    bases
        Of the same periods.
    """
    n_draw, n_channel = draws.size.shape
    n_period = len(outcome)
    found = Unfolded(
        np.empty((n_draw, n_channel, n_period)), np.empty((n_draw, n_channel, n_period)),
        np.empty((n_draw, n_period)),
    )  # fmt: skip
    _unfold(
        np.ascontiguousarray(outcome), np.ascontiguousarray(spend), np.ascontiguousarray(other),
        np.ascontiguousarray(fixed), bases.drift, bases.gain, bases.scale, bases.basis,
        bases.solver, draws.shape, draws.size, draws.drift, draws.noise,
        np.random.default_rng(seed), found.paid, found.without, found.level,
    )  # fmt: skip
    return found


@nb.njit(cache=True, error_model="numpy", nogil=True)
def _unfold(  # type: ignore[no-untyped-def]  # noqa: ANN202 - compiled
    outcome, spend, other, fixed, drift, gain, scale, basis, solver, shape, size, at, noise, rng,  # noqa: ANN001
    paid, without, level,  # noqa: ANN001
):  # fmt: skip
    n_draw, n_channel = size.shape
    n_fixed, n_period = fixed.shape
    rest, white = np.zeros(n_period), np.zeros(n_period)
    coefficients, shares = np.zeros(n_fixed), np.zeros(n_fixed)
    mean, spread = np.zeros(n_period), np.zeros(n_period)
    is_other = False
    for c in range(n_channel):
        for t in range(n_period):
            is_other |= spend[c, t] != other[c, t]
    for n in range(n_draw):
        d, sigma = at[n], noise[n]
        rest[:] = outcome
        for c in range(n_channel):
            rate, saturation, power = _curve(shape[n, c])
            peak = respond(spend[c], rate, saturation, power, 0.0, paid[n, c])
            if is_other:
                respond(other[c], rate, saturation, power, peak, without[n, c])
            for t in range(n_period):
                paid[n, c, t] *= size[n, c]
                without[n, c, t] = without[n, c, t] * size[n, c] if is_other else paid[n, c, t]
                rest[t] -= paid[n, c, t]
        whiten(rest, gain[d], scale[d], white)
        for k in range(n_fixed):
            shares[k] = sigma * rng.standard_normal() + dot(basis[d, k], white)
        for k in range(n_fixed):
            coefficients[k] = 0.0
            for j in range(k, n_fixed):
                coefficients[k] += solver[d, k, j] * shares[j]
        for t in range(n_period):
            level[n, t] = 0.0
            for k in range(n_fixed):
                level[n, t] += coefficients[k] * fixed[k, t]
            rest[t] -= level[n, t]
        _walk(rest, drift[d], gain[d], scale[d], sigma, mean, spread, white, rng)
        for t in range(n_period):
            level[n, t] += white[t]


def response_to_more(spend: Floats, draws: Draws, raise_by: float) -> Floats:
    """What a little more spend in every period would have brought, in all.

    Parameters
    ----------
    spend
        (n_channel, n_period).
    raise_by
        Share by which it is raised.

    Returns
    -------
    ndarray
        (n_draw, n_channel).
    """
    found = np.empty(draws.size.shape)
    _respond_to_more(np.ascontiguousarray(spend), draws.shape, draws.size, raise_by, found)
    return found


@nb.njit(cache=True, error_model="numpy", nogil=True)
def _respond_to_more(spend, shape, size, raise_by, found):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    n_draw, n_channel = size.shape
    before, after = np.empty(spend.shape[1]), np.empty(spend.shape[1])
    for c in range(n_channel):
        raised = (1.0 + raise_by) * spend[c]
        for n in range(n_draw):
            rate, saturation, power = _curve(shape[n, c])
            peak = respond(spend[c], rate, saturation, power, 0.0, before)
            respond(raised, rate, saturation, power, peak, after)
            found[n, c] = size[n, c] * (after.sum() - before.sum())


@nb.njit(cache=True, error_model="numpy")
def _curve(shape):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    return 1.0 / (1.0 + math.exp(-shape[0])), math.exp(shape[1]), math.exp(shape[2])


@nb.njit(cache=True, error_model="numpy")
def _walk(rest, drift, gain, scale, sigma, mean, spread, out, rng):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    """Draw the random walk behind `rest` into `out`."""
    n_period = len(rest)
    now, var = 0.0, 0.0
    for t in range(n_period):
        if t > 0:
            var += drift
        if scale[t] > 0.0:
            now += gain[t] * (rest[t] - now)
            var *= 1.0 - gain[t]
        mean[t], spread[t] = now, var
    last = n_period - 1
    out[last] = mean[last] + sigma * math.sqrt(spread[last]) * rng.standard_normal()
    for t in range(last - 1, -1, -1):
        ahead = spread[t] + drift
        if ahead <= 0.0:
            out[t] = mean[t]
            continue
        back = spread[t] / ahead
        centre = mean[t] + back * (out[t + 1] - mean[t])
        out[t] = centre + sigma * math.sqrt(spread[t] * (1.0 - back)) * rng.standard_normal()
