"""Finding the periods of a folded text."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from datetime import date

from howdah.documents.folding import Folded
from howdah.documents.periods.chinese import read_chinese
from howdah.documents.periods.context import Context, Resolved
from howdah.documents.periods.english import read_english
from howdah.documents.periods.lexicon import LEXICON
from howdah.documents.periods.placing import sentence_spans
from howdah.documents.periods.readings import Reading
from howdah.documents.periods.resolution import Resolver, fiscal_end_of
from howdah.documents.spans import Period, Span
from howdah.documents.words import starts_pattern

_COUNTS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|eighteen"
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"

#: Chinese characters that a period may start with, and what must follow so that one is worth
#: reading; the rest start with a word of the lexicon.
_HAN = (
    "[一二两三四五六七八九十零半](?=[一二三四五六七八九十零]?[零一二三四五六七八九]{0,3}"
    "(?:年|月|个|季|天|周|星期|日|号|财))"
    "|第(?=[一二三四1-4])"
    "|(?<![每一两二三四五六七八九十0-9])(?:周|星期|礼拜)(?=[一二三四五六日天])"
    "|[前头首](?=[0-9一二两三四五六七八九十])"
    "|[今昨明](?=\\([0-9]{1,2}\\)日)|民国(?=[0-9])"
)

#: Likewise of digits.
_DIGITS = (
    "(?<![0-9a-z])(?<![0-9][.,])(?=(?:19|20)[0-9]{2}|[0-9]{1,3}[年月日号天周个季财半~–—至到-]"
    "|[0-9]{2}q[1-4]|[1-4]q|[12]h"
    "|[0-9]{1,3}(?:st|nd|rd|th)? (?:of )?(?:[jfmasond]|week|quarter|year)|618)"
)

#: And English words before a part of a year or a length of time.
_LED = (
    r"\b(?:the|its|their|a|an|fiscal|financial) (?:full |fiscal |financial )?"
    r"(?=first|second|third|fourth|final|1st|2nd|3rd|4th|quarter|half|year|month|week|day|fiscal"
    rf"|financial|full|[0-9]|{_COUNTS}|(?:{_MONTHS})[a-z]* quarter)"
    rf"|\b(?:{_COUNTS}|twenty)(?=[ -](?:day|week|month|quarter|year|four|five))"
    rf"|\b(?:between|before|from) (?=[0-9]|the |{_MONTHS}|q[1-4])"
    rf"|\bthis (?={_MONTHS}|spring|summer|autumn)"
    r"|\b(?:q[1-4]|h[12])(?![a-z])|\bfy ?'?[0-9]"
    r"|\b(?:fiscal|financial|year|quarter|half|period(?=[- ]end)|ytd|so far)(?![a-z])"
)
_START = re.compile(
    starts_pattern(
        (word for word in LEXICON.starts if not word.isascii()),
        (word for word in LEXICON.starts if word.isascii() and not word[0].isdigit()),
    )
    + f"|{_HAN}|{_DIGITS}|{_LED}"
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
    readings = list(_readings(folded))
    resolver = Resolver(Context(folded.lower), published_at, fiscal_end_of(readings))
    for reading in readings:
        sentence = sentences[bisect_right(starts, reading.start) - 1]
        resolver.context.done.append(resolver.resolve(reading, sentence))
    return [_period(folded, resolved) for resolved in resolver.context.done]


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
