"""The likelihood against special functions, its derivatives against differences, its maximum."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import approx_fprime, minimize
from scipy.special import betaln

from howdah.kernels.beta_likelihood import (
    BOUNDS,
    find_most_likely,
    sum_likelihood,
    trace_likelihoods,
    trace_survival,
)

EDGE = np.array([1, 2, 3, 4, 5, 6, 7, 14, 28, 56, 84])
PARAMETERS = st.tuples(st.floats(-6.0, 8.0), st.floats(-6.0, 8.0)).map(np.array)


@given(at=PARAMETERS)
def test_survival_is_a_ratio_of_beta_functions(at: np.ndarray) -> None:
    t = np.array([84, 0, 3, 700])
    alpha, beta = np.exp(at)
    # Differences of large logarithms: it is these that lose digits.
    expected = betaln(alpha, beta + t) - betaln(alpha, beta)
    scale = 1.0 + abs(betaln(alpha, beta))
    np.testing.assert_allclose(trace_survival(at, t)[0], expected, rtol=1e-9, atol=1e-10 * scale)


@given(at=PARAMETERS)
def test_likelihoods_are_of_all_that_can_happen(at: np.ndarray) -> None:
    level, _, _ = trace_likelihoods(at, EDGE)
    n = len(EDGE)
    # It left in one of the intervals, or was there after the last.
    assert np.exp(level[:n]).sum() + np.exp(level[-1]) == pytest.approx(1.0)


@given(at=PARAMETERS)
def test_derivatives_are_those_of_differences(at: np.ndarray) -> None:
    draws = np.random.default_rng(1)
    counts = draws.uniform(0.0, 3.0, 2 * len(EDGE))
    _, slope, bend = sum_likelihood(at, EDGE, counts)
    scale = counts.sum()
    by_value = approx_fprime(at, lambda x: sum_likelihood(x, EDGE, counts)[0], 1e-6)
    np.testing.assert_allclose(slope, by_value, rtol=1e-3, atol=1e-4 * scale)
    by_slope = approx_fprime(at, lambda x: sum_likelihood(x, EDGE, counts)[1], 1e-6)
    np.testing.assert_allclose(bend, by_slope, rtol=1e-3, atol=1e-4 * scale)
    np.testing.assert_allclose(bend, bend.T)


def test_the_maximum_is_that_of_another_search() -> None:
    for run in range(60):
        draws = np.random.default_rng(run)
        alpha, beta = np.exp(draws.uniform([-2, -1], [2, 4]))
        n = int(np.exp(draws.uniform(3, 9)))
        stayed = draws.geometric(draws.beta(alpha, beta, n)) - 1
        slot = np.searchsorted(EDGE, stayed, "right")
        counts = np.bincount(
            np.where(slot == len(EDGE), 2 * len(EDGE) - 1, slot), minlength=2 * len(EDGE)
        ).astype(np.float64)

        def objective(x: np.ndarray, counts: np.ndarray = counts) -> float:
            return -sum_likelihood(x, EDGE, counts)[0] / counts.sum()

        other = min(
            minimize(
                objective, start, method="L-BFGS-B", bounds=[BOUNDS] * 2, options={"ftol": 1e-14}
            ).fun
            for start in ((0.0, 0.0), (-1.0, 1.0), (2.0, 4.0))
        )
        found = find_most_likely(EDGE, counts)
        assert objective(found) <= other + 1e-10


@pytest.mark.parametrize(
    "left", [[50.0] + [0.0] * 10, [0.0] * 10 + [50.0], [1e-9] * 11, [1e12, 1e12] + [0.0] * 9]
)
def test_lopsided_counts_end_in_the_box(left: list[float]) -> None:
    there = np.r_[np.zeros(10), 1.0]
    at = find_most_likely(EDGE, np.r_[left, there])
    assert (at >= BOUNDS[0]).all()
    assert (at <= BOUNDS[1]).all()
