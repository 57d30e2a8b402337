"""Facts that a crowd states: odds by hand, reliabilities recovered."""

import numpy as np
import pytest

from howdah.estimates.fusion.crowd import N_WRONG, decide, is_crowd


def test_the_odds_of_one_pass_by_hand() -> None:
    # One source each: everyone keeps the prior, a half, until the votes count.
    series = np.zeros(3, np.int64)
    verdict = decide(series, np.arange(3), np.array([1.0, 1.0, 5.0]), 3, 0.9)
    assert verdict.value.tolist() == [1.0]
    # Two against one, with reliabilities at the fixed point of the vote.
    agreed, alone = verdict.reliability[0], verdict.reliability[2]
    odds = (N_WRONG * agreed / (1 - agreed)) ** 2 / (N_WRONG * alone / (1 - alone))
    assert verdict.probability[0] == pytest.approx(odds / (1 + odds), abs=1e-3)


def test_who_is_usually_right_wins_a_tie() -> None:
    draws = np.random.default_rng(3)
    truth = draws.normal(10, 2, 60)
    good, bad = truth.copy(), truth + draws.normal(0, 2, 60)
    other = np.where(np.arange(60) < 40, truth, np.nan)
    series = np.tile(np.arange(60), 3)
    source = np.repeat(np.arange(3), 60)
    value = np.concatenate([good, bad, other])
    kept = np.isfinite(value)
    verdict = decide(series[kept], source[kept], value[kept], 3, 0.9)
    assert np.abs(verdict.value - truth).max() < 0.01
    assert verdict.reliability[0] > 0.9
    assert verdict.reliability[1] < 0.3


def test_truth_outvotes_everyone() -> None:
    series = np.zeros(4, np.int64)
    verdict = decide(series, np.array([0, 1, 2, 3]), np.array([1.0, 1.0, 1.0, 7.0]), 3, 0.9)
    assert verdict.value[0] == 7.0


def test_the_interval_spans_values_that_hold_the_mass() -> None:
    series = np.zeros(2, np.int64)
    verdict = decide(series, np.array([0, 1]), np.array([1.0, 5.0]), 2, 0.9)
    assert (verdict.lower[0], verdict.upper[0]) == (1.0, 5.0)


def test_near_values_are_one_value() -> None:
    series = np.zeros(3, np.int64)
    verdict = decide(series, np.arange(3), np.array([1.0, 1.005, 5.0]), 3, 0.9)
    assert verdict.value[0] in {1.0, 1.005}


def test_a_crowd_says_little_each() -> None:
    assert is_crowd(100, 60)
    assert not is_crowd(1000, 10)
