"""Events: achieved, public, recent, of followed members, each once."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from howdah.core.phrases import reason_text
from howdah.core.wording import MODALITIES
from howdah.signals import Scene, SegmentView
from howdah.signals.events import find_events

MakeScene = Callable[..., Scene]
Row = dict[str, Any]

LAUNCH: Row = {
    "entity": "kimi",
    "metric": "product_release",
    "object": "Kimi 2",
    "value": None,
    "period": "2024-12-10",
    "source": "Moonshot",
}


def test_a_recent_event(make_scene: MakeScene) -> None:
    (finding,) = find_events(make_scene([LAUNCH]))
    assert (finding.entity, finding.metric, finding.segment) == ("kimi", "product_release", "all")
    assert finding.params["object"] == "Kimi 2"
    assert reason_text(finding.cause_reason) == "stated by Moonshot"
    assert finding.claim_ids == ("c00000",)


@pytest.mark.parametrize("modality", MODALITIES)
def test_only_what_happened(make_scene: MakeScene, modality: str) -> None:
    found = find_events(make_scene([LAUNCH | {"modality": modality}]))
    assert len(found) == int(modality in {"asserted", "reported"})


@pytest.mark.parametrize("sensitivity", ["rumour", "leak", "confidential"])
def test_only_what_is_public(make_scene: MakeScene, sensitivity: str) -> None:
    assert find_events(make_scene([LAUNCH | {"sensitivity": sensitivity}])) == []


def test_old_and_future_events_are_not_news(make_scene: MakeScene) -> None:
    assert find_events(make_scene([LAUNCH | {"period": "2024-10-20"}])) == []
    published = {"published_at": dt.datetime(2024, 12, 20, tzinfo=dt.UTC)}
    assert find_events(make_scene([LAUNCH | {"period": "2024-10-20"} | published])) == []
    assert find_events(make_scene([LAUNCH | {"period": "2025-01-05"} | published])) == []
    long_known = {"published_at": dt.datetime(2024, 9, 1, tzinfo=dt.UTC), "period": "2024"}
    assert find_events(make_scene([LAUNCH | long_known])) == []
    # Within a year that has begun it may have happened.
    assert len(find_events(make_scene([LAUNCH | {"period": "2024"} | published]))) == 1


def test_standing_facts_and_figures_are_no_events(make_scene: MakeScene) -> None:
    rows = [LAUNCH | {"metric": "owner"}, LAUNCH | {"metric": "dau", "value": 5.0}]
    assert find_events(make_scene([*rows, LAUNCH | {"object": ""}])) == []


def test_only_followed_members(make_scene: MakeScene) -> None:
    segment = SegmentView("s", "S", "dau", ("kimi",), is_followed=False)
    assert find_events(make_scene([LAUNCH], segments=(segment,))) == []


def test_what_two_sources_state_is_one_event(make_scene: MakeScene) -> None:
    second = LAUNCH | {"source": "Paper"}
    (finding,) = find_events(make_scene([LAUNCH, second]))
    assert finding.n == len(finding.claim_ids) == 2
    assert finding.params["source"] == "Moonshot, Paper"
    other = LAUNCH | {"object": "Kimi 3"}
    assert len(find_events(make_scene([LAUNCH, second, other]))) == 2


def test_events_sink_with_age_and_a_year_is_as_old_as_its_first_word(make_scene: MakeScene) -> None:
    (fresh,) = find_events(make_scene([LAUNCH | {"period": "2024-12-31"}]))
    (older,) = find_events(make_scene([LAUNCH | {"period": "2024-11-01"}]))
    assert older.priority == pytest.approx(fresh.priority / 2)
    november = {"published_at": dt.datetime(2024, 11, 1, tzinfo=dt.UTC), "period": "2024"}
    (of_year,) = find_events(make_scene([LAUNCH | november]))
    assert of_year.priority == pytest.approx(older.priority)
