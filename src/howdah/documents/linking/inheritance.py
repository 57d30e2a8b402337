"""Periods that a number inherits: the last told of, the document's own, the one named most."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from howdah.documents.linking.comparisons import comparisons, is_compared, is_earlier
from howdah.documents.numbers import Before, Number
from howdah.documents.passages import Marked

#: First and last day, and precision.
Key = tuple[date | None, date | None, str]

#: Passages before the number that the last period is looked for in.
_REACH = 14


def inherited(number: Number) -> Mapping[str, Key | None]:
    """Periods that a number may inherit, by why.

    Returns
    -------
    Mapping[str, Key | None]
        anchor: the last before it that the text does not only compare with; lead: the first of
        the document; usual: the one that the document names most often. The latter two are longer
        than a day, as days are those of announcements.
    """
    return {
        "anchor": _anchor(number), "lead": lead_of(number.marked), "usual": _usual(number.marked)
    }  # fmt: skip


def told_as(number: Number) -> str:
    """Whether a number is a level, a change (which kind), or the base of a comparison."""
    scopes = comparisons(number.passage, number.marked.lower)
    is_base = not number.quantity.change and is_compared(number.quantity, scopes)
    return "base" if is_base else number.quantity.change or "level"


def told_before(number: Number, before: Before) -> str:
    """The same of the number before, none without one."""
    if before.at < 0:
        return "none"
    quantities = number.marked.passages[before.at].quantities
    place = next((n for n, q in enumerate(quantities) if q.end == before.place), None)
    return "none" if place is None else told_as(Number(number.marked, before.at, place))


def _anchor(number: Number) -> Key | None:
    """The last period before the number that the text does not only compare with."""
    for at in range(number.at, max(number.at - _REACH, -1), -1):
        passage = number.marked.passages[at]
        ahead = [p for p in passage.periods if at < number.at or p.end <= number.quantity.start]
        if not ahead:
            continue
        scopes = comparisons(passage, number.marked.lower)
        for period in reversed(ahead):
            if not is_compared(period, scopes) and not is_earlier(period):
                return period.first, period.last, period.precision
    return None


@lru_cache(maxsize=4)
def lead_of(marked: Marked) -> Key | None:
    """The first period longer than a day that the document tells of: its own, in a report."""
    for passage in marked.passages:
        scopes = comparisons(passage, marked.lower) if passage.periods else ()
        for p in passage.periods:
            is_long = p.first is not None and p.last is not None and p.precision != "day"
            if is_long and not is_compared(p, scopes):
                return p.first, p.last, p.precision
    return None


@lru_cache(maxsize=4)
def _usual(marked: Marked) -> Key | None:
    """The period that the document names most often, of those longer than a day."""
    counts = Counter(
        (p.first, p.last, p.precision)
        for passage in marked.passages for p in passage.periods
        if p.first is not None and p.last is not None and p.precision != "day"
    )  # fmt: skip
    return max(counts, key=lambda key: counts[key], default=None)
