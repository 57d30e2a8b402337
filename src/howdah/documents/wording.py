"""From a bound number to the words of a claim: metric of a change, unit, object, value."""

import re

from howdah.documents.folding import fold
from howdah.documents.linking import UNCLASSIFIED, Bound, Number, own_words_of
from howdah.documents.spans import Mention, Quantity, Span

#: Words that leave a noun bare when they are taken off its ends.
_EDGES = re.compile(
    r"^(?:的|为|是|达|约|则|也|已|还|共|仅|只|有|在|其中|其|由|从|到"
    r"|至|和|与|及|同比|环比|其他|预计|将|今年|去年|"
    r"(?:the|a|an|its|their|of|in|at|to|and|with|by|for|was|were|is|are|has|had|about"
    r"|against|compared|than|from)(?![a-z])|\s|[,、:：()\"“”「」])+"
    r"|(?:的|为|是|达到?|约|则|也|已经?|还|共|仅|只|有|在|由|从|到"
    r"|至|了|和|与|及|近|超过?|同比|环比|增长|下降|上升|"
    r"占|升至|降至|增至|合计|分别|依次|(?<![a-z])(?:the|a|an|its|of|in|at|to|and"
    r"|with|by|for|was|were|is|are|has|had|about|up|down|some|over|rose|fell|against|compared"
    r"|than|from)|\s|[,、:：()\"“”「」])+$"
)
_PARTNER = re.compile(
    r"(?:比|较|是|为|相当于|高出|超过|领先|多于|少于|than|as|ahead of"
    r"|behind|that of|times)[^,。;]{0,12}$"
)
_CLASSIFIER = re.compile(
    r"^(?:[台家件杯辆例份个次盒款部间起单名位条张颗支只套座处所篇笔层代届站场吨]|人次|元|块)(?![\u4e00-\u9fff]?量)(?=.|$)"
)
_LONGEST_OBJECT = {"zh": 14, "en": 40}

#: What says of a number how it moved, and not of what it is.
_NO_NOUN = re.compile(
    r"(?:同比|环比|年|月|季|个|百分点|[台家件杯辆例份次盒部间起单名位条张颗支只套座处篇笔层代届场吨元块人]"
    r"|提高|提升|上升|下降|增加|减少|增长|跌去|回落|收窄|扩大|缩|降|升|涨|跌|增|减|多|少|高|低|拖|翻|达"
    r"|到|至|出|了|的|得|却|则|也|还|又|再|仍|就|才|以|为|是|与|和|及|从|由|比|较|而|约|近|超|逾|前者|后者"
    r"|对外|对内|内部|一直|说|写|称|现在|目前|如今|之前|此前|上述|其中|另外|另|同期|倒|已|将|预计|倍)"
    r"|\b(?:rose|fell|grew|up|down|to|from|more|less|fewer|than|the|an?|of|in|and|or|by|at|on|it|its|was"
    r"|were|is|are|had|has|have|would|will|be|been|against|compared|with|as|that|this|which|before"
    r"|ago|earlier|year|years|months?|quarter|days?|one|only|just|about|some|over|under|nearly|now"
    r"|then|again|increase|decrease|decline|rise|down|climbed|dropped|slipped|roughly|almost|not|we"
    r"|they|he|she|shall|put|puts|itself|number|points?|percentage)\b"
)
_MARKS = " ,.;:，。；：、…“”\"'()（）-"
_LEAST_NOUN = 2

#: A change to so many times the base is a growth of that many hundred per cent less a hundred.
_PERCENT = 100.0

#: Types of those who buy and hold, and how far behind their names their part is told.
_BUYING = frozenset({"company", "investor", "organisation", "product"})
_PART_WITHIN = 40
_PRICE = "acquisition_price"

#: What stands behind a name of the other party of a deal's number.
_PARTIES = {
    _PRICE: re.compile(
        r"[^;。]{0,30}?(?:收购|买|吃下|开价|出价|要约|取得|并购|求购)"
        r"|[^;]{0,30}?\b(?:acquir|buy|bought|bid|offer|pay|paid|tak(?:e|ing) over|took over|propos)"
    ),
    "stake": re.compile(
        r"[^;。,]{0,14}?(?:持股|持有|握有|占股|取得|买进|入股|认购|增持|分别)"
        r"|[^;]{0,24}?\b(?:hold|held|own|took|take|bought|buy|keep|get|got|with|has|have)"
    ),
    "amount_raised": re.compile(
        r"[^;。,]{0,10}?(?:出资|投入|投资|认购|注资|贡献)"
        r"|[^;]{0,24}?\b(?:put|brought|contribut|invest|chipped|provid|wrote)"
    ),
}

#: The metric that is itself a change downwards, and the one that is itself below zero.
CUT = "staff_cut"
LOSS = "loss"

#: Value and ends of an interval.
_Numbers = tuple[float | None, float | None, float | None]

#: Between a time and a multiple of what was then ("去年全年的1.2倍"), and the other way round.
_OF_TIME_ZH = re.compile(r"(?:全年|同期|同月|当时|时)?的?(?:约|近|超过?)?$")
_OF_TIME_EN = re.compile(
    r"\s*(?:as (?:\w+ )?as|the|that|those|what|level|figure|of|it was|in|on|for|at|a)\b"
)
_REACH_OF_TIME = 40

#: Endings of metrics by what change a number is: of one's own level, and beside another's.
_CHANGED = {
    "growth": "_growth", "multiple": "_growth", "points": "_change", "difference": "_change",
}  # fmt: skip
_COMPARED = {"growth": "_lead", "multiple": "_ratio", "difference": "_lead"}

#: Units that a number may go by that counts something.
_GENERIC = frozenset({"", "count", "people"})


def metric_and_object(bound: Bound) -> tuple[str, str]:
    """Id of the metric and the object of a claim."""
    quantity, base = bound.number.quantity, bound.metric
    if quantity.unit == "rank":
        return ("rank" if base == UNCLASSIFIED else f"rank_{base}"), ""
    if base == UNCLASSIFIED:
        return base, trigger_words(bound)
    if base == CUT and quantity.change == "growth":
        # "Cut a tenth of its staff" is no change of a cut.
        return base, ""
    partner = _partner(bound) if quantity.change in _COMPARED else None
    if partner is not None:
        return base + _COMPARED[quantity.change], partner
    if is_of_another(bound):
        return UNCLASSIFIED, trigger_words(bound)
    other = quantity.base if quantity.change else _other_party(bound)
    return base + _CHANGED.get(quantity.change, ""), other


def _other_party(bound: Bound) -> str:
    """Who buys, holds or pays what a number of a deal is of; "" of no deal, and for nobody named.

    The name nearest before the number that is not the subject's and has the part, else for a price
    the one that buys in the text.
    """
    if bound.metric not in _PARTIES:
        return ""
    number: Number = bound.number
    subject, marked = bound.subject.canonical, number.marked
    others = [
        m for m in number.passage.mentions
        if m.entities[0] != subject and marked.gazetteer[m.entities[0]].type in _BUYING
    ]  # fmt: skip
    before = [m for m in others if m.end <= number.quantity.start]
    part = _PARTIES[bound.metric]
    for mention in (*reversed(before), *others):
        if part.match(number.after_text(mention.end, _PART_WITHIN)):
            return mention.entities[0]
    if bound.metric != _PRICE:
        return ""
    buyers = [m for m in marked.mentions if m.entities[0] in marked.deals.buyers - {subject}]
    earlier = [m for m in buyers if m.start < number.quantity.start]
    return (earlier[-1:] or buyers[:1])[0].entities[0] if buyers else ""


def is_of_another(bound: Bound) -> bool:
    """Whether a number is so many times something else: no time stands where that is named."""
    number = bound.number
    if number.quantity.change != "multiple":
        return False
    start, end = number.quantity.start, number.quantity.end
    lower = number.marked.lower
    for period in number.passage.periods:
        if period.end <= start and _OF_TIME_ZH.fullmatch(lower, period.end, start):
            return False
        is_behind = end <= period.start <= end + _REACH_OF_TIME
        if is_behind and period.surface.isascii() and _OF_TIME_EN.match(lower, end):
            return False
    return True


def unit_of(bound: Bound, metric: str) -> str:
    """Unit of a claim: the metric's own where the number counts without saying what."""
    quantity = bound.number.quantity
    lexicon = bound.number.marked.lexicon
    if quantity.change == "points":
        return "points"
    if metric.endswith("_ratio"):
        return "times"
    if metric.endswith("_growth"):
        return "percent"
    if bound.metric == UNCLASSIFIED or quantity.unit == "rank":
        return quantity.unit or "count"
    own = lexicon[bound.metric].unit
    if quantity.unit in _GENERIC:
        return own
    return "per_user" if own == "per_user" and quantity.unit == "currency" else quantity.unit


def values(quantity: Quantity, metric: str) -> _Numbers:
    """Value and ends of the interval, of the metric that it is told of.

    A multiple of an earlier level is told as a growth in percent, a fall of the staff as a cut.
    """
    numbers = (quantity.value, quantity.low, quantity.high)
    if quantity.change == "multiple" and metric.endswith("_growth"):
        return tuple(None if n is None else (n - 1) * _PERCENT for n in numbers)  # type: ignore[return-value]
    if metric == LOSS and not quantity.change and (quantity.high or 0.0) < 0:
        # A loss in brackets is no gain.
        return _negative(numbers)
    if quantity.change == "growth" and metric == CUT and (quantity.high or 0.0) <= 0:
        return _negative(numbers)
    return numbers


def _negative(numbers: _Numbers) -> _Numbers:
    value, low, high = (None if n is None else -n for n in numbers)
    return value, high, low


def trigger_words(bound: Bound) -> str:
    """The noun that an unclassified number is of, as the text writes it.

    It is the word that the lexicon knows, what is counted, or else what stands before the number in
    its clause. Where that says only how it moved ("7 points more") it is the noun of the number
    before in the sentence, and of a row under a name that of the table.
    """
    number = bound.number
    text = number.marked.document.text
    if bound.metric_word is not None:
        return text[bound.metric_word.start : bound.metric_word.end]
    if number.cell is not None and number.cell.column:
        return _heads(bound)
    found = _beside(number)
    if _says_nothing(found):
        before = (Number(number.marked, number.at, place) for place in range(number.place)[::-1])
        found = next((w for w in map(_beside, before) if not _says_nothing(w)), found)
    return found or number.quantity.counted


def _heads(bound: Bound) -> str:
    """What a cell is of: the head of its row, or of its table where that is a name."""
    number = bound.number
    assert number.cell is not None
    named = {m.surface for m in number.passage.mentions}
    rows = [head for head in number.cell.row if len(head) > 1]
    if told := [head for head in rows if head.strip() not in named]:
        return told[-1]
    dated = {p.surface for passage in number.marked.passages for p in passage.periods}
    columns = [head for head in number.cell.column if len(head) > 1 and head.strip() not in dated]
    heading = number.marked.heading(number.passage.block)
    above = [number.block.caption, "" if heading is None else heading.surface]
    return next(filter(None, (*columns[-1:], *above, *number.cell.column[-1:])), "")


def _beside(number: Number) -> str:
    """What stands before a number in its clause, and behind it."""
    quantity, text = number.quantity, number.marked.document.text
    sentence = number.passage.sentence
    clause = sentence.clauses[number.clause] if sentence.clauses else sentence
    first = clause.start
    for other in (*number.passage.mentions, *number.passage.quantities, *number.passage.periods):
        if other.end <= quantity.start:
            first = max(first, other.end)
    before = _bare(text[first : quantity.start])
    following = (q.start for q in number.passage.quantities if q.start >= quantity.end)
    behind = _bare(text[quantity.end : min(clause.end, next(following, clause.end))])
    longest = _LONGEST_OBJECT[number.marked.document.lang]
    # A word that only counts says nothing of what: 台, 家, 杯.
    behind = _CLASSIFIER.sub("", behind)
    return " ".join(filter(None, (_cut(before, -longest), _cut(behind, longest))))


def _says_nothing(words: str) -> bool:
    """Whether words say only how a number moved, or that it is one."""
    return len(_NO_NOUN.sub("", fold(words).lower).strip(_MARKS)) < _LEAST_NOUN


def _cut(text: str, longest: int) -> str:
    """The end or the beginning of words that are too many, whole words of English."""
    if len(text) <= abs(longest):
        return text.strip()
    piece = text[longest:] if longest < 0 else text[:longest]
    if text.isascii():
        piece = piece.partition(" ")[2] if longest < 0 else piece.rpartition(" ")[0] or piece
    return piece.strip()


def _bare(text: str) -> str:
    while True:
        shorter = _EDGES.sub("", text.strip())
        if shorter == text:
            return text
        text = shorter


def _partner(bound: Bound) -> str | None:
    """Whom the number compares the subject with, None when with nobody."""
    number: Number = bound.number
    for mention in number.passage.mentions:
        is_near = number.clauses_to(mention) == 0 and _is_partner(number, mention)
        if is_near and mention.entities[0] != bound.subject.canonical:
            return mention.entities[0]
    return None


def _is_partner(number: Number, mention: Mention) -> bool:
    return _PARTNER.search(number.before_text(mention.start)) is not None


def base_metric(metric: str) -> str:
    """The metric that a claim's metric is a level, a change, a ratio or a rank of.

    Examples
    --------
    >>> base_metric("dau_growth"), base_metric("rank_revenue"), base_metric("rank")
    ('dau', 'revenue', 'unclassified')
    """
    if metric == "rank":
        return UNCLASSIFIED
    metric = metric.removeprefix("rank_")
    for ending in ("_growth", "_change", "_ratio", "_lead"):
        metric = metric.removesuffix(ending)
    return metric


def currency_of(bound: Bound, unit: str) -> str:
    """ISO code of a claim's currency, "" where the text states none.

    In English a number without its own has that of the last amount before it in the same
    sentence: "up from 343 million" after "412 million euros". In Chinese a bare 亿 has none.
    """
    number = bound.number
    if unit not in {"currency", "per_user"}:
        return ""
    if number.quantity.currency or number.marked.document.lang == "zh":
        return number.quantity.currency
    quantities = number.passage.quantities
    for other in (*reversed(quantities[: number.place]), *quantities[number.place + 1 :]):
        if other.currency:
            return other.currency
    return ""


def unnamed_subject(bound: Bound) -> Span | None:
    """What the text calls a subject that the catalogue does not know, None when it names none.

    It is the head of its row, a group, or the noun that its clause, or else its sentence, begins
    with.
    """
    return own_words_of(bound.number)
