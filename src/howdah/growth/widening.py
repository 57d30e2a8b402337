"""What draws of a posterior leave out: causes nobody listed, noise that is not white, proxies."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from howdah.growth.checks import Checks
from howdah.growth.fitting import OTHER_GROUPS, Fit

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

#: How far the unexplained part of spend may go with what else moves the outcome: standard
#: deviation of that correlation. Nobody sets budgets by coin, no model has every cause, and no test
#: sees a budget that follows this week's growth. Where groups without spend show what moved all of
#: them, less is left.
_ALLOWANCE, _COMPARED_ALLOWANCE = 0.17, 0.08


class Widened(NamedTuple):
    """Sizes with what the draws leave out.

    Attributes
    ----------
    size
        (n_draw, n_channel), not negative.
    signed
        The same before it was cut at zero: of channels that move together the sum of these is
        known where each alone is not.
    is_above
        (n_channel,) whether a size is surely above zero.
    """

    size: Floats
    signed: Floats
    is_above: Bools


def widen(fit: Fit, checks: Checks, *, prob: float, seed: int) -> Widened:
    r"""Sizes with what the draws leave out, and whether they are surely above zero.

    With $k$ free periods a correlation $\rho$ of the response with what else moves the outcome
    shifts a coefficient by $\rho\sqrt k$ standard errors; placebos that are too large say that the
    standard error itself is too small. Errors of several channels go together as those of a
    regression do.
    """
    draws = fit.draws
    rng = np.random.default_rng(seed + 1)
    extra = _extra(fit, checks)
    error = draws.noise[:, None] / np.sqrt(np.maximum(draws.norm, 1e-300))
    error *= np.sqrt(np.maximum(checks.inflation, 1.0))
    shift = np.sqrt(extra) * error * (rng.standard_normal(draws.size.shape) @ _root(checks.apart))
    low, high = checks.reliability.T
    reliability = rng.uniform(low, high, draws.size.shape)
    signed = (draws.size + shift) / reliability
    # Of a coefficient that cannot be negative no quantile is zero: what it would be if it could
    # decides whether nothing at all fits.
    below = ndtr(-draws.z / np.sqrt(1.0 + extra)).mean(0)
    return Widened(np.maximum(signed, 0.0), signed, below < (1 - prob) / 2)


def is_sum_above(fit: Fit, checks: Checks, at: list[int], *, prob: float) -> bool:
    """Whether what some fitted channels brought together is surely above zero.

    Their courses at the mean sizes are one regressor, what the other channels explain taken out.
    """
    n_channel = len(checks.inflation)
    others = [k for k in range(n_channel) if k not in at]
    some = np.isin(np.arange(n_channel), at).astype(np.float64)
    told, left = checks.told, checks.left
    shared = told[others] @ some
    of_others = np.linalg.pinv(told[np.ix_(others, others)], hermitian=True) @ shared
    length = some @ told @ some - shared @ of_others
    if length <= 0.0:
        return False
    z = (length + some @ left - of_others @ left[others]) / np.sqrt(length)
    extra = float(_extra(fit, checks)[at].max())
    return bool(ndtr(-z / np.sqrt(1.0 + extra)) < (1 - prob) / 2)


def _extra(fit: Fit, checks: Checks) -> Floats:
    """Variance beyond that of the draws, over theirs."""
    is_compared = any(name.startswith(OTHER_GROUPS) for name in fit.prepared.design.names)
    allowance = _COMPARED_ALLOWANCE if is_compared else _ALLOWANCE
    extra = np.maximum(checks.placebo**2 - 1.0, 0.0) + fit.prepared.n_free * allowance**2
    return np.asarray(extra, np.float64)


def _root(correlation: Floats) -> Floats:
    """The symmetric root of a correlation matrix."""
    values, vectors = np.linalg.eigh(correlation)
    return np.asarray((vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T, np.float64)
