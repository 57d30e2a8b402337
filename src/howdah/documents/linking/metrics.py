"""Which metric a number is of: every word of a metric within reach is a candidate, and so is none.

A candidate's features say where its word stands and which units it takes; the model weighs them.
Headings, captions and the heads of a table's columns are within reach of what stands under them,
and the sentence before within that of a number whose own sentence has no word.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from howdah.documents.lexicon import MetricEntry, Trigger
from howdah.documents.linking.lists import run_of_numbers
from howdah.documents.numbers import Before, Number, unit_class
from howdah.documents.passages import Marked
from howdah.documents.spans import Quantity, Span

UNCLASSIFIED = "unclassified"

#: Features of candidates that another's phrase does not weaken.
_FIRM = frozenset({"tight", "from:column", "from:row"})

#: Features of a word in the number's clause with no other number between them.
_SAME_CLAUSE = frozenset(
    f"{side}|same|numbers0|rivals{n}" for side in ("before", "behind") for n in range(3)
) | {"counted"}

#: Families whose numbers are also told as a share of a whole: "one in twenty pays".
_PARTS_OF = frozenset({"audience", "staff"})

#: Sentences before that are within reach, in the same block.
_REACH = 2

#: Sentences that are looked at in all: a list of many short items is one context.
_FARTHEST = 8

#: What may stand between a metric's word and its number when the two belong together.
_COPULA = re.compile(
    r"[\s:*_|]*(?:(?:的|数|量|率|额|值|均值|规模|总额|金额|数量|人数"
    r"|用户|已经?|也|则|仅|只|就|便|分别|依次|"
    r"合计|约|大约|近|超过?|突破|达到?了?|为|是|至|到|有|在|共|升至"
    r"|降至|增至|增长|同比|环比|上涨|下降|剩下?|只剩|仅剩|来到|录得|做到|站上|冲到|缩至|扩至|跌至|涨至"
    r"|跌到|涨到|合共|总共|共有|不到|不足|不过|将|预计|预期|料|可达?|高达|多达|低至|仍|还|才|逾|破|冲破|累计|单价|"
    r"totall?ed|came|amounted|averaged|remained|stayed|climbed|jumped|dropped|slipped|tumbled|worth"
    r"|had|has|have|will|would|be|been|now|exceeded|topped|passed|approximately|roughly|less|as|high|"
    r"of|at|was|were|is|are|stood|reached|hit|rose|fell|grew|to|by|about|around|nearly|over|"
    r"more|than|some|a|an|the|just|only|under|almost|from|up|down)\s*)*[\s:(*_|]*"
)
_PART = re.compile(
    r"(?:海外|国内|线上|线下|占|来自|游戏|广告|订阅|会员|云|其中|国际"
    r"|境外|部分|智能|硬件|服务|软件)(?:业务|市场|板块|端)?的?$"
    r"|\b(?:overseas|domestic|international|advertising|subscription|online|offline|segment|cloud|"
    r"services|hardware|share of|part of|of its|of their|of the|per cent of|% of)\s*$"
)
_COMPARED = re.compile(
    r"(?:较|比|相比|相较于?|高于|低于|不如|多于|少于)[^,。]{0,12}$"
    r"|\b(?:than|versus|vs\.?|against|compared with|compared to)[^,.]{0,20}$"
)

#: Between a metric's word and its number in one phrase: "a loss of $88m", "$3m in annual sales".
_OF = re.compile(
    r"\s*(?:of|at|:|达|为|是)\s*(?:(?:about|around|nearly|over|more than|约|近|超)\s*)?"
)
_PHRASE = re.compile(
    r"\s*(?:(?:in|of|worth of|的|多?[名位个家款])\s*)?(?:(?:[a-z]+ed|[a-z]+ly|[a-z]+ing|annual"
    r"|net|gross|total|new|its|their|our|the|active|global|full-time|个|名|位)\s+){0,2}"
)

#: Between a number and the word behind it that it counts.
_NOTHING = frozenset({"", "-", "的", "个", "名", "位", "家", "款", "元", "万", "亿"})

#: Characters behind which a word is whole: it ends nothing longer.
_OPEN = frozenset(
    "的了其该总净年月季度均共计将为是和与及达现得有在到至从把让给使并而但也则仅只就已约近超比较对按以因由上下前后内间日周天人称说指示出"
)

#: Ends of a block that asks.
_ASKS = re.compile(r"[?？]\W*$")

#: Words right before a number that is held against the one before it, and so is of its metric.
_AGAIN = re.compile(
    r"(?:较|比|高于|低于|多于|少于|上年同期|去年同期|此前的?|前值|由|从"
    r"|(?:现在|目前|如今|剩)的?)[为的是]?\s*$"
    r"|\b(?:than|versus|vs\.?|against|compared (?:with|to)|from|and) (?:the |just |about |some )?$"
)

#: Words by which a sentence says what it is about before it names anybody.
_TOPIC_BEHIND = re.compile(r"(?:方面|上看|来看|来说|口径|维度|上,)")
_TOPIC_AHEAD = re.compile(
    r"(?:若看|论|按|就|至于)\s*$|\b(?:in terms of|as for|measured by|ranked by|by)\s+$"
)


@dataclass(frozen=True, slots=True)
class MetricCandidate:
    """A metric that a number may be of.

    Attributes
    ----------
    metric
        Its id, "unclassified" for none that is known.
    word
        The word that says so, None where none does.
    """

    metric: str
    word: Span | None
    features: tuple[str, ...]


def metric_candidates(number: Number, before: Before) -> list[MetricCandidate]:
    """All metrics within reach of a number, and none of them.

    Parameters
    ----------
    before
        What the number before was bound to.
    """
    found = [*_in_sentence(number), *_around(number), *_asked(number)]
    n_local = len({c.metric for c in found if "local" in c.features})
    found.append(_unclassified(number, min(n_local, 2)))
    lexicon = number.marked.lexicon
    is_named = any(c.metric == before.metric for c in found)
    if not is_named and before.metric in lexicon and takes(lexicon[before.metric], number.quantity):
        entry = lexicon[before.metric]
        unit = unit_class(number.quantity)
        features = (
            "from:previous",
            f"m:{entry.metric}",
            f"m:{entry.metric}|{unit}",
            f"f:{entry.family}|{unit}",
        )
        found.append(MetricCandidate(entry.metric, None, features))
    if any("tight" in c.features for c in found):
        found = [_beaten(c) for c in found]
    words = [
        t
        for t in number.passage.triggers
        if not t.is_weak
        and not t.behind
        and any(takes(lexicon[m], number.quantity) for m in t.metrics)
    ]
    n_words = before.between(number, words)
    unit = unit_class(number.quantity)
    same = "same" if before.unit == unit else f"{before.unit}>{unit}"
    where = before.distance(number)
    kind = number.block.kind
    again = (
        "previous",
        f"previous|words{n_words}|{where}",
        f"previous|{same}|{where}",
        f"previous|words{n_words}|{same}",
        f"previous|{kind}",
        *_going_on(number, before),
    )
    return [
        MetricCandidate(c.metric, c.word, (*c.features, *again))
        if before.at >= 0 and c.metric == before.metric and number.cell is None
        else c
        for c in found
    ]


def _beaten(candidate: MetricCandidate) -> MetricCandidate:
    """The candidate, weakened where the number and another's word are one phrase."""
    if not _FIRM.isdisjoint(candidate.features):
        return candidate
    where = "none" if "none" in candidate.features else candidate.features[0]
    features = (*candidate.features, "beaten", f"beaten|{where}")
    return MetricCandidate(candidate.metric, candidate.word, features)


def _going_on(number: Number, before: Before) -> Iterator[str]:
    """Whether a number goes on with a list, or is held against the one before."""
    if before.unit != unit_class(number.quantity):
        return
    if number.at == before.at and run_of_numbers(number)[0] > 0:
        yield "previous|run"
    if _AGAIN.search(number.before_text(number.quantity.start)):
        yield "previous|again"


def names_metric(number: Number) -> bool:
    """Whether the number's sentence has a word of a metric that it may be of."""
    return next(_in_sentence(number), None) is not None


def takes(entry: MetricEntry, quantity: Quantity) -> bool:
    """Whether a number of that unit may be of a metric, or be a change or a rank of it."""
    unit, units = quantity.unit, entry.units
    if entry.metric == UNCLASSIFIED or quantity.change in {"growth", "multiple"}:
        return True
    if unit in {"rank", "times"}:
        return True
    if quantity.change == "points" or unit == "points":
        return "percent" in units or entry.metric == "rating"
    is_share = unit == "percent" and entry.family in _PARTS_OF
    is_counted = (unit == "count" and "people" in units) or (
        unit == "people" and not units.isdisjoint({"count", "people"})
    )
    is_price = unit == "currency" and "per_user" in units
    return unit in units or is_share or is_counted or is_price


def _in_sentence(number: Number) -> Iterator[MetricCandidate]:
    passage, quantity = number.passage, number.quantity
    lexicon = number.marked.lexicon
    sentence = passage.sentence
    clause = sentence.clauses[number.clause] if sentence.clauses else sentence
    tails = lexicon.tails(number.marked.lower, quantity.start, max(clause.end, quantity.end))
    fitting = [
        (trigger, metric)
        for trigger in passage.triggers
        if not trigger.behind
        or (trigger.start < quantity.start and not trigger.behind.isdisjoint(tails))
        for metric in trigger.metrics
        if takes(lexicon[metric], quantity)
    ]
    words = [trigger for trigger, _ in fitting]
    for trigger, metric in fitting:
        found = _local(number, trigger, metric, words)
        if metric != UNCLASSIFIED or _is_at(found):
            yield found


def _is_at(candidate: MetricCandidate) -> bool:
    """Whether a word that keeps a number from other metrics stands right at the number."""
    features = candidate.features
    is_near = not _SAME_CLAUSE.isdisjoint(features) and "taken" not in features
    return is_near or "tight" in features


def _local(number: Number, trigger: Trigger, metric: str, words: list[Trigger]) -> MetricCandidate:
    quantity = number.quantity
    entry = number.marked.lexicon[metric]
    side = number.side(trigger)
    apart = min(number.clauses_to(trigger), 3)
    near = number.distance(trigger)
    n_numbers = min(number.between(trigger, number.passage.quantities), 3)
    rivals = [w for w in words if w.start != trigger.start]
    n_rivals = min(number.between(trigger, rivals), 2)
    unit = unit_class(quantity)
    features = [
        "local",
        f"{side}|apart{apart}",
        f"{side}|near{near}",
        f"{side}|numbers{n_numbers}",
        f"rivals{n_rivals}",
        f"m:{metric}",
        f"m:{metric}|{unit}",
        f"f:{entry.family}|{unit}",
    ]
    if apart == 0:
        features.append(f"{side}|same|numbers{n_numbers}|rivals{n_rivals}")
    if trigger.is_weak:
        features.append("weak")
    if trigger.behind:
        features.append("paired")
    features += _beside(number, trigger, side)
    if quantity.unit == "rank":
        features.append(f"rank|{side}|apart{apart}")
    return MetricCandidate(metric, trigger, tuple(features))


def _beside(number: Number, trigger: Trigger, side: str) -> Iterator[str]:
    """What the text between a word and its number says, and that around the word."""
    gap = number.gap_text(trigger)
    if side == "before" and _COPULA.fullmatch(gap):
        yield "copula"
    if side == "before" and _OF.fullmatch(gap):
        yield "of"
    if side == "behind" and gap.strip() in _NOTHING:
        yield "adjoining"
    elif side == "behind" and _PHRASE.fullmatch(gap):
        yield "phrase"
    owners = _owners(number, trigger)
    if owners:
        yield "tight" if number.quantity in owners else "taken"
    if side == "within":
        yield "counted"
    yield from _around_word(number, trigger, side)


def _around_word(number: Number, trigger: Trigger, side: str) -> Iterator[str]:
    """What the text before a word and behind it says."""
    ahead = number.before_text(trigger.start)
    if _PART.search(ahead):
        yield "part"
    elif _is_modified(number, trigger):
        yield "modified"
        yield f"modified|{number.marked.lexicon[trigger.metrics[0]].family}"
    if _COMPARED.search(ahead):
        yield "compared"
    is_topic = _TOPIC_BEHIND.match(number.after_text(trigger.end)) or _TOPIC_AHEAD.search(ahead)
    if side == "before" and is_topic:
        yield "topic"


def _is_modified(number: Number, trigger: Trigger) -> bool:
    """Whether a Chinese word is the end of a longer one: 短剧收入 is a part of 收入."""
    before = number.marked.lower[trigger.start - 1 : trigger.start]
    if not "\u4e00" <= before <= "\u9fff" or before in _OPEN or trigger.surface.isascii():
        return False
    passage = number.passage
    spans = (*passage.mentions, *passage.periods, *passage.quantities, *passage.triggers)
    return all(span.end != trigger.start for span in spans)


def _owners(number: Number, trigger: Trigger) -> list[Quantity]:
    """Numbers that are one phrase with a word: around it, or right beside it."""
    lower, found = number.marked.lower, []
    before = behind = None
    for quantity in number.passage.quantities:
        if quantity.end <= trigger.start:
            before = quantity
        elif quantity.start >= trigger.end:
            behind = quantity
            break
        else:
            found.append(quantity)
    if before is not None:
        gap = lower[before.end : trigger.start]
        if gap.strip() in _NOTHING or _PHRASE.fullmatch(gap):
            found.append(before)
    if behind is not None and _COPULA.fullmatch(lower, trigger.end, behind.start):
        found.append(behind)
    return found


def _asked(number: Number) -> Iterator[MetricCandidate]:
    """Metrics of the question that the number's block answers."""
    block = number.passage.block
    passages = number.marked.passages
    before = [
        p for p in passages[max(number.at - _FARTHEST, 0) : number.at] if p.block == block - 1
    ]
    if not before or _ASKS.search(number.marked.document.blocks[block - 1].surface) is None:
        return
    for trigger in before[-1].triggers:
        if not trigger.behind:
            yield from _distant(number, trigger, "question", trigger)


def _around(number: Number) -> Iterator[MetricCandidate]:
    """Metrics of heads of columns, captions, headings and sentences before."""
    for origin, text in _texts_above(number):
        for trigger in _triggers_of(number.marked, text):
            if not trigger.behind:
                yield from _distant(number, trigger, origin, None)
    for origin, trigger in _words_before(number):
        if not trigger.behind and not trigger.is_weak:
            yield from _distant(number, trigger, origin, trigger)


@lru_cache(maxsize=256)
def _triggers_of(marked: Marked, text: str) -> tuple[Trigger, ...]:
    lower = marked.folded(text)
    return marked.lexicon.find(lower, 0, len(lower))


def _texts_above(number: Number) -> Iterator[tuple[str, str]]:
    """Texts that a number stands under, and what each is."""
    block, cell = number.block, number.cell
    if cell is not None:
        yield from (("column", text) for text in cell.column)
        yield from (("row", text) for text in cell.row)
    if block.caption:
        yield "caption", block.caption
    heading = number.marked.heading(number.passage.block)
    if heading is not None:
        yield "heading", heading.surface
    title = number.marked.document.title
    if title and (heading is None or heading.surface != title):
        yield "title", title


def _words_before(number: Number) -> Iterator[tuple[str, Trigger]]:
    """Words of the sentences before in the block, else the last ones of the block before."""
    passages = number.marked.passages
    is_text = number.block.kind == "paragraph"
    for back, at in enumerate(range(number.at - 1, max(number.at - 1 - _FARTHEST, -1), -1), 1):
        passage = passages[at]
        if passage.block == number.passage.block:
            if back > _REACH:
                return
            yield from ((f"back{back}", trigger) for trigger in passage.triggers)
            continue
        if number.passage.block - passage.block > 1:
            return
        near = passage.triggers[-_REACH:] if is_text else passage.triggers
        yield from (("block_before", trigger) for trigger in near)
        if is_text:
            return


def _distant(
    number: Number, trigger: Trigger, origin: str, word: Span | None
) -> Iterator[MetricCandidate]:
    quantity = number.quantity
    lexicon = number.marked.lexicon
    unit = unit_class(quantity)
    kind = number.block.kind
    for metric in trigger.metrics:
        entry = lexicon[metric]
        is_head = origin in {"column", "row"}
        if metric == UNCLASSIFIED and not is_head:
            continue
        if not takes(entry, quantity) and not (is_head and quantity.unit == ""):
            continue
        features = [
            f"from:{origin}",
            f"from:{origin}|{kind}",
            f"m:{metric}",
            f"m:{metric}|{unit}",
            f"f:{entry.family}|{unit}",
        ]
        if trigger.is_weak:
            features.append("weak")
        if any(
            takes(lexicon[m], quantity) and not t.is_weak and not t.behind
            for t in number.passage.triggers
            for m in t.metrics
        ):
            features.append(f"from:{origin}|rivalled")
        yield MetricCandidate(metric, word, tuple(features))


def _unclassified(number: Number, n_local: int) -> MetricCandidate:
    quantity = number.quantity
    unit = unit_class(quantity)
    features = ["none", f"none|{unit}", f"none|local{n_local}", f"none|{unit}|local{n_local}"]
    if quantity.counted:
        features.append("none|counted")
    if number.cell is not None:
        features.append("none|cell")
    return MetricCandidate(UNCLASSIFIED, None, tuple(features))
