"""Calibration: factors recovered, coverage on fresh residuals, abstention without truth."""

import numpy as np

from howdah.estimates.fusion.calibration import (
    WEIGHTS_UNKNOWN,
    Residuals,
    calibrate,
    coverage,
    held_out,
)


def residuals(n_series: int, seed: int, *, wide: float = 1.5) -> Residuals:
    """Five anchors a series; segment 1 is twice as uncertain as the model says there."""
    draws = np.random.default_rng(seed)
    series = np.repeat(np.arange(n_series), 5)
    segment, size = series % 2, series % 3
    sd = wide * np.where(segment == 1, 2.0, 1.0) * np.where(size == 2, 0.7, 1.0)
    # Errors of one series have something in common.
    z = 0.6 * np.repeat(draws.normal(size=n_series), 5) + 0.8 * draws.normal(size=len(series))
    return Residuals(series, sd * z, segment, size, np.full(len(series), 3))


def test_factors_cover_fresh_residuals_in_every_group() -> None:
    found = calibrate(residuals(1500, 1), 0.9, n_segment=2, n_size=3)
    fresh = residuals(3000, 2)
    for group in (fresh.segment, fresh.size, np.zeros(len(fresh.z), np.int64)):
        for _, share, _ in coverage(found.holds(fresh), group):
            assert 0.88 < share < 0.92
    assert 1.7 < found.by_segment[1] / found.by_segment[0] < 2.2


def test_little_truth_is_shrunk_to_the_pooled_factor() -> None:
    few = residuals(1500, 3)
    kept = (few.segment == 0) | (few.series < 4)
    part = Residuals(*(column[kept] for column in few))
    found = calibrate(part, 0.9, n_segment=2, n_size=3)
    assert found.by_segment[1] < 1.5


def test_too_little_truth_is_no_calibration() -> None:
    found = calibrate(residuals(10, 4), 0.9, n_segment=2, n_size=3)
    assert not found.is_calibrated
    assert found.factors(np.array([0]), np.array([0]), np.array([3])).tolist() == [
        WEIGHTS_UNKNOWN**0.5
    ]


def test_a_segment_without_truth_is_never_narrower_than_the_model() -> None:
    narrow = residuals(600, 5, wide=0.3)
    known = narrow.segment == 0
    found = calibrate(Residuals(*(column[known] for column in narrow)), 0.9, n_segment=2, n_size=3)
    inside, outside = found.factors(np.array([0, 1]), np.array([0, 0]), np.array([3, 3]))
    assert inside < 1.0
    assert outside == WEIGHTS_UNKNOWN**0.5


def test_coverage_is_of_anchors_that_did_not_teach_the_factors() -> None:
    few = residuals(60, 6)
    taught = calibrate(few, 0.9, n_segment=2, n_size=3).holds(few).mean()
    fair = [
        held_out(residuals(60, seed), 0.9, n_segment=2, n_size=3).mean() for seed in range(6, 26)
    ]
    fresh = calibrate(few, 0.9, n_segment=2, n_size=3).holds(residuals(3000, 99)).mean()
    assert taught >= 0.9
    # Over many draws the fair figure is that of fresh truth.
    assert abs(np.mean(fair) - fresh) < 0.04


def test_claims_that_repeat_the_truth_make_no_sure_intervals_of_rounded_ones() -> None:
    draws = np.random.default_rng(4)
    n = 400
    # Nineteen of twenty cells have a claim that is the truth itself; the others as the model says.
    z = np.where(np.arange(n) % 20 == 0, draws.normal(size=n), draws.normal(size=n) * 1e-3)
    nothing = np.zeros(n, np.int64)
    residuals = Residuals(np.arange(n), z, nothing, nothing, nothing + 1)
    found = calibrate(residuals, 0.9, n_segment=1, n_size=1)
    assert found.overall < 0.01
    factors = found.factors(nothing, nothing, nothing + 1)
    assert (factors == 0.5).all()
    rounded = z[::20]
    assert (np.abs(rounded) <= factors[0] * 1.645).mean() > 0.5
