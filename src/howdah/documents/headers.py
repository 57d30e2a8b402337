"""What a header says of the numbers under it: their unit, their scale, and that they are ranks.

A column headed "Revenue (£m)" holds millions of pounds, and the items of a list headed "Top five
by downloads" are the first to the fifth.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from howdah.documents.lexicon import MetricLexicon
from howdah.documents.spans import Block, Document, Quantity

_SCALES = (
    ("万亿", 1e12), ("十亿", 1e9), ("百万", 1e6), ("千万", 1e7), ("亿", 1e8), ("億", 1e8),
    ("万", 1e4),
    ("萬", 1e4), ("千", 1e3), ("trillion", 1e12), ("billion", 1e9), ("million", 1e6),
    ("thousand", 1e3), ("bn", 1e9), ("mn", 1e6), ("'000", 1e3), ("000s", 1e3), ("lakh", 1e5),
    ("crore", 1e7), ("m", 1e6), ("k", 1e3),
)  # fmt: skip
_CURRENCIES = (
    ("hk$", "HKD"), ("港元", "HKD"), ("港币", "HKD"), ("nt$", "TWD"), ("新台币", "TWD"),
    ("台币", "TWD"), ("美元", "USD"),
    ("us$", "USD"), ("usd", "USD"), ("欧元", "EUR"), ("€", "EUR"), ("eur", "EUR"),
    ("£", "GBP"), ("gbp", "GBP"), ("英镑", "GBP"), ("人民币", "CNY"), ("rmb", "CNY"),
    ("cny", "CNY"), ("日元", "JPY"), ("¥", ""), ("$", "USD"), ("₹", "INR"), ("元", ""),
)  # fmt: skip
_UNIT = re.compile(
    r"(?P<sign>hk\$|nt\$|us\$|[$€£¥₹])?\s*(?P<scale>万亿|十亿|百万"
    r"|千万|亿|億|万|萬|千|trillion|billion|million|thousand|bn|mn"
    r"|'000|000s|lakh|crore|m|k)?"
    r"\s*(?P<unit>港元|港币|新台币|台币|美元|欧元|英镑|人民币|日元"
    r"|元|usd|eur|gbp|rmb|cny|users?|people|人|户|次|台|辆|个|%|percent"
    r"|per cent)?"
)
_IN_BRACKETS = re.compile(
    r"[(（\[【,/]\s*(?:单位[:：]\s*|in\s+)?([^()（）\[\]【】]{1,18})[)）\]】]?"
)
_UNIT_LINE = re.compile(
    r"(?:单位|單位|unit|units|figures in|amounts in|in)\s*[:：]?\s*"
    r"([^\s,，。;；)）]{1,14}(?: (?:of )?\w+)?)"
)
_RANKING = re.compile(
    r"top\s?\d*|榜|排名|排行|前[十\d]{1,3}(?:名|强)?|\b(?:ranking|ranked"
    r"|leaderboard|the (?:\w+ )?(?:most|largest|biggest|best))\b"
    r"|\bthat (?:earned|grew|sold|raised) most\b|\bby (?:downloads|revenue|users|sales)\b"
)
_ORDINAL = re.compile(r"\s*(?:no\.?\s*)?(\d{1,3})\s*[.)、．：:]|\s*第?(\d{1,3})名?\s")

#: A list is a ranking when it has at least so many items that count on from one another.
_LEAST_ITEMS = 3

#: A paragraph up to so many characters may head a list.
_LONGEST_LEAD = 200


def scaled(
    document: Document, quantities: Sequence[Quantity], lexicon: MetricLexicon
) -> list[Quantity]:
    """Quantities, those of cells in the unit and the scale that the column's header names."""
    rows = [block for block in document.blocks if block.kind == "row"]
    if not rows:
        return list(quantities)
    starts = [row.start for row in rows]
    return [_in_cell(document, rows, starts, quantity, lexicon) for quantity in quantities]


def _in_cell(
    document: Document,
    rows: list[Block],
    starts: list[int],
    quantity: Quantity,
    lexicon: MetricLexicon,
) -> Quantity:
    at = bisect_right(starts, quantity.start) - 1
    if at < 0 or quantity.end > rows[at].end or quantity.change:
        return quantity
    cell = next((c for c in rows[at].cells if c.start <= quantity.start < c.end), None)
    if cell is None or quantity.unit not in {"", "count", "currency", "people"}:
        return quantity
    # A row's own label says more of its unit than the head of the column.
    heads = (*reversed(cell.row), *reversed(cell.column))
    for text in (*heads, rows[at].caption, _line_above(document, rows[at])):
        found = unit_of_header(text.lower())
        if found is not None:
            if text not in heads and _are_counts(heads, found[1], lexicon):
                return quantity
            scale, unit, currency = found
            has_scale = (
                quantity.surface[-1:].lower() in "万亿億萬mkn"
                and not quantity.surface[-1:].isdigit()
            )
            factor = 1.0 if has_scale else scale
            return replace(
                quantity,
                value=None if quantity.value is None else quantity.value * factor,
                low=None if quantity.low is None else quantity.low * factor,
                high=None if quantity.high is None else quantity.high * factor,
                unit=unit if quantity.unit in {"", "count"} and unit else quantity.unit,
                currency=quantity.currency or currency,
            )
    return quantity


def _are_counts(heads: Sequence[str], unit: str, lexicon: MetricLexicon) -> bool:
    """Whether heads name metrics that a unit said of the whole table does not fit."""
    units = [
        lexicon[metric].units
        for head in heads
        for trigger in lexicon.find(head.lower(), 0, len(head))
        for metric in trigger.metrics
    ]
    return bool(units) and not any(unit in own for own in units)


def _line_above(document: Document, row: Block) -> str:
    """The text right above a table, which may say the unit of all of it."""
    before = [b for b in document.blocks if b.end <= row.start and b.kind != "row"]
    if not before:
        return ""
    found = _UNIT_LINE.search(before[-1].surface.lower())
    return f"({found[1]})" if found else ""


def unit_of_header(lower: str) -> tuple[float, str, str] | None:
    """Scale, unit and currency that a header names, None when it names none.

    Examples
    --------
    >>> unit_of_header("revenue (£m)"), unit_of_header("中标金额(万元)"), unit_of_header("users")
    ((1000000.0, 'currency', 'GBP'), (10000.0, 'currency', 'CNY'), None)
    """
    for bracketed in _IN_BRACKETS.finditer(lower):
        inside = bracketed[1].strip()
        match = _UNIT.fullmatch(inside)
        if match is None or not inside:
            continue
        scale = dict(_SCALES).get(match["scale"] or "", 1.0)
        money = match["sign"] or match["unit"] or ""
        for word, code in _CURRENCIES:
            if word == money:
                return scale, "currency", code or "CNY"
        unit = {"%": "percent", "percent": "percent", "per cent": "percent"}.get(money, "")
        if money in {"人", "users", "user", "people", "户"}:
            unit = "people"
        return scale, unit, ""
    return None


def places_in_list(document: Document, lower: str) -> list[Quantity]:
    """Ranks that the numbers of a list's items say, where the list is headed as a ranking."""
    found: list[Quantity] = []
    run: list[Quantity] = []
    is_ranking = False
    for block in (*document.blocks, None):
        number = None if block is None else _ORDINAL.match(lower, block.start, block.end)
        value = int(number[1] or number[2]) if number else 0
        if number and block is not None and block.kind != "heading" and value == len(run) + 1:
            group = 1 if number[1] else 2
            start, end = number.span(group)
            surface = document.text[start:end]
            run.append(Quantity(start, end, surface, value, value, value, unit="rank"))
            continue
        if is_ranking and len(run) >= _LEAST_ITEMS:
            found += run
        run = []
        if block is not None and not number:
            heads = block.kind == "heading" or len(block.surface) < _LONGEST_LEAD
            is_ranking = bool(heads and _RANKING.search(lower, block.start, block.end)) or (
                is_ranking and block.kind != "heading"
            )
    return found
