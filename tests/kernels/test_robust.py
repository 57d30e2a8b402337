"""Robust statistics against naive loops, textbook values and simulated noise."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from howdah.kernels import hampel_outliers, robust_center, robust_scale, step_noise

Floats = NDArray[np.float64]


def naive_hampel(
    values: Floats, group: NDArray[np.int64], half: int, threshold: float, floor: float
) -> list[bool]:
    flags = []
    for i, y in enumerate(values):
        mine = [j for j in range(len(values)) if group[j] == group[i] and abs(j - i) <= half]
        window = values[mine]
        before = [values[j] for j in mine if j < i]
        after = [values[j] for j in mine if j > i]
        if not before or not after:
            flags.append(False)
            continue
        center = np.median(window)
        reach = threshold * max(1.4826 * np.median(np.abs(window - center)), floor)
        gaps = [y - center, y - np.median(before), y - np.median(after)]
        flags.append(bool(min(gaps) > reach or max(gaps) < -reach))
    return flags


@pytest.mark.parametrize("half_window", [1, 3, 5])
@pytest.mark.parametrize("seed", range(4))
def test_hampel_equals_a_naive_loop(seed: int, half_window: int) -> None:
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(30), rng.integers(1, 15, 30))
    values = np.cumsum(rng.normal(0, 0.1, len(group)))
    values[rng.random(len(group)) < 0.08] += rng.choice([-3, 3])
    flags = hampel_outliers(values, group, half_window=half_window, threshold=4, floor=0.05)
    naive = naive_hampel(values, group, half_window, 4, 0.05)
    assert flags.tolist() == naive
    assert any(naive)


def flagged(values: list[float]) -> list[int]:
    flags = hampel_outliers(np.array(values), np.zeros(len(values), np.int64), floor=0.05)
    return np.flatnonzero(flags).tolist()


def test_one_week_blow_up_is_flagged_wherever_it_comes_back() -> None:
    for at in range(1, 9):
        values = [0.0] * 10
        values[at] = 2.0
        assert flagged(values) == [at]


def test_two_week_blow_up_is_flagged() -> None:
    assert flagged([0.0] * 5 + [3.0, 3.0] + [0.0] * 5) == [5, 6]


def test_level_shift_is_not_flagged_nor_at_the_end() -> None:
    for n_after in range(1, 6):
        assert flagged([0.0] * 6 + [2.0] * n_after) == []
        assert flagged([2.0] * n_after + [0.0] * 6) == []


def test_two_method_changes_in_consecutive_months_are_not_flagged() -> None:
    # x0.72, then x3.3: the one month in between is below both sides.
    low, high = float(np.log(0.72)), float(np.log(0.72 * 3.3))
    assert flagged([0.0] * 8 + [low] + [high] * 8) == []


def test_first_and_last_value_cannot_be_judged() -> None:
    assert flagged([5.0, 0.0, 0.0, 0.0, 5.0]) == []


def test_short_series_and_no_series() -> None:
    assert flagged([]) == []
    assert flagged([1.0]) == []
    assert flagged([0.0, 9.0]) == []


def test_neighbours_are_those_of_the_own_series() -> None:
    values = np.array([0.0, 0.0, 0.0, 5.0, 5.0, 5.0])
    group = np.array([1, 1, 1, 2, 2, 2])
    assert not hampel_outliers(values, group, floor=0.05).any()


def test_floor_of_each_value() -> None:
    values, group = np.array([0.0, 1.0, 0.0] * 2), np.repeat([0, 1], 3)
    floor = np.repeat([0.05, 1.0], 3)
    assert np.flatnonzero(hampel_outliers(values, group, floor=floor)).tolist() == [1]


def test_robust_scale_of_known_values() -> None:
    # Rousseeuw and Croux's reading of a normal sample: median 3, deviations 0 1 1 2 997.
    assert robust_scale(np.array([1.0, 2.0, 3.0, 4.0, 1000.0])) == pytest.approx(1.4826)
    quantiles = stats.norm.ppf((np.arange(9999) + 0.5) / 9999, scale=2.5)
    assert robust_scale(quantiles) == pytest.approx(2.5, rel=1e-3)
    assert robust_scale(np.array([1.0, np.nan, np.inf])) != robust_scale(np.array([1.0, 2.0]))
    assert np.isnan(robust_scale(np.array([1.0, np.nan])))
    assert robust_scale(np.array([4.0, 4.0, 4.0])) == 0.0


def test_robust_center_ignores_what_is_not_finite() -> None:
    assert robust_center(np.array([1.0, np.nan, 3.0, np.inf, 2.0])) == 2.0
    assert np.isnan(robust_center(np.array([np.nan])))


@pytest.mark.parametrize("noise", [0.02, 0.1])
def test_step_noise_recovers_the_noise_of_a_wandering_level(noise: float) -> None:
    rng = np.random.default_rng(3)
    n_series, n = 400, 200
    level = np.cumsum(rng.normal(0, 0.02, (n_series, n)), axis=1)
    read = level + rng.normal(0, noise, (n_series, n))
    found = step_noise(read.ravel(), np.repeat(np.arange(n_series), n), n_last=n)
    # Clipping at three spreads takes a little of the tails.
    assert np.median(found) == pytest.approx(noise, rel=0.1)


def test_step_noise_of_a_level_without_noise_is_small() -> None:
    rng = np.random.default_rng(4)
    level = np.cumsum(rng.normal(0.1, 0.02, (300, 25)), axis=1)
    found = step_noise(level.ravel(), np.repeat(np.arange(300), 25))
    assert np.median(found) < 0.02 * 24**-0.25
    assert 0.3 < (found == 0).mean() < 0.7


def test_step_noise_of_short_series_is_none() -> None:
    level = np.array([0.0, 1.0, 0.0, 1.0, 5.0, 0.0, 1.0, 0.0, 1.0, 0.0])
    found = step_noise(level, np.array([0, 0, 0, 0, 1, 2, 2, 2, 2, 2]))
    assert found[0] == 0
    assert found[1] == 0
    assert found[2] > 0.5


def test_step_noise_does_not_take_one_jump_for_noise() -> None:
    # Steps of .01 up and down, and one of 3 between two down: its products look like noise.
    steps = np.resize([0.0, 0.01, 0.0, -0.01], 24)
    steps[11:14] = [-0.01, 3.0, -0.01]
    level = np.concatenate([[0.0], np.cumsum(steps)])
    assert step_noise(level, np.zeros(25, np.int64))[0] < 0.01
