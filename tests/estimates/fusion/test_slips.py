"""Which unit a distance comes from: by its distance, its noise, and how rare the slip is."""

import numpy as np
import pytest

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
