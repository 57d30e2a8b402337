"""Who passed whom, as an interval of time."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from howdah.core.finding import Finding
from howdah.core.phrases import reason_text
from howdah.signals import Scene, SegmentView, market_index
from howdah.signals.overtaking import find_overtakings

MakeScene = Callable[..., Scene]
Row = dict[str, Any]


def overtakings(scene: Scene) -> list[Finding]:
    return find_overtakings(scene, market_index(scene.observations))


def months(entity: str, values: dict[str, float], **extra: Any) -> list[Row]:  # noqa: ANN401 - columns
    return [
        {"entity": entity, "period": period, "value": value, "feed": "panel"} | extra
        for period, value in values.items()
    ]


A_FIRST = {"2024-09": 9e6, "2024-10": 6e6, "2024-11": 3e6, "2024-12": 2e6}
B_LATER = {"2024-09": 2e6, "2024-10": 5.5e6, "2024-11": 8e6, "2024-12": 9e6}


def test_an_overtaking_is_an_interval_of_time(make_scene: MakeScene) -> None:
    (finding,) = overtakings(make_scene(months("a", A_FIRST) + months("b", B_LATER)))
    assert (finding.entity, finding.params["loser_entity"]) == ("b", "a")
    # In October they are too close to call.
    assert (finding.params["after"], finding.params["by"]) == ("2024-09-01", "2024-11-30")
    assert finding.period.start == dt.date(2024, 9, 1)
    assert finding.period.end == dt.date(2024, 11, 30)
    assert (finding.params["evidence_before"], finding.params["evidence_after"]) == (
        "level",
        "level",
    )
    assert finding.cause == "market"
    assert finding.probability is not None
    assert 0.8 <= finding.probability <= 1
    assert finding.n == len(finding.claim_ids) == 4
    assert finding.segment == "all"


def test_nobody_passes_who_led_all_along_or_is_too_close(make_scene: MakeScene) -> None:
    steady = {"2024-09": 9e6, "2024-12": 9.5e6}
    assert (
        overtakings(make_scene(months("a", steady) + months("b", {"2024-09": 2e6, "2024-12": 3e6})))
        == []
    )
    close = {"2024-09": 9.1e6, "2024-12": 9.4e6}
    assert overtakings(make_scene(months("a", steady) + months("b", close))) == []


def test_the_last_of_several_changes_counts(make_scene: MakeScene) -> None:
    a = {"2024-06": 9e6, "2024-08": 1e6, "2024-10": 9e6, "2024-12": 1e6}
    b = {"2024-06": 1e6, "2024-08": 9e6, "2024-10": 1e6, "2024-12": 9e6}
    (finding,) = overtakings(make_scene(months("a", a) + months("b", b)))
    assert (finding.entity, finding.params["after"], finding.params["by"]) == (
        "b",
        "2024-10-01",
        "2024-12-31",
    )


def test_two_sources_need_more_distance_than_one_instrument(make_scene: MakeScene) -> None:
    before = {"2024-09": 5e6}
    after = {"2024-12": 5e6}
    near = {"2024-09": 3.2e6, "2024-12": 7.8e6}
    one = months("a", before | after) + months("b", near)
    assert len(overtakings(make_scene(one))) == 1
    two = months("a", before | after) + months("b", near, source="Other")
    assert overtakings(make_scene(two)) == []


def test_definitions_are_never_compared(make_scene: MakeScene) -> None:
    rows = months("a", A_FIRST, definition="d1") + months("b", B_LATER, definition="d2")
    assert overtakings(make_scene(rows)) == []
    for name, other in (("unit", "device"), ("currency", "CNY"), ("object", "X")):
        mixed = months("a", A_FIRST) + months("b", B_LATER, **{name: other})
        assert overtakings(make_scene(mixed)) == []


def test_periods_of_other_lengths_are_never_compared(make_scene: MakeScene) -> None:
    a = months("a", {"2024-Q3": 9e6, "2024-Q4": 1e6})
    b = months("b", {"2024-09": 1e6, "2024-12": 9e6})
    assert overtakings(make_scene(a + b)) == []


def test_a_low_price_is_ahead_of_a_high_one(make_scene: MakeScene) -> None:
    options = {"metric": "price_input", "feed": "counter"}
    falls = {"2024-09": 9.0, "2024-12": 1.0}
    stays = {"2024-09": 3.0, "2024-12": 3.0}
    rows = months("a", falls, **options) + months("b", stays, **options)
    (finding,) = overtakings(make_scene(rows, headline="price_input"))
    assert finding.entity == "a"


RANKS = [
    {"entity": "ernie", "metric": "rank_dau", "value": 1.0, "period": "2023-11", "source": "X"},
    {"entity": "doubao", "metric": "rank_dau", "value": 1.0, "period": "2024-09", "source": "Y"},
]


def test_first_in_rank_stands_above_every_member(make_scene: MakeScene) -> None:
    (finding,) = overtakings(make_scene(RANKS))
    assert (finding.entity, finding.params["loser_entity"]) == ("doubao", "ernie")
    assert finding.params["evidence_after"] == "first in rank"
    # A word has no probability, and two sources' words may differ for other reasons.
    assert finding.probability is None
    assert finding.cause == "cannot tell"
    assert "X, Y" in reason_text(finding.cause_reason)


def test_ranks_of_one_list_order_who_is_in_it(make_scene: MakeScene) -> None:
    def ranks(period: str, **places: float) -> list[Row]:
        return [
            {"entity": e, "metric": "rank_dau", "value": r, "period": period, "source": "X"}
            for e, r in places.items()
        ]

    rows = ranks("2024-09", a=2.0, b=5.0) + ranks("2024-12", a=4.0, b=3.0)
    (finding,) = overtakings(make_scene(rows))
    assert (finding.entity, finding.params["evidence_before"]) == ("b", "rank")
    # Equal ranks order nobody, nor do ranks of two lists.
    assert (
        overtakings(make_scene(ranks("2024-09", a=2.0, b=5.0) + ranks("2024-12", a=3.0, b=3.0)))
        == []
    )
    apart = ranks("2024-09", a=2.0, b=5.0) + ranks("2024-12", b=3.0)
    apart += [row | {"definition": "other"} for row in ranks("2024-12", a=4.0)]
    assert overtakings(make_scene(apart)) == []


def test_a_contested_rank_orders_nobody(make_scene: MakeScene) -> None:
    rows = [*RANKS, RANKS[1] | {"value": 3.0, "source": "Z"}]
    assert overtakings(make_scene(rows)) == []


LEAD = {
    "entity": "ernie",
    "metric": "dau_lead_over_doubao",
    "object": "Doubao",
    "object_entity": "doubao",
    "period": "2023-11",
    "low": 2e5,
    "high": 9e5,
    "value": None,
}


def test_a_stated_lead_holds_against_its_object(make_scene: MakeScene) -> None:
    (finding,) = overtakings(make_scene([LEAD, RANKS[1]]))
    assert finding.params["evidence_before"] == "stated lead"
    third = RANKS[1] | {"entity": "kimi"}
    # It says nothing of Kimi.
    assert overtakings(make_scene([LEAD, third])) == []
    upper_only = LEAD | {"low": None}
    assert overtakings(make_scene([upper_only, RANKS[1]])) == []


def test_evidence_that_contradicts_itself_about_a_period_says_nothing_of_it(
    make_scene: MakeScene,
) -> None:
    rows = [*RANKS, RANKS[0] | {"period": "2024-09", "source": "Z", "definition": "z"}]
    assert overtakings(make_scene(rows)) == []
    (finding,) = overtakings(make_scene([*rows, RANKS[1] | {"period": "2024-12"}]))
    assert (finding.params["after"], finding.params["by"]) == ("2023-11-01", "2024-12-31")


def test_a_month_within_a_quarter_is_not_after_it(make_scene: MakeScene) -> None:
    rows = [RANKS[0] | {"period": "2024-Q4"}, RANKS[1] | {"period": "2024-12"}]
    assert overtakings(make_scene(rows)) == []


def test_rumours_and_plans_are_no_evidence(make_scene: MakeScene) -> None:
    for mark in ({"modality": "planned"}, {"modality": "denied"}, {"sensitivity": "leak"}):
        assert overtakings(make_scene([RANKS[0], RANKS[1] | mark])) == []
    early = {"published_at": dt.datetime(2024, 9, 3, tzinfo=dt.UTC)}
    assert overtakings(make_scene([RANKS[0], RANKS[1] | early])) == []


@pytest.mark.parametrize(("as_of", "n"), [("2025-03-20", 1), ("2025-05-20", 0)])
def test_old_overtakings_are_history(make_scene: MakeScene, as_of: str, n: int) -> None:
    rows = months("a", A_FIRST) + months("b", B_LATER)
    scene = make_scene(rows, as_of=dt.date.fromisoformat(as_of))
    found = overtakings(scene)
    assert len(found) == n
    if found:
        assert found[0].params["age_days"] == 110
        assert found[0].priority < overtakings(make_scene(rows))[0].priority


def test_what_is_known_to_a_year_is_news_for_a_year(make_scene: MakeScene) -> None:
    assert len(overtakings(make_scene(RANKS, as_of=dt.date(2025, 6, 30)))) == 1
    assert overtakings(make_scene(RANKS, as_of=dt.date(2025, 9, 30))) == []


def test_a_fault_in_between_is_the_cause(
    make_scene: MakeScene, counters: Callable[..., list[Row]]
) -> None:
    rows = counters(60, 20, spread=0.001)
    rng = np.random.default_rng(1)
    factor = {f"e{n}": 3.0 * float(np.exp(rng.normal(0, 0.5))) for n in range(60)}
    for row in rows:
        row["value"] *= factor[row["entity"]] if row["period"] >= "2024-11-15" else 1.0
    found = overtakings(make_scene(rows, headline="stars"))
    assert len(found) > 10
    assert {f.cause for f in found} == {"measurement"}


def test_a_pair_is_shown_once_under_the_followed_segment(make_scene: MakeScene) -> None:
    rows = months("a", A_FIRST) + months("b", B_LATER)
    segments = tuple(
        SegmentView(name, name, "dau", ("a", "b"), is_followed=name == "second")
        for name in ("first", "second")
    )
    (finding,) = overtakings(make_scene(rows, segments=segments))
    assert finding.segment == "second"
    outside = SegmentView("s", "S", "dau", ("a", "c"), is_followed=True)
    assert overtakings(make_scene(rows, segments=(outside,))) == []


def test_order_of_rows_is_irrelevant(make_scene: MakeScene) -> None:
    rows = (
        months("a", A_FIRST) + months("b", B_LATER) + months("c", {"2024-09": 5e6, "2024-12": 5e6})
    )
    left, right = overtakings(make_scene(rows)), overtakings(make_scene(rows[::-1]))
    assert len(left) == 3
    assert [(f.entity, f.params) for f in left] == [(f.entity, f.params) for f in right]


def test_a_change_at_the_top_matters_most(make_scene: MakeScene) -> None:
    rows = months("top", {"2024-09": 9e7, "2024-12": 9e7})
    rows += months("a", A_FIRST) + months("b", B_LATER)
    (below,) = overtakings(make_scene(rows))
    (at_top,) = overtakings(make_scene(months("a", A_FIRST) + months("b", B_LATER)))
    assert at_top.priority == pytest.approx(below.priority * np.sqrt(2))
