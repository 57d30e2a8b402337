"""Who states a number: every source within reach is a candidate, and so is the author.

What a sentence is attributed to carries on through the paragraph, an answer is its speaker's, and
a company's own text is the company's; the model weighs how far.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from howdah.documents.attribution import Attribution, attributions
from howdah.documents.numbers import Before, Number
from howdah.documents.passages import Marked

#: Sentences before whose source may carry on.
_REACH = 4

_WE = re.compile(r"我们|本公司|本集团|发行人|报告期|\b(?:we|our|us)\b")
#: The same in a filing, where it has a capital.
_FILED = re.compile(r"\bthe (?:Group|Company|Board)\b")
#: What stands at the foot of a release, and over a correction.
_FOOT = re.compile(
    r"了解更多|请拨|媒体联[络系]|新闻联[络系]|(?:媒体|新闻)联系人|关于我们|立即体验"
    r"|\b(?:media contacts?|press contacts?|for more information|forward-looking statements?|notes to editors)\b"
)
_RESULTS = re.compile(
    r"(?:发布|公布|披露|公告)[^,。]{0,24}(?:业绩|财报|季报|年报|中报|营收|半年报)"
    r"|\b(?:interim|annual|half-year|full-year|quarterly|(?:first|second|third|fourth)[- ]quarter) "
    r"(?:results|report|earnings|update)\b"
)
_CORRECTION = re.compile(r"更正启事|勘误|\bcorrections?\b|\bgot wrong\b|\berrat(?:a|um)\b")
_REPORT = re.compile(
    r"公告|报告|招股|说明书|新闻稿|财报|业绩|press release|for immediate release"
    r"|form \d|quarterly report|results|filing"
)

#: Characters in which a filing or a release says that it is one.
_OPENING = 400

#: Questions that make an interview, and sentences of which one says "we" in a company's own text.
_LEAST_ASKED, _OWN_EVERY = 3, 6

_ANSWER = re.compile(r"\s*(?:答|a|[\u4e00-\u9fff]{2,4}|[a-z]+(?: [a-z]+)?)\s*[:：]")
_ASK = re.compile(r"\s*(?:问|q|记者|主持人)\s*[:：]")
_QUESTION = re.compile(r"[?？]\s*[\"”」]?\s*$")
_ANSWER_MARK = re.compile(r"\s*(?:答|a|q|问)\s*[:：]")


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


def find_sources(marked: Marked) -> Sources:
    """The sources of a document."""
    by_passage = attributions(marked)
    every = [a for found in by_passage for a in found]
    genre, issuer = genre_of(marked, by_passage), _issuer(marked)
    own = next((a for a in every if a.form == "self"), None)
    if genre == "own" and own is not None and issuer is not None:
        # A company that speaks of itself goes by its own word.
        issuer = replace(own, canonical=issuer.canonical, form="issuer")
    return Sources(
        by_passage, genre, issuer, next(iter(every), None),
        next((a for a in every if a.form in {"person", "speaker"}), None), _provider(by_passage),
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
    where = before.distance(number)
    full = []
    for candidate in found:
        kind = candidate.source_type
        extra = [f"k:{kind}", f"{candidate.features[0]}|{kind}{quoted}"]
        if candidate.attribution is not None:
            near = "local" if candidate.features[0] == "local" else "carried"
            extra.append(f"{near}|{candidate.attribution.form}|{sources.genre}")
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
            yield SourceCandidate(
                attribution,
                (
                    f"carried|{same}|steps{steps}", f"carried|{attribution.form}{answer}",
                    f"carried|{attribution.source_type}",
                    f"carried|{attribution.form}|{same}|back{min(back, 2)}",
                    f"carried|back{back}|{same}", f"carried|{number.block.kind}",
                ),
            )  # fmt: skip
    genre, issuer, first = sources.genre, sources.issuer, sources.first
    if issuer is not None:
        voice = "we" if _WE.search(number.passage.sentence.surface.lower()) else "other"
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


def genre_of(marked: Marked, sources: tuple[tuple[Attribution, ...], ...]) -> str:
    """What kind of text a document is, as far as it says who speaks in it.

    interview
        Questions and answers.
    own
        A company's filing or release: it says "we", opens as one, or ends as one.
    results
        An account of a company's results, by its title.
    correction
        A paper's own correction.
    data
        An account of one data provider's figures: its first source but for papers is one.
    news
        Any other.
    """
    lower, blocks = marked.lower, marked.document.blocks
    if blocks and _CORRECTION.search(lower, blocks[0].start, blocks[0].end):
        return "correction"
    asked = sum(
        _ASK.match(lower, b.start, b.end) is not None
        or _ANSWER_MARK.match(lower, b.start, b.end) is not None
        or _QUESTION.search(b.surface) is not None
        for b in blocks
    )
    if asked >= _LEAST_ASKED:
        return "interview"
    n_own = len(_WE.findall(lower)) + len(_FILED.findall(marked.document.text))
    if n_own * _OWN_EVERY >= len(marked.passages) and n_own >= _LEAST_ASKED:
        return "own"
    if _REPORT.search(lower[:_OPENING]) and n_own:
        return "own"
    if blocks and _RESULTS.search(lower, blocks[0].start, blocks[0].end):
        return "results"
    if _FOOT.search(lower) and _issuer(marked) is not None:
        return "own"
    first = next(
        (
            a
            for found in sources[:_LEAST_ASKED]
            for a in found
            if a.form != "mention" and a.source_type != "media"
        ),
        None,
    )
    is_data = first is not None and first.source_type == "data_provider"
    return "data" if is_data or (first is None and _provider(sources)) else "news"


def _provider(sources: tuple[tuple[Attribution, ...], ...]) -> Attribution | None:
    """The data provider of an opening that names no other."""
    named = [
        a for found in sources[:_LEAST_ASKED] for a in found
        if a.source_type == "data_provider" and a.form not in {"pronoun", "self"}
    ]  # fmt: skip
    return named[0] if len({a.canonical or a.surface for a in named}) == 1 else None


def _issuer(marked: Marked) -> Attribution | None:
    """The first company that a document names: whose filing or release it may be."""
    for mention in marked.mentions:
        if marked.gazetteer[mention.entities[0]].type == "company":
            return Attribution(
                mention.start, mention.end, mention.surface, "company_statement",
                mention.entities[0], "issuer",
            )  # fmt: skip
    return None


def _is_asked_before(number: Number) -> bool:
    """Whether a question stands before the number: an interview has begun."""
    lower, blocks = number.marked.lower, number.marked.document.blocks
    return any(
        _ASK.match(lower, b.start, b.end) is not None or _QUESTION.search(b.surface) is not None
        for b in blocks[: number.passage.block]
    )


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
    if _ASK.match(lower, number.block.start, number.block.end):
        return False
    if _ANSWER.match(lower, number.block.start, number.block.start + 14):
        return True
    for at in range(number.at - 1, max(number.at - 6, -1), -1):
        passage = number.marked.passages[at]
        if passage.block < number.passage.block:
            return _QUESTION.search(passage.sentence.surface) is not None
    return False
