"""Recent faults of measurement are shown as what they are."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from howdah.core.finding import Finding
from howdah.core.phrases import reason
from howdah.estimates.health import market_index
from howdah.signals import Scene, find_all
from howdah.signals.faults import find_faults

MakeScene = Callable[..., Scene]
Row = dict[str, Any]
Counters = Callable[..., list[Row]]


def faults(scene: Scene) -> list[Finding]:
    return find_faults(scene, market_index(scene.observations))


def stepped(counters: Counters, factor: float, at: str) -> list[Row]:
    rows = counters(60, 40)
    for row in rows:
        row["value"] *= factor if row["period"] >= at else 1.0
    return rows


def test_a_recent_step(make_scene: MakeScene, counters: Counters) -> None:
    (finding,) = faults(make_scene(stepped(counters, 3.0, "2024-11-15")))
    assert (finding.kind, finding.cause, finding.segment) == ("measurement", "measurement", "")
    assert (finding.entity, finding.metric) == ("counter", "stars")
    assert finding.value == pytest.approx(3.0 * np.exp(0.005), rel=0.01)
    assert finding.lower is not None
    assert finding.upper is not None
    assert 2.9 < finding.lower < finding.value < finding.upper < 3.1
    assert finding.n == 60


def test_the_interval_is_that_of_a_median(make_scene: MakeScene, counters: Counters) -> None:
    rng = np.random.default_rng(2)
    medians = []
    for seed in range(40):
        rows = counters(40, 3, seed, spread=0.4)
        medians.append(market_index(make_scene(rows).observations).rows["step"][-1])
    rows = stepped(counters, 3.0, "2024-11-15")
    for row in rows:
        row["value"] *= float(np.exp(rng.normal(0, 0.02)))
    (finding,) = faults(make_scene(rows))
    assert finding.lower is not None
    assert finding.upper is not None
    # Two readings, each with noise .02; a median of sixty scatters by 1.2533 / sqrt(60) of it.
    expected = 2 * 1.645 * 1.2533 * 0.02 * np.sqrt(2) / np.sqrt(60)
    assert np.log(finding.upper / finding.lower) == pytest.approx(expected, rel=0.35)
    assert np.std(medians) == pytest.approx(1.2533 * 0.4 / np.sqrt(13) / np.sqrt(40), rel=0.3)


def test_old_faults_are_history_and_recent_ones_sink(
    make_scene: MakeScene, counters: Counters
) -> None:
    assert faults(make_scene(stepped(counters, 3.0, "2024-08-15"))) == []
    (fresh,) = faults(make_scene(stepped(counters, 3.0, "2024-12-29")))
    (older,) = faults(make_scene(stepped(counters, 3.0, "2024-10-01")))
    assert older.priority < fresh.priority * 0.6
    assert fresh.params["reason"] == "level_shift"


def test_a_quiet_feed_has_none(make_scene: MakeScene, counters: Counters) -> None:
    assert faults(make_scene(counters(60, 40))) == []


def test_a_recut_list_names_its_length(make_scene: MakeScene, counters: Counters) -> None:
    rows = counters(60, 10)
    days = sorted({row["period"] for row in rows})
    rows += [
        {
            "entity": "list:stars",
            "scheme": "list",
            "metric": "list_length",
            "feed": "counter",
            "definition": "counter:stars",
            "period": day,
            "value": 5000.0 if n < 7 else 8000.0,
        }
        for n, day in enumerate(days)
    ]
    (finding,) = faults(make_scene(rows))
    assert finding.cause_reason == reason("list_has", n="8,000")
    assert finding.params["n_listed"] == 8000


def test_part_of_a_list_that_moves_apart(make_scene: MakeScene, counters: Counters) -> None:
    rows = counters(60, 30)
    for row in rows:
        moved = int(row["entity"][1:]) % 3 == 0 and row["period"] >= "2024-11-15"
        row["value"] *= 3.0 if moved else 1.0
    (finding,) = faults(make_scene(rows))
    assert finding.params["reason"] == "composition"
    assert finding.value == pytest.approx(1.0, abs=0.05)


def test_no_kind_of_finding_takes_a_fault_for_the_market(
    make_scene: MakeScene, counters: Counters
) -> None:
    rows = counters(60, 40, spread=0.001)
    rng = np.random.default_rng(4)
    factor = {f"e{n}": 4.0 * float(np.exp(rng.normal(0, 0.4))) for n in range(60)}
    factor["e1"] = 60.0
    for row in rows:
        row["value"] *= factor[row["entity"]] if row["period"] >= "2024-11-15" else 1.0
    package = [
        row | {"entity": "package", "feed": "second", "metric": "downloads", "definition": "d"}
        for row in rows
        if row["entity"] == "e1"
    ]
    scene = make_scene(
        rows + package,
        headline="stars",
        relatives={"e1": ("package",)},
        as_of=dt.date(2024, 12, 31),
    )
    found = [f for f in find_all(scene) if f.metric == "stars"]
    kinds = {f.kind for f in found}
    assert {"growth", "overtaking", "crossing", "measurement"} <= kinds
    assert {f.cause for f in found} == {"measurement"}
