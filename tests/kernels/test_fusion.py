"""The fusion kernel against a dense Gaussian, statsmodels, and known truth."""

import numpy as np
import pytest
from numpy.typing import NDArray
from statsmodels.tsa.statespace.mlemodel import MLEModel

from howdah.kernels import Model, Panel, fuse_panel, leave_out

Floats = NDArray[np.float64]
N_PERIOD = 30
N_SOURCE = 4


def a_model(
    *,
    family_var: float = 0.04,
    common_var: float = 0.03,
    drift_var: float = 0.02,
    step_shape: float = 3.0,
    trend_mean: float = 0.03,
    trend_var: float = 0.002,
) -> Model:
    return Model(
        bias=np.array([[0.0], [0.3], [-0.2], [0.1]]),
        house_var=np.array([0.02, 0.1, 0.05, 0.08]),
        noise_var=np.array([[0.01], [0.04], [0.02], [0.03]]),
        drift_var=np.array([0.0, drift_var, 0.0, drift_var]),
        family=np.array([-1, 0, 0, 0], np.int32),
        family_var=np.array([family_var]),
        common_var=np.array([common_var]),
        step_var=0.01,
        step_shape=step_shape,
        trend_mean=trend_mean,
        trend_var=trend_var,
        start_var=9.0,
    )


def a_panel(seed: int, n_series: int = 1, model: Model | None = None) -> tuple[Panel, Floats]:
    """Claims drawn from the model, Gaussian, and the levels behind them."""
    model = model or a_model()
    draws = np.random.default_rng(seed)
    steps = draws.normal(0, np.sqrt(model.step_var), (n_series, N_PERIOD))
    trend = draws.normal(model.trend_mean, np.sqrt(model.trend_var), (n_series, 1))
    level = draws.normal(5, 1, (n_series, 1)) + np.cumsum(steps + trend, axis=1)
    house = model.bias[:, 0] + np.sqrt(model.house_var) * draws.normal(size=(n_series, N_SOURCE))
    drift = np.sqrt(model.drift_var) * draws.normal(size=(n_series, N_SOURCE))
    shared = np.sqrt(model.family_var[0]) * draws.normal(size=(n_series, N_PERIOD))
    house += (model.family >= 0) * np.sqrt(model.common_var[0]) * draws.normal(size=(n_series, 1))
    along = np.arange(N_PERIOD) / (N_PERIOD - 1) - 0.5
    value = (
        level[:, :, None]
        + house[:, None]
        + along[:, None] * drift[:, None]
        + np.where(model.family >= 0, shared[:, :, None], 0.0)
        + np.sqrt(model.noise_var[:, 0]) * draws.normal(size=(n_series, N_PERIOD, N_SOURCE))
    )
    series, period, source = np.nonzero(draws.random(value.shape) < 0.6)
    return panel_of(series, period, source, value[series, period, source], n_series), level


def panel_of(
    series: NDArray[np.int64],
    period: NDArray[np.int64],
    source: NDArray[np.int64],
    value: Floats,
    n_series: int,
) -> Panel:
    zeros = np.zeros(n_series, np.int32)
    return Panel(
        start=np.searchsorted(series, np.arange(n_series + 1)).astype(np.int64),
        period=period.astype(np.int32),
        source=source.astype(np.int32),
        value=value,
        low=np.full(len(value), np.nan),
        high=np.full(len(value), np.nan),
        own_var=np.zeros(len(value)),
        segment=zeros,
        size=zeros,
        first=zeros,
        length=np.full(n_series, N_PERIOD, np.int32),
        pace=np.ones(n_series),
        gap=np.ones(N_PERIOD),
    )


def first_weights(panel: Panel, model: Model) -> Floats:
    """Precision of each claim in the first pass, when none lies far out."""
    return np.asarray(1.0 / (model.noise_var[panel.source, 0] + panel.own_var), np.float64)


def test_a_pass_is_the_dense_gaussian_solve() -> None:
    model = a_model()
    panel, _ = a_panel(1)
    panel = panel._replace(own_var=np.where(panel.period % 3 == 0, 0.05, 0.0))
    found = fuse_panel(panel, model, n_passes=1)
    n, m = N_PERIOD, N_SOURCE
    drifting = [1, 3]
    # Unknowns: levels, house effects, drifts, shared errors, the trend.
    size = n + m + len(drifting) + n + 1
    precision, pull = np.zeros((size, size)), np.zeros(size)
    start = float(np.median(panel.value - model.bias[panel.source, 0]))
    precision[0, 0] += 1 / 9.0
    pull[0] += start / 9.0
    for t in range(1, n):
        step = np.zeros(size)
        step[t], step[t - 1], step[-1] = 1.0, -1.0, -1.0
        precision += np.outer(step, step) / model.step_var
    precision[-1, -1] += 1 / model.trend_var
    pull[-1] += model.trend_mean / model.trend_var
    of_family = (model.family >= 0).astype(np.float64)
    prior = np.diag(model.house_var) + model.common_var[0] * np.outer(of_family, of_family)
    precision[n : n + m, n : n + m] += np.linalg.inv(prior)
    pull[n : n + m] += np.linalg.solve(prior, model.bias[:, 0])
    for k, s in enumerate(drifting):
        precision[n + m + k, n + m + k] += 1 / model.drift_var[s]
    shared = n + m + len(drifting)
    own = slice(shared, shared + n)
    precision[own, own] += np.eye(n) / model.family_var[0]
    weights = first_weights(panel, model)
    for t, s, y, w in zip(panel.period, panel.source, panel.value, weights, strict=True):
        row = np.zeros(size)
        row[t] = row[n + s] = 1.0
        if s in drifting:
            row[n + m + drifting.index(s)] = t / (n - 1) - 0.5
        if model.family[s] >= 0:
            row[shared + t] = 1.0
        precision += w * np.outer(row, row)
        pull += w * y * row
    covariance = np.linalg.inv(precision)
    mean = covariance @ pull
    np.testing.assert_allclose(found.mean, mean[:n], atol=1e-9)
    np.testing.assert_allclose(found.variance, np.diag(covariance)[:n], atol=1e-9)
    houses = n + found.house_source
    np.testing.assert_allclose(found.house_mean, mean[houses], atol=1e-9)
    np.testing.assert_allclose(found.house_var, np.diag(covariance)[houses], atol=1e-9)
    np.testing.assert_allclose(found.trend_mean, mean[-1:], atol=1e-9)
    second = covariance[-1, -1] + mean[-1] ** 2
    np.testing.assert_allclose(found.trend_second, [second], atol=1e-9)
    # Of the periods in which at least two of the family speak.
    own = [t for t in range(n) if len({*panel.source[panel.period == t]} - {0}) > 1]
    squares = (mean**2 + np.diag(covariance))[shared:][own]
    np.testing.assert_allclose(found.family_sum, [squares.sum()], atol=1e-8)
    np.testing.assert_allclose(found.family_count, [len(own)])


def test_a_pass_is_the_smoother_of_another_library() -> None:
    model = a_model(family_var=0.0, common_var=0.0, drift_var=0.0)
    panel, _ = a_panel(2, model=model)
    found = fuse_panel(panel, model, n_passes=1)
    value = np.full((N_PERIOD, N_SOURCE), np.nan)
    value[panel.period, panel.source] = panel.value
    # The state: the level, the house effects and the trend; only the level moves.
    n_state = 2 + N_SOURCE
    other = MLEModel(value - model.bias[:, 0], k_states=n_state, k_posdef=1)
    other["design"] = np.eye(N_SOURCE, n_state, 1) + np.eye(1, n_state)
    transition = np.eye(n_state)
    transition[0, -1] = 1.0
    other["transition"] = transition
    other["selection"] = np.eye(n_state, 1)
    other["state_cov"] = np.array([[model.step_var]])
    other["obs_cov"] = np.diag(model.noise_var[:, 0])
    start = float(np.median(panel.value - model.bias[panel.source, 0]))
    prior = np.diag(np.concatenate([[9.0], model.house_var, [model.trend_var]]))
    other.initialize_known(np.array([start, *np.zeros(N_SOURCE), model.trend_mean]), prior)
    smoothed = other.ssm.smooth()
    np.testing.assert_allclose(found.mean, smoothed.smoothed_state[0], atol=1e-6)
    np.testing.assert_allclose(found.variance, smoothed.smoothed_state_cov[0, 0], atol=1e-6)


def test_intervals_cover_levels_drawn_from_the_model() -> None:
    panel, level = a_panel(3, n_series=400)
    found = fuse_panel(panel, a_model(step_shape=1e6))
    z = (found.mean.reshape(level.shape) - level) / np.sqrt(found.variance.reshape(level.shape))
    # Robust weights take Gaussian claims for slightly worse than they are.
    assert 0.86 < (np.abs(z) < 1.645).mean() < 0.94


def test_threads_change_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    model = a_model()
    panel, _ = a_panel(7, n_series=90)
    found = []
    for n_threads in (1, 3):
        monkeypatch.setattr("numba.config.NUMBA_NUM_THREADS", n_threads)
        posterior = fuse_panel(panel, model)
        assert posterior.cpu_s > 0.0
        found.append([np.asarray(x).tobytes() for x in posterior._replace(cpu_s=0.0)])
    assert found[0] == found[1]


def test_the_order_of_sources_does_not_matter() -> None:
    model = a_model()
    panel, _ = a_panel(4)
    # Truth-like source 0 stays first: families have to stand together within a period.
    swap = np.array([0, 3, 2, 1])
    order = np.lexsort((swap[panel.source], panel.period))
    swapped = panel._replace(
        period=panel.period[order],
        source=swap[panel.source[order]].astype(np.int32),
        value=panel.value[order],
    )
    permuted = model._replace(
        bias=model.bias[swap],
        house_var=model.house_var[swap],
        noise_var=model.noise_var[swap],
        drift_var=model.drift_var[swap],
        family=model.family[swap],
    )
    np.testing.assert_allclose(
        fuse_panel(swapped, permuted).mean, fuse_panel(panel, model).mean, atol=1e-9
    )


def test_a_claim_that_says_nothing_changes_nothing() -> None:
    model = a_model()
    panel, _ = a_panel(5)
    silent = panel.period != 7
    part = panel._replace(
        start=np.array([0, silent.sum()]),
        **{
            name: getattr(panel, name)[silent]
            for name in ("period", "source", "value", "low", "high")
        },
    )
    np.testing.assert_allclose(
        fuse_panel(leave_out(panel, ~silent), model).mean,
        fuse_panel(part, model).mean,
        atol=1e-9,
    )


def test_a_wild_claim_is_rejected_and_named() -> None:
    model = a_model()
    panel, _ = a_panel(6)
    wild = int(np.flatnonzero(panel.period == 15)[0])
    panel.value[wild] += np.log(1000.0)
    found = fuse_panel(panel, model)
    without = fuse_panel(leave_out(panel, np.arange(len(panel.value)) == wild), model)
    assert found.weight[wild] == 0.0
    np.testing.assert_allclose(found.mean, without.mean, atol=0.02)


def test_below_a_cut_off_the_level_is_below_and_stays_uncertain() -> None:
    n = 12
    panel = panel_of(
        np.zeros(n, np.int64), np.arange(n), np.full(n, 1), np.full(n, np.nan), 1
    )._replace(length=np.array([n], np.int32))
    panel.low[:], panel.high[:] = -np.inf, 4.0
    model = a_model()
    found = fuse_panel(panel, model, n_passes=8)
    assert (found.mean < 4.0).all()
    assert (found.variance > 0.3).all()


@pytest.mark.parametrize("n_claims", [0, 1])
def test_a_series_with_hardly_a_claim(n_claims: int) -> None:
    some = np.zeros(n_claims, np.int64)
    panel = panel_of(some, some + 3, some + 1, some + 2.0, 1)
    found = fuse_panel(panel, a_model())
    assert np.isfinite(found.mean).all()
    # Far from the only claim the level is known less.
    assert found.variance[-1] > found.variance[0] > 0.0


def test_a_longer_gap_lets_the_level_move_more() -> None:
    series, period = np.zeros(2, np.int64), np.array([0, 1])
    panel = panel_of(series, period, np.zeros(2, np.int64), np.array([1.0, 2.0]), 1)
    panel = panel._replace(length=np.array([2], np.int32))
    near = fuse_panel(panel, a_model(), n_passes=1)
    far = fuse_panel(panel._replace(gap=np.full(N_PERIOD, 50.0)), a_model(), n_passes=1)
    assert np.ptp(far.mean) > 1.5 * np.ptp(near.mean)
