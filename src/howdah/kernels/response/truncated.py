"""Normal distributions cut at zero, as coefficients that cannot be negative have."""

import math

import numba as nb
import numpy as np

_ROOT_HALF = math.sqrt(0.5)
_HALF_LOG_TWO_PI = 0.5 * math.log(2.0 * math.pi)

#: Below this the tail of the normal is taken from its expansion; erfc ends at about -38.
_FAR = -8.0

#: Above this many standard deviations below zero, draws come from an exponential instead.
_RARE = 0.45


@nb.njit(cache=True, error_model="numpy")
def log_normal_cdf(z: float) -> float:
    """Logarithm of the standard normal distribution function.

    Examples
    --------
    >>> round(log_normal_cdf(0.0), 6), round(log_normal_cdf(-20.0), 3)
    (-0.693147, -203.917)
    """
    if z > _FAR:
        return math.log(0.5 * math.erfc(-z * _ROOT_HALF))
    return -0.5 * z * z - math.log(-z) - _HALF_LOG_TWO_PI - 1.0 / (z * z)


@nb.njit(cache=True, error_model="numpy")
def draw_positive(mean: float, sd: float, rng: np.random.Generator) -> float:
    """Draw from a normal distribution cut at zero.

    References
    ----------
    .. [1] Robert (1995), "Simulation of Truncated Normal Variables".
    """
    low = -mean / sd
    if low < _RARE:
        while True:
            z = rng.standard_normal()
            if z >= low:
                return mean + sd * z
    rate = 0.5 * (low + math.sqrt(low * low + 4.0))
    while True:
        z = low + rng.exponential(1.0 / rate)
        if rng.random() <= math.exp(-0.5 * (z - rate) ** 2):
            return mean + sd * z
