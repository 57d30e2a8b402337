"""Timing: what the words of a number's clause say of when, without a date.

A verb in the past tells of the period that the text is about, one in the present of no period or of
today; "the quarter" is the one told of; what is counted up to a date "this year" began with it.
"""

import re

from howdah.documents.numbers import Number
from howdah.documents.spans import Period

_VERB = re.compile(
    r"\b(?:(?P<future>will|would|expects?|wants?|hopes?|plans?|aims?|is to|are to)"
    r"|(?P<perfect>(?:has|have) (?:\w+ )?(?:been|\w+ed|made|sold|won|put|grown|cut|set|paid"
    r"|taken))"
    r"|(?P<past>was|were|had|did|made|took|sold|won|grew|fell|rose|came|went|spent|lost|paid|cost|led"
    r"|ran|bought|gave|brought|kept|became|held|began|got|[a-z]{2,}ed)"
    r"|(?P<present>is|are|has|have|does|do|employs?|serves?|runs?|makes?|takes?|costs?|sells?|pays?"
    r"|uses?|holds?|owns?|needs?|counts?|accounts?|works?|offers?|stands?|asks?|charges?))\b"
)

_VERB_ZH = re.compile(
    r"(?P<future>将|拟|计划|预计|希望|打算|争取)|(?P<past>了|录得|实现|完成|达到?|增长|下降|同比)"
    r"|(?P<present>拥有|共有|有|是|为|卖|占|属|支持|用)"
)

#: The period that the text is about, without saying which.
_THE_PERIOD = re.compile(
    r"\b(?:the|that|this|same) (?:reporting )?(?P<unit>quarter|half|period|month|year)\b"
    r"(?! (?:of|to|in|before|earlier|ago|ahead|end)\b)"
    r"|(?P<zh>期内|报告期内?|当季|季内|该季|本季|当月|该月|本期)"
)
_LENGTHS = {
    "quarter": {"quarter"}, "half": {"half"}, "month": {"month"}, "year": {"year"},
    "当季": {"quarter"}, "季内": {"quarter"}, "该季": {"quarter"}, "本季": {"quarter"},
    "当月": {"month"}, "该月": {"month"},
}  # fmt: skip
_ANY_LENGTH = frozenset({"quarter", "half", "month", "year", "range", "week"})

_SHARES = re.compile(r"\b(?:shares|stock)\b|股价|股份收")
_THIS_YEAR = re.compile(r"this year|so far|year to date|今年|年内|本年|累计")


def tense_of(number: Number) -> str:
    """Tense of the verb nearest before a number in its clause; "" where none is found."""
    sentence = number.passage.sentence
    clause = sentence.clauses[number.clause] if sentence.clauses else sentence
    if number.cell is not None:
        return ""
    verb = _VERB_ZH if number.marked.document.lang == "zh" else _VERB
    found = list(verb.finditer(number.marked.lower, clause.start, number.quantity.start))
    return (found[-1].lastgroup or "") if found else ""


def lengths_meant(number: Number) -> frozenset[str]:
    """Precisions that "the quarter" in a number's sentence may be of; none without such words."""
    sentence = number.passage.sentence
    found = _THE_PERIOD.search(number.marked.lower, sentence.start, sentence.end)
    if found is None:
        return frozenset()
    return frozenset(_LENGTHS.get(found["unit"] or found["zh"], _ANY_LENGTH))


def is_of_shares(number: Number) -> bool:
    """Whether a number's sentence tells of the price of shares: of a day."""
    sentence = number.passage.sentence
    return _SHARES.search(number.marked.lower, sentence.start, sentence.end) is not None


def is_of_this_year(number: Number, period: Period) -> bool:
    """Whether what is counted up to a period's end is counted from the start of its year."""
    return any(
        p is not period and p.last is not None and period.last is not None
        and p.precision in {"year", "as_of_publication"} and p.last.year == period.last.year
        and _THIS_YEAR.search(p.surface.lower()) is not None
        for p in number.passage.periods
    )  # fmt: skip
