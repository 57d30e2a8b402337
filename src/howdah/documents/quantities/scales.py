"""Scales behind a number: 万, 亿, million, bn, lakh, and the odd between or behind them."""

import re

from howdah.documents.quantities.lexicon import LEXICON
from howdah.documents.quantities.numeral import Numeral

HAN_SCALE = re.compile(f"[{LEXICON.han_scales}]+")


def han_scale(scales: str) -> float:
    """Product of a run of Chinese scales: 百万 is a million."""
    factor = 1.0
    for char in scales:
        factor *= LEXICON.scale_values[char]
    return factor


def odd_behind(text: str, numeral: Numeral) -> Numeral:
    """The numeral with an odd right behind its scale ("3千多"), which is of that scale."""
    after = text[numeral.end : numeral.end + 1]
    if (
        after
        and after in LEXICON.odds_han
        and not numeral.blur
        and (after != "来" or HAN_SCALE.match(text, numeral.end + 1))
    ):
        end = numeral.end + 1
        han = HAN_SCALE.match(text, end)
        if han is not None:  # 3百多万
            return numeral.odd(end).times(han_scale(han[0]), han.end())
        return numeral.odd(end)
    return numeral


def english_scaled(lower: str, numeral: Numeral) -> Numeral:
    """The numeral with English scales: "3 million", "3-million", "3m", "3 thousand million"."""
    end = numeral.end
    found = LEXICON.abbreviations.at(lower, end) if end < len(lower) else None
    if found is None and lower.startswith("-odd ", end):
        scale = LEXICON.scales.at(lower, end + 5)
        if scale is not None:
            return numeral.odd(end + 4).times(scale[1], scale[0])
    if found is None:
        at = end + 1 if lower.startswith((" ", "-", "\n"), end) else end
        found = LEXICON.scales.at(lower, at) or LEXICON.long_abbreviations.at(lower, at)
    if found is None:
        return numeral
    return english_scaled(lower, numeral.times(found[1], found[0]))
