"""Events that come in a row or flow to a segment, counted against what is usual."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from howdah.signals import Scene, SegmentView, find_all
from howdah.signals.copycats import find_copycats, folded
from howdah.signals.inflows import find_inflows
from howdah.signals.records import judge_origin

Row = dict[str, Any]
MakeScene = Callable[..., Scene]

END = dt.date(2024, 12, 31)


def event(entity: str, metric: str, thing: str, days_ago: int) -> Row:
    day = END - dt.timedelta(days=days_ago)
    told = dt.datetime.combine(day, dt.time(9), dt.UTC)
    return {
        "entity": entity, "metric": metric, "object": thing, "value": None,
        "period": day.isoformat(), "published_at": told, "recorded_at": told,
    }  # fmt: skip


SEGMENTS = (
    SegmentView("a", "A", "dau", ("a0", "a1", "a2"), is_followed=True),
    SegmentView("b", "B", "dau", ("b0", "b1"), is_followed=False),
)


def flows(n_late: int, n_past: int, n_other_late: int = 10, n_other_past: int = 90) -> list[Row]:
    rows = [event(f"a{k % 3}", "joins", f"late {k}", k) for k in range(n_late)]
    rows += [event(f"a{k % 3}", "joins", f"past {k}", 100 + 5 * k) for k in range(n_past)]
    rows += [event("b0", "strategic_cooperation", f"x {k}", k) for k in range(n_other_late)]
    return rows + [
        event("b0", "strategic_cooperation", f"y {k}", 100 + k) for k in range(n_other_past)
    ]


def test_talent_that_moves_in_is_found(make_scene: MakeScene) -> None:
    [finding] = find_inflows(make_scene(flows(12, 9), segments=SEGMENTS))
    assert (finding.kind, finding.metric, finding.segment) == ("inflow", "talent", "a")
    assert finding.params["count"] == finding.n == len(finding.claim_ids) == 12
    assert finding.lower < finding.value < finding.upper  # type: ignore[operator]
    assert finding.lower > 1  # type: ignore[operator]


def test_more_texts_are_no_inflow(make_scene: MakeScene) -> None:
    assert find_inflows(make_scene(flows(12, 9, 110, 90), segments=SEGMENTS)) == []


@pytest.mark.parametrize(("n_late", "n_past"), [(2, 40), (5, 2), (0, 0), (4, 30)])
def test_few_or_usual_counts_tell_nothing(make_scene: MakeScene, n_late: int, n_past: int) -> None:
    assert find_inflows(make_scene(flows(n_late, n_past), segments=SEGMENTS)) == []


def test_a_segment_without_a_past_has_no_ratio(make_scene: MakeScene) -> None:
    [finding] = find_inflows(make_scene(flows(12, 0), segments=SEGMENTS))
    assert finding.value is None
    assert finding.upper is None
    assert finding.lower > 1  # type: ignore[operator]


def test_an_event_told_twice_counts_once(make_scene: MakeScene) -> None:
    rows = flows(12, 9)
    assert find_inflows(make_scene(rows + rows[:12], segments=SEGMENTS))[0].n == 12


def row_of(days: list[int], thing: str = "Voice call") -> list[Row]:
    return [event(f"p{k}", "feature_release", thing, day) for k, day in enumerate(days)]


def test_three_in_half_a_year_are_a_row(make_scene: MakeScene) -> None:
    [finding] = find_copycats(make_scene(row_of([150, 90, 10])))
    assert (finding.entity, finding.params["first"]) == ("p2", "P0")
    assert (finding.params["count"], finding.params["days"]) == (3, 140)
    assert finding.n == len(finding.claim_ids) == 3


@pytest.mark.parametrize("days", [[90, 10], [400, 300, 10], [300, 250, 200], []])
def test_what_is_no_row(make_scene: MakeScene, days: list[int]) -> None:
    assert find_copycats(make_scene(row_of(days))) == []


def test_the_same_words_are_the_same_thing(make_scene: MakeScene) -> None:
    rows = row_of([150, 90, 10])
    rows[1]["object"], rows[2]["object"] = "ＶＯＩＣＥ  call", "voice CALL"
    assert len(find_copycats(make_scene(rows))) == 1
    assert folded("语音 通话") != folded("语音输入")


def test_one_that_does_it_thrice_is_no_row(make_scene: MakeScene) -> None:
    rows = [event("p0", "feature_release", "Voice call", day) for day in (90, 50, 10)]
    assert find_copycats(make_scene(rows)) == []


def test_ones_own_product_is_no_kind_of_thing(make_scene: MakeScene) -> None:
    rows = [event("kimi", "product_release", "Kimi", 9), *row_of([8, 7], "Kimi")]
    assert find_copycats(make_scene(rows)) == []


def test_what_became_of_rows_and_inflows(make_scene: MakeScene) -> None:
    then = END - dt.timedelta(days=91)
    rows = [*row_of([250, 200, 100, 20]), *row_of([120, 110, 100], "Image search")]
    past = [r for r in rows if dt.date.fromisoformat(r["period"]) <= then]
    early, late = make_scene(past, as_of=then), make_scene(rows)
    judged = judge_origin(find_all(early), early, late)
    outcomes = {c.finding_id: c.outcome for c in judged.cases if c.kind == "copycat"}
    things = {f.finding_id: f.params["thing"] for f in find_all(early) if f.kind == "copycat"}
    assert {things[i]: outcome for i, outcome in outcomes.items()} == {
        "voice call": "right",
        "image search": "wrong",
    }
