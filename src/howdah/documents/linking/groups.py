"""Groups: whom a number is about where the text names nobody: "four companies", "the market".

Their words are the subject as the text writes them, unless a list is told apart ("respectively").
"""

import re

from howdah.documents.numbers import Number
from howdah.documents.spans import Span

_GROUP = re.compile(
    r"(?:[两二三四五六七八九十]|\d+)(?:家|大|个|款|间)?(?:公司|企业|平台|品牌|厂商|巨头|产品|应用|家)"
    r"(?=合计|总共|共|加起来|加在一起|一共|均|都|订单|总)"
    r"|(?<![一-龥])(?:两者|二者|双方)(?=[^,;。]{0,3}(?:合计|共|将|加|总|一共|都|均))"
    r"|(?:^|(?<=[,;。:\s]))(?:经销商|加盟商|消费者|受访者|商家|骑手|司机|创业者|开发商|供应商|代理商|店主|其他客户)"
    r"|全?行业(?!第|首|内|里|人士|分析|报告|协会|平均)|全市场|整个市场"
    r"|另一(?:投标人|家公司|家)|还有一家|其他(?:公司|厂商|品牌|平台)|竞争对手|同行(?!业)"
    r"|\b(?:the (?:market|industry|sector|two|three|four|five|six|pair|trio|others|rest)"
    r"|(?:two|three|four|five|six) (?:apps|companies|firms|brands|platforms|players|publishers)"
    r"|its (?:[a-z]+ )?(?:rivals|competitors|peers))\b(?! (?:year|quarter|month|week|day|of)s?\b)"
)
_TOGETHER = re.compile(
    r"合计|一共|总共|加起来|加在一起|共同|重合|共有"
    r"|\b(?:together|combined|jointly|between them|share)\b"
)
_APART = re.compile(r"分别|依次|各自|各有|\brespectively\b|\beach\b")

#: Whether something stands between a group and its number that the number is of instead.
_OTHER = re.compile(r"[,;。，；]|\b(?:says|said|than|while|but|where)\b")


def group_of(number: Number) -> Span | None:
    """The group in a number's clause that it is about, None without one."""
    sentence = number.passage.sentence
    lower = number.marked.lower
    if number.cell is not None or _APART.search(lower, sentence.start, sentence.end):
        return None
    clause = sentence.clauses[number.clause] if sentence.clauses else sentence
    listed = told_together(number)
    if listed is not None:
        return listed
    found = list(_GROUP.finditer(lower, clause.start, number.quantity.start))
    if not found:
        return None
    start, end = found[-1].span()
    if _OTHER.search(lower, end, number.quantity.start):
        return None
    if any(end <= m.start < number.quantity.start for m in number.passage.mentions):
        return None
    return Span(start, end, number.marked.document.text[start:end])


def told_together(number: Number) -> Span | None:
    """Names of a list before a number that is theirs together."""
    passage, lower = number.passage, number.marked.lower
    sentence = passage.sentence
    clause = sentence.clauses[number.clause] if sentence.clauses else sentence
    before = [
        (m, group) for m, group in zip(passage.mentions, passage.groups, strict=True)
        if clause.start <= m.start and m.end <= number.quantity.start
    ]  # fmt: skip
    if not before or before[-1][1][2] == 1:
        return None
    last = before[-1][0]
    if _TOGETHER.search(lower, last.end, number.quantity.start) is None:
        return None
    members = [m for m, group in before if group[0] == before[-1][1][0]]
    start, end = members[0].start, last.end
    return Span(start, end, number.marked.document.text[start:end])


def row_head(number: Number) -> Span | None:
    """The head of a number's row that names somebody unknown, None where it names a metric."""
    cell = number.cell
    if cell is None or number.passage.mentions:
        return None
    head = next(iter(number.block.cells), None)
    if head is None or head.start == cell.start or not head.surface.strip():
        return None
    lower = number.marked.folded(head.surface)
    if any(char.isdigit() for char in lower) or number.marked.lexicon.find(lower, 0, len(lower)):
        return None
    surface = head.surface.strip()
    start = head.start + head.surface.index(surface)
    return Span(start, start + len(surface), surface)
