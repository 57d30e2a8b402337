"""Which unit a distance comes from: by its distance, its noise, and how rare the slip is."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from howdah.estimates.fusion import fuse
from howdah.estimates.fusion.slips import SLIP_FACTORS, _nearest, nearest_slip

TEN, TWELVE = np.log(10.0), np.log(12.0)


@pytest.mark.parametrize("factor", SLIP_FACTORS)
def test_an_exact_factor_is_itself(factor: float) -> None:
    off = np.log(np.array([factor, 1 / factor]))
    np.testing.assert_allclose(nearest_slip(off, 0.02), off)


@pytest.mark.parametrize("noise_sd", [0.0, 0.05, 0.15, 0.3])
def test_one_distance_is_told_as_many_are(noise_sd: float) -> None:
    off = np.random.default_rng(1).uniform(-20, 20, 2000)
    every = nearest_slip(off, noise_sd)
    assert [_nearest(one, noise_sd) for one in off] == every.tolist()


def test_the_nearer_one_is_meant_where_the_noise_tells_and_the_commoner_one_else() -> None:
    between = np.array([0.3 * TEN + 0.7 * TWELVE])
    assert nearest_slip(between, 0.03) == TWELVE
    assert nearest_slip(between, 0.2) == TEN
    assert nearest_slip(-between, 0.2) == pytest.approx(-TEN)


@pytest.mark.parametrize("noise_sd", [0.08, 0.12, 0.2])
def test_tens_are_seldom_called_twelves(noise_sd: float) -> None:
    """Where a slip of 12 is three times as rare, more of all are named right than by distance."""
    draws = np.random.default_rng(2)
    true = np.where(draws.random(4000) < 0.75, TEN, TWELVE)
    off = true + noise_sd * draws.normal(size=4000)
    found = nearest_slip(off, noise_sd)
    assert (found[true == TEN] == TWELVE).mean() < 0.1
    by_distance = np.where(np.abs(off - TEN) < np.abs(off - TWELVE), TEN, TWELVE)
    is_one = np.isin(found, [TEN, TWELVE])
    assert (found == true)[is_one].mean() > (by_distance == true)[is_one].mean()


@pytest.mark.parametrize("seed", range(6))
def test_a_unit_that_is_another_throughout_is_named_though_no_claim_has_weight(seed: int) -> None:
    """Claims far from the others start with little weight, and then teach no house effect."""
    draws = np.random.default_rng(seed)
    n_series, n_month = 30, 18
    level = draws.normal(11, 0.5, (n_series, 1)) + 0.02 * np.arange(n_month)
    value = level[:, :, None] + draws.normal(0, [0.3, 0.1, 0.05], (n_series, 1, 3))
    value = value + draws.normal(0, [0.08, 0.1, 0.05], value.shape)
    value[20, :, 2] -= np.log(1000.0)
    series, month, vendor = np.nonzero(draws.random(value.shape) < 0.8)
    none = pl.Series([None] * len(series), dtype=pl.Float64)
    claims = pl.DataFrame(
        {
            "series": [f"p{n:02}" for n in series],
            "source": [f"v{n}" for n in vendor],
            "period": [dt.date(2023 + m // 12, m % 12 + 1, 1) for m in month.tolist()],
            "value": np.exp(value[series, month, vendor]),
            "value_low": none,
            "value_high": none,
            "segment": ["all"] * len(series),
            "listed": [True] * len(series),
            "cutoff": none,
        }
    )
    truth = pl.DataFrame(schema={"series": pl.String, "period": pl.Date, "value": pl.Float64})
    _, run = fuse(claims, truth)
    suspects = pl.concat(list(run.suspects()))
    slipped = suspects.filter(pl.col("series") == "p20", pl.col("source") == "v2")
    assert slipped.height == int(((series == 20) & (vendor == 2)).sum())
    assert set(slipped["reason"]) == {"unit_slip"}
    assert slipped["factor"].to_list() == pytest.approx([1 / 1000] * slipped.height)
    assert suspects.filter(pl.col("reason") == "unit_slip").height == slipped.height
