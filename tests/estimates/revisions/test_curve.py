import datetime as dt
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from howdah.core.errors import InputError
from howdah.estimates.revisions import learn_revisions, nowcast, read_prints

Vendor = Callable[..., pl.DataFrame]

FEBRUARY = dt.date(2021, 2, 1)


def test_bias_is_recovered_and_the_age_at_which_it_ends(vendor: Vendor) -> None:
    frame = learn_revisions(vendor(n_months=60)).frame
    assert frame["age_days_from"].to_list() == [5, 36]
    assert frame["final_after_days"].to_list() == [66, 66]
    assert frame["is_settled"].all()
    for row, true in zip(frame.iter_rows(named=True), (0.12, 0.05), strict=True):
        assert row["bias_lower"] < true < row["bias_upper"]
        # 0.2 and 0.3 of the bias, shared and own.
        assert row["spread"] == pytest.approx(true * np.hypot(0.2, 0.3), rel=0.25)
        assert (row["n"], row["n_periods"], row["n_unseen"]) == (240, 60, 0)


def test_bias_of_few_series_has_a_wider_interval_than_its_number_of_prints_says(
    vendor: Vendor,
) -> None:
    row = learn_revisions(vendor(n_series=50)).frame.row(0, named=True)
    naive = row["spread"] / np.sqrt(row["n"])
    # What the prints of one period share does not average out over series.
    assert row["bias_upper"] - row["bias"] > 3 * naive


def test_a_young_period_and_a_silent_one_are_counted_and_teach_nothing(vendor: Vendor) -> None:
    prints = vendor()
    as_of = dt.date(2021, 3, 20)
    silent = (pl.col("valid_to") == dt.date(2020, 1, 31)) & (
        pl.col("published_at") > dt.date(2020, 2, 20)
    )
    curve = learn_revisions(prints.filter(~silent), as_of=as_of)
    row = curve.frame.row(0, named=True)
    # January and February 2021 are not yet 66 days old.
    assert (row["n_open"], row["n_unseen"]) == (8, 4)
    assert row["n"] == 4 * (12 * 3 - 1)
    assert row["n_revised"] == row["n"]


def test_values_that_nobody_revises_are_final_at_once(vendor: Vendor) -> None:
    same = vendor().with_columns(pl.col("value").first().over("series", "valid_to"))
    curve = learn_revisions(same).curves["vendor", "downloads"]
    assert curve.settling.after_days == 5
    assert curve.settling.is_settled
    assert curve.classes == ()


def test_values_that_never_stop_moving_are_said_not_to_settle(vendor: Vendor) -> None:
    noise = np.random.default_rng(1).normal(0.0, 0.1, vendor().height)
    restless = vendor().with_columns(pl.col("value") * pl.Series(np.exp(noise)))
    curve = learn_revisions(restless)
    assert curve.curves["vendor", "downloads"].settling.after_days == 97
    assert not curve.frame["is_settled"].any()


def test_moves_are_chained_where_few_periods_have_both_ends(vendor: Vendor) -> None:
    prints = vendor(n_months=24)
    lag = (pl.col("published_at") - pl.col("valid_to")).dt.total_days()
    # First prints exist in the last year only; final ones of that year are few.
    late = pl.col("valid_to") > dt.date(2019, 1, 1)
    kept = prints.filter(((lag != 5) | late) & ((lag < 66) | ~late))
    frame = learn_revisions(kept, final_after_days=66).frame
    assert frame["route"].to_list() == ["chained", "direct"]
    assert frame["bias"].to_list() == pytest.approx([0.12, 0.05], abs=0.02)


def test_a_step_of_all_history_is_found_and_not_learnt(vendor: Vendor) -> None:
    prints = vendor(n_months=60).with_columns(pl.col("published_at").dt.truncate("1mo"))
    # The vendor prints the last four months and, to be seen moving, history of a year.
    history = pl.concat(
        prints.filter(
            pl.col("published_at").rank("ordinal").over("series", "valid_to") == 4
        ).with_columns(pl.col("published_at").dt.offset_by(f"{n}mo"))
        for n in range(1, 13)
    )
    plain = pl.concat([prints, history])
    stepped = plain.with_columns(
        pl.when(pl.col("published_at") >= FEBRUARY).then(pl.col("value") * 1.3).otherwise("value")
    )
    curve = learn_revisions(stepped)
    steps = curve.curves["vendor", "downloads"].steps
    assert steps["published_at"].to_list() == [FEBRUARY]
    assert steps["step"][0] == pytest.approx(np.log(1.3))
    before = learn_revisions(plain).frame["bias"].to_numpy()
    assert curve.frame["bias"].to_numpy() == pytest.approx(before, abs=0.01)


def test_only_periods_since_a_change_in_the_way_of_revising_teach(vendor: Vendor) -> None:
    prints = vendor(n_months=60)
    final = pl.col("value").last().over("series", "valid_to", order_by="published_at")
    turned = prints.with_columns(
        pl.when(pl.col("valid_to") >= FEBRUARY)
        .then(final * final / pl.col("value"))
        .otherwise("value")
        .alias("value")
    )
    curve = learn_revisions(turned)
    assert abs((curve.curves["vendor", "downloads"].since - FEBRUARY).days) < 62
    assert curve.frame["bias"][0] == pytest.approx(-0.12, abs=0.02)


@pytest.mark.parametrize("scale", ["log", "linear"])
def test_order_of_rows_changes_nothing(vendor: Vendor, scale: str) -> None:
    prints = vendor(scale=scale, early=scale == "log")
    shuffled = prints.sample(fraction=1.0, shuffle=True, seed=4)
    found = [learn_revisions(p, flows=["downloads"]) for p in (prints, shuffled)]
    assert_frame_equal(found[0].frame, found[1].frame, check_exact=True)
    assert_frame_equal(
        nowcast(prints, found[0]), nowcast(shuffled, found[1]), check_exact=True,
        check_column_order=False,
    )  # fmt: skip


def test_another_unit_changes_no_curve_and_scales_the_nowcast(vendor: Vendor) -> None:
    ones, thousands = vendor(), vendor(unit=1000.0)
    found = [learn_revisions(p) for p in (ones, thousands)]
    assert_frame_equal(found[0].frame, found[1].frame)
    told = [nowcast(p, c) for p, c in zip((ones, thousands), found, strict=True)]
    for name in ("nowcast", "lower", "upper"):
        assert (told[0][name] * 1000).to_list() == pytest.approx(told[1][name].to_list())


def test_nothing_published_later_changes_a_curve(vendor: Vendor) -> None:
    prints = vendor()
    as_of = dt.date(2020, 12, 10)
    known = prints.filter(pl.col("published_at") <= as_of)
    assert_frame_equal(learn_revisions(prints, as_of=as_of).frame, learn_revisions(known).frame)


def test_prints_that_cannot_be_used_are_set_aside_with_their_reason(vendor: Vendor) -> None:
    good = vendor(n_series=1, n_months=1).head(1)
    day = good["valid_from"][0] - dt.timedelta(days=1)
    bad = pl.concat(
        good.with_columns(change)
        for change in (
            pl.lit(None, pl.Date).alias("published_at"),
            pl.lit(day).alias("published_at"),
            pl.lit(None, pl.Date).alias("valid_to"),
            *(pl.lit(x).alias("value") for x in (0.0, -1.0, np.inf, np.nan)),
            pl.lit(None, pl.Float64).alias("value"),
        )
    )
    read = read_prints(pl.concat([good, bad]))
    assert read.frame.height == 1
    assert dict(read.set_aside.iter_rows()) == {
        "no publication date": 1,
        "published before the period began: a forecast": 1,
        "no end of the period": 1,
        "not held by the scale (zero or negative)": 2,
        "no finite value": 3,
    }


def test_what_is_said_twice_at_one_time_counts_once_as_the_median(vendor: Vendor) -> None:
    good = vendor(n_series=1, n_months=1).head(1)
    twice = pl.concat([good, good, good.with_columns(pl.col("value") * 4)])
    read = read_prints(twice).frame
    assert read.height == 1
    assert read["level"][0] == pytest.approx(np.log(good["value"][0]))


def test_zero_and_negative_are_values_on_a_linear_scale(vendor: Vendor) -> None:
    prints = vendor(scale="linear").with_columns(pl.col("value") - 6.0)
    assert learn_revisions(prints).frame["bias"].to_list() == pytest.approx([0.12, 0.05], abs=0.01)


@pytest.mark.parametrize("n", [0, 1])
def test_one_print_teaches_nothing(vendor: Vendor, n: int) -> None:
    curve = learn_revisions(vendor().head(n))
    assert curve.frame.is_empty()


def test_a_missing_column_and_a_strange_scale_are_named(vendor: Vendor) -> None:
    with pytest.raises(InputError, match="no column 'published_at'"):
        read_prints(vendor().drop("published_at"))
    with pytest.raises(InputError, match="cubic"):
        read_prints(vendor().with_columns(scale=pl.lit("cubic")))
