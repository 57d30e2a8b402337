"""Ranges: two numerals with something between them, which may share a scale and a unit."""

from collections.abc import Sequence
from dataclasses import replace

from howdah.documents.quantities.lexicon import LEXICON
from howdah.documents.quantities.lookalikes import span_over
from howdah.documents.quantities.numeral import Numeral, clean
from howdah.documents.quantities.numerals import read_numeral
from howdah.documents.quantities.units import Unit, read_unit
from howdah.documents.words import skip_spaces, skip_spaces_back

#: Scales that the left end of a range may leave to the right one.
_SECTIONS = (1e12, 1e8, 1e4, 1e3)


#: Characters in which 之间 closes what 介于 opened.
_REACH_BETWEEN = 14


class NotANumberError(ValueError):
    """The right end of what looked like a range is a date or a name, and so is the left one."""


def read_range(
    text: str,
    lower: str,
    numeral: Numeral,
    sign_start: int,
    home: str,
    blocked: Sequence[tuple[int, int]],
) -> Numeral:
    """The numeral, or the range that it begins.

    Raises
    ------
    NotANumberError
        What stands behind the joint is no quantity, so that the numeral is none either (9-10月).

    Examples
    --------
    >>> text = "3至5亿元"
    >>> found = read_range(text, text, read_numeral(text, text, 0), 0, "CNY", ())
    >>> found.low, found.high, found.end
    (300000000.0, 500000000.0, 4)
    """
    if numeral.blur or numeral.kind == "fraction":
        return numeral
    left_unit: Unit | None = None
    joint = _joint_at(lower, numeral.end, sign_start)
    if joint is None:
        left_unit = read_unit(text, lower, numeral.end, home)
        if left_unit.is_clear and left_unit.end > numeral.end:
            joint = _joint_at(lower, left_unit.end, sign_start)
    if joint is None:
        return numeral
    at = joint
    sign = LEXICON.signs.at(lower, at)
    if sign is not None:
        at = skip_spaces(lower, sign[0])
    if at >= len(text):
        return numeral
    is_dash = lower[joint - 1] in "-~–—"
    if span_over(list(blocked), at) is not None:
        if is_dash and left_unit is None:
            raise NotANumberError
        return numeral
    right = read_numeral(text, lower, at) if text[at].isalnum() else None
    if right is None or right.blur or right.kind == "fraction":
        return numeral
    if left_unit is not None:
        unit = read_unit(text, lower, right.end, home)
        if (unit.name, unit.currency) != (left_unit.name, left_unit.currency):
            return numeral
    elif sign is not None and sign_start == numeral.start:
        return numeral
    low = _shared(numeral, right, is_free=left_unit is None)
    if not low < right.low:
        return numeral
    return replace(
        numeral,
        end=right.end,
        low=low,
        high=right.high,
        step=right.step,
        scale=right.scale,
        blur="range",
        kind=right.kind,
    )


def _joint_at(lower: str, end: int, sign_start: int) -> int | None:
    """End of the joint of a range that stands at a place."""
    joint = LEXICON.joints.at(lower, end)
    if joint is not None and not (
        lower[end] == "到"
        and lower.startswith(("达", "位", "期", "账", "家", "店", "手"), joint[0])
    ):
        return None if _is_movement(lower, end, sign_start) else joint[0]
    between = LEXICON.joints_between.at(lower, end)
    if between is None:
        return None
    is_led = LEXICON.betweens.before(lower, skip_spaces_back(lower, sign_start)) is not None
    is_closed = lower[end] == " " or "之间" in lower[end : end + _REACH_BETWEEN]
    return between[0] if is_led and is_closed else None


def _is_movement(lower: str, end: int, sign_start: int) -> bool:
    """Whether "from X to Y" tells a move from one number to another, and no range."""
    if not lower.startswith((" to ", "到", "至"), end):
        return False
    at = skip_spaces_back(lower, sign_start)
    if lower.endswith(("从", "由", "自"), 0, at):
        return True
    if lower.endswith(" by", 0, at):
        return True
    if not lower.endswith(" from", 0, at):
        return False
    words = lower[max(0, at - 45) : at - 5].replace(",", " ").split()
    return any(
        (found := LEXICON.directions.at(word, 0)) is not None and found[0] == len(word)
        for word in words
    )


def _shared(left: Numeral, right: Numeral, *, is_free: bool) -> float:
    """The left end, in the scale of the right one where it has none of its own."""
    if left.scale != 1.0 or right.scale == 1.0:
        return left.low
    for scale in (right.scale, *(section for section in _SECTIONS if section < right.scale)):
        low = clean(left.low * scale)
        if low < right.low and (is_free or low * 1000 > right.low):
            return low
    return left.low
