"""Dates in English: a month, a day in it, a year, with the year that stands behind."""

import re

from howdah.documents.periods.days import LONGEST_MONTH, MONTHS_OF_YEAR
from howdah.documents.periods.lexicon import LEXICON
from howdah.documents.periods.readings import (
    Between,
    DaysFrom,
    Months,
    PartOfMonth,
    Reading,
    Shape,
)
from howdah.documents.words import skip_spaces

_CENTURY, _MAY = 100, 5
YEAR = re.compile(
    r"((?:19|20)[0-9]{2})(?![0-9]|[.,][0-9]|[a-z%]"
    r"| ?(?:million|billion|people|users|employees|staff|customers|yuan|dollars|euros))"
)

_YEAR_BEHIND = re.compile(
    r"(?:,? (?:of |in )?(?:the )?(?P<fiscal>(?:fiscal|financial)(?: year)? |fy ?)?|['’])"
    r"(?P<year>(?:19|20)[0-9]{2}|(?<=['’])[0-9]{2}|(?<=fy)[0-9]{2}|(?<=fy )[0-9]{2})"
    r"(?![0-9]|[.,][0-9]|%)"
)

_FISCAL = re.compile(
    r"(?:the )?(?:full )?(?:fiscal|financial)(?: year)?(?: of)? ((?:19|20)[0-9]{2})\b"
    r"|fy ?'?((?:20)?[0-9]{2})\b|(?:the )?((?:19|20)[0-9]{2}) (?:fiscal|financial) year\b"
)

_ISO = re.compile(r"((?:19|20)[0-9]{2})([-/.])([0-9]{1,2})(?:\2([0-9]{1,2}))?(?![0-9]|\.[0-9])")

_YEARS = re.compile(
    r"((?:19|20)[0-9]{2})(?:-|–| to | through | and )((?:19|20)?[0-9]{2})(?![0-9%]|[.,-][0-9])"
)

_DAY = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?\b(?![.,:]?[0-9%])")

_DAY_FIRST = re.compile(r"(?:the )?([0-9]{1,2})(?:st|nd|rd|th)?(?: of)? ")

_OF = re.compile(r" (?:of|in|from|at) | ")

_SHORTENED = ("jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec")

_IN = (
    "in",
    "of",
    "since",
    "during",
    "by",
    "from",
    "for",
    "until",
    "through",
    "early",
    "late",
    "mid",
    "mid-",
    "and",
    "to",
    "than",
    "before",
    "after",
    "end",
    "the",
    "summer",
    "autumn",
    "spring",
    "winter",
    "till",
    "throughout",
    "at",
    "around",
    "year",
    "on",
    "with",
    "that",
    "which",
    "as",
    "was",
    "last",
    "over",
)


def with_year(lower: str, reading: Reading) -> Reading:
    """The reading with the year that stands behind it: ", 2024", " of last year"."""
    match = _YEAR_BEHIND.match(lower, reading.end)
    if match is not None and (match["year"] is not None):
        year = int(match["year"])
        reading.year = full_year(year)
        reading.is_fiscal = reading.is_fiscal or match["fiscal"] is not None
        reading.end = match.end()
        return reading
    of = _OF.match(lower, reading.end)
    if of is not None:
        word = LEXICON.years.at(lower, of.end())
        if word is not None:
            reading.end, reading.year_shift = word
    return reading


def full_year(year: int) -> int:
    """The year of "24" or "2024"."""
    return year if year >= _CENTURY else 2000 + year


def month_at(text: str, lower: str, at: int) -> tuple[int, int] | None:
    """End and number of the month whose name stands there with a capital letter."""
    found = LEXICON.months.at(lower, at)
    if found is None or not text[at].isupper():
        return None
    end, month = found
    if lower[end : end + 1] == "." and lower[at:end] in _SHORTENED:
        end += 1
    if month == _MAY and not _is_month(lower, at, end):
        return None
    return end, month


def _is_month(lower: str, at: int, end: int) -> bool:
    """Whether "May" is the month and not the verb at the start of a sentence."""
    if _DAY.match(lower, skip_spaces(lower, end)) or _YEAR_BEHIND.match(lower, end):
        return True
    before = lower[:at].rstrip()
    return bool(before) and before[-1] not in ".!?\n" and before[-1:] != "\n"


def read_dated(text: str, lower: str, at: int) -> Reading | None:
    """A month by its name, a day in it, with its year; 2024-09-30."""
    iso = _ISO.match(lower, at)
    if iso is not None:
        month = int(iso[3])
        if not 1 <= month <= MONTHS_OF_YEAR or (iso[4] is None and iso[2] == "."):
            return None
        shape: Shape = Months(month, 1) if iso[4] is None else DaysFrom(month, int(iso[4]))
        return Reading(at, iso.end(), shape, year=int(iso[1]))
    part = LEXICON.thirds_english.at(lower, at)
    if part is not None:
        place = skip_spaces(lower, part[0])
        month_name = month_at(text, lower, place)
        if month_name is not None:
            return with_year(
                lower, Reading(at, month_name[0], PartOfMonth(month_name[1], *part[1]))
            )
        year = YEAR.match(lower, place)
        if year is not None and part[1] in ((1, 10), (11, 20), (21, 0)):
            first = {1: 1, 11: 5, 21: 9}[part[1][0]]
            return Reading(at, year.end(), Months(first, 4), year=int(year[1]))
        return None
    day = _DAY_FIRST.match(lower, at)
    if day is not None:
        month_name = month_at(text, lower, day.end())
        if month_name is None:
            return None
        return with_year(lower, Reading(at, month_name[0], DaysFrom(month_name[1], int(day[1]))))
    month_name = month_at(text, lower, at)
    if month_name is None:
        return None
    end, month = month_name
    place = skip_spaces(lower, end)
    day = _DAY.match(lower, place)
    if day is not None and place > end and 1 <= int(day[1]) <= LONGEST_MONTH:
        return with_year(lower, Reading(at, day.end(), DaysFrom(month, int(day[1]))))
    return with_year(lower, Reading(at, end, Months(month, 1)))


def read_year(_text: str, lower: str, at: int) -> Reading | None:
    """A year, a year of accounts, or years from one to another."""
    fiscal = _FISCAL.match(lower, at)
    if fiscal is not None:
        year = int(fiscal[1] or fiscal[2] or fiscal[3])
        return Reading(at, fiscal.end(), Months(1, 12), year=full_year(year), is_fiscal=True)
    years = _YEARS.match(lower, at)
    if years is not None:
        first, last = int(years[1]), int(years[2])
        last = last if last >= _CENTURY else first // _CENTURY * _CENTURY + last
        if first < last < first + 50:
            left = Reading(at, at + 4, Months(1, 12), year=first)
            right = Reading(years.start(2), years.end(), Months(1, 12), year=last)
            return Reading(at, years.end(), Between(left, right), year=first)
    year_match = YEAR.match(lower, at)
    if year_match is None:
        return None
    if not _stands_as_year(lower, at):
        return None
    return Reading(at, year_match.end(), Months(1, 12), year=int(year_match[1]))


def _stands_as_year(lower: str, at: int) -> bool:
    """Whether four digits are a year by the word before them or the mark behind."""
    before = lower[max(0, at - 12) : at].rstrip(" ")
    if not before or before[-1] in "($£€¥":
        return before[-1:] == "("
    if before[-1] in "\n|.。(":
        return True
    word = re.split(r"[^a-z-]", before)[-1]
    return word in _IN or LEXICON.months.at(word, 0) is not None
