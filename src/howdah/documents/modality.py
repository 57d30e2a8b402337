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
        *_earlier_features(number),
        *_context_features(number, last),
        f"by:{source_type}",
        f"previous:{previous}",
    )))  # fmt: skip
    return [ModalityCandidate(m, (m, *(f"{m}|{name}" for name in evidence))) for m in MODALITIES]


def _cue_features(number: Number) -> Iterator[str]:
    """Where the cues of the sentence stand to the number."""
    cues = [c for c in find_cues(number.marked, number.passage) if c.kind != "statement"]
    if not cues:
        yield "plain"
    is_event = number.quantity.unit == EVENT
    near = [c for c in cues if number.clauses_to(c) <= 1]
    ahead = [c for c in near if c.end <= number.quantity.start]
    for cue in ahead[-1:] or near[:1]:
        yield f"nearest:{cue.kind}"
        yield f"nearest:{cue.kind}|{number.side(cue)}|apart{number.clauses_to(cue)}"
        if is_event:
            yield f"event|nearest:{cue.kind}"
    for cue in cues:
        side, apart = number.side(cue), min(number.clauses_to(cue), 2)
        yield f"{cue.kind}|{side}|apart{apart}"
        if side == "before":
            n_numbers = min(number.between(cue, number.passage.quantities), 1)
            yield f"{cue.kind}|before|numbers{n_numbers}"
        if apart == 0:
            yield f"word:{cue.surface}"
        if is_event:
            yield f"event|{cue.kind}|apart{apart}"


def _earlier_features(number: Number) -> Iterator[str]:
    """What the sentence before says: its cues, and whether it is a question."""
    if not number.at:
        return
    earlier = number.marked.passages[number.at - 1]
    if earlier.block < number.passage.block - 1:
        return
    kinds = dict.fromkeys(c.kind for c in find_cues(number.marked, earlier))
    yield from (f"back:{kind}" for kind in kinds if kind != "statement")
    if _QUESTION.search(earlier.sentence.surface):
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
