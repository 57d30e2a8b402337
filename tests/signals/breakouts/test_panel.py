"""Panels: months, levels and ranks as a loop would have them; what is left out; empty ones."""

import datetime as dt

import numpy as np
import polars as pl
import pytest
from simulated_markets import Market, month

from howdah.core.errors import LookAheadError
from howdah.estimates.health import check_feed
from howdah.signals.breakouts import Feed, build_panel, code_feed


def test_levels_and_ranks_are_those_of_the_feeds_health() -> None:
    rows = Market.draw(60, 14, 50, 2).rows()
    panel = build_panel(code_feed(rows, "f"), month(13))
    absent = pl.lit(None, pl.Float64)
    health = check_feed(rows.with_columns(absent.alias("rank"), absent.alias("window_days")))
    names = panel.entities.to_list()
    assert panel.ends == tuple(month(n) for n in range(14))
    assert panel.length.tolist() == [50] * 14
    seen = np.zeros(panel.rank.shape, np.bool_)
    for period, part in health.adjusted.group_by("period"):
        c = panel.ends.index(period[0])
        ordered = part.sort("value", descending=True)
        for place, row in enumerate(ordered.iter_rows(named=True), 1):
            i = names.index(row["entity"])
            seen[i, c] = True
            assert panel.rank[i, c] == place
            assert panel.level[i, c] == pytest.approx(np.log(row["value_relative"]), rel=1e-5)
    assert (panel.rank[~seen] == 0).all()
    assert np.isnan(panel.level[~seen]).all()


def test_a_change_of_method_moves_no_level() -> None:
    plain = build_panel(Market.draw(200, 24, 150, 3).feed(), month(23))
    jumped = build_panel(Market.draw(200, 24, 150, 3, jump=12).feed(), month(23))
    np.testing.assert_allclose(jumped.level, plain.level, atol=1e-4)
    assert jumped.breaks()[12]
    assert jumped.breaks().sum() == 1
    assert not plain.breaks().any()


def test_a_feed_that_is_cut_says_what_the_whole_one_says_by_then() -> None:
    rows = Market.draw(120, 30, 80, 4, jump=25).rows()
    day = month(20)
    whole = build_panel(code_feed(rows, "f"), day)
    cut = build_panel(code_feed(rows.filter(pl.col("period") <= day), "f"), day)
    assert whole.entities.to_list() == cut.entities.to_list()
    np.testing.assert_array_equal(whole.level, cut.level)
    np.testing.assert_array_equal(whole.rank, cut.rank)
    assert whole.events.equals(cut.events)


def test_columns_and_days_to_come_are_refused(small_feed: Feed) -> None:
    panel = build_panel(small_feed, month(20))
    panel.require(20)
    with pytest.raises(LookAheadError, match=str(month(22))):
        panel.require(22)
    with pytest.raises(LookAheadError):
        panel.column(month(21))
    assert panel.column(month(7)) == 7


def test_the_last_snapshot_of_a_month_stands_for_it() -> None:
    days = [dt.date(2024, 1, 5), dt.date(2024, 1, 28), dt.date(2024, 3, 2), dt.date(2024, 8, 1)]
    values = np.exp([1.0, 2.0, 3.0, 4.0])
    rows = pl.DataFrame({"period": days, "entity": ["a"] * 4, "value": values})
    panel = build_panel(code_feed(rows, "f"), dt.date(2024, 8, 31))
    assert not panel.has_index
    assert panel.ends[0] == dt.date(2024, 1, 31)
    assert panel.length.tolist() == [1, 0, 1, 0, 0, 0, 0, 1]
    assert panel.level[0, 0] == pytest.approx(2.0)


def test_a_gap_is_bridged_for_two_months() -> None:
    rows = pl.DataFrame(
        {
            "period": [dt.date(2024, 1, 1), dt.date(2024, 6, 1)],
            "entity": ["a", "a"],
            "value": [np.e, np.e**2],
        }
    )
    panel = build_panel(code_feed(rows, "f"), dt.date(2024, 6, 1))
    np.testing.assert_allclose(panel.level[0], [1, 1, 1, np.nan, np.nan, 2], rtol=1e-6)
    assert panel.length.tolist() == [1, 0, 0, 0, 0, 1]


def test_a_feed_that_is_late_is_told_as_of_its_last_snapshot(small_feed: Feed) -> None:
    late = build_panel(small_feed, dt.date(2022, 9, 15))
    assert late.ends[-1] == month(35)
    assert late.as_of == dt.date(2022, 9, 15)


def test_a_last_snapshot_that_is_not_complete_is_left_out() -> None:
    rows = Market.draw(100, 12, 80, 5).rows()
    few = rows.filter((pl.col("period") < month(11)) | (pl.int_range(pl.len()) % 4 == 0))
    panel = build_panel(code_feed(few, "f"), month(11))
    assert panel.left_out == month(11)
    assert panel.ends[-1] == month(10)


def test_a_snapshot_that_repeats_the_one_before_tells_nothing() -> None:
    rows = Market.draw(60, 12, 60, 6).rows()
    again = rows.filter(pl.col("period") == month(7)).with_columns(pl.lit(month(8)).alias("period"))
    frozen = pl.concat([rows.filter(pl.col("period") != month(8)), again])
    panel = build_panel(code_feed(frozen, "f"), month(11))
    assert panel.length[8] == 0
    assert panel.breaks()[8]


def test_a_recut_list_is_a_break_to_those_whom_it_touches() -> None:
    rows = Market.draw(200, 12, 200, 7).rows()
    place = pl.col("value").rank("ordinal", descending=True).over("period")
    panel = build_panel(
        code_feed(rows.filter((pl.col("period") < month(6)) | (place <= 150)), "f"), month(11)
    )
    assert panel.breaks(lists_below=None)[6]
    assert panel.breaks(lists_below=151)[6]
    assert not panel.breaks(lists_below=150)[6]


def test_values_without_a_logarithm_have_no_level_and_given_ranks_count() -> None:
    rows = pl.DataFrame(
        {
            "period": [month(0)] * 4,
            "entity": list("abcd"),
            "value": [0.0, -3.0, None, 5.0],
            "rank": [3, None, 7, None],
        }
    )
    panel = build_panel(code_feed(rows, "f"), month(0))
    assert np.isfinite(panel.level[:, 0]).tolist() == [False, False, False, True]
    # Those without a rank are placed by value.
    assert panel.rank[:, 0].tolist() == [3, 3, 7, 1]


def test_doubled_rows_count_by_their_median() -> None:
    rows = pl.DataFrame(
        {"period": [month(0)] * 3, "entity": ["a"] * 3, "value": [np.e, np.e, np.e**3]}
    )
    panel = build_panel(code_feed(rows, "f"), month(0))
    assert panel.level[0, 0] == pytest.approx(1.0)


def test_nothing_known_by_the_day_is_a_panel_without_months(small_feed: Feed) -> None:
    panel = build_panel(small_feed, dt.date(2000, 1, 1))
    assert (panel.ends, panel.level.shape, panel.entities.len()) == ((), (0, 0), 0)
    named = code_feed(small_feed.rows.head(0).select(
        "period", pl.lit("").alias("entity"), "value"
    ), "f", universe=["x"])  # fmt: skip
    assert build_panel(named, month(3)).entities.to_list() == ["x"]
