"""The arrowhead solve against dense linear algebra."""

import numpy as np
import pytest

from howdah.kernels.arrowhead import ROWS, solve_arrowhead


@pytest.mark.parametrize(("n", "m"), [(1, 1), (1, 4), (2, 1), (7, 3), (40, 9)])
def test_the_posterior_is_that_of_the_dense_precision(n: int, m: int) -> None:
    draws = np.random.default_rng(n * 10 + m)
    link = draws.uniform(0.1, 9.0, n)
    diagonal = draws.uniform(0.5, 3.0, n)
    path = np.diag(diagonal)
    for t in range(1, n):
        path[[t, t - 1], [t, t - 1]] += link[t]
        path[[t, t - 1], [t - 1, t]] -= link[t]
    border = draws.uniform(0.0, 0.3, (n, m))
    corner = np.diag(border.sum(0) + 5.0) + 0.1
    dense = np.block([[path, border], [border.T, corner]])
    mean, corner_mean = draws.normal(size=n), draws.normal(size=m)
    covariance = np.linalg.inv(dense)
    expected = covariance @ np.concatenate([mean, corner_mean])
    # The border is stored by quantity, with rows of zeros up to a multiple of `ROWS`.
    rows = -(-m // ROWS) * ROWS
    solved_border, solved_corner = np.zeros((rows, n)), np.zeros((rows, rows))
    solved_border[:m], solved_corner[:m, :m] = border.T, np.tril(corner)
    variance, lag, spread = np.zeros(n), np.zeros(n), np.full((rows, n), np.nan)
    solve_arrowhead(
        np.diag(path).copy(), link, mean, solved_border, solved_corner, corner_mean,
        variance, lag, spread, np.zeros(n), np.zeros((rows, rows)),
    )  # fmt: skip
    np.testing.assert_allclose(mean, expected[:n], atol=1e-12)
    np.testing.assert_allclose(corner_mean, expected[n:], atol=1e-12)
    np.testing.assert_allclose(variance, np.diag(covariance)[:n], atol=1e-12)
    np.testing.assert_allclose(lag[1:], np.diag(covariance, -1)[: n - 1], atol=1e-12)
    np.testing.assert_allclose(-spread[:m], covariance[n:, :n], atol=1e-12)
    np.testing.assert_allclose(solved_corner[:m, :m], covariance[n:, n:], atol=1e-12)
