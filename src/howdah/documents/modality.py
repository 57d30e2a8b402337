"""Modality: whether a number is asserted, planned, rumoured, denied, negated or merely supposed.

Words of a sentence are cues; which of them reaches a number depends on where it stands: before
it or behind, in its clause or in another. A question's cue reaches the answer, and a period after
the day of publication makes a plan of what is stated flatly. Nothing is taken for asserted while a
cue stands in the number's own clause before it, unless the model is sure of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from howdah.core.wording import MODALITIES, Modality
from howdah.documents.lexicon.cues import modality_cues
from howdah.documents.numbers import EVENT, Number
from howdah.documents.passages import Marked, Passage
from howdah.documents.spans import Span

_QUESTION = re.compile(r"[?？]\s*[\"”」]?\s*$")


@dataclass(frozen=True, slots=True)
class Cue(Span):
    """A word that says how a statement is meant.

    Attributes
    ----------
    kind
        planned, speculated, rumoured, reported, denied, negated, hypothetical or statement.
    """

    kind: str = ""


@dataclass(frozen=True, slots=True)
class ModalityCandidate:
    """A modality that a claim may have."""

    modality: Modality
    features: tuple[str, ...]


def find_cues(marked: Marked, passage: Passage) -> tuple[Cue, ...]:
    """Cues of a sentence, in order."""
    start, end = passage.sentence.start, passage.sentence.end
    return tuple(
        Cue(start + hit.start, start + hit.end, hit.word, hit.meanings[0])
        for hit in modality_cues().find(marked.lower[start:end])
    )


def modality_candidates(
    number: Number, last: date | None, source_type: str, previous: str
) -> list[ModalityCandidate]:
    """All modalities, with what speaks for each.

    Parameters
    ----------
    last
        Last day of the number's period.
    source_type
        Of who states it.
    previous
        Modality of the claim before in the same sentence, "" without.
    """
    evidence = tuple(dict.fromkeys((
        *_cue_features(number),
        *_context_features(number, last),
        f"by:{source_type}",
        f"previous:{previous}",
    )))  # fmt: skip
    return [ModalityCandidate(m, (m, *(f"{m}|{name}" for name in evidence))) for m in MODALITIES]


def _cue_features(number: Number) -> Iterator[str]:
    marked, passage = number.marked, number.passage
    n_found = 0
    cues = find_cues(marked, passage)
    told = [c for c in cues if c.kind != "statement" and number.clauses_to(c) <= 1]
    before = [c for c in told if c.end <= number.quantity.start]
    nearest = before[-1:] or told[:1]
    is_event = number.quantity.unit == EVENT
    for cue in nearest:
        if is_event:
            yield f"event|nearest:{cue.kind}"
        yield f"nearest:{cue.kind}"
        yield f"nearest:{cue.kind}|{number.side(cue)}|apart{number.clauses_to(cue)}"
    for cue in cues:
        side = number.side(cue)
        apart = min(number.clauses_to(cue), 2)
        if cue.kind != "statement":
            n_found += 1
            if is_event:
                yield f"event|{cue.kind}|apart{apart}"
            yield f"{cue.kind}|{side}|apart{apart}"
            if side == "before":
                n_numbers = min(number.between(cue, passage.quantities), 1)
                yield f"{cue.kind}|before|numbers{n_numbers}"
            if apart == 0:
                yield f"word:{cue.surface}"
        else:
            yield f"statement|{side}"
    if not n_found:
        yield "plain"
    if number.at:
        before = marked.passages[number.at - 1]
        if before.block >= passage.block - 1:
            for kind in {c.kind for c in find_cues(marked, before) if c.kind != "statement"}:
                yield f"back:{kind}"
            if _QUESTION.search(before.sentence.surface):
                yield "answer"


def _context_features(number: Number, last: date | None) -> Iterator[str]:
    published = number.marked.document.published_at
    if published is not None and last is not None:
        yield "future" if last > published else "past"
    if _QUESTION.search(number.passage.sentence.surface):
        yield "question"
    heading = number.marked.heading(number.passage.block)
    if number.block.kind == "heading":
        yield "in_heading"
    elif heading is not None and number.block.kind == "row":
        yield "in_table"
