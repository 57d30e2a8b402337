"""Periods and dates: reading them, naming them, comparing them.

A period is a closed interval of calendar days, ``start`` to ``end``, with the precision
it was stated in. Days are days of the series' own time zone.
"""

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

from howdah.core.errors import BadDateError

Precision = Literal["day", "week", "month", "quarter", "half", "year", "range", "as_of_publication"]

ALLOWED_PERIODS = "2024, 2024-H2, 2024-Q3, 2024-09, 2024-W36 or 2024-09-30"
ALLOWED_DATES = "an ISO date (2025-01-31), 'today' or 'latest'"

_YEAR = re.compile(r"(\d{4})$")
_HALF = re.compile(r"(\d{4})-?H([12])$", re.IGNORECASE)
_QUARTER = re.compile(r"(\d{4})-?Q([1-4])$", re.IGNORECASE)
_MONTH = re.compile(r"(\d{4})-(\d{2})$")
_WEEK = re.compile(r"(\d{4})-?W(\d{2})$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A closed interval of calendar days; an open end is None."""

    start: dt.date | None
    end: dt.date | None
    precision: Precision = "range"

    @property
    def label(self) -> str:
        """The shortest name that reads back as this period.

        Examples
        --------
        >>> parse_period("2024-09").label
        '2024-09'
        >>> Period(None, dt.date(2024, 9, 30)).label
        'to 2024-09-30'
        """
        start, end = self.start, self.end
        if start is None or end is None:
            return _open_label(start, end)
        if start == end:
            return start.isoformat()
        if start.day == 1:
            for name in _calendar_names(start):
                named = parse_period(name)
                if (named.start, named.end) == (start, end):
                    return name
        return f"{start.isoformat()}..{end.isoformat()}"

    @property
    def days(self) -> int | None:
        """Length in days, None when an end is open."""
        if self.start is None or self.end is None:
            return None
        return (self.end - self.start).days + 1


def _open_label(start: dt.date | None, end: dt.date | None) -> str:
    if start is not None:
        return f"from {start.isoformat()}"
    if end is not None:
        return f"to {end.isoformat()}"
    return "not stated"


def _calendar_names(start: dt.date) -> tuple[str, ...]:
    return (
        f"{start.year}",
        f"{start.year}-H{(start.month - 1) // 6 + 1}",
        f"{start.year}-Q{(start.month - 1) // 3 + 1}",
        f"{start.year}-{start.month:02d}",
    )


def parse_period(text: str) -> Period:
    """Read a period by its usual name.

    Raises
    ------
    BadDateError
        The text names no period.

    Examples
    --------
    >>> parse_period("2024-Q3")
    Period(start=datetime.date(2024, 7, 1), end=datetime.date(2024, 9, 30), precision='quarter')
    """
    text = text.strip()
    try:
        if match := _YEAR.match(text):
            return _months(int(match[1]), 1, 12, "year")
        if match := _HALF.match(text):
            return _months(int(match[1]), 6 * int(match[2]) - 5, 6, "half")
        if match := _QUARTER.match(text):
            return _months(int(match[1]), 3 * int(match[2]) - 2, 3, "quarter")
        if match := _MONTH.match(text):
            return _months(int(match[1]), int(match[2]), 1, "month")
        if match := _WEEK.match(text):
            monday = dt.date.fromisocalendar(int(match[1]), int(match[2]), 1)
            return Period(monday, monday + dt.timedelta(days=6), "week")
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise BadDateError(text, ALLOWED_PERIODS) from None
    return Period(day, day, "day")


def _months(year: int, month: int, n_months: int, precision: Precision) -> Period:
    last = month + n_months - 1
    return Period(
        dt.date(year, month, 1),
        dt.date(year, last, calendar.monthrange(year, last)[1]),
        precision,
    )


def parse_date(text: str, *, today: dt.date) -> dt.date:
    """Read a date: ISO, or ``today``, relative to the `today` that is passed in.

    Raises
    ------
    BadDateError
        The text is neither.
    """
    text = text.strip()
    if text.casefold() in {"today", "latest", "now"}:
        return today
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise BadDateError(text, ALLOWED_DATES) from None


def end_of_day(day: dt.date) -> dt.datetime:
    """Last microsecond of a day, UTC: a read `as_of` a date includes that date."""
    return dt.datetime.combine(day, dt.time.max, tzinfo=dt.UTC)
