"""What a header says of the numbers under it: their unit, their scale, and that they are ranks.

A column headed "Revenue (£m)" holds millions of pounds, and the items of a list headed "Top five
by downloads" are the first to the fifth.
"""

import math
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from howdah.documents.folding import fold
from howdah.documents.lexicon import MetricLexicon
from howdah.documents.quantities import HeaderUnit, read_header
from howdah.documents.quantities.numeral import clean
from howdah.documents.spans import Block, Document, Period, Quantity

#: Scales that a number may say itself, so that a header's is not for it.
_SCALED = re.compile(r"(?:[万亿億萬]|(?<=[0-9 ])(?:m|mn|k|bn|million|billion|thousand))$")

#: Letters of the longest cell that may be nothing but a unit: "R$ m", "thousand", 百万元.
_LONGEST_UNIT = 16

_RANKING = re.compile(
    r"top\s?\d*|榜|排名|排行|前[十\d]{1,3}(?:名|强)?|\b(?:ranking|ranked"
    r"|leaderboard|the (?:\w+ )?(?:most|largest|biggest|best))\b"
    r"|\bthat (?:earned|grew|sold|raised) most\b|\bby (?:downloads|revenue|users|sales)\b"
)
_ORDINAL = re.compile(r"\s*(?:no\.?\s*)?(\d{1,3})\s*[.)、．：:]|\s*第?(\d{1,3})名?\s")

#: The number that closes an item.
_LAST_NUMBER = re.compile(r"(?<![0-9.,])([0-9][0-9,]*(?:\.[0-9]+)?)\s*[^0-9.,;\s]{0,12}$")

_YEAR = re.compile(r"(?:19|20)[0-9]{2}")

#: A list is a ranking when it has at least so many items that count on from one another.
_LEAST_ITEMS = 3

#: A paragraph up to so many characters may head a list.
_LONGEST_LEAD = 200


def scaled(
    document: Document,
    quantities: Sequence[Quantity],
    lexicon: MetricLexicon,
    *,
    is_mainland: bool = True,
) -> list[Quantity]:
    """Quantities, those of cells in the unit and the scale that a header names.

    Parameters
    ----------
    is_mainland
        Whether a bare 元 is CNY.
    """
    rows = [block for block in document.blocks if block.kind == "row"]
    if not rows:
        return list(quantities)
    starts = [row.start for row in rows]
    told = {text: _unit_of(text, is_mainland=is_mainland) for text in _heads(document, rows)}
    return [_in_cell(document, rows, starts, quantity, lexicon, told) for quantity in quantities]


def _heads(document: Document, rows: Sequence[Block]) -> set[str]:
    """All texts that may say a unit: heads, captions, short cells, the lines above tables."""
    cells = [cell for row in rows for cell in row.cells]
    texts = {text for cell in cells for text in (*cell.row, *cell.column)}
    texts |= {cell.surface.strip() for cell in cells if len(cell.surface) <= _LONGEST_UNIT}
    return texts | {row.caption for row in rows} | {_line_above(document, row) for row in rows}


def _unit_of(text: str, *, is_mainland: bool) -> HeaderUnit | None:
    return read_header(fold(text), is_mainland=is_mainland)


def _in_cell(
    document: Document,
    rows: list[Block],
    starts: list[int],
    quantity: Quantity,
    lexicon: MetricLexicon,
    told: Mapping[str, HeaderUnit | None],
) -> Quantity:
    at = bisect_right(starts, quantity.start) - 1
    if at < 0 or quantity.end > rows[at].end or quantity.change:
        return quantity
    cell = next((c for c in rows[at].cells if c.start <= quantity.start < c.end), None)
    if cell is None or quantity.unit not in {"", "count", "currency", "people"}:
        return quantity
    # What is said nearest to the cell holds: a cell of the row that is a unit, the row's label,
    # the head of the column, the caption, the line above.
    beside = [c.surface.strip() for c in rows[at].cells[1:] if c.end <= cell.start]
    heads = (*reversed(beside), *reversed(cell.row), *reversed(cell.column))
    for text in (*heads, rows[at].caption, _line_above(document, rows[at])):
        found = told.get(text)
        if found is None:
            continue
        if text not in heads and _are_counts(heads, found.unit, lexicon):
            return quantity
        factor = 1.0 if _SCALED.search(quantity.surface.lower()) else found.factor
        return replace(
            quantity,
            value=_times(quantity.value, factor),
            low=_times(quantity.low, factor),
            high=_times(quantity.high, factor),
            unit=found.unit if quantity.unit in {"", "count"} and found.unit else quantity.unit,
            currency=quantity.currency or found.currency,
        )
    return quantity


def _times(number: float | None, factor: float) -> float | None:
    return None if number is None else clean(number * factor)


def _are_counts(heads: Sequence[str], unit: str, lexicon: MetricLexicon) -> bool:
    """Whether heads name metrics that a unit said of the whole table does not fit."""
    units = [
        lexicon[metric].units
        for head in heads
        for trigger in lexicon.find(head.lower(), 0, len(head))
        if not trigger.behind and not trigger.is_weak
        for metric in trigger.metrics
    ]
    return bool(units) and not any(unit in own for own in units)


def _line_above(document: Document, row: Block) -> str:
    """The text right above a table, which may say the unit of all of it."""
    before = [b for b in document.blocks if b.end <= row.start and b.kind != "row"]
    return before[-1].surface if before else ""


def places_in_list(document: Document, lower: str) -> list[Quantity]:
    """Ranks that the numbers of a list's items say, where the list is headed as a ranking."""
    found: list[Quantity] = []
    run: list[Quantity] = []
    last: list[float] = []
    is_ranking = False
    for block in (*document.blocks, None):
        number = None if block is None else _ORDINAL.match(lower, block.start, block.end)
        value = int(number[1] or number[2]) if number else 0
        if number and block is not None and block.kind != "heading" and value == len(run) + 1:
            group = 1 if number[1] else 2
            start, end = number.span(group)
            surface = document.text[start:end]
            run.append(Quantity(start, end, surface, value, value, value, unit="rank"))
            tail = _LAST_NUMBER.search(lower[number.end() : block.end])
            last.append(float(tail[1].replace(",", "")) if tail else math.inf)
            continue
        if (is_ranking or _falls(last)) and len(run) >= _LEAST_ITEMS:
            found += run
        run, last = [], []
        if block is not None and not number:
            heads = block.kind == "heading" or len(block.surface) < _LONGEST_LEAD
            is_ranking = bool(heads and _RANKING.search(lower, block.start, block.end)) or (
                is_ranking and block.kind != "heading"
            )
    return found


def years_of_columns(document: Document) -> list[Period]:
    """Periods of columns that are headed by nothing but a year: 2025."""
    return [
        Period(
            cell.start, cell.end, cell.surface,
            date(int(cell.surface), 1, 1), date(int(cell.surface), 12, 31), "year",
        )
        for block in document.blocks
        for cell in block.cells
        if not cell.column and _YEAR.fullmatch(cell.surface)
    ]  # fmt: skip


def _falls(numbers: Sequence[float]) -> bool:
    """Whether the numbers that close a list's items fall from one to the next."""
    return math.inf not in numbers and all(a > b for a, b in pairwise(numbers))
