"""Why a level changed: parts that add up, each moved by its own cause and by no other."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from howdah.estimates import learn_models
from howdah.estimates.explaining import (
    KINDS,
    Cell,
    Change,
    State,
    claims_replaced,
    explain_change,
    explain_level,
)

Claims = Callable[..., pl.DataFrame]
Row = dict[str, Any]

AUGUST = Cell(dt.date(2024, 8, 1), dt.date(2024, 8, 31), "month")


def vendor(name: str, factor: float, n: int = 10, growth: float = 1.05) -> list[Row]:
    return [
        {
            "period": f"2024-{m + 1:02d}",
            "value": 1e6 * factor * growth**m,
            "source": name,
            "feed": name.lower(),
            "claim_id": f"{name}{m:02d}",
        }
        for m in range(n)
    ]


def state(observed: Claims, rows: list[Row], taught: list[Row] | None = None) -> State:
    observations = observed(rows, a="panel", b="panel")
    learnt = observations if taught is None else observed(taught, a="panel", b="panel")
    return State(observations, learn_models(learnt, {}, prob=0.9))


def split(before: State, after: State, **shifts: float) -> tuple[Change, dict[str, float]]:
    change = explain_change(before, after, AUGUST, shifts)
    assert change is not None
    assert tuple(part.kind for part in change.parts) == KINDS
    sizes = {part.kind: part.size for part in change.parts}
    assert sum(sizes.values()) == pytest.approx(change.after - change.before, abs=1e-12)
    for level, of in ((change.before, before), (change.after, after)):
        found = explain_level(*of, AUGUST)
        assert found is not None
        assert level == pytest.approx(found.level, abs=1e-9)
    return change, sizes


BOTH = [*vendor("A", 1.0), *vendor("B", 1.3)]


def test_nothing_changed(observed: Claims) -> None:
    known = state(observed, BOTH)
    _, sizes = split(known, known)
    assert set(sizes.values()) == {0.0}


def test_new_models_alone_are_a_refit(observed: Claims) -> None:
    truth = [row | {"source": "T", "feed": "truth"} for row in vendor("T", 1.0)]
    others = [
        row | {"entity": f"app {n}", "claim_id": f"{n} {row['claim_id']}"}
        for n in range(6)
        for row in [*BOTH, *truth]
    ]
    _, sizes = split(state(observed, BOTH), state(observed, BOTH, [*BOTH, *others]))
    # Truth about others shows that B sees a third more than there is.
    assert sizes["refit"] < -0.05
    assert [sizes[kind] for kind in KINDS[1:]] == [0.0] * 4


def test_a_revision_is_of_the_claim_that_replaced_another(observed: Claims) -> None:
    revised = [row for row in BOTH if row["claim_id"] != "A07"]
    revised.append(next(r for r in BOTH if r["claim_id"] == "A07") | {"claim_id": "A07b"})
    revised[-1]["value"] *= 1.1
    models = state(observed, BOTH).models
    before, after = state(observed, BOTH), state(observed, revised)
    assert claims_replaced(before.observations, after.observations) == {"A07b": ("A07",)}
    change, sizes = split(before, after._replace(models=models))
    assert 0.0 < sizes["revision"] < np.log(1.1)
    assert [sizes[kind] for kind in KINDS if kind != "revision"] == [0.0] * 4
    assert change.parts[1].claim_ids == ("A07b",)


def test_new_claims_and_their_break(observed: Claims) -> None:
    late = [row for row in vendor("B", 1.3) if row["period"] >= "2024-08"]
    stepped = [row | {"value": row["value"] * 1.4} for row in late]
    before = [*vendor("A", 1.0), *vendor("B", 1.3, 7)]
    models = state(observed, BOTH).models
    known, later = state(observed, before), state(observed, [*before, *stepped])
    shifts = {row["claim_id"]: float(np.log(1.4)) for row in stepped}
    known, later = known._replace(models=models), later._replace(models=models)
    change, sizes = split(known, later, **shifts)
    assert change.parts[2].claim_ids == ("B07", "B08", "B09")
    assert change.parts[3].claim_ids == ("B07", "B08", "B09")
    assert sizes["break"] > 0.03
    # Without the break B says what it always said of the same growth.
    assert abs(sizes["new_claim"]) < 0.2 * sizes["break"]
    _, unlabelled = split(known, later)
    assert unlabelled["break"] == 0.0
    assert unlabelled["new_claim"] == pytest.approx(sizes["new_claim"] + sizes["break"])


def test_a_claim_that_is_now_suspect(observed: Claims) -> None:
    """One of A's figures stands out only when those after it are known."""
    odd = [row | {"value": row["value"] * (2.2 if m == 7 else 1.0)} for m, row in
           enumerate(vendor("A", 1.0, 12, 1.001))]  # fmt: skip
    before = [*odd[:8], *vendor("B", 1.0, 8, 1.001)]
    after = [*odd, *vendor("B", 1.0, 12, 1.001)]
    models = state(observed, after).models
    known, later = (State(observed(rows, a="panel", b="panel"), models) for rows in (before, after))
    assert not known.observations["suspect"].any()
    assert later.observations.filter("suspect")["claim_id"].to_list() == ["A07"]
    change, sizes = split(known, later)
    assert change.parts[4].claim_ids == ("A07",)
    assert sizes["suspect"] < 0.0


def test_no_change_without_a_level_on_both_dates(observed: Claims) -> None:
    before, after = state(observed, vendor("A", 1.0, 7)), state(observed, vendor("A", 1.0))
    assert explain_change(before, after, AUGUST) is None
    assert explain_change(after, before, AUGUST) is None
    nothing = State(after.observations.head(0), after.models)
    assert explain_change(nothing, after, AUGUST) is None
