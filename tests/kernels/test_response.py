"""How an outcome answers spend, each part by another route."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm, truncnorm

from howdah.kernels.response import (
    Bases,
    Draws,
    Prior,
    carry_over,
    placebo_spread,
    project,
    respond,
    sample_response,
    unfold,
    whitened_bases,
)
from howdah.kernels.response.truncated import draw_positive, log_normal_cdf

DRIFTS = np.array([1e-5, 0.01, 0.3])


def fixed_columns(n_period: int) -> np.ndarray:
    return np.vstack([np.ones(n_period), np.linspace(-1, 1, n_period)])


def dense(bases: Bases, fixed: np.ndarray, d: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Covariance of the known outcomes in units of the noise, its inverse, and the columns."""
    is_known = bases.scale[d] > 0
    at = np.flatnonzero(is_known)
    covariance = np.eye(len(at)) + bases.drift[d] * np.minimum.outer(at, at)
    return covariance, np.linalg.inv(covariance), fixed[:, at].T


def test_carry_over_is_the_sum_of_faded_spend() -> None:
    spend = np.random.default_rng(1).exponential(size=30)
    out = np.empty(30)
    most = carry_over(spend, 0.6, out)
    expected = [
        0.4 * sum(0.6**k * spend[t - k] for k in range(t)) + 0.6**t * spend[0] for t in range(30)
    ]
    np.testing.assert_allclose(out, expected)
    assert most == out.max()


def test_constant_spend_has_no_beginning() -> None:
    out = np.empty(12)
    carry_over(np.full(12, 3.0), 0.9, out)
    np.testing.assert_allclose(out, 3.0)


def test_the_response_is_the_logistic_curve_and_one_at_its_peak() -> None:
    spend = np.random.default_rng(2).exponential(size=40)
    out, carried = np.empty(40), np.empty(40)
    peak = respond(spend, 0.3, 2.5, 1.0, 0.0, out)
    most = carry_over(spend, 0.3, carried)
    curve = (1 - np.exp(-2.5 * carried / most)) / (1 + np.exp(-2.5 * carried / most))
    np.testing.assert_allclose(out, curve / curve.max())
    assert peak == most
    # Half of the spend on the same curve is no course of its own.
    half = np.empty(40)
    respond(spend / 2, 0.3, 2.5, 1.0, peak, half)
    assert half.max() < 1
    assert (half[out > 0] > 0.5 * out[out > 0]).all()


def test_nothing_spent_brings_nothing() -> None:
    out = np.ones(5)
    assert respond(np.zeros(5), 0.3, 2.0, 1.2, 0.0, out) == 0.0
    assert (out == 0.0).all()


@pytest.mark.parametrize("d", range(3))
def test_whitening_is_generalised_least_squares(d: int) -> None:
    rng = np.random.default_rng(3)
    n = 25
    is_known = np.ones(n, np.bool_)
    is_known[[4, 11, 12]] = False
    fixed = fixed_columns(n)
    bases = whitened_bases(fixed, is_known, DRIFTS)
    covariance, inverse, columns = dense(bases, fixed, d)
    y, x = rng.normal(size=(2, n))
    normal = columns.T @ inverse @ columns

    def left(values: np.ndarray) -> np.ndarray:
        return values - columns @ np.linalg.solve(normal, columns.T @ inverse @ values)

    one, other = project(np.array([y, x]), bases, d)
    assert one @ other == pytest.approx(left(y[is_known]) @ inverse @ left(x[is_known]))
    assert (one[~is_known] == 0.0).all()
    log_det = np.linalg.slogdet(covariance)[1] + np.linalg.slogdet(normal)[1]
    assert bases.log_det[d] == pytest.approx(log_det)


def test_placebos_are_regressions_on_shifted_responses() -> None:
    rng = np.random.default_rng(9)
    n = 24
    fixed = fixed_columns(n)
    bases = whitened_bases(fixed, np.ones(n, np.bool_), DRIFTS)
    _, inverse, columns = dense(bases, fixed, 1)
    y, response = rng.normal(size=n), rng.exponential(size=n)
    scores = []
    for shift in (5, 9, 14):
        both = np.column_stack([columns, np.roll(response, shift)])
        normal = np.linalg.inv(both.T @ inverse @ both)
        scores.append((normal @ both.T @ inverse @ y)[-1] / np.sqrt(normal[-1, -1]))
    found = placebo_spread(
        response, project(y, bases, 1), np.array([5, 9, 14]), bases.gain[1], bases.scale[1],
        bases.basis[1],
    )  # fmt: skip
    assert found == pytest.approx(np.sqrt(np.mean(np.square(scores))))


def test_the_marginal_likelihood_is_that_of_a_multivariate_normal() -> None:
    """Flat fixed coefficients are the limit of a wide prior on them."""
    rng = np.random.default_rng(4)
    n, wide = 20, 1e4
    fixed = fixed_columns(n)
    bases = whitened_bases(fixed, np.ones(n, np.bool_), DRIFTS)
    y = 3.0 + np.cumsum(rng.normal(0, 0.3, n)) + rng.normal(size=n)
    logs = []
    for d in range(3):
        covariance, _, columns = dense(bases, fixed, d)
        whole = covariance + wide**2 * columns @ columns.T
        white = project(y, bases, d)
        ours = -0.5 * (bases.log_det[d] + white @ white)
        logs.append(ours - multivariate_normal.logpdf(y, cov=whole, allow_singular=True))
    np.testing.assert_allclose(np.diff(logs), 0.0, atol=1e-4)


def test_the_tail_of_the_normal_is_that_of_scipy() -> None:
    z = np.array([-60.0, -30.0, -9.0, -7.9, -1.0, 0.0, 5.0])
    np.testing.assert_allclose([log_normal_cdf(x) for x in z], norm.logcdf(z), rtol=2e-4)


@pytest.mark.parametrize("mean", [-6.0, -0.5, 0.1, 4.0])
def test_draws_of_a_cut_normal_have_its_moments(mean: float) -> None:
    rng = np.random.default_rng(5)
    drawn = np.array([draw_positive(mean, 1.5, rng) for _ in range(20_000)])
    true = truncnorm(-mean / 1.5, np.inf, loc=mean, scale=1.5)
    assert drawn.min() >= 0.0
    assert drawn.mean() == pytest.approx(true.mean(), abs=5 * true.std() / np.sqrt(len(drawn)))
    assert drawn.std() == pytest.approx(true.std(), rel=0.05)


def series(n: int = 60, size: float = 6.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(6)
    spend = np.where(rng.random(n) < 0.4, rng.lognormal(0, 0.5, n), 0.0)[None] / 3
    out = np.empty(n)
    respond(spend[0], 0.4, 2.0, 1.0, 0.0, out)
    level = 20 + np.cumsum(rng.normal(0, 0.1, n))
    return level + size * out + rng.normal(size=n), spend, out


def prior_of(n_channel: int, *, shape_sd: float = 0.8, power_sd: float = 0.0) -> Prior:
    return Prior(
        np.tile([-0.4, 0.7, 0.0], (n_channel, 1)),
        np.tile([shape_sd, shape_sd, power_sd], (n_channel, 1)),
        np.zeros(n_channel),
        np.full(n_channel, 900.0),
        np.zeros(len(DRIFTS)),
    )


def test_the_posterior_is_that_of_a_fine_grid() -> None:
    """All of it by brute force: curve, size, drift and noise of one channel."""
    y, spend, _ = series(40, size=3.0)
    fixed = fixed_columns(40)
    bases = whitened_bases(fixed, np.ones(40, np.bool_), DRIFTS)
    prior = prior_of(1)
    draws = sample_response(y, spend, bases, prior, n_draw=6000, n_burn=500, thin=2, seed=1)
    logits = -0.4 + 0.8 * np.linspace(-3, 3, 19)
    saturations = 0.7 + 0.8 * np.linspace(-3, 3, 19)
    sizes = np.linspace(0.01, 12, 160)
    free = 40 - 2
    log_weights, values = [], []
    out = np.empty(40)
    for d in range(3):
        white_y = project(y, bases, d)
        for a in logits:
            for s in saturations:
                respond(spend[0], 1 / (1 + np.exp(-a)), np.exp(s), 1.0, 0.0, out)
                white = project(out, bases, d)
                squares = white_y @ white_y - 2 * sizes * (white @ white_y)
                squares += sizes**2 * (white @ white)
                log = -0.5 * free * np.log(squares) - 0.5 * bases.log_det[d] - sizes**2 / 1800
                log -= 0.5 * ((a + 0.4) / 0.8) ** 2 + 0.5 * ((s - 0.7) / 0.8) ** 2
                log_weights.append(log)
                values.append(np.array([np.full(160, d), np.full(160, a), sizes]))
    log = np.concatenate(log_weights)
    weights = np.exp(log - log.max())
    weights /= weights.sum()
    d, a, size = np.concatenate(values, axis=1)
    for found, true in ((draws.size[:, 0], size), (draws.shape[:, 0, 0], a)):
        mean = weights @ true
        sd = np.sqrt(weights @ (true - mean) ** 2)
        # Draws are not independent: a third of them at least is worth one.
        assert found.mean() == pytest.approx(mean, abs=5 * sd / np.sqrt(len(found) / 10))
        assert found.std() == pytest.approx(sd, rel=0.12)
    for k in range(3):
        assert (draws.drift == k).mean() == pytest.approx(weights[d == k].sum(), abs=0.06)


def test_the_same_seed_gives_the_same_draws_and_another_other_ones() -> None:
    y, spend, _ = series()
    bases = whitened_bases(fixed_columns(60), np.ones(60, np.bool_), DRIFTS)
    one, again, other = (
        sample_response(y, spend, bases, prior_of(1), n_draw=20, n_burn=20, seed=seed)
        for seed in (1, 1, 2)
    )
    assert all(np.array_equal(a, b) for a, b in zip(one, again, strict=True))
    assert not np.array_equal(one.size, other.size)


def test_an_order_of_channels_changes_nothing_but_the_draws() -> None:
    y, spend, _ = series(120)
    both = np.vstack([spend[0], np.roll(spend[0], 17)])
    bases = whitened_bases(fixed_columns(120), np.ones(120, np.bool_), DRIFTS)
    straight, turned = (
        sample_response(y, rows, bases, prior_of(2), n_draw=3000, n_burn=300, seed=3).size
        for rows in (both, both[::-1].copy())
    )
    np.testing.assert_allclose(
        straight.mean(0), turned[:, ::-1].mean(0), atol=0.15 * straight.std(0).max()
    )


def one_draw(size: float, d: int) -> Draws:
    n = 400
    shape = np.tile([-0.4, 0.7, 0.0], (n, 1, 1))
    return Draws(
        shape, np.full((n, 1), size), np.full(n, d), np.full(n, 1.0), np.ones((n, 1)),
        np.ones((n, 1)),
    )  # fmt: skip


def test_levels_have_the_moments_of_the_dense_smoother() -> None:
    y, spend, _ = series(30)
    n = 36
    fixed = fixed_columns(n)
    is_known = np.arange(n) < 30
    is_known[7] = False
    bases = whitened_bases(fixed, is_known, DRIFTS)
    outcome, padded = np.zeros(n), np.zeros((1, n))
    outcome[:30], padded[:, :30] = y, spend
    d = 2
    found = unfold(outcome, padded, padded, fixed, bases, one_draw(6.0, d), seed=2)
    out = np.empty(n)
    respond(padded[0], 1 / (1 + np.exp(0.4)), np.exp(0.7), 1.0, 0.0, out)
    np.testing.assert_allclose(found.paid[0, 0], 6.0 * out)
    # Prior of the level: a wide one of the columns, and the walk.
    steps = np.arange(n)
    prior = 1e6 * fixed.T @ fixed + DRIFTS[d] * np.minimum.outer(steps, steps)
    gain = prior[:, is_known] @ np.linalg.inv(
        prior[np.ix_(is_known, is_known)] + np.eye(is_known.sum())
    )
    mean = gain @ (outcome - 6.0 * out)[is_known]
    sd = np.sqrt(np.diag(prior - gain @ prior[is_known]))
    np.testing.assert_allclose(found.level.mean(0), mean, atol=5 * sd.max() / np.sqrt(400))
    np.testing.assert_allclose(found.level.std(0), sd, rtol=0.2)


def test_spend_that_stops_fades() -> None:
    y, spend, _ = series(30)
    spend[0, 20:] = 1.0
    bases = whitened_bases(fixed_columns(30), np.ones(30, np.bool_), DRIFTS)
    stopped = spend.copy()
    stopped[0, 25:] = 0.0
    found = unfold(y, spend, stopped, fixed_columns(30), bases, one_draw(6.0, 1))
    np.testing.assert_array_equal(found.without[:, :, :25], found.paid[:, :, :25])
    assert (np.diff(found.without[0, 0, 24:]) < 0).all()
