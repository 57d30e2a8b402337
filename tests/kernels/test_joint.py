"""The joint posterior of levels against dense Gaussians, biases unknown and known."""

import numpy as np
import pytest
from numpy.typing import NDArray

from howdah.kernels import Model, Panel, Posterior, fuse_panel, join_cells, leave_out

Floats = NDArray[np.float64]
N_PERIOD = 25
N_SOURCE = 4
DRIFTING = (1, 3)


def a_model() -> Model:
    return Model(
        bias=np.array([[0.0], [0.3], [-0.2], [0.1]]),
        house_var=np.array([0.02, 0.1, 0.05, 0.08]),
        noise_var=np.array([[0.01], [0.04], [0.02], [0.03]]),
        drift_var=np.array([0.0, 0.02, 0.0, 0.03]),
        family=np.array([-1, 0, 0, 0], np.int32),
        family_var=np.array([0.04]),
        common_var=np.array([0.03]),
        step_var=0.01,
        step_shape=3.0,
        trend_mean=0.02,
        trend_var=0.003,
        start_var=9.0,
    )


def a_panel(seed: int, n_series: int = 2) -> Panel:
    draws = np.random.default_rng(seed)
    level = draws.normal(5, 1, (n_series, 1)) + np.cumsum(
        draws.normal(0, 0.1, (n_series, N_PERIOD)), axis=1
    )
    value = level[:, :, None] + draws.normal(0, 0.25, (n_series, 1, N_SOURCE))
    value = value + draws.normal(0, 0.2, (n_series, N_PERIOD, N_SOURCE))
    series, period, source = np.nonzero(draws.random(value.shape) < 0.6)
    zeros = np.zeros(n_series, np.int32)
    return Panel(
        start=np.searchsorted(series, np.arange(n_series + 1)).astype(np.int64),
        period=period.astype(np.int32),
        source=source.astype(np.int32),
        value=value[series, period, source],
        low=np.full(len(series), np.nan),
        high=np.full(len(series), np.nan),
        own_var=np.where(period % 3 == 0, 0.02, 0.0),
        segment=zeros,
        size=zeros,
        first=zeros,
        length=np.full(n_series, N_PERIOD, np.int32),
        gap=draws.uniform(0.5, 2.0, N_PERIOD),
        pace=np.ones(n_series),
    )


def dense(panel: Panel, model: Model, posterior: Posterior, i: int) -> tuple[Floats, Floats]:
    """Precision of levels, houses, drifts, shared errors, the trend, and last the sources' biases.

    Returned with it: what a shift of all claims of the family in a period pulls, by period.
    """
    n, m, d = N_PERIOD, N_SOURCE, len(DRIFTING)
    shared, trend, bias = n + m + d, n + m + d + n, n + m + d + n + 1
    rows = slice(int(panel.start[i]), int(panel.start[i + 1]))
    houses = slice(int(posterior.house_start[i]), int(posterior.house_start[i + 1]))
    at = posterior.house_source[houses]
    scale = np.empty(m)
    prior = model.house_var[at]
    scale[at] = prior * (5 + posterior.house_square[houses] / prior) / 6
    of_family = (model.family >= 0).astype(np.float64)
    house = np.linalg.inv(np.diag(scale) + model.common_var[0] * np.outer(of_family, of_family))
    mean = posterior.mean[i * n : (i + 1) * n]
    q = posterior.step_var[i]
    noise = model.noise_var[panel.source, 0] + panel.own_var
    weights = posterior.weight / noise
    moved = np.diff(mean) - panel.gap[1:] * posterior.trend_mean[i]
    steps = (4 + 1) / (4 + (moved**2 / panel.gap[1:] + 0.5 * q) / q)
    for _ in range(4):
        precision, pulls = np.zeros((bias + m, bias + m)), np.zeros((bias + m, n))
        precision[0, 0] += 1 / 9.0
        for t in range(1, n):
            link = steps[t - 1] / (q * panel.gap[t])
            step = np.zeros(bias + m)
            step[t], step[t - 1], step[trend] = 1.0, -1.0, -panel.gap[t]
            precision += link * np.outer(step, step)
        precision[trend, trend] += 1 / model.trend_var
        # The house effects lie around the biases.
        around = np.hstack([np.eye(m), -np.eye(m)])
        own = np.r_[n : n + m, bias : bias + m]
        precision[np.ix_(own, own)] += around.T @ house @ around
        for k, s in enumerate(DRIFTING):
            precision[n + m + k, n + m + k] += 1 / model.drift_var[s]
        precision[shared:trend, shared:trend] += np.eye(n) / model.family_var[0]
        for t, s, w in zip(panel.period[rows], panel.source[rows], weights[rows], strict=True):
            row = np.zeros(bias + m)
            row[t] = row[n + s] = 1.0
            if s in DRIFTING:
                row[n + m + DRIFTING.index(s)] = t / (n - 1) - 0.5
            if model.family[s] >= 0:
                row[shared + t] = 1.0
                pulls[:, t] += w * row
            precision += w * np.outer(row, row)
        covariance = np.linalg.inv(precision[:bias, :bias])
        level = covariance[:n, :n]
        square = moved**2 + np.diag(level)[1:] + np.diag(level)[:-1]
        square -= 2 * np.diag(level, 1)
        follow = np.diff(covariance[:n, trend])
        square += panel.gap[1:] * (panel.gap[1:] * covariance[trend, trend] - 2 * follow)
        steps = 5 / (4 + square / panel.gap[1:] / q)
    return precision, pulls


def test_levels_with_biases_given_are_the_dense_gaussian() -> None:
    model, panel = a_model(), a_panel(1)
    posterior = fuse_panel(panel, model)
    asked = np.array([[0, 7, 24], [3, 9, 20]], np.int32)
    found = join_cells(panel, model, posterior, asked)
    for i in range(2):
        precision, pulls = dense(panel, model, posterior, i)
        free = len(precision) - N_SOURCE
        covariance = np.linalg.inv(precision[:free, :free])
        rows = asked[i]
        np.testing.assert_allclose(found.covariance[i], covariance[np.ix_(rows, rows)], atol=1e-9)
        moved = -covariance @ precision[:free, free:]
        np.testing.assert_allclose(found.on_bias[i], moved[rows], atol=1e-9)
        followed = covariance @ pulls[:free]
        np.testing.assert_allclose(found.on_shared[i, :, 0], followed[rows], atol=1e-9)


def test_two_series_with_unknown_biases_in_common_are_the_dense_gaussian() -> None:
    model, panel = a_model(), a_panel(2)
    posterior = fuse_panel(panel, model)
    asked = np.array([[2, 11], [5, 24]], np.int32)
    found = join_cells(panel, model, posterior, asked)
    prior = np.diag([4.0, 3.0, 2.0, 5.0]) + 0.5
    parts = [dense(panel, model, posterior, i)[0] for i in range(2)]
    free = len(parts[0]) - N_SOURCE
    whole = np.zeros((2 * free + N_SOURCE, 2 * free + N_SOURCE))
    for i, part in enumerate(parts):
        own = np.r_[i * free : (i + 1) * free, 2 * free : 2 * free + N_SOURCE]
        whole[np.ix_(own, own)] += part
    whole[2 * free :, 2 * free :] += prior
    covariance = np.linalg.inv(whole)
    cells = np.r_[asked[0], free + asked[1]]
    biases = np.linalg.inv(prior + found.information[0])
    np.testing.assert_allclose(biases, covariance[2 * free :, 2 * free :], atol=1e-9)
    loads = found.on_bias.reshape(4, N_SOURCE)
    joint = loads @ biases @ loads.T
    joint[:2, :2] += found.covariance[0]
    joint[2:, 2:] += found.covariance[1]
    np.testing.assert_allclose(joint, covariance[np.ix_(cells, cells)], atol=1e-9)


def test_variances_are_those_of_a_pass_at_its_fixed_point() -> None:
    model, panel = a_model(), a_panel(3, n_series=20)
    # Some claims are intervals.
    bounds = np.arange(len(panel.value)) % 7 == 0
    low = np.where(bounds, panel.value - 0.3, np.nan)
    high = np.where(bounds, panel.value + 0.2, np.nan)
    panel = panel._replace(value=np.where(bounds, np.nan, panel.value), low=low, high=high)
    posterior = fuse_panel(panel, model, n_passes=60)
    asked = np.tile(np.arange(N_PERIOD, dtype=np.int32), (20, 1))
    found = join_cells(panel, model, posterior, asked)
    variance = np.diagonal(found.covariance, axis1=1, axis2=2).ravel()
    np.testing.assert_allclose(variance / posterior.variance, 1.0, atol=0.1)
    assert np.median(np.abs(variance / posterior.variance - 1.0)) < 0.005


def test_what_is_not_asked_for_is_not_given() -> None:
    model, panel = a_model(), a_panel(4)
    posterior = fuse_panel(panel, model)
    found = join_cells(panel, model, posterior, np.array([[3, -1], [-1, -1]], np.int32))
    assert np.isfinite(found.covariance[0, 0, 0])
    assert np.isnan(found.covariance[0, 1]).all()
    assert np.isnan(found.on_bias[1]).all()


@pytest.mark.parametrize("kept", [0, 1])
def test_series_with_hardly_a_claim(kept: int) -> None:
    model, panel = a_model(), a_panel(5, n_series=1)
    silent = leave_out(panel, np.arange(len(panel.value)) >= kept)
    posterior = fuse_panel(silent, model)
    found = join_cells(silent, model, posterior, np.array([[0, 24]], np.int32))
    assert np.isfinite(found.covariance).all()
    assert found.covariance[0, 1, 1] > found.covariance[0, 0, 0] > 0.0
    # Nothing said, nothing told of the biases.
    assert (np.abs(found.information) < 1e-9).all() == (kept == 0)
