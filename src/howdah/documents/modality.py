"""Modality: whether a number is asserted, planned, rumoured, denied, negated or merely supposed.

Words of a sentence are cues; which of them reaches a number depends on where it stands: before
it or behind, in its clause or in another. A question's cue reaches the answer, and a period after
the day of publication makes a plan of what is stated flatly. Nothing is taken for asserted while a
cue stands in the number's own clause before it, unless the model is sure of it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from howdah.core.wording import MODALITIES, Modality
from howdah.documents.lexicon.cues import NO_CUE, modality_cues
from howdah.documents.numbers import EVENT, Number
from howdah.documents.passages import Marked, Passage
from howdah.documents.spans import Span

_QUESTION = re.compile(r"[?？]\s*[\"”」]?\s*$")

#: What ends the reach of a cue before it in its clause: a fact in a relative clause, a correction.
_FACT = re.compile(
    r"已|了(?!解)|目前|现有|现为|原有|实为|应为|而是|(?:由|从)[^,]{0,5}$|;"
    r"|\b(?:which|that|who|had|has|have|was|were|did|already|but)\b|\bfrom (?:about |some )?$"
)
_DENIED_VERB = re.compile(r"^ ?(?:have|has|had|be|been|yet)\b")
#: Conditions by the order of words, at the beginning of a sentence or behind a semicolon.
_INVERTED = re.compile(
    r"(?:^|(?<=;))\W*(?P<cue>say|suppose|supposing|imagine|were|had|should)\s+(?!not\b)"
)
#: What somebody has only bound himself to, set himself or tried.
_UNDERTAKEN = re.compile(
    r"\b(?P<cue>(?:has |have |had )?(?:agreed|decided|resolved|undertaken|undertook|vowed|tried|"
    r"attempted|offered|bound itself)(?: on [^,;]{1,20})? to|wants?|wanted|"
    r"keeps? (?:its |the )?[a-z -]{0,30}(?:forecast|target|goal)|up for a vote|subject to)\b"
)
_UNDERTAKEN_ZH = re.compile(r"(?P<cue>承诺|同意|决定(?!性)|誓言|试图|有待|尚待|须获|须经)")
_SHAPES = (("hypothetical", _INVERTED), ("planned", _UNDERTAKEN), ("planned", _UNDERTAKEN_ZH))
_MONTH_MAY = "May"

#: A cue so near, in classes of tokens, is about the number and not about its verb.
_ADJOINING = 1
#: One so near still governs it with its verb.
_CLOSE = 2
#: A word so near to the start of a sentence opens it.
_AT_START = 8

#: A clause that goes on with the one before.
_GOES_ON = re.compile(r"\s*(?:and|or|并|且|并且|以及|及|其中|同时)(?: to\b)?")

#: What stands between a number and the word behind it that tells of it: "the 3 million it planned".
_TOLD_OF = re.compile(
    r"[^\W\d,]{0,12}(?: (?:that|which))?(?: (?:it|they|he|she|we))?(?: (?:had|has|have))? ?"
    r"|[元人台家件辆%]{0,2}(?:的)(?:\S{1,4}的?)?"
)
_CONTRAST = re.compile(r"[;；]")

#: What stands before and behind a number that another takes the place of.
_WRONG_AHEAD = re.compile(
    r"(?:误[写作植记]为?|原公告|原披露|原载|原第\d+页披露为?|原先公布的?|此前公布的?|所载|所指的?|"
    r"不是|并非|而非|而不是)[^,。;]{0,6}$"
    r"|\b(?:wrongly|mistakenly|erroneously) (?:put|gave|stated) (?:it )?(?:at|as) $"
)
_WRONG_BEHIND = re.compile(
    r"[^,。;\d]{0,6},?(?:应为|应是|改为|更正为|修正为|下修为|上修为|下修至|实为|有误|(?:系|是|为)(?:误植|笔误|误写))"
    r"|[^,.;]{0,12} (?:should (?:have )?(?:read|been)|was wrong|is wrong|in error)\b"
)

#: Kinds of cues that leave a number what it is.
_NO_DOUBT = frozenset({"statement", "reported"})

#: Who states a number, as far as it changes what a cue means: a company's forecast of its own is
#: its plan, another's a speculation; what the unnamed say of plans is a report.
_VOICES = {
    "company_statement": "own", "executive": "own", "data_provider": "other",
    "investor": "other", "regulator": "other", "rumour": "hearsay", "insider": "hearsay",
    "media": "hearsay", "author": "author",
}  # fmt: skip


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


@lru_cache(maxsize=64)
def find_cues(marked: Marked, passage: Passage) -> tuple[Cue, ...]:
    """Cues of a sentence, in order."""
    start, end = passage.sentence.start, passage.sentence.end
    lower, raw = marked.lower[start:end], marked.document.text[start:end]
    shaped = [
        Cue(start + match.start("cue"), start + match.end("cue"), match["cue"], kind)
        for kind, shape in _SHAPES
        for match in shape.finditer(lower)
    ]
    found = [
        Cue(start + hit.start, start + hit.end, hit.word, hit.meanings[0])
        for hit in modality_cues().find(lower)
        if hit.meanings[0] != NO_CUE and raw[hit.start : hit.end] != _MONTH_MAY
    ]
    return tuple(sorted((*found, *(c for c in shaped if not _is_found(c, found))), key=_place))


def _is_found(cue: Cue, found: Sequence[Cue]) -> bool:
    """Whether words that are told by their shape are in the table of words too."""
    return any(c.kind == cue.kind and c.start < cue.end and cue.start < c.end for c in found)


def _place(cue: Cue) -> tuple[int, int]:
    return cue.start, cue.end


def modality_candidates(
    number: Number, period: tuple[date | None, date | None], source_type: str, previous: str
) -> list[ModalityCandidate]:
    """All modalities, with what speaks for each.

    Parameters
    ----------
    period
        First and last day of the number's period.
    source_type
        Of who states it.
    previous
        Modality of the claim before in the same sentence, "" without.
    """
    evidence = tuple(dict.fromkeys((
        *_cue_features(number, _VOICES.get(source_type, source_type)),
        *_condition_features(number),
        *_earlier_features(number),
        *_corrected_features(number),
        *_context_features(number, period),
        f"by:{source_type}",
        f"previous:{previous}",
        f"cmp:{number.quantity.comparator}",
    )))  # fmt: skip
    return [ModalityCandidate(m, (m, *(f"{m}|{name}" for name in evidence))) for m in MODALITIES]


def is_in_doubt(number: Number) -> bool:
    """Whether a cue may reach a number: such a number is not stored as a fact unread.

    Cues of the number's clause may, on either side, and those before it in its sentence as far as
    a semicolon; what the unnamed say and what papers report is told as such and no doubt.
    """
    for cue in find_cues(number.marked, number.passage):
        if cue.kind in _NO_DOUBT:
            continue
        if number.clauses_to(cue) == 0:
            return True
        if cue.end <= number.quantity.start and _CONTRAST.search(number.gap_text(cue)) is None:
            return True
    return False


def _cue_features(number: Number, voice: str) -> Iterator[str]:
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
        yield f"nearest:{cue.kind}|by:{voice}"
        yield from _scope_features(number, cue)
        if is_event:
            yield f"event|nearest:{cue.kind}"
    yield from _opening_features(number, cues)
    for cue in near:
        gap = number.gap_text(cue)
        is_own = number.side(cue) == "behind" and number.clauses_to(cue) == 0
        if is_own and _TOLD_OF.fullmatch(gap) is not None:
            yield f"told_of:{cue.kind}"
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


def _opening_features(number: Number, cues: Sequence[Cue]) -> Iterator[str]:
    """What is told as a rumour or a report from the start of the sentence on."""
    sentence = number.passage.sentence
    for cue in cues:
        is_open = cue.start - sentence.start <= _AT_START and cue.end <= number.quantity.start
        is_told = cue.kind in {"rumoured", "reported"}
        if is_open and is_told and _CONTRAST.search(number.gap_text(cue)) is None:
            yield f"opens:{cue.kind}"


def _scope_features(number: Number, cue: Cue) -> Iterator[str]:
    """Whether the nearest cue governs the number.

    It stands before it, no fact between; in its clause, or in one that the number's goes on with.
    """
    gap, apart = number.gap_text(cue), number.clauses_to(cue)
    if cue.kind == "negated":
        # What a negation denies first is its own verb.
        gap = _DENIED_VERB.sub("", gap)
    if number.side(cue) != "before":
        return
    if _FACT.search(gap) is not None:
        yield f"cut:{cue.kind}"
        return
    if apart:
        clause = number.passage.sentence.clauses[number.clause]
        if _GOES_ON.match(number.marked.lower, clause.start) is not None:
            yield f"governs:{cue.kind}"
        elif not number.between(cue, number.passage.mentions):
            yield f"carries:{cue.kind}"
        return
    yield f"governs:{cue.kind}"
    if cue.kind == "negated" and number.distance(cue) <= _CLOSE:
        yield "close:negated"
    if number.distance(cue) <= _ADJOINING:
        yield f"adjoins:{cue.kind}"


def _condition_features(number: Number) -> Iterator[str]:
    """Whether a condition opens before the number in its sentence, and reaches it."""
    for cue in find_cues(number.marked, number.passage):
        is_before = cue.kind == "hypothetical" and cue.end <= number.quantity.start
        if is_before and _CONTRAST.search(number.gap_text(cue)) is None:
            yield "under_condition"
            return


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


def _corrected_features(number: Number) -> Iterator[str]:
    """Whether a correction names the number as the one that was wrong."""
    quantity = number.quantity
    ahead, behind = number.before_text(quantity.start), number.after_text(quantity.end)
    if _WRONG_AHEAD.search(ahead) or _WRONG_BEHIND.match(behind):
        yield "corrected"


def _context_features(number: Number, period: tuple[date | None, date | None]) -> Iterator[str]:
    published = number.marked.document.published_at
    first, last = period
    if published is not None and last is not None:
        # What has begun and is not over may be told as it is so far.
        is_running = first is not None and first <= published < last
        yield "running" if is_running else "future" if last > published else "past"
    if _QUESTION.search(number.passage.sentence.surface):
        yield "question"
    heading = number.marked.heading(number.passage.block)
    if heading is not None:
        headed = modality_cues().find(number.marked.lower[heading.start : heading.end])
        kinds = (hit.meanings[0] for hit in headed if hit.meanings[0] not in {NO_CUE, "statement"})
        yield from (f"headed:{kind}" for kind in dict.fromkeys(kinds))
    if number.block.kind == "heading":
        yield "in_heading"
    elif heading is not None and number.block.kind == "row":
        yield "in_table"
