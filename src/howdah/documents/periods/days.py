"""Days of a period: first and last, and how precisely the period was named."""

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta

from howdah.documents.spans import Precision

MONTHS_OF_QUARTER, MONTHS_OF_YEAR, LONGEST_MONTH = 3, 12, 31

_OF_MONTHS: dict[int, Precision] = {1: "month", 3: "quarter", 6: "half", 12: "year"}
_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_DAYS = {"day": 1, "week": 7}


@dataclass(frozen=True, slots=True)
class Days:
    """First and last day; None is open."""

    first: date | None
    last: date | None
    precision: Precision

    def until(self) -> "Days":
        """Everything up to its end, or its state there."""
        return replace(self, first=None)

    def at_end(self) -> "Days":
        """Its last day."""
        return Days(self.last, self.last, "day")

    def before(self) -> "Days":
        """Everything up to the day before it."""
        last = None if self.first is None else self.first - timedelta(1)
        return replace(self, first=None, last=last)

    def since(self) -> "Days":
        """Everything from its begin."""
        return replace(self, last=None)


def months_of(year: int, first: int, count: int = 1) -> Days:
    """Months of a year, which may run over its end.

    Examples
    --------
    >>> months_of(2024, 7, 3).last, months_of(2024, 1, 9).precision
    (datetime.date(2024, 9, 30), 'range')
    """
    begin = date(year + (first - 1) // 12, (first - 1) % 12 + 1, 1)
    index = year * 12 + first - 1 + count
    end = date(index // 12, index % 12 + 1, 1) - timedelta(1)
    is_whole = (first - 1) % count == 0
    return Days(begin, end, _OF_MONTHS.get(count, "range") if is_whole else "range")


def days_of(year: int, month: int, day: int, count: int = 1) -> Days | None:
    """Days from one of a month on, None for a day that the month does not have."""
    if not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    first = date(year, month, day)
    return Days(first, first + timedelta(count - 1), "day" if count == 1 else "range")


def part_of_month(year: int, month: int, first: int, last: int) -> Days:
    """Days `first` to `last` of a month, 0 its end."""
    end = last or calendar.monthrange(year, month)[1]
    return Days(date(year, month, first), date(year, month, end), "range")


def relative(unit: str, shift: int, today: date) -> Days:
    """The day, week (from Monday), month, quarter, half or year that lies so many from today's."""
    if unit == "day":
        day = today + timedelta(shift)
        return Days(day, day, "day")
    if unit == "week":
        monday = today - timedelta(today.weekday()) + timedelta(7 * shift)
        return Days(monday, monday + timedelta(6), "week")
    size = _MONTHS[unit]
    index = (today.year * 12 + today.month - 1) // size * size + shift * size
    return months_of(index // 12, index % 12 + 1, size)


def rolling(unit: str, count: int, direction: int, today: date) -> Days:
    """So many units up to today, or from today on; of days and weeks today is the last or first."""
    if unit in _DAYS:
        other = today + timedelta(direction * (count * _DAYS[unit] - 1))
    else:
        other = add_months(today, direction * count * _MONTHS[unit])
    return Days(min(today, other), max(today, other), "range")


def months_to(last: date, count: int, *, is_year: bool = False) -> Days:
    """So many whole months up to a day that ends one; twelve of them are a year when so called."""
    index = last.year * 12 + last.month - count
    first = months_of(index // 12, index % 12 + 1, count).first
    precision = _OF_MONTHS.get(count, "range")
    return Days(first, last, precision if precision != "year" or is_year else "range")


def shifted(days: Days, months: int) -> Days:
    """The same days so many months later; an end of a month stays one."""
    first = None if days.first is None else add_months(days.first, months)
    last = None if days.last is None else add_months(days.last, months)
    if (
        days.last is not None
        and last is not None
        and _ends_month(days.last)
        and days.precision not in ("day", "week")
    ):
        last = last.replace(day=calendar.monthrange(last.year, last.month)[1])
    return replace(days, first=first, last=last)


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _ends_month(day: date) -> bool:
    return day.day == calendar.monthrange(day.year, day.month)[1]
