"""Cases: past findings with what became of them, and how comparable ones that were none did."""

import datetime as dt
import math
from dataclasses import dataclass, replace
from typing import Any

from howdah.core.finding import Finding, FindingKind
from howdah.core.record import Outcome


@dataclass(frozen=True, slots=True)
class Case:
    """A past finding and what became of it.

    Attributes
    ----------
    as_of, judged_on
        The origin, and the later date whose knowledge it was held against.
    size, level
        How much it was of and at which level, where it has such; what is alike is told by them.
    after
        What became of it: as of `core.record.Analogue`.
    lead_days
        From the origin to what it tells, negative for what was already over.
    is_contaminated
        A fault of measurement lies between what was compared.
    """

    kind: FindingKind
    finding_id: str
    entity: str
    name: str
    metric: str
    segment: str
    as_of: dt.date
    judged_on: dt.date
    size: float | None
    level: float | None
    outcome: Outcome
    after: float | None
    lead_days: int | None
    is_contaminated: bool
    claim_ids: tuple[str, ...]

    def replaced(self, **fields: Any) -> "Case":  # noqa: ANN401 - any field
        """The case with other fields."""
        return replace(self, **fields)


@dataclass(frozen=True, slots=True)
class Base:
    """How many comparable ones of an origin, that were no findings, came out right."""

    kind: FindingKind
    as_of: dt.date
    judged_on: dt.date
    n: int
    n_right: int


@dataclass(frozen=True, slots=True)
class Judged:
    """All that an origin tells."""

    cases: tuple[Case, ...]
    bases: tuple[Base, ...]


def make_case(
    finding: Finding,
    judged_on: dt.date,
    outcome: Outcome,
    *,
    after: float | None = None,
    is_contaminated: bool = False,
) -> Case:
    """The case of a finding."""
    size, level = extent_of(finding)
    return Case(
        kind=finding.kind,
        finding_id=finding.finding_id,
        entity=finding.entity,
        name=finding.name,
        metric=finding.metric,
        segment=finding.segment,
        as_of=finding.as_of,
        judged_on=judged_on,
        size=size,
        level=level,
        outcome=outcome,
        after=after,
        lead_days=lead_of(finding),
        is_contaminated=is_contaminated or finding.cause == "measurement",
        claim_ids=finding.claim_ids,
    )


def extent_of(finding: Finding) -> tuple[float | None, float | None]:
    """Size and level of a finding, by which it is alike to others; None where it has none."""
    level = finding.params.get("after") or finding.params.get("threshold")
    number = level if isinstance(level, int | float) and math.isfinite(level) else None
    return finding.value, number


def lead_of(finding: Finding) -> int | None:
    """Days from the knowledge date to what a finding tells of: negative for what was."""
    age = finding.params.get("age_days")
    return -int(age) if isinstance(age, int | float) else None
