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

# `sources.periods` reads the same names in SQL; the two are tested against each other.
_YEAR = re.compile(r"([0-9]{4})年?")
_HALF = re.compile(r"([0-9]{4})-?H([12])", re.IGNORECASE)
_QUARTER = re.compile(r"([0-9]{4})-?Q([1-4])", re.IGNORECASE)
_MONTH = re.compile(r"([0-9]{4})-([0-9]{1,2})")
_MONTH_ZH = re.compile(r"([0-9]{4})年([0-9]{1,2})月")
_WEEK = re.compile(r"([0-9]{4})-?W([0-9]{2})", re.IGNORECASE)
_DAY = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})(?:[ T][0-9:.,Z+-]*)?")
_DAY_ZH = re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")
_DAY_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A closed interval of calendar days; an open end is None."""

    start: dt.date | None
    end: dt.date | None
    precision: Precision = "range"

    @property
    def label(self) -> str:
        """The shortest name of this period; one that has a calendar name reads back as itself.

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
        if self.precision == "week":
            year, week, _ = start.isocalendar()
            return f"{year:04d}-W{week:02d}"
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
        f"{start.year:04d}",
        f"{start.year:04d}-H{(start.month - 1) // 6 + 1}",
        f"{start.year:04d}-Q{(start.month - 1) // 3 + 1}",
        f"{start.year:04d}-{start.month:02d}",
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
        found = _named(text)
    except (ValueError, OverflowError):
        # A month 13, a week 53 of a year that has 52, or an end after the year 9999.
        found = None
    if found is None:
        raise BadDateError(text, ALLOWED_PERIODS)
    return found


def parse_span(text: str) -> Period:
    """Read a closed period by its label: a usual name, or its first and its last day.

    Raises
    ------
    BadDateError
        The text is neither.

    Examples
    --------
    >>> parse_span("2024-09-02..2024-10-01").days
    30
    """
    first, dots, last = text.partition("..")
    if not dots:
        return parse_period(text)
    start, end = parse_period(first), parse_period(last)
    if {start.precision, end.precision} != {"day"} or start > end:
        raise BadDateError(text, f"{ALLOWED_PERIODS}, or the first and last day of one")
    return Period(start.start, end.end)


def _named(text: str) -> Period | None:
    if match := _YEAR.fullmatch(text):
        return _months(int(match[1]), 1, 12, "year")
    if match := _HALF.fullmatch(text):
        return _months(int(match[1]), 6 * int(match[2]) - 5, 6, "half")
    if match := _QUARTER.fullmatch(text):
        return _months(int(match[1]), 3 * int(match[2]) - 2, 3, "quarter")
    if match := _MONTH.fullmatch(text) or _MONTH_ZH.fullmatch(text):
        return _months(int(match[1]), int(match[2]), 1, "month")
    if match := _WEEK.fullmatch(text):
        monday = dt.date.fromisocalendar(int(match[1]), int(match[2]), 1)
        return Period(monday, monday + dt.timedelta(days=6), "week")
    return _day(text)


def _day(text: str) -> Period | None:
    for pattern in (_DAY, _DAY_ZH, _DAY_COMPACT):
        if match := pattern.fullmatch(text):
            day = dt.date(int(match[1]), int(match[2]), int(match[3]))
            return Period(day, day, "day")
    return None


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


def add_months(day: dt.date, n: int) -> dt.date:
    """The same day some months later; the last day of a month stays a last day.

    Examples
    --------
    >>> add_months(dt.date(2024, 1, 30), 1), add_months(dt.date(2024, 2, 29), -2)
    (datetime.date(2024, 2, 29), datetime.date(2023, 12, 31))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    length = calendar.monthrange(year, month + 1)[1]
    is_last = day.day == calendar.monthrange(day.year, day.month)[1]
    return dt.date(year, month + 1, length if is_last else min(day.day, length))
