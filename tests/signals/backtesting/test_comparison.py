"""Differences over origins: their blocks, and how often their intervals hold truth."""

import math

import numpy as np
import pytest

from howdah.signals.backtesting.comparison import compare_methods


def test_the_difference_is_the_mean_over_origins_that_both_have() -> None:
    found = compare_methods([0.5, 0.4, float("nan"), 0.6], [0.3, 0.4, 0.1, 0.2], 1)
    assert found.value == pytest.approx(0.2)
    assert found.n == 3
    assert found.lower <= found.value <= found.upper


def test_one_block_tells_no_interval() -> None:
    found = compare_methods([0.5] * 6, [0.4] * 6, 12)
    assert (found.value, found.n) == (pytest.approx(0.1), 6)
    assert math.isnan(found.lower)
    assert compare_methods([], [], 12).n == 0


def test_overlapping_origins_make_wider_intervals() -> None:
    rng = np.random.default_rng(1)
    shared = np.repeat(rng.normal(0, 0.1, 20), 12)
    apart = compare_methods(shared, np.zeros(240), 1)
    blocks = compare_methods(shared, np.zeros(240), 12)
    assert blocks.upper - blocks.lower > 2 * (apart.upper - apart.lower)


def test_intervals_hold_the_true_difference_of_dependent_origins() -> None:
    inside = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        noise = np.convolve(rng.normal(0, 1, 131), np.ones(12) / 12, "valid")
        found = compare_methods(0.3 + noise, np.zeros(120), 12, seed=seed)
        inside += found.lower <= 0.3 <= found.upper
    # Ten blocks: a little below 90, by what few blocks cost.
    assert 75 <= inside <= 98
