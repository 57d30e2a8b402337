"""Reach of intervals, on distances whose distribution is known."""

import numpy as np
from scipy.stats import t as student

from howdah.estimates.ranks.calibration import learn_reach


def test_with_many_levels_the_reach_is_their_quantile() -> None:
    rng = np.random.default_rng(0)
    z, x = 2.0 * rng.standard_t(4, 4000), rng.uniform(0.0, 5.0, 4000)
    reach = learn_reach(np.arange(4000), x, z, 0.9)
    assert abs(reach.factor - 2.0 * student.ppf(0.95, 4)) < 0.25
    assert abs(reach.slope) < 0.1


def test_with_few_levels_it_is_that_of_students_t() -> None:
    reach = learn_reach(np.arange(2), np.array([0.0, 1.0]), np.array([0.1, -0.1]), 0.9)
    assert reach.factor > 0.7 * student.ppf(0.95, 4)


def test_scatter_that_changes_with_the_rank_is_followed() -> None:
    rng = np.random.default_rng(1)
    x = rng.uniform(0.0, 5.0, 2000)
    z = rng.standard_t(4, 2000) * np.exp(-0.2 * x)
    reach = learn_reach(np.arange(2000), x, z, 0.9)
    assert abs(reach.slope + 0.4) < 0.12
    near, far, beyond = reach.at(np.array([0.1, 4.9, 50.0]))
    assert near > 2.0 * far
    assert np.isclose(beyond, far, rtol=0.05)


def test_an_entity_on_many_days_counts_once() -> None:
    rng = np.random.default_rng(2)
    z, x = rng.standard_t(4, 50), rng.uniform(0.0, 5.0, 50)
    once = learn_reach(np.arange(50), x, z, 0.9)
    again = learn_reach(np.tile(np.arange(50), 10), np.tile(x, 10), np.tile(z, 10), 0.9)
    np.testing.assert_allclose(once[:3], again[:3], rtol=1e-6)
