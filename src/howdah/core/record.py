"""The record of a class of findings: how often such findings were right, and past cases alike."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

#: scored: a rate with its interval. too few: fewer independent cases than tell anything. not
#: scorable: nothing later could show it right or wrong. not asked: no back-test was kept.
RecordState = Literal["scored", "too few", "not scorable", "not asked"]

#: What became of a past finding. open: nothing has been said since that could tell.
Outcome = Literal["right", "wrong", "open"]

#: Fewest independent cases from which a rate is told.
LEAST_CASES = 10


@dataclass(frozen=True, slots=True)
class Record:
    """What a rolling back-test says of one class of findings.

    Attributes
    ----------
    test
        What counts as right; it names the phrase that surfaces show.
    n, n_right
        Past findings that were judged, without those over a fault of measurement, and how many
        were right.
    n_cases
        Independent cases among them: those of one entity at one origin are one, and fewer where
        origins differ by more than chance.
    rate, lower, upper, prob
        Share of cases that were right with its interval; None unless `state` is scored.
    base_rate, n_base
        The same among comparable ones that were no findings; None without any.
    lead_days
        Median days from the finding to what it tells, negative where it tells of what was.
    false_alarms
        Findings a month that were wrong.
    n_contaminated, n_contaminated_right
        Judged over a fault of measurement, apart from the others.
    n_open
        Not judged: nothing has been said since that could tell.
    origins
        Past dates at which the detectors were run.
    horizon_days
        Days from an origin to the date on which it was judged.
    """

    state: RecordState
    test: str = ""
    n: int = 0
    n_right: int = 0
    n_cases: int = 0
    rate: float | None = None
    lower: float | None = None
    upper: float | None = None
    prob: float | None = None
    base_rate: float | None = None
    n_base: int = 0
    lead_days: float | None = None
    false_alarms: float | None = None
    n_contaminated: int = 0
    n_contaminated_right: int = 0
    n_open: int = 0
    origins: tuple[dt.date, ...] = ()
    horizon_days: int = 0


@dataclass(frozen=True, slots=True)
class Odds:
    """What became of past candidates of one metric whose probability lay in a band.

    Attributes
    ----------
    low, high
        Ends of the band, in [0, 1].
    record
        Of those candidates alone; without a rate where they are too few.
    """

    metric: str
    low: float
    high: float
    record: Record


#: Of a class of which no back-test was kept.
NOT_ASKED = Record("not asked")


@dataclass(frozen=True, slots=True)
class Analogue:
    """A past finding of the same class, and what became of it.

    Attributes
    ----------
    as_of, judged_on
        The origin at which it was found, and the date by which `outcome` was known.
    size
        As of the finding's `value`, None where it has none.
    after
        What became of it, in the terms of `test`: the change since against the market, the ratio
        of the two, the level; None where there is no number for it.
    """

    finding_id: str
    entity: str
    name: str
    metric: str
    segment: str
    as_of: dt.date
    judged_on: dt.date
    size: float | None
    outcome: Outcome
    test: str
    after: float | None
