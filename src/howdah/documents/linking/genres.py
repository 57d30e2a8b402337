"""Genres: what kind of text a document is, as far as it says who speaks in it."""

import re

from howdah.documents.attribution import Attribution
from howdah.documents.passages import Marked
from howdah.documents.spans import Block

WE = re.compile(r"我们|本公司|本集团|发行人|报告期|\b(?:we|our|us)\b")
ASK = re.compile(r"\s*(?:问|q|记者|主持人)\s*[:：]")
QUESTION = re.compile(r"[?？]\s*[\"”」]?\s*$")
_ANSWER_MARK = re.compile(r"\s*(?:答|a|q|问)\s*[:：]")
#: The same in a filing, where it has a capital.
_FILED = re.compile(r"\bthe (?:Group|Company|Board)\b")
#: What stands at the foot of a release, and over a correction.
_FOOT = re.compile(
    r"了解更多|请拨|媒体联[络系]|新闻联[络系]|(?:媒体|新闻)联系人|关于我们|立即体验"
    r"|\b(?:media contacts?|press contacts?|for more information|forward-looking statements?|"
    r"notes to editors)\b"
)
_RESULTS = re.compile(
    r"(?:发布|公布|披露|公告|递交|提交|递表)[^,。]{0,24}(?:业绩|财报|季报|年报|中报|营收|半年报|年度报告|季度报告|中期报告|招股书|招股说明书|上市申请)"
    r"|\b(?:interim|annual|half-year|full-year|quarterly|(?:first|second|third|fourth)[- ]quarter) "
    r"(?:results|report|earnings|update)\b"
)
_CORRECTION = re.compile(r"更正启事|勘误|\bcorrections?\b|\bgot wrong\b|\berrat(?:a|um)\b")
_REPORT = re.compile(
    r"公告|报告|招股|说明书|新闻稿|财报|业绩|press release|for immediate release"
    r"|form \d|quarterly report|results|filing"
)

#: A company's paper as the source of an account.
_PAPER = re.compile(
    r"招股|年[报報]|季[报報]|中[报報]|财报|財報|半年报|业绩|業績|公告|说明书|說明書|\bfilings?\b|prospectus"
    r"|annual report|interim report|accounts"
)
#: Blocks in which an account says what it is of: its title and its first paragraph.
_OPENS = 2

#: Characters in which a filing or a release says that it is one.
_OPENING = 400

#: Questions that make an interview, and sentences of which one says "we" in a company's own text.
_LEAST_ASKED, _OWN_EVERY = 3, 6


def genre_of(marked: Marked, sources: tuple[tuple[Attribution, ...], ...]) -> str:
    """What kind of text a document is, as far as it says who speaks in it.

    interview
        Questions and answers.
    own
        A company's filing or release: it says "we", opens as one, or ends as one.
    results
        An account of a company's results or of what it filed, by its title and opening or by its
        first source.
    correction
        A paper's own correction.
    data
        An account of one data provider's figures: its first source but for papers is one.
    news
        Any other.
    """
    lower, blocks = marked.lower, marked.document.blocks
    if blocks and _CORRECTION.search(lower, blocks[0].start, blocks[0].end):
        return "correction"
    asked = sum(
        is_question(lower, b) or _ANSWER_MARK.match(lower, b.start, b.end) is not None
        for b in blocks
    )
    if asked >= _LEAST_ASKED:
        return "interview"
    return _told_by_itself(marked) or _told_by_others(sources)


def _told_by_itself(marked: Marked) -> str:
    """Own or results, "" where a text is neither."""
    lower, blocks = marked.lower, marked.document.blocks
    n_own = len(WE.findall(lower)) + len(_FILED.findall(marked.document.text))
    is_filed = n_own > 0 and _REPORT.search(lower[:_OPENING]) is not None
    if is_filed or n_own >= max(_LEAST_ASKED, len(marked.passages) / _OWN_EVERY):
        return "own"
    if any(_RESULTS.search(lower, b.start, b.end) for b in blocks[:_OPENS]):
        return "results"
    return "own" if _FOOT.search(lower) and issuer_of(marked) is not None else ""


def _told_by_others(sources: tuple[tuple[Attribution, ...], ...]) -> str:
    """Results, data or news, by the first source."""
    first = next(
        (
            a
            for found in sources[:_LEAST_ASKED]
            for a in found
            if a.form != "mention" and a.source_type != "media"
        ),
        None,
    )
    if first is not None and first.form == "frame" and _PAPER.search(first.surface.lower()):
        return "results"
    is_data = first is not None and first.source_type == "data_provider"
    return "data" if is_data or (first is None and provider_of(sources)) else "news"


def is_question(lower: str, block: Block) -> bool:
    """Whether a block of an interview asks."""
    is_marked = ASK.match(lower, block.start, block.end) is not None
    return is_marked or QUESTION.search(block.surface) is not None


def provider_of(sources: tuple[tuple[Attribution, ...], ...]) -> Attribution | None:
    """The data provider of an opening that names no other."""
    named = [
        a for found in sources[:_LEAST_ASKED] for a in found
        if a.source_type == "data_provider" and a.form not in {"pronoun", "self"}
    ]  # fmt: skip
    return named[0] if len({a.canonical or a.surface for a in named}) == 1 else None


def issuer_of(marked: Marked) -> Attribution | None:
    """The first company that a document names: whose filing or release it may be."""
    for mention in marked.mentions:
        if marked.gazetteer[mention.entities[0]].type == "company":
            return Attribution(
                mention.start, mention.end, mention.surface, "company_statement",
                mention.entities[0], "issuer",
            )  # fmt: skip
    return None
