"""Shares of a whole: 三分之一, 百分之三十五, one in twenty."""

import re
from collections.abc import Sequence

from howdah.documents.quantities.numeral import Numeral, clean
from howdah.documents.quantities.numerals import read_numeral
from howdah.documents.quantities.ranges import read_range

_IN_TENS = re.compile(r" (?:in|out of) (?:every )?")
_ONE_NOUN_IN = re.compile(r" (?:[a-z]+ )?in ")

#: Behind the whole, that it is a length of time: "one payment in 90 days".
_TIME = re.compile(r"[ -](?:minute|hour|day|week|month|quarter|year)")

#: Largest whole of "one in twenty"; what is "in 2023" is no share.
_LARGEST_WHOLE = 1000.0

#: Wholes below ten that are said; above it they go in fives ("three in 31 cities" is no share).
_SMALL_WHOLES = (3.0, 4.0, 6.0, 7.0, 8.0, 9.0)
_STEP = 5.0


def read_share(
    text: str, lower: str, numeral: Numeral, home: str, blocked: Sequence[tuple[int, int]]
) -> Numeral | None:
    """The numeral as a share of one, None when it is none.

    Examples
    --------
    >>> from howdah.documents.quantities.numerals import read_numeral
    >>> text = "百分之三十五"
    >>> share = read_share(text, text, read_numeral(text, text, 0), "", ())
    >>> share.low, share.kind
    (0.35, 'fraction')
    """
    if text.startswith("分之", numeral.end):
        at = numeral.end + 2
        part = read_numeral(text, lower, at) if at < len(text) else None
        if part is None or not numeral.low:
            return None
        part = read_range(text, lower, part, part.start, home, blocked)
        return _of(numeral.low, part, numeral.start, part.end)
    match = _IN_TENS.match(lower, numeral.end)
    if match is None and lower[numeral.start : numeral.end] == "one":
        match = _ONE_NOUN_IN.match(lower, numeral.end)
    if match is None or match.end() >= len(text) or not text[match.end()].isalnum():
        return None
    whole = read_numeral(text, lower, match.end())
    if whole is None or whole.blur or not _is_whole(numeral, whole):
        return None
    if _TIME.match(lower, whole.end):
        return None
    return _of(whole.low, numeral, numeral.start, whole.end)


def _is_whole(part: Numeral, whole: Numeral) -> bool:
    is_counted = part.low.is_integer() and part.scale == 1.0
    is_said = whole.low % _STEP == 0 or whole.low in _SMALL_WHOLES
    return is_counted and is_said and part.low < whole.low <= _LARGEST_WHOLE


def _of(whole: float, part: Numeral, start: int, end: int) -> Numeral:
    low, high = clean(part.low / whole), clean(part.high / whole)
    return Numeral(start, end, low, high, part.step / whole, blur=part.blur, kind="fraction")
