"""Which days a wording means: against the publication, the sentence and other periods."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from howdah.documents.periods.context import Context, Resolved
from howdah.documents.periods.days import (
    MONTHS_OF_QUARTER,
    MONTHS_OF_YEAR,
    Days,
    add_months,
    months_of,
    months_to,
    relative,
    rolling,
    shifted,
)
from howdah.documents.periods.lexicon import LEXICON
from howdah.documents.periods.placing import against, distance, in_year, is_told, is_week, margin
from howdah.documents.periods.readings import (
    After,
    Ago,
    Between,
    DaysFrom,
    Ended,
    Leaning,
    Months,
    Now,
    Reading,
    Relative,
    Rolling,
    StartOf,
    Weekday,
    YearToDate,
)

_FUTURE = re.compile(
    "|".join(
        rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word) for word in LEXICON.future
    )
)

#: Up to this month a bare "year-end" is the last one.
_YEAR_END_UNTIL = 3

#: A bare date, or a month that something starts from, that is so near is still to come: the one
#: before is most of a year ago.
_SOON_DAYS = 45


@dataclass(slots=True)
class Resolver:
    """Tells days from wordings in the order of the text.

    Parameters
    ----------
    context
        The text, and the periods told before.
    today
        Day of publication, None unknown.
    fiscal_end
        Month that ends the years of accounts, None where the text does not tell.
    """

    context: Context
    today: date | None
    fiscal_end: int | None = None

    def resolve(self, reading: Reading, sentence: tuple[int, int]) -> Resolved:
        """The days of the next reading, in a sentence that spans `sentence`."""
        resolved = self._resolved(reading, sentence)
        if resolved.days is not None and reading.edge:
            days = resolved.days
            match reading.edge:
                case "until":
                    resolved.days = days.until()
                case "before":
                    resolved.days = days.before()
                case "end":
                    resolved.days = days.at_end()
                case _:
                    resolved.days = days.since()
        is_known = self.fiscal_end is not None or isinstance(reading.shape, Ended)
        if reading.is_fiscal and resolved.days is not None and not is_known:
            resolved.note = resolved.note or "fiscal_year"
        return resolved

    def _resolved(self, reading: Reading, sentence: tuple[int, int]) -> Resolved:
        shape = reading.shape
        if isinstance(shape, Leaning):
            return self._leaned(reading, shape)
        if isinstance(shape, Ago):
            return self._ago(reading, shape)
        if isinstance(shape, After):
            return self._after(reading, shape)
        if isinstance(shape, Between):
            return self._between(reading, shape, sentence)
        if isinstance(shape, Ended):
            last = self._resolved(shape.last, sentence)
            if last.days is None or last.days.last is None:
                return Resolved(reading, None, note=last.note)
            return Resolved(reading, months_to(last.days.last, shape.months, is_year=shape.is_year))
        if isinstance(shape, StartOf):
            return self._start_of(reading, shape, sentence)
        if isinstance(shape, Relative) and self.context.is_bracketed(reading):
            # "(last month 3rd)" in a list of May is April's, whenever the list came out.
            months = {"month": 1, "quarter": MONTHS_OF_QUARTER}.get(shape.unit, 0) * shape.shift
            other = self.context.named(shape.unit)
            if months < 0 and other is not None and other.days is not None:
                return Resolved(reading, shifted(other.days, months), other)
        if isinstance(shape, Relative | Rolling | Weekday | Now | YearToDate):
            if self.today is None:
                return Resolved(reading, None, note="no_publication_date")
            return Resolved(reading, self._against(shape, self.today))
        return self._placed(reading, sentence)

    def _against(self, shape: Relative | Rolling | Weekday | Now | YearToDate, today: date) -> Days:
        if isinstance(shape, Relative) and self.fiscal_end and shape.unit in ("quarter", "year"):
            offset = self.fiscal_end % (
                MONTHS_OF_QUARTER if shape.unit == "quarter" else MONTHS_OF_YEAR
            )
            return shifted(against(shape, add_months(today, -offset)), offset)
        return against(shape, today)

    def _in_year(self, reading: Reading, year: int, month: tuple[int, int] | None) -> Days | None:
        """Days of a part of a year, of accounts where the text tells when theirs end."""
        days = in_year(reading, year, month)
        is_quarter = days is not None and days.precision == "quarter"
        if days is None or not self.fiscal_end or not (reading.is_fiscal or is_quarter):
            return days
        return shifted(days, self.fiscal_end - MONTHS_OF_YEAR)

    def _placed(self, reading: Reading, sentence: tuple[int, int]) -> Resolved:
        """A part of a year, in the year that the wording, the sentence or the publication gives."""
        if reading.year is not None:
            return Resolved(
                reading, self._in_year(reading, reading.year, self._month_around(reading, sentence))
            )
        if reading.year_shift is not None:
            if self.today is None:
                return Resolved(reading, None, note="no_publication_date")
            days = self._in_year(
                reading, self.today.year + reading.year_shift, self._month_around(reading, sentence)
            )
            return Resolved(reading, days, note=self._staleness(reading, days, sentence))
        around = None if reading.is_free else self.context.year_around(sentence)
        if around is not None:
            return Resolved(
                reading, self._in_year(reading, around, self._month_around(reading, sentence))
            )
        if self.today is None:
            return Resolved(reading, None, note="no_publication_date")
        return Resolved(reading, self._nearest(reading, sentence, self.today))

    def _staleness(self, reading: Reading, days: Days | None, sentence: tuple[int, int]) -> str:
        """Whether "this year" of a January text means months that are still to come."""
        if self.today is None or days is None or days.first is None or reading.year_shift != 0:
            return ""
        is_whole = isinstance(reading.shape, Months) and reading.shape.count == MONTHS_OF_YEAR
        is_open = days.last is not None and days.last > margin(self.today)
        is_stale = (
            self.today.month == 1 and is_open and not is_whole and not self._is_future(sentence)
        )
        return "stale_year" if is_stale else ""

    def _nearest(self, reading: Reading, sentence: tuple[int, int], today: date) -> Days | None:
        """Of a bare "September": the last that has begun, in a forecast the next to end."""
        month = self._month_around(reading, sentence)
        candidates = [self._in_year(reading, today.year + shift, month) for shift in (-1, 0, 1)]
        known = [
            days
            for days in candidates
            if days is not None and days.first is not None and days.last is not None
        ]
        if not known:
            return None
        if isinstance(reading.shape, Months) and reading.shape.count == MONTHS_OF_YEAR:
            is_past = reading.edge == "until" and today.month <= _YEAR_END_UNTIL
            is_past = is_past or (not reading.edge and today.month <= _YEAR_END_UNTIL)
            return known[0] if is_past and not self._is_future(sentence) else known[1]
        if reading.is_future:
            coming = [days for days in known if days.last is not None and days.last >= today]
            return coming[0] if coming else known[-1]
        is_by = self.context.lower.startswith(LEXICON.set_by, reading.start)
        if reading.edge == "until" and is_by and self._is_future(sentence):
            coming = [days for days in known if days.last is not None and days.last >= today]
            return coming[0] if coming else known[-1]
        if self._is_future(sentence) or self._is_set(reading, sentence):
            return min(known, key=lambda days: distance(days, today))
        begun = [days for days in known if is_told(days, today)]
        is_date = isinstance(reading.shape, DaysFrom) and reading.shape.month and not reading.edge
        if is_date or self.context.lower.endswith("起", reading.start, reading.end):
            nearest = min(known, key=lambda days: distance(days, today))
            if nearest not in begun and distance(nearest, today) <= _SOON_DAYS:
                return nearest
        return begun[-1] if begun else known[0]

    def _is_set(self, reading: Reading, sentence: tuple[int, int]) -> bool:
        """Whether something is to be from or by a bare day, on either side of today."""
        if reading.edge == "since":
            is_past = self.context.lower.startswith("since ", reading.start)
            return isinstance(reading.shape, DaysFrom) and not is_past
        if reading.edge == "end":
            return True
        is_by = reading.edge == "until" and self.context.lower.startswith(
            LEXICON.set_by, reading.start
        )
        return is_by and " had " not in self.context.lower[slice(*sentence)]

    def _is_future(self, sentence: tuple[int, int]) -> bool:
        return _FUTURE.search(self.context.lower, *sentence) is not None

    def _month_around(self, reading: Reading, sentence: tuple[int, int]) -> tuple[int, int] | None:
        """Year and month for a bare day: of the sentence, else the last that has had it."""
        shape = reading.shape
        if not isinstance(shape, DaysFrom) or shape.month:
            return None
        for other in reversed(self.context.done):
            if other.reading.start < sentence[0]:
                break
            if (
                isinstance(other.reading.shape, DaysFrom | Months)
                and other.days is not None
                and other.days.precision in ("day", "month")
            ):
                day = other.days.last or other.days.first
                return None if day is None else (day.year, day.month)
        if self.today is None:
            return None
        day = (
            self.today if shape.day <= self.today.day else add_months(self.today.replace(day=1), -1)
        )
        return day.year, day.month

    def _leaned(self, reading: Reading, shape: Leaning) -> Resolved:
        unit = shape.unit
        found = self.context.antecedent(unit, reading.start)
        if found is None and unit in ("day", "month", "quarter", "half", "year"):
            found = self.context.antecedent_within(unit)
        if found is None or found.days is None:
            return Resolved(reading, None, note="no_antecedent")
        days = found.days
        months = shape.months
        if reading.year is not None or reading.year_shift is not None:
            day = days.last or days.first
            year = reading.year
            if year is None:
                if self.today is None:
                    return Resolved(reading, None, found, "no_publication_date")
                year = self.today.year + (reading.year_shift or 0)
            if day is not None:
                months = 12 * (year - day.year)
        if unit == "year" and days.precision != "year":
            day = days.first or days.last
            days = days if day is None else months_of(day.year, 1, 12)
        elif unit == "month" and days.precision == "day":
            day = days.first or days.last
            days = days if day is None else months_of(day.year, day.month)
        return Resolved(reading, shifted(days, months), found)

    def _ago(self, reading: Reading, shape: Ago) -> Resolved:
        if shape.unit in ("year", "quarter", "month"):
            months = {"year": 12, "quarter": 3, "month": 1}[shape.unit] * shape.count
            found = self.context.antecedent("", reading.start)
            if (
                found is not None
                and found.days is not None
                and shape.unit == "year"
                and shape.count == 1
            ):
                return Resolved(reading, shifted(found.days, -months), found)
            if self.today is None:
                return Resolved(reading, None, note="no_publication_date")
            day = add_months(self.today, -months)
            days = (
                months_of(day.year, 1, 12) if shape.unit == "year" else relative(shape.unit, 0, day)
            )
            return Resolved(reading, days)
        if self.today is None:
            return Resolved(reading, None, note="no_publication_date")
        return Resolved(reading, relative(shape.unit, -shape.count, self.today))

    def _after(self, reading: Reading, shape: After) -> Resolved:
        for other in reversed(self.context.done):
            day = None if other.days is None else other.days.first
            if day is None or isinstance(other.reading.shape, Now):
                continue
            if shape.unit in ("day", "week"):
                return Resolved(
                    reading,
                    relative("day", shape.count * (7 if shape.unit == "week" else 1), day),
                    other,
                )
            months = {"month": 1, "quarter": 3, "year": 12}[shape.unit] * shape.count
            return Resolved(
                reading,
                relative("year" if shape.unit == "year" else "month", 0, add_months(day, months)),
                other,
            )
        return Resolved(reading, None, note="no_antecedent")

    def _between(self, reading: Reading, shape: Between, sentence: tuple[int, int]) -> Resolved:
        if not shape.left.has_year and not shape.right.has_year:
            return self._between_bare(reading, shape, sentence)
        left = self._resolved(shape.left, sentence)
        right = shape.right
        if not right.has_year and left.days is not None and left.days.first is not None:
            right = replace(right, year=left.days.first.year)
        other = self._resolved(right, sentence)
        if (
            left.days is None
            or other.days is None
            or left.days.first is None
            or other.days.last is None
        ):
            return Resolved(reading, None, note=left.note or other.note or "no_publication_date")
        first, last = left.days.first, other.days.last
        if last < first:
            last = add_months(last, MONTHS_OF_YEAR)
        return Resolved(reading, Days(first, last, "week" if is_week(first, last) else "range"))

    def _between_bare(
        self, reading: Reading, shape: Between, sentence: tuple[int, int]
    ) -> Resolved:
        """Such as "from January to September": the last such that is over, told by its end."""
        right = self._resolved(shape.right, sentence)
        if right.days is None or right.days.last is None:
            return Resolved(reading, None, note=right.note)
        last = right.days.last
        left = self._resolved(replace(shape.left, year=last.year), sentence)
        if left.days is None or left.days.first is None:
            return Resolved(reading, None, note=left.note)
        first = left.days.first
        first = first if first <= last else add_months(first, -MONTHS_OF_YEAR)
        return Resolved(reading, Days(first, last, "week" if is_week(first, last) else "range"))

    def _start_of(self, reading: Reading, shape: StartOf, sentence: tuple[int, int]) -> Resolved:
        whole = self._resolved(shape.whole, sentence)
        if whole.days is None or whole.days.first is None:
            return Resolved(reading, None, note=whole.note)
        first = whole.days.first
        if shape.unit in ("day", "week"):
            last = rolling(shape.unit, shape.count, 1, first).last
        else:
            last = months_of(first.year, first.month, shape.count).last
        return Resolved(reading, Days(first, last, "range"))


def fiscal_end_of(readings: Iterable[Reading]) -> int | None:
    """Month that ends the years of accounts, None where no quarter says when it ended."""
    for reading in readings:
        if not reading.quarter or not isinstance(reading.shape, Ended):
            continue
        match reading.shape.last.shape:
            case DaysFrom(month, _, _) | Months(month, _):
                quarters_left = MONTHS_OF_YEAR // MONTHS_OF_QUARTER - reading.quarter
                return (month + MONTHS_OF_QUARTER * quarters_left - 1) % MONTHS_OF_YEAR + 1
            case _:
                continue
    return None
