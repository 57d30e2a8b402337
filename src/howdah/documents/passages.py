"""Passages: the sentences of a document, each with everything that was found in it.

All offsets are those of the document as received. `Marked.lower` is the document folded to
simplified lower case, character for character, so that a word is looked for in it at the very
offsets at which it is cited.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from howdah.documents.deals import Deals, find_deals
from howdah.documents.folding import Folded, fold
from howdah.documents.headers import places_in_list, scaled, years_of_columns
from howdah.documents.lexicon import MetricLexicon, Trigger
from howdah.documents.mentions import Gazetteer
from howdah.documents.periods import find_periods
from howdah.documents.quantities import find_quantities
from howdah.documents.sentences import Sentence, split_sentences
from howdah.documents.spans import Block, Document, Mention, Period, Quantity, Span

_ANAPHOR = re.compile(
    r"(?:该|这家|这款|此|本|上述|这个|这一)(?:公司|企业|产品|应用|平台"
    r"|机构|模型|app|软件|集团|品牌|游戏|厂商|项目|工具|服务|初创)"
    r"|(?<![极尤与及])其(?![他它中余实次])|(?<![其吉])(?:它|他们|它们"
    r")|前者|后者|二者|两者|公司|我们|自家|对方"
    r"|\b(?:it|its|they|their|we|our|he|she)\b|\bthe (?:former|latter|two|pair)\b"
    r"|\bthe (?:(?!(?:company|firm|group|product|model)\b)[a-z-]+ )?(?:company|firm"
    r"|startup|start-up|group|app|product|model|platform|assistant|service|maker|business|lab"
    r"|chatbot|vendor|carmaker|drugmaker|chipmaker|retailer|publisher|studio|developer|lender)\b"
)

#: "A, B and C": what stands between names that share a predicate.
_JOINT = re.compile(r"\s*(?:\([^()\n]{1,40}\))?\s*(?:[、,/&]|和|与|及|以及|,?\s*and|跟|或)\s*")

#: What is said to whoever reads, of how to answer or what to forget.
_INSTRUCTION = re.compile(
    r"\b(?:ignore|disregard|forget) (?:all|any|the|this|these|every|your|previous|prior|above)\b"
    r"|\b(?:ais?|assistants?|models?|chatbots?|bots?|crawlers?|readers?|reporters?|llms?)\b[^.!?]{0,50}"
    r"\b(?:should|must|shall|please|(?:are|is) (?:asked|told|required|to))\b[^.!?]{0,20}"
    r"\b(?:answer|reply|respond|output|repeat|summari[sz]e|record|report|write|note|say|state)\b"
    r"|\bplease (?:answer|reply|respond|output|repeat|summari[sz]e|record|report|write|state)\b"
    r"|\b(?:output|print) (?:that|only)\b|\b(?:answer|reply|respond) (?:only|with only)\b"
    r"|\brecord (?:the|a) (?:value|number|figure)\b"
    r"|(?:忽略|无视|忘记|不要理会)[^,。]{0,8}(?:以上|上述|前面|之前|全文|指令|内容)"
    r"|(?:ai|人工智能|大模型|模型|机器人|助手|爬虫|程序|读者)[^。]{0,16}(?:请|必须|务必|应当)[^。]{0,6}"
    r"(?:回答|输出|写成|记录为|答复|总结为|标注)"
)

#: What stands behind an organisation whose figures are told, and before it.
_TELLS = re.compile(
    r"[^,。;]{0,8}?(?:数据|统计|显示|监测|估算|测算|报告|调查|榜单|研究|判断|下修)"
    r"|\s+(?:\w+ )?(?:says|said|finds|found|counts|counted|reckons|estimates?|puts|shows|data|"
    r"figures|report|study|index|believes|expects|calculates|published|tracked)\b"
)
_TOLD_BY = re.compile(
    r"(?:据|根据|来源:?|按照?)$|\b(?:according to|source:|by|from) (?:the [a-z -]{0,30})?$"
)
_FRAME = 40

_WE = re.compile(r"我们|本公司|本集团|\b(?:we|our)\b")
_LEAST_WE = 3


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """A sentence, or a row of a table, and what stands in it; each is only itself.

    Attributes
    ----------
    block
        Number of its block.
    anaphors
        Words that stand for something named before: "the company".
    groups
        For each mention the number of the list that it is in ("A, B and C"), and its place there.
    """

    sentence: Sentence
    block: int
    mentions: tuple[Mention, ...] = ()
    anaphors: tuple[Span, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    periods: tuple[Period, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    groups: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Marked:
    """A document with all that was found in it; each is only itself.

    Attributes
    ----------
    lower
        The text folded to lower case, character for character.
    headings
        For each block the heading that it stands under.
    top
        Whom it names most often, "" when nobody.
    is_own
        Whether it is a company's own text, which says "we" all along.
    deals
        Who buys whom in it.
    tellers
        Organisations that it takes figures from.
    """

    document: Document
    lower: str
    passages: tuple[Passage, ...]
    gazetteer: Gazetteer
    lexicon: MetricLexicon
    mentions: tuple[Mention, ...] = ()
    is_traditional: bool = False
    headings: dict[int, int] = field(default_factory=dict)
    top: str = ""
    is_own: bool = False
    deals: Deals = field(default_factory=Deals)
    tellers: frozenset[str] = frozenset()

    def folded(self, text: str) -> str:
        """A text of the document as `lower` has it."""
        return aligned(fold(text))

    def heading(self, block: int) -> Block | None:
        """The heading that a block stands under, None without."""
        number = self.headings.get(block)
        return None if number is None else self.document.blocks[number]


def mark(document: Document, gazetteer: Gazetteer, lexicon: MetricLexicon) -> Marked:
    """Find everything in a document that claims are made of."""
    folded = fold(document.text)
    lower = aligned(folded)
    mentions = gazetteer.find(folded)
    named = _Places(mentions)
    # Digits of a name are no number.
    when = [p for p in find_periods(folded, document.published_at) if not named.cover(p)]
    dated = _Places(when)
    when += [year for year in years_of_columns(document) if not dated.cover(year)]
    cells = [cell for block in document.blocks for cell in block.cells]
    numbers = find_quantities(folded, names=mentions, periods=when, cells=cells)
    numbers = [*(q for q in numbers if not named.cover(q)), *places_in_list(document, lower)]
    is_mainland = not folded.is_traditional
    quantities = _Places(scaled(document, numbers, lexicon, is_mainland=is_mainland))
    periods = _Places(when)
    passages = []
    cased = lower_as_cased(document.text, lower)
    headings: dict[int, int] = {}
    last_heading = None
    for number, block in enumerate(document.blocks):
        if block.kind == "heading":
            last_heading = number
        elif last_heading is not None:
            headings[number] = last_heading
        for sentence in _sentences(cased, block):
            inside = tuple(named.within(sentence))
            passages.append(
                Passage(
                    sentence,
                    number,
                    inside,
                    tuple(_anaphors(lower, sentence, inside)),
                    tuple(quantities.within(sentence)),
                    tuple(periods.within(sentence)),
                    _triggers(lexicon, lower, sentence, inside),
                    tuple(_groups(lower, inside)),
                )
            )
    return Marked(
        document, lower, tuple(passages), gazetteer, lexicon, mentions,
        folded.is_traditional, headings, _most_named(mentions),
        len(_WE.findall(lower)) >= _LEAST_WE,
        find_deals(lower, [passage.mentions for passage in passages]),
        frozenset(_tellers(lower, mentions, gazetteer)),
    )  # fmt: skip


def _most_named(mentions: Sequence[Mention]) -> str:
    counts = Counter(mention.entities[0] for mention in mentions)
    return counts.most_common(1)[0][0] if counts else ""


def _tellers(lower: str, mentions: Sequence[Mention], gazetteer: Gazetteer) -> Iterator[str]:
    """Organisations whose figures a text gives: it is not about them."""
    for mention in mentions:
        if gazetteer[mention.entities[0]].type == "organisation" and (
            _TELLS.match(lower, mention.end)
            or _TOLD_BY.search(lower[max(mention.start - _FRAME, 0) : mention.start])
        ):
            yield mention.entities[0]


def aligned(folded: Folded) -> str:
    """Folded lower-case text with one character for each of the text as received."""
    if folded.origins is None:
        return folded.lower
    chars = [char if len(char.lower()) != 1 else char.lower() for char in folded.raw]
    for place, origin in enumerate(folded.origins):
        is_single = (place == 0 or folded.origins[place - 1] != origin) and (
            place + 1 == len(folded.origins) or folded.origins[place + 1] != origin
        )
        if is_single:
            chars[origin] = folded.lower[place]
    return "".join(chars)


def _sentences(cased: str, block: Block) -> tuple[Sentence, ...]:
    if block.kind != "row":
        return split_sentences(cased, block.start, block.end)
    cells = tuple(Span(cell.start, cell.end, cell.surface) for cell in block.cells)
    return (Sentence(block.start, block.end, block.surface, cells),)


def lower_as_cased(raw: str, lower: str) -> str:
    """The folded text with the capitals of the raw one: case tells where sentences begin."""
    if raw.isascii():
        return raw
    return "".join(
        a if a.isascii() else (b.upper() if a.isupper() else b)
        for a, b in zip(raw, lower, strict=True)
    )


def _anaphors(lower: str, sentence: Sentence, mentions: Sequence[Mention]) -> Iterator[Span]:
    for match in _ANAPHOR.finditer(lower, sentence.start, sentence.end):
        start, end = match.span()
        if not any(m.start < end and start < m.end for m in mentions):
            yield Span(start, end, match[0])


def _triggers(
    lexicon: MetricLexicon, lower: str, sentence: Sentence, mentions: Sequence[Mention]
) -> tuple[Trigger, ...]:
    """Words of metrics, but for those inside of names."""
    return tuple(
        trigger
        for trigger in lexicon.find(lower, sentence.start, sentence.end)
        if not any(m.start <= trigger.start and trigger.end <= m.end for m in mentions)
    )


def _groups(lower: str, mentions: Sequence[Mention]) -> Iterator[tuple[int, int, int]]:
    """List, place in it and length of it for each mention."""
    lists: list[list[Mention]] = []
    for mention in mentions:
        before = lists[-1][-1] if lists else None
        if before is not None and _JOINT.fullmatch(lower, before.end, mention.start):
            lists[-1].append(mention)
        else:
            lists.append([mention])
    for number, members in enumerate(lists):
        for place in range(len(members)):
            yield number, place, len(members)


# The claims of a sentence ask one after the other; more would keep documents in memory.
@lru_cache(maxsize=8)
def is_instruction(marked: Marked, sentence: Span) -> bool:
    """Whether a sentence tells its reader, or a program, what to say: that states nothing."""
    return _INSTRUCTION.search(marked.lower, sentence.start, sentence.end) is not None


class _Places:
    """Spans by their start, for looking up those in a part of the text."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self.spans = sorted(spans, key=lambda span: (span.start, span.end))
        self.starts = [span.start for span in self.spans]

    def within(self, part: Span) -> list:  # type: ignore[type-arg]
        """Spans that begin in a part."""
        return self.spans[bisect_left(self.starts, part.start) : bisect_left(self.starts, part.end)]

    def cover(self, span: Span) -> bool:
        """Whether one of them holds a span, or part of it."""
        at = bisect_left(self.starts, span.end)
        return any(span.start < other.end for other in self.spans[max(at - 3, 0) : at])
