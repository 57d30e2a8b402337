"""What entities did lately, against loops over one entity at a time."""

import numpy as np
import pytest

from howdah.kernels.momentum import MOMENTUM, momentum
from howdah.kernels.paths import seasonal_peak


def table(seed: int, n: int = 30, n_month: int = 20) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    level = rng.normal(0, 1, (n, n_month)).cumsum(axis=1).astype(np.float32)
    level[rng.random((n, n_month)) < 0.2] = np.nan
    order = np.argsort(np.argsort(np.where(np.isnan(level), 99, -level), axis=0), axis=0)
    rank = np.where(np.isnan(level), 0, order + 1).astype(np.int32)
    level[0], rank[0] = np.nan, 0
    return level, rank


def one(level: np.ndarray, rank: np.ndarray, c: int, near: int, since: int) -> dict[str, float]:
    """The same of one entity, from the words of the docstring."""
    x = {t: float(level[t]) for t in range(c + 1) if t >= since}
    nan = float("nan")

    def growth(at: int, lag: int) -> float:
        return x.get(at, nan) - x.get(at - lag, nan)

    last = range(max(c - 11, 0), c + 1)
    steps = [x[t] - x[t - 1] for t in last if t in x and t - 1 in x]
    steps = [s for s in steps if s == s]  # noqa: PLR0124 - not a NaN
    before = [rank[t] for t in last if t < c and rank[t] > 0]
    first = next((t for t in range(c + 1) if rank[t] > 0), None)
    is_enough = len(steps) >= 3
    return {
        **{f"growth_{lag}": growth(c, lag) for lag in (1, 3, 6, 12)},
        "acceleration": growth(c, 3) - growth(c - 3, 3),
        "volatility": sum(min(abs(s), 2) for s in steps) / len(steps) if is_enough else nan,
        "rises": sum(s > 0 for s in steps) / len(steps) if is_enough else nan,
        "listed": sum(rank[t] > 0 for t in last) / len(last),
        "near": sum(0 < rank[t] <= near for t in last) / len(last),
        "best": np.log(min(before) / rank[c]) if before and rank[c] > 0 else nan,
        "age": nan if first is None else np.log(13 if first == 0 else 1 + min(c - first, 12)),
    }


@pytest.mark.parametrize(("column", "since"), [(0, 0), (2, 0), (13, 0), (19, 0), (19, 12)])
def test_momentum_is_what_loops_say(column: int, since: int) -> None:
    level, rank = table(column)
    got = momentum(level, rank, column, near=8, since=since)
    for i in range(len(level)):
        want = one(level[i], rank[i], column, 8, since)
        np.testing.assert_allclose(got[i], [want[name] for name in MOMENTUM], rtol=1e-5, atol=1e-6)


def test_what_comes_later_changes_nothing() -> None:
    level, rank = table(3)
    before = momentum(level, rank, 10, near=8), seasonal_peak(level, 12, 6)
    level[:, 13:], rank[:, 13:] = 99, 1
    np.testing.assert_array_equal(momentum(level, rank, 10, near=8), before[0])
    np.testing.assert_array_equal(seasonal_peak(level, 12, 6), before[1])


def test_a_year_that_repeats_is_what_loops_say() -> None:
    level, _ = table(4)
    got = seasonal_peak(level, 15, 5)
    for i, x in enumerate(level.astype(float)):
        rises = [x[3 + h] - x[3] for h in range(1, 6) if np.isfinite(x[3 + h] - x[3])]
        is_known = bool(rises) and np.isfinite(x[15])
        np.testing.assert_allclose(got[i], max(rises) if is_known else np.nan, rtol=1e-6)


def test_no_entities_and_no_past_are_no_error() -> None:
    none = np.zeros((0, 3), np.float32)
    assert momentum(none, none.astype(np.int32), 2, near=1).shape == (0, len(MOMENTUM))
    assert np.isnan(seasonal_peak(np.zeros((2, 3), np.float32), 2, 4)).all()
