"""Numerals: digits, Chinese and English number words, and their mixtures.

A numeral is read from left to right at one place of a folded text: digits or words, then scales
("1.3万亿", "2.5 million", "3亿2000万"), with what blurs it inside ("30多万", "数百万",
"tens of millions", "两三百") turned into the interval that the wording leaves.
"""

from howdah.documents.quantities.cardinals import read_words
from howdah.documents.quantities.digits import HALF_SIGNS, read_digits, scaled
from howdah.documents.quantities.han import read_han, read_several_han
from howdah.documents.quantities.lexicon import LEXICON
from howdah.documents.quantities.numeral import Numeral
from howdah.documents.words import is_latin


def read_numeral(text: str, lower: str, start: int) -> Numeral | None:
    """The numeral that starts at a place of a folded text, None without one.

    Examples
    --------
    >>> read = lambda text: read_numeral(text, text.lower(), 0)
    >>> read("1.3万亿").low, read("三千五").low, read("Twenty-five").low
    (1300000000000.0, 3500.0, 25.0)
    >>> read("130多万").low, read("130多万").high, read("130多万").blur
    (1300000.0, 1400000.0, 'odd')
    """
    char = text[start]
    if "0" <= char <= "9":
        return read_digits(text, lower, start)
    if char in LEXICON.severals_han:
        return read_several_han(text, start)
    if char in LEXICON.han_digits or char in LEXICON.han_scales:
        return read_han(text, start)
    if char in HALF_SIGNS:
        value = HALF_SIGNS[char]
        return scaled(
            text, lower, Numeral(start, start + 1, value, value, step=value, kind="fraction")
        )
    return read_words(lower, start) if is_latin(char) else None
