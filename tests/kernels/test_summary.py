"""The summary of what was before a window: with it the window is solved as all of it would be."""

import numpy as np
import pytest
from numpy.typing import NDArray

from howdah.kernels import (
    Known,
    Model,
    Panel,
    Posterior,
    fuse_and_summarise,
    fuse_panel,
    leave_out,
    make_room,
    pack_known,
    unpack_known,
)

Floats = NDArray[np.float64]
N_PERIOD = 40
N_SERIES = 30


def a_model() -> Model:
    """Truth-like first, then a family of four, two of which drift."""
    return Model(
        bias=np.array([[0.0], [0.3], [-0.2], [0.1], [0.0]]),
        house_var=np.array([1e-6, 0.1, 0.05, 0.08, 0.3]),
        noise_var=np.array([[2.5e-5], [0.04], [0.02], [0.03], [1e-4]]),
        drift_var=np.array([0.0, 0.02, 0.0, 0.03, 0.0]),
        family=np.array([-1, 0, 0, 0, 0], np.int32),
        family_var=np.array([0.04]),
        common_var=np.array([0.03]),
        step_var=0.01,
        step_shape=3.0,
        trend_mean=0.02,
        trend_var=0.003,
        start_var=9.0,
    )


def a_panel(seed: int = 0, n_series: int = N_SERIES) -> Panel:
    """Claims drawn from the model; each series lacks some sources, and gaps differ."""
    model = a_model()
    draws = np.random.default_rng(seed)
    n_source = len(model.house_var)
    gap = draws.integers(1, 4, N_PERIOD).astype(np.float64)
    steps = draws.normal(0, 0.1, (n_series, N_PERIOD)) * np.sqrt(gap)
    trend = draws.normal(model.trend_mean, np.sqrt(model.trend_var), (n_series, 1))
    level = draws.normal(10, 2, (n_series, 1)) + np.cumsum(steps + trend * gap, axis=1)
    house = model.bias[:, 0] + np.sqrt(model.house_var) * draws.normal(size=(n_series, n_source))
    noise = np.sqrt(model.noise_var[:, 0]) * draws.normal(size=(n_series, N_PERIOD, n_source))
    value = level[:, :, None] + house[:, None] + noise
    chance = draws.uniform(0.0, 0.7, (n_series, 1, n_source))
    chance[:, :, 0] = 0.1 * (np.arange(n_series) % 3 == 0)[:, None]
    shown = draws.random(value.shape) < chance
    shown[:, 0, 1] = True
    series, period, source = np.nonzero(shown)
    n = len(series)
    zeros = np.zeros(n_series, np.int32)
    return Panel(
        start=np.searchsorted(series, np.arange(n_series + 1)).astype(np.int64),
        period=period.astype(np.int32),
        source=source.astype(np.int32),
        value=value[series, period, source],
        low=np.full(n, np.nan),
        high=np.full(n, np.nan),
        own_var=np.where(draws.random(n) < 0.2, 0.05, 0.0),
        segment=zeros,
        size=zeros,
        first=zeros,
        length=np.full(n_series, N_PERIOD, np.int32),
        pace=draws.choice([0.5, 1.0, 2.0], n_series),
        gap=gap,
    )


def window(panel: Panel, at: NDArray[np.int64]) -> tuple[Panel, NDArray[np.bool_]]:
    """The panel from a period of each series on, and the claims that are in it."""
    series = np.repeat(np.arange(len(at)), np.diff(panel.start))
    kept = panel.period >= at[series]
    names = ("period", "source", "value", "low", "high", "own_var")
    return panel._replace(
        start=np.concatenate([[0], np.cumsum(np.bincount(series[kept], minlength=len(at)))]),
        first=at.astype(np.int32),
        length=(N_PERIOD - at).astype(np.int32),
        **{name: getattr(panel, name)[kept] for name in names},
    ), kept


def rounded(before: Known, model: Model, panel: Panel) -> Known:
    """The prior as it comes back from a state."""
    packed = pack_known(before, model, panel.segment)
    empty = make_room(before.house_start, before.house_source, model)
    found = unpack_known(packed, empty, model, panel.segment)
    return found._replace(moved=before.moved, steps=before.steps, along=before.along)


def with_fixed_steps(before: Known) -> Known:
    """Steps before teach nothing: in one pass the variance of the steps is the model's.

    Periods before the window stay the same part of the drifts' way.
    """
    before = before._replace(along=np.arange(N_PERIOD) / (N_PERIOD - 1) - 0.5)
    return before._replace(moved=np.zeros_like(before.moved), steps=np.zeros_like(before.steps))


def houses(posterior: Posterior) -> dict[tuple[int, int], tuple[float, float]]:
    series = np.repeat(
        np.arange(len(posterior.house_start) - 1), np.diff(posterior.house_start)
    ).tolist()
    found = zip(posterior.house_mean.tolist(), posterior.house_var.tolist(), strict=True)
    return dict(zip(zip(series, posterior.house_source.tolist(), strict=True), found, strict=True))


def compare(
    all_of_it: Posterior, part: Posterior, at: NDArray[np.int64], mean: float, variance: float
) -> None:
    """Largest differences of means, and relative ones of variances, within the window."""
    for i in range(len(at)):
        whole = slice(all_of_it.level_start[i] + at[i], all_of_it.level_start[i + 1])
        own = slice(part.level_start[i], part.level_start[i + 1])
        np.testing.assert_allclose(part.mean[own], all_of_it.mean[whole], rtol=0, atol=mean)
        np.testing.assert_allclose(part.variance[own], all_of_it.variance[whole], rtol=variance)


@pytest.mark.parametrize("w", [0, 1, 17, 39])
def test_with_fixed_weights_the_window_is_solved_as_all_of_it_would_be(w: int) -> None:
    model, panel = a_model(), a_panel()
    at = np.full(N_SERIES, w)
    all_of_it, summary = fuse_and_summarise(panel, model, at, n_passes=1)
    part, _ = window(panel, at)
    before = with_fixed_steps(summary)
    found = fuse_panel(part, model, n_passes=1, before=before)
    compare(all_of_it, found, at, 1e-8, 1e-8)
    expected = houses(all_of_it)
    for key, values in houses(found).items():
        np.testing.assert_allclose(values, expected[key], rtol=1e-7, atol=1e-8)


def test_a_summary_in_32_bits_is_as_good() -> None:
    model, panel = a_model(), a_panel()
    at = np.full(N_SERIES, 30)
    all_of_it, summary = fuse_and_summarise(panel, model, at, n_passes=1)
    before = rounded(with_fixed_steps(summary), model, panel)
    found = fuse_panel(window(panel, at)[0], model, n_passes=1, before=before)
    sd = float(np.sqrt(all_of_it.variance.min()))
    compare(all_of_it, found, at, 1e-3 * sd, 1e-3)


def test_the_window_may_move_twice() -> None:
    model, panel = a_model(), a_panel()
    first, second = np.arange(N_SERIES) % 12, np.full(N_SERIES, 25)
    all_of_it, summary = fuse_and_summarise(panel, model, first, n_passes=1)
    before = with_fixed_steps(summary)
    part, _ = window(panel, first)
    _, summary = fuse_and_summarise(part, model, second - first, n_passes=1, before=before)
    last, _ = window(panel, second)
    before = with_fixed_steps(summary)
    found = fuse_panel(last, model, n_passes=1, before=before)
    compare(all_of_it, found, second, 1e-8, 1e-8)


def test_a_summary_is_that_of_a_dense_gaussian() -> None:
    model, panel = a_model(), a_panel(3, n_series=1)
    model = model._replace(family_var=np.zeros(1), drift_var=np.zeros(5))
    w = 12
    _, summary = fuse_and_summarise(panel, model, np.array([w]), n_passes=1)
    n, m = w + 1, len(summary.house_source)
    precision, pull = np.zeros((n + m + 1, n + m + 1)), np.zeros(n + m + 1)
    start = np.median(panel.value - model.bias[panel.source, 0])
    precision[0, 0], pull[0] = 1 / 9, start / 9
    for t in range(1, n):
        step = np.zeros(n + m + 1)
        step[t], step[t - 1], step[-1] = 1.0, -1.0, -panel.gap[t]
        precision += np.outer(step, step) / (model.step_var * panel.gap[t] * panel.pace[0])
    for k in np.flatnonzero(panel.period < w):
        row = np.zeros(n + m + 1)
        row[panel.period[k]] = 1.0
        row[n + int(np.flatnonzero(summary.house_source == panel.source[k])[0])] = 1.0
        weight = 1.0 / (model.noise_var[panel.source[k], 0] + panel.own_var[k])
        precision += weight * np.outer(row, row)
        pull += weight * panel.value[k] * row
    before, after = precision[:w, :w], precision[w:, :w]
    expected = precision[w:, w:] - after @ np.linalg.solve(before, after.T)
    right = pull[w:] - after @ np.linalg.solve(before, pull[:w])
    found = np.zeros((m + 2, m + 2))
    found[np.tril_indices(m + 2)] = summary.information
    np.testing.assert_allclose(found, np.tril(expected), rtol=1e-7, atol=1e-6)
    np.testing.assert_allclose(summary.pull, right, rtol=1e-7, atol=1e-5)


def test_with_robust_weights_the_window_is_near_all_of_it() -> None:
    model, panel = a_model(), a_panel(1, n_series=300)
    panel.value[:: len(panel.value) // 40] += 2.0
    at = np.full(300, 28)
    all_of_it, summary = fuse_and_summarise(panel, model, at)
    before = rounded(summary, model, panel)
    found = fuse_panel(window(panel, at)[0], model, before=before)
    whole = np.concatenate(
        [
            np.arange(a + 28, b)
            for a, b in zip(all_of_it.level_start, all_of_it.level_start[1:], strict=False)
        ]
    )
    off = (found.mean - all_of_it.mean[whole]) / np.sqrt(all_of_it.variance[whole])
    assert np.sqrt((off**2).mean()) < 0.05
    ratio = np.sqrt(found.variance / all_of_it.variance[whole])
    assert abs(np.median(ratio) - 1.0) < 0.01


def test_bounds_before_the_window_are_in_its_summary() -> None:
    model = a_model()
    panel = a_panel(2)
    is_bound = panel.period % 4 == 1
    above = panel.value[is_bound] + 0.1
    panel = leave_out(panel, is_bound)
    panel.high[is_bound] = above
    at = np.full(N_SERIES, 20)
    all_of_it, summary = fuse_and_summarise(panel, model, at, n_passes=8)
    found = fuse_panel(window(panel, at)[0], model, before=summary, n_passes=8)
    assert np.isfinite(summary.information).all()
    whole = np.concatenate([all_of_it.level_start[i] + np.arange(20, 40) for i in range(N_SERIES)])
    off = (found.mean - all_of_it.mean[whole]) / np.sqrt(all_of_it.variance[whole])
    assert np.sqrt((off**2).mean()) < 0.1


def test_a_source_may_join_within_the_window() -> None:
    """A source without claims before the window has only the prior of its house effect."""
    model, panel = a_model(), a_panel(4)
    late = (panel.source == 3) & (panel.period < 20)
    kept = ~late
    series = np.repeat(np.arange(N_SERIES), np.diff(panel.start))
    names = ("period", "source", "value", "low", "high", "own_var")
    panel = panel._replace(
        start=np.concatenate([[0], np.cumsum(np.bincount(series[kept], minlength=N_SERIES))]),
        **{name: getattr(panel, name)[kept] for name in names},
    )
    at = np.full(N_SERIES, 20)
    all_of_it, summary = fuse_and_summarise(panel, model, at, n_passes=1)
    assert 3 not in summary.house_source
    before = rounded(with_fixed_steps(summary), model, panel)
    found = fuse_panel(window(panel, at)[0], model, n_passes=1, before=before)
    compare(all_of_it, found, at, 1e-4, 1e-3)


def test_a_series_without_a_summary_starts_from_the_model() -> None:
    model, panel = a_model(), a_panel(5)
    _, summary = fuse_and_summarise(panel, model, np.zeros(N_SERIES, np.int64))
    assert not len(summary.information)
    found = fuse_panel(panel, model, before=summary)
    np.testing.assert_array_equal(found.mean, fuse_panel(panel, model).mean)
