"""Where a reading lies when its year is known, and how that lies to the day of publication."""

import calendar
import re
from collections.abc import Sequence
from datetime import date

from howdah.documents.periods.days import (
    MONTHS_OF_YEAR,
    Days,
    days_of,
    months_of,
    part_of_month,
    relative,
    rolling,
)
from howdah.documents.periods.lexicon import LEXICON
from howdah.documents.periods.readings import (
    DaysFrom,
    LunarNewYear,
    Months,
    Now,
    PartOfMonth,
    Reading,
    Relative,
    Rolling,
    Weekday,
    YearToDate,
)

_DAYS_OF_WEEK, _DAYS_OF_MONTH, _DAYS_OF_HALF = 7, 31, 184

#: Share of a quarter or half that is over before a text tells of it without saying which year.
_TOLD_SHARE = 0.25

#: Years that a text may speak of; others are no years.
_FIRST_YEAR, _LAST_YEAR = 1900, 2100


def is_told(days: Days, today: date) -> bool:
    """Whether enough of a period is over for a text to tell of it as past.

    Of a day or month it is enough that it has begun, of a quarter or half a part of it; the first
    nine months are over.
    """
    assert days.first is not None
    assert days.last is not None
    length = (days.last - days.first).days + 1
    if length > _DAYS_OF_HALF:
        return days.last <= margin(today)
    if length > _DAYS_OF_MONTH:
        return (today - days.first).days >= _TOLD_SHARE * length
    return days.first <= today


def distance(days: Days, today: date) -> int:
    """Days between today and a period, 0 inside it."""
    assert days.first is not None
    assert days.last is not None
    return max((days.first - today).days, (today - days.last).days, 0)


def margin(today: date) -> date:
    """End of the month of publication: "前11个月" on 30 November are over."""
    return today.replace(day=calendar.monthrange(today.year, today.month)[1])


def against(shape: Relative | Rolling | Weekday | Now | YearToDate, today: date) -> Days:
    """Days of a shape that is told from the day of publication."""
    match shape:
        case Relative():
            return relative(shape.unit, shape.shift, today)
        case Rolling():
            return rolling(shape.unit, shape.count, shape.direction, today)
        case Now():
            return Days(None, today, "as_of_publication")
        case YearToDate():
            return Days(date(today.year, 1, 1), today, "range")
        case Weekday():
            back = (today.weekday() - shape.day) % 7
            if shape.week is None:
                back = _DAYS_OF_WEEK if shape.is_before and not back else back
                day = date.fromordinal(today.toordinal() - back)
            else:
                monday = today.toordinal() - today.weekday()
                day = date.fromordinal(monday + 7 * shape.week + shape.day)
            return Days(day, day, "day")


def in_year(reading: Reading, year: int, month: tuple[int, int] | None) -> Days | None:
    """Days of a part of a year in a year, None when it has no such day."""
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    match reading.shape:
        case Months(first, count):
            return months_of(year, first, count)
        case DaysFrom(0, day, count):
            return None if month is None else days_of(*month, day, count)
        case DaysFrom(of, day, count):
            return days_of(year, of, day, count) if 1 <= of <= MONTHS_OF_YEAR else None
        case PartOfMonth(of, first, last):
            return part_of_month(year, of, first, last)
        case LunarNewYear():
            new_year = LEXICON.lunar_days.get(year)
            return None if new_year is None else rolling("day", _DAYS_OF_WEEK, 1, new_year)
        case _:
            return None


def is_week(first: date, last: date) -> bool:
    """Whether days are those of one week, from its Monday."""
    return first.weekday() == 0 and (last - first).days == _DAYS_OF_WEEK - 1


_SENTENCE = re.compile(r"[。!?\n]|[.](?=\s+[A-Z\"“])")


def sentence_spans(text: str) -> Sequence[tuple[int, int]]:
    """Starts and ends of the sentences of a text."""
    ends = [match.end() for match in _SENTENCE.finditer(text)]
    starts = [0, *ends]
    return list(zip(starts, [*ends, len(text)], strict=True))
