"""The radar shows few findings, keeps places for what is followed, and is stable."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from howdah.core.calendar import Period
from howdah.core.finding import Finding, FindingKind, Reason
from howdah.signals import MAX_SHOWN, Scene, choose, find_all
from howdah.signals.radar import MAX_OF_A_KIND

MakeScene = Callable[..., Scene]
Row = dict[str, Any]

DAY = dt.date(2024, 12, 1)


def finding(
    entity: str,
    priority: float,
    kind: FindingKind = "growth",
    segment: str = "",
    metric: str = "dau",
) -> Finding:
    return Finding(
        kind=kind, entity=entity, name=entity, metric=metric, definition="", segment=segment,
        period=Period(DAY, DAY, "day"), value=None, lower=None, upper=None, prob=0.9, measure="",
        probability=None, n=1, cause="cannot tell",
        cause_reason=Reason("audited", ()), as_of=DAY, method="m",
        claim_ids=(), priority=priority,
    )  # fmt: skip


KINDS: tuple[FindingKind, ...] = ("growth", "overtaking", "crossing", "contradiction", "event")


def crowd(seed: int = 1, n: int = 200) -> list[Finding]:
    rng = random.Random(seed)
    return [
        finding(f"e{k}", rng.random(), rng.choice(KINDS), rng.choice(["s1", "s2", "s3", ""]))
        for k in range(n)
    ]


@pytest.mark.parametrize("seed", range(5))
def test_at_most_nine_and_best_first(seed: int) -> None:
    chosen = choose(crowd(seed), ["s1", "s2"])
    assert len(chosen) == MAX_SHOWN == 9
    assert [f.priority for f in chosen] == sorted((f.priority for f in chosen), reverse=True)


@pytest.mark.parametrize("seed", range(5))
def test_no_kind_fills_the_page(seed: int) -> None:
    kinds = Counter(f.kind for f in choose(crowd(seed), ["s1", "s2", "s3"]))
    assert max(kinds.values()) <= MAX_OF_A_KIND
    only = [finding(f"e{k}", k / 100) for k in range(50)]
    assert len(choose(only, [])) == MAX_OF_A_KIND


@pytest.mark.parametrize("seed", range(5))
def test_order_of_findings_is_irrelevant(seed: int) -> None:
    findings = crowd(seed)
    expected = choose(findings, ["s1", "s2"])
    random.Random(seed).shuffle(findings)
    assert choose(findings, ["s1", "s2"]) == expected


def test_equal_priorities_are_ordered_by_id() -> None:
    findings = [finding(f"e{k}", 0.5) for k in range(20)]
    assert choose(findings, []) == choose(findings[::-1], [])


def test_a_followed_segment_keeps_its_places_however_low() -> None:
    loud = [finding(f"e{k}", 0.9, KINDS[k % 5], "s1") for k in range(60)]
    low = [finding("x", 0.01, "event", "s2"), finding("y", 0.02, "crossing", "s2")]
    chosen = choose([*loud, *low], ["s1", "s2"])
    assert {"x", "y"} <= {f.entity for f in chosen}
    assert not {"x", "y"} & {f.entity for f in choose([*loud, *low], ["s1"])}


def test_every_followed_segment_has_a_place_before_any_has_two() -> None:
    segments = [f"s{k}" for k in range(8)]
    findings = [
        finding(f"{s}-{n}", 0.9 - k / 10, KINDS[(k + n) % 5], s)
        for k, s in enumerate(segments)
        for n in range(4)
    ]
    chosen = choose(findings, segments)
    assert {f.segment for f in chosen} == set(segments)


def test_a_segment_keeps_a_place_even_for_a_kind_that_is_full() -> None:
    findings = [finding(f"e{k}", 0.9, "growth", f"s{k}") for k in range(6)]
    assert len(choose(findings, [f"s{k}" for k in range(6)])) == 6


def test_second_places_are_of_another_kind() -> None:
    findings = [finding(f"g{k}", 0.9, "growth", "s1") for k in range(5)]
    findings.append(finding("x", 0.1, "event", "s1"))
    findings += [finding(f"o{k}", 0.5, KINDS[1 + k % 4]) for k in range(40)]
    assert "x" in {f.entity for f in choose(findings, ["s1"])}


def test_second_places_do_not_let_a_kind_fill_the_page() -> None:
    findings = [
        finding(f"{kind}{k}", priority, kind, f"s{k}")
        for k in range(4)
        for kind, priority in (("growth", 0.9), ("event", 0.5))
    ]
    kinds = Counter(f.kind for f in choose(findings, [f"s{k}" for k in range(4)]))
    assert kinds == {"growth": 3, "event": 3}


def test_one_entity_and_metric_is_shown_once() -> None:
    findings = [finding("e", 0.9, kind) for kind in KINDS] + [finding("e", 0.5, metric="wau")]
    assert [f.metric for f in choose(findings, [])] == ["dau", "wau"]


@pytest.mark.parametrize("limit", [0, 1, 4, 20])
def test_limit(limit: int) -> None:
    assert len(choose(crowd(), ["s1", "s2", "s3"], limit=limit)) == min(limit, 15)


def test_nothing_found_nothing_shown() -> None:
    assert choose([], ["s1"]) == []


def test_all_detectors_run_and_their_findings_are_in_order(
    make_scene: MakeScene, counters: Callable[..., list[Row]]
) -> None:
    rows = counters(60, 30)
    for row in rows:
        row["value"] *= 30.0 if row["entity"] == "e7" and row["period"] > "2024-11" else 1.0
    cut = {"entity": "e7", "metric": "staff_cut", "period": "2024-12"}
    rows += [cut | {"value": 0.0}, cut | {"value": 50.0, "source": "Paper"}]
    rows += [
        {
            "entity": "e7",
            "metric": "release",
            "object": "2.0",
            "value": None,
            "period": "2024-12-20",
        }
    ]
    scene = make_scene(rows, headline="stars")
    found = find_all(scene)
    assert {"growth", "overtaking", "crossing", "contradiction", "event"} <= {f.kind for f in found}
    assert [f.priority for f in found] == sorted((f.priority for f in found), reverse=True)
    assert find_all(scene) == found
    assert all(0 < f.priority <= 1 for f in found)
    assert all(f.probability is None or 0 <= f.probability <= 1 for f in found)


def test_a_market_without_claims_has_no_findings(make_scene: MakeScene) -> None:
    assert find_all(make_scene([])) == []
