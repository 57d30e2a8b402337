"""Reach: names outside of a number's sentence that it may be about.

Those of the sentences before, of the heading and the title, of the text as a whole, and of what
stands behind the number of a list's item.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from howdah.documents.linking.roles import roles_behind
from howdah.documents.numbers import Number
from howdah.documents.spans import Mention, Span

#: Names of so many sentences before are candidates.
REACH = 4

_WE = re.compile(r"我们|本公司|本集团|本|自家|\bwe\b|\bour\b")


@dataclass(frozen=True, slots=True)
class SubjectCandidate:
    """Somebody whom a number may be about.

    Attributes
    ----------
    canonical
        Canonical name; "" for nobody in the catalogue.
    mention
        Where the name stands that was taken for it, None for nobody.
    anaphor
        The word in the number's sentence that stands for it, None where none does.
    """

    canonical: str
    mention: Mention | None
    anaphor: Span | None
    features: tuple[str, ...]


def names_beyond(number: Number) -> Iterator[SubjectCandidate]:
    """Names within reach of a number that its sentence does not have."""
    yield from _before(number)
    yield from _heading(number)
    yield from _of_document(number)
    yield from _of_item(number)


def _before(number: Number) -> Iterator[SubjectCandidate]:
    """Names of sentences before, the nearest sentence first."""
    passages = number.marked.passages
    seen: set[str] = set()
    back = 0
    for at in range(number.at - 1, max(number.at - 12, -1), -1):
        passage = passages[at]
        if not passage.mentions:
            continue
        back += 1
        if back > REACH:
            break
        same = "same_block" if passage.block == number.passage.block else "other_block"
        for n, mention in enumerate(passage.mentions):
            canonical = mention.entities[0]
            if canonical in seen:
                continue
            seen.add(canonical)
            is_last = n == len(passage.mentions) - 1
            features = [
                f"back{back}",
                f"back{back}|{same}",
                f"back{back}|{'first' if n == 0 else 'last' if is_last else 'middle'}",
            ]
            features += roles_behind(number.marked.lower, mention)
            yield SubjectCandidate(canonical, mention, None, tuple(features))


def _of_document(number: Number) -> Iterator[SubjectCandidate]:
    """The first name and the first company of a document: whom it is about, or who wrote it."""
    marked = number.marked
    companies = (m for m in marked.mentions if marked.gazetteer[m.entities[0]].type == "company")
    segments = (m for m in marked.mentions if marked.gazetteer[m.entities[0]].type == "segment")
    voice = _voice(number)
    for origin, mention in (
        ("first", next(iter(marked.mentions), None)),
        ("company", next(companies, None)),
        ("segment", next(segments, None)),
    ):
        if mention is not None:
            features = [f"document:{origin}", f"document:{origin}|{voice}"]
            if marked.is_own:
                features.append(f"document:{origin}|own")
            yield SubjectCandidate(mention.entities[0], mention, None, tuple(features))


def _voice(number: Number) -> str:
    """Whether the sentence speaks of "we", of "it", or of neither."""
    words = " ".join(a.surface for a in number.passage.anaphors)
    if _WE.search(words):
        return "we"
    return "it" if words else "none"


def _heading(number: Number) -> Iterator[SubjectCandidate]:
    """Names of the heading that the number stands under, and of the title."""
    marked = number.marked
    blocks = [marked.headings.get(number.passage.block)]
    first = next((n for n, b in enumerate(marked.document.blocks) if b.kind == "heading"), None)
    origins = [(blocks[0], "heading")]
    if first is not None and first != blocks[0]:
        origins.append((first, "title"))
    for block_number, origin in origins:
        if block_number is None:
            continue
        block = marked.document.blocks[block_number]
        inside = [m for m in marked.mentions if block.start <= m.start < block.end]
        for n, mention in enumerate(inside):
            features = (f"from:{origin}", f"from:{origin}|{min(n, 2)}")
            yield SubjectCandidate(mention.entities[0], mention, None, features)


def _of_item(number: Number) -> Iterator[SubjectCandidate]:
    """The first name behind the number of a list's item, where that stands alone."""
    passages = number.marked.passages
    at = number.at + 1
    if number.quantity.unit != "rank" or number.passage.mentions or at == len(passages):
        return
    following = passages[at]
    if following.block == number.passage.block and following.mentions:
        mention = following.mentions[0]
        yield SubjectCandidate(mention.entities[0], mention, None, ("item_named",))
