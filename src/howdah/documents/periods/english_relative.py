"""Periods in English that are told from another day: last Thursday, the past year, weeks ago."""

import re

from howdah.documents.periods.dates import (
    month_at,
)
from howdah.documents.periods.lexicon import LEXICON
from howdah.documents.periods.readings import (
    MOST_UNITS,
    After,
    Ago,
    Leaning,
    Months,
    Reading,
    Relative,
    Rolling,
    Weekday,
)
from howdah.documents.quantities.lexicon import LEXICON as NUMBERS
from howdah.documents.quantities.numerals import read_numeral
from howdah.documents.words import skip_spaces

UNIT_MONTHS = {"month": 1, "quarter": 3, "year": 12}

_FISCAL_YEAR = re.compile(
    r"(?:the |this )(?:full |current )?(?:fiscal|financial) year\b"
    r"(?! (?:[0-9]|to|ended|ending|that))"
)

_WORD = re.compile(r"([a-z]+) ")

_AGO = re.compile(r" (?:ago|earlier|before|previously|prior)\b")


def read_relative(text: str, lower: str, at: int) -> Reading | None:
    """A period told from the day of publication: last month, on Monday, the past year."""
    rolling = LEXICON.rolling.at(lower, at)
    if rolling is not None:
        found = _read_rolling(lower, at, rolling)
        if found is not None:
            return found
    relative = LEXICON.relative.at(lower, at)
    if relative is not None:
        return Reading(at, relative[0], Relative(*relative[1]))
    fiscal = _FISCAL_YEAR.match(lower, at)
    if fiscal is not None:
        return Reading(at, fiscal.end(), Relative("year", 0), is_fiscal=True)
    for word, week in (("last ", -1), ("this ", 0), ("next ", 1), ("on ", None), ("", None)):
        if not lower.startswith(word, at):
            continue
        place = at + len(word)
        day = LEXICON.weekdays.at(lower, place)
        if day is not None and text[place].isupper():
            if LEXICON.weekdays_not.before(lower, place - 1) is not None:
                return None
            shape = Weekday(day[1], week if week != -1 else None, is_before=week == -1)
            return Reading(place if week is None else at, day[0], shape)
        if week is None:
            continue
        month = month_at(text, lower, place)
        if month is not None:
            return Reading(
                at,
                month[0],
                Months(month[1], 1),
                is_future=week == 1,
                is_free=True,
                year_shift=0 if week == 0 else None,
            )
        part = LEXICON.parts.at(lower, place)
        if part is not None:
            shift = 0 if week == 0 else None
            return Reading(
                at, part[0], Months(*part[1]), year_shift=shift, is_future=week == 1, is_free=True
            )
    year = LEXICON.years.at(lower, at)
    return None if year is None else Reading(at, year[0], Months(1, 12), year_shift=year[1])


def _read_rolling(lower: str, at: int, rolling: tuple[int, int]) -> Reading | None:
    place = skip_spaces(lower, rolling[0])
    if place >= len(lower) or not lower[place].isalnum():
        return None
    numeral = read_numeral(lower, lower, place)
    count, end = 1, place
    word = _WORD.match(lower, place)
    if word is not None and word[1] in NUMBERS.cardinals:
        # "Four quarters" are no fraction here.
        count, end = int(NUMBERS.cardinals[word[1]]), word.end()
    elif numeral is not None and numeral.low == numeral.high and numeral.low.is_integer():
        count, end = int(numeral.low), skip_spaces(lower, numeral.end)
    elif not lower.startswith("the ", at):
        return None
    unit = LEXICON.units_english.at(lower, end)
    if (
        unit is None
        or not 0 < count <= MOST_UNITS
        or (end == place and unit[1] not in ("year", "month", "quarter", "week"))
    ):
        return None
    if end == place and (lower.startswith("the last", at) or lower.startswith("the previous", at)):
        return None
    return Reading(at, unit[0], Rolling(unit[1], count, rolling[1]))


def read_ago(_text: str, lower: str, at: int) -> Reading | None:
    """Such as "three months before", "two weeks ago"."""
    if lower.startswith(("a ", "an ", "one "), at):
        count, end = 1, lower.index(" ", at)
    else:
        numeral = read_numeral(lower, lower, at) if lower[at].isalnum() else None
        if numeral is None or numeral.low != numeral.high or not numeral.low.is_integer():
            return None
        count, end = int(numeral.low), numeral.end
    unit = LEXICON.units_english.at(lower, skip_spaces(lower, end))
    if unit is None:
        return None
    if lower.startswith((" later", " after that"), unit[0]) and 0 < count <= MOST_UNITS:
        return Reading(at, unit[0] + 6, After(unit[1], count))
    ago = _AGO.match(lower, unit[0])
    if ago is None or not 0 < count <= MOST_UNITS:
        return None
    if unit[1] in UNIT_MONTHS and not lower.startswith(" ago", unit[0]):
        return Reading(at, ago.end(), Leaning("", -count * UNIT_MONTHS[unit[1]]))
    return Reading(at, ago.end(), Ago(unit[1], count))
