"""What neighbouring ranks say, against a dense Gaussian process."""

import numpy as np

from howdah.kernels.rank_neighbours import APART, Nearness, learn_nearness, smooth_near


def covariance(day: np.ndarray, rank: np.ndarray, near: Nearness) -> np.ndarray:
    apart = np.abs(rank[:, None] - rank[None, :])
    return near.share * np.exp(-apart / near.length) * (day[:, None] == day[None, :])


def draw(seed: int, n: int, near: Nearness) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    day, rank = np.repeat([0, 1], n // 2), rng.uniform(0.0, 6.0, n)
    full = covariance(day, rank, near) + (1.0 - near.share) * np.eye(n)
    return day, rank, np.linalg.cholesky(full + 1e-10 * np.eye(n)) @ rng.normal(size=n)


def test_smoothing_is_the_dense_posterior() -> None:
    near = Nearness(0.9, 0.3)
    day, rank, z = draw(1, 40, near)
    own = np.random.default_rng(2).uniform(0.0, 0.2, 40)
    at_day, at_rank = np.array([0, 1, 2, 0]), np.array([3.0, 0.1, 1.0, rank[3]])
    days, ranks = np.concatenate([day, at_day]), np.concatenate([rank, at_rank])
    full = covariance(days, ranks, near)
    known = full[:40, :40] + np.diag(1.0 - near.share + own)
    gain = full[40:, :40] @ np.linalg.inv(known)
    mean, variance = smooth_near(day, rank, z, own, near, at_day, at_rank)
    np.testing.assert_allclose(mean, gain @ z, atol=1e-9)
    np.testing.assert_allclose(
        variance, np.diag(full[40:, 40:] - gain @ full[:40, 40:]) + 1.0 - near.share, atol=1e-9
    )
    np.testing.assert_allclose((mean[2], variance[2]), (0.0, 1.0), atol=1e-12)


def test_nearness_is_learnt_where_there_is_some() -> None:
    near = Nearness(0.97, 0.3)
    day, rank, z = draw(3, 200, near)
    found = learn_nearness(day, rank, z, np.zeros(200), n_repeat=1.0)
    assert found.share >= 0.9
    assert 0.1 <= found.length <= 1.0


def test_independent_residuals_are_left_apart() -> None:
    found = []
    for seed in range(20):
        day, rank, z = draw(seed, 100, APART)
        found.append(learn_nearness(day, rank, z, np.zeros(100), n_repeat=1.0) == APART)
    assert sum(found) >= 18


def test_a_residual_that_returns_with_its_entity_counts_once() -> None:
    rng = np.random.default_rng(0)
    rank, z = rng.uniform(0.0, 6.0, 25), rng.normal(size=25)
    day = np.repeat(np.arange(10), 25)
    again = np.tile(rank, 10), np.tile(z, 10)
    once = learn_nearness(day[:25], rank, z, np.zeros(25), n_repeat=1.0)
    assert learn_nearness(day, *again, np.zeros(250), n_repeat=10.0) == once


def test_apart_says_nothing() -> None:
    day, rank, z = draw(4, 10, APART)
    mean, variance = smooth_near(day, rank, z, np.zeros(10), APART, day, rank)
    assert (mean == 0).all()
    assert (variance == 1).all()
