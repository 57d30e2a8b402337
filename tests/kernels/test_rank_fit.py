"""Variances of rank laws: recovered from simulated charts, and bounds that mend a selection."""

import numpy as np
import pytest
from scipy.stats import truncnorm

from howdah.kernels.rank_fit import _second_moments, fit_laws
from howdah.kernels.rank_law import Chart, law_at


def simulate(
    seed: int, *, n_day: int = 8, n: int = 60, slope: float = 1.2, entity: float = 0.3,
    scatter: float = 0.15, step: float = 0.1, tail: float = 4.0,
) -> tuple[Chart, np.ndarray]:  # fmt: skip
    """A chart of known levels, each entity on each day, and the days' levels at the pivot."""
    rng = np.random.default_rng(seed)
    ranks = np.sort(rng.choice(np.arange(1, 201), n, replace=False)).astype(float)
    level = 10.0 + np.cumsum(step * rng.normal(size=n_day))
    own = entity * rng.standard_t(tail, n)
    day, who = np.repeat(np.arange(n_day), n), np.tile(np.arange(n), n_day)
    log_rank = np.log(ranks)[who]
    pivot = float(np.median(log_rank))
    value = level[day] - slope * (log_rank - pivot) + own[who]
    value += scatter * rng.standard_t(tail, len(day))
    chart = Chart(
        day=day,
        log_rank=log_rank,
        entity=who,
        value=value,
        low=np.full(len(day), -np.inf),
        high=np.full(len(day), np.inf),
        own_var=np.zeros(len(day)),
        gap=np.ones(n_day - 1),
        log_length=float(np.log(200.0)),
        pivot=pivot,
    )
    return chart, level


def test_slope_scatter_and_steps_are_recovered() -> None:
    charts = [simulate(seed) for seed in range(6)]
    fits = fit_laws([chart for chart, _ in charts])
    slopes = [fit.law.mean[1] for fit in fits]
    # 60 entities scatter by 0.3 t_4 over log ranks of standard deviation 0.9.
    assert np.abs(np.mean(slopes) - 1.2) < 4 * 0.3 * np.sqrt(2) / (0.9 * np.sqrt(360))
    for name, true in (("entity", 0.09), ("scatter", 0.0225)):
        found = np.mean([getattr(fit.scales, name) for fit in fits])
        assert 0.6 < found / true < 1.6
    assert 0.4 < np.mean([fit.scales.level_step for fit in fits]) / 0.01 < 2.0


def test_one_wild_level_moves_a_law_little() -> None:
    chart, _ = simulate(1, n_day=1)
    value = chart.value.copy()
    value[30] += np.log(1000.0)
    at = (np.zeros(1, np.int64), np.array([chart.pivot]))
    plain, wild = (fit_laws([c])[0] for c in (chart, chart._replace(value=value)))
    moved = law_at(chart, wild.law, *at)[0] - law_at(chart, plain.law, *at)[0]
    assert abs(float(moved[0])) < 0.1


def test_charts_with_few_levels_borrow_from_the_others() -> None:
    rich = [simulate(seed)[0] for seed in range(5)]
    poor = simulate(9, n_day=1, n=2)[0]
    alone, together = fit_laws([poor])[0], fit_laws([*rich, poor])[-1]
    assert abs(together.law.mean[1] - 1.2) < abs(alone.law.mean[1] - 1.2)
    assert together.law.cov[1, 1] < alone.law.cov[1, 1]


@pytest.mark.parametrize("seed", range(3))
def test_stating_the_cut_off_of_known_levels_mends_the_law(seed: int) -> None:
    chart, _ = simulate(seed, n_day=1, n=150, entity=0.5, scatter=0.2, tail=30.0)
    cut = float(np.quantile(chart.value, 0.7))
    is_seen = chart.value > cut
    _, entity = np.unique(chart.entity[is_seen], return_inverse=True)
    seen = Chart(
        *(part[is_seen] if isinstance(part, np.ndarray) and len(part) == 150 else part
          for part in chart)
    )._replace(entity=entity)  # fmt: skip
    stated = chart._replace(
        value=np.where(is_seen, chart.value, np.nan), high=np.where(is_seen, np.inf, cut)
    )
    at = (np.zeros(1, np.int64), np.array([np.log(150.0)]))
    full, naive, mended = (
        float(law_at(c, fit_laws([c])[0].law, *at)[0][0]) for c in (chart, seen, stated)
    )
    assert naive - full > 0.3
    assert abs(mended - full) < 0.5 * (naive - full)


def test_second_moments_are_those_of_a_truncated_normal() -> None:
    low = np.array([-np.inf, -1.0, 1.5, -np.inf])
    high = np.array([0.3, 2.0, np.inf, -2.0])
    mean, variance = np.array([0.1, 0.5, -1.0, 1.0]), np.array([1.0, 0.5, 2.0, 1.5])
    sd = np.sqrt(variance)
    found = _second_moments(low, high, mean, variance)
    ends = zip((low - mean) / sd, (high - mean) / sd, strict=True)
    second = [truncnorm(*pair).expect(np.square) for pair in ends]
    np.testing.assert_allclose(found, variance * second, rtol=1e-6)
    far = _second_moments(*(np.array([x]) for x in (50.0, 60.0, 0.0, 1.0)))
    assert far[0] == pytest.approx(2500.0)
