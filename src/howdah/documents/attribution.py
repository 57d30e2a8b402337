"""Attribution: who states a number, and what kind of source that is.

A source stands before a verb of saying ("X said", "X表示"), inside a frame ("according to X",
"据X统计") or behind a title ("chief executive X"). What a sentence is attributed to carries on
through the paragraph, and an answer is its speaker's; the model weighs how far.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from howdah.documents.lexicon.expansion import expand
from howdah.documents.lexicon.words import WordFinder
from howdah.documents.passages import Marked, Passage
from howdah.documents.people import find_people
from howdah.documents.spans import Span

#: Shorter texts are no names of sources.
_SHORTEST = 2

_SAYING_ZH = (
    r"(?:对此|对外|此前|昨日|今日|日前|近日|则|也|还|又|随后|当日|晚间"
    r"|方面|在[^,。]{1,14}?(?:上|中|里|时))*"
    r"(?:回应称|喊出|算过|传出|直言|承认|宣称|声称|自称|补充|引述|评估"
    r"|表示|坦言|透露|披露|指出|强调|称|宣布|公布|认为|预计|估计|估算"
    r"|测算|预测|回应|否认|辟谣|告诉|介绍|说|写道|援引|显示|提到|解释"
    r"|承认|证实|统计|监测|发布|公告|推算|爆料|抱怨|预告|晒出)"
)
_FRAMES = (
    # "according to X", before a word for what X gives
    re.compile(
        r"(?:据|根据|按照?|援引|来自)(?P<name>[^,。;:()\s]{2,22}?)(?:\([^)]{1,30}\))?"
        r"(?:\d{1,2}月\d{1,2}日)?(?:的|最新|发布的?|公布的?)*"
        r"(?:数据|报告|统计|监测|消息|报道|披露|透露|介绍|显示|估算|测算"
        r"|预测|研究|榜单|调查|口径|爆料|说法|公告)"
    ),
    # X的数据显示
    re.compile(
        r"(?:^|(?<=[,。;:(】\n]))\s*(?P<name>[^,。;:()\d\s]{2,16}?)(?:\d{1,2}月\d{1,"
        r"2}日)?(?:近日|日前|最新|今日|昨日|发布的?|公布的?|的|《[^》]*》"
        r")*"
        r"(?:数据|报告|统计|监测|研究|榜单|调查|年报|财报)?(?:显示|指出|表明)"
    ),
    re.compile(r"(?:^|(?<=[,。;:(】\n“”「」]))\s*(?P<name>[^,。;:()“”「」\s]{1,18}?)" + _SAYING_ZH),
    # 一季报摆在那里:
    re.compile(
        r"(?P<name>[一三]季报|中报|半年报|年报|财报|季报|业绩公告|招股书|通稿)"
        r"(?:[^,。;:]{0,6}:|里|中|写|称)"
    ),
    # 外界都在传
    re.compile(
        r"(?P<name>外界|外面|市场|坊间|网上|业内|圈内|网友|有人)(?:都在"
        r"|盛|纷纷|一度|上)?(?:传|流传|猜测|说|算过|认为)"
    ),
    re.compile(
        r"\b(?:citing|quoting|cited|quotes|quoted|seen by|admitted by|told by"
        r") (?P<name>[^,.;:()]{2,44}?)(?=[,.;:()\n]|$| (?:of the|that|which"
        r"|had|has)\b)"
    ),
    re.compile(
        r"\b(?:by|in) (?P<name>(?:their|its|her|his) own (?:filings?|accounts?"
        r"|figures|numbers|count))"
    ),
    re.compile(
        r"\baccording to (?:a |an |the |data from |figures from |estimates from "
        r"|research by |its )*(?P<name>[^,.;:()]{2,40}?)(?=[,.;:()\n]|$"
        r"| (?:data|figures|estimates|report|which|published|on|in|that"
        r"|released)\b)"
    ),
    re.compile(
        r"\b(?:data|figures|estimates|research|numbers|as estimated|estimated"
        r"|study|report|survey|compiled|tracked|published) (?:from|by) "
        r"(?P<name>[^,.;:()]{2,36}?)(?=[,.;:()\n]|$| (?:show|shows|showed"
        r"|put|puts|suggest|suggests|data|which|said|published|for)\b)"
    ),
    re.compile(
        r"(?:^|(?<=[,.;:(\n“”\"-]))\s*(?:but |and |while |meanwhile |separately "
        r"|its |the )*(?P<name>[^,.;:()“”\"]{2,44}?),?(?: [^,.;]{0,40},"
        r"| (?:who|which) [^,.;:]{2,60}?)?(?: (?:also|now|itself|has|have|had"
        r"|later|earlier this week|on \w+day|on \w+ \d+))*"
        r" (?:said|says|say|think|thinks|insist|calculates|told|announced"
        r"|disclosed|reported|estimates|estimated|denied|claims|claimed"
        r"|reckons|put|puts|expects|wrote|confirmed|posted|published|counts"
        r"|counted|revealed|added|forecasts|predicted|predicts|acknowledged"
        r"|insists|insisted|declined|admits|admitted|concedes|conceded"
        r"|hints|hinted|promises|promised|boasts|boasted|argues|argued"
        r"|warned|warns|booked|recorded)\b(?! by\b)"
    ),
    re.compile(
        r"[,”\"]\s*(?:says|said|say|reckons|estimates) (?:a |an |the )?(?P<name>[^,.;:"
        r"()]{2,40}?)(?=[,.;:()\n]|$| (?:that|which|published)\b)"
    ),
)
#: Which of them are verbs of saying.
_VERB_FRAMES = frozenset({2, 9, 10})

_HEADED = re.compile(r"(?P<name>[^,。;:()]{2,24}):")
_STRIP = re.compile(
    r"^(?:但|而|不过|此外|另外|同时|其中|对此|对于|由|在|据|而据|另据"
    r"|近日|日前|昨日|今日|随后|当日|截至|今年|去年|,|\s|\d+月\d+日"
    r"|\d+月|\d+日)+|^(?:but|and|while|meanwhile|however|a|an|the|that"
    r"|which)\s+|(?:方面|则|也|还|曾|已|的|最新|发布|近日|日前|此前"
    r"|并|随后|\s)+$"
)
_NO_SOURCES = frozenset(
    [
        "已经",
        "不含",
        "汇报",
        "each",
        "both",
        "预估",
        "预计",
        "目前",
        "其中",
        "此外",
        "同时",
        "有关",
        "当时",
        "一般",
        "but",
        "and",
        "while",
        "the",
        "this",
        "that",
        "there",
        "which",
        "what",
        "who",
        "as",
        "so",
        "we",
        "i",
        "you",
        "however",
        "also",
        "still",
        "then",
        "now",
        "when",
        "more",
        "than",
        "which",
        "is",
    ]
)
_TELLING = re.compile(
    r"称|公告|宣布|喊出|披露|发布|公布|透露|says|said|announced|reported|claims|posted"
)
_SHE = re.compile(r"(?:他|她|he|she)(?:则|也|还)?")
_IT = re.compile(
    r"(?:它|其|公司|该公司|本公司|it|they|the company|the firm|the group"
    r"|the start-?up)(?:方面|则|也|还)?"
)


@dataclass(frozen=True, slots=True)
class Attribution(Span):
    """A source, where the text names it.

    Attributes
    ----------
    source_type
        As in claims.
    canonical
        The entity that it is, "" when the catalogue does not know it.
    form
        frame, verb or person.
    """

    source_type: str = "media"
    canonical: str = ""
    form: str = "frame"


def find_attributions(marked: Marked, passage: Passage) -> tuple[Attribution, ...]:
    """Sources that a sentence names, in order."""
    start, end = passage.sentence.start, passage.sentence.end
    text = marked.lower[start:end]
    found: dict[int, Attribution] = {}
    for number, pattern in enumerate(_FRAMES):
        for match in pattern.finditer(text):
            form = "verb" if number in _VERB_FRAMES else "frame"
            made = _attribution(
                marked, passage, start + match.start("name"), start + match.end("name"),
                marked.lower[start + match.start() : start + match.end() + 4], form,
            )  # fmt: skip
            if made is not None and not any(
                made.start < other.end and other.start < made.end for other in found.values()
            ):
                found[made.start] = made
    if marked.document.blocks[passage.block].kind == "heading" and not found:
        headed = _HEADED.match(text)
        if headed is not None:
            made = _attribution(
                marked, passage, start, start + headed.end("name"), headed[0], "frame"
            )
            if made is not None and (made.canonical or kind_of_source(headed["name"], "")):
                found[made.start] = made
    for span in find_people(marked.document.text, text, start):
        person = Attribution(span.start, span.end, span.surface, "executive", "", "person")
        around = [at for at, o in found.items() if person.start < o.end and o.start < person.end]
        # A name stands for its titles and for all else that the frame took in.
        if all(found[at].source_type == "executive" for at in around):
            for at in around:
                del found[at]
            found[person.start] = person
    return tuple(found[at] for at in sorted(found))


def attributions(marked: Marked) -> tuple[tuple[Attribution, ...], ...]:
    """Sources that each passage names; "she" and "it" are whom they stand for."""
    found = []
    person: Attribution | None = None
    company: Attribution | None = None
    for passage in marked.passages:
        named = []
        for attribution in find_attributions(marked, passage):
            lower = marked.lower[attribution.start : attribution.end]
            meant = person if _SHE.fullmatch(lower) else company if _IT.fullmatch(lower) else None
            named.append(attribution if meant is None else replace(meant, form="pronoun"))
            if meant is None and attribution.source_type in {"executive", "insider", "investor"}:
                person = attribution
        found.append(tuple(dict.fromkeys((*named, *_mentioned(marked, passage, named)))))
        for mention in passage.mentions:
            if marked.gazetteer[mention.entities[0]].type in {"company", "product"}:
                company = Attribution(
                    mention.start, mention.end, mention.surface, "company_statement",
                    mention.entities[0], "pronoun",
                )  # fmt: skip
    return tuple(found)


def _mentioned(
    marked: Marked, passage: Passage, named: Sequence[Attribution]
) -> Iterator[Attribution]:
    """Names of a sentence that no frame tells: a company that is said to do something says so."""
    for mention in passage.mentions[:2]:
        if any(mention.start < a.end and a.start < mention.end for a in named):
            continue
        type_ = marked.gazetteer[mention.entities[0]].type
        verb = _TELLING.search(marked.lower, mention.end, passage.sentence.end)
        form = "teller" if verb else "mention"
        if type_ in {"company", "organisation"}:
            kind = "data_provider" if type_ == "organisation" else "company_statement"
            yield Attribution(
                mention.start, mention.end, mention.surface, kind, mention.entities[0], form
            )


def _attribution(
    marked: Marked, passage: Passage, start: int, end: int, frame: str, form: str
) -> Attribution | None:
    name = marked.lower[start:end]
    head = _STRIP.match(name)
    if head is not None:
        start += head.end()
    while (
        (tail := _STRIP.search(marked.lower[start:end])) is not None
        and tail.end() == end - start
        and tail.start()
    ):
        end = start + tail.start()
    # A frame may end inside of a name that holds one of its words.
    end = max(end, *(m.end for m in passage.mentions if start <= m.start < end), 0)
    held = [m for m in passage.mentions if start <= m.start and m.end <= end]
    inside = [m for m in held if marked.gazetteer[m.entities[0]].type != "segment"]
    if held and not inside:
        return None
    name = marked.lower[start:end].strip()
    is_short = len(name) < _SHORTEST and _SHE.fullmatch(name) is None
    if is_short or (any(char.isdigit() for char in name) and not inside):
        return None
    if name in _NO_SOURCES or any(
        start <= q.start < end and any(c.isdigit() for c in q.surface) for q in passage.quantities
    ):
        return None
    source_type = kind_of_source(name, "")
    canonical = ""
    if inside:
        mention = inside[-1]
        canonical = mention.entities[0]
        type_ = marked.gazetteer[canonical].type
        role = kind_of_source(marked.lower[mention.end : end], "")
        if role in {"executive", "insider", "investor", "media", "regulator"}:
            source_type = role
        else:
            start, end = mention.start, mention.end
            source_type = (
                "company_statement"
                if type_ in {"company", "product", "model"}
                else "data_provider"
                if type_ == "organisation"
                else "investor"
            )
    elif not source_type:
        source_type = kind_of_source(frame, "media")
    return Attribution(start, end, marked.document.text[start:end], source_type, canonical, form)


def kind_of_source(name: str, default: str) -> str:
    """What kind of source goes by a folded name.

    Examples
    --------
    >>> kind_of_source("两位知情人士", "media"), kind_of_source("its finance chief", "media")
    ('insider', 'executive')
    """
    kinds = _source_words()
    found = {meaning for hit in kinds.find(name) for meaning in hit.meanings}
    return min(found)[1] if found else default


@cache
def _source_words() -> WordFinder[tuple[int, str]]:
    text = (files("howdah.documents.lexicon") / "sources.toml").read_text(encoding="utf-8")
    return WordFinder(
        (word, (rank, kind))
        for rank, (kind, table) in enumerate(tomllib.loads(text).items())
        for patterns in table.values()
        for pattern in patterns
        for word in expand(pattern)
    )
