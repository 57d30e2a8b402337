"""Strangers: what looks like a name and is none of the catalogue's, where a number may be about it.

"While Pip grew, Zorp reached 3 million users" is about Zorp, whom nobody knows; the known name
beside it must not have the number unread. A stranger is told by its form: a capital, quotation
marks of a title, Latin letters in Chinese, or where a Chinese name of a metric's owner stands. That
is wrong often enough that it makes nobody a subject: it asks for a reader, and proposes a name.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from howdah.documents.attribution import Attribution
from howdah.documents.folding import Folded
from howdah.documents.numbers import Number
from howdah.documents.people import find_people
from howdah.documents.spans import Mention, Span
from howdah.documents.tagger import tagged_names

_PART = r"[A-ZÀ-ÖØ-Þ][\w+]*(?:[.’'&-][A-ZÀ-ÖØ-Þ\d][\w+]*)*"
_NAME_EN = re.compile(rf"(?<![\w.@/’'&$€£¥-]){_PART}(?: (?:(?:of|&) )?{_PART}){{0,3}}")
_LATIN = re.compile(
    r"(?<![A-Za-z0-9_.@/$€£¥-])[A-Za-z][A-Za-z0-9+]*(?:[.-][A-Za-z0-9]+)*"
    r"(?: [A-Z][A-Za-z0-9]*){0,2}"
)
_TITLED = re.compile(r"《([^》\n]{1,20})》|[“「『\"]([^”」』\",，。；：:;\n]{1,10})[”」』\"]")
#: What is a company by its ending.
_COMPANY_EN = re.compile(
    r"(?<![\w.])[A-Z][\w&'-]*(?:\s+(?:of|&)?\s*[A-Z][\w&'-]*){0,3}\s+"
    r"(?:Inc|Corp|Labs?|AI|Capital|Ventures|Partners|Research|Technologies|Systems|Group|Holdings)"
    r"(?![\w])"
)
_COMPANY_ZH = re.compile(
    r"[\u4e00-\u9fff]{2,6}(?:科技|集团|公司|资本|创投|研究院|咨询|智能|网络|软件|实验室)(?![\u4e00-\u9fff]{0,1}有限)"
)
_HAN = re.compile(r"[\u4e00-\u9fff]{2,6}")

#: Characters of Chinese words that are no names of products: of counting, time, place and grammar.
_NO_NAME_HAN = re.compile(
    r"[的是为在有了不其该这那此我你他她它每各全总均约近超达同环比至以来中上下内外前后与和及或等被把将已也还则而但因由对从向按据"
    r"年月日季周天元万亿个名位家款台件次分共仅只才更最很多少亦并所说载拖欠澄非称令使让给所且若如因某另]"
)

#: What a Chinese clause begins with before its subject.
_LEAD_ZH = re.compile(
    r"(?:\s|[,、:：“「《]|而且?|但是?|则|也|其中|同时|此外|另外|不过|目前|当时|截至|到|在|据悉|竞争对手|对手|同行|友商|老对手"
    r"|(?:月|年|底|末|初|的))*"
)

#: What stands before a name that is no subject.
_OBLIQUE = re.compile(
    r"(?:\b(?:in|from|at|across|for|by|to|with|on|via|through|than|like|against|as|into|over|outside"
    r"|per|under|near|throughout|within|and even|unlike|besides|versus|vs\.?)"
    r"|在|从|对|向|于|由|比|与|被|据|较|跟)\s*(?:the |its |rival |neighbouring )*$",
    re.IGNORECASE,
)
#: Between a name and a number that is its own: "Zorp's 3 million".
_OWNING = re.compile(r"(?:['’]s?|的)\s?(?:[\w-]+ ?){0,3}$")

#: Between a name that only describes the next one, and that one: "Zorp-backed Pip".
_DESCRIBING = re.compile(
    r"[\s’'s-]*(?:(?:backed|owned|based|listed|led|made|style|start-?up|rival|challenger|company|maker"
    r"|firm|app|assistant|giant|unit|subsidiary|brand|group|chatbot|service|platform|developer|parent"
    r"|owner|carmaker|lender|retailer|publisher|studio|旗下|系|的|版)[\s’'s的-]*){0,3}"
)
#: What stands before a known name that only describes a stranger: "Zorp, a rival of Pip, has".
_DESCRIBED = re.compile(
    r"\b(?:rival|competitor|maker|owner|parent|unit|arm|subsidiary|challenger|answer|alternative|clone"
    r"|copy|version|backer|partner|supplier|sister) (?:of|to|for) (?:[\w-]+ )?$"
    r"|\b(?:rivals|competes with|competing with|owned by|made by|backed by|built by) $"
)
_DESCRIBED_ZH = re.compile(r"的?(?:竞争对手|对手|竞品|同行|友商|劲敌|挑战者|姊妹|子公司|母公司)")

#: What stands between the names of a list.
_JOINT = re.compile(r"\s*(?:[、,/&]|和|与|及|以及|跟|,?\s*and\b)\s*")

#: Verbs behind a name that opens an English sentence.
_DOES = re.compile(
    r"(?:,[^,.;]{2,60},)?(?: (?:also|now|then|still|only|already|alone|itself|[a-z]+ly))?"
    r"(?:['’]s?\b|,| (?:is|are|was|were|has|have|had|will|would|may|says|claims|counts|saw|drew|got"
    r"|grew|rose|fell|made|sold|lost|won|cut|employs|serves|runs|ran|takes|took|spends|spent|holds"
    r"|held|boasts|puts|sits|stands|stood|hit|hits|[a-z]{2,}ed|reaches|passes|tops|and)\b)"
)


def propose_names(folded: Folded, mentions: Sequence[Mention]) -> tuple[Span, ...]:
    """What looks like a name of a company or work and is not in the catalogue, once each.

    They are proposals for a reviewer: no entity is ever made of them.
    """
    taken = [(m.start, m.end) for m in mentions]
    found: dict[str, Span] = {}
    places = [m.span() for p in (_COMPANY_EN, _COMPANY_ZH) for m in p.finditer(folded.text)]
    for place in (*places, *tagged_names(folded.text)):
        start, end = folded.raw_span(*place)
        surface = folded.raw[start:end]
        if not any(a < end and start < b for a, b in taken) and not is_common(surface.lower()):
            found.setdefault(surface, Span(start, end, surface))
            taken.append((start, end))
    return tuple(sorted(found.values(), key=lambda span: span.start))


@cache
def _words() -> dict[str, frozenset[str]]:
    text = (files("howdah.documents") / "strangers.toml").read_text(encoding="utf-8")
    return {lang: frozenset(told.split()) for lang, told in tomllib.loads(text)["words"].items()}


def is_common(words: str) -> bool:
    """Whether some words in folded lower case are none that name anybody: "users", "公司".

    Examples
    --------
    >>> is_common("the app"), is_common("用户"), is_common("pippin")
    (True, True, False)
    """
    known = _words()
    if words in known["zh"]:
        return True
    parts = words.split()
    return bool(parts) and all(p in known["en"] or p in known["latin"] for p in parts)


def stranger_to(
    number: Number, subject: Mention | None, sources: Sequence[Attribution]
) -> Span | None:
    """The unknown name that a number may be about instead of its subject; None without one.

    Parameters
    ----------
    subject
        The name that was taken for its subject.
    sources
        Of its sentence: who states a number is not whom it is about.
    """
    if number.cell is not None:
        return None
    found = [*_unknown(number, sources)]
    before = [c for c in found if c.end <= number.quantity.start]
    known = _known_before(number)
    for name in reversed(before):
        is_nearer = known is None or name.start > known.start
        if is_nearer or _is_described(number, known) or _is_listed(number, name):
            return name
    clause = number.passage.sentence.clauses[number.clause]
    is_named = any(clause.start <= m.start < clause.end for m in number.passage.mentions)
    is_inside = subject is not None and clause.start <= subject.start < clause.end
    if is_named or is_inside:
        return None
    behind = [c for c in found if number.quantity.end <= c.start < clause.end]
    return next(iter(behind), None)


def _known_before(number: Number) -> Mention | None:
    """The last name of the catalogue before a number in its sentence."""
    before = [m for m in number.passage.mentions if m.end <= number.quantity.start]
    return before[-1] if before else None


def _is_listed(number: Number, name: Span) -> bool:
    """Whether a name stands in a list with names of the catalogue, so that numbers may too."""
    lower = number.marked.lower
    return any(
        _JOINT.fullmatch(lower, *gap) is not None
        for m in number.passage.mentions
        for gap in ((m.end, name.start), (name.end, m.start))
        if gap[0] <= gap[1]
    )


def _is_described(number: Number, known: Mention | None) -> bool:
    """Whether a known name only says what the one before it is."""
    if known is None:
        return False
    lower, sentence = number.marked.lower, number.passage.sentence
    ahead = lower[sentence.start : known.start]
    behind = lower[known.end : known.end + 6]
    return _DESCRIBED.search(ahead) is not None or _DESCRIBED_ZH.match(behind) is not None


def _unknown(number: Number, sources: Sequence[Attribution]) -> Iterator[Span]:
    """What looks like a name in a number's sentence and may be a subject, in order."""
    passage, marked = number.passage, number.marked
    start, end = passage.sentence.start, passage.sentence.end
    people = find_people(marked.document.text, marked.lower[start:end], start)
    taken: list[Span] = [
        *passage.mentions, *passage.periods, *passage.triggers, *passage.quantities, *people,
        *passage.anaphors, *(a for a in sources if not _speaks_of_itself(number, a)),
    ]  # fmt: skip
    shaped = _shaped_zh(number) if marked.document.lang == "zh" else _shaped_en(number)
    seen = -1
    for name in sorted(shaped, key=lambda span: (span.start, -span.end)):
        if name.start < seen or any(t.start < name.end and name.start < t.end for t in taken):
            continue
        if is_common(marked.lower[name.start : name.end]) or not _is_subject(number, name):
            continue
        seen = name.end
        yield name


def _speaks_of_itself(number: Number, source: Attribution) -> bool:
    """Whether who says a number may be whom it is about: "Zorp says it has 3 million users"."""
    ahead = source.form == "verb" and source.end <= number.quantity.start
    between = (m for m in number.passage.mentions if source.end <= m.start)
    return ahead and all(m.start >= number.quantity.end for m in between)


def _is_subject(number: Number, name: Span) -> bool:
    """Whether a name may be a subject by what stands around it."""
    lower, sentence = number.marked.lower, number.passage.sentence
    owns = name.end <= number.quantity.start and _OWNING.fullmatch(
        lower, name.end, number.quantity.start
    )
    ahead = lower[max(sentence.start, name.start - 24) : name.start]
    if not owns and _OBLIQUE.search(ahead):
        return False
    following = next((m for m in number.passage.mentions if m.start >= name.end), None)
    if following is None or following.end > number.quantity.start:
        return True
    return _DESCRIBING.fullmatch(lower, name.end, following.start) is None


def _shaped_en(number: Number) -> Iterator[Span]:
    text, sentence = number.marked.document.text, number.passage.sentence
    for match in _NAME_EN.finditer(text, sentence.start, sentence.end):
        start, end = match.span()
        first, _, rest = match[0].partition(" ")
        if is_common(first.lower()) and rest:
            # "Rival Zorp has": the first word has its capital from the sentence.
            start += len(first) + 1
        opens = start == sentence.start or text[start - 1] in "“\"‘'"
        is_single = " " not in text[start:end]
        if opens and is_single and not _opens_as_name(text, start, end):
            continue
        yield Span(start, end, text[start:end])


def _opens_as_name(text: str, start: int, end: int) -> bool:
    """Whether a word with a capital at the start of a sentence is a name by what follows it."""
    word = text[start:end].lower()
    is_word = re.search(rf"\b{re.escape(word)}\b", text) is not None
    return not is_word and _DOES.match(text, end) is not None


def _shaped_zh(number: Number) -> Iterator[Span]:
    text, sentence = number.marked.document.text, number.passage.sentence
    for match in _TITLED.finditer(text, sentence.start, sentence.end):
        group = 1 if match[1] else 2
        if any(char.isalpha() for char in match[group]):
            yield Span(*match.span(group), match[group])
    for match in _COMPANY_ZH.finditer(text, sentence.start, sentence.end):
        yield Span(*match.span(), match[0])
    for match in _LATIN.finditer(text, sentence.start, sentence.end):
        if len(match[0]) > 1:
            yield Span(*match.span(), match[0])
    clause = sentence.clauses[number.clause]
    for trigger in number.passage.triggers:
        if clause.start <= trigger.start < number.quantity.start:
            yield from _owner_zh(number, clause.start, trigger.start)


def _owner_zh(number: Number, start: int, end: int) -> Iterator[Span]:
    """The Chinese word that stands as a clause's subject right before a word of a metric."""
    lower = number.marked.lower
    for period in reversed(number.passage.periods):
        # "小蜂10月日活": when, between whose and what.
        end = period.start if start < period.start and period.end == end else end
    for other in (*number.passage.periods, *number.passage.mentions):
        if start <= other.start and other.end <= end:
            start = max(start, other.end)
    lead = _LEAD_ZH.match(lower, start, end)
    first = start if lead is None else lead.end()
    last = end - 1 if lower[end - 1 : end] == "的" else end
    if _HAN.fullmatch(lower, first, last) and not _NO_NAME_HAN.search(lower, first, last):
        yield Span(first, last, number.marked.document.text[first:last])
