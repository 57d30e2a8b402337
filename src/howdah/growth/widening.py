"""What draws of a posterior leave out: causes nobody listed, noise that is not white, proxies."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from howdah.growth.checks import Checks
from howdah.growth.fitting import Fit

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

#: How far the unexplained part of spend may go with what else moves the outcome: standard
#: deviation of that correlation. Nobody sets budgets by coin, and no model has every cause.
_ALLOWANCE, _PROXY_ALLOWANCE = 0.08, 0.12


def widen(
    fit: Fit, checks: Checks, *, is_proxy: bool, prob: float, seed: int
) -> tuple[Floats, Bools]:
    r"""Coefficients with what the draws leave out, and whether they are surely above zero.

    With $k$ free periods a correlation $\rho$ of the response with what else moves the outcome
    shifts a coefficient by $\rho\sqrt k$ standard errors; placebos that are too large say that the
    standard error itself is too small.
    """
    draws = fit.draws
    rng = np.random.default_rng(seed + 1)
    allowance = _PROXY_ALLOWANCE if is_proxy else _ALLOWANCE
    extra = np.maximum(checks.placebo**2 - 1.0, 0.0) + fit.prepared.n_free * allowance**2
    error = draws.noise[:, None] / np.sqrt(np.maximum(draws.norm, 1e-300))
    error *= np.sqrt(np.maximum(checks.inflation, 1.0))
    shift = np.sqrt(extra) * error * rng.standard_normal(draws.size.shape)
    low, high = checks.reliability.T
    reliability = rng.uniform(low, high, draws.size.shape)
    wider = np.maximum(draws.size + shift, 0.0) / reliability
    # Of a coefficient that cannot be negative no quantile is zero: what it would be if it could
    # decides whether nothing at all fits.
    below = ndtr(-draws.z / np.sqrt(1.0 + extra)).mean(0)
    return wider, below < (1 - prob) / 2
