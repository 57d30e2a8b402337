"""Numbers in digits, with the scales behind them: 1.3万亿, 30多万, 3亿2000万, 2.5 million."""

import re
from dataclasses import replace

from howdah.documents.quantities.lexicon import LEXICON
from howdah.documents.quantities.numeral import Numeral, clean
from howdah.documents.quantities.scales import HAN_SCALE, english_scaled, han_scale, odd_behind
from howdah.documents.words import skip_spaces

_DIGITS = re.compile(
    r"[0-9]{1,3}(?:,[0-9]{2,3})*,[0-9]{3}(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?"
)


HALF_SIGNS = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3, "⅛": 0.125}


def read_digits(text: str, lower: str, start: int) -> Numeral | None:
    """The number in digits that starts at a place, with its scales."""
    match = _DIGITS.match(text, start)
    assert match is not None
    digits, end = match[0].replace(",", ""), match.end()
    value = float(digits)
    numeral = Numeral(start, end, value, value, step=_last_place(digits))
    if end < len(text) and text[end] in HALF_SIGNS:
        value += HALF_SIGNS[text[end]]
        numeral = replace(numeral, end=end + 1, low=value, high=value, step=HALF_SIGNS[text[end]])
    return scaled(text, lower, numeral)


def _last_place(digits: str) -> float:
    whole, _, decimals = digits.partition(".")
    if decimals:
        return float(f"1e-{len(decimals)}")
    stripped = whole.rstrip("0")
    return float(f"1e{len(whole) - len(stripped)}") if stripped else 1.0


def scaled(text: str, lower: str, numeral: Numeral) -> Numeral:
    """The numeral with the scales behind it, and what is said between number and scale."""
    end = numeral.end
    if text.startswith("个半", end):
        return numeral.and_a_half()
    after = text[end : end + 1]
    if after in LEXICON.odds_han and after and HAN_SCALE.match(text, end + 1):
        numeral = numeral.odd(end + 1)
        end += 1
    elif after == "几" and HAN_SCALE.match(text, end + 1):
        numeral = replace(numeral.odd(end + 1), blur="several")
        end += 1
    at = skip_spaces(text, end)
    han = HAN_SCALE.match(text, at + 1 if text.startswith(("个亿", "个万"), at) else at)
    if han is not None and not _is_tera(text, han):
        numeral = numeral.times(han_scale(han[0]), han.end())
        return _with_smaller_part(text, lower, odd_behind(text, numeral))
    return english_scaled(lower, numeral)


def _is_tera(text: str, match: re.Match[str]) -> bool:
    """Whether 兆 is the prefix of a unit (兆瓦), or the million that it is on the mainland."""
    return match[0] == "兆" and not LEXICON.tera_units.at(text, match.end())


def _with_smaller_part(text: str, lower: str, numeral: Numeral) -> Numeral:
    """Such as "1亿2000万": a smaller scale right behind a larger one adds to it."""
    match = _DIGITS.match(text, numeral.end)
    if match is None or numeral.blur:
        return numeral
    rest = read_digits(text, lower, numeral.end)
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
