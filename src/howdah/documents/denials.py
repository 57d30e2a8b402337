"""Denials: who says of a figure that it is not so, in a clause or sentence behind it.

"Pip has 12 million users, one report says. The company denied it." tells a figure and its denial,
by two who say so. What is denied is told by words that point back ("it", "the report", 该说法), or
by nothing at all ("公司否认"): "the company denied layoffs" is of layoffs.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from howdah.documents.attribution import Attribution
from howdah.documents.numbers import Number
from howdah.documents.passages import Passage
from howdah.documents.spans import Mention, Span

#: Sentences behind the figure's that may deny it; numbers of their own stand in none of them.
_REACH = 2

_REPORT_EN = (
    r"(?:report|figure|number|claim|story|rumou?r|allegation|suggestion|estimate|account|count|data"
    r"|article|assertion|statement|tally|calculation)s?"
)
_IT_EN = (
    r"(?:it|this|that|they|these|those|such \w+|any such \w+"
    rf"|(?:the|those|these|this|that|both) (?:\w+ )?{_REPORT_EN})"
)
#: The same as an object: "denied it", and not "denied it was for sale".
_IT_OBJECT_EN = (
    r"(?:(?:it|this|that|them|these|those|so)(?=\s*(?:$|[,.;:!?\"”’)])"
    r"| (?:and|but|on|in|to|as|outright|flatly|strongly|firmly|yesterday|today|later|again)\b)"
    rf"|(?:any )?such \w+|(?:the|those|these|this|that|both) (?:\w+ )?{_REPORT_EN}\b)"
)
_IT_ZH = r"(?:此|该|上述|这|其|相关|有关|以上|报道|传闻|传言|消息|说法|数字|数据|信息|内容)"
_END = r"(?=\s*(?:$|[,.;:!?\"”’)]))"

#: Words that deny what they point back at, or what stands before them.
_DENIALS = (
    re.compile(
        r"\b(?P<cue>den(?:y|ies|ied|ying)|disput(?:es?|ed|ing)|refut(?:es?|ed|ing)|rebut(?:s|ted)?"
        r"|rejects?|rejected|dismiss(?:es|ed)?|contradicts?|contradicted|contests?|contested)"
        rf"(?: (?:all|both|flatly|outright|strongly|firmly))?(?:{_END}| {_IT_OBJECT_EN})"
    ),
    re.compile(
        rf"\b(?:{_IT_EN}|which)\b[^,;.]{{0,40}}?\b(?P<cue>untrue|not true|false|wrong|baseless"
        r"|inaccurate|incorrect|nonsense|fabricated|made up|a fantasy|fiction|exaggerated"
        r"|not correct|not accurate|unfounded|without foundation)\b"
    ),
    re.compile(
        r"(?P<cue>否认|反驳|驳斥|辟谣)(?:了)?"
        rf"(?=\s*(?:$|[,。;:!?”」』)])|{_IT_ZH})"
    ),
    re.compile(
        rf"(?:{_IT_ZH}[^,。;]{{0,14}}?|(?:^|[,。;:“「])[^,。;:]{{0,7}}?)(?P<cue>不实|不属实|失实"
        r"|并非事实|不是事实|不是真的|没有的事|没这回事|并无此事|绝无此事|子虚乌有|纯属谣言|是谣言"
        r"|纯属捏造|无中生有|不准确|是假的)"
    ),
)

#: What stands before a denial that is none.
_NOT = re.compile(
    r"(?:\b(?:not|never|neither|nor|or|without|to|could|would|might|may|if|refused to)"
    r"(?: \w+)?|n[’']t(?: \w+)?|没有?|未|不|并未|也未|无法|是否|如果|若) ?$"
)
_NOT_WITHIN = 16

#: Words that stand for what is denied, not for who denies it.
_THINGS = frozenset({"it", "its", "their", "our", "其", "它"})


@dataclass(frozen=True, slots=True)
class Denial(Span):
    """Words that deny a figure.

    Attributes
    ----------
    passage
        Number of the sentence that they stand in.
    source
        Who denies it; None where the text does not say.
    """

    passage: int = 0
    source: Attribution | None = None


def find_denial(number: Number, sources: Sequence[Sequence[Attribution]]) -> Denial | None:
    """What denies a number behind it, None when nothing does.

    What stands before the number or in its own clause is for `modality` to weigh.

    Parameters
    ----------
    sources
        Attributions of each passage of the document, from `attribution.attributions`.
    """
    if number.cell is not None or number.block.kind in {"heading", "row"}:
        return None
    sentence = number.passage.sentence
    clauses = sentence.clauses[number.clause + 1 :]
    behind = Span(clauses[0].start, sentence.end, "") if clauses else None
    if behind is not None:
        found = _in_part(number, number.at, behind, sources)
        if found is not None:
            return found
    passages = number.marked.passages
    for at in range(number.at + 1, min(number.at + 1 + _REACH, len(passages))):
        passage = passages[at]
        if passage.block > number.passage.block + 1 or not _is_prose(number, passage):
            return None
        found = _in_part(number, at, passage.sentence, sources)
        if found is not None or passage.quantities:
            return found
    return None


def _is_prose(number: Number, passage: Passage) -> bool:
    return number.marked.document.blocks[passage.block].kind in {"paragraph", "item"}


def _in_part(
    number: Number, at: int, part: Span, sources: Sequence[Sequence[Attribution]]
) -> Denial | None:
    """The first denial in a part of a sentence, in a clause without a number of its own."""
    marked = number.marked
    passage = marked.passages[at]
    text = marked.lower[part.start : part.end]
    hits = [match for pattern in _DENIALS for match in pattern.finditer(text)]
    for match in sorted(hits, key=lambda match: match.start("cue")):
        start, end = part.start + match.start("cue"), part.start + match.end("cue")
        if _NOT.search(marked.lower[max(start - _NOT_WITHIN, part.start) : start]):
            continue
        clause = passage.sentence.clauses[passage.sentence.clause_at(start)]
        # Another sentence with a number before the denial denies that one.
        first = clause.start if at == number.at else passage.sentence.start
        if any(first <= q.start < clause.end for q in passage.quantities):
            continue
        own = [a for a in sources[at] if part.start <= a.start]
        before = [a for a in own if a.end <= start or a.start <= start < a.end]
        named = before[-1:] or own[:1]
        source = named[0] if named else _doer(number, passage, clause, start)
        return Denial(start, end, marked.document.text[start:end], at, source)
    return None


def _doer(number: Number, passage: Passage, clause: Span, place: int) -> Attribution | None:
    """Who does what a clause says without a verb of saying: "the company called it baseless"."""
    for span in (*reversed(passage.mentions), *reversed(passage.anaphors)):
        if clause.start <= span.start and span.end <= place and span.surface.lower() not in _THINGS:
            canonical = span.entities[0] if isinstance(span, Mention) else ""
            words = number.marked.document.text[span.start : span.end]
            return Attribution(
                span.start, span.end, words, "company_statement", canonical, "teller"
            )
    return None
