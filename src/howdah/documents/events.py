"""Events: what happened to whom, without a number: launches, rounds, take-overs, departures.

Patterns over names and verbs propose an event with its parties; when, who says so and how it is
meant are chosen as they are for a number that stood in the place of the verb.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from howdah.documents.claims import DocumentClaim, Status, kind_of
from howdah.documents.lexicon.events import FIRST_NAME, EventKind, event_kinds
from howdah.documents.linking import Bound, ChoiceModel, bind_one, find_sources
from howdah.documents.numbers import EVENT, Before, Number
from howdah.documents.passages import Marked, Passage
from howdah.documents.spans import Mention, Quantity, Span

#: An event whose modality and subject are together less sure waits for review.
ACCEPTED = 0.6


#: Letters of rounds are capitals: "B+".
_LONGEST_LETTER = 3


@dataclass(frozen=True, slots=True)
class ProposedEvent:
    """An event that a pattern tells.

    Attributes
    ----------
    types
        Types of entities that its subject may have.
    subject
        None where the pattern names none.
    object
        Canonical name or text of the other party.
    number
        The last character of the pattern's text as if it were a number: what choices are made of.
    """

    metric: str
    types: frozenset[str]
    subject: Mention | None
    object: str
    number: Number


def find_events(marked: Marked, models: Mapping[str, ChoiceModel]) -> Iterator[DocumentClaim]:
    """Events of a document, in order, each once a sentence."""
    sources = find_sources(marked)
    before = Before()
    seen: set[tuple[int, str, str, str]] = set()
    for event in propose_events(marked):
        bound = bind_one(event.number, sources, before, models)
        subject = event.subject.entities[0] if event.subject else bound.subject.canonical
        key = (event.number.at, event.metric, subject, event.object)
        if not subject or key in seen or subject == event.object:
            continue
        if marked.gazetteer[subject].type not in event.types:
            continue
        seen.add(key)
        before = Before(
            subject=subject, period=bound.period.key, source=bound.source.name,
            modality=bound.modality, at=event.number.at,
            place=event.number.quantity.end, unit=EVENT,
        )  # fmt: skip
        yield _claim(marked, bound, event, subject)


def propose_events(marked: Marked) -> Iterator[ProposedEvent]:
    """Events that patterns tell, before anything is chosen."""
    for at, passage in enumerate(marked.passages):
        text, places = _with_names(marked, passage)
        for kind in event_kinds():
            for pattern in kind.patterns:
                for match in pattern.finditer(text):
                    yield _proposed(marked, at, kind, match, places)


def _with_names(marked: Marked, passage: Passage) -> tuple[str, list[int]]:
    """The folded sentence with names as characters, and where each character stood."""
    parts: list[str] = []
    places: list[int] = []
    at = passage.sentence.start
    for number, mention in enumerate(passage.mentions[:200]):
        parts.append(marked.lower[at : mention.start])
        places += range(at, mention.start)
        parts.append(chr(FIRST_NAME + number))
        places.append(mention.start)
        at = mention.end
    parts.append(marked.lower[at : passage.sentence.end])
    places += range(at, passage.sentence.end + 1)
    return "".join(parts), places


def _proposed(
    marked: Marked, at: int, kind: EventKind, match: re.Match[str], places: list[int]
) -> ProposedEvent:
    passage = marked.passages[at]
    groups = match.re.groupindex
    subject = _named(passage, match, "subject") if "subject" in groups else None
    object_ = ""
    if "object" in groups:
        object_ = _named(passage, match, "object").entities[0]
    elif "text" in groups:
        start, end = places[match.start("text")], places[match.end("text") - 1] + 1
        object_ = marked.document.text[start:end]
        if kind.metric == "round" and len(object_) < _LONGEST_LETTER:
            object_ = object_.upper()
    end = places[match.end() - 1] + 1
    stand_in = Quantity(end - 1, end, marked.document.text[end - 1 : end], unit=EVENT)
    passages = list(marked.passages)
    passages[at] = replace(passage, quantities=(stand_in,))
    number = Number(replace(marked, passages=tuple(passages)), at, 0)
    return ProposedEvent(kind.metric, kind.types, subject, object_, number)


def _named(passage: Passage, match: re.Match[str], group: str) -> Mention:
    return passage.mentions[ord(match[group]) - FIRST_NAME]


def _claim(marked: Marked, bound: Bound, found: ProposedEvent, subject: str) -> DocumentClaim:
    sentence = bound.number.passage.sentence
    named: Span | None = found.subject or bound.subject.mention
    inside = named is not None and sentence.start <= named.start < sentence.end
    sure = bound.probabilities["meant"] * (1.0 if found.subject else bound.probabilities["subject"])
    status: Status = "accepted" if sure >= ACCEPTED else "review"
    return DocumentClaim(
        doc=marked.document.doc,
        kind=kind_of(found.metric),
        subject=subject,
        subject_surface="" if named is None else named.surface,
        subject_start=None if named is None else named.start,
        subject_end=None if named is None else named.end,
        subject_inherited=named is not None and not inside,
        metric=found.metric,
        period_start=bound.period.first,
        period_end=bound.period.last,
        period_precision=bound.period.precision,
        source=bound.source.name,
        source_type=bound.source.source_type,
        modality=bound.modality,
        object=found.object,
        quote=marked.document.text[sentence.start : sentence.end],
        start=sentence.start,
        end=sentence.end,
        confidence=round(sure, 4),
        status=status,
    )
