"""Units in the header of a column or the caption of a table: (万元), £ million, 单位：亿美元, %."""

import re
from dataclasses import dataclass

from howdah.documents.folding import Folded
from howdah.documents.quantities.lexicon import LEXICON
from howdah.documents.quantities.scales import HAN_SCALE, han_scale
from howdah.documents.quantities.units import Unit, read_unit
from howdah.documents.words import Words, skip_spaces

#: Where units stand, the likeliest first: behind 单位, in brackets, behind a comma, at the end,
#: all over, or behind "in". A unit of the last four must be of money, per cent or a scale.
_PLACES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:单位|unit|units)[:为是]?\s*([^,;。)]+)",
        r"[(\[]([^()\[\]]+)[)\]]",
        r",\s*([^,]+?)[.:]?$",
        r"(%)$",
        r"^((?:[^0-9]|000){1,24})$",
        r"\bin (?=[^a-z ]|[a-z]+ of|[a-z'$]+ (?:mi|bi|th|mn|bn)|mil|bil|tho)([^,;()]+?)[.:]?$",
    )
)
_N_FREE = 2

_IN = re.compile(
    r"(?:all |the )?(?:(?:amounts|figures|values|numbers|sums|data)[, ]+)?"
    r"(?:(?:are|is|stated|expressed|given|shown|reported) )*in |单位[:为]?"
)
_OF = re.compile(r" ?of ")

#: Scales that a header says alone: thousands, '000, k.
_SCALES: Words[float] = Words(
    {
        "thousands": 1e3,
        "000s": 1e3,
        "'000": 1e3,
        "000": 1e3,
        "millions": 1e6,
        "billions": 1e9,
        "mln": 1e6,
        "mn": 1e6,
        "m": 1e6,
        "bn": 1e9,
        "b": 1e9,
        "k": 1e3,
        "tn": 1e12,
    }
)


@dataclass(frozen=True, slots=True)
class HeaderUnit:
    """What the numbers under a header are in.

    Attributes
    ----------
    factor
        One for numbers in full, a million under "£ million".
    unit, currency
        As in `Quantity`; "" where the header does not say.
    """

    factor: float = 1.0
    unit: str = ""
    currency: str = ""


def read_header(folded: Folded, *, is_mainland: bool = True) -> HeaderUnit | None:
    """The unit that a header or caption names, None when it names none.

    Parameters
    ----------
    is_mainland
        Whether a bare 元 is CNY.

    Examples
    --------
    >>> from howdah.documents.folding import fold
    >>> read_header(fold("成交金额（万元）"))
    HeaderUnit(factor=10000.0, unit='currency', currency='CNY')
    >>> read_header(fold("Summary, £ million unless stated")).currency
    'GBP'
    >>> read_header(fold("Company")) is None
    True
    """
    lower, home = folded.lower, "CNY" if is_mainland else ""
    for rank, pattern in enumerate(_PLACES):
        for place in pattern.finditer(lower):
            found = _read(lower, place.start(1), place.end(1), home)
            is_free = rank < _N_FREE
            is_known = found is not None and found.unit in ("currency", "percent")
            if found is not None and (is_free or is_known or found.factor > 1.0):
                return found
    return None


def _read(lower: str, start: int, end: int, home: str) -> HeaderUnit | None:
    """The unit that begins at a place: a sign of money, scales, a unit, at least one of them."""
    at = skip_spaces(lower, start)
    led = _IN.match(lower, at)
    at = at if led is None else led.end()
    sign = LEXICON.signs.at(lower, at)
    if sign is not None:
        at = skip_spaces(lower, sign[0])
        led = _IN.match(lower, at)
        at = at if led is None else led.end()
    factor, at = _read_scales(lower, at)
    of = _OF.match(lower, at)
    at = at if of is None else of.end()
    behind = read_unit(lower, lower, at, home) if at < end else None
    currency = "" if sign is None else sign[1] or home
    unit = "" if sign is None else "currency"
    # A plain noun names the column; 成 and the like are units of numbers only.
    if behind is not None and behind.is_clear and behind.end <= end and _is_unit(lower, at, behind):
        unit, currency = unit or behind.name, currency or behind.currency
        factor *= behind.factor
    return None if not unit and factor == 1.0 else HeaderUnit(factor, unit, currency)


def _is_unit(lower: str, at: int, unit: Unit) -> bool:
    is_listed = LEXICON.units.at(lower, at) is not None or unit.name == "currency"
    return is_listed and lower[at : at + 1] != "成"


def _read_scales(lower: str, at: int) -> tuple[float, int]:
    factor = 1.0
    while True:
        han = HAN_SCALE.match(lower, at)
        if han is not None:
            factor, at = factor * han_scale(han[0]), han.end()
            continue
        found = LEXICON.scales.at(lower, at) or _SCALES.at(lower, at)
        if found is None:
            return factor, at
        factor, at = factor * found[1], skip_spaces(lower, found[0])
