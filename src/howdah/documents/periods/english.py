"""Periods in English: September 2024, the third quarter, last Thursday, the year to March."""

import re

from howdah.documents.periods.dates import (
    YEAR,
    full_year,
    month_at,
    read_dated,
    read_year,
    with_year,
)
from howdah.documents.periods.days import MONTHS_OF_YEAR
from howdah.documents.periods.english_relative import UNIT_MONTHS, read_ago, read_relative
from howdah.documents.periods.lexicon import LEXICON
from howdah.documents.periods.readings import (
    Ago,
    Between,
    DaysFrom,
    Ended,
    Leaning,
    LunarNewYear,
    Months,
    Now,
    Reading,
    Relative,
    Rolling,
    StartOf,
    YearToDate,
)
from howdah.documents.quantities.numerals import read_numeral
from howdah.documents.words import skip_spaces

_MOST_MONTHS = 60

_QUARTER = re.compile(
    r"(?:the |its |their )?(?:fiscal )?(first|second|third|fourth|final|1st|2nd|3rd|4th)[- ]"
    r"(?:fiscal[- ]|financial[- ])?quarter\b(?:'s)?|(?:q([1-4])|([1-4])q)(?= |['’]?[0-9]{2}|\b)"
)

_YEAR_FIRST = re.compile(
    r"((?:19|20)[0-9]{2})[- ]?(?:q([1-4])|h([12]))\b|([1-4])q((?:20)?[0-9]{2})\b"
    r"|q([1-4])['’]?((?:20)?[0-9]{2})\b(?![0-9])|([12])h((?:20)?[0-9]{2})\b"
    r"|h([12])['’]?((?:20)[0-9]{2})\b"
)

_TO = re.compile(
    r" (?:to|ended|ending|through|that ended|which ended|up to)(?: on| in| at)?(?: the end of)? "
)

_OF_MONTH = re.compile(r"[ -]quarter\b")

_OF_MONTHS = re.compile(r"[ -](?:quarter|period|half)\b")

_ENDED = re.compile(r",? (?:that |which )?(?:ended|ending|ends)(?: on| in)? ")

_WHOLE = re.compile(
    r"(?:the |a )?(?:full )?"
    r"(quarter|half-year|half year|half|year|month|fiscal year|financial year)\b"
)

#: The last day of a period told before: "at the quarter end", "ended the period with".
_AT_END = re.compile(
    r"(?:the )?(quarter|half|period)[- ]end\b|the (quarter|half|period)(?= (?:with|on) )"
)

_LENGTHS = {
    "quarter": 3,
    "half": 6,
    "half-year": 6,
    "half year": 6,
    "year": 12,
    "fiscal year": 12,
    "financial year": 12,
    "month": 1,
}

_FIRST = re.compile(r"(?:the |its |their )?first ")

_TO_DATE = re.compile(r"(?:the )?year[- ]to[- ]date\b|so far this year\b|this year so far\b|ytd\b")

_SHIFTED = re.compile(
    r" (?:of )?(?:a year (?:earlier|ago|before)|last year|the (?:previous|prior|preceding) year)\b"
)

_SAME_OF = re.compile(r" (?:of|in) (?:the )?")

_AT_END_OF = "at the end of "

_BETWEEN = re.compile(r"(?:between|from) ")


def read_english(text: str, lower: str, start: int) -> Reading | None:
    """The period in English that starts at a place of a folded text, None without one.

    Examples
    --------
    >>> text = "in the three months to September"
    >>> found = read_english(text, text.lower(), 3)
    >>> found.shape.months, found.end
    (3, 32)
    """
    until = LEXICON.until_before.at(lower, start)
    since = LEXICON.since_before.at(lower, start)
    now = LEXICON.now.at(lower, start)
    to_date = _TO_DATE.match(lower, start)
    if to_date is not None:
        return Reading(start, to_date.end(), YearToDate())
    if now is not None:
        is_measured = lower.endswith("from ", 0, start)
        return None if is_measured else Reading(start, now[0], Now())
    at = start
    if until is not None:
        at = until[0]
    elif since is not None:
        at = since[0]
    at = skip_spaces(lower, at)
    between = _BETWEEN.match(lower, at)
    is_before = lower.startswith("before ", at)
    reading = _read_core(text, lower, between.end() if between else at + 7 if is_before else at)
    if reading is None and until is not None and lower.startswith(_AT_END_OF, start):
        leaning = LEXICON.leaning.at(lower, at)
        reading = None if leaning is None else Reading(at, leaning[0], Leaning(*leaning[1]))
    if reading is None:
        return None
    reading = _read_joined(text, lower, reading)
    is_from = False
    if between is not None and not isinstance(reading.shape, Between):
        is_from = (
            between[0] == "from "
            and (isinstance(reading.shape, DaysFrom) or text[start] == "F")
            and not LEXICON.comparing.before(lower, start)
        )
        if not is_from:
            return None
        between = None
    reading.start = start
    if lower.startswith(_AT_END_OF, start):
        reading.edge = "end"
    elif until is not None or reading.edge == "until":
        reading.edge = "until"
    elif lower.startswith("before ", start):
        reading.edge = "before"
    elif (is_from and between is None) or (
        since is not None
        or LEXICON.since_after.at(lower, skip_spaces(lower, reading.end)) is not None
    ):
        reading.edge = "since"
    return reading


def _read_core(text: str, lower: str, at: int) -> Reading | None:
    if at >= len(lower):
        return None
    for read in (
        _read_ended,
        read_dated,
        _read_leaning,
        _read_first,
        _read_quarter,
        read_relative,
        read_ago,
        _read_part,
        read_year,
    ):
        reading = read(text, lower, at)
        if reading is not None:
            return reading
    return None


def _read_ended(text: str, lower: str, at: int) -> Reading | None:
    """Such as "the three months to June", "the year that ended in March"."""
    place = at + len("the ") if lower.startswith("the ", at) else at
    month = month_at(text, lower, place)
    if month is not None:
        # "the December quarter"
        quarter = _OF_MONTH.match(lower, month[0])
        ended = Ended(3, Reading(place, month[0], Months(month[1], 1)))
        return None if quarter is None else Reading(at, quarter.end(), ended)
    count = (
        read_numeral(lower, lower, place) if place < len(lower) and lower[place].isalnum() else None
    )
    if count is not None and count.low == count.high and count.low.is_integer():
        unit = LEXICON.units_english.at(lower, skip_spaces(lower, count.end))
        if unit is None or unit[1] not in UNIT_MONTHS:
            return None
        months, end, is_year = int(count.low) * UNIT_MONTHS[unit[1]], unit[0], False
    else:
        whole = _WHOLE.match(lower, at)
        if whole is None:
            return None
        months, end, is_year = _LENGTHS[whole[1]], whole.end(), "year" in whole[1]
    to = _TO.match(lower, end)
    if to is None:
        return None
    last = read_dated(text, lower, to.end()) or _read_next(text, lower, to.end())
    if last is None or not 0 < months <= _MOST_MONTHS:
        return None
    return Reading(at, last.end, Ended(months, last, is_year))


def _read_next(text: str, lower: str, at: int) -> Reading | None:
    """The month that a year is to end with: "next March"."""
    if not lower.startswith("next ", at):
        return None
    month = month_at(text, lower, at + len("next "))
    if month is None:
        return None
    return Reading(at, month[0], Months(month[1], 1), is_future=True, is_free=True)


def _read_leaning(_text: str, lower: str, at: int) -> Reading | None:
    at_end = _AT_END.match(lower, at)
    if at_end is not None and (
        at_end[1] or lower.endswith(("ended ", "ends ", "finished "), 0, at)
    ):
        unit = at_end[1] or at_end[2]
        return Reading(at, at_end.end(), Leaning("" if unit == "period" else unit, 0), edge="end")
    found = LEXICON.leaning.at(lower, at)
    if found is None:
        return None
    end, (unit, months) = found
    reading = Reading(at, end, Leaning(unit, months))
    if (
        months == 0
        and "same" not in lower[at:end]
        and "period" not in lower[at:end]
        and "that" not in lower[at:end]
    ):
        return None
    if months == 0:
        shifted = _SHIFTED.match(lower, end)
        if shifted is not None:
            reading.end, reading.shape = shifted.end(), Leaning(unit, -12)
            return reading
        of = _SAME_OF.match(lower, end)
        if of is not None:
            year = YEAR.match(lower, of.end())
            if year is not None:
                reading.end, reading.year = year.end(), int(year[1])
    return reading


def _read_first(text: str, lower: str, at: int) -> Reading | None:
    """Such as "the first nine months of 2024", "its first ten days of May", "the first half"."""
    first = _FIRST.match(lower, at)
    if first is None:
        return None
    count = (
        read_numeral(lower, lower, first.end())
        if lower[first.end() : first.end() + 1].isalnum()
        else None
    )
    if count is None or count.low != count.high:
        return None
    unit = LEXICON.units_english.at(lower, skip_spaces(lower, count.end))
    if unit is None:
        return None
    number = int(count.low)
    of = _SAME_OF.match(lower, unit[0])
    whole = _read_core(text, lower, of.end()) if of is not None else None
    if unit[1] in ("month", "quarter"):
        months = number * UNIT_MONTHS[unit[1]]
        if not 0 < months <= MONTHS_OF_YEAR:
            return None
        reading = Reading(at, unit[0], Months(1, months))
        if whole is None:
            return with_year(lower, reading)
        if isinstance(whole.shape, Months) and whole.shape.count == MONTHS_OF_YEAR:
            return Reading(
                at,
                whole.end,
                Months(1, months),
                whole.year,
                whole.year_shift,
                is_fiscal=whole.is_fiscal,
            )
    return None if whole is None else Reading(at, whole.end, StartOf(unit[1], number, whole))


def _read_quarter(text: str, lower: str, at: int) -> Reading | None:
    match = _YEAR_FIRST.match(lower, at)
    if match is not None:
        groups = match.groups()
        quarter = groups[1] or groups[3] or groups[5]
        half = groups[2] or groups[7] or groups[9]
        year = int(groups[0] or groups[4] or groups[6] or groups[8] or groups[10])
        months = Months(3 * int(quarter) - 2, 3) if quarter else Months(6 * int(half) - 5, 6)
        return Reading(at, match.end(), months, year=full_year(year))
    match = _QUARTER.match(lower, at)
    if match is None:
        return None
    word = match[1]
    quarter_number = LEXICON.ordinals.at(word, 0)[1] if word else int(match[2] or match[3])  # type: ignore[index]
    reading = Reading(
        at, match.end(), Months(3 * quarter_number - 2, 3), is_fiscal="fiscal" in match[0]
    )
    reading = with_year(lower, reading)
    ended = _ENDED.match(lower, reading.end)
    if ended is not None:
        last = read_dated(text, lower, ended.end())
        if last is not None:
            quarter = quarter_number if reading.is_fiscal or reading.has_year else 0
            return Reading(at, last.end, Ended(3, last), is_fiscal=True, quarter=quarter)
    return reading


def _read_part(_text: str, lower: str, at: int) -> Reading | None:
    end = LEXICON.ends.at(lower, at)
    if end is not None and lower[at].isascii():
        reading = with_year(lower, Reading(at, end[0], Months(1, 12)))
        reading.edge = "until"
        return reading
    lunar = LEXICON.lunar_words.at(lower, at)
    if lunar is not None:
        return with_year(lower, Reading(at, lunar[0], LunarNewYear()))
    days = LEXICON.days.at(lower, at)
    if days is not None:
        return with_year(lower, Reading(at, days[0], DaysFrom(*days[1])))
    part = LEXICON.parts.at(lower, at)
    if part is None:
        return None
    is_season = lower[at : part[0]] in ("spring", "summer", "autumn")
    reading = with_year(lower, Reading(at, part[0], Months(*part[1])))
    return None if is_season and not reading.has_year else reading


def _read_joined(text: str, lower: str, reading: Reading) -> Reading:
    joint = LEXICON.joints.at(lower, reading.end)
    if joint is None or isinstance(reading.shape, Leaning | Now | Rolling | Ago | Ended | Relative):
        return reading
    months = _read_months(text, lower, reading, joint[0])
    if months is not None:
        return months
    right = _read_core(text, lower, joint[0])
    if (
        right is None
        or type(right.shape) is not type(reading.shape)
        or (
            lower[reading.end : joint[0]] == " and "
            and not lower[: reading.start].endswith("between ")
        )
    ):
        return reading
    left = Reading(reading.start, reading.end, reading.shape, reading.year, reading.year_shift)
    if not left.has_year:
        left.year, left.year_shift = right.year, right.year_shift
    return Reading(reading.start, right.end, Between(left, right), left.year, left.year_shift)


def _read_months(text: str, lower: str, reading: Reading, at: int) -> Reading | None:
    """Such as "the April-June quarter", "January-March": months joined without a word."""
    month = month_at(text, lower, at)
    shape = reading.shape
    is_joined = lower[reading.end : at] in ("-", "–", "—")
    if month is None or not is_joined or not isinstance(shape, Months) or shape.count != 1:
        return None
    if month[1] <= shape.first:
        return None
    whole = _OF_MONTHS.match(lower, month[0])
    end = month[0] if whole is None else whole.end()
    months = Months(shape.first, month[1] - shape.first + 1)
    return with_year(lower, Reading(reading.start, end, months, reading.year, reading.year_shift))
