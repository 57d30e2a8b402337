"""Whether a number counts or measures something, by what stands around it."""

import re

from howdah.documents.quantities.lexicon import LEXICON
from howdah.documents.quantities.numeral import Numeral
from howdah.documents.quantities.reading import Found
from howdah.documents.words import is_latin, skip_spaces_back

#: Units that make a number a quantity whatever else stands around it.
_TELLING = ("percent", "points", "times")

#: What a price is per: "per million tokens", 每百万token.
_PER = (1.0, 1e2, 1e3, 1e4, 1e6, 1e8)

#: Four digits between these are a year.
_YEARS = (1900, 2099)
_YEAR_DIGITS = 4

#: From here on a bare number inside a sentence counts something.
_LARGE = 100

#: Characters of the shortest Chinese number that needs no unit: 三百二.
_SPOKEN = 3
_MARKS = tuple(",。;!?、)\n")

#: Letters of the shortest acronym that is told with a bare number (DAU 760).
_ACRONYM = 3

#: Characters that 前 ends a time with: 年底前330家.
_BEFORE_A_TIME = frozenset("底末月年日之以此目节会季周前")

_FIRST_HAN = "\u2e80"

#: Words right before an English number without a unit that state it, and what may close it.
_LED = re.compile(
    r"\b(had|has|have|was|were|is|are|been|be|with|from|against|than|worth|raised|only|just|now"
    r"|there were|to|instead of|versus|vs)\s+$"
)
_CLOSED = re.compile(
    r"\s*(?:[.,;:!?)\n]|$)|\s+(?:(?:last|this|next|a|the) (?:year|quarter|month|week|half)"
    r"|(?:in|by|at|and|but|or|to|before|earlier|now|today|so far|of (?:them|those|these|whom|which)"
    r"|years? (?:ago|earlier))\b)"
)
_OF_THEM = re.compile(r" of (?:them|those|these|whom|which)\b")
_LONGEST_LED = 12
_ENDS = ("from", "to")
_LEADER = re.compile(r"(?:\.\.|…|[:：]|[—–])\s*$")


def is_quantity(found: Found, text: str, lower: str, cells: dict[int, int]) -> bool:
    """Whether a number that was read is a quantity, and no name, mark, date or article.

    Parameters
    ----------
    cells
        Starts and ends of cells of tables, which hold bare numbers.
    """
    numeral, unit = found.numeral, found.unit
    if unit.name == "rank" or found.is_growth:
        return True
    if cells.get(numeral.start, -1) in (numeral.end, unit.core_end):
        return not _is_year(numeral, text)
    if _describes(found, text, lower):
        return False
    is_told = bool(found.currency) or found.comparator is not None or unit.name in _TELLING
    if numeral.kind in ("words", "han"):
        is_short = numeral.low != 1.0 and is_elliptic(found, lower)
        return _is_word_quantity(found, text, is_told=is_told) or is_short
    if numeral.kind == "fraction":
        return _is_share(found, lower)
    if is_told:
        return True
    if LEXICON.not_before.before(lower, skip_spaces_back(lower, numeral.start)) is not None:
        return False
    if unit.is_clear or numeral.scale > 1.0:
        return True
    is_other = LEXICON.not_behind.at(lower, numeral.end) is not None
    return not is_other and _is_bare_quantity(found, text, lower)


def is_bare_scale(numeral: Numeral, text: str) -> bool:
    """Whether a numeral is nothing but scales: 百万, 亿."""
    worded = text[numeral.start : numeral.end]
    is_plain = numeral.kind == "han" and not numeral.blur
    return is_plain and all(char in LEXICON.scale_values for char in worded)


def is_up_to(text: str, start: int) -> bool:
    """Whether 上, 过 or 破 stands before a bare scale, where alone they are comparators: 上百家."""
    is_led = text[start - 1 : start] in ("上", "过", "破")
    return is_led and not text.endswith(("以上", "通过", "经过"), 0, start)


def _describes(found: Found, text: str, lower: str) -> bool:
    """Whether the number describes a thing: 7-day retention, 前100名, per million tokens."""
    if LEXICON.not_quantities.at(lower, found.unit.end) is not None:
        return True
    start = found.numeral.start
    is_first = text[start - 1 : start] in ("前", "首")
    if is_first and text[start - 2 : start - 1] not in _BEFORE_A_TIME:
        return True
    if found.currency or found.numeral.low not in _PER:
        return False
    return LEXICON.per.before(lower, skip_spaces_back(lower, found.start)) is not None


def _is_word_quantity(found: Found, text: str, *, is_told: bool) -> bool:
    """Whether number words count: not the one of "one of the firms", nor the 百 of 百货."""
    numeral, unit = found.numeral, found.unit
    if numeral.low == numeral.high == 0.0:
        return False
    if numeral.low == numeral.high == 1.0 and not found.currency and unit.name not in _TELLING:
        return False
    if numeral.kind == "words":
        return is_told or unit.is_clear or numeral.scale > 1.0 or numeral.blur == "several"
    if is_bare_scale(numeral, text):
        worded = text[numeral.start : numeral.end]
        if worded == "十":
            return unit.is_clear
        return found.comparator is not None or (unit.is_clear and len(worded) > 1)
    is_closed = text[numeral.end : numeral.end + 1] in _MARKS
    is_spoken = is_closed and numeral.low >= _LARGE and numeral.end - numeral.start >= _SPOKEN
    return is_told or unit.is_clear or is_spoken or numeral.low >= LEXICON.section


def _is_share(found: Found, lower: str) -> bool:
    """Whether a fraction is of something: not the third of "a third party"."""
    end = found.numeral.end
    worded = lower[found.numeral.start : end]
    is_told = bool(found.lead.direction) or found.comparator is not None
    if is_told or not worded[0].isascii() or " in " in worded or " out " in worded:
        return True
    if worded in LEXICON.share_halves:
        return lower.startswith(LEXICON.share_owners, end)
    return not lower.startswith((" ", "-party"), end) or lower.startswith(LEXICON.share_joints, end)


def _is_bare_quantity(found: Found, text: str, lower: str) -> bool:
    """Whether digits without a unit are a quantity: 8000, 4.8, but no year and no mark."""
    numeral, lead = found.numeral, found.lead
    start, end = numeral.start, numeral.end
    before = skip_spaces_back(text, start)
    if is_latin(text[end : end + 1] or " ") or lower[start - 1 : start] in tuple("#/_№《“"):
        return False
    worded = text[start:end]
    if numeral.blur == "range" or "," in worded:
        return True
    if _is_year(numeral, text):
        return False
    if (lead.direction or lead.is_level) and numeral.low >= LEXICON.ten:
        return True
    if not before or text[before - 1] == "\n" or _is_named(text, before):
        return False
    if "." in worded or numeral.low >= _LARGE:
        return True
    if is_elliptic(found, lower) or _ends_line(text, start, end):
        return True
    return lead.start < start and text[before - 1] > _FIRST_HAN


def is_elliptic(found: Found, lower: str) -> bool:
    """Whether an English number leaves to the text before what it is of: "it was 34 last year"."""
    numeral, unit = found.numeral, found.unit
    is_bare = not unit.name and not found.currency and numeral.scale == 1.0 and not numeral.blur
    if not is_bare or numeral.kind == "fraction":
        return False
    led = [
        _LED.search(lower, max(0, at - _LONGEST_LED), at) for at in (found.start, found.lead.start)
    ]
    if is_part(found, lower):
        return True
    # "From 9 to 5" are times.
    is_led = any(word and (numeral.low >= LEXICON.ten or word[1] not in _ENDS) for word in led)
    return (is_led or found.comparator is not None) and _CLOSED.match(
        lower, numeral.end
    ) is not None


def is_part(found: Found, lower: str) -> bool:
    """Whether a number counts some of what was told of before: "61 of whom"."""
    return _OF_THEM.match(lower, found.numeral.end) is not None


def _ends_line(text: str, start: int, end: int) -> bool:
    """Whether a number closes a line behind dots, a colon or a dash: "Acme ..... 71"."""
    return text[end : end + 1] in ("", "\n") and _LEADER.search(text, start - 4, start) is not None


def _is_year(numeral: Numeral, text: str) -> bool:
    """Whether four bare digits are a year: 2024, and not 2,024 or 2024.5."""
    worded = text[numeral.start : numeral.end]
    return (
        worded.isdigit() and len(worded) == _YEAR_DIGITS and _YEARS[0] <= int(worded) <= _YEARS[1]
    )


def _is_named(text: str, end: int) -> bool:
    """Whether a Latin name ends there, which the number goes on: not after DAU, of or was."""
    start = end
    while start and text[start - 1].isalpha() and text[start - 1].isascii():
        start -= 1
    word = text[start:end]
    return bool(word) and not word.islower() and not (word.isupper() and len(word) >= _ACRONYM)
