"""Laws from rank to level against dense Gaussian algebra."""

import numpy as np
import pytest

from howdah.kernels.rank_law import Chart, Scales, Sites, knots, law_at, law_rows, solve_law

SCALES = Scales(0.04, 0.3, 0.09, 0.01, 0.002, 0.02, 1.1, 0.05)


def make_chart(seed: int, n_day: int, n: int, n_entity: int) -> Chart:
    rng = np.random.default_rng(seed)
    return Chart(
        day=rng.integers(0, n_day, n),
        log_rank=np.log(rng.integers(1, 40, n).astype(float)),
        entity=np.concatenate([np.arange(n_entity), rng.integers(0, n_entity, n - n_entity)]),
        value=rng.normal(10.0, 1.0, n),
        low=np.full(n, -np.inf),
        high=np.full(n, np.inf),
        own_var=rng.uniform(0.0, 0.1, n),
        gap=rng.uniform(0.5, 3.0, n_day - 1),
        log_length=float(np.log(40.0)),
        pivot=float(np.log(9.0)),
    )


def make_sites(chart: Chart, seed: int) -> Sites:
    rng = np.random.default_rng(seed)
    noise = SCALES.noise(chart.log_rank) + chart.own_var
    return Sites(
        rng.uniform(0.3, 1.2, len(chart.day)) / noise,
        chart.value,
        rng.uniform(0.3, 1.2, len(chart.gap)),
        rng.uniform(0.3, 1.2, chart.n_entity),
    )


def dense(chart: Chart, scales: Scales, sites: Sites) -> tuple[np.ndarray, ...]:
    """Posterior of the coefficients, and of each fitted value, with nothing eliminated."""
    n_day, n = len(chart.gap) + 1, len(chart.day)
    places = knots(chart.log_length) if scales.bend else np.zeros(0)
    rows = law_rows(chart.log_rank, places, chart.pivot)
    full = np.zeros((n, 2 * n_day + len(places)))
    full[np.arange(n), 2 * chart.day] = rows[:, 0]
    full[np.arange(n), 2 * chart.day + 1] = rows[:, 1]
    full[:, 2 * n_day :] = rows[:, 2:]
    # Prior precision by differences, entities kept as unknowns of their own.
    member = np.zeros((n, chart.n_entity))
    member[np.arange(n), chart.entity] = 1.0
    both = np.hstack([full, member])
    prior, center = np.zeros((both.shape[1], both.shape[1])), np.zeros(both.shape[1])
    for first, start, step in (
        (0, 1e9, scales.level_step * chart.gap / sites.step_weight),
        (1, scales.slope_var, scales.slope_step * chart.gap),
    ):
        walk = np.eye(n_day) - np.eye(n_day, k=-1)
        at = 2 * np.arange(n_day) + first
        prior[np.ix_(at, at)] = walk.T @ np.diag(1.0 / np.concatenate([[start], step])) @ walk
    knot = np.arange(2 * n_day, full.shape[1])
    prior[knot, knot] = 1.0 / scales.bend if scales.bend else 0.0
    own = np.arange(full.shape[1], both.shape[1])
    prior[own, own] = sites.entity_weight / scales.entity
    center[2 * np.arange(n_day) + 1] = scales.slope_mean
    weight = np.diag(sites.precision)
    cov = np.linalg.inv(prior + both.T @ weight @ both)
    mean = center + cov @ both.T @ weight @ (sites.place - both @ center)
    size = full.shape[1]
    return mean[:size], cov[:size, :size], both @ mean, np.diag(both @ cov @ both.T)


@pytest.mark.parametrize("n_day", [1, 5])
@pytest.mark.parametrize("bend", [0.0, 0.02])
def test_a_law_is_the_posterior_of_the_dense_model(n_day: int, bend: float) -> None:
    chart = make_chart(3, n_day, 60, 25)
    scales, sites = SCALES._replace(bend=bend), make_sites(chart, 4)
    law = solve_law(chart, scales, sites)
    mean, cov, fitted, fitted_var = dense(chart, scales, sites)
    np.testing.assert_allclose(law.mean, mean, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(law.cov, cov, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(law.fitted, fitted, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(law.fitted_var, fitted_var, rtol=1e-6, atol=1e-6)


def test_one_day_is_generalised_least_squares() -> None:
    chart = make_chart(1, 1, 30, 30)
    scales = SCALES._replace(bend=0.0, slope_var=1e9)
    noise = scales.noise(chart.log_rank) + chart.own_var
    sites = Sites(1.0 / noise, chart.value, np.ones(0), np.ones(30))
    law = solve_law(chart, scales, sites)
    rows = law_rows(chart.log_rank, np.zeros(0), chart.pivot)
    weight = 1.0 / (noise + scales.entity)
    cov = np.linalg.inv(rows.T @ (weight[:, None] * rows))
    np.testing.assert_allclose(law.mean, cov @ rows.T @ (weight * chart.value), rtol=1e-6)
    np.testing.assert_allclose(law.cov, cov, rtol=1e-6)
    x = np.log(np.array([1.0, 7.0]))
    mean, variance = law_at(chart, law, np.zeros(2, np.int64), x)
    at = law_rows(x, np.zeros(0), chart.pivot)
    np.testing.assert_allclose(mean, at @ law.mean, rtol=1e-9)
    np.testing.assert_allclose(variance, np.diag(at @ cov @ at.T), rtol=1e-6)


def test_a_level_without_precision_changes_nothing() -> None:
    chart = make_chart(5, 3, 40, 20)
    sites = make_sites(chart, 6)
    mute = sites._replace(precision=np.where(np.arange(40) < 3, 0.0, sites.precision))
    first = solve_law(chart, SCALES, mute)
    second = solve_law(chart, SCALES, mute._replace(place=np.where(np.arange(40) < 3, 1e6,
                                                                  sites.place)))  # fmt: skip
    np.testing.assert_array_equal(first.mean, second.mean)


def test_bends_leave_the_pivot_alone_and_steepen_away_from_it() -> None:
    places, pivot = knots(np.log(64.0)), np.log(8.0)
    x = np.log(np.array([1.0, 8.0, 64.0]))
    rows = law_rows(x, places, pivot)
    np.testing.assert_allclose(rows[1, 1:], 0.0, atol=1e-12)
    assert (rows[0, 2:] >= 0).all()
    assert (rows[2, 2:] <= 0).all()
    assert rows[0, 2:].sum() > 0 > rows[2, 2:].sum()


def test_the_error_grows_where_no_level_is_known() -> None:
    chart = make_chart(7, 1, 40, 40)
    low = chart._replace(log_rank=np.log(np.linspace(5.0, 12.0, 40)))
    law = solve_law(low, SCALES, make_sites(low, 8))
    x = np.log(np.array([9.0, 15.0, 25.0, 40.0]))
    _, variance = law_at(low, law, np.zeros(4, np.int64), x)
    assert (np.diff(variance) > 0).all()
