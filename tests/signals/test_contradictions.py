"""Contradictions and sums that do not add up are linked, never averaged."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from howdah.signals import Scene
from howdah.signals.contradictions import find_contradictions, find_identity_gaps

MakeScene = Callable[..., Scene]
Row = dict[str, Any]

CUT: Row = {"entity": "baichuan", "metric": "staff_cut", "period": "2024-11"}
REPORT = CUT | {"source": "Paper", "low": 18.0, "high": 22.0, "value": None}
DENIAL = CUT | {"source": "Company", "value": 0.0}


def test_a_report_and_its_denial(make_scene: MakeScene) -> None:
    (finding,) = find_contradictions(make_scene([REPORT, DENIAL]))
    assert finding.value is None
    assert (finding.lower, finding.upper) == (0.0, 22.0)
    assert (finding.params["low_source"], finding.params["low"]) == ("Company", 0.0)
    assert (finding.params["high_source"], finding.params["high"]) == ("Paper", 22.0)
    assert finding.cause == "cannot tell"
    assert set(finding.claim_ids) == {"c00000", "c00001"}
    assert (finding.n, finding.segment) == (2, "all")


def test_sources_that_agree_do_not_contradict(make_scene: MakeScene) -> None:
    assert find_contradictions(make_scene([REPORT, DENIAL | {"value": 21.0}])) == []
    assert find_contradictions(make_scene([REPORT])) == []
    assert find_contradictions(make_scene([])) == []


def test_the_two_farthest_apart_are_named_whatever_lies_between(make_scene: MakeScene) -> None:
    rows = [
        CUT | {"source": "mid", "value": 300.0},
        CUT | {"source": "high", "low": 5000.0, "high": None, "value": None},
        CUT | {"source": "low", "low": None, "high": 10.0, "value": None},
    ]
    for order in (rows, rows[::-1]):
        (finding,) = find_contradictions(make_scene(order))
        assert (finding.params["low_source"], finding.params["low"]) == ("low", 10.0)
        assert (finding.params["high_source"], finding.params["high"]) == ("high", 5000.0)
        # Both sides are open: these are the figures that are said.
        assert (finding.lower, finding.upper) == (10.0, 5000.0)


def test_denied_and_rumoured_figures_contradict_nothing(make_scene: MakeScene) -> None:
    for mark in ({"modality": "denied"}, {"modality": "planned"}, {"sensitivity": "rumour"}):
        assert find_contradictions(make_scene([REPORT, DENIAL | mark])) == []


def test_suspects_contradict_nothing(make_scene: MakeScene) -> None:
    rows = [
        {
            "entity": "r",
            "metric": "stars",
            "feed": "counter",
            "value": 100.0,
            "period": f"2024-10-{d:02d}",
        }
        for d in range(1, 10)
    ]
    rows[4]["value"] = 9e6
    rows.append(rows[3] | {"feed": "second", "period": rows[4]["period"]})
    assert find_contradictions(make_scene(rows)) == []


def test_contradictions_sink_slowly(make_scene: MakeScene) -> None:
    now = find_contradictions(make_scene([REPORT, DENIAL], as_of=dt.date(2024, 11, 30)))[0]
    later = find_contradictions(make_scene([REPORT, DENIAL], as_of=dt.date(2025, 11, 30)))[0]
    assert later.priority == pytest.approx(now.priority / 2)
    assert later.params["age_days"] == 365


DEAL: Row = {"entity": "moonshot", "period": "2024-10", "currency": "USD"}
FIGURES = [
    DEAL | {"metric": "amount_raised", "value": 8e8},
    DEAL | {"metric": "valuation_post_money", "value": 2.34e9},
    DEAL | {"metric": "stake", "low": 36.0, "high": 44.0, "value": None, "currency": ""},
]


def test_a_stake_that_does_not_follow_from_the_figures(make_scene: MakeScene) -> None:
    (finding,) = find_identity_gaps(make_scene(FIGURES))
    assert finding.metric == "stake"
    assert finding.params["computed_low"] == pytest.approx(34.19, abs=0.01)
    assert (finding.params["stated_low"], finding.params["stated_high"]) == (36.0, 44.0)
    assert finding.params["planned"] == 0
    assert finding.n == len(finding.claim_ids) == 3


def test_figures_that_add_up_are_no_finding(make_scene: MakeScene) -> None:
    agreeing = [*FIGURES[:2], FIGURES[2] | {"low": 30.0}]
    assert find_identity_gaps(make_scene(agreeing)) == []


def test_a_gap_that_rests_on_a_leak_is_no_finding(make_scene: MakeScene) -> None:
    leaked = [FIGURES[0] | {"sensitivity": "leak"}, *FIGURES[1:]]
    scene = make_scene(leaked)
    assert [check.agrees for check in scene.checks] == [False]
    assert find_identity_gaps(scene) == []


def test_planned_terms_are_said_to_be_planned(make_scene: MakeScene) -> None:
    (finding,) = find_identity_gaps(make_scene([row | {"modality": "planned"} for row in FIGURES]))
    assert finding.params["planned"] == 1
