"""Breaks in a row of steps."""

import numpy as np
import pytest

from howdah.estimates.health.breaks import (
    STEP_SDS,
    is_apart,
    level_breaks,
    recut_ratios,
    spread_ratios,
)


def test_after_a_gap_a_market_had_longer_to_move() -> None:
    rng = np.random.default_rng(6)
    steps, days = rng.normal(0, 0.05, 60), np.full(60, 7.0)
    steps[30], days[30] = 0.45, 7.0 * 16
    assert level_breaks(steps, days)[0] == []
    days[30] = 7.0
    (found,) = level_breaks(steps, days)[0]
    assert (found.first, found.last, found.is_drain) == (30, 30, False)


def test_steps_where_the_cadence_changes_are_measured_by_their_own() -> None:
    rng = np.random.default_rng(2)
    days = np.repeat([7.0, 30.0], 40)
    steps = 0.02 * days / 7 + rng.normal(0, 0.02, 80)
    steps[60] -= 0.45
    assert [b.first for b in level_breaks(steps, days)[0]] == [60]


def test_a_market_that_was_wilder_once_has_wilder_ordinary_steps() -> None:
    rng = np.random.default_rng(4)
    steps = rng.normal(0, np.repeat([0.25, 0.03], 40))
    steps[20] = 0.7
    steps[60] = 0.7
    assert [b.first for b in level_breaks(steps, np.full(80, 30.0))[0]] == [60]


def test_a_drain_in_steps_is_told_step_by_step() -> None:
    steps = np.random.default_rng(1).normal(0, 0.05, 60)
    steps[[30, 31, 32]] = [-0.27, 0.0, -0.27]
    found, offsets = level_breaks(steps, np.full(60, 30.0))
    assert [(b.first, b.last, b.is_drain) for b in found] == [(30, 30, True), (32, 32, True)]
    assert np.flatnonzero(offsets).tolist() == [30, 32]
    assert offsets[30] == pytest.approx(-0.27, abs=0.05)


def test_offsets_are_what_the_breaks_say() -> None:
    steps = np.random.default_rng(3).normal(0.02, 0.02, 50)
    steps[20:22] += 0.9
    steps[35] -= 1.0
    found, offsets = level_breaks(steps, np.full(50, 30.0))
    assert [(b.first, b.last) for b in found] == [(20, 21), (35, 35)]
    for b in found:
        assert offsets[b.first : b.last + 1].sum() == pytest.approx(b.offset)


@pytest.mark.parametrize("n_known", [0, 1, 2])
def test_few_steps_are_no_breaks(n_known: int) -> None:
    steps = np.full(5, np.nan)
    steps[:n_known] = 0.1
    found, offsets = level_breaks(steps, np.full(5, 30.0))
    assert found == []
    assert offsets.tolist() == [0.0] * 5


def test_a_spread_is_usual_or_not() -> None:
    iqr = np.full(20, 0.2)
    iqr[10], iqr[15] = 0.5, np.nan
    ratios = spread_ratios(iqr, np.full(20, 30.0))
    assert np.flatnonzero(is_apart(ratios)).tolist() == [10]
    assert np.isnan(ratios[15])
    assert np.isnan(spread_ratios(np.full(3, np.nan), np.full(3, 7.0))).all()


def test_a_list_that_was_steady_is_recut() -> None:
    lengths = np.array([100, 100, 80, 80, 80, 200, 190, 150, 120.0])
    ratios = recut_ratios(lengths)
    assert np.flatnonzero(np.isfinite(ratios)).tolist() == [2, 5]
    assert ratios[[2, 5]].tolist() == [0.8, 2.5]


@pytest.mark.slow
def test_false_breaks_are_rarer_than_one_in_two_years() -> None:
    """On quiet steps with heavy tails, t with 5 degrees of freedom, over 400 years of months."""
    rng = np.random.default_rng(5)
    n_years, per_feed = 400, 8
    n_found = 0
    for _ in range(n_years // per_feed):
        steps = 0.03 + 0.06 * rng.standard_t(5, 12 * per_feed)
        n_found += len(level_breaks(steps, np.full(12 * per_feed, 30.4))[0])
    assert STEP_SDS == 3.5
    assert 0 < n_found / n_years < 0.5
