"""What became of contradictions and of sums that do not add up."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from howdah.core.finding import Finding
from howdah.estimates.health import MarketIndex
from howdah.signals.records.cases import Base, Judged, make_case
from howdah.signals.scene import Scene

if TYPE_CHECKING:
    from howdah.core.record import Outcome

_CELL = ("entity", "metric", "definition", "valid_from", "valid_to")


def judge_contradictions(
    found: Sequence[Finding], then: Scene, now: Scene, _then: MarketIndex, _now: MarketIndex
) -> Judged:
    """Contradictions, by whether later statements settled them; nothing is comparable."""
    status = {
        tuple(row[:-1]): row[-1] for row in now.estimates.select(*_CELL, "status").iter_rows()
    }
    cases = []
    for f in found:
        last = status.get((f.entity, f.metric, f.definition, f.period.start, f.period.end))
        outcome: Outcome = "open" if last is None else "wrong" if last == "contested" else "right"
        cases.append(make_case(f, now.as_of, outcome))
    return Judged(tuple(cases), (Base("contradiction", then.as_of, now.as_of, 0, 0),))


def judge_gaps(
    found: Sequence[Finding], then: Scene, now: Scene, _then: MarketIndex, _now: MarketIndex
) -> Judged:
    """Sums that did not add up, held against what is known later.

    Checks that agreed at the origin are what they are held against.
    """
    later = {(c.entity, c.identity, c.period): c for c in now.checks if c.is_public}
    cases = []
    for f in found:
        check = later.get((f.entity, f.metric, f.period))
        outcome: Outcome = "open" if check is None else "wrong" if check.agrees else "right"
        cases.append(make_case(f, now.as_of, outcome))
    agreed = [
        not later[key].agrees
        for c in then.checks
        if c.is_public and c.agrees and (key := (c.entity, c.identity, c.period)) in later
    ]
    base = Base("identity_gap", then.as_of, now.as_of, len(agreed), sum(agreed))
    return Judged(tuple(cases), (base,))
