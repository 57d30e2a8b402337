"""Growth against the market: what is planted is found, and noise is not."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from howdah.core.finding import Finding
from howdah.core.phrases import reason_text
from howdah.signals import Scene, SegmentView, market_index
from howdah.signals.changes import changes, discoveries
from howdah.signals.growth import NOMINAL_FDR, find_growth

MakeScene = Callable[..., Scene]
Row = dict[str, Any]
Counters = Callable[..., list[Row]]

AS_OF = dt.date(2024, 12, 31)


def growth(scene: Scene) -> list[Finding]:
    return find_growth(scene, market_index(scene.observations))


def grow(rows: list[Row], entity: str, factor: float, since: str = "2024-10-08") -> list[Row]:
    """Let one entity grow by a factor, evenly from a date to the last reading."""
    days = sorted({row["period"] for row in rows if row["period"] >= since})
    for row in rows:
        if row["entity"] == entity and row["period"] in days:
            row["value"] *= factor ** ((days.index(row["period"]) + 1) / len(days))
    return rows


@given(st.lists(st.floats(0, 1), max_size=40), st.floats(0.01, 0.5))
def test_discoveries_equal_the_naive_rule(p_values: list[float], rate: float) -> None:
    n = len(p_values)
    ordered = sorted(p_values)
    passed = [k for k in range(1, n + 1) if ordered[k - 1] <= rate * k / n]
    cut = ordered[passed[-1] - 1] if passed else -1.0
    found = discoveries(np.array(p_values, float), rate)
    assert found.sum() == (passed[-1] if passed else 0)
    assert all(p <= cut for p, flag in zip(p_values, found, strict=True) if flag)


@pytest.mark.parametrize("seed", range(6))
def test_a_market_that_drifts_has_no_growth(
    make_scene: MakeScene, counters: Counters, seed: int
) -> None:
    assert growth(make_scene(counters(120, seed=seed))) == []


@pytest.mark.parametrize("factor", [1.6, 0.6])
def test_what_grew_or_shrank_is_found(
    make_scene: MakeScene, counters: Counters, factor: float
) -> None:
    scene = make_scene(grow(counters(120), "e7", factor), headline="stars")
    (finding,) = growth(scene)
    assert (finding.entity, finding.metric, finding.segment) == ("e7", "stars", "all")
    assert finding.value == pytest.approx(factor, rel=0.06)
    assert finding.lower is not None
    assert finding.upper is not None
    assert finding.value is not None
    assert finding.lower < finding.value < finding.upper
    assert finding.probability == pytest.approx(1.0)
    assert finding.cause == "cannot tell"
    assert finding.n == len(finding.claim_ids) == 2
    assert finding.params["nominal_fdr"] == NOMINAL_FDR
    assert finding.params["n_market"] == 120
    assert finding.params["market_change"] == pytest.approx(np.exp(0.065), rel=0.02)
    assert finding.record.state == "not asked"


def test_growth_of_the_whole_market_is_none(make_scene: MakeScene, counters: Counters) -> None:
    rows = counters(80)
    for n in range(80):
        grow(rows, f"e{n}", 1.6)
    assert growth(make_scene(rows)) == []


def test_the_small_grow_more_and_are_held_against_the_small(
    make_scene: MakeScene, counters: Counters
) -> None:
    rows = counters(150, size=20_000.0) + counters(150, 30, 2, size=800_000.0, prefix="large")
    days = sorted({row["period"] for row in rows})
    for row in rows:
        row["definition"] = "stars"
        if not row["entity"].startswith("large"):
            row["value"] *= 1.01 ** days.index(row["period"])
    table = changes(make_scene(rows))
    small = table.filter(~pl.col("entity").str.starts_with("large"))
    assert small["relative"].median() > 0.05
    assert abs(small["z"].median()) < 0.3


def test_a_few_counts_are_scatter(make_scene: MakeScene, counters: Counters) -> None:
    rows = counters(120)
    for row in rows:
        if row["entity"] == "e7":
            row["value"] = 9.0 if row["period"] > "2024-11" else 4.0
    table = changes(make_scene(rows))
    assert abs(table.filter(pl.col("entity") == "e7")["z"].item()) < 2


def test_growth_table_by_hand(make_scene: MakeScene, counters: Counters) -> None:
    rows = counters(35, 14)
    table = changes(make_scene(rows))
    frame = pl.DataFrame(rows)
    first, last = frame["period"].min(), frame["period"].max()
    ends = frame.filter(pl.col("period").is_in([first, last])).pivot(
        on="period", index="entity", values="value"
    )
    change = np.log(ends[last].to_numpy() / ends[first].to_numpy())
    assert table["change"].to_list() == pytest.approx(
        ends.with_columns(pl.Series("c", change)).sort("entity")["c"].to_list()
    )
    relative = change - np.median(change)
    # Thirty-five entities are one size class.
    scale = 1.4826 * np.median(np.abs(relative))
    z = relative / np.sqrt(np.maximum(scale, 0.01) ** 2 + 1 / ends[first].to_numpy())
    assert sorted(table["z"].to_list()) == pytest.approx(sorted(z.tolist()), abs=1e-9)


@pytest.mark.parametrize(("days_ago", "n"), [(0, 1), (100, 1), (130, 0)])
def test_stale_feeds_sink_and_then_fall_silent(
    make_scene: MakeScene, counters: Counters, days_ago: int, n: int
) -> None:
    end = AS_OF - dt.timedelta(days=days_ago)
    since = (end - dt.timedelta(days=84)).isoformat()
    scene = make_scene(grow(counters(120, end=end), "e7", 2.0, since), headline="stars")
    found = growth(scene)
    assert len(found) == n
    if n:
        assert found[0].params["age_days"] == days_ago
        fresh = growth(make_scene(grow(counters(120), "e7", 2.0), headline="stars"))[0]
        assert found[0].priority == pytest.approx(fresh.priority * 0.5 ** (days_ago / 90), rel=0.2)


def test_a_series_that_ended_is_gone_not_flat(make_scene: MakeScene, counters: Counters) -> None:
    rows = [r for r in counters(80) if r["entity"] != "e7" or r["period"] < "2024-12-10"]
    entities = changes(make_scene(rows))["entity"].to_list()
    assert "e7" not in entities
    assert len(entities) == 79


def test_a_young_series_has_no_quarter(make_scene: MakeScene, counters: Counters) -> None:
    rows = [r for r in counters(80) if r["entity"] != "e7" or r["period"] > "2024-11-20"]
    assert "e7" not in changes(make_scene(rows))["entity"].to_list()


def test_immature_and_planned_readings_do_not_count(
    make_scene: MakeScene, counters: Counters
) -> None:
    rows = grow(counters(120), "e7", 3.0)
    early = dt.datetime(2024, 9, 1, tzinfo=dt.UTC)
    for mark in ({"published_at": early}, {"modality": "planned"}, {"sensitivity": "leak"}):
        marked = [r | mark if r["entity"] == "e7" and r["period"] > "2024-10" else r for r in rows]
        assert growth(make_scene(marked)) == []


def test_small_markets_say_nothing(make_scene: MakeScene, counters: Counters) -> None:
    assert growth(make_scene(grow(counters(25), "e7", 3.0))) == []


def test_a_fault_of_the_feed_is_the_cause(make_scene: MakeScene, counters: Counters) -> None:
    rows = grow(counters(120), "e7", 3.0)
    quiet = growth(make_scene(rows, headline="stars", relatives={"e7": ("package",)}))
    for row in rows:
        row["value"] *= 2.5 if row["period"] >= "2024-11-15" else 1.0
    package = grow(counters(60, metric="downloads", feed="second", prefix="p"), "p1", 3.0)
    for row in package:
        row["entity"] = "package" if row["entity"] == "p1" else row["entity"]
    scene = make_scene(rows + package, headline="stars", relatives={"e7": ("package",)})
    found = {f.entity: f for f in growth(scene)}
    # A second source that moves too does not undo that the first is at fault.
    assert found["e7"].cause == "measurement"
    assert "counter had a level shift on 2024-1" in reason_text(found["e7"].cause_reason)
    assert found["e7"].priority < quiet[0].priority / 2


def related(counters: Counters, factor: float, feed: str = "second") -> list[Row]:
    """A repository that grew threefold, and its package."""
    rows = grow(counters(120), "e7", 3.0)
    package = counters(60, metric="downloads", feed=feed, prefix="p", seed=2)
    grow(package, "p1", factor)
    for row in package:
        row["entity"] = "package" if row["entity"] == "p1" else row["entity"]
    return rows + package


@pytest.mark.parametrize(
    ("factor", "cause"), [(3.0, "market"), (1.0, "cannot tell"), (0.4, "cannot tell")]
)
def test_a_relative_elsewhere_that_moves_too_makes_it_the_market(
    make_scene: MakeScene, counters: Counters, factor: float, cause: str
) -> None:
    scene = make_scene(related(counters, factor), relatives={"e7": ("package",)})
    found = {f.entity: f for f in growth(scene)}
    assert found["e7"].cause == cause


def test_a_relative_in_the_same_source_settles_nothing(
    make_scene: MakeScene, counters: Counters
) -> None:
    scene = make_scene(related(counters, 3.0, "counter"), relatives={"e7": ("package",)})
    assert {f.entity: f.cause for f in growth(scene)}["e7"] == "cannot tell"


def test_a_relative_whose_feed_is_at_fault_settles_nothing(
    make_scene: MakeScene, counters: Counters
) -> None:
    rows = related(counters, 3.0)
    for row in rows:
        late = row["period"] >= "2024-11-15"
        row["value"] *= 2.5 if late and row["feed"] == "second" else 1.0
    scene = make_scene(rows, relatives={"e7": ("package",)})
    found = {f.entity: f.cause for f in growth(scene)}
    assert found["e7"] == "cannot tell"
    assert found["package"] == "measurement"


def test_a_jump_in_the_last_reading_waits_for_the_next(
    make_scene: MakeScene, counters: Counters
) -> None:
    rows = related(counters, 3.0)
    rows = [
        r | {"value": r["value"] * 4.0}
        if r["period"] == "2024-12-31" and r["entity"] == "e9"
        else r
        for r in rows
    ]
    scene = make_scene(rows, relatives={"e9": ("package",)})
    found = {f.entity: f for f in growth(scene)}
    assert found["e9"].cause == "cannot tell"
    assert "last reading" in reason_text(found["e9"].cause_reason)


def test_a_renamed_repository_is_one_series(make_scene: MakeScene, counters: Counters) -> None:
    rows = counters(120)
    for row in rows:
        if row["entity"] == "e7":
            row["subject"] = "old/name" if row["period"] < "2024-11" else "new/name"
    assert growth(make_scene(rows)) == []
    assert "e7" in changes(make_scene(rows))["entity"].to_list()


def test_metrics_that_are_no_headline_weigh_less(make_scene: MakeScene, counters: Counters) -> None:
    rows = grow(counters(120), "e7", 2.0)
    segments = {
        name: (SegmentView("s", "S", name, tuple(f"e{n}" for n in range(120)), is_followed=True),)
        for name in ("stars", "downloads")
    }
    head, side = (
        growth(make_scene(rows, segments=segments[name]))[0] for name in ("stars", "downloads")
    )
    assert side.priority == pytest.approx(head.priority / 2)
    outside = growth(make_scene(rows, segments=()))[0]
    assert outside.segment == ""
    assert outside.priority < side.priority


def test_order_of_rows_is_irrelevant(make_scene: MakeScene, counters: Counters) -> None:
    rows = grow(counters(120), "e7", 2.0)
    left, right = growth(make_scene(rows)), growth(make_scene(rows[::-1]))
    assert [f.entity for f in left] == [f.entity for f in right]
    assert left[0].value == pytest.approx(right[0].value)


def test_no_observations_no_growth(make_scene: MakeScene) -> None:
    assert growth(make_scene([])) == []


@pytest.mark.slow
def test_the_interval_covers_the_change_that_was_measured_with_noise(
    make_scene: MakeScene, counters: Counters
) -> None:
    """Of series read with noise, the interval of the noise-free ratio covers 90 %.

    It holds while a series' noise is large beside its weekly steps; of one that hardly wanders the
    noise is overstated, and covers more.
    """
    rng = np.random.default_rng(8)
    inside, n = 0, 0
    for seed in range(6):
        rows = counters(200, 30, seed, spread=0.02)
        truth = {(r["entity"], r["period"]): r["value"] for r in rows}
        for row in rows:
            row["value"] *= float(np.exp(rng.normal(0, 0.03)))
        table = changes(make_scene(rows))
        reach = 1.645 * np.sqrt(2) * table["noise_sd"].to_numpy()
        for row, half in zip(table.iter_rows(named=True), reach, strict=True):
            end, start = str(row["valid_to"]), str(row["before_period"])
            true = np.log(truth[row["entity"], end] / truth[row["entity"], start])
            inside += abs(row["change"] - true) < half
            n += 1
    # The noise is estimated from 24 steps: 90 % less up to 8 for that.
    assert 0.80 < inside / n < 0.96
