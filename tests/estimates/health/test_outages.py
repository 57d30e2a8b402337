"""A fall that is undone soon is an outage: one event with its start, end and size."""

import datetime as dt
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from howdah.estimates.health import check_feed
from howdah.estimates.health.breaks import level_breaks
from howdah.estimates.health.outages import LONGEST_OUTAGE, find_outages, restored

MakeFeed = Callable[..., pl.DataFrame]

AT = 20
DAY = dt.date(2019, 9, 1)


def planted(fall: float, rise: float, length: int = 1) -> np.ndarray:
    """Steps of a quiet feed, with a fall and a rise so many steps later."""
    steps = np.random.default_rng(3).normal(0.02, 0.02, 60)
    steps[AT] += fall
    steps[AT + length] += rise
    return steps


def ends_of(steps: np.ndarray, stated: tuple[int, ...] = ()) -> list[tuple[int, int]]:
    breaks, _ = level_breaks(steps, np.full(len(steps), 7.0))
    outages, lasting = find_outages(breaks, stated)
    assert 2 * len(outages) + len(lasting) == len(breaks)
    return [(found.fall.first, found.back.first) for found in outages]


@pytest.mark.parametrize("length", [1, 4, LONGEST_OUTAGE])
def test_a_fall_and_the_rise_that_undoes_it_are_one_outage(length: int) -> None:
    assert ends_of(planted(-0.6, 0.6, length)) == [(AT, AT + length)]


@pytest.mark.parametrize(
    "steps",
    [
        planted(-0.6, 0.0),
        planted(0.6, -0.6),
        planted(-0.6, 1.3),
        planted(-1.3, 0.6),
        planted(-0.6, 0.6, LONGEST_OUTAGE + 1),
        np.full(60, np.nan),
    ],
    ids=["lasts", "rises first", "overshoots", "half undone", "undone late", "unknown"],
)
def test_what_is_no_outage(steps: np.ndarray) -> None:
    assert ends_of(steps) == []


@pytest.mark.parametrize("n", [AT, AT + 1])
def test_a_window_that_is_stated_explains_the_steps(n: int) -> None:
    steps = planted(-0.6, 0.6)
    assert ends_of(steps) == [(AT, AT + 1)]
    assert ends_of(steps, stated=(n,)) == []


def test_an_outage_leaves_no_offset_behind() -> None:
    steps = planted(-0.55, 0.65, 3)
    breaks, offsets = level_breaks(steps, np.full(60, 7.0))
    ((found,), _) = find_outages(breaks)
    assert abs(offsets.sum()) > 0.05
    mended = restored(offsets, [found])
    assert found.offset == pytest.approx((found.fall.offset - found.back.offset) / 2)
    assert mended[found.fall.first : found.fall.last + 1].sum() == pytest.approx(found.offset)
    assert mended.sum() == pytest.approx(0.0, abs=1e-12)
    assert np.flatnonzero(mended).tolist() == np.flatnonzero(offsets).tolist()


@pytest.mark.parametrize("length", [1, 3])
def test_a_partial_outage_is_one_event_with_its_ends(make_feed: MakeFeed, length: int) -> None:
    def lose(values: np.ndarray) -> None:
        values[AT : AT + length] *= 0.6

    plain, rows = make_feed(), make_feed(lose)
    health = check_feed(rows)
    (event,) = health.events.rows(named=True)
    assert (event["period"], event["kind"]) == (DAY, "missing_period")
    assert event["lower"] < 0.6 < event["upper"]
    assert event["confidence"] > 0.97
    days = plain["period"].unique().sort().to_list()
    assert f"from {DAY} to {days[AT + length - 1]}" in event["evidence"]
    assert f"came back on {days[AT + length]}" in event["evidence"]
    marked = health.index.filter(pl.col("is_measurement"))
    assert marked["period"].to_list() == [DAY, days[AT + length]]
    # Outside the outage values stay as they are, inside they are what they would have been.
    during = pl.col("period").is_between(DAY, days[AT + length - 1])
    adjusted = health.adjusted.with_columns(plain=plain["value"])
    outside = adjusted.filter(~during)
    assert outside["value_adjusted"].to_list() == pytest.approx(outside["value"].to_list())
    inside = adjusted.filter(during).select(r=pl.col("value_adjusted") / pl.col("plain"))
    assert inside["r"].to_list() == pytest.approx([0.6 / event["size"]] * inside.height, rel=1e-3)


def test_a_week_of_a_daily_feed() -> None:
    rng = np.random.default_rng(5)
    days = [dt.date(2024, 1, 1) + dt.timedelta(days=n) for n in range(120)]
    level = 9 + rng.normal(0, 1, 40) + np.cumsum(rng.normal(0.001, 0.03, (120, 40)), axis=0)
    level[60:67] += np.log(0.6)
    rows = [
        (day, f"e{i}", float(np.exp(level[n, i])), None, None)
        for n, day in enumerate(days)
        for i in range(40)
    ]
    schema = {
        "period": pl.Date,
        "entity": pl.String,
        "value": pl.Float64,
        "rank": pl.Int64,
        "window_days": pl.Float64,
    }
    events = check_feed(pl.DataFrame(rows, schema=schema, orient="row")).events
    assert events.select("period", "kind").rows() == [(days[60], "missing_period")]
    assert f"from {days[60]} to {days[66]} (7 snapshots)" in events["evidence"][0]


@pytest.mark.slow
def test_outages_of_a_known_size_are_found_and_covered(make_feed: MakeFeed) -> None:
    """Over 200 feeds: nearly all are one event, and 90% intervals hold the share that was left."""
    n_found = n_covered = 0
    for seed in range(200):
        rng = np.random.default_rng([seed, 9])
        size, length = rng.uniform(0.4, 0.7), int(rng.integers(1, 8))

        def lose(values: np.ndarray, size: float = size, length: int = length) -> None:
            values[AT : AT + length] *= size

        events = check_feed(make_feed(lose, seed=seed)).events
        near = events.filter(pl.col("period") == DAY, pl.col("kind") == "missing_period")
        n_found += near.height
        n_covered += near.filter(pl.col("lower") < size, pl.col("upper") > size).height
    assert n_found >= 180
    assert n_covered / n_found > 0.9
