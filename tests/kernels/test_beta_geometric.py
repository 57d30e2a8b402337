"""The shifted beta-geometric against its published example, by recovery and by coverage."""

import numpy as np
import pytest
from scipy.stats import chi2

from howdah.kernels.beta_geometric import (
    Lifetimes,
    _chance_above,
    fit_beta_geometric,
    kaplan_meier,
)

EDGE = np.array([1, 2, 3, 4, 5, 6, 7, 14, 28, 56, 84])


def drawn(
    draws: np.random.Generator, n: int, alpha: float, beta: float, most: int = 84,
    stay: float = 0.0,
) -> Lifetimes:  # fmt: skip
    """Lifetimes of so many units, each with a horizon of its own, drawn with equal weights.

    A share `stay` never leaves.
    """
    stayed = draws.geometric(draws.beta(alpha, beta, n)) - 1
    if stay:
        stayed = np.where(draws.random(n) < stay, 10**6, stayed)
    horizon = draws.integers(1, most + 1, n)
    last_edge = np.searchsorted(EDGE, horizon, side="right") - 1
    slot = np.where(
        stayed >= EDGE[last_edge], len(EDGE) + last_edge, np.searchsorted(EDGE, stayed, "right")
    )
    counts = np.bincount(slot, minlength=2 * len(EDGE)).astype(np.float64)
    covariance = n / (n - 1) * (np.diag(counts) - np.outer(counts, counts) / n)
    return Lifetimes(EDGE, counts[: len(EDGE)], counts[len(EDGE) :], covariance)


def test_the_example_of_fader_and_hardie() -> None:
    # Their "regular" and "high end" customers, per cent left after each of seven years.
    for shares, alpha, beta in (
        ((0.631, 0.468, 0.382, 0.326, 0.289, 0.262, 0.241), 0.704, 1.182),
        ((0.869, 0.743, 0.653, 0.593, 0.551, 0.517, 0.491), 0.668, 3.806),
    ):
        there = 1000 * np.array([1.0, *shares])
        left = -np.diff(there)
        still = np.r_[np.zeros(6), there[-1]]
        law = fit_beta_geometric(Lifetimes(np.arange(1, 8), left, still, np.eye(14)))
        assert law.alpha == pytest.approx(alpha, abs=2e-3)
        assert law.beta == pytest.approx(beta, abs=4e-3)
        assert law.gap < 0.02
        np.testing.assert_allclose(
            kaplan_meier(Lifetimes(np.arange(1, 8), left, still, np.eye(14))), shares
        )


@pytest.mark.slow
def test_a_law_that_passes_wrongly_is_off_by_about_twice_as_much_twice_as_far() -> None:
    t = np.array([84, 168, 840])
    beta = np.cumprod((3.0 + np.arange(840)) / (3.8 + np.arange(840)))[t - 1]
    # One in seven never leaves; the others do as the law says.
    truth = 0.15 + 0.85 * beta
    off = []
    for run in range(60):
        draws = np.random.default_rng(run)
        law = fit_beta_geometric(drawn(draws, 3000, 0.8, 3.0, stay=0.15))
        if law.gap <= 0.02 or law.p_value >= 0.01:
            off.append(truth - law.survival(t))
    assert len(off) > 15
    near, twice, ten = np.mean(off, axis=0)
    assert 0.01 < near < twice < 0.06
    assert twice < 2.2 * near
    # What is off is more than what is said.
    assert ten > max(truth[2] - ten, 2.5 * near)


@pytest.mark.slow
def test_bands_cover_and_p_values_are_even() -> None:
    t = np.array([7, 84, 180, 365])
    alpha, beta = 0.6, 1.5
    truth = None
    inside, n_low, n_runs = np.zeros(len(t)), 0, 400
    for run in range(n_runs):
        law = fit_beta_geometric(drawn(np.random.default_rng(run), 2000, alpha, beta))
        assert law.is_told
        low, high = law.band(t, 0.9)
        if truth is None:
            truth = np.cumprod((beta + np.arange(400)) / (alpha + beta + np.arange(400)))[t - 1]
        inside += (low <= truth) & (truth <= high)
        n_low += law.p_value < 0.1
    tolerance = 3 * np.sqrt(0.9 * 0.1 / n_runs)
    assert np.abs(inside / n_runs - 0.9).max() < tolerance
    assert abs(n_low / n_runs - 0.1) < tolerance + 0.02


@pytest.mark.parametrize("n", [1, 2, 3, 8, 19, 40])
@pytest.mark.parametrize("statistic", [0.0, 1e-9, 0.7, 12.0, 60.0, 2000.0])
def test_the_chance_of_more_is_that_of_another_library(statistic: float, n: int) -> None:
    assert _chance_above(statistic, n) == pytest.approx(chi2.sf(statistic, n), rel=1e-10)


def test_without_degrees_of_freedom_nothing_is_above() -> None:
    assert _chance_above(3.0, 0) == 0.0
