"""Launches: newcomers that stand above earlier ones, and not those that a recut brings."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from howdah.core.finding import Finding
from howdah.estimates.health import market_index
from howdah.signals import Scene
from howdah.signals.launches import find_launches

Row = dict[str, Any]
MakeScene = Callable[..., Scene]
Counters = Callable[..., list[Row]]

WEEKS = 110
END = dt.date(2024, 12, 31)


def found(scene: Scene) -> list[Finding]:
    return find_launches(scene, market_index(scene.observations))


def market(counters: Counters, new: float, *, weeks: int = 10, n_earlier: int = 40) -> list[Row]:
    """Sixty old ones, earlier newcomers at a tenth of their size, and one at `new` times it."""
    rows = counters(60, WEEKS)
    small = counters(n_earlier, WEEKS, 2, prefix="n", size=2_000.0)
    for row in small:
        age = WEEKS - 60 + int(row["entity"][1:]) % 40
        start = END - dt.timedelta(weeks=WEEKS - age)
        if dt.date.fromisoformat(row["period"]) >= start:
            rows.append(row)
    for k in range(weeks):
        day = (END - dt.timedelta(weeks=weeks - 1 - k)).isoformat()
        rows.append(
            {"entity": "rocket", "metric": "stars", "feed": "counter",
             "definition": "counter:stars", "value": 2_000.0 * new * 1.1**k, "period": day}
        )  # fmt: skip
    return rows


def test_a_newcomer_above_earlier_ones_is_found(make_scene: MakeScene, counters: Counters) -> None:
    [finding] = found(make_scene(market(counters, 8.0), headline="stars"))
    assert (finding.entity, finding.kind, finding.cause) == ("rocket", "launch", "cannot tell")
    assert float(finding.params["above"] or 0) >= 0.95
    assert finding.value is not None
    assert finding.value > 5
    assert finding.probability is None
    assert len(set(finding.claim_ids)) == 2


def test_a_usual_newcomer_is_not(make_scene: MakeScene, counters: Counters) -> None:
    assert found(make_scene(market(counters, 0.5), headline="stars")) == []


@pytest.mark.parametrize("weeks", [1, 40])
def test_one_reading_or_a_long_past_is_no_launch(
    make_scene: MakeScene, counters: Counters, weeks: int
) -> None:
    rows = market(counters, 8.0 / 1.1**weeks, weeks=weeks)
    assert found(make_scene(rows, headline="stars")) == []


def test_few_earlier_newcomers_tell_nothing(make_scene: MakeScene, counters: Counters) -> None:
    assert found(make_scene(market(counters, 8.0, n_earlier=10), headline="stars")) == []


def test_all_are_new_to_a_new_feed(make_scene: MakeScene, counters: Counters) -> None:
    assert found(make_scene(counters(80, 30), headline="stars")) == []


def test_no_claims_no_findings(make_scene: MakeScene) -> None:
    assert found(make_scene([])) == []
