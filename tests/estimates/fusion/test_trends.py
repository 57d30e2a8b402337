"""Series that grow: what is learnt of their trends, and of errors in common without truth."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from howdah.estimates.aggregates import Levels, growth
from howdah.estimates.fusion import Fusion, Options, Parts, fuse
from howdah.estimates.fusion.coding import number_claims
from howdah.estimates.fusion.trends import steady_state

Floats = NDArray[np.float64]
N_MONTH = 20
MONTHS = [dt.date(2023 + m // 12, m % 12 + 1, 1) for m in range(N_MONTH)]
NO_TRUTH = pl.DataFrame(schema={"series": pl.String, "period": pl.Date, "value": pl.Float64})


def a_market(
    seed: int, *, mean: float = 0.0, spread: float = 0.0, shared: float = 0.0, n_series: int = 80
) -> tuple[pl.DataFrame, Floats]:
    """What three vendors say of series that grow so much a month, and the logs behind it."""
    draws = np.random.default_rng(seed)
    shape = (n_series, N_MONTH)
    steps = draws.normal(mean, spread, (n_series, 1)) + draws.normal(0, 0.03, shape)
    level = draws.normal(10, 1.5, (n_series, 1)) + np.cumsum(steps, axis=1)
    value = level[:, :, None] + draws.normal(0, 0.3, (n_series, 1, 3))
    value = value + draws.normal(0, 0.1, value.shape) + shared * draws.normal(size=(*shape, 1))
    series, month, vendor = np.nonzero(draws.random(value.shape) < 0.8)
    none = pl.Series([None] * len(series), dtype=pl.Float64)
    return pl.DataFrame(
        {
            "series": [f"p{n:03}" for n in series],
            "source": [f"v{n}" for n in vendor],
            "period": pl.Series(MONTHS).gather(month),
            "value": np.exp(value[series, month, vendor]),
            "value_low": none,
            "value_high": none,
            "segment": ["all"] * len(series),
            "listed": [True] * len(series),
            "cutoff": none,
        }
    ), level


def whole_growth(claims: pl.DataFrame, run: Fusion, level: Floats) -> tuple[Floats, Floats]:
    """Error of the growth of each series in logs, and whether its interval holds the truth."""
    levels = Levels.of(run, number_claims(claims, NO_TRUTH, run.learned.coding.names))
    ends = MONTHS[0], MONTHS[-1]
    names = levels.covering(*ends)
    found = growth(levels.join(names, ends), *ends).sort("series")
    number = found["series"].str.slice(1).cast(pl.Int64).to_numpy()
    truth = (level[:, -1] - level[:, 0])[number]
    value, low, high = np.log1p(found.select("value", "lower", "upper").to_numpy().T / 100)
    return value - truth, (low <= truth) & (truth <= high)


def test_mean_and_spread_of_trends_are_recovered() -> None:
    claims, _ = a_market(1, mean=0.025, spread=0.015)
    model = fuse(claims, NO_TRUTH)[1].learned.model
    assert model.trend_mean == pytest.approx(0.025, abs=3 * 0.016 / np.sqrt(80))
    assert np.sqrt(model.trend_var) == pytest.approx(0.015, rel=0.3)
    assert np.sqrt(model.step_var) == pytest.approx(0.03, rel=0.3)


def test_growth_is_not_pulled_towards_none() -> None:
    claims, level = a_market(2, mean=0.025, spread=0.012)
    _, run = fuse(claims, NO_TRUTH)
    off, inside = whole_growth(claims, run, level)
    assert abs(off.mean()) < 3 * off.std() / np.sqrt(len(off))
    assert inside.mean() > 0.9 - 3 * np.sqrt(0.09 / len(off))
    _, still = fuse(claims, NO_TRUTH, Options(parts=Parts(trends=False)))
    assert whole_growth(claims, still, level)[0].mean() < -0.03


def test_slow_growth_of_all_is_not_lost() -> None:
    claims, level = a_market(6, mean=0.008)
    off, _ = whole_growth(claims, fuse(claims, NO_TRUTH)[1], level)
    assert abs(off.mean()) < 3 * off.std() / np.sqrt(len(off))
    _, still = fuse(claims, NO_TRUTH, Options(parts=Parts(trends=False)))
    lost = whole_growth(claims, still, level)[0]
    assert lost.mean() < -3 * lost.std() / np.sqrt(len(lost))


@pytest.mark.parametrize(("step", "seen"), [(0.03, 0.06), (0.01, 0.1), (0.05, 0.03)])
def test_a_walk_falls_behind_a_trend_as_reckoned(step: float, seen: float) -> None:
    """Beside the dense smoother of a walk that is held to stand still, over 300 periods."""
    n = 300
    steps = np.diff(np.eye(n), axis=0)
    precision = steps.T @ steps / step**2 + np.eye(n) / seen**2
    covariance = np.linalg.inv(precision)
    line = np.arange(n, dtype=np.float64)
    found = (line - covariance @ (line / seen**2))[-1], covariance[-1, -1]
    assert steady_state(step**2, seen**2) == pytest.approx(found, rel=1e-6)


def test_walks_without_trends_have_none() -> None:
    claims, _ = a_market(3)
    model = fuse(claims, NO_TRUTH)[1].learned.model
    assert (model.trend_mean, model.trend_var) == (0.0, 0.0)


@pytest.mark.parametrize("shared", [0.0, 0.15])
def test_errors_in_common_are_told_from_levels_that_are_not_known(shared: float) -> None:
    """Without truth every level is uncertain, house effects the other way: that is no error."""
    claims, _ = a_market(4, shared=shared)
    found = float(np.sqrt(fuse(claims, NO_TRUTH)[1].learned.model.family_var[0]))
    assert found == pytest.approx(shared, abs=0.04)
