r"""Gaussian stand-ins for claims that give an interval: expectation propagation sites.

A source that says "between l and h" (or "below the cut-off") saw $y = \mu + e$,
$e \sim N(0, \sigma^2)$, in $[l, h]$. Its likelihood
$\Phi((h - \mu) / \sigma) - \Phi((l - \mu) / \sigma)$ is replaced by the Gaussian that gives the
same two moments under the rest of the evidence. [1]_

References
----------
.. [1] Minka (2001), "Expectation Propagation for Approximate Bayesian Inference".
"""

import math

import numba as nb

#: An interval narrower than this many standard deviations is a point with a rounding error.
_NARROW_SDS = 0.05

#: Beyond this many standard deviations the interval stands as its nearer end.
_FAR_SDS = 7.0

#: Least precision of a cavity and least share of information for a site to say anything.
_LEAST = 1e-9

_ROOT_HALF = math.sqrt(0.5)
_ROOT_TWO_PI = math.sqrt(2.0 * math.pi)


@nb.njit(cache=True, error_model="numpy")
def interval_site(
    low: float, high: float, mean: float, variance: float, noise: float
) -> tuple[float, float]:
    r"""Precision and mean of the Gaussian that stands for a claim of an interval.

    Parameters
    ----------
    low, high
        Ends of the interval, infinite where open.
    mean, variance
        Of what the source sees without its noise, from all other evidence (the cavity).
    noise
        Variance of the source's noise, $\sigma^2$, positive.

    Returns
    -------
    (precision, mean)
        A precision of 0 says that the claim adds nothing.

    Examples
    --------
    >>> interval_site(-math.inf, 5.0, 0.0, 0.01, 0.01)[0]
    0.0
    >>> precision, mean = interval_site(-math.inf, 0.0, 0.0, 1.0, 0.01)
    >>> round(precision, 2), round(mean, 2)
    (1.71, -1.26)
    """
    sd = math.sqrt(variance + noise)
    if high - low < _NARROW_SDS * sd:
        return 1.0 / (noise + (high - low) ** 2 / 12.0), 0.5 * (low + high)
    below, above = (low - mean) / sd, (high - mean) / sd
    if below > _FAR_SDS:
        return 1.0 / noise, low
    if above < -_FAR_SDS:
        return 1.0 / noise, high
    # The tail that is smaller keeps its digits.
    if below > 0.0:
        mass = 0.5 * (math.erfc(below * _ROOT_HALF) - math.erfc(above * _ROOT_HALF))
    else:
        mass = 0.5 * (math.erfc(-above * _ROOT_HALF) - math.erfc(-below * _ROOT_HALF))
    at_low = math.exp(-0.5 * below * below) / _ROOT_TWO_PI if below > -math.inf else 0.0
    at_high = math.exp(-0.5 * above * above) / _ROOT_TWO_PI if above < math.inf else 0.0
    slope = (at_low - at_high) / (mass * sd)
    bend = -slope * slope
    if at_low > 0.0:
        bend += below * at_low / (mass * sd * sd)
    if at_high > 0.0:
        bend -= above * at_high / (mass * sd * sd)
    information = -bend
    if information < _LEAST / (variance + noise):
        return 0.0, mean
    left = max(1.0 - information * variance, 1e-6)
    return information / left, mean + slope / information
