"""Finding events: patterns read over the sentences of a document.

What a pattern leaves open (who raised the money, whose product it is) is chosen from all names
within reach by the model that chooses whom a number is about.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from howdah.core.wording import ACHIEVED, Modality
from howdah.documents.events.patterns import Pattern, Patterns, event_patterns
from howdah.documents.events.reading import Event, Reading
from howdah.documents.events.tagging import tagged
from howdah.documents.linking import Before, ChoiceModel
from howdah.documents.linking.sources import find_sources
from howdah.documents.numbers import EVENT
from howdah.documents.passages import Marked, is_instruction
from howdah.documents.spans import Lang, Span

_HAN = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[a-z]+")
_QUESTION = re.compile(r"[?？]\s*[\"”」]?\s*$")
_NO = re.compile(r"\s*(?:答[:：])?\s*[\"“「]?(?:no\b|not\b|never\b|没有|没|不|哪有|否)")
_YES = re.compile(
    r"\s*(?:答[:：])?\s*[\"“「]?(?:yes\b|we (?:are|did|have)\b|是的?|对|有的?[,，。])"
)
#: Relations of which one word says only one.
_FAMILIES = {
    "listing_filed": "listing",
    "listed": "listing",
    "end_of_life": "end",
    "abandoned": "end",
}


def find_events(
    marked: Marked, models: Mapping[str, ChoiceModel], patterns: Patterns | None = None
) -> tuple[Event, ...]:
    """Events that a document tells, in order.

    Parameters
    ----------
    models
        Of choices for numbers: subject, period and source of an event are chosen by them too.
    patterns
        None takes those that come with howdah.
    """
    told = patterns or event_patterns()
    sources = find_sources(marked)
    found: list[Event] = []
    before = Before()
    texts = [tagged(marked, passage) for passage in marked.passages]
    # A sign that no pattern takes for a space, so that a sentence has nothing behind it.
    hinted = _Hinted(told, "\0".join(texts))
    for at, passage in enumerate(marked.passages):
        if marked.document.blocks[passage.block].kind == "row":
            continue
        answer = _answer(marked, at)
        if answer is None or is_instruction(marked, passage.sentence):
            continue
        text = texts[at]
        lang = _language(text)
        taken: dict[str, list[Span]] = {}
        inside: dict[tuple[str, str, str, str], Event] = {}
        for pattern in _fitting(hinted.of(lang), text):
            for match in pattern.expression.finditer(text):
                reading = Reading(marked, at, pattern, match, told)
                family = _FAMILIES.get(pattern.metric, pattern.metric)
                if any(_overlap(reading.trigger, other) for other in taken.get(family, [])):
                    continue
                events = [
                    event
                    for event in reading.events(models, sources, before, answer)
                    # Whose it is has been read already where a pattern named somebody.
                    if reading.names_subject or not _is_told(event, inside)
                ]
                if events:
                    taken.setdefault(family, []).append(reading.trigger)
                for event in events:
                    key = (event.metric, event.subject.name, event.object.name, event.modality)
                    inside.setdefault(key, event)
        found += sorted(
            _told_once(inside.values()), key=lambda e: (e.start, e.metric, e.object.name)
        )
        if inside:
            last = found[-1]
            before = Before(
                subject=last.subject.name, period=last.period.key, source=last.source.name,
                modality=last.modality, at=at, place=last.end, unit=EVENT,
            )  # fmt: skip
    return tuple(_reconciled(marked, found))


def _told_once(events: Iterable[Event]) -> Iterator[Event]:
    """Events of a sentence without what another of them says already: who leads invests."""
    every = tuple(events)
    leads = {_key(event)[1:] for event in every if event.metric == "lead_investor"}
    yield from (e for e in every if e.metric != "investor" or _key(e)[1:] not in leads)


def _reconciled(marked: Marked, found: Sequence[Event]) -> Iterator[Event]:
    """Events, those of headings as their texts have them: "A buys B" over "A is to buy B"."""
    told: dict[tuple[str, str, str], list[Modality]] = {}
    for event in found:
        if not _is_headed(marked, event):
            told.setdefault(_key(event), []).append(event.modality)
    for event in found:
        meant = told.get(_key(event), [])
        is_more = event.modality in ACHIEVED and meant and not set(ACHIEVED) & set(meant)
        is_more = is_more and _is_headed(marked, event)
        yield replace(event, modality=meant[0]) if is_more else event


def _is_headed(marked: Marked, event: Event) -> bool:
    number = marked.passages[event.at].block
    return number == 0 or marked.document.blocks[number].kind == "heading"


def _key(event: Event) -> tuple[str, str, str]:
    return event.metric, event.subject.name, event.object.name


class _Hinted:
    """Patterns whose trigger may stand in a document: most stand in no sentence of it."""

    def __init__(self, told: Patterns, text: str) -> None:
        self._told, self._text = told, text
        self._found: dict[Lang, tuple[Pattern, ...]] = {}

    def of(self, lang: Lang) -> tuple[Pattern, ...]:
        if lang not in self._found:
            self._found[lang] = tuple(_fitting(self._told.by_language[lang], self._text))
        return self._found[lang]


def _fitting(patterns: Iterable[Pattern], text: str) -> Iterator[Pattern]:
    """Patterns whose trigger stands in a text; those that share one are looked for once."""
    held: dict[re.Pattern[str] | None, bool] = {None: True}
    for pattern in patterns:
        if pattern.hint not in held:
            held[pattern.hint] = pattern.hint is not None and pattern.hint.search(text) is not None
        if held[pattern.hint]:
            yield pattern


def _is_told(event: Event, inside: Iterable[tuple[str, str, str, str]]) -> bool:
    """Whether the sentence has the relation and the object with somebody else."""
    return event.object.name != "" and any(
        (metric, thing) == (event.metric, event.object.name) and subject != event.subject.name
        for metric, subject, thing, _ in inside
    )


def _language(text: str) -> Lang:
    return "zh" if len(_HAN.findall(text)) > len(_LATIN.findall(text)) else "en"


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _answer(marked: Marked, at: int) -> Modality | None:
    """What a question's answer makes of it; asserted of other sentences, None unanswered."""
    if not _QUESTION.search(marked.passages[at].sentence.surface):
        return "asserted"
    if at + 1 == len(marked.passages):
        return None
    behind = marked.passages[at + 1].sentence
    if _NO.match(marked.lower, behind.start, behind.end):
        return "negated"
    return "asserted" if _YES.match(marked.lower, behind.start, behind.end) else None
