"""Attribution: who states a number, and what kind of source that is.

A source stands before a verb of saying ("X said", "X表示"), inside a frame ("according to X",
"据X统计") or behind a title ("chief executive X"). What a sentence is attributed to carries on
through the paragraph, and an answer is its speaker's; the model weighs how far.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from howdah.documents.lexicon.sources import kind_of_source
from howdah.documents.passages import Marked, Passage
from howdah.documents.people import find_people
from howdah.documents.spans import Mention, Span
from howdah.documents.speaking import Frame, frames

#: Shorter texts are no names of sources.
_SHORTEST = 2

#: Words of a company for itself that are such only with a capital.
_CAPITAL = re.compile(r"[Tt]he [A-Z]|[^\x00-\x7f]")

#: Who asks in an interview, and who answers without a name.
_ASKERS = frozenset({"q", "问", "記者", "记者", "主持人", "本报", "本刊", "主持", "提问"})
_ANSWERERS = frozenset({"a", "答"})
_LABEL = re.compile(
    r"\s*(?P<name>[\u4e00-\u9fff]{1,6}|[^\W\d_]+(?: [^\W\d_]+){0,2})\s*(?::|\.(?=\s))"
)
_LEAST_LABELS = 2

_HEADED = re.compile(r"(?P<name>[^,。;:()]{2,24}):")
_STRIP = re.compile(
    r"^(?:但|而|不过|此外|另外|同时|其中|对此|对于|由|在|据|而据|另据"
    r"|近日|日前|昨日|今日|随后|当日|截至|今年|去年|,|\s|\d+月\d+日"
    r"|\d+月|\d+日)+|^(?:but|and|while|meanwhile|however|a|an|the|that"
    r"|which)\s+|(?:方面|(?:对|向)(?:本报|记者|媒体|外界|本刊)|则|也|还|曾|已|的|最新|发布|近日|日前|此前"
    r"|并|随后|\s)+$"
)
#: What makes a name the beginning of a longer one.
_GOES_ON = re.compile(
    r" (?P<next>[A-Z][a-z]+)(?: [A-Z][a-z]+)*(?![\w’'])"
    r"|(?P<han>基金会|基金會|研究院|学院|學院|大学|大學|大厦|大廈|资本|資本|创投|創投|产业园|產業園|家族|中学|医院|奖学金)"
)
#: Words with a capital that go with a name and make it no other.
_BELONGS = re.compile(
    r"inc|ltd|limited|corp|corporation|plc|llc|group|co|company|holdings?|se|gmbh|chief|president"
    r"|chair(?:man|woman)?|founder|director|head|vice|series|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|january|february|march|april|may|june|july|august|september|october|november|december|i"
)

#: What belongs to a source and speaks for it: "X's report", X的报告.
_POSSESSED = re.compile(
    r"(?:['’]s?|的)\s*[^,。]{0,24}?(?:report|study|survey|tracker|panel|index|figures|data|ranking"
    r"|chart|报告|榜单|统计|数据|调查|研究)s?$"
)

#: A pronoun right before the verb is who says so, whatever stands in front: "revenue she puts at".
_AT_LAST = re.compile(r"^.* (?P<rest>(?:she|he|it|they)$|(?<=\bwhat ).+$)")
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
        frame, verb, person, speaker (of a line of an interview), self (a company's word for itself
        in its own text), pronoun, teller or mention.
    is_guessed
        Whether neither its name nor the words around it say what kind of source it is.
    """

    source_type: str = "media"
    canonical: str = ""
    form: str = "frame"
    is_guessed: bool = False


def find_attributions(marked: Marked, passage: Passage) -> tuple[Attribution, ...]:
    """Sources that a sentence names, in order."""
    start, end = passage.sentence.start, passage.sentence.end
    text = marked.lower[start:end]
    found: dict[int, Attribution] = {}
    framed: list[tuple[int, int]] = []
    for frame in frames():
        for match in frame.pattern.finditer(text):
            first, last = start + match.start("name"), start + match.end("name")
            if frame.form == "self" and not _CAPITAL.match(marked.document.text, first):
                continue
            made = _attribution(
                marked, passage, first, last,
                marked.lower[start + match.start() : start + match.end() + 4], frame,
            )  # fmt: skip
            if made is None or any(made.start < b and a < made.end for a, b in framed):
                continue
            found[made.start] = made
            is_whole = frame.form == "frame"
            framed.append((first, start + match.end() if is_whole else max(made.end, last)))
    if marked.document.blocks[passage.block].kind == "heading" and not found:
        headed = _headed(marked, passage)
        found.update({} if headed is None else {headed.start: headed})
    for span in find_people(marked.document.text, text, start):
        person = Attribution(span.start, span.end, span.surface, "executive", "", "person")
        around = [at for at, o in found.items() if person.start < o.end and o.start < person.end]
        # A name stands for its titles and for all else that the frame took in.
        if all(found[at].source_type == "executive" or found[at].is_guessed for at in around):
            for at in around:
                del found[at]
            found[person.start] = person
    return tuple(found[at] for at in sorted(found))


def _headed(marked: Marked, passage: Passage) -> Attribution | None:
    """Who a heading says something by: "X: ..."."""
    start = passage.sentence.start
    headed = _HEADED.match(marked.lower[start : passage.sentence.end])
    if headed is None:
        return None
    made = _attribution(
        marked, passage, start, start + headed.end("name"), headed[0], Frame(_HEADED)
    )
    is_known = made is not None and (made.canonical or kind_of_source(headed["name"], ""))
    return made if is_known else None


def attributions(marked: Marked) -> tuple[tuple[Attribution, ...], ...]:
    """Sources that each passage names; "she" and "it" are whom they stand for."""
    found = []
    person: Attribution | None = None
    company: Attribution | None = None
    speakers = _speakers(marked)
    for passage in marked.passages:
        named = [speakers[passage.block]] if passage.block in speakers else []
        for attribution in find_attributions(marked, passage):
            lower = marked.lower[attribution.start : attribution.end]
            meant = person if _SHE.fullmatch(lower) else company if _IT.fullmatch(lower) else None
            if meant is not None:
                # It stands where the pronoun does, and goes by the name that it is for.
                place = attribution.start, attribution.end
                meant = replace(meant, start=place[0], end=place[1], form=attribution.form)
            named.append(attribution if meant is None else meant)
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


def _speakers(marked: Marked) -> dict[int, Attribution]:
    """Who speaks in each block of an interview: whose name stands before it, again and again."""
    labels = {}
    for number, block in enumerate(marked.document.blocks):
        label = _LABEL.match(marked.lower, block.start, block.end)
        if label is not None:
            labels[number] = label
    counts = Counter(label["name"] for label in labels.values())
    is_interview = any(counts[name] >= _LEAST_LABELS for name in _ASKERS)
    found = {}
    for number, label in labels.items():
        name = label["name"]
        is_asked = is_interview or counts[name] > _LEAST_LABELS
        if name in _ASKERS | _ANSWERERS or counts[name] < _LEAST_LABELS or not is_asked:
            continue
        start, end = label.span("name")
        surface = marked.document.text[start:end]
        if surface[:1].islower() or any(m.start < end and start < m.end for m in marked.mentions):
            continue
        found[number] = Attribution(start, end, surface, "executive", "", "speaker")
    return found


def _mentioned(
    marked: Marked, passage: Passage, named: Sequence[Attribution]
) -> Iterator[Attribution]:
    """Names of a sentence that no frame tells: a company that is said to do something says so."""
    for mention in passage.mentions[:2]:
        if any(mention.start < a.end and a.start < mention.end for a in named):
            continue
        if longer_name(marked, mention) is not None:
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
    marked: Marked, passage: Passage, start: int, end: int, around: str, frame: Frame
) -> Attribution | None:
    name = marked.lower[start:end]
    pronoun = _AT_LAST.search(name)
    start += 0 if pronoun is None else pronoun.start("rest")
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
    own = kind_of_source(name, "")
    if inside and longer_name(marked, inside[-1]) is None:
        return _known(marked, start, end, inside[-1], frame)
    if inside:
        # A name of the catalogue begins the name of somebody else.
        start, end = inside[-1].start, longer_name(marked, inside[-1]) or end
        own = kind_of_source(marked.lower[inside[-1].end : end], "")
    if frame.is_known and not own:
        return None
    source_type = own or frame.kind or kind_of_source(around, "")
    return Attribution(
        start, end, marked.document.text[start:end], source_type or "media", "", frame.form,
        not source_type,
    )  # fmt: skip


def longer_name(marked: Marked, mention: Mention) -> int | None:
    """Where a longer name ends that begins with a known one; None where the known one is whole.

    "Sorrel Data Partners" is somebody else than "Sorrel Data", which "Sorrel Data Inc" is not; in
    a heading all words may have capitals.
    """
    behind = _GOES_ON.match(marked.document.text, mention.end)
    if behind is None or _BELONGS.fullmatch((behind["next"] or "").casefold()):
        return None
    stands_in = next((b for b in marked.document.blocks if b.start <= mention.start < b.end), None)
    if stands_in is None or stands_in.kind != "paragraph":
        return None
    is_named = any(m.start < behind.end() and mention.end < m.end for m in marked.mentions)
    return None if is_named else behind.end()


def _known(marked: Marked, start: int, end: int, mention: Mention, frame: Frame) -> Attribution:
    """A source that holds a name of the catalogue: it, or somebody of it."""
    canonical = mention.entities[0]
    behind = marked.lower[mention.end : end]
    # "X's report" is X's word, and no paper's.
    role = "" if _POSSESSED.match(behind) else kind_of_source(behind, "")
    if kind_of_source(marked.lower[start : mention.start], "") == "insider":
        # "People close to X": who says so is not X.
        role = "insider"
    if role not in {"executive", "insider", "investor", "media", "regulator"}:
        start, end = mention.start, mention.end
        role = _kind_of(marked.gazetteer[canonical].type, marked.lower[start:end])
    return Attribution(start, end, marked.document.text[start:end], role, canonical, frame.form)


def _kind_of(type_: str, name: str) -> str:
    """What kind of source an entity of a type is; a paper and an office are told by their names."""
    if type_ in {"company", "product", "model"}:
        return "company_statement"
    if type_ != "organisation":
        return "investor"
    named = kind_of_source(name, "")
    return named if named in {"media", "regulator"} else "data_provider"
