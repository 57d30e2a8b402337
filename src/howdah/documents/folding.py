"""Folding a text for reading, with the way back to the text as it was received.

Traditional characters become simplified, full-width letters, digits and punctuation half-width,
and variants of one numeral one. Marks that a reader does not read as part of the number beside
them stay as they are: a superscript is a footnote (760万¹ is not 760万1), a circled digit is the
number of an item, and "2½" is not "21/2".
"""

import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache

import opencc

#: Digits and fractions that compatibility forms would run into the number beside them.
_KEPT = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹ªº₀₁₂₃₄₅₆₇₈₉½⅓⅔¼¾⅕⅖⅗⅘⅛⅜⅝⅞…™®©℠") | {
    chr(code) for first, last in ((0x2460, 0x24FF), (0x2776, 0x2793)) for code in range(first, last)
}

_VARIANTS = {"〇": "零", "○": "零", "◯": "零", "〜": "~", "∼": "~", "−": "-", "‐": "-", "‑": "-"}

#: Characters without a width, which hide between the digits of a copied text.
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"

#: Share of the Chinese characters of a text that have a simplified form, from which it counts as
#: traditional: about a third do in a traditional text, and a quoted name in a simplified one.
_TRADITIONAL_SHARE = 0.08

_FIRST_HAN, _LAST_HAN = "\u3400", "\u9fff"


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text and where each of its characters came from.

    Attributes
    ----------
    raw
        The text as it was received.
    text
        The folded text.
    lower
        The folded text in lower case, character for character.
    is_traditional
        Whether the text as received is written in traditional characters.
    origins
        Offset in `raw` of each character of `text`, None when offsets are the same.
    """

    raw: str
    text: str
    lower: str
    is_traditional: bool = False
    origins: tuple[int, ...] | None = None

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Where the folded [start, end) stands in the text as received.

        A raw character that folds to several is cited whole.

        Raises
        ------
        IndexError
            The span does not lie in the folded text.

        Examples
        --------
        >>> text = fold("約㎡３")
        >>> text.text, text.raw_span(1, 2), text.raw_span(3, 4)
        ('约m23', (1, 2), (2, 3))
        """
        if not 0 <= start <= end <= len(self.text):
            raise IndexError(
                f"[{start}, {end}) is no span of a text of {len(self.text)} characters"
            )
        if self.origins is None:
            return start, end
        first = self.origins[start] if start < len(self.origins) else len(self.raw)
        return (first, first) if start == end else (first, self.origins[end - 1] + 1)

    def folded_span(self, start: int, end: int) -> tuple[int, int]:
        """Where [start, end) of the text as received stands in the folded one."""
        if self.origins is None:
            return start, end
        return bisect_left(self.origins, start), bisect_left(self.origins, end)

    def raw_text(self, start: int, end: int) -> str:
        """The text as received of the folded [start, end)."""
        first, last = self.raw_span(start, end)
        return self.raw[first:last]


def fold(text: str) -> Folded:
    """Fold a text; nothing of it is lost but characters without a width.

    Examples
    --------
    >>> fold("月活躍用戶約１，３００萬").text
    '月活跃用户约1,300万'
    """
    if text.isascii():
        return Folded(text, text, text.lower())
    simplified = _simplify(text)
    han = [(a, b) for a, b in zip(text, simplified, strict=True) if _FIRST_HAN <= a <= _LAST_HAN]
    changed = sum(a != b for a, b in han)
    forms = _forms()
    folded = simplified.translate(forms)
    origins = None
    if any(len(forms[ord(char)]) != 1 for char in set(simplified)):
        origins = tuple(at for at, char in enumerate(simplified) for _ in forms[ord(char)])
    return Folded(text, folded, _lowered(folded), changed > _TRADITIONAL_SHARE * len(han), origins)


def _simplify(text: str) -> str:
    """Simplified characters, as many as there were: one by one where a phrase would not fit."""
    convert = _converter().convert
    simplified: str = convert(text)
    if len(simplified) == len(text):
        return simplified
    converted = ((char, convert(char)) for char in text)
    return "".join(new if len(new) == 1 else char for char, new in converted)


def _lowered(text: str) -> str:
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


class _Forms(dict[int, str]):
    """What each character folds to, found out at its first use."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char in _INVISIBLE:
            form = ""
        elif char in _KEPT:
            form = char
        else:
            form = _VARIANTS.get(char) or unicodedata.normalize("NFKC", char)
        self[code] = form
        return form


@cache
def _forms() -> _Forms:
    return _Forms()


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")
