"""Logistic regression: against a general optimiser, another library and simulated truth."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.optimize import minimize

from howdah.kernels.logistic import chance, fit_logistic


def draw(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    design = np.column_stack([np.ones(n), rng.normal(0, 1, (n, 3))])
    beta = np.array([-1.0, 0.8, -0.5, 0.0])
    return design, (rng.random(n) < chance(design @ beta)).astype(float), beta


def test_the_maximum_is_that_of_a_general_optimiser() -> None:
    design, outcome, _ = draw(300, 1)
    rng = np.random.default_rng(2)
    weight, offset = rng.random(300) + 0.5, rng.normal(0, 0.3, 300)
    penalty = np.array([0.0, 3.0, 3.0, 10.0])

    def loss(beta: np.ndarray) -> float:
        eta = design @ beta + offset
        fit = weight @ (outcome * eta - np.log1p(np.exp(eta)))
        return float(0.5 * penalty @ beta**2 - fit)

    found = fit_logistic(design, outcome, penalty, weight=weight, offset=offset)
    want = minimize(loss, np.zeros(4), tol=1e-12).x
    np.testing.assert_allclose(found.coefficients, want, atol=1e-5)


def test_without_a_penalty_it_is_what_another_library_says() -> None:
    design, outcome, _ = draw(500, 3)
    found = fit_logistic(design, outcome, np.zeros(4))
    want = sm.GLM(outcome, design, family=sm.families.Binomial()).fit()
    np.testing.assert_allclose(found.coefficients, want.params, atol=1e-6)
    np.testing.assert_allclose(found.covariance, want.cov_params(), rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(
        found.stderr(design[:5]),
        np.sqrt(np.diag(design[:5] @ want.cov_params() @ design[:5].T)),
        rtol=1e-3,
    )


def test_intervals_of_coefficients_cover_truth() -> None:
    inside = 0
    for seed in range(60):
        design, outcome, beta = draw(400, 100 + seed)
        found = fit_logistic(design, outcome, np.zeros(4))
        reach = 1.645 * np.sqrt(np.diag(found.covariance))
        inside += int((np.abs(found.coefficients - beta) <= reach).sum())
    # 240 intervals at 90 %: three standard errors are 6 points.
    assert inside / 240 == pytest.approx(0.9, abs=0.06)


@pytest.mark.parametrize("outcome", [0.0, 1.0])
def test_outcomes_all_alike_stay_finite(outcome: float) -> None:
    design, *_ = draw(50, 4)
    found = fit_logistic(design, np.full(50, outcome), np.array([1e-6, 1, 1, 1]))
    p = chance(found.log_odds(design))
    assert np.isfinite(found.coefficients).all()
    assert np.abs(p - outcome).max() < 0.05


def test_outcomes_that_a_column_parts_stay_finite() -> None:
    x = np.linspace(-1, 1, 40)
    design = np.column_stack([np.ones(40), x])
    found = fit_logistic(design, (x > 0).astype(float), np.array([1e-6, 0.5]))
    assert np.isfinite(found.covariance).all()
    assert found.coefficients[1] > 3


def test_odds_beyond_all_measure_are_cut() -> None:
    assert chance(np.array([1e9, -1e9])) == pytest.approx([1.0, 0.0], abs=1e-12)
