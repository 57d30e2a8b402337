"""Who states a number: every source within reach is a candidate, and so is the author.

What a sentence is attributed to carries on through the paragraph, an answer is its speaker's, and
a company's own text is the company's; the model weighs how far.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from howdah.documents.attribution import Attribution, attributions
from howdah.documents.denials import find_denial
from howdah.documents.linking.genres import (
    ASK,
    QUESTION,
    WE,
    genre_of,
    is_question,
    issuer_of,
    provider_of,
)
from howdah.documents.numbers import Before, Number
from howdah.documents.passages import Marked

#: Sentences before whose source may carry on.
_REACH = 4

#: What opens an aside right before a source.
_ASIDE = re.compile(r"(?:——|[(（])(?:据|根据|按照?|according to |says? )?$")
_ASIDE_WITHIN = 16

_ANSWER = re.compile(r"\s*(?:答|a|[\u4e00-\u9fff]{2,4}|[a-z]+(?: [a-z]+)?)\s*[:：]")


@dataclass(frozen=True, slots=True)
class SourceCandidate:
    """Somebody who may state a number; None is the author."""

    attribution: Attribution | None
    features: tuple[str, ...]

    @property
    def name(self) -> str:
        """The source as the text writes it."""
        return "" if self.attribution is None else self.attribution.surface

    @property
    def source_type(self) -> str:
        """What kind of source it is."""
        return "author" if self.attribution is None else self.attribution.source_type

    @property
    def kind(self) -> str:
        """The same, "unknown" where it is only guessed."""
        is_guessed = self.attribution is not None and self.attribution.is_guessed
        return "unknown" if is_guessed else self.source_type


@dataclass(frozen=True, slots=True)
class Sources:
    """All sources that a document names.

    Attributes
    ----------
    by_passage
        Attributions of each passage.
    genre
        What kind of text it is: see `genre_of`.
    issuer
        The first company named, whose filing or release it may be.
    first, person
        The first attribution, and the first that names a person by a title.
    provider
        The one data provider that the opening names: a ranking's or a study's.
    """

    by_passage: tuple[tuple[Attribution, ...], ...]
    genre: str
    issuer: Attribution | None
    first: Attribution | None
    person: Attribution | None
    provider: Attribution | None


@lru_cache(maxsize=4)
def find_sources(marked: Marked) -> Sources:
    """The sources of a document."""
    by_passage = attributions(marked)
    every = [a for found in by_passage for a in found]
    genre, issuer = genre_of(marked, by_passage), issuer_of(marked)
    own = next((a for a in every if a.form == "self"), None)
    if genre == "own" and own is not None and issuer is not None:
        # A company that speaks of itself goes by its own word.
        issuer = replace(own, canonical=issuer.canonical, form="issuer")
    return Sources(
        by_passage, genre, issuer, next(iter(every), None),
        next((a for a in every if a.form in {"person", "speaker"}), None), provider_of(by_passage),
    )  # fmt: skip


def source_candidates(number: Number, sources: Sources, before: Before) -> list[SourceCandidate]:
    """All who may state a number, the author too.

    Parameters
    ----------
    sources
        Of the document.
    before
        What the number before was bound to.
    """
    found = [*_named(number, sources), *_carried(number, sources)]
    n_local = sum(c.features[0] == "local" for c in found)
    n_named = before.between(number, sources.by_passage[number.at])
    quoted = "|quoted" if _is_quoted(number) else ""
    denial = find_denial(number, sources.by_passage)
    where = before.distance(number)
    full = []
    for candidate in found:
        kind = candidate.kind
        extra = [f"k:{kind}", f"{candidate.features[0]}|{kind}{quoted}"]
        if candidate.attribution is not None:
            near = "local" if candidate.features[0] == "local" else "carried"
            extra.append(f"{near}|{candidate.attribution.form}|{sources.genre}")
            if denial is not None and candidate.attribution is denial.source:
                extra.append("denier")
        if candidate.name == before.source:
            extra += [
                "previous", f"previous|local{min(n_local, 1)}", f"previous|named{n_named}|{where}",
                f"previous|{number.block.kind}",
            ]  # fmt: skip
        full.append(SourceCandidate(candidate.attribution, (*candidate.features, *extra)))
    author = [
        "author", f"author|local{min(n_local, 2)}", f"author|found{min(len(found), 1)}",
        f"author|{number.block.kind}",
        f"author|previous:{not before.source}|{where}|named{n_named}",
        f"author|{'first' if before.at < 0 else 'later'}",
        f"author|{sources.genre}",
    ]  # fmt: skip
    if _is_answer(number):
        author.append("author|answer")
    if _is_quoted(number):
        author.append("author|quoted")
    return [*full, SourceCandidate(None, tuple(author))]


def _named(number: Number, sources: Sources) -> Iterator[SourceCandidate]:
    for rank, attribution in enumerate(sources.by_passage[number.at]):
        side = number.side(attribution)
        apart = min(number.clauses_to(attribution), 3)
        n_between = min(number.between(attribution, sources.by_passage[number.at]), 1)
        yield SourceCandidate(
            attribution,
            (
                "local", f"local|{side}|apart{apart}", f"local|{attribution.form}",
                f"local|{attribution.form}|{side}",
                f"local|{side}|between{n_between}", f"local|rank{min(rank, 2)}",
            ),
        )  # fmt: skip


def _carried(number: Number, sources: Sources) -> Iterator[SourceCandidate]:
    """Sources of sentences before; of answers and lists also the first of the document."""
    passages = number.marked.passages
    back = 0
    answer = "|answer" if _is_answer(number) else ""
    for at in range(number.at - 1, -1, -1):
        if not sources.by_passage[at]:
            continue
        back += 1
        if back > _REACH:
            break
        same = "same" if passages[at].block == number.passage.block else "other"
        steps = min(number.at - at, 3)
        for attribution in sources.by_passage[at]:
            aside = ["carried|aside"] if _is_aside(number.marked, attribution) else []
            yield SourceCandidate(
                attribution,
                (
                    f"carried|{same}|steps{steps}", f"carried|{attribution.form}{answer}",
                    f"carried|{attribution.source_type}",
                    f"carried|{attribution.form}|{same}|back{min(back, 2)}",
                    f"carried|back{back}|{same}", f"carried|{number.block.kind}", *aside,
                ),
            )  # fmt: skip
    genre, issuer, first = sources.genre, sources.issuer, sources.first
    if issuer is not None:
        voice = "we" if WE.search(number.passage.sentence.surface.lower()) else "other"
        yield SourceCandidate(issuer, ("issuer", f"issuer|{voice}", f"issuer|{genre}"))
    if first is not None:
        kind = first.source_type
        yield SourceCandidate(
            first, ("doc_first", f"doc_first|{number.block.kind}", f"doc_first|{kind}|{genre}")
        )
    if sources.provider is not None:
        yield SourceCandidate(
            sources.provider,
            ("provider", f"provider|{genre}", f"provider|{number.block.kind}|{genre}"),
        )
    if sources.person is not None:
        begun = "begun" if _is_asked_before(number) else "opening"
        yield SourceCandidate(
            sources.person,
            (
                "doc_person",
                f"doc_person{answer}",
                f"doc_person|{genre}{answer}",
                f"doc_person|{genre}|{begun}",
            ),
        )


def _is_aside(marked: Marked, attribution: Attribution) -> bool:
    """Whether a source is named between dashes or brackets: of that number and of no more."""
    start = max(attribution.start - _ASIDE_WITHIN, 0)
    return _ASIDE.search(marked.lower, start, attribution.start) is not None


def _is_asked_before(number: Number) -> bool:
    """Whether a question stands before the number: an interview has begun."""
    lower, blocks = number.marked.lower, number.marked.document.blocks
    return any(is_question(lower, b) for b in blocks[: number.passage.block])


def _is_quoted(number: Number) -> bool:
    """Whether the number stands between quotation marks, opened in its paragraph."""
    ahead = number.marked.document.text[number.block.start : number.quantity.start]
    n_straight = ahead.count('"')
    return (
        ahead.count("“") > ahead.count("”")
        or ahead.count("「") > ahead.count("」")
        or n_straight % 2 == 1
    )


def _is_answer(number: Number) -> bool:
    """Whether the number stands in an answer: behind a speaker's name, or a question before."""
    lower = number.marked.lower
    if ASK.match(lower, number.block.start, number.block.end):
        return False
    if _ANSWER.match(lower, number.block.start, number.block.start + 14):
        return True
    for at in range(number.at - 1, max(number.at - 6, -1), -1):
        passage = number.marked.passages[at]
        if passage.block < number.passage.block:
            return QUESTION.search(passage.sentence.surface) is not None
    return False
