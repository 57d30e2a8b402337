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
from howdah.documents.numbers import Before, Number
from howdah.documents.passages import Marked, Passage
from howdah.documents.spans import Span

#: Sentences before whose source may carry on.
_REACH = 4

_SAYING_ZH = (
    r"(?:对此|对外|此前|昨日|今日|日前|近日|则|也|还|又|随后|当日|晚间|方面|在[^,。]{1,14}?(?:上|中|里|时))*"
    r"(?:回应称|喊出|算过|传出|直言|承认|宣称|声称|自称|补充|引述|评估|表示|坦言|透露|披露|指出|强调|称|宣布|公布|认为|预计|估计|估算|测算|预测|回应|否认|辟谣|告诉|介绍|说|写道|援引|显示|提到|解释|承认|证实|统计|监测|发布|公告|推算|爆料|抱怨|预告|晒出)"
)
_FRAMES = (
    # 据X(的数据), 根据X统计
    re.compile(
        r"(?:据|根据|按照?|援引|来自)(?P<name>[^,。;:()\s]{2,22}?)(?:\d{1,2}月\d{1,2}日)?(?:的|最新|发布的?|公布的?)*"
        r"(?:数据|报告|统计|监测|消息|报道|披露|透露|介绍|显示|估算|测算|预测|研究|榜单|调查|口径|爆料|说法|公告)"
    ),
    # X的数据显示
    re.compile(
        r"(?:^|(?<=[,。;:(】\n]))\s*(?P<name>[^,。;:()\d\s]{2,16}?)(?:\d{1,2}月\d{1,2}日)?(?:近日|日前|最新|今日|昨日|发布的?|公布的?|的|《[^》]*》)*"
        r"(?:数据|报告|统计|监测|研究|榜单|调查|年报|财报)?(?:显示|指出|表明)"
    ),
    re.compile(r"(?:^|(?<=[,。;:(】\n“]))\s*(?P<name>[^,。;:()\s]{2,18}?)" + _SAYING_ZH),
    # 外界都在传
    re.compile(
        r"(?P<name>外界|外面|市场|坊间|网上|业内|圈内|网友|有人)(?:都在|盛|纷纷|一度|上)?(?:传|流传|猜测|说|算过|认为)"
    ),
    re.compile(
        r"\b(?:citing|quoting|cited|quotes|quoted|seen by|admitted by|told by) (?P<name>[^,.;:()]{2,44}?)(?=[,.;:()\n]|$| (?:of the|that|which|had|has)\b)"
    ),
    re.compile(
        r"\b(?:by|in) (?P<name>(?:their|its|her|his) own (?:filings?|accounts?|figures|numbers|count))"
    ),
    re.compile(
        r"\baccording to (?:a |an |the |data from |figures from |estimates from |research by |its )*(?P<name>[^,.;:()]{2,40}?)(?=[,.;:()\n]|$| (?:data|figures|estimates|report|which|published|on|in|that|released)\b)"
    ),
    re.compile(
        r"\b(?:data|figures|estimates|research|numbers|as estimated|estimated|study|report|survey|compiled|tracked|published) (?:from|by) (?P<name>[^,.;:()]{2,36}?)(?=[,.;:()\n]|$| (?:show|shows|showed|put|puts|suggest|suggests|data|which|said|published|for)\b)"
    ),
    re.compile(
        r"(?:^|(?<=[,.;:(\n“\"-]))\s*(?:but |and |while |meanwhile |separately |its |the )*(?P<name>[^,.;:()“”\"]{2,44}?),?(?: [^,.;]{0,40},)?(?: (?:also|now|itself|has|have|had|later|earlier this week|on \w+day|on \w+ \d+))*"
        r" (?:said|says|say|think|thinks|insist|calculates|told|announced|disclosed|reported|estimates|estimated|denied|claims|claimed|reckons|put|puts|expects|wrote|confirmed|posted|published|counts|counted|revealed|added|forecasts|predicted|predicts|acknowledged|insists|insisted|declined|admits|admitted|concedes|conceded|hints|hinted|promises|promised|boasts|boasted|argues|argued|warned|warns|booked|recorded)\b"
    ),
    re.compile(
        r",\s*(?:says|said|say|reckons|estimates) (?:a |an |the )?(?P<name>[^,.;:()]{2,40}?)(?=[,.;:()\n]|$| (?:that|which|published)\b)"
    ),
)
#: Which of them are verbs of saying.
_VERB_FRAMES = frozenset({2, 8, 9})

_PERSON = re.compile(
    r"(?:ceo|cto|cfo|coo|创始人|董事长|总裁|总经理|副总裁|负责人|首席\S{2,4}官|执行长)(?P<zh>[\u4e00-\u9fff]{2,3})(?=[^\u4e00-\u9fff]|表示|称|说|透露)"
    r"|(?:chief \w+(?: officer)?|founder|ceo|cto|cfo|president|co-founder|head of \w+),? (?P<en>[a-z]+ [a-z-]+)",
)
_HEADED = re.compile(r"(?P<name>[^,。;:()]{2,24}):")
_STRIP = re.compile(
    r"^(?:但|而|不过|此外|另外|同时|其中|对此|对于|由|在|据|而据|另据|近日|日前|昨日|今日|随后|当日|截至|今年|去年|,|\s|\d+月\d+日|\d+月|\d+日)+|^(?:but|and|while|meanwhile|however|a|an|the|that|which)\s+|(?:方面|则|也|还|曾|已|的|最新|发布|近日|日前|此前|并|随后|\s)+$"
)
_NO_SOURCES = frozenset(
    ["已经", "预估", "预计", "目前", "其中", "此外", "同时", "有关", "当时", "一般", "the", "this", "that", "there", "which", "what", "who", "as", "so", "we", "i", "you", "however", "also", "still", "then", "now", "when", "more", "than", "which", "is"]
)
_TELLING = re.compile(
    r"称|公告|宣布|喊出|披露|发布|公布|透露|says|said|announced|reported|claims|posted"
)
_WE = re.compile(r"我们|本公司|本集团|报告期|\b(?:we|our)\b")
_REPORT = re.compile(
    r"公告|报告|招股|说明书|新闻稿|财报|业绩|press release|for immediate release|form \d|quarterly report|results|filing"
)
_OPENING = 400

#: Questions that make an interview, and sentences of which one says "we" in a company's own text.
_LEAST_ASKED, _OWN_EVERY = 3, 6
_ANSWER_MARK = re.compile(r"\s*(?:答|a|q|问)\s*[:：]")
_SHE = re.compile(r"(?:他|她|he|she)(?:则|也|还)?")
_IT = re.compile(
    r"(?:它|其|公司|该公司|本公司|it|they|the company|the firm|the group|the start-?up)(?:方面|则|也|还)?"
)
_ANSWER = re.compile(r"\s*(?:答|a|[\u4e00-\u9fff]{2,4}|[a-z]+(?: [a-z]+)?)\s*[:：]")
_ASK = re.compile(r"\s*(?:问|q|记者|主持人)\s*[:：]")
_QUESTION = re.compile(r"[?？]\s*[\"”」]?\s*$")


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


@dataclass(frozen=True, slots=True)
class SourceCandidate:
    """Somebody who may state a number; None is the author."""

    attribution: Attribution | None
    features: tuple[str, ...]

    @property
    def name(self) -> str:
        """The source as the text writes it."""
        return "" if self.attribution is None else self.attribution.surface

    @property
    def source_type(self) -> str:
        """What kind of source it is."""
        return "author" if self.attribution is None else self.attribution.source_type


@dataclass(frozen=True, slots=True)
class Sources:
    """All sources that a document names.

    Attributes
    ----------
    by_passage
        Attributions of each passage.
    genre
        What kind of text it is: see `genre_of`.
    issuer
        The first company named, whose filing or release it may be.
    first, person
        The first attribution, and the first that names a person by a title.
    """

    by_passage: tuple[tuple[Attribution, ...], ...]
    genre: str
    issuer: Attribution | None
    first: Attribution | None
    person: Attribution | None


def find_sources(marked: Marked) -> Sources:
    """The sources of a document."""
    by_passage = attributions(marked)
    every = [a for found in by_passage for a in found]
    return Sources(
        by_passage, genre_of(marked, by_passage), _issuer(marked), next(iter(every), None),
        next((a for a in every if a.form == "person"), None),
    )  # fmt: skip


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
        match = _HEADED.match(text)
        if match is not None:
            made = _attribution(
                marked, passage, start, start + match.end("name"), match[0], "frame"
            )
            if made is not None and (made.canonical or kind_of_source(match["name"], "")):
                found[made.start] = made
    for match in _PERSON.finditer(text):
        group = "zh" if match["zh"] else "en"
        a, b = start + match.start(group), start + match.end(group)
        raw = marked.document.text[a:b]
        is_name = group == "zh" or all(part[:1].isupper() for part in raw.split())
        if is_name and not any(a < o.end and o.start < b for o in found.values()):
            found[a] = Attribution(a, b, raw, "executive", "", "person")
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
        if type_ in {"company", "organisation"}:
            kind = "company_statement" if type_ == "company" else "data_provider"
            verb = _TELLING.search(marked.lower, mention.end, passage.sentence.end)
            form = "teller" if verb else "mention"
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
    inside = [m for m in passage.mentions if start <= m.start and m.end <= end]
    name = marked.lower[start:end].strip()
    if len(name) < 2 or (any(char.isdigit() for char in name) and not inside):
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


def source_candidates(number: Number, sources: Sources, before: Before) -> list[SourceCandidate]:
    """All who may state a number, the author too.

    Parameters
    ----------
    sources
        Of the document.
    before
        What the number before was bound to.
    """
    found = [*_named(number, sources), *_carried(number, sources)]
    n_local = sum(c.features[0] == "local" for c in found)
    n_named = before.between(number, sources.by_passage[number.at])
    where = before.distance(number)
    full = []
    for candidate in found:
        extra = [f"k:{candidate.source_type}"]
        if candidate.name == before.source:
            extra += [
                "previous", f"previous|local{min(n_local, 1)}", f"previous|named{n_named}|{where}",
                f"previous|{number.block.kind}",
            ]  # fmt: skip
        full.append(SourceCandidate(candidate.attribution, (*candidate.features, *extra)))
    author = [
        "author", f"author|local{min(n_local, 2)}", f"author|found{min(len(found), 1)}",
        f"author|{number.block.kind}", f"author|previous:{not before.source}|{where}|named{n_named}",
        f"author|{'first' if before.at < 0 else 'later'}",
        f"author|{sources.genre}",
    ]  # fmt: skip
    if _is_answer(number):
        author.append("author|answer")
    return [*full, SourceCandidate(None, tuple(author))]


def _named(number: Number, sources: Sources) -> Iterator[SourceCandidate]:
    for rank, attribution in enumerate(sources.by_passage[number.at]):
        side = number.side(attribution)
        apart = min(number.clauses_to(attribution), 3)
        n_between = min(number.between(attribution, sources.by_passage[number.at]), 1)
        yield SourceCandidate(
            attribution,
            (
                "local", f"local|{side}|apart{apart}", f"local|{attribution.form}",
                f"local|{side}|between{n_between}", f"local|rank{min(rank, 2)}",
            ),
        )  # fmt: skip


def _carried(number: Number, sources: Sources) -> Iterator[SourceCandidate]:
    """Sources of sentences before; of answers and lists also the first of the document."""
    passages = number.marked.passages
    back = 0
    answer = "|answer" if _is_answer(number) else ""
    for at in range(number.at - 1, -1, -1):
        if not sources.by_passage[at]:
            continue
        back += 1
        if back > _REACH:
            break
        same = "same" if passages[at].block == number.passage.block else "other"
        steps = min(number.at - at, 3)
        for attribution in sources.by_passage[at]:
            yield SourceCandidate(
                attribution,
                (
                    f"carried|{same}|steps{steps}", f"carried|{attribution.form}{answer}",
                    f"carried|{attribution.source_type}",
                    f"carried|back{back}|{same}", f"carried|{number.block.kind}",
                ),
            )  # fmt: skip
    genre, issuer, first = sources.genre, sources.issuer, sources.first
    if issuer is not None:
        voice = "we" if _WE.search(number.passage.sentence.surface.lower()) else "other"
        yield SourceCandidate(issuer, ("issuer", f"issuer|{voice}", f"issuer|{genre}"))
    if first is not None:
        kind = first.source_type
        yield SourceCandidate(
            first, ("doc_first", f"doc_first|{number.block.kind}", f"doc_first|{kind}|{genre}")
        )
    if sources.person is not None:
        yield SourceCandidate(
            sources.person, ("doc_person", f"doc_person{answer}", f"doc_person|{genre}{answer}")
        )


def genre_of(marked: Marked, sources: tuple[tuple[Attribution, ...], ...]) -> str:
    """What kind of text a document is, as far as it says who speaks in it.

    interview
        Questions and answers.
    own
        A company's filing or release: it says "we", or opens as one.
    data
        An account of one data provider's figures: its first source is one.
    news
        Any other.
    """
    lower, blocks = marked.lower, marked.document.blocks
    asked = sum(
        _ASK.match(lower, b.start, b.end) is not None
        or _ANSWER_MARK.match(lower, b.start, b.end) is not None
        or _QUESTION.search(b.surface) is not None
        for b in blocks
    )
    if asked >= _LEAST_ASKED:
        return "interview"
    n_own = len(_WE.findall(lower))
    if n_own * _OWN_EVERY >= len(marked.passages) and n_own >= _LEAST_ASKED:
        return "own"
    if _REPORT.search(lower[:_OPENING]) and n_own:
        return "own"
    first = next((a for found in sources[:_LEAST_ASKED] for a in found), None)
    return "data" if first is not None and first.source_type == "data_provider" else "news"


def _issuer(marked: Marked) -> Attribution | None:
    """The first company that a document names: whose filing or release it may be."""
    for mention in marked.mentions:
        if marked.gazetteer[mention.entities[0]].type == "company":
            return Attribution(
                mention.start, mention.end, mention.surface, "company_statement",
                mention.entities[0], "issuer",
            )  # fmt: skip
    return None


def _is_answer(number: Number) -> bool:
    """Whether the number stands in an answer: behind a speaker's name, or a question before."""
    lower = number.marked.lower
    if _ASK.match(lower, number.block.start, number.block.end):
        return False
    if _ANSWER.match(lower, number.block.start, number.block.start + 14):
        return True
    for at in range(number.at - 1, max(number.at - 6, -1), -1):
        passage = number.marked.passages[at]
        if passage.block < number.passage.block:
            return _QUESTION.search(passage.sentence.surface) is not None
    return False
