"""Finding the periods of a folded text."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from datetime import date

from howdah.documents.folding import Folded
from howdah.documents.periods.chinese import read_chinese
from howdah.documents.periods.english import read_english
from howdah.documents.periods.lexicon import LEXICON
from howdah.documents.periods.readings import Reading
from howdah.documents.periods.resolution import Resolved, Resolver, sentence_spans
from howdah.documents.spans import Period, Span

_HAN = "一二两三四五六七八九十零半前头首第本这"
_START = re.compile(
    "|".join(
        (
            *(re.escape(word) for word in LEXICON.starts if not word.isascii()),
            f"[{_HAN}]",
            r"(?<![0-9a-z.])(?=[0-9])",
            rf"\b(?:{'|'.join(re.escape(word) for word in LEXICON.starts if word.isascii() and not word[0].isdigit())})(?![a-z])",
            r"\b(?:the|its|their|q[1-4]|h[12]|fy|fiscal|financial|a|an|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|eighteen|between|before|from|on|this|year|ytd|so|full|quarter|half)(?![a-z])",
        )
    )
)


def find_periods(folded: Folded, published_at: date | None = None) -> list[Period]:
    """The periods that a text names, in order.

    A wording without a year means the last such period that has begun by the publication, in a
    sentence about the future the next, and in a sentence that names a year that year's. "The
    same period" leans on the period before it.

    Parameters
    ----------
    published_at
        Without it, relative periods have no days and the note no_publication_date.

    Examples
    --------
    >>> from howdah.documents.folding import fold
    >>> text = fold("去年12月日活760万；同期乙为412万。")
    >>> [(p.surface, str(p.first), str(p.last)) for p in find_periods(text, date(2025, 1, 9))]
    [('去年12月', '2024-12-01', '2024-12-31'), ('同期', '2024-12-01', '2024-12-31')]
    """
    sentences = sentence_spans(folded.text)
    starts = [start for start, _ in sentences]
    resolver = Resolver(folded.lower, published_at, [])
    for reading in _readings(folded):
        sentence = sentences[bisect_right(starts, reading.start) - 1]
        resolver.done.append(resolver.resolve(reading, sentence))
    return [_period(folded, resolved) for resolved in resolver.done]


def _readings(folded: Folded) -> Iterator[Reading]:
    text, lower, at = folded.text, folded.lower, 0
    while (match := _START.search(lower, at)) is not None:
        start = match.start()
        reading = None
        if not lower[start].isascii() or lower[start].isdigit():
            reading = read_chinese(lower, start)
        if reading is None and lower[start].isascii():
            reading = read_english(text, lower, start)
        if reading is not None and reading.end > start:
            yield reading
            at = reading.end
        else:
            at = _next_start(lower, start)


def _next_start(lower: str, start: int) -> int:
    at = start + 1
    if lower[start].isdigit():
        while at < len(lower) and lower[at].isdigit():
            at += 1
    return at


def _period(folded: Folded, resolved: Resolved) -> Period:
    reading, days = resolved.reading, resolved.days
    start, end = folded.raw_span(reading.start, reading.end)
    antecedent = None
    if resolved.antecedent is not None:
        other = resolved.antecedent.reading
        first, last = folded.raw_span(other.start, other.end)
        antecedent = Span(first, last, folded.raw[first:last])
    return Period(
        start,
        end,
        folded.raw[start:end],
        None if days is None else days.first,
        None if days is None else days.last,
        "day" if days is None else days.precision,
        antecedent,
        resolved.note,
    )
