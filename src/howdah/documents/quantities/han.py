"""Numbers in Chinese characters: 三百二十万, 一万二, 两三百, 数百万, 十几."""

import re

from howdah.documents.quantities.lexicon import LEXICON
from howdah.documents.quantities.numeral import FEW, MANY, Numeral, clean
from howdah.documents.quantities.scales import HAN_SCALE, han_scale, odd_behind

_HAN_NUMERAL = re.compile(rf"[{LEXICON.han_digits}{LEXICON.han_scales}点]+")


def read_several_han(text: str, start: int) -> Numeral | None:
    """Such as "数百万", "几十", "好几千": two to nine of a scale."""
    at = start + 2 if text.startswith("好几", start) else start + 1
    han = HAN_SCALE.match(text, at)
    if han is None:
        return None
    factor = han_scale(han[0])
    numeral = Numeral(
        start, han.end(), FEW * factor, MANY * factor, factor, factor, "several", "han"
    )
    return odd_behind(text, numeral)


def read_han(text: str, start: int) -> Numeral | None:
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
            value + max(1.0, step),
            value + 9 * step,
            step,
            1.0,
            "several",
            "han",
        )
        han = HAN_SCALE.match(text, end + 1)
        return numeral.times(han_scale(han[0]), han.end()) if han else numeral
    several = _read_neighbours(run)
    if several is not None:
        low, high, scale = several
        if after == "个" and (han := HAN_SCALE.match(text, end + 1)):
            factor = han_scale(han[0])
            return Numeral(
                start, han.end(), low * factor, high * factor, factor, factor, "range", "han"
            )
        return odd_behind(text, Numeral(start, end, low, high, scale, scale, "range", "han"))
    value = read_han_number(run)
    if value is None:
        return None
    scale = _trailing_scale(run)
    numeral = Numeral(start, end, value, value, _han_step(run, value), scale, kind="han")
    if text.startswith("个半", end):
        return numeral.and_a_half()
    if after == "个" and (han := HAN_SCALE.match(text, end + 1)):
        return numeral.times(han_scale(han[0]), han.end())
    if after and after in LEXICON.odds_han:
        han = HAN_SCALE.match(text, end + 1)
        if han is not None:
            return numeral.odd(end + 1).times(han_scale(han[0]), han.end())
        if run[-1] in LEXICON.scale_values and after != "来":
            return numeral.odd(end + 1)
    return numeral


def _trailing_scale(run: str) -> float:
    """Scales at the end of a run; the first of a bare one ("十亿") is its number."""
    kept = run.rstrip(LEXICON.han_scales)
    return han_scale(run[len(kept) or 1 :])


def _han_step(run: str, value: float) -> float:
    if run[-1] in LEXICON.scale_values:
        return han_scale(run[len(run.rstrip(LEXICON.han_scales)) :])
    return 1.0 if value.is_integer() else 0.1


def _read_neighbours(run: str) -> tuple[float, float, float] | None:
    """Such as "两三百", "十五六", "三五亿": two digits side by side, and the scale of both."""
    head = run.rstrip(LEXICON.han_scales)
    if len(head) < len("两三") or "点" in head:
        return None
    first, second = (LEXICON.digit_values.get(char, -1) for char in head[-2:])
    if not 0 < first < second or (second - first != 1 and (first, second) != (3, 5)):
        return None
    before = head[:-2]
    if before and before[-1] not in LEXICON.scale_values:
        return None
    scale = han_scale(run[len(head) :])
    base = read_han_number(before) if before else 0.0
    if base is None:
        return None
    # 一百二三十 is 120 to 130, 十五六万 150,000 to 160,000.
    sections = han_scale(
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
        return clean((head + fraction) * han_scale(decimals[len(kept) :]))
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
