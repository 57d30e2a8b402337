"""Numbers in English words: twenty-five, one and a half million, tens of millions, a third."""

import re

from howdah.documents.quantities.lexicon import LEXICON
from howdah.documents.quantities.numeral import FEW, MANY, Numeral, clean
from howdah.documents.quantities.scales import english_scaled
from howdah.documents.words import skip_spaces

_WORD = re.compile(r"[a-z]+")
_TWENTY, _HUNDRED, _DOZEN = 20, 100, 12

#: Scales inside another: "three hundred thousand".
_WITHIN = (_HUNDRED, _DOZEN)


def read_words(lower: str, start: int) -> Numeral | None:
    """English number words: "twenty-five", "one and a half million", "tens of millions"."""
    found = LEXICON.several_words.at(lower, start)
    if found is not None:
        return _read_several_words(lower, start, found[1], found[0])
    found = LEXICON.several_leads.at(lower, start)
    if found is not None:
        scale = LEXICON.scales.at(lower, skip_spaces(lower, found[0]))
        if scale is None:
            return None
        numeral = Numeral(start, found[0], FEW, MANY, blur="several", kind="words")
        return english_scaled(lower, numeral)
    return _read_cardinal(lower, start)


def _read_several_words(lower: str, start: int, factor: float, end: int) -> Numeral:
    """Such as "dozens", "hundreds of thousands", "tens of millions"."""
    if lower.startswith(" of ", end):
        found = LEXICON.several_words.at(lower, end + 4)
        if found is not None:
            factor *= found[1]
            end = found[0]
    return Numeral(start, end, FEW * factor, MANY * factor, factor, factor, "several", "words")


def _read_cardinal(lower: str, start: int) -> Numeral | None:
    total = section = 0.0
    at, end, last, pending_and = start, start, 0.0, False
    lowest = 1.0
    while (match := _WORD.match(lower, at)) is not None:
        word = match[0]
        cardinal = LEXICON.cardinals.get(word)
        scale = LEXICON.scales_by_word.get(word)
        is_first = end == start
        if cardinal is not None and (is_first or pending_and or _adds(last, cardinal)):
            section += cardinal
            last, lowest = float(cardinal), 1.0
        elif scale is not None and (not is_first):
            if scale in _WITHIN:
                section = (section or 1.0) * scale
            else:
                total, section = total + (section or 1.0) * scale, 0.0
            last, lowest = scale, scale
        elif is_first and word in ("a", "an"):
            ahead = _WORD.match(lower, match.end() + 1)
            if ahead is None or ahead[0] not in LEXICON.scales_by_word:
                return _read_fraction(lower, start, 1.0, match.end())
            section, last = 1.0, 1.0
        elif is_first and word == "half":
            return _read_half(lower, start, match.end())
        elif word == "and" and not is_first:
            half = _and_half(lower, match.end())
            if half is not None:
                value = total + section + 0.5 * (total / section if total and section else 1.0)
                return english_scaled(lower, Numeral(start, half, value, value, 0.5, kind="words"))
            if last < _HUNDRED:
                break
            pending_and = True
            at = match.end() + 1
            continue
        else:
            if not is_first and word in LEXICON.fractions and section and not total:
                return _read_fraction(lower, start, section, at - 1)
            break
        pending_and = False
        end = match.end()
        if lower[end : end + 1] not in (" ", "-"):
            break
        at = end + 1
    if end == start:
        return None
    value = clean(total + section)
    scale = max(1.0, lowest)
    return Numeral(start, end, value, value, lowest, scale, kind="words")


def _adds(last: float, cardinal: float) -> bool:
    """Whether a cardinal goes on a number: "twenty" "five", "thousand" "three", no "five" "six"."""
    is_ten = _TWENTY <= last < _HUNDRED
    return (is_ten and cardinal < LEXICON.ten) or last >= _HUNDRED


def _and_half(lower: str, at: int) -> int | None:
    """End of " a half" behind an "and", None when something else follows."""
    return (
        at + len(" a half")
        if lower.startswith(" a half", at) and not lower[at + 7 : at + 8].isalpha()
        else None
    )


def _read_half(lower: str, start: int, end: int) -> Numeral:
    """Such as "half a million", and else the half of something."""
    if lower.startswith((" a ", "-a-"), end):
        scale = LEXICON.scales.at(lower, end + 3)
        if scale is not None:
            value = scale[1] / 2
            return Numeral(start, scale[0], value, value, value, scale[1], kind="words")
    return Numeral(start, end, 0.5, 0.5, 0.5, kind="fraction")


def _read_fraction(lower: str, start: int, numerator: float, at: int) -> Numeral | None:
    """Such as "a third", "two-thirds": a share of one."""
    if lower[at : at + 1] not in (" ", "-"):
        return None
    match = _WORD.match(lower, at + 1)
    parts = LEXICON.fractions.get(match[0]) if match else None
    if match is None or parts is None:
        return None
    value = clean(numerator / parts)
    if value > 1:
        return None
    scale = (
        LEXICON.scales.at(lower, match.end() + 6)
        if lower.startswith(" of a ", match.end())
        else None
    )
    if scale is not None:
        return Numeral(
            start,
            scale[0],
            value * scale[1],
            value * scale[1],
            value * scale[1],
            scale[1],
            kind="words",
        )
    return Numeral(start, match.end(), value, value, value, kind="fraction")
