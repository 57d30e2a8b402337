"""Numerals: digits, Chinese and English number words, and their mixtures.

A numeral is read from left to right at one place of a folded text: digits or words, then scales
("1.3万亿", "2.5 million", "3亿2000万"), with what blurs it inside ("30多万", "数百万",
"tens of millions", "两三百") turned into the interval that the wording leaves.
"""

import re
from dataclasses import dataclass, replace
from typing import Literal

from howdah.documents.quantities.lexicon import LEXICON
from howdah.documents.words import is_latin, skip_spaces

Blur = Literal["", "odd", "several", "range"]
Kind = Literal["digits", "han", "words", "fraction"]

#: "several" of a scale is two to nine of it.
_FEW, _MANY = 2.0, 9.0

_DIGITS = re.compile(
    r"[0-9]{1,3}(?:,[0-9]{2,3})*,[0-9]{3}(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?"
)
_HAN_NUMERAL = re.compile(rf"[{LEXICON.han_digits}{LEXICON.han_scales}点]+")
_HAN_SCALE = re.compile(f"[{LEXICON.han_scales}]+")
_WORD = re.compile(r"[a-z]+")
_HALF_SIGNS = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3, "⅛": 0.125}


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number read at a place.

    Attributes
    ----------
    start, end
        Where it stands in the folded text.
    low, high
        Its ends; the same when one number is worded.
    step
        Place of its last digit that is not zero: what "odd" may add.
    scale
        The scale said last, which a range shares ("3至5亿"); 1 without.
    blur
        What made an interval of it: "130多万" odd, "数百万" several, "两三百" range.
    kind
        How it is written; a fraction is a share of one.
    """

    start: int
    end: int
    low: float
    high: float
    step: float = 1.0
    scale: float = 1.0
    blur: Blur = ""
    kind: Kind = "digits"

    def times(self, factor: float, end: int) -> "Numeral":
        """The numeral with a scale behind it."""
        return replace(
            self,
            end=end,
            low=clean(self.low * factor),
            high=clean(self.high * factor),
            step=self.step * factor,
            scale=self.scale * factor,
        )

    def odd(self, end: int) -> "Numeral":
        """The numeral with "odd" behind it: up to the next of its last place."""
        if self.blur:
            return replace(self, end=end)
        return replace(self, end=end, high=clean(self.low + self.step), blur="odd")

    @property
    def ends(self) -> tuple[float, float]:
        """Its ends as a reader takes them: something over ten is 11 to 19."""
        if self.blur == "odd" and self.low == LEXICON.ten:
            return self.low + 1, self.high - 1
        return self.low, self.high


def clean(number: float) -> float:
    """A number without the dust of a product such as 1.3 times 1e12."""
    return float(f"{number:.12g}")


def read_numeral(text: str, lower: str, start: int) -> Numeral | None:
    """The numeral that starts at a place of a folded text, None without one.

    Examples
    --------
    >>> read = lambda text: read_numeral(text, text.lower(), 0)
    >>> read("1.3万亿").low, read("三千五").low, read("Twenty-five").low
    (1300000000000.0, 3500.0, 25.0)
    >>> read("130多万"), read("数百万").high
    (Numeral(start=0, end=5, low=1300000.0, high=1400000.0, step=100000.0, scale=10000.0, blur='odd', kind='digits'), 9000000.0)
    """
    char = text[start]
    if "0" <= char <= "9":
        return _read_digits(text, lower, start)
    if char in LEXICON.severals_han:
        return _read_several_han(text, start)
    if char in LEXICON.han_digits or char in LEXICON.han_scales:
        return _read_han(text, start)
    if char in _HALF_SIGNS:
        value = _HALF_SIGNS[char]
        return _scaled(
            text, lower, Numeral(start, start + 1, value, value, step=value, kind="fraction")
        )
    return _read_words(lower, start) if is_latin(char) else None


def _read_digits(text: str, lower: str, start: int) -> Numeral | None:
    match = _DIGITS.match(text, start)
    assert match is not None
    digits, end = match[0].replace(",", ""), match.end()
    value = float(digits)
    numeral = Numeral(start, end, value, value, step=_last_place(digits))
    if end < len(text) and text[end] in _HALF_SIGNS:
        value += _HALF_SIGNS[text[end]]
        numeral = replace(numeral, end=end + 1, low=value, high=value, step=_HALF_SIGNS[text[end]])
    return _scaled(text, lower, numeral)


def _and_a_half(numeral: Numeral) -> Numeral:
    """ "一个半小时": the half behind a classifier."""
    value = numeral.low + 0.5
    return replace(numeral, end=numeral.end + 2, low=value, high=value, step=0.5)


def _last_place(digits: str) -> float:
    whole, _, decimals = digits.partition(".")
    if decimals:
        return float(f"1e-{len(decimals)}")
    stripped = whole.rstrip("0")
    return float(f"1e{len(whole) - len(stripped)}") if stripped else 1.0


def _scaled(text: str, lower: str, numeral: Numeral) -> Numeral:
    """The numeral with the scales behind it, and what is said between number and scale."""
    end = numeral.end
    if text.startswith("个半", end):
        return _and_a_half(numeral)
    after = text[end : end + 1]
    if after in LEXICON.odds_han and after and _HAN_SCALE.match(text, end + 1):
        numeral = numeral.odd(end + 1)
        end += 1
    elif after == "几" and _HAN_SCALE.match(text, end + 1):
        numeral = replace(numeral.odd(end + 1), blur="several")
        end += 1
    at = skip_spaces(text, end)
    han = _HAN_SCALE.match(text, at + 1 if text.startswith(("个亿", "个万"), at) else at)
    if han is not None and not _is_tera(text, han):
        numeral = numeral.times(_han_scale(han[0]), han.end())
        return _with_smaller_part(text, lower, _odd_behind(text, numeral))
    return _english_scaled(lower, numeral)


def _is_tera(text: str, match: re.Match[str]) -> bool:
    """Whether 兆 is the prefix of a unit (兆瓦), or the million that it is on the mainland."""
    return match[0] == "兆" and not LEXICON.tera_units.at(text, match.end())


def _han_scale(scales: str) -> float:
    factor = 1.0
    for char in scales:
        factor *= LEXICON.scale_values[char]
    return factor


def _odd_behind(text: str, numeral: Numeral) -> Numeral:
    """ "3千多": the odd behind a scale is of that scale; a comparator's 多 stands further on."""
    after = text[numeral.end : numeral.end + 1]
    if (
        after
        and after in LEXICON.odds_han
        and not numeral.blur
        and (after != "来" or _HAN_SCALE.match(text, numeral.end + 1))
    ):
        end = numeral.end + 1
        han = _HAN_SCALE.match(text, end)
        if han is not None:  # 3百多万
            return numeral.odd(end).times(_han_scale(han[0]), han.end())
        return numeral.odd(end)
    return numeral


def _with_smaller_part(text: str, lower: str, numeral: Numeral) -> Numeral:
    """ "1亿2000万": a smaller scale right behind a larger one adds to it."""
    match = _DIGITS.match(text, numeral.end)
    if match is None or numeral.blur:
        return numeral
    rest = _read_digits(text, lower, numeral.end)
    if (
        rest is None
        or rest.scale == 1.0
        or rest.scale >= numeral.scale
        or rest.high >= numeral.scale
    ):
        return numeral
    return replace(
        numeral,
        end=rest.end,
        low=clean(numeral.low + rest.low),
        high=clean(numeral.high + rest.high),
        step=rest.step,
        blur=rest.blur,
    )


def _english_scaled(lower: str, numeral: Numeral) -> Numeral:
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
    return _english_scaled(lower, numeral.times(found[1], found[0]))


def _read_several_han(text: str, start: int) -> Numeral | None:
    """ "数百万", "几十", "好几千": two to nine of a scale."""
    at = start + 2 if text.startswith("好几", start) else start + 1
    han = _HAN_SCALE.match(text, at)
    if han is None:
        return None
    factor = _han_scale(han[0])
    numeral = Numeral(
        start, han.end(), _FEW * factor, _MANY * factor, factor, factor, "several", "han"
    )
    return _odd_behind(text, numeral)


def _read_han(text: str, start: int) -> Numeral | None:
    """A numeral in Chinese characters, with a scale or a second number blurred into it."""
    match = _HAN_NUMERAL.match(text, start)
    assert match is not None
    run, end = match[0].rstrip("点"), match.end()
    end = start + len(run)
    after = text[end : end + 1]
    if after == "几" and run.endswith(("十", "百", "千")):
        value = read_han_number(run)
        step = 1.0 if run.endswith("十") else LEXICON.scale_values[run[-1]] / 10
        if value is None:
            return None
        numeral = Numeral(
            start,
            end + 1,
            value + (max(1, step)),
            value + 9 * step,
            step,
            1.0,
            "several",
            "han",
        )
        han = _HAN_SCALE.match(text, end + 1)
        return numeral.times(_han_scale(han[0]), han.end()) if han else numeral
    several = _read_neighbours(run)
    if several is not None:
        low, high, scale = several
        if after == "个" and (han := _HAN_SCALE.match(text, end + 1)):
            factor = _han_scale(han[0])
            return Numeral(
                start, han.end(), low * factor, high * factor, factor, factor, "range", "han"
            )
        return _odd_behind(text, Numeral(start, end, low, high, scale, scale, "range", "han"))
    value = read_han_number(run)
    if value is None:
        return None
    scale = _trailing_scale(run)
    numeral = Numeral(start, end, value, value, _han_step(run, value), scale, kind="han")
    if text.startswith("个半", end):
        return _and_a_half(numeral)
    if after == "个" and (han := _HAN_SCALE.match(text, end + 1)):
        return numeral.times(_han_scale(han[0]), han.end())
    if after and after in LEXICON.odds_han:
        han = _HAN_SCALE.match(text, end + 1)
        if han is not None:
            return numeral.odd(end + 1).times(_han_scale(han[0]), han.end())
        if run[-1] in LEXICON.scale_values and after != "来":
            return numeral.odd(end + 1)
    return numeral


def _trailing_scale(run: str) -> float:
    """Scales at the end of a run; the first of a bare one ("十亿") is its number."""
    kept = run.rstrip(LEXICON.han_scales)
    return _han_scale(run[len(kept) or 1 :])


def _han_step(run: str, value: float) -> float:
    if run[-1] in LEXICON.scale_values:
        return _han_scale(run[len(run.rstrip(LEXICON.han_scales)) :])
    return 1.0 if value.is_integer() else 0.1


def _read_neighbours(run: str) -> tuple[float, float, float] | None:
    """ "两三百", "十五六", "三五亿": two digits side by side, and the scale of both."""
    head = run.rstrip(LEXICON.han_scales)
    if len(head) < 2 or "点" in head:
        return None
    first, second = (LEXICON.digit_values.get(char, -1) for char in head[-2:])
    if not 0 < first < second or (second - first != 1 and (first, second) != (3, 5)):
        return None
    before = head[:-2]
    if before and before[-1] not in LEXICON.scale_values:
        return None
    scale = _han_scale(run[len(head) :])
    base = read_han_number(before) if before else 0.0
    if base is None:
        return None
    # 一百二三十 is 120 to 130, 十五六万 150,000 to 160,000.
    sections = _han_scale(
        "".join(char for char in run[len(head) :] if LEXICON.scale_values[char] >= LEXICON.section)
    )
    base *= sections
    return base + first * scale, base + second * scale, scale


def read_han_number(run: str) -> float | None:
    """Value of a whole run of Chinese numeral characters, None when they make no number.

    Examples
    --------
    >>> [read_han_number(run) for run in ("三百二十万", "一万二", "两百零五", "三点五亿", "二四")]
    [3200000.0, 12000.0, 205.0, 350000000.0, None]
    """
    whole, point, decimals = run.partition("点")
    if point:
        kept = decimals.rstrip(LEXICON.han_scales)
        head = read_han_number(whole)
        if head is None or not kept or any(char not in LEXICON.digit_values for char in kept):
            return None
        fraction = sum(LEXICON.digit_values[char] * 10.0**-at for at, char in enumerate(kept, 1))
        return clean((head + fraction) * _han_scale(decimals[len(kept) :]))
    total = section = 0.0
    digit: int | None = None
    last = 1.0
    for at, char in enumerate(run):
        value = LEXICON.digit_values.get(char)
        if value is not None:
            if digit not in (None, 0):
                return None
            digit = value
            if char == "零":
                last = 10.0
            continue
        scale = LEXICON.scale_values.get(char)
        if scale is None:
            return None
        if scale >= LEXICON.section:
            section += digit or 0
            if total and total < scale:
                # 1千万亿: what came before is counted in this scale.
                total = (total + section) * scale
            else:
                total += (section or (1.0 if at == 0 else 0.0)) * scale
            section, digit = 0.0, None
            if at and not total:
                return None
        else:
            section += (1 if digit is None else digit) * scale
            digit = None
        last = scale
    if digit:
        # 三千五 is 3500 and 一万二 12000, but 三千零五 is 3005.
        section += digit * (last / 10 if last > LEXICON.ten else 1.0)
    return clean(total + section)


def _read_words(lower: str, start: int) -> Numeral | None:
    """English number words: "twenty-five", "one and a half million", "tens of millions"."""
    found = LEXICON.several_words.at(lower, start)
    if found is not None:
        return _read_several_words(lower, start, found[1], found[0])
    found = LEXICON.several_leads.at(lower, start)
    if found is not None:
        scale = LEXICON.scales.at(lower, skip_spaces(lower, found[0]))
        if scale is None:
            return None
        numeral = Numeral(start, found[0], _FEW, _MANY, blur="several", kind="words")
        return _english_scaled(lower, numeral)
    return _read_cardinal(lower, start)


def _read_several_words(lower: str, start: int, factor: float, end: int) -> Numeral:
    """ "dozens", "hundreds of thousands", "tens of millions"."""
    if lower.startswith(" of ", end):
        found = LEXICON.several_words.at(lower, end + 4)
        if found is not None:
            factor *= found[1]
            end = found[0]
    return Numeral(start, end, _FEW * factor, _MANY * factor, factor, factor, "several", "words")


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
            if scale == 100.0 or scale == 12.0:
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
                return _english_scaled(lower, Numeral(start, half, value, value, 0.5, kind="words"))
            if last < 100.0:
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
    """Whether a cardinal goes on a number: "twenty" "five", "thousand" "three"; not "five" "six"."""
    return (20 <= last < 100 and cardinal < 10) or last >= 100


def _and_half(lower: str, at: int) -> int | None:
    """End of " a half" behind an "and", None when something else follows."""
    return (
        at + len(" a half")
        if lower.startswith(" a half", at) and not lower[at + 7 : at + 8].isalpha()
        else None
    )


def _read_half(lower: str, start: int, end: int) -> Numeral:
    """ "half a million", and else the half of something."""
    if lower.startswith((" a ", "-a-"), end):
        scale = LEXICON.scales.at(lower, end + 3)
        if scale is not None:
            value = scale[1] / 2
            return Numeral(start, scale[0], value, value, value, scale[1], kind="words")
    return Numeral(start, end, 0.5, 0.5, 0.5, kind="fraction")


def _read_fraction(lower: str, start: int, numerator: float, at: int) -> Numeral | None:
    """ "a third", "two-thirds": a share of one."""
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
