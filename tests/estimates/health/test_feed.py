"""A feed's planted faults are found for what they are, and a plain feed has none."""

import datetime as dt
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from howdah.estimates.health import EVENT_SCHEMA, FeedHealth, check_feed

Change = Callable[[np.ndarray], None]
MakeFeed = Callable[..., pl.DataFrame]

INPUT = {
    "period": pl.Date,
    "entity": pl.String,
    "value": pl.Float64,
    "rank": pl.Int64,
    "window_days": pl.Float64,
}

#: The snapshot that faults are planted in.
AT = 20
DAY = dt.date(2019, 9, 1)
NEXT = dt.date(2019, 10, 1)


def found(health: FeedHealth) -> list[tuple[dt.date, str]]:
    return list(health.events.select("period", "kind").iter_rows())


def times(factor: float, first: int = AT, last: int | None = None, share: float = 1.0) -> Change:
    def change(values: np.ndarray) -> None:
        n_moved = round(share * values.shape[1])
        values[first : None if last is None else last + 1, :n_moved] *= factor

    return change


@pytest.mark.parametrize("seed", range(10))
def test_a_plain_feed_has_no_event(make_feed: MakeFeed, seed: int) -> None:
    health = check_feed(make_feed(seed=seed))
    assert found(health) == []
    assert not health.index["is_measurement"].any()


@pytest.mark.parametrize("factor", [3.3, 1.6, 0.5])
def test_a_shift_is_found_with_its_size(make_feed: MakeFeed, factor: float) -> None:
    health = check_feed(make_feed(times(factor)))
    assert found(health) == [(DAY, "level_shift")]
    event = health.events.row(0, named=True)
    assert event["lower"] < factor < event["upper"]
    assert event["lower"] < event["size"] < event["upper"]
    assert event["confidence"] > 0.97
    marked = health.index.filter(pl.col("is_measurement"))
    assert marked["period"].to_list() == [DAY]


def test_a_loss_over_several_snapshots_is_a_drain(make_feed: MakeFeed) -> None:
    def drain(values: np.ndarray) -> None:
        for n in range(4):
            values[AT + n :] *= 0.84

    health = check_feed(make_feed(drain))
    assert found(health) == [(DAY, "drain")]
    event = health.events.row(0, named=True)
    assert event["lower"] < 0.84**4 < event["upper"]
    assert health.index["is_measurement"].sum() == 4


def test_a_slow_rise_is_the_market(make_feed: MakeFeed) -> None:
    def rise(values: np.ndarray) -> None:
        for n in range(4):
            values[AT + n :] *= 1.12

    assert found(check_feed(make_feed(rise))) == []


def test_a_step_seen_through_a_window_is_one_event(make_feed: MakeFeed) -> None:
    def ramp(values: np.ndarray) -> None:
        values[AT:] *= 1.5
        values[AT + 1 :] *= 2.0

    health = check_feed(make_feed(ramp))
    assert found(health) == [(DAY, "level_shift")]
    event = health.events.row(0, named=True)
    assert event["lower"] < 3.0 < event["upper"]


def test_part_of_the_list_that_moves_is_composition(make_feed: MakeFeed) -> None:
    health = check_feed(make_feed(times(2.5, share=0.4)))
    assert found(health) == [(DAY, "composition")]
    assert health.events["size"].null_count() == 1


def test_a_recut_list(make_feed: MakeFeed) -> None:
    def cut(values: np.ndarray) -> None:
        values[AT:, :15] = np.nan

    health = check_feed(make_feed(cut))
    assert found(health) == [(DAY, "list_length")]
    assert health.events.row(0)[2:5] == pytest.approx((0.75, 0.75, 0.75))
    assert health.index["list_length"].unique().sort().to_list() == [45, 60]


def test_a_window_that_is_not_stated_shows_by_its_ratio(make_feed: MakeFeed) -> None:
    health = check_feed(make_feed(times(4.0)))
    assert found(health) == [(DAY, "window")]
    assert "from 7 to 28 days would; none is stated" in health.events["evidence"][0]


def test_a_window_that_is_stated_is_no_shift(make_feed: MakeFeed) -> None:
    rows = make_feed(times(2.0)).with_columns(
        pl.when(pl.col("period") < DAY).then(14.0).otherwise(28.0).alias("window_days")
    )
    health = check_feed(rows)
    assert found(health) == [(DAY, "window")]
    assert "from 14 to 28 days" in health.events["evidence"][0]
    unseen = check_feed(rows.with_columns(make_feed()["value"]))
    assert found(unseen) == [(DAY, "window")]
    assert unseen.events["size"][0] is None


def test_a_missing_snapshot_and_one_without_values(make_feed: MakeFeed) -> None:
    rows = make_feed()
    expected = [(dt.date(2019, 8, 31), "missing_period")]
    assert found(check_feed(rows.filter(pl.col("period") != DAY))) == expected
    value = pl.when(pl.col("period") != DAY).then("value")
    health = check_feed(rows.with_columns(value.alias("value")))
    assert found(health) == [(DAY, "missing_period")]
    assert "all 60 values are missing" in health.events["evidence"][0]
    steps = dict(health.index.select("period", "step").iter_rows())
    assert steps[DAY] is None
    assert steps[NEXT] is not None


def test_a_feed_of_working_days_lacks_no_week_end() -> None:
    days = [dt.date(2024, 1, 1) + dt.timedelta(days=n) for n in range(90)]
    absent = dt.date(2024, 2, 7)
    rows = [(d, "a", float(n), None, None) for n, d in enumerate(days) if d.weekday() < 5]
    feed = pl.DataFrame(rows, schema=INPUT, orient="row")
    assert found(check_feed(feed)) == []
    week = [d for d in feed["period"] if abs((d - absent).days) <= 2]
    assert len(week) == 5
    health = check_feed(feed.filter(~pl.col("period").is_in(week)))
    assert [kind for _, kind in found(health)] == ["missing_period"]
    assert "where they usually are 3 days apart: 2 missing" in health.events["evidence"][0]
    daily = pl.DataFrame(
        [(d, "a", float(n), None, None) for n, d in enumerate(days) if not 30 <= n < 35],
        schema=INPUT, orient="row",
    )  # fmt: skip
    evidence = check_feed(daily).events["evidence"][0]
    assert "where they usually are 1 day apart: 5 missing" in evidence


@pytest.mark.parametrize("factor", [12.0, 1000.0, 1 / 30])
def test_entities_in_another_unit(make_feed: MakeFeed, factor: float) -> None:
    health = check_feed(make_feed(times(factor, last=AT, share=0.15)))
    assert found(health) == [(DAY, "unit_mix"), (NEXT, "unit_mix")]
    for event, truth in zip(health.events.rows(named=True), (factor, 1 / factor), strict=True):
        assert event["lower"] < truth < event["upper"]


def test_doubled_rows_that_agree_and_that_do_not(make_feed: MakeFeed) -> None:
    rows = make_feed()
    again = rows.filter(pl.col("period") == DAY).head(3)
    again = pl.concat([again.head(2), again.tail(1).with_columns(pl.col("value") * 3)])
    health = check_feed(pl.concat([rows, again]))
    assert found(health) == [(DAY, "duplicate")]
    assert "3 entities are there more than once, 1 with values" in health.events["evidence"][0]
    assert health.adjusted.height == rows.height + 3
    assert health.index["list_length"].max() == 60


def test_a_snapshot_that_stands_still_or_comes_again(make_feed: MakeFeed) -> None:
    def freeze(values: np.ndarray) -> None:
        values[AT] = values[AT - 1]

    def copy(values: np.ndarray) -> None:
        values[AT] = values[AT - 7]

    frozen, copied = check_feed(make_feed(freeze)), check_feed(make_feed(copy))
    assert found(frozen) == [(DAY, "frozen")]
    assert found(copied) == [(DAY, "copied")]
    assert "those of 2019-02-01" in copied.events["evidence"][0]
    # What repeats tells nothing of its own month: the next step spans both.
    for health in (frozen, copied):
        steps = dict(health.index.select("period", "step").iter_rows())
        assert steps[DAY] is None
        assert steps[NEXT] is not None


def test_small_counts_that_stand_still_are_not_frozen() -> None:
    days = [dt.date(2020 + n // 12, n % 12 + 1, 1) for n in range(24)]
    rows = pl.DataFrame(
        [(day, f"e{i}", 3.0 + i, None, None) for day in days for i in range(40)],
        schema=INPUT,
        orient="row",
    )
    assert found(check_feed(rows)) == []


def test_breaks_are_taken_out_of_values_and_no_history_is_erased(make_feed: MakeFeed) -> None:
    plain, shifted = make_feed(), make_feed(times(3.0))
    health = check_feed(shifted)
    size = health.events["size"][0]
    assert health.adjusted["value"].equals(shifted["value"])
    after = shifted["period"] >= DAY
    expected = shifted["value"] / pl.select(pl.when(after).then(size).otherwise(1.0)).to_series()
    assert health.adjusted["value_adjusted"].to_list() == pytest.approx(expected.to_list())
    # Relative to the market a break of all is no movement.
    expected = check_feed(plain).adjusted["value_relative"]
    ratio = (health.adjusted["value_relative"] / expected).log().abs().max()
    assert isinstance(ratio, float)
    assert ratio < 1e-6


def test_ranks_alone_say_nothing_of_levels() -> None:
    rng = np.random.default_rng(3)
    days = [dt.date(2020 + n // 12, n % 12 + 1, 1) for n in range(18)]
    rows = [
        (day, f"e{i}", None, int(rank), None)
        for n, day in enumerate(days)
        if n != 9
        for rank, i in enumerate(rng.permutation(50), start=1)
    ]
    health = check_feed(pl.DataFrame(rows, schema=INPUT, orient="row"))
    assert found(health) == [(dt.date(2020, 10, 1), "missing_period")]
    assert health.index["step"].is_null().all()
    assert health.adjusted["value_relative"].is_null().all()


@pytest.mark.parametrize("n_rows", [0, 1, 2])
def test_next_to_nothing_is_no_error(n_rows: int) -> None:
    days = [dt.date(2024, 1, 1), dt.date(2024, 2, 1)]
    rows = pl.DataFrame(
        [(day, "a", 5.0, 1, None) for day in days[:n_rows]], schema=INPUT, orient="row"
    )
    health = check_feed(rows)
    assert health.events.schema == EVENT_SCHEMA
    assert found(health) == []
    assert health.index.height == n_rows
    assert health.adjusted.columns == [*INPUT, "value_adjusted", "value_relative"]


def test_zeros_negatives_and_infinities_take_no_part_in_steps(make_feed: MakeFeed) -> None:
    def spoil(values: np.ndarray) -> None:
        values[:, 0], values[:, 1], values[::2, 2] = 0.0, -5.0, np.inf

    health = check_feed(make_feed(spoil))
    assert found(health) == []
    assert health.index["n_common"].max() == 57
    assert health.index["list_length"].unique().to_list() == [60]


def test_columns_of_the_feed_are_kept_whatever_they_are_called(make_feed: MakeFeed) -> None:
    rows = make_feed().with_columns(pl.lit("x").alias("index"), pl.lit(1).alias("offset"))
    adjusted = check_feed(rows).adjusted
    assert adjusted.columns == [*rows.columns, "value_adjusted", "value_relative"]
    assert adjusted.select(rows.columns).equals(rows)


@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_is_irrelevant(random: "st.Random") -> None:
    rows = _faulty()
    order = list(range(rows.height))
    random.shuffle(order)
    left, right = check_feed(rows), check_feed(rows[order])
    assert left.events.equals(right.events)
    assert left.index.equals(right.index)
    assert left.adjusted[order].equals(right.adjusted)


@given(st.floats(1e-3, 1e6))
def test_the_unit_of_the_feed_is_irrelevant(factor: float) -> None:
    rows = _faulty()
    left, right = check_feed(rows), check_feed(rows.with_columns(pl.col("value") * factor))
    assert found(left) == found(right)
    for column in ("size", "lower", "upper", "confidence"):
        assert left.events[column].to_list() == pytest.approx(right.events[column].to_list())
    assert left.index["index"].to_list() == pytest.approx(right.index["index"].to_list())
    ratio = right.adjusted["value_adjusted"] / left.adjusted["value_adjusted"]
    assert ratio.to_list() == pytest.approx([factor] * rows.height)


def _faulty() -> pl.DataFrame:
    """A feed with a shift and a month that is not there."""
    rng = np.random.default_rng(8)
    level = 9 + rng.normal(0, 1, 40) + np.cumsum(rng.normal(0.02, 0.06, (24, 40)), axis=0)
    level[12:] += 1.0
    days = [dt.date(2020 + n // 12, n % 12 + 1, 1) for n in range(24)]
    rows = [
        (day, f"e{i}", float(np.exp(level[n, i])), None, None)
        for n, day in enumerate(days)
        if n != 17
        for i in range(40)
    ]
    return pl.DataFrame(rows, schema=INPUT, orient="row")


@pytest.mark.slow
def test_intervals_of_sizes_cover_and_quiet_feeds_stay_quiet(make_feed: MakeFeed) -> None:
    """Over 200 feeds each: 90% intervals hold the planted size, 3 years have 0.3 events or less."""
    n_covered = n_found = n_false = 0
    for seed in range(200):
        events = check_feed(make_feed(times(2.2), seed=seed)).events
        events = events.filter(pl.col("period") == DAY, pl.col("kind") == "level_shift")
        n_found += events.height
        n_covered += events.filter(pl.col("lower") < 2.2, pl.col("upper") > 2.2).height
        n_false += check_feed(make_feed(seed=seed)).events.height
    assert n_found >= 198
    # Wider than nominal on purpose: ordinary steps have heavier tails than these.
    assert n_covered / n_found > 0.9
    assert n_false / 200 <= 0.3
