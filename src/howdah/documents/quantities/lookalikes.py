"""Digits that are no quantities: dates, times, versions, marks, numbers of things."""

import re
from bisect import bisect_right
from collections.abc import Iterable

from howdah.documents.folding import Folded
from howdah.documents.quantities.lexicon import LEXICON
from howdah.documents.spans import Span

#: Digits that name a thing by what stands right around them.
_BY_DIGITS = (
    # Dates and times.
    r"(?<![0-9.,])(?:19|20)[0-9]{2}[-/.][0-9]{1,2}[-/.][0-9]{1,2}(?![0-9])",
    r"(?<![0-9.,])(?:19|20)[0-9]{2}年(?:[0-9]{1,2}月(?:[0-9]{1,2}[日号]?)?)?",
    r"(?<![0-9.,])(?:19|20)[0-9]{2}[/-](?:[0-9]{2})(?![0-9%万亿]|[-/.][0-9])",
    r"(?<![0-9.,])[0-9]{1,2}月(?:[0-9]{1,2}[日号]?)?(?!活)",
    r"(?<![0-9.,])[0-9]{1,2}[:][0-9]{2}(?::[0-9]{2})?(?![0-9])",
    r"(?<![0-9.,])[0-9]{1,2}点(?:[0-9]{1,2}分|半|整)?(?![0-9])",
    # Versions, addresses of networks, telephone numbers, codes of shares.
    r"(?<![0-9.])[0-9]+\.[0-9]+\.[0-9]+(?:\.[0-9]+)*",
    r"(?<![0-9])(?:400|800)-?[0-9]{3}-?[0-9]{4}(?![0-9])",
    r"(?<![0-9])0[0-9]{2,3}-[0-9]{7,8}(?![0-9])",
    r"(?<![0-9])0[0-9]{2,4}(?:-[0-9]{3,4}){2}(?![0-9])",
    r"(?<![0-9.,/])[0-9]{1,3}/(?:19|20)[0-9]{2}(?![0-9/])",
    r"(?<![0-9])0[0-9]{2,4} [0-9]{3,4} [0-9]{3,4}\b",
    r"(?<![0-9])1[3-9][0-9]{9}(?![0-9万亿])",
    r"(?<![0-9.,])0[0-9]{3,}(?![0-9.])",
    r"(?<![0-9])[0-9]{4,6}\.(?:SH|SZ|HK|BJ|TW|SS|US|TWO|T)\b",
    # Floors, streets and houses.
    r"(?<![0-9.])[0-9]+号(?:楼|院|线|店|机|员工|文)?",
    r"\b[0-9]+ (?:[A-Z][a-z]+ )+(?:Street|Road|Avenue|Lane|Drive|Square|Boulevard)\b",
    # Numbers that are part of a word.
    r"(?<![0-9])24/7\b",
    r"(?<![0-9.])[0-9]{1,2}[x×*][0-9]{1,2}(?![0-9.])(?:小时|h)?",
    r"(?<![0-9.])[0-9]{2,4}(?:年代|后(?![续来台]))",
    r"(?<![0-9.])[0-9]+(?:日|天|day|-day| day)s?(?:的?留存|内?新?用户留存|回访|[ -]retention)",
    r"(?<![0-9.])[0-9]{2,3}强",
    r"(?<![0-9])[0-9]\+[0-9](?:\+[0-9])*(?![0-9])",
    r"(?<![0-9])[0-9](?:to|TO)[A-Z]\b",
    r"(?<![0-9.])[0-9](?:G|D|C|V|K)\b(?=网络|技术|手机|打印|建模|时代|动画|视频|[^0-9A-Za-z]?(?:network|phone|printing|video))",
)

#: And by a word or mark before them.
_BY_LEAD = (
    r"\[[0-9]{1,3}\]",
    r"[(](?:注|note )[0-9]{1,3}[)]",
    r"[vV][0-9]+(?:\.[0-9]+)+",
    r"\+[0-9]{1,3}[ -][0-9]{1,4}(?:[ -][0-9]{2,5}){1,4}",
    r"\b[Ff]ile No\. [0-9-]+",
    r"\b(?:SH|SZ|HK|BJ|HKEX|NYSE|NASDAQ)[: ]?[0-9]{4,6}\b",
    r"(?:股票代码|证券代码|股份代号|代号|代码)[:为是]?\s?[0-9]{4,6}",
    r"https?://\S+",
    r"www\.\S+",
    r"第\s?[0-9一二三四五六七八九十百零]+\s?[章节页条款期届代批卷编号季版集方]",
    r"第\s?[0-9一二三四五六七八九十]+(?:季度|阶段|财季|财年|曲线|产业|轮|次|天|日)",
    r"\b(?:Room|Suite|Floor|Building|Article|Section|Chapter|Page|Rule|Flight|Route|Box|Appendix|Figure|Table|Note)\s?[0-9]+[A-Za-z]?\b(?![.,]?[0-9])",
    r"\bNo\. [0-9]+ (?=[A-Z])",
    r"\bNo\. [0-9]{4,}\b",
    r"(?:双|[Dd]ouble )(?:11|12|十一|十二)",
    r"(?:[Dd]ay[- ]|\b[Dd])(?:1|3|7|14|28|30|60|90|180)\b",
)

#: And items of a list, numbered headings and footnotes, at the start of a line.
_BY_LINE = (
    r"[ \t]*[(]?[0-9]{1,2}[.、)](?![0-9])",
    r"[ \t]*[0-9]{1,2}(?:\.[0-9]{1,2}){0,3}[ ](?=[A-Z]|(?![万亿千百个家款名人元位天])[一-鿿])",
)

_PATTERN = re.compile(
    rf"(?=[0-9])(?:{'|'.join(_BY_DIGITS)})|(?=[\[(vV+fFSHBNhw股证代第RAPCTd双D])(?:{'|'.join(_BY_LEAD)})"
    rf"|(?=[ \t(0-9])^(?:{'|'.join(_BY_LINE)})",
    re.MULTILINE,
)

#: Digits glued to a Latin word: K1.5, GPT-4, M2, Qwen2.5-72B-Instruct.
_NAME = re.compile(r"[A-Za-z][A-Za-z]*[-_]?[0-9][0-9A-Za-z.]*(?:-[0-9A-Za-z.]*[0-9A-Za-z])*")


#: Letters of the shortest acronym of a metric.
_ACRONYM = 3

_JOINED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


def find_lookalikes(
    folded: Folded, names: Iterable[Span] = (), periods: Iterable[Span] = ()
) -> list[tuple[int, int]]:
    """Spans of the folded text in which digits are no quantity, ordered and disjoint.

    Parameters
    ----------
    names, periods
        What other readers found, in offsets of the text as received.
    """
    spans = [match.span() for match in _PATTERN.finditer(folded.text)]
    spans += [folded.folded_span(span.start, span.end) for span in (*names, *periods)]
    spans.sort()
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def span_over(spans: list[tuple[int, int]], at: int) -> tuple[int, int] | None:
    """The span that a place lies in, None without one."""
    index = bisect_right(spans, (at, len(spans) and spans[-1][1] + 1)) - 1
    if index >= 0 and spans[index][0] <= at < spans[index][1]:
        return spans[index]
    return None


def name_end(text: str, at: int) -> int | None:
    """End of the Latin name that the digits at a place are part of, None when they are not."""
    start = at
    while start and text[start - 1] in _JOINED:
        start -= 1
    match = _NAME.match(text, start)
    while match is not None and match.end() <= at:
        match = _NAME.match(text, match.end())
    if match is None or match.start() >= at or (match[0].lower() == match[0] and "-" in match[0]):
        return None
    return None if _is_measured(match[0], text, match.end()) else match.end()


def _is_measured(word: str, text: str, end: int) -> bool:
    """Whether a metric's acronym is glued to its number: ARPU58元, DAU760万."""
    letters = word.rstrip("0123456789.")
    if len(letters) < _ACRONYM or not (letters.isalpha() and letters.isupper()):
        return False
    is_scaled = text[end : end + 1] in tuple(LEXICON.han_scales)
    return is_scaled or LEXICON.moneys.at(text, end) is not None or text.startswith("%", end)
