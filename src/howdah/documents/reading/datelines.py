"""The day of a text by its own words: its dateline, or the line of its author."""

import re
from collections.abc import Sequence
from datetime import date

from howdah.documents.folding import fold
from howdah.documents.periods import find_periods
from howdah.documents.spans import Block

#: A dateline stands in one of the first blocks, near its beginning.
_MOST_BLOCKS, _MOST_BEFORE, _LONGEST_LINE = 8, 60, 120

_YEAR = re.compile(r"(?:19|20)\d\d|[一二]\S{3}年")
_FULL_STOP = re.compile(r"[。！？!?]|(?<=[a-z]{3})\.\s")
_BEFORE_ENGLISH = re.compile(
    r"[\W_]*(?:(?:by|published|updated|posted|released?|date|from|issued|no)\b.*"
    r"|[A-Z][A-Z .,'’()/&-]{1,50}|[A-Z][\w.'’-]*(?:[ ,/|·-]+[A-Z(][\w.'’)-]*){0,6}[\s,(|·–—:-]*)?",
    re.IGNORECASE,
)
_LOWER_WORD = re.compile(
    r"\b(?!by\b|published\b|updated\b|posted\b|on\b|at\b|and\b|for\b|the\b|of\b|immediate\b|release\b)[a-z]{2,}"
)
_NOT_CHINESE = re.compile(r"截至|截止|成立|自|为止|于|於|在|年度|报告期|之前|以来")


def find_dateline(blocks: Sequence[Block]) -> date | None:
    """The day in the dateline or the author's line of a text, None without.

    A day of which the text only tells ("the quarter that ended on 31 October 2024") is none.

    Examples
    --------
    >>> text = "BRNO, September 16, 2025 – Deliveries began on 1 August 2025."
    >>> find_dateline([Block(0, len(text), text)])
    datetime.date(2025, 9, 16)
    """
    for block in blocks[:_MOST_BLOCKS]:
        if block.kind == "row":
            continue
        line = block.surface[:_LONGEST_LINE]
        if _YEAR.search(line) is None:
            continue
        folded = fold(line)
        for period in find_periods(folded):
            if period.precision != "day" or period.first is None or period.start > _MOST_BEFORE:
                continue
            before = line[: period.start]
            if _is_before_dateline(before) and _YEAR.search(period.surface):
                return period.first
    return None


def _is_before_dateline(before: str) -> bool:
    if _FULL_STOP.search(before):
        return False
    if any(char >= "\u3400" for char in before):
        return _NOT_CHINESE.search(before) is None
    return _BEFORE_ENGLISH.fullmatch(before) is not None and (
        _LOWER_WORD.search(before) is None
        or before.lower().startswith(("by ", "published", "updated", "posted"))
    )
