"""Sites of interval claims against moments by quadrature."""

import math

import numpy as np
import pytest
from scipy.special import ndtr

from howdah.kernels.sites import interval_site


def moments(
    low: float, high: float, mean: float, variance: float, noise: float
) -> tuple[float, float]:
    """Mean and variance of the level given the claim, on a fine grid."""
    sd = math.sqrt(variance)
    grid = np.linspace(mean - 12 * sd, mean + 12 * sd, 200_001)
    weight = np.exp(-0.5 * ((grid - mean) / sd) ** 2)
    weight *= ndtr((high - grid) / math.sqrt(noise)) - ndtr((low - grid) / math.sqrt(noise))
    weight /= weight.sum()
    center = float(weight @ grid)
    return center, float(weight @ (grid - center) ** 2)


@pytest.mark.parametrize(
    ("low", "high", "mean", "variance", "noise"),
    [
        (-1.0, 0.5, 0.0, 1.0, 0.3),
        (1.0, 2.0, -1.0, 1.0, 0.3),
        (-math.inf, -2.0, 0.0, 0.5, 0.1),
        (2.0, math.inf, 0.0, 0.5, 0.1),
        (-0.1, 0.4, 0.2, 0.01, 0.02),
    ],
)
def test_a_site_gives_the_moments_of_the_exact_posterior(
    low: float, high: float, mean: float, variance: float, noise: float
) -> None:
    precision, center = interval_site(low, high, mean, variance, noise)
    total = 1 / variance + precision
    found = (mean / variance + precision * center) / total, 1 / total
    np.testing.assert_allclose(found, moments(low, high, mean, variance, noise), rtol=1e-5)


def test_an_interval_of_no_width_is_a_point() -> None:
    precision, center = interval_site(0.7, 0.7, 0.0, 1.0, 0.25)
    assert (precision, center) == (4.0, 0.7)


def test_an_interval_that_holds_everything_says_nothing() -> None:
    assert interval_site(-math.inf, math.inf, 3.0, 1.0, 0.25)[0] == 0.0


@pytest.mark.parametrize(("low", "high", "end"), [(50.0, 60.0, 50.0), (-60.0, -50.0, -50.0)])
def test_an_interval_far_away_stands_as_its_nearer_end(low: float, high: float, end: float) -> None:
    assert interval_site(low, high, 0.0, 1.0, 0.25) == (4.0, end)
