"""What goes on behind a number or its unit: 多, 三成五, 1小时38分, 一年半, or more."""

import re

from howdah.core.wording import Comparator
from howdah.documents.quantities.lexicon import LEXICON
from howdah.documents.quantities.numeral import Numeral, clean
from howdah.documents.quantities.units import Unit

_MINUTES = re.compile(r"(?: and|,)? ?([0-9]{1,2}) ?(?:分钟|分|minutes|mins|min)")
_MINUTES_OF_HOUR = 60

#: Units that 半 and 多 may stand behind.
_HALVED = ("months", "hours", "days", "minutes")
_ODD = ("times", "percent", "months", "days", "hours", "currency")

#: Behind 多 or 余, that it begins a word: 多于, 余额, 多样.
_NO_ODD = ("于", "额", "样", "数", "地", "年来", "次元", "元化")


def read_odd(lower: str, end: int) -> int | None:
    """End of an "odd" (多, 余, -odd) that adds to the number before it, None without one."""
    found = LEXICON.odds.at(lower, end)
    return None if found is None or lower.startswith(_NO_ODD, found[0]) else found[0]


def read_tail(lower: str, numeral: Numeral, unit: Unit, core_end: int) -> tuple[Numeral, Unit, int]:
    """The number, its unit and the end of its text, with what goes on behind the unit."""
    end = unit.end
    after, word = lower[end : end + 1], lower[max(0, end - 1) : end]
    if word in ("成", "块") and (digit := _digit_behind(lower, end, word)) is not None:
        return _grown(numeral, unit, end + 1, clean(numeral.low + digit / 10))
    if after == "半" and (unit.name in _HALVED or word == "成"):
        return _grown(numeral, unit, end + 1, numeral.low + 0.5)
    minutes = _MINUTES.match(lower, end) if unit.name == "hours" else None
    if minutes is not None:
        count = clean(_MINUTES_OF_HOUR * numeral.low + float(minutes[1]))
        return _grown(numeral, Unit(end, end, "minutes"), minutes.end(), count)
    odd = read_odd(lower, end) if unit.name in _ODD else None
    if odd is not None:
        core_end = odd if lower.startswith("有余", end) else core_end
        rest = Unit(odd, core_end, unit.name, unit.factor, unit.currency)
        return numeral.odd(numeral.end), rest, core_end
    return numeral, unit, core_end


def _digit_behind(lower: str, end: int, word: str) -> float | None:
    """The digit of 三成五 or 9块9, None when what follows is another number."""
    char = lower[end : end + 1]
    is_longer = lower[end + 1 : end + 2].isdigit() or LEXICON.units.at(lower, end + 1) is not None
    if not char or is_longer:
        return None
    if char.isascii() and char.isdigit():
        return float(char)
    value = LEXICON.digit_values.get(char) if word == "成" else None
    return None if value is None else float(value)


def _grown(numeral: Numeral, unit: Unit, end: int, value: float) -> tuple[Numeral, Unit, int]:
    whole = Numeral(numeral.start, end, value, value, kind=numeral.kind)
    return whole, Unit(end, end, unit.name, unit.factor, unit.currency), end


def comparator_behind(lower: str, end: int) -> tuple[int, Comparator] | None:
    """End and meaning of the comparator behind a number.

    Not the 上下 of 上下文, nor the 来 of 来自.
    """
    found = LEXICON.comparators_after.at(lower, end)
    if found is None or LEXICON.comparators_not.at(lower, end) is not None:
        return None
    if lower[end] == "来" and LEXICON.units.at(lower, found[0]) is None:
        return None
    return found


def comparator_at(lower: str, *ends: int) -> Comparator | None:
    """Meaning of the comparator at the first of the places that has one."""
    found = (comparator_behind(lower, end) for end in ends)
    return next((comparator[1] for comparator in found if comparator is not None), None)
