"""Stops of channels as natural experiments, against dense algebra and known steps."""

import numpy as np
import pytest
from numpy.typing import NDArray

from howdah.growth.stops import find_stops

Floats = NDArray[np.float64]


def stopped(n_on: int = 20, n_off: int = 20) -> Floats:
    return np.concatenate([np.ones(n_on), np.zeros(n_off)])


def test_the_step_is_that_of_dense_algebra() -> None:
    rng = np.random.default_rng(1)
    spend, drift, noise = stopped(10, 8), 0.05, 2.0
    outcome = 50 + 7 * spend + rng.normal(0, noise, len(spend))
    (found,) = find_stops(spend, outcome, drift=drift, noise=noise, prob=0.9)
    n = len(spend)
    walk = drift * np.minimum.outer(np.arange(n), np.arange(n))
    precision = np.linalg.inv(noise**2 * (np.eye(n) + walk))
    design = np.column_stack([np.ones(n), spend])
    cov = np.linalg.inv(design.T @ precision @ design)
    expected = cov @ design.T @ precision @ outcome
    assert found.value == pytest.approx(expected[1], rel=1e-6)
    assert found.upper - found.value == pytest.approx(1.6449 * np.sqrt(cov[1, 1]), rel=1e-3)
    assert (found.at, found.n_before, found.n_after) == (10, 10, 8)


def test_intervals_cover_a_known_step() -> None:
    inside = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        level = np.cumsum(rng.normal(0, np.sqrt(0.02) * 3.0, 40))
        outcome = 100 + level + 12 * stopped() + rng.normal(0, 3.0, 40)
        (found,) = find_stops(stopped(), outcome, drift=0.02, noise=3.0, prob=0.9)
        inside.append(found.lower <= 12 <= found.upper)
    assert 0.83 < np.mean(inside) < 0.96


def test_short_runs_and_unknown_outcomes_are_no_experiment() -> None:
    y = np.ones(30)
    assert not find_stops(np.ones(30), y, drift=0.1, noise=1.0, prob=0.9)
    assert not find_stops(np.zeros(30), y, drift=0.1, noise=1.0, prob=0.9)
    assert not find_stops(stopped(3, 20), np.ones(23), drift=0.1, noise=1.0, prob=0.9)
    assert not find_stops(stopped(20, 3), np.ones(23), drift=0.1, noise=1.0, prob=0.9)
    unknown = np.full(40, np.nan)
    assert not find_stops(stopped(), unknown, drift=0.1, noise=1.0, prob=0.9)


def test_periods_that_are_not_known_are_bridged() -> None:
    outcome = 10 + 5 * stopped()
    outcome[18:20] = np.nan
    (found,) = find_stops(stopped(), outcome, drift=0.01, noise=1.0, prob=0.9)
    assert found.value == pytest.approx(5.0)
