"""Lists of numbers, whose members share what only one of them says."""

from collections.abc import Sequence
from itertools import pairwise

from howdah.documents.quantities.leads import Lead
from howdah.documents.quantities.lexicon import LEXICON
from howdah.documents.quantities.reading import Found
from howdah.documents.quantities.units import Unit

#: Between two numbers that tell one thing in two ways: "up 1.2 million, or 30%".
_OR = (", or ", " or ", ",即", ",或", " (", "(")


def share_units(found: Sequence[Found], lower: str) -> None:
    """Give members of a list what only one of them says: "3 and 7 per cent", "增长3%和5%".

    A unit goes from right to left, to numbers that have none; a rise or fall from left to right.
    """
    for left, right in reversed(list(pairwise(found))):
        if _lacks_unit(left, right) and _is_listed(left, right, lower):
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


def _lacks_unit(left: Found, right: Found) -> bool:
    is_bare = not left.unit.name and not left.currency and left.numeral.scale == 1.0
    return is_bare and bool(right.unit.name) and right.numeral.kind != "fraction"


def _is_listed(left: Found, right: Found, lower: str) -> bool:
    end = max(left.end, left.unit.core_end)
    between = lower[left.unit.end : right.start]
    return between in _OR or lower[end : right.start] in LEXICON.listings
