"""The finding: what follows from estimates, with evidence, cause and a record."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

from howdah.core.calendar import Period
from howdah.core.estimate import derived_id
from howdah.core.record import NOT_ASKED, Analogue, Record

FindingKind = Literal[
    "growth",
    "slump",
    "acceleration",
    "launch",
    "copycat",
    "inflow",
    "breakout",
    "overtaking",
    "crossing",
    "contradiction",
    "identity_gap",
    "measurement",
    "event",
]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a finding is held to be market or measurement: a phrase with its values.

    Made by `core.phrases.reason`, which knows the phrases, so that every surface can say it in
    its own language.
    """

    key: str
    values: tuple[tuple[str, str], ...] = ()


#: market: the thing itself moved. measurement: the instrument did.
Cause = Literal["market", "measurement", "cannot tell"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One change worth a reader's minute.

    Attributes
    ----------
    kind
        Which rule found it; it names the phrase that surfaces show.
    entity, name
        Whom it is about.
    segment
        Id of the followed segment it belongs to, '' when none.
    value, lower, upper
        Its size and interval at `prob`, in the unit `measure` names (a ratio for growth).
    probability
        How sure: that the change is real and in the direction said.
    n
        Number of claims behind it.
    cause, cause_reason
        Market, measurement or cannot tell, and why.
    record
        What back-tests say of this class of finding; it says so when there is none.
    analogues
        The past findings of this class that are most alike, and what became of them.
    claim_ids
        The trail.
    params
        Values for the phrase: names, numbers, labels.
    """

    kind: FindingKind
    entity: str
    name: str
    metric: str
    definition: str
    segment: str
    period: Period
    value: float | None
    lower: float | None
    upper: float | None
    prob: float
    measure: str
    probability: float | None
    n: int
    cause: Cause
    cause_reason: Reason
    as_of: dt.date
    method: str
    claim_ids: tuple[str, ...]
    vintages: tuple[dt.date, ...] = ()
    record: Record = NOT_ASKED
    analogues: tuple[Analogue, ...] = ()
    params: dict[str, str | float | int | None] = field(default_factory=dict)
    priority: float = 0.0

    @property
    def finding_id(self) -> str:
        """Stable id: a digest of what was found, as of when and by which method."""
        return derived_id(
            "f",
            self.kind,
            self.entity,
            self.metric,
            self.definition,
            self.period.start,
            self.period.end,
            self.as_of,
            self.method,
            *(f"{key}={value}" for key, value in sorted(self.params.items())),
        )
