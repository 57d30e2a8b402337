"""One value a series: least squares by hand, and the choice that truth prefers."""

import numpy as np
import pytest

from howdah.estimates.fusion.single import CANDIDATES, Fitted, choose, combine, fit

COVARIANCE = np.array([[1.0, 0.9, 0.0], [0.9, 1.0, 0.0], [0.0, 0.0, 1.0]])


def fitted(bias: list[float] | None = None) -> Fitted:
    return Fitted(np.array(bias or [0.0] * 3), COVARIANCE, np.array([2, 0, 1]), squared=True)


def test_least_squares_weighs_by_the_inverse_covariance() -> None:
    claims = np.array([[1.0, 2.0, 6.0], [1.0, np.nan, 6.0], [np.nan] * 3])
    found = CANDIDATES["least squares"](claims, fitted())
    ones = np.linalg.solve(COVARIANCE, np.ones(3))
    assert found[0] == pytest.approx(claims[0] @ ones / ones.sum())
    # Two that share their errors count for little more than one.
    assert found[0] > 3.5
    assert found[1] == pytest.approx(3.5)
    assert np.isnan(found[2])


def test_the_best_source_gives_way_where_it_is_silent() -> None:
    claims = np.array([[1.0, 2.0, 6.0], [1.0, 2.0, np.nan], [np.nan, 2.0, np.nan]])
    assert CANDIDATES["single best source"](claims, fitted()).tolist() == [6.0, 1.0, 2.0]


def test_a_wild_claim_is_clipped() -> None:
    claims = np.array([[1.0, 1.2, 500.0]])
    assert CANDIDATES["clipped least squares"](claims, fitted())[0] < 2.0
    assert CANDIDATES["least squares"](claims, fitted())[0] > 100.0


def simulated(n: int = 2000, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    draws = np.random.default_rng(seed)
    truth = draws.normal(0, 5, n)
    shared = draws.normal(0, 1, n)
    noise = draws.normal(size=(n, 4)) * np.array([0.3, 0.3, 0.3, 0.6])
    # Three copy one another's errors; the fourth is its own.
    claims = truth[:, None] + np.array([0.5, 0.4, 0.6, -0.2]) + noise
    claims[:, :3] += shared[:, None]
    claims[draws.random(claims.shape) < 0.2] = np.nan
    return claims, truth


def test_fit_recovers_biases_and_shared_errors() -> None:
    claims, truth = simulated()
    found = fit(claims, truth, squared=True)
    assert np.abs(found.bias - [0.5, 0.4, 0.6, -0.2]).max() < 0.1
    correlation = found.covariance / np.sqrt(
        np.outer(np.diag(found.covariance), np.diag(found.covariance))
    )
    assert (correlation[:3, :3] > 0.8).all()
    assert np.abs(correlation[3, :3]).max() < 0.1
    assert found.order[0] == 3


def test_the_choice_beats_the_median_and_the_best_source() -> None:
    claims, truth = simulated()
    known = np.where(np.arange(len(truth)) < 100, truth, np.nan)
    choice, residual = choose(claims, known, squared=True, seed=0)
    rest = slice(100, None)
    found = combine(claims, choice)[rest] - truth[rest]
    said = np.isfinite(found)
    for name in ("median", "single best source"):
        rival = CANDIDATES[name](claims, fit(claims[:100], truth[:100], squared=True))[rest]
        assert np.mean(found[said] ** 2) < np.mean((rival - truth[rest])[said] ** 2)
    assert np.isfinite(residual[:100]).sum() == np.isfinite(claims[:100]).any(1).sum()
    assert np.isnan(residual[rest]).all()


def test_with_too_little_truth_it_is_the_median() -> None:
    claims, truth = simulated(200)
    known = np.where(np.arange(200) < 10, truth, np.nan)
    choice, _ = choose(claims, known, squared=False, seed=0)
    assert choice.names == ("median",)
    said = np.isfinite(claims).any(1)
    np.testing.assert_array_equal(combine(claims, choice)[said], np.nanmedian(claims[said], axis=1))
