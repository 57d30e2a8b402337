"""Parts of a level: they add up to the kernel's mean, and are its derivatives."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from howdah.kernels import Influence, Model, Panel, fuse_panel, leave_out, trace_level
from howdah.kernels.fusion import last_pass

Floats = NDArray[np.float64]
N_PERIOD = 18
N_SOURCE = 4


def a_model(
    *,
    family_var: float = 0.04,
    common_var: float = 0.03,
    drift: float = 0.02,
    trend_var: float = 0.003,
) -> Model:
    return Model(
        bias=np.array([[0.0], [0.3], [-0.2], [0.1]]),
        house_var=np.array([0.02, 0.1, 0.05, 0.08]),
        noise_var=np.array([[0.01], [0.04], [0.02], [0.03]]),
        drift_var=np.array([0.0, drift, 0.0, drift]),
        family=np.array([-1, 0, 0, 0], np.int32),
        family_var=np.array([family_var]),
        common_var=np.array([common_var]),
        step_var=0.01,
        step_shape=3.0,
        trend_mean=0.02,
        trend_var=trend_var,
        start_var=9.0,
    )


def a_panel(seed: int, *, intervals: bool = False, pace: float = 1.0) -> Panel:
    draws = np.random.default_rng(seed)
    level = draws.normal(5, 1) + np.cumsum(draws.normal(0, 0.1, N_PERIOD))
    value = level[:, None] + draws.normal(0, 0.25, N_SOURCE)
    value = value + draws.normal(0, 0.2, (N_PERIOD, N_SOURCE))
    period, source = np.nonzero(draws.random(value.shape) < 0.6)
    said = value[period, source]
    said[7] += 2.5
    # One amid points of its family would part them.
    is_range = (source % 3 == 0) & (period % 3 == 1) & intervals
    return Panel(
        start=np.array([0, len(said)], np.int64),
        period=period.astype(np.int32),
        source=source.astype(np.int32),
        value=np.where(is_range, np.nan, said),
        low=np.where(is_range, said - 0.3, np.nan),
        high=np.where(is_range, np.where(period % 2 == 0, said + 0.2, np.inf), np.nan),
        own_var=np.where(period % 3 == 0, 0.02, 0.0),
        segment=np.zeros(1, np.int32),
        size=np.zeros(1, np.int32),
        first=period[:1].astype(np.int32),
        length=np.array([period[-1] - period[0] + 1], np.int32),
        gap=draws.uniform(0.5, 2.0, N_PERIOD),
        pace=np.full(1, pace),
    )


PANELS: dict[str, Callable[[], tuple[Panel, Model]]] = {
    "points": lambda: (a_panel(1), a_model()),
    "alone": lambda: (
        a_panel(2),
        a_model(family_var=0.0, common_var=0.0, drift=0.0, trend_var=0.0),
    ),
    "intervals": lambda: (a_panel(3, intervals=True), a_model()),
    "no memory": lambda: (a_panel(4, pace=1e4), a_model()),
    "left out": lambda: (leave_out(p := a_panel(5), p.source == 3), a_model()),
}


@pytest.fixture(params=PANELS)
def case(request: pytest.FixtureRequest) -> tuple[Panel, Model]:
    return PANELS[request.param]()


def test_the_parts_add_up_to_the_level_of_the_kernel(case: tuple[Panel, Model]) -> None:
    panel, model = case
    mean = fuse_panel(panel, model).mean
    for period in range(panel.first[0], panel.first[0] + panel.length[0]):
        found = trace_level(panel, model, period)
        of_claims = found.weight * np.nan_to_num(found.said - found.bias)
        total = found.prior_weight * found.start + found.trend + of_claims.sum()
        assert total == pytest.approx(mean[period - panel.first[0]], abs=1e-9)
        assert found.level == pytest.approx(total, abs=1e-9)
        assert found.prior_weight + found.weight.sum() == pytest.approx(1.0, abs=1e-9)


def test_a_claim_is_its_level_bias_house_effect_shared_error_and_residual(
    case: tuple[Panel, Model],
) -> None:
    panel, model = case
    posterior = fuse_panel(panel, model)
    found = trace_level(panel, model, int(panel.first[0]))
    levels = posterior.mean[panel.period - panel.first[0]]
    parts = levels + found.bias + found.house + found.shared + found.residual
    says = np.isfinite(found.said)
    assert parts[says] == pytest.approx(found.said[says], abs=1e-9)
    points = np.isfinite(panel.value)
    assert found.residual[points] == pytest.approx(posterior.residual[points], abs=1e-9)
    assert found.said[points] == pytest.approx(panel.value[points])


def test_weights_are_derivatives_with_the_robust_weights_held(case: tuple[Panel, Model]) -> None:
    """Differences of a dense Gaussian over all hidden quantities, shared errors among them."""
    panel, model = case
    period = int(panel.first[0]) + 5
    found = trace_level(panel, model, period)
    step = 1e-3
    for k in np.flatnonzero(np.isfinite(found.said)):
        moved = found.said.copy()
        moved[k] += step
        above = dense_level(panel, model, found, moved, period)
        moved[k] -= 2 * step
        below = dense_level(panel, model, found, moved, period)
        assert found.weight[k] == pytest.approx((above - below) / (2 * step), abs=1e-7)


def dense_level(panel: Panel, model: Model, found: Influence, said: Floats, period: int) -> float:
    """The level by the covariance of claims and level: x = m + C S^-1 (y - B - m).

    What is held of the last of four passes: variances of steps, house effects and noise.
    """
    kept = last_pass(panel, model)
    prior = model.house_var[kept.before.house_source]
    house_scale = np.zeros(N_SOURCE)
    house_scale[kept.before.house_source] = prior * (5 + kept.before.house_square / prior) / 6
    at = panel.period - panel.first[0]
    n = int(panel.length[0])
    walk = np.concatenate([[model.start_var], 1.0 / kept.link[1:]])
    level_cov = np.cumsum(walk)[np.minimum.outer(np.arange(n), np.arange(n))]
    since = np.concatenate([[0.0], np.cumsum(panel.gap[panel.first[0] + 1 :][: n - 1])])
    level_cov = level_cov + model.trend_var * np.outer(since, since)
    expected = found.start + (model.trend_mean * since if model.trend_var else 0.0 * since)
    says = np.flatnonzero(np.isfinite(said) & (found.robust > 0))
    source, when = panel.source[says], at[says]
    same = source[:, None] == source[None]
    u = panel.period[says] / (len(panel.gap) - 1) - 0.5
    family = (model.family >= 0)[source]
    both = np.outer(family, family)
    points = np.isfinite(panel.value[says])
    is_shared = both & (when[:, None] == when[None]) & np.outer(points, points)
    cov = level_cov[when][:, when]
    cov = cov + same * house_scale[source] + both * model.common_var[0]
    cov = cov + same * model.drift_var[source] * np.outer(u, u) + is_shared * model.family_var[0]
    cov = cov + np.diag(1.0 / kept.precision[says])
    off = said[says] - model.bias[source, 0] - expected[when]
    place = period - panel.first[0]
    return float(expected[place] + level_cov[place][when] @ np.linalg.solve(cov, off))


def test_a_rejected_claim_has_no_weight() -> None:
    panel, model = a_panel(1), a_model()
    value = panel.value.copy()
    value[7] += 40.0
    found = trace_level(panel._replace(value=value), model, int(panel.first[0]))
    assert found.weight[7] == 0.0
    assert found.robust[7] == 0.0
    assert found.said[7] == value[7]


def test_a_period_outside_the_series_is_an_error() -> None:
    panel = a_panel(1)
    with pytest.raises(ValueError, match="lies outside those of the series, 0 to 17"):
        trace_level(panel, a_model(), 99)
