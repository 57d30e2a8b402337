"""What a number counts: the words behind it, and the signs of money before it."""

import re
from dataclasses import dataclass

from howdah.documents.quantities.lexicon import LEXICON
from howdah.documents.words import is_latin, skip_spaces, skip_spaces_back

#: Unit of the lexicon, the unit that is reported, and how many of that it is.
_CONVERTED = {
    "permille": ("percent", 0.1),
    "tenths": ("percent", 10.0),
    "basis_points": ("points", 0.01),
    "weeks": ("days", 7.0),
    "quarters": ("months", 3.0),
    "years": ("months", 12.0),
    "seconds": ("minutes", 1 / 60),
    "visits": ("count", 1.0),
}

#: Chinese characters behind a number among which the noun is looked for, and English words.
_REACH_HAN, _REACH_WORDS = 12, 5

_HAN_NOUN = re.compile("|".join(sorted(LEXICON.nouns_han, key=len, reverse=True)))
_STRETCH = re.compile(r"[\u4e00-\u9fffA-Za-z·]*")
_WORD = re.compile(r"[ \n]?([a-z][a-z'-]*)")

#: Lengths of time, and what makes a date of one: "11.6 bln year ago".
_LENGTHS = ("years", "quarters", "months", "weeks")
_AGO = re.compile(r"(?<=year|onth|week|rter) (?:ago|earlier|before|prior)\b")

#: Behind 成, that it is a tenth no more: 成立, 成为, 成员, 成本.
_NO_TENTH = "立为功都"

#: Classifiers of people, which alone are the unit; every other asks for its noun.
_PERSONAL = ("人", "名", "位")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit read behind a number.

    Attributes
    ----------
    end
        End of its words; of a classifier or noun, these are no part of the number.
    core_end
        End of what belongs to the number's own text (a percent sign, "million euros").
    name, factor
        The unit that is reported and how many of it one is.
    currency, counted
        As in `Quantity`.
    is_clear
        Whether the words show by themselves that the number counts.
    """

    end: int
    core_end: int
    name: str = ""
    factor: float = 1.0
    currency: str = ""
    counted: str = ""
    is_clear: bool = True


def read_sign(lower: str, start: int) -> tuple[int, str] | None:
    """Start and currency of the sign of money before a place, None without one.

    Examples
    --------
    >>> read_sign("worth us$3m", 9), read_sign("rs 15", 3), read_sign("3m", 0)
    ((6, 'USD'), (0, 'INR'), None)
    """
    return LEXICON.signs.before(lower, skip_spaces_back(lower, start))


def read_unit(
    text: str, lower: str, end: int, home: str, *, is_fraction: bool = False, moves: bool = False
) -> Unit:
    """The unit behind a number that ends at a place.

    Parameters
    ----------
    home
        Currency of a bare 元, "" where the text does not say.
    is_fraction
        Whether the number is a share of one, which has no unit of its own.
    moves
        Whether a rise or fall is told before the number: "上升3位" are places.
    """
    at = skip_spaces(lower, end)
    if lower.startswith("\n", at) and is_latin(lower[at + 1 : at + 2] or "0"):
        at += 1
    money = LEXICON.moneys.at(lower, at)
    if money is not None and not is_fraction and not _is_name(lower, money[0]):
        words = lower[at : money[0]]
        is_home = words[0] in "元块圆" and not money[1]
        return Unit(
            money[0],
            money[0] if words.isascii() else end,
            "currency",
            1.0,
            home if is_home else money[1],
            "",
        )
    cents = LEXICON.cents.at(lower, at)
    if cents is not None:
        return Unit(cents[0], cents[0], "currency", 0.01, cents[1], "")
    measure = LEXICON.measures.at(lower, at)
    if measure is not None and not is_fraction:
        return Unit(measure[0], measure[0], lower[at : measure[0]], counted=text[at : measure[0]])
    found = LEXICON.units.at(lower, at) or (LEXICON.units.at(lower, end) if at > end else None)
    if found is None and lower.startswith("-", end):
        found = LEXICON.units.at(lower, end + 1)
        at = end + 1 if found else at
    if found is not None and found[1] in _LENGTHS and _AGO.match(lower, found[0]):
        return Unit(end, end, is_clear=False)
    if found is not None and not (is_fraction and found[1] not in ("percent", "times")):
        unit = _named(text, lower, end, at, found, moves=moves)
        if unit is not None:
            return unit
    return _read_noun(text, lower, end, at)


def _is_name(lower: str, end: int) -> bool:
    """元 that begins a word: 元宇宙, 元老, 元旦."""
    return lower[end - 1] in "元块" and lower[end : end + 1] in (
        "宇",
        "老",
        "旦",
        "素",
        "件",
        "首",
        "链",
    )


def _named(
    text: str, lower: str, end: int, at: int, found: tuple[int, str], *, moves: bool
) -> Unit | None:
    stop, key = found
    words = lower[at:stop]
    if key == "tenths" and lower[stop : stop + 1] and lower[stop] in _NO_TENTH:
        return None
    if key == "times" and words == "x" and stop - at == 1 and at > end:
        return None
    name, factor = _CONVERTED.get(key, (key, 1.0))
    is_core = (
        words.isascii() or key in ("tenths", "times", "percent", "doublings") or key == "tokens"
    )
    if key == "count" or (key == "people" and words in _PERSONAL):
        noun = _noun_behind(lower, stop)
        if words == "位" and noun is None and moves:
            return Unit(stop, end, "rank")
        if noun is not None and words not in _PERSONAL:
            if noun[2] in ("people", "tokens", "characters", "stars"):
                return Unit(noun[0], end, noun[2], 1.0, "", noun[1])
            if words == "个":
                return Unit(noun[0], end, noun[2], 1.0, "", noun[1])
        return Unit(stop, end, name, factor, "", text[at:stop])
    if key in ("people", "characters", "stars"):
        is_core = False
    return Unit(
        stop,
        stop if is_core else end,
        name,
        factor,
        "",
        text[at:stop] if name in ("people", "count", "tokens", "stars", "characters") else "",
    )


def _noun_behind(lower: str, at: int) -> tuple[int, str, str] | None:
    """End, word and unit of the first known Chinese noun close behind a place."""
    stretch = _STRETCH.match(lower, skip_spaces(lower, at))
    assert stretch is not None
    match = _HAN_NOUN.search(
        lower, stretch.start(), min(stretch.end(), stretch.start() + _REACH_HAN)
    )
    return None if match is None else (match.end(), match[0], LEXICON.noun_units[match[0]])


def _read_noun(text: str, lower: str, end: int, at: int) -> Unit:
    """The noun behind a number without a classifier: "3亿月活跃用户", "300 active users"."""
    if at < len(lower) and "\u4e00" <= lower[at] <= "\u9fff":
        noun = _noun_behind(lower, at)
        if noun is None:
            return Unit(end, end, is_clear=False)
        return Unit(noun[0], end, noun[2], 1.0, "", noun[1])
    last = ""
    last_end = place = at
    for _ in range(_REACH_WORDS):
        match = _WORD.match(lower, place)
        if match is None or (place == end and match.start(1) == place) or match[1] in LEXICON.stops:
            break
        word = match[1]
        if word in LEXICON.noun_units:
            return Unit(
                match.end(),
                end,
                LEXICON.noun_units[word],
                1.0,
                "",
                text[match.start(1) : match.end(1)],
            )
        if word.endswith("s") or not last:
            last, last_end = text[match.start(1) : match.end(1)], match.end()
            if word.endswith("s") and not word.endswith(("ss", "'s", "us")):
                break
        place = match.end()
    if not last:
        return Unit(end, end, is_clear=False)
    return Unit(last_end, end, "count", 1.0, "", last, is_clear=last.endswith("s"))
