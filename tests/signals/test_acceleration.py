"""Acceleration: growth against the market that is faster than a quarter before."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from howdah.core.finding import Finding
from howdah.estimates.health import market_index
from howdah.signals import Scene
from howdah.signals.acceleration import find_accelerations

Row = dict[str, Any]
MakeScene = Callable[..., Scene]
Counters = Callable[..., list[Row]]

END = dt.date(2024, 12, 31)


def found(scene: Scene) -> list[Finding]:
    return find_accelerations(scene, market_index(scene.observations))


def bend(rows: list[Row], entity: str, last: float, before: float) -> None:
    """Give an entity a log change a week in the last quarter and in the one before."""
    for row in rows:
        if row["entity"] == entity:
            weeks = (END - dt.date.fromisoformat(row["period"])).days / 7
            late, early = max(13 - weeks, 0.0), min(max(26 - weeks, 0.0), 13.0)
            row["value"] *= float(np.exp(last * late + before * early))


def test_what_sped_up_is_found(make_scene: MakeScene, counters: Counters) -> None:
    rows = counters(60, 60)
    bend(rows, "e7", 0.06, 0.01)
    [finding] = found(make_scene(rows, headline="stars"))
    assert (finding.entity, finding.kind) == ("e7", "acceleration")
    assert finding.value == pytest.approx(np.exp(0.06 * 13), rel=0.1)
    assert float(finding.params["pace_before"] or 0) == pytest.approx(np.exp(0.01 * 13), rel=0.1)
    assert finding.lower < finding.value < finding.upper  # type: ignore[operator]
    assert len(finding.claim_ids) == 3
    assert finding.cause == "cannot tell"


@pytest.mark.parametrize(("last", "before"), [(0.05, 0.05), (0.01, 0.06), (-0.02, -0.08)])
def test_what_did_not_speed_up_or_grow_is_not(
    make_scene: MakeScene, counters: Counters, last: float, before: float
) -> None:
    rows = counters(60, 60)
    bend(rows, "e7", last, before)
    assert found(make_scene(rows, headline="stars")) == []


@pytest.mark.parametrize("n_weeks", [1, 3, 16])
def test_less_than_two_quarters_tells_nothing(
    make_scene: MakeScene, counters: Counters, n_weeks: int
) -> None:
    rows = counters(60, n_weeks)
    bend(rows, "e7", 0.1, 0.0)
    assert found(make_scene(rows, headline="stars")) == []


def test_few_entities_are_no_market(make_scene: MakeScene, counters: Counters) -> None:
    rows = counters(10, 60)
    bend(rows, "e7", 0.1, 0.0)
    assert found(make_scene(rows, headline="stars")) == []


def test_over_a_fault_it_is_measurement(make_scene: MakeScene, counters: Counters) -> None:
    rows = counters(60, 60)
    bend(rows, "e7", 0.06, 0.01)
    for row in rows:
        row["value"] *= 3.0 if row["period"] > "2024-08-20" else 1.0
    told = found(make_scene(rows, headline="stars"))
    assert [f.cause for f in told] == ["measurement"]


def test_chance_is_seldom_told(make_scene: MakeScene, counters: Counters) -> None:
    told = [found(make_scene(counters(60, 60, seed), headline="stars")) for seed in range(10)]
    assert sum(map(bool, told)) <= 3


def test_no_claims_no_findings(make_scene: MakeScene) -> None:
    assert found(make_scene([])) == []
