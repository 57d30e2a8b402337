"""Lists of numbers, whose members share what only one of them says."""

import re
from collections.abc import Sequence
from itertools import pairwise

from howdah.documents.quantities.countability import is_elliptic, is_part
from howdah.documents.quantities.leads import Lead
from howdah.documents.quantities.lexicon import LEXICON
from howdah.documents.quantities.reading import Found
from howdah.documents.quantities.units import Unit

#: Between the ends of a movement.
_TO = re.compile(r" to |(?:[升增降提涨跌减加缩扩][高升至]?)?[至到]")

#: Characters that may part a number from the one before that completes it, the least scale of
#: such a one, and how many times as large one may be as the other.
_REACH, _LEAST_SCALE, _ALIKE = 90, 1e6, 8.0

#: Between two numbers that tell one thing in two ways: "up 1.2 million, or 30%".
_OR = (", or ", " or ", ",即", ",或", " (", "(")


def share_units(found: Sequence[Found], lower: str) -> None:
    """Give members of a list what only one of them says: "3 and 7 per cent", "增长3%和5%".

    A unit goes from right to left, to numbers that have none; a rise or fall from left to right.
    """
    for left, right in reversed(list(pairwise(found))):
        is_joined = _is_listed(left, right, lower) or _moves_to(left, right, lower)
        if _lacks_unit(left, right) and is_joined:
            end, unit = left.numeral.end, right.unit
            left.unit = Unit(end, end, unit.name, unit.factor, unit.currency, unit.counted)
            left.currency = right.currency
    for left, right in pairwise(found):
        lead = right.lead
        if lead.direction or lead.is_level or not _is_listed(left, right, lower):
            continue
        if left.unit.name == right.unit.name or lower[left.unit.end : right.start] in _OR:
            told = left.lead
            right.lead = Lead(
                right.start, lead.comparator, told.direction, told.word, told.is_level
            )


def complete(found: Sequence[Found], lower: str) -> None:
    """Give an English number what the one before says of both: "€7.5 million; it had been four".

    Per cent, or the scale and currency of an amount of millions; the two must be of one size.
    """
    for left, right in pairwise(found):
        before = left.numeral
        is_near = right.start - left.end < _REACH and "\n" not in lower[left.end : right.start]
        if not is_near or not is_elliptic(right, lower) or is_part(right, lower):
            continue
        end, low, unit = right.numeral.end, right.numeral.low, left.unit
        is_money = bool(left.currency or unit.currency) and before.scale >= _LEAST_SCALE
        mantissa = before.low / before.scale
        is_alike = low * _ALIKE >= mantissa and low <= mantissa * _ALIKE
        if is_money and is_alike:
            right.numeral = right.numeral.times(before.scale, end)
            right.unit = Unit(end, end, "currency", 1.0, left.currency or unit.currency)
        elif unit.name == "percent" and before.kind != "fraction" and is_alike:
            right.unit = Unit(end, end, "percent")


def _moves_to(left: Found, right: Found, lower: str) -> bool:
    """Whether a number moves to another, which alone has the unit: "from 25 to 28 per cent"."""
    is_from = lower.endswith(("from ", "由", "从", "自"), 0, left.start)
    return is_from and _TO.fullmatch(lower, left.numeral.end, right.start) is not None


def _lacks_unit(left: Found, right: Found) -> bool:
    is_bare = not left.unit.name and not left.currency and left.numeral.scale == 1.0
    return is_bare and bool(right.unit.name) and right.numeral.kind != "fraction"


def _is_listed(left: Found, right: Found, lower: str) -> bool:
    end = max(left.end, left.unit.core_end)
    between = lower[left.unit.end : right.start]
    return between in _OR or lower[end : right.start] in LEXICON.listings
