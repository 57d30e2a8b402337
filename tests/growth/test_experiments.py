"""Pauses that would tell: what they find is found that often."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from howdah.growth import Names, split
from howdah.growth.experiments import _schedules


def test_longer_and_more_pauses_find_less() -> None:
    found = {(times, length): norm for times, length, norm in _schedules(0.3, 0.01)}
    assert found[1, 1] < found[1, 4] < found[4, 4]
    slow = {(times, length): norm for times, length, norm in _schedules(0.8, 0.01)}
    assert slow[2, 2] < found[2, 2]


def test_constant_spend_is_told_which_pauses_would_tell() -> None:
    rng = np.random.default_rng(1)
    weeks = [dt.date(2023, 1, 2) + dt.timedelta(weeks=k) for k in range(80)]
    users = 100 + rng.normal(0, 5, 80)
    rows = pl.DataFrame({"period": weeks, "users": users, "ads": [1.0] * 80, "tv": [0.0] * 80})
    found = split(rows, Names("users", ("ads", "tv"))).experiments
    assert found["channel"].to_list() == ["ads"]
    row = found.row(0, named=True)
    assert row["detectable_share"] <= 0.1
    assert row["detectable"] == pytest.approx(row["detectable_share"] * users.mean())
    assert 0.8 <= row["power"] < 1


@pytest.mark.slow
def test_power_is_what_simulated_experiments_have() -> None:
    """A pause's effect by generalised least squares, over many simulated levels."""
    rng = np.random.default_rng(2)
    times, length, norm = _schedules(0.0, 0.01)[9]
    n = 26 + 2 * length * times
    spend = np.ones(n)
    for k in range(times):
        spend[26 + 2 * length * k :][:length] = 0.0
    effect = 2.8016 / norm
    steps = np.arange(n)
    inverse = np.linalg.inv(np.eye(n) + 0.01 * np.minimum.outer(steps, steps))
    columns = np.column_stack([np.ones(n), spend])
    normal = np.linalg.inv(columns.T @ inverse @ columns)
    hits = 0
    for _ in range(2000):
        y = np.cumsum(np.append(0, rng.normal(0, 0.1, n - 1))) + effect * spend + rng.normal(size=n)
        hits += (normal @ columns.T @ inverse @ y)[1] > 1.96 * np.sqrt(normal[1, 1])
    assert hits / 2000 == pytest.approx(0.8, abs=3 * np.sqrt(0.16 / 2000))
