"""Past findings are held against what was known later, and never against what was not."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from howdah.core.errors import LookAheadError
from howdah.core.finding import Finding
from howdah.signals import Scene, find_all
from howdah.signals.records import TESTS, Case, closest, judge_origin, require_known

Row = dict[str, Any]
MakeScene = Callable[..., Scene]
Counters = Callable[..., list[Row]]

THEN, NOW = dt.date(2024, 9, 30), dt.date(2024, 12, 31)
START, MIDDLE = "2024-07-20", "2024-10-15"


def known(rows: list[Row], as_of: dt.date) -> list[Row]:
    """The rows that end by a date, each recorded on its day."""
    return [
        {**row, "recorded_at": dt.datetime.combine(_end(row), dt.time(12), dt.UTC)}
        for row in rows
        if _end(row) <= as_of
    ]


def _end(row: Row) -> dt.date:
    return dt.date.fromisoformat(row["period"])


class Past:
    """A market at two dates, and what became of its findings."""

    def __init__(self, make_scene: MakeScene, rows: list[Row]) -> None:
        self.then = make_scene(known(rows, THEN), as_of=THEN, headline="stars")
        self.now = make_scene(known(rows, NOW), as_of=NOW, headline="stars")
        self.found = find_all(self.then)
        self.judged = judge_origin(self.found, self.then, self.now)

    def case(self, kind: str, entity: str) -> Case:
        found = [c for c in self.judged.cases if (c.kind, c.entity) == (kind, entity)]
        assert len(found) == 1, [(c.kind, c.entity) for c in self.judged.cases]
        return found[0]


def moved(rows: list[Row], entity: str, factor: float, since: str, until: str = "9999") -> None:
    for row in rows:
        if row["entity"] == entity and since <= row["period"] < until:
            row["value"] *= factor


@pytest.fixture
def past(make_scene: MakeScene, counters: Counters) -> Past:
    rows = counters(60, 70)
    moved(rows, "e7", 3.0, START)
    moved(rows, "e8", 3.0, START, MIDDLE)
    moved(rows, "e9", 1 / 3, START)
    moved(rows, "e10", 3.0, START)
    rows = [r for r in rows if r["entity"] != "e10" or r["period"] < MIDDLE]
    return Past(make_scene, rows)


def test_a_move_that_stays_is_right(past: Past) -> None:
    case = past.case("growth", "e7")
    assert (case.outcome, case.is_contaminated) == ("right", False)
    assert case.after == pytest.approx(1.0, abs=0.1)
    assert (case.as_of, case.judged_on) == (THEN, NOW)
    assert case.lead_days is not None
    assert -7 <= case.lead_days <= 0


def test_a_move_that_goes_back_is_wrong(past: Past) -> None:
    case = past.case("growth", "e8")
    assert case.outcome == "wrong"
    assert case.after == pytest.approx(1 / 3, rel=0.1)


def test_a_fall_that_stays_is_right(past: Past) -> None:
    assert past.case("slump", "e9").outcome == "right"


def test_what_left_its_list_has_not_kept_its_rise(past: Past) -> None:
    case = past.case("growth", "e10")
    assert (case.outcome, case.after) == ("wrong", None)


def test_every_class_has_a_base_at_every_origin(past: Past) -> None:
    assert {base.kind for base in past.judged.bases} == set(TESTS)
    growth = next(base for base in past.judged.bases if base.kind == "growth")
    assert 0 <= growth.n_right <= growth.n
    assert growth.n > 0


def test_a_silent_feed_leaves_it_open(make_scene: MakeScene, counters: Counters) -> None:
    rows = [r for r in counters(60, 70) if r["period"] <= "2024-09-30"]
    moved(rows, "e7", 3.0, START)
    assert Past(make_scene, rows).case("growth", "e7").outcome == "open"


def test_a_fault_in_between_stands_apart(make_scene: MakeScene, counters: Counters) -> None:
    rows = counters(60, 70)
    moved(rows, "e7", 3.0, START)
    for row in rows:
        row["value"] *= 4.0 if row["period"] >= MIDDLE else 1.0
    assert Past(make_scene, rows).case("growth", "e7").is_contaminated


@pytest.mark.parametrize(("back", "outcome"), [(1.0, "right"), (0.2, "wrong")])
def test_orders_hold_or_not(
    make_scene: MakeScene, counters: Counters, back: float, outcome: str
) -> None:
    rows = counters(60, 70)
    for row in rows:
        row["value"] = {"e0": 10_000.0, "e1": 15_000.0}.get(row["entity"], row["value"])
    moved(rows, "e0", 3.0, START)
    moved(rows, "e0", back, MIDDLE)
    past = Past(make_scene, rows)
    judged = [
        c
        for c, f in zip(past.judged.cases, _of(past.found, "overtaking"), strict=False)
        if c.kind == "overtaking" and f.params["loser_entity"] == "e1" and c.entity == "e0"
    ]
    assert [c.outcome for c in judged] == [outcome]
    crossing = past.case("crossing", "e0")
    assert crossing.outcome == outcome


def _of(found: list[Finding], kind: str) -> list[Finding]:
    growth = [f for f in found if f.kind in {"growth", "slump"}]
    return [*growth, *(f for f in found if f.kind == kind)]


def test_an_early_scene_must_not_hold_later_claims(
    make_scene: MakeScene, counters: Counters
) -> None:
    rows = known(counters(40, 30), NOW)
    ahead = make_scene(rows, as_of=THEN, headline="stars")
    with pytest.raises(LookAheadError, match="2024-12-31"):
        require_known(ahead)
    now = make_scene(rows, as_of=NOW, headline="stars")
    assert require_known(now) is now
    with pytest.raises(LookAheadError):
        judge_origin([], ahead, now)
    with pytest.raises(LookAheadError):
        judge_origin([], now, now)


def test_later_claims_change_nothing_that_was_found(
    make_scene: MakeScene, counters: Counters
) -> None:
    rows = counters(60, 70)
    moved(rows, "e7", 3.0, START)
    before = make_scene(known(rows, THEN), as_of=THEN, headline="stars")
    moved(rows, "e7", 9.0, MIDDLE)
    after = make_scene(known(rows, THEN), as_of=THEN, headline="stars")
    assert find_all(before) == find_all(after)


def test_a_market_without_claims_has_empty_bases(make_scene: MakeScene) -> None:
    judged = judge_origin([], make_scene([], as_of=THEN), make_scene([], as_of=NOW))
    assert judged.cases == ()
    assert all(base.n == 0 for base in judged.bases)


def test_closest_cases(past: Past) -> None:
    growth = [f for f in past.found if f.kind == "growth"]
    cases = [c.replaced(judged_on=THEN) for c in past.judged.cases if c.kind == "growth"]
    own = growth[0]
    found = closest(own, cases, "kept_half")
    assert own.entity not in {a.entity for a in found}
    assert len({a.entity for a in found}) == len(found) == min(3, len(cases) - 1)
    twin = cases[1].replaced(entity="twin", size=own.value, level=own.params["after"])
    assert closest(own, [*cases, twin], "kept_half")[0].entity == "twin"
    # What was judged after the finding's date was not known then.
    late = [c.replaced(judged_on=NOW) for c in cases]
    assert closest(own, late, "kept_half") == ()
    assert closest(own, [], "kept_half") == ()
    # The nearest of strangers is no analogue.
    far = [c.replaced(size=1e6, level=1e12) for c in cases[1:]]
    near = cases[0].replaced(entity="near")
    assert {a.entity for a in closest(own, [near, *far], "kept_half")} == {"near"}
