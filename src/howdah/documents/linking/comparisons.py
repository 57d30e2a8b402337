"""Comparisons: "against 1.7 billion in the second quarter", "由上年同期的23.1%提高到28.4%".

What a text compares with stands behind a comparing word up to the end of its clause. A number in
there is of the period in there; one outside of it is not, however near that period stands.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from howdah.documents.passages import Passage
from howdah.documents.spans import Period, Quantity, Span

#: Opens what is compared with.
_OPENS = re.compile(
    r"(?<!按)较|(?<!环)(?<!同)(?<!对)(?<!占)比(?![例重如亚特赛利率较起])|相比|低于|高于|不及|[由从](?=[^,。;]{0,16}?[至到])"
    r"|是(?=[去上前]年)"
    r"|\b(?:than|against|versus|vs\.?|compared (?:with|to)|instead of|(?:up|down|rose|risen|fell"
    r"|fallen|slipped|cut|lowered|raised|dropped|grown|grew) from"
    r"|from(?= [^,;]{1,24}? to )|(?:%|per ?cent|increase(?: of [^,;]{1,20})?|[0-9]) on)\b"
)

#: Ends it; a number's own commas and points do not.
_ENDS = re.compile(r"[,.](?![0-9])|[;:。、()\n]|而")

#: Ends what "from" and 由 open.
_REACHED = re.compile(r"[减升降增提涨跌高加少扩]?[高低升加少大调]?[至到为]| to ")

#: Names a period by how long it lies before another.
_EARLIER = re.compile(
    r"[去上前]一?年同|[一两二三四五六]年前|前一[年季月]|个月前|(?:earlier|ago|before|previously)$|year-ago|prior|previous|preceding"
)

#: Between such a period and the number that it is of, which stands before it.
_SHORT = 24


@lru_cache(maxsize=64)
def comparisons(passage: Passage, lower: str) -> tuple[tuple[int, int], ...]:
    """Starts and ends of what a passage compares with.

    Parameters
    ----------
    lower
        The folded text of the document.
    """
    start, stop = passage.sentence.start, passage.sentence.end
    found: list[tuple[int, int]] = []
    for match in _OPENS.finditer(lower, start, stop):
        end = _ENDS.search(lower, match.end(), stop)
        last = stop if end is None else end.start()
        if match[0] in {"由", "从"} or match[0].endswith("from"):
            reached = _REACHED.search(lower, match.end(), last)
            last = last if reached is None else reached.start()
        found.append((match.start(), last))
    for period in passage.periods:
        if not is_earlier(period) or is_compared(period, found):
            continue
        if period.surface.isascii():
            before = [
                q.start for q in passage.quantities
                if q.end <= period.start and not _ENDS.search(lower, q.end, period.start)
            ]  # fmt: skip
            first = before[-1] if before and period.start - before[-1] < _SHORT else period.start
            found.append((first, period.end))
        else:
            end = _ENDS.search(lower, period.end, stop)
            found.append((period.start, stop if end is None else end.start()))
    return tuple(found)


def is_earlier(period: Period) -> bool:
    """Whether a period is told by how far it lies before another."""
    return _EARLIER.search(period.surface.lower()) is not None


def is_compared(span: Span, found: Sequence[tuple[int, int]]) -> bool:
    """Whether something stands in what is compared with."""
    return any(first <= span.start and span.end <= last for first, last in found)


def relation(quantity: Quantity, period: Period, found: Sequence[tuple[int, int]]) -> str:
    """How a number and a period of its passage stand to the comparisons in there.

    Returns
    -------
    str
        both: in one of them; number, period: only that; neither. A change is never compared with:
        it is the later period's.
    """
    is_number = not quantity.change and is_compared(quantity, found)
    if is_number and any(
        f <= min(quantity.start, period.start) and max(quantity.end, period.end) <= e
        for f, e in found
    ):
        return "both"
    is_period = is_compared(period, found)
    return "number" if is_number else "period" if is_period else "neither"
