"""The damped trend: its filter against matrices, its parameters and its forecasts against truth."""

from dataclasses import astuple, replace

import numpy as np
import pytest

from howdah.kernels.local_trend import (
    CLIP_SDS,
    DEFAULT_TREND,
    Trend,
    learn_trend,
    nearness,
)


def simulate(trend: Trend, n: int, n_month: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    damping, q_level, q_slope, noise = astuple(trend)
    level, slope = np.zeros(n), np.zeros(n)
    out = np.empty((n, n_month), np.float32)
    for t in range(n_month):
        level = level + slope + rng.normal(0, np.sqrt(q_level), n)
        slope = damping * slope + rng.normal(0, np.sqrt(q_slope), n)
        out[:, t] = level + rng.normal(0, np.sqrt(noise), n)
    return out


def by_matrices(
    y: np.ndarray, trend: Trend, column: int, horizon: int, limit: float | None, rise: float
) -> float:
    """Nearness of one series by matrix algebra, with scale and clipping as documented."""
    damping, q_level, q_slope, noise = astuple(trend)
    forward = np.array([[1.0, 1.0], [0.0, damping]])
    spread = np.diag([q_level, q_slope])
    see = np.array([1.0, 0.0])
    state, p, scale, weight, last = None, np.zeros((2, 2)), 1.0, 6.0, 0.0
    for t in range(column + 1):
        if state is not None:
            state, p = forward @ state, forward @ p @ forward.T + scale * spread
        if np.isnan(y[t]):
            continue
        last = float(y[t])
        if state is None:
            state = np.array([last, 0.0])
            p = np.diag([noise, 0.05 * (q_level + q_slope + 2 * noise)])
            continue
        variance = see @ p @ see + noise * scale
        e = np.clip((last - see @ state) / np.sqrt(variance), -CLIP_SDS, CLIP_SDS)
        gain = p @ see / variance
        state = state + gain * e * np.sqrt(variance)
        p = p - np.outer(gain, see @ p)
        weight += 1
        scale = max(scale + scale * (e**2 - 1) / weight, 0.02)
    if state is None:
        return float("nan")
    best = -np.inf
    for _ in range(horizon):
        state, p = forward @ state, forward @ p @ forward.T + scale * spread
        goal = (last if limit is None else limit) + rise
        best = max(best, (state[0] - goal) / np.sqrt(p[0, 0] + noise * scale))
    return float(best)


@pytest.mark.parametrize(("limit", "rise"), [(1.5, 0.0), (None, 0.7)])
def test_nearness_is_what_matrices_say(limit: float | None, rise: float) -> None:
    trend = Trend(0.7, 0.03, 0.004, 0.01)
    y = simulate(trend, 12, 25, 1)
    y[3, 10:14] = np.nan
    y[4, :8] = np.nan
    y[5] = np.nan
    y[6, 9] += 6
    columns = np.array([0, 7, 24])
    threshold = None if limit is None else np.full(3, limit)
    got = nearness(y, trend, columns, 5, threshold=threshold, rise=rise)
    want = [[by_matrices(row, trend, c, 5, limit, rise) for c in columns] for row in y]
    np.testing.assert_allclose(got, want, rtol=2e-4, atol=2e-4)


def test_what_comes_later_changes_nothing() -> None:
    y = simulate(DEFAULT_TREND, 5, 20, 2)
    before = nearness(y, DEFAULT_TREND, np.array([9]), 3, rise=0.5)
    y[:, 10:] = 50
    np.testing.assert_array_equal(nearness(y, DEFAULT_TREND, np.array([9]), 3, rise=0.5), before)


def test_parameters_of_a_simulated_market_are_found() -> None:
    truth = Trend(0.85, 0.01, 0.004, 0.002)
    found = learn_trend(simulate(truth, 400, 60, 3))
    assert found.damping == pytest.approx(truth.damping, abs=0.12)
    assert np.log(found.slope / truth.slope) == pytest.approx(0, abs=0.8)
    assert np.log(found.level / truth.level) == pytest.approx(0, abs=0.8)


def test_a_calmer_market_is_learnt_as_one() -> None:
    calm = replace(DEFAULT_TREND, level=0.002, slope=0.0001, noise=0.0005)
    assert learn_trend(simulate(calm, 200, 40, 4)).level < 0.006


def test_too_few_steps_teach_nothing() -> None:
    assert learn_trend(np.full((50, 3), np.nan, np.float32)) == DEFAULT_TREND
    assert learn_trend(np.zeros((0, 5), np.float32)) == DEFAULT_TREND


def test_a_series_that_never_moves_has_a_finite_nearness() -> None:
    still = np.ones((2, 30), np.float32)
    trend = learn_trend(np.ones((300, 30), np.float32))
    assert np.isfinite(nearness(still, trend, np.array([29]), 12, rise=0.1)).all()
