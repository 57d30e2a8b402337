"""The estimate: what we believe, with its interval, definition, as-of date and claims."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Literal

from howdah.core.calendar import Period

#: point: a value inside an interval. bound: only a bound is known, no point is invented.
#: contested: sources contradict each other; the interval spans what they say, no point.
Status = Literal["point", "bound", "contested"]

#: The label of an interval that no truth of this segment has tested.
UNCALIBRATED = "uncalibrated here"

#: The label of a figure that trusted truth states.
ANCHORED = "an anchor states it"

#: Start of the note of an estimate whose claims name another party.
OTHER_PARTY = "other party: "

#: Start of the part of a note, its last, that says at what young figures usually end.
NOWCAST = "nowcast: "

#: The label of an interval made to cover by truth of its segment that the fit did not see.
CALIBRATED = "tested on truth"


@dataclass(frozen=True, slots=True)
class Estimate:
    """What we believe of one entity, metric and period under one definition.

    Attributes
    ----------
    entity, name
        Canonical id of the entity and its name for people.
    definition
        Whose definition; '' when no source states one. Never mixed with another.
    unit, currency
        What is counted; '' when it is not money.
    value
        Median belief in `unit`; None when the claims give only a bound or contradict.
    lower, upper
        Ends of the interval at probability `prob`; None where an end is open.
    n_claims, n_sources
        Claims and distinct sources behind it.
    stated_low, stated_high
        Hull of what the sources said, before any model.
    own_sd
        Standard deviation, where errors of the metric add up, of what this level shares with no
        other that rests on the same sources: two of those are compared by it. None where there
        is no level.
    calibration
        How far the interval has been tested against truth.
    claim_ids
        The claims it came from: the trail.
    """

    entity: str
    name: str
    metric: str
    definition: str
    unit: str
    currency: str
    period: Period
    value: float | None
    lower: float | None
    upper: float | None
    prob: float
    status: Status
    n_claims: int
    n_sources: int
    sources: tuple[str, ...]
    stated_low: float | None
    stated_high: float | None
    as_of: dt.date
    method: str
    claim_ids: tuple[str, ...]
    calibration: str = UNCALIBRATED
    note: str = ""
    own_sd: float | None = None

    @property
    def estimate_id(self) -> str:
        """Stable id: a digest of what is estimated, as of when and by which method.

        A nowcast is of the same thing as a figure that is final.
        """
        return derived_id(
            "e",
            self.entity,
            self.metric,
            self.definition,
            self.unit,
            self.currency,
            self.period.start,
            self.period.end,
            self.as_of,
            self.method,
            self.note.partition(NOWCAST)[0].removesuffix("; "),
        )


def party_of(note: str) -> str:
    """The other party that the note of an estimate names, such as a channel; '' without one.

    Examples
    --------
    >>> party_of("other party: Search ads; immature: stated before the period was over")
    'Search ads'
    """
    first = note.partition("; ")[0]
    return first.removeprefix(OTHER_PARTY) if first.startswith(OTHER_PARTY) else ""


def derived_id(prefix: str, *parts: object) -> str:
    """Id of something derived: `prefix` and 12 hexadecimal digits of a digest of `parts`.

    Examples
    --------
    >>> derived_id("e", "doubao", "dau")
    'e63c663f935ce'
    """
    text = "\x1f".join("" if part is None else str(part) for part in parts)
    return prefix + hashlib.sha256(text.encode()).hexdigest()[:12]
