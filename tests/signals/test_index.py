"""The market index finds planted faults of measurement and nothing else."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from howdah.estimates.health import market_index
from howdah.signals import Scene

MakeScene = Callable[..., Scene]
Row = dict[str, Any]
Counters = Callable[..., list[Row]]


def found(scene: Scene) -> list[tuple[str, str]]:
    index = market_index(scene.observations).rows
    rows = index.filter(pl.col("reason").is_not_null()).select("period", "reason").rows()
    return [(str(period), reason) for period, reason in rows]


def periods(rows: list[Row]) -> list[str]:
    return sorted({row["period"] for row in rows})


def monthly(counters: Counters, **options: Any) -> list[Row]:  # noqa: ANN401 - of the fixture
    return counters(80, 36, days=30, metric="downloads", spread=0.1, **options)


def lengths(days: list[str], values: list[float]) -> list[Row]:
    return [
        {
            "entity": "list:counter:downloads",
            "scheme": "list",
            "metric": "list_length",
            "feed": "counter",
            "definition": "counter:downloads",
            "period": day,
            "value": value,
        }
        for day, value in zip(days, values, strict=True)
    ]


@pytest.mark.parametrize("seed", range(12))
def test_a_quiet_market_has_no_fault(make_scene: MakeScene, counters: Counters, seed: int) -> None:
    assert found(make_scene(monthly(counters, seed=seed))) == []
    assert found(make_scene(counters(60, 40, seed))) == []


@pytest.mark.parametrize("factor", [3.3, 1.5, 0.6])
def test_a_planted_step_is_found_where_it_is(
    make_scene: MakeScene, counters: Counters, factor: float
) -> None:
    rows = monthly(counters)
    at = periods(rows)[20]
    for row in rows:
        row["value"] *= factor if row["period"] >= at else 1.0
    assert found(make_scene(rows)) == [(at, "level_shift")]


def test_steps_in_consecutive_months_are_both_found(
    make_scene: MakeScene, counters: Counters
) -> None:
    rows = monthly(counters)
    first, second = periods(rows)[20:22]
    for row in rows:
        row["value"] *= 0.6 if row["period"] >= first else 1.0
        row["value"] *= 3.3 if row["period"] >= second else 1.0
    assert found(make_scene(rows)) == [(first, "level_shift"), (second, "level_shift")]


def test_one_entity_that_jumps_is_no_fault(make_scene: MakeScene, counters: Counters) -> None:
    rows = monthly(counters)
    for row in rows:
        row["value"] *= 50.0 if row["entity"] == "e3" and row["period"] > "2024-03" else 1.0
    assert found(make_scene(rows)) == []


def test_part_of_the_list_that_jumps_is_a_composition(
    make_scene: MakeScene, counters: Counters
) -> None:
    rows = monthly(counters)
    at = periods(rows)[20]
    for row in rows:
        moved = int(row["entity"][1:]) % 3 == 0
        row["value"] *= 3.0 if moved and row["period"] >= at else 1.0
    assert found(make_scene(rows)) == [(at, "composition")]


def test_a_missing_snapshot_is_no_fault(make_scene: MakeScene, counters: Counters) -> None:
    # A market that grows by a fifth a month grows by nearly half over two.
    rows = monthly(counters)
    days = periods(rows)
    for row in rows:
        row["value"] *= 1.2 ** days.index(row["period"])
    kept = [row for row in rows if row["period"] != days[18]]
    scene = make_scene(kept)
    assert found(scene) == []
    step = market_index(scene.observations).rows.filter(
        pl.col("period").cast(pl.String) == days[19]
    )
    assert step["step"].item() == pytest.approx(2 * np.log(1.2), abs=0.1)


def test_a_long_gap_of_a_weekly_counter_is_no_fault(
    make_scene: MakeScene, counters: Counters
) -> None:
    rows = counters(60, 60, spread=0.05)
    days = periods(rows)
    gap = set(days[30:44])
    assert found(make_scene([row for row in rows if row["period"] not in gap])) == []


def test_a_recut_list_is_found_by_its_stated_length(
    make_scene: MakeScene, counters: Counters
) -> None:
    rows = monthly(counters)
    days = periods(rows)
    stated = [5000.0] * 10 + [4000.0] * 10 + [5000.0] * 16
    scene = make_scene(rows + lengths(days, stated))
    assert found(scene) == [(days[10], "list_length"), (days[20], "list_length")]
    index = market_index(scene.observations).rows
    assert index["n_listed"].to_list() == [int(x) for x in stated]


def test_a_list_that_grows_by_itself_is_not_recut(
    make_scene: MakeScene, counters: Counters
) -> None:
    rows = monthly(counters)
    days = periods(rows)
    stated = [round(1000 * 1.12**n) for n in range(len(days))]
    assert found(make_scene(rows + lengths(days, stated))) == []


def test_entities_that_come_and_go_are_no_fault(make_scene: MakeScene, counters: Counters) -> None:
    rows = monthly(counters)
    days = periods(rows)
    half = [r for r in rows if int(r["entity"][1:]) % 2 or r["period"] not in set(days[15:20])]
    scene = make_scene(half)
    assert found(scene) == []
    # Those who were away have no step when they come back: theirs spans five snapshots.
    common = dict(market_index(scene.observations).rows.select("period", "n_common").iter_rows())
    counted = [common[dt.date.fromisoformat(day)] for day in days[14:22]]
    assert counted == [80, 40, 40, 40, 40, 40, 40, 80]


def test_few_entities_make_no_market(make_scene: MakeScene, counters: Counters) -> None:
    rows = counters(20, 12)
    for row in rows:
        row["value"] *= 5.0 if row["period"] >= periods(rows)[8] else 1.0
    index = market_index(make_scene(rows).observations).rows
    assert index["step"].is_null().all()
    assert index["reason"].is_null().all()


def test_index_is_the_cumulative_median(make_scene: MakeScene, counters: Counters) -> None:
    rows = counters(41, 10, spread=0.1)
    frame = pl.DataFrame(rows)
    wide = frame.pivot(on="entity", index="period", values="value").sort("period").drop("period")
    steps = np.median(np.diff(np.log(wide.to_numpy()), axis=0), axis=1)
    index = market_index(make_scene(rows).observations).rows
    assert index["step"].to_list()[1:] == pytest.approx(steps.tolist())
    assert index["index"].to_list() == pytest.approx(np.exp(np.r_[0, np.cumsum(steps)]).tolist())
    assert index["n_common"].to_list() == [0] + [41] * 9


def test_feeds_and_definitions_are_apart(make_scene: MakeScene, counters: Counters) -> None:
    rows = counters(40, 12) + counters(40, 12, 2, feed="second")
    for row in rows:
        late = row["period"] >= periods(rows)[8]
        row["value"] *= 4.0 if late and row["feed"] == "second" else 1.0
    scene = make_scene(rows)
    index = market_index(scene.observations)
    assert set(index.rows.filter(pl.col("reason").is_not_null())["feed"]) == {"second"}
    start, end = dt.date(2024, 1, 1), dt.date(2024, 12, 31)
    assert index.faults("stars", "counter:stars", start, end) == []
    ((period, feed, reason),) = index.faults("stars", "second:stars", start, end)
    assert (feed, reason) == ("second", "level shift")
    assert index.faults("stars", "second:stars", period, end) == []
    assert index.faults("stars", "second:stars", start, end, feed="counter") == []


def test_order_of_rows_is_irrelevant(make_scene: MakeScene, counters: Counters) -> None:
    observations = make_scene(counters(40, 12)).observations
    left, right = market_index(observations).rows, market_index(observations.reverse()).rows
    assert left.drop("step", "iqr", "index").equals(right.drop("step", "iqr", "index"))
    assert left["index"].to_list() == pytest.approx(right["index"].to_list())


def test_no_observations_no_index(make_scene: MakeScene) -> None:
    index = market_index(make_scene([]).observations).rows
    assert index.height == 0
    assert {"feed", "period", "index", "step", "reason", "n_listed"} <= set(index.columns)
