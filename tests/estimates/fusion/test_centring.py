"""Centring: a handful of anchors says where all levels lie, and how surely."""

import numpy as np
import polars as pl
import pytest

from howdah.estimates.fusion import fuse
from howdah.estimates.fusion.calibration import Residuals
from howdah.estimates.fusion.centring import Centre, find_centre

from .conftest import FIRST, Drawn, draw


def residuals_of(distance: np.ndarray, sd: np.ndarray) -> Residuals:
    """One anchor a series."""
    series = np.arange(len(distance))
    return Residuals(series, distance / sd, *(np.zeros(len(series), np.int64) for _ in range(3)))


def centre_of(offset: float, n: int, before: float, seed: int, spread: float = 1.0) -> Centre:
    draws = np.random.default_rng(seed)
    sd = draws.uniform(0.05, 0.2, n)
    return find_centre(residuals_of(offset + spread * sd * draws.standard_t(5, n), sd), sd, before)


@pytest.mark.parametrize(("n", "spread"), [(3, 1.0), (10, 1.0), (10, 1.6), (200, 1.0)])
def test_offsets_lie_inside_their_intervals_as_often_as_they_say(n: int, spread: float) -> None:
    before = 0.04
    offsets = np.random.default_rng(n).normal(0.0, np.sqrt(before), 600)
    inside = []
    for seed, offset in enumerate(offsets.tolist()):
        found = centre_of(offset, n, before, seed, spread)
        inside.append(abs(found.offset - offset) <= 1.645 * np.sqrt(found.variance))
    assert 0.86 <= np.mean(inside) <= 0.96


def test_anchors_of_one_series_count_as_one() -> None:
    sd = np.full(8, 0.1)
    many = Residuals(
        np.zeros(8, np.int64), np.full(8, 2.0), *(np.zeros(8, np.int64) for _ in range(3))
    )
    one = residuals_of(np.array([0.2]), sd[:1])
    assert find_centre(many, sd, 0.05) == pytest.approx(find_centre(one, sd[:1], 0.05))


def test_an_anchor_in_a_wrong_unit_moves_little() -> None:
    sd = np.full(9, 0.1)
    right = np.full(9, 0.2)
    wrong = np.where(np.arange(9) == 4, np.log(1000.0), right)
    found = find_centre(residuals_of(wrong, sd), sd, 0.25)
    assert abs(found.offset - 0.2) < 0.1


def test_no_truth_leaves_what_was_held() -> None:
    nothing = np.zeros(0)
    assert find_centre(residuals_of(nothing, nothing), nothing, 0.3) == Centre(0.0, 0.3)


def shifted(by: float, n_anchored: int) -> Drawn:
    """All vendors off by the same factor; truth of a few series."""
    drawn = draw(200, seed=4, share=1.0)
    names = drawn.truth["series"].unique().sort().sample(n_anchored, seed=1)
    return Drawn(
        drawn.claims.with_columns(pl.col("value") * np.exp(by)),
        drawn.truth.filter(pl.col("series").is_in(names.implode())),
        drawn.levels,
    )


def test_five_anchors_take_off_what_all_sources_are_off_by() -> None:
    drawn = shifted(0.3, 5)
    estimates, run = fuse(drawn.claims, drawn.truth)
    number = estimates["series"].str.slice(1).cast(pl.Int64).to_numpy()
    week = ((estimates["period"] - FIRST).dt.total_days() // 7).to_numpy()
    true = np.exp(drawn.levels[number, week])
    rows = estimates.with_columns(
        off=(pl.col("value") / pl.Series(true)).log(),
        inside=pl.Series(true).is_between(estimates["lower"], estimates["upper"]),
        width=(pl.col("upper") / pl.col("lower")).log(),
    )
    hidden, known = rows.filter(~pl.col("anchored")), rows.filter("anchored")
    assert abs(hidden["off"].to_numpy().mean()) < 0.12
    assert hidden["inside"].to_numpy().mean() > 0.85
    assert not run.learned.calibration.is_calibrated
    assert known["inside"].to_numpy().mean() > 0.85
    # Cells with truth of their own know where they lie.
    told = known.join(drawn.truth, on=["series", "period"], how="semi")
    assert told.height == drawn.truth.height
    assert told["width"].to_numpy().max() < 0.06
    assert told["inside"].to_numpy().all()


def test_more_anchors_leave_less_unknown() -> None:
    left = [
        fuse(drawn.claims, drawn.truth)[1].learned.common_var
        for drawn in (shifted(0.3, n) for n in (0, 3, 12))
    ]
    assert left[0] > left[1] > left[2] > 0.0
