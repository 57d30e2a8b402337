"""How a metric's word and a number stand in one phrase, and what stands around the word.

"A loss of $88 million", "3.2 million paying users" and 门店8614家 are phrases: such a word keeps
the number from all others in the sentence, and such a number the word.
"""

import re
from collections.abc import Iterator

from howdah.documents.lexicon import Trigger
from howdah.documents.numbers import Number
from howdah.documents.spans import Quantity

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
    r"more|than|some|a|an|the|just|only|under|almost|from|up|down|\([a-z0-9]{1,2}\))\s*)*[\s:(*_|]*"
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

#: Words by which a sentence says what it is about before it names anybody.
_TOPIC_BEHIND = re.compile(r"(?:方面|上看|来看|来说|口径|维度|上,)")
_TOPIC_AHEAD = re.compile(
    r"(?:若看|论|按|就|至于)\s*$|\b(?:in terms of|as for|measured by|ranked by|by)\s+$"
)


def phrase_features(number: Number, trigger: Trigger) -> Iterator[str]:
    """What the text between a metric's word and a number says, and that around the word.

    Yields
    ------
    str
        copula, of, adjoining, phrase, counted: how the two make one phrase; tight: they do; taken:
        the word and another number do; part, modified: the word is of a part only ("overseas
        sales", 短剧收入); compared: the word is what the number is held against; topic.
    """
    side = number.side(trigger)
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
