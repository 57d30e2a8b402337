"""Expectations: what a decision is to bring, and what later estimates say of it.

An expectation is of one figure on one day: a level of one entity, under one definition. What is
read back is the estimate of the last period that ended by that day, with its interval: met where
all of the interval is on the expected side, not met where none of it is, else nobody can tell.

What it cannot tell: whether the decision brought it about.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from howdah.core.calendar import parse_date
from howdah.core.errors import InputError
from howdah.core.estimate import Estimate
from howdah.core.phrases import SCALES

Bound = Literal["at least", "at most"]

#: How what was expected stands. open: its day is to come.
Verdict = Literal["open", "met", "not met", "cannot tell"]

#: Why it cannot be told. no_figure: no level of a period that ended by the day, and not long
#: before. after: only periods that were over when it was decided. interval: the interval holds the
#: expected figure. definitions: there is more than one, and none was named.
OutcomeMissing = Literal["", "no_figure", "after", "interval", "definitions"]

#: Days before the expected day in which a period may have ended to tell of it.
_SLACK_DAYS = 92

#: How people write one.
FORM = (
    '"METRIC of NAME at least|at most NUMBER by DATE", '
    'such as "dau of Kimi at least 8M by 2025-06-30"'
)

_EXPECTED = re.compile(
    r"(?P<metric>\S+) of (?P<entity>.+?) (?P<bound>at least|at most) "
    r"(?P<number>\S+) by (?P<day>\S+)"
)
_NUMBER = re.compile(r"(-?[\d,]*\d(?:\.\d+)?)\s*(\D*)")


@dataclass(frozen=True, slots=True)
class Expectation:
    """A figure that is expected by a day.

    Attributes
    ----------
    entity
        Canonical id, or as it was written before it is looked up.
    definition
        Whose; '' where the figure has one alone.
    unit, currency
        In which `value` is; '' where nothing was known of the figure when it was expected.
    """

    metric: str
    entity: str
    bound: Bound
    value: float
    day: dt.date
    definition: str = ""
    unit: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an expectation by a date; `estimate` is the last one, also where it is open."""

    verdict: Verdict
    missing: OutcomeMissing = ""
    estimate: Estimate | None = None


def parse_expectation(text: str, *, today: dt.date) -> Expectation:
    """Read an expectation as people write it.

    Raises
    ------
    InputError
        It is not in the form, the number is none, or the day is not to come.

    Examples
    --------
    >>> parse_expectation("dau of Kimi at least 8M by 2025-06-30", today=dt.date(2025, 1, 31)).value
    8000000.0
    """
    found = _EXPECTED.fullmatch(" ".join(text.split()))
    if found is None:
        raise InputError(f"Cannot read the expectation {text!r}. Write {FORM}.")
    day = parse_date(found["day"], today=today)
    if day <= today:
        raise InputError(
            f"The expectation is by {day}, which is over: today is {today}. Give a day to come."
        )
    bound: Bound = "at least" if found["bound"] == "at least" else "at most"
    return Expectation(found["metric"], found["entity"], bound, _number(found["number"]), day)


def read_back(
    expected: Expectation,
    estimates: Sequence[Estimate],
    decided: dt.date,
    as_of: dt.date,
) -> Outcome:
    """What came of an expectation, from estimates as they are known at a date.

    Parameters
    ----------
    estimates
        Of the entity and metric, of all definitions and periods.
    decided
        The day of the decision: what was over by then is no outcome of it.
    """
    # Another unit is another figure, so both are part of whose it is.
    same = [
        e
        for e in estimates
        if (not expected.definition or e.definition == expected.definition)
        and (not expected.unit or (e.unit, e.currency) == (expected.unit, expected.currency))
    ]
    kinds = {(e.definition, e.unit, e.currency) for e in same}
    if len(kinds) > 1:
        return Outcome("open" if as_of < expected.day else "cannot tell", "definitions")
    ended = [
        (e.period.end, e)
        for e in same
        if e.status == "point" and e.period.end is not None and e.period.end <= expected.day
    ]
    last = max(ended, key=lambda pair: pair[0])[1] if ended else None
    if as_of < expected.day:
        return Outcome("open", estimate=last)
    if last is None or last.period.end is None:
        return Outcome("cannot tell", "no_figure")
    if last.period.end <= decided:
        return Outcome("cannot tell", "after", last)
    if (expected.day - last.period.end).days > _SLACK_DAYS:
        return Outcome("cannot tell", "no_figure", last)
    return _judged(expected, last)


def _judged(expected: Expectation, last: Estimate) -> Outcome:
    low = float("-inf") if last.lower is None else last.lower
    high = float("inf") if last.upper is None else last.upper
    if expected.bound == "at most":
        low, high = -high, -low
    value = expected.value if expected.bound == "at least" else -expected.value
    if low >= value:
        return Outcome("met", estimate=last)
    if high < value:
        return Outcome("not met", estimate=last)
    return Outcome("cannot tell", "interval", last)


def _number(text: str) -> float:
    found = _NUMBER.fullmatch(text)
    scales = {suffix: divisor for lang in SCALES for _, divisor, suffix in SCALES[lang]}
    scales |= {"": 1.0, "%": 1.0, "B": 1e9}
    if found is None or found[2] not in scales:
        known = ", ".join(sorted(suffix for suffix in scales if suffix))
        raise InputError(
            f"Cannot read the number {text!r}. Write digits, with one of {known} behind them if "
            "need be."
        )
    return float(found[1].replace(",", "")) * float(scales[found[2]])
