"""From what was read around a number to the interval that it words."""

from dataclasses import dataclass

from howdah.core.wording import Comparator, interval_of
from howdah.documents.folding import Folded
from howdah.documents.quantities.changes import (
    base_of,
    base_of_multiple,
    direction_behind,
    is_change,
)
from howdah.documents.quantities.leads import Lead
from howdah.documents.quantities.lexicon import LEXICON
from howdah.documents.quantities.numeral import Blur, Numeral, clean
from howdah.documents.quantities.units import Unit
from howdah.documents.spans import Base, Change, Quantity

#: "9.4 million times" is a count.
_LARGEST_MULTIPLE = 1000.0

#: Units of which a rise or fall is told behind the number by more words than "more than".
_TELLING = ("percent", "points", "times", "rank")

_CHANGE_OF: dict[str, Change] = {"percent": "growth", "points": "points"}

_COMPARATOR_OF: dict[Blur, Comparator] = {
    "": "eq",
    "odd": "over",
    "several": "about",
    "range": "eq",
}


@dataclass(slots=True)
class Found:
    """A number and what was read around it, before it is settled what it is.

    Attributes
    ----------
    start, end
        The number's own text in the folded one.
    comparator
        None where none is worded.
    floor
        End of the change before it.
    is_growth
        Whether the number is a multiple that a verb tells ("doubled").
    is_negative
        Whether brackets say that it is below zero.
    """

    start: int
    end: int
    numeral: Numeral
    unit: Unit
    lead: Lead
    comparator: Comparator | None = None
    currency: str = ""
    floor: int = 0
    is_growth: bool = False
    is_negative: bool = False


def settle(found: Found, folded: Folded) -> Quantity:
    """The quantity that a number is."""
    lower, lead, unit = folded.lower, found.lead, found.unit
    low, high = found.numeral.ends
    comparator = found.comparator or _COMPARATOR_OF[found.numeral.blur]
    if comparator == "about" and found.numeral.blur == "range":
        # "Around 8 to 9 million" says its ends.
        comparator = "eq"
    ends: tuple[float | None, float | None] = (low, high)
    if found.comparator is not None and low == high:
        ends = interval_of(found.comparator, low)
    is_minus = (
        lead.is_signed and lead.direction < 0 and unit.name not in ("percent", "points", "times")
    )
    if found.is_negative or is_minus:
        ends = _signed(ends, -1)
    factor = unit.factor * (
        100.0 if found.numeral.kind == "fraction" and unit.name == "percent" else 1.0
    )
    ends = (_times(ends[0], factor), _times(ends[1], factor))
    name, currency = unit.name, found.currency or unit.currency
    if currency or unit.name == "currency":
        name = "currency"
    if name == "doublings":
        name, found.is_growth = "times", True
        ends = (_doubled(ends[0]), _doubled(ends[1]))
    if name == "times" and low > _LARGEST_MULTIPLE:
        name = "count"
    change, base, name, ends = _changed(found, lower, name, ends)
    value = ends[0] if comparator == "eq" and ends[0] == ends[1] else None
    start, end = folded.raw_span(found.start, found.end)
    return Quantity(
        start,
        end,
        folded.raw[start:end],
        value,
        ends[0],
        ends[1],
        comparator,
        name,
        currency if name == "currency" else "",
        "" if name == "currency" else unit.counted,
        change,
        base,
    )


_Ends = tuple[float | None, float | None]


def _times(end: float | None, factor: float) -> float | None:
    if end is None:
        return None
    return clean(end * factor)


def _changed(found: Found, lower: str, name: str, ends: _Ends) -> tuple[Change, Base, str, _Ends]:
    """Change, base, unit and ends of a number, which of a fall are negative."""
    lead, behind = found.lead, found.unit.end
    direction = lead.direction
    if not is_change(lead, name):
        direction = 0
    if not direction and name not in _TELLING and (than := LEXICON.than.at(lower, behind)):
        direction = than[1]
    if not direction and not lead.is_rise_to and name in ("percent", "points", "times"):
        direction = direction_behind(lower, behind)
    if name == "times" and (found.is_growth or (ends[0] or ends[1] or 0) <= _LARGEST_MULTIPLE):
        return _multiplied(found, lower, direction, ends)
    if not direction:
        has_base = name == "percent" and not lead.is_level and _has_base_before(found, lower)
        if has_base:
            return "growth", base_of(lower, found.start, behind, found.floor), name, ends
        change: Change = "points" if name == "points" else ""
        return (
            change,
            base_of(lower, found.start, behind, found.floor) if change else "",
            name,
            ends,
        )
    base = base_of(lower, found.start, behind, found.floor)
    if name == "percent" and lead.is_signed and direction < 0 and not base:
        # "a margin of -15%" is a level below zero.
        return "", "", name, _signed(ends, direction)
    return _CHANGE_OF.get(name, "difference"), base, name, _signed(ends, direction)


def _has_base_before(found: Found, lower: str) -> bool:
    """Such as "同比约30%": a base right before a percentage makes a growth of it."""
    words = lower[found.lead.start : found.start]
    return any(word in words for word in ("同比", "环比"))


def _signed(ends: _Ends, direction: int) -> _Ends:
    if direction > 0:
        return ends
    low, high = ends
    return (None if high is None else -high, None if low is None else -low)


def _multiplied(
    found: Found, lower: str, direction: int, ends: _Ends
) -> tuple[Change, Base, str, _Ends]:
    """A multiple: growth of a thing against itself, or how many times another it is.

    "增长3倍" is 300 per cent more, "增至3倍", "grew threefold" and "三倍于去年" 200.
    """
    lead, start, behind = found.lead, found.start, found.unit.end
    is_more = (
        lead.direction > 0
        and not lead.word.isascii()
        and not found.is_growth
        and lead.word not in ("翻", "是", "为")
    )
    if is_more and not lead.is_level:
        grown = (_times(ends[0], 100.0), _times(ends[1], 100.0))
        return "growth", base_of(lower, lead.start, behind, found.floor), "percent", grown
    is_own, base = base_of_multiple(lower, start, behind)
    if found.is_growth or lead.is_rise_to or direction > 0 or lead.word == "翻" or is_own:
        if not is_own:
            base = base_of(lower, lead.start, behind, found.floor)
        grown = (_over_one(ends[0]), _over_one(ends[1]))
        if found.is_growth and found.comparator == "nearly":
            # What has nearly doubled has grown by nearly a hundred per cent.
            told = grown[1] or 0.0
            grown = _signed(interval_of("nearly", abs(told)), 1 if told > 0 else -1)
        return "growth", base, "percent", grown
    return "multiple", "", "times", ends


def _doubled(times: float | None) -> float | None:
    """How many times it is what was doubled so often: 翻两番 is four times."""
    return None if times is None else clean(2.0**times)


def _over_one(multiple: float | None) -> float | None:
    return None if multiple is None else clean((multiple - 1) * 100)
