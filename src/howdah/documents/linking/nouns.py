"""Nouns: what the text calls a number's subject that no catalogue knows: "dealers", "his team".

It is the noun that the number's clause begins with, or else its sentence. A noun that names the
metric ("net revenue retention"), a pronoun and an adverbial ("according to") are no subjects.
"""

import re

from howdah.documents.linking.groups import group_of, row_head
from howdah.documents.numbers import Number
from howdah.documents.spans import Span

_LONGEST = {"zh": 14, "en": 40}

_WORD = r"[^\W_][\w’'&/-]*"
_BEFORE_EN = re.compile(
    r"(?:\s|[,\"“(]|\b(?:and|but|while|whereas|meanwhile|however|also|now|so|then|yet|only|even"
    r"|that|because|though|although|since|before|after|still|instead|today|last year|this year)\b)*"
)
_NOUN_EN = re.compile(
    rf"(?P<noun>(?:{_WORD} ){{0,5}}?{_WORD})(?<!\bthe)(?<!\ba)(?<!\ban)"
    r"(?= (?:(?:also|now|then|still|only|each|together|both|[a-z]+ly) )?"
    r"(?:is|are|was|were|has|have|had|will|would|could|can|may|might|must|should|do|does|did|accounts?"
    r"|makes?|made|puts?|sells?|sold|sets?|takes?|took|gets?|got|pays?|paid|costs?|loses?|lost|grew"
    r"|fell|rose|runs?|ran|holds?|held|brings?|brought|spends?|spent|uses?|buys?|bought|wins?|won"
    r"|gives?|gave|comes?|came|goes|went|add up|cuts?|expects?|needs?|rely|[a-z]{3,}ed)\b)"
)
_NO_NOUN_EN = re.compile(
    r"(?:which|who|whom|whose|that|it|they|he|she|we|i|you|this|these|those|there|here|what|when|if"
    r"|where|as|in|at|on|by|for|of|with|to|from|under|over|according|not|no|none|neither|fewer|more"
    r"|less|about|around|almost|nearly|half|most|some|all|both|each|one|two|three|its|their|thinks|say|suppose"
    r"|(?:the |our )?(?:company|firm|group|start-?up|app|report|paper))\b"
)

_BEFORE_ZH = re.compile(
    r"(?:\s|[,、:“「]|而且?|但是?|则|也|其中|同时|此外|另外|反倒是|不过|目前|当时|一边|以前|以往|一部)*"
)
_NOUN_ZH = re.compile(
    r"(?P<noun>[^\W\d_]{1,12}?)(?=[,;。]|倒下|少[了各]|各[少减]|[是为占卖亏达约已将各均都亦也则更仅只还从由被获接涨跌降升增减能会需]"
    r"|有|里|平均|合计|一共|总包|贡献|销售|花费|支出|预算|不到|超过|接近|拿[下到走出]|活得|付[给了]|来自)"
)
_NO_NOUN_ZH = re.compile(
    r"[按据对从由在以因当如若其它他她我这那该此本每一两三四五六七八九十半前后同去今过截到至包与和比第]"
    r"|.*(?:援引|转述|估算|测算|披露|相信|统计|透露|表示|认为)|[另是还应]|分别|有|研发|公司|集团|平台|报告|数据|预计|不|没|均|总|目前|累计|全年|全部|所有|价格|用户|营收|收入|份额|其"
)


def own_words_of(number: Number) -> Span | None:
    """What the text calls whom a number is about: the head of its row, a group, a noun."""
    return row_head(number) or group_of(number) or clause_noun(number)


def clause_noun(number: Number) -> Span | None:
    """The noun that a number's clause begins with, or its sentence; None where it is no subject.

    It stands before the number, and neither is nor ends with a word of a metric.
    """
    sentence = number.passage.sentence
    if number.cell is not None or not sentence.clauses:
        return None
    for clause in dict.fromkeys((sentence.clauses[number.clause], sentence.clauses[0])):
        found = _noun_of(number, clause)
        if found is not None:
            return found
    return None


def _noun_of(number: Number, clause: Span) -> Span | None:
    lower, lang = number.marked.lower, number.marked.document.lang
    before, noun, no_noun = (
        (_BEFORE_ZH, _NOUN_ZH, _NO_NOUN_ZH) if lang == "zh" else (_BEFORE_EN, _NOUN_EN, _NO_NOUN_EN)
    )
    start = clause.start
    for period in number.passage.periods:
        gap = before.match(lower, start, clause.end)
        if gap is not None and start <= period.start <= gap.end():
            start = period.end
    gap = before.match(lower, start, clause.end)
    start = start if gap is None else gap.end()
    # A noun in front of a comma needs the character behind it.
    found = noun.match(lower, start, min(number.quantity.start, len(lower)))
    if found is None or no_noun.match(lower, start, found.end("noun")):
        return None
    end = found.end("noun")
    if any(char.isdigit() for char in lower[start:end]) or end - start > _LONGEST[lang]:
        return None
    passage = number.passage
    if any(t.start < end <= t.end for t in passage.triggers):
        return None
    if any(m.start < end <= m.end for m in passage.mentions):
        return None
    return Span(start, end, number.marked.document.text[start:end])
