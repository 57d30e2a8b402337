"""Whom a number is about: every name within reach is a candidate.

In reach are the names of the sentence, of the sentences before, of the heading and the title, and
what "the company" or "it" stands for. The features say how the name stands to the number: before
it or behind, as the one compared with, as the source, in a list that runs beside a list of numbers.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from howdah.documents.linking.groups import group_of, row_head, told_together
from howdah.documents.linking.lists import alignment, run_of_numbers
from howdah.documents.linking.nouns import own_words_of
from howdah.documents.linking.roles import roles_behind, roles_of
from howdah.documents.numbers import Before, Number
from howdah.documents.spans import Mention, Span

#: A word within so many characters of the start opens a sentence.
_AT_START = 2

#: The same of a word behind "at present".
_NEAR_START = 4

#: What stands in front of a clause's subject: "meanwhile", "its smaller rival".
_LEAD_IN = re.compile(
    r"(?:\s|同期|同时|其中|而|但|则|不过|反观|另外|此外|目前|当时|至于|相比之下|尤其|前期|去年|今年"
    r"|本月|上月|前三季度|年|月|竞争对手|对手|同行|同业|老对手|友商|其|导航应用|应用|品牌"
    r"|\b(?:and|but|while|whereas|meanwhile|however|by contrast|in contrast|now|its|the|smaller"
    r"|larger|bigger|rival|rivals|competitor|neighbour|sister|so|then|yet|only|even|last year"
    r"|this year)\b|,)*"
)

#: Names of so many sentences before are candidates.
_REACH = 4

#: So many different names before an anaphor are candidates for it.
_ANTECEDENTS = 3

_KIND_OF_ANAPHOR = (
    (
        "company",
        re.compile(
            r"公司|企业|集团|初创|厂商|company|firm|startup|start-up|group"
            r"|business|lab|maker|vendor|我们|自家|\bwe\b|\bour\b"
        ),
    ),
    (
        "product",
        re.compile(
            r"产品|应用|app|平台|软件|游戏|工具|服务|product|platform|assistant|service|chatbot"
        ),
    ),
    ("model", re.compile(r"模型|model")),
)
_WE = re.compile(r"我们|本公司|本集团|本|自家|\bwe\b|\bour\b")
_LATTER = re.compile(r"后者|the latter")
_FORMER = re.compile(r"前者|the former")
_BOTH = re.compile(r"两者|二者|the two|the pair")
_APART = re.compile(r"分别|依次|respectively")


@dataclass(frozen=True, slots=True)
class SubjectCandidate:
    """Somebody whom a number may be about.

    Attributes
    ----------
    canonical
        Canonical name; "" for nobody in the catalogue.
    mention
        Where the name stands that was taken for it, None for nobody.
    anaphor
        The word in the number's sentence that stands for it, None where none does.
    """

    canonical: str
    mention: Mention | None
    anaphor: Span | None
    features: tuple[str, ...]


def subject_candidates(number: Number, family: str, before: Before) -> list[SubjectCandidate]:
    """All names within reach of a number.

    Parameters
    ----------
    family
        Of the number's metric: what kind of thing it is usually of.
    before
        What the number before was bound to.
    """
    found = [*_in_sentence(number), *_anaphoric(number), *_before(number), *_heading(number)]
    found += [*_of_document(number), *_of_item(number)]
    focus, part = _focus(number), _part_of_pair(number)
    n_names = before.between(number, number.passage.mentions)
    n_words = before.between(number, number.passage.anaphors)
    where = before.distance(number)
    named = {c.canonical for c in found if "sentence" in c.features}
    full = []
    for candidate in found:
        type_ = number.marked.gazetteer[candidate.canonical].type or "untyped"
        extra = [f"t:{type_}|{family}", f"t:{type_}"]

        if candidate.canonical == before.subject and number.cell is None:
            if number.block.kind == "item" and where != "same":
                extra.append("previous|new_item")
            else:
                extra += [
                    "previous", f"previous|{'named' if named else 'unnamed'}",
                    f"previous|names{n_names}|{where}", f"previous|words{min(n_words, 1)}",
                ]  # fmt: skip
        if candidate.canonical == number.marked.top:
            extra += ["top"] if named else ["top", "top|unnamed"]
        if part:
            extra.append("aligned" if candidate.canonical == part else "misaligned")
        if candidate.canonical == focus:
            extra += ["focus", f"focus|{'named' if named else 'unnamed'}"]
        extra += _parts(number, candidate, family)
        if candidate.canonical in number.marked.tellers:
            extra += ["teller", f"teller|{'named' if named else 'unnamed'}"]
        parent = number.marked.gazetteer[candidate.canonical].parent
        if parent in named:
            extra.append("parent_named")
        full.append(
            SubjectCandidate(
                candidate.canonical,
                candidate.mention,
                candidate.anaphor,
                (*candidate.features, *extra),
            )
        )
    nobody = ["nobody", f"nobody|{'named' if named else 'unnamed'}", f"nobody|{family}"]
    nobody += ["nobody|group"] if group_of(number) else []
    nobody += ["nobody|row"] if row_head(number) else []
    nobody += ["nobody|together"] if told_together(number) else []
    nobody += [f"nobody|{_worded(number)}"]
    return [*full, SubjectCandidate("", None, None, tuple(nobody))]


def _worded(number: Number) -> str:
    """Whether the text has a noun of its own for a subject that the catalogue does not know."""
    words = own_words_of(number)
    if words is None:
        return "wordless"
    named = any(m.end <= number.quantity.start for m in number.passage.mentions)
    return f"worded|{'named' if named else 'unnamed'}"


def _parts(number: Number, candidate: SubjectCandidate, family: str) -> Iterator[str]:
    """What part a name takes in a deal, here or anywhere in the text."""
    yield from (f"{r}|{family}" for r in ("bidder", "holder") if f"then:{r}" in candidate.features)
    if candidate.canonical in number.marked.deals.targets:
        yield f"bought|{family}"
    if candidate.canonical in number.marked.deals.buyers:
        yield f"buys|{family}"


def _focus(number: Number) -> str:
    """Whom the first sentence of the block names first."""
    passages = number.marked.passages
    first = number.at
    while first and passages[first - 1].block == number.passage.block:
        first -= 1
    mentions = passages[first].mentions
    return mentions[0].entities[0] if mentions else ""


def _of_item(number: Number) -> Iterator[SubjectCandidate]:
    """The first name behind the number of a list's item, where that stands alone."""
    passages = number.marked.passages
    at = number.at + 1
    if number.quantity.unit != "rank" or number.passage.mentions or at == len(passages):
        return
    following = passages[at]
    if following.block == number.passage.block and following.mentions:
        mention = following.mentions[0]
        yield SubjectCandidate(mention.entities[0], mention, None, ("item_named",))


def _in_sentence(number: Number) -> Iterator[SubjectCandidate]:
    passage = number.passage
    mentions = passage.mentions
    ranks = _ranks(number)
    for n, mention in enumerate(mentions):
        side = number.side(mention)
        apart = min(number.clauses_to(mention), 3)
        n_numbers = min(number.between(mention, passage.quantities), 2)
        features = [
            "sentence",
            f"{side}|apart{apart}",
            f"{side}|rank{min(ranks[n], 3)}",
            f"{side}|apart{apart}|rank{min(ranks[n], 2)}",
            f"{side}|numbers{n_numbers}",
            f"{side}|near{number.distance(mention)}",
        ]
        if n == 0:
            features += ["first", f"first|{number.block.kind}"]
        if mention.start - passage.sentence.start <= _AT_START:
            features.append("opens_sentence")
        opening = _opening(number, mention)
        features += [f"{opening}|{side}|apart{apart}"] if opening else []
        if n + 1 < len(mentions) and mentions[n + 1].start - mention.end <= 1:
            features.append(f"apposed|{number.marked.gazetteer[mention.entities[0]].type}")
        features += roles_of(number, mention)
        if passage.groups[n][2] > 1:
            features += filter(None, (f"listed|{side}", alignment(number, n)))
        if number.cell is not None:
            features.append("own_row")
        if number.block.kind == "item":
            features.append(f"item|{side}|rank{min(ranks[n], 2)}")
        for rank, canonical in enumerate(mention.entities):
            sense = [f"sense{min(rank, 2)}"] if len(mention.entities) > 1 else []
            yield SubjectCandidate(canonical, mention, None, (*features, *sense))


def _opening(number: Number, mention: Mention) -> str:
    """Whether a name opens its clause, or begins it behind words like "meanwhile"."""
    sentence = number.passage.sentence
    clause = sentence.clauses[sentence.clause_at(mention.start)]
    if mention.start - clause.start <= 1:
        return "opens_clause"
    lead_in = number.marked.lower[clause.start : mention.start]
    return "begins_clause" if _LEAD_IN.fullmatch(lead_in) else ""


def _ranks(number: Number) -> dict[int, int]:
    """How many names of the sentence stand nearer to the number on the same side."""
    mentions = number.passage.mentions
    ranks: dict[int, int] = {}
    seen: Counter[str] = Counter()
    for n in sorted(range(len(mentions)), key=lambda n: _gap(number, mentions[n])):
        side = number.side(mentions[n])
        ranks[n] = seen[side]
        seen[side] += 1
    return ranks


def _gap(number: Number, span: Span) -> int:
    return max(number.quantity.start - span.end, span.start - number.quantity.end, 0)


def _anaphoric(number: Number) -> Iterator[SubjectCandidate]:
    passage = number.passage
    for anaphor in passage.anaphors:
        if anaphor.start > number.quantity.end:
            continue
        kind = next(
            (k for k, pattern in _KIND_OF_ANAPHOR if pattern.search(anaphor.surface)), "any"
        )
        apart = min(number.clauses_to(anaphor), 2)
        seen: list[str] = []
        wanted = list(_antecedents(number, anaphor))
        if _LATTER.search(anaphor.surface) or _FORMER.search(anaphor.surface):
            wanted = _pair(number, anaphor, is_latter=bool(_LATTER.search(anaphor.surface)))
        for mention, where in wanted:
            canonical = mention.entities[0]
            if canonical in seen:
                continue
            type_ = number.marked.gazetteer[canonical].type
            features = [
                "anaphor",
                f"anaphor|apart{apart}",
                f"anaphor|rank{len(seen)}",
                f"anaphor|{where}",
                f"anaphor|{kind}|{type_}",
            ]
            if kind in {"company", "product", "model"}:
                features.append("anaphor|agrees" if kind == type_ else "anaphor|disagrees")
            if where == "back1" and not seen and _opens(number, anaphor):
                features.append("anaphor|lead")
            if where == "pair":
                features.append(f"anaphor|pair|apart{apart}")
            seen.append(canonical)
            yield SubjectCandidate(canonical, mention, anaphor, tuple(features))
            if len(seen) == _ANTECEDENTS:
                break


def _opens(number: Number, anaphor: Span) -> bool:
    """Whether an anaphor opens its sentence, but for words of time."""
    return anaphor.start - number.passage.sentence.start <= _NEAR_START


def _antecedents(number: Number, anaphor: Span) -> Iterator[tuple[Mention, str]]:
    """Names before an anaphor, the nearest first."""
    passages = number.marked.passages
    for mention in reversed(number.passage.mentions):
        if mention.end <= anaphor.start:
            yield mention, "same"
    for back in range(1, _REACH + 1):
        if number.at - back < 0:
            break
        # The first name of a sentence is what it is about, and so what the next takes up.
        for mention in passages[number.at - back].mentions:
            yield mention, f"back{min(back, 2)}"


def _part_of_pair(number: Number) -> str:
    """Whose a number of "the two" is where they are told apart: "respectively"."""
    lower = number.marked.lower
    sentence = number.passage.sentence
    at, length = run_of_numbers(number)
    if length != 2 or not _APART.search(lower, sentence.start, sentence.end):  # noqa: PLR2004 - a pair
        return ""
    both = (a for a in number.passage.anaphors if _BOTH.search(a.surface))
    found = [m for a in both for m, _ in _pair(number, a, is_latter=at == 1)]
    return found[0].entities[0] if found else ""


def _pair(number: Number, anaphor: Span, *, is_latter: bool) -> list[tuple[Mention, str]]:
    """The last two different names before "the latter" or "the former"."""
    before = [m for m in number.marked.mentions if m.end <= anaphor.start]
    names: list[Mention] = []
    for mention in reversed(before):
        if all(mention.entities[0] != other.entities[0] for other in names):
            names.append(mention)
        if len(names) == 2:  # noqa: PLR2004 - a pair
            break
    if not names:
        return []
    return [(names[0] if is_latter else names[-1], "pair")]


def _before(number: Number) -> Iterator[SubjectCandidate]:
    """Names of sentences before, the nearest sentence first."""
    passages = number.marked.passages
    seen: set[str] = set()
    back = 0
    for at in range(number.at - 1, max(number.at - 12, -1), -1):
        passage = passages[at]
        if not passage.mentions:
            continue
        back += 1
        if back > _REACH:
            break
        same = "same_block" if passage.block == number.passage.block else "other_block"
        for n, mention in enumerate(passage.mentions):
            canonical = mention.entities[0]
            if canonical in seen:
                continue
            seen.add(canonical)
            is_last = n == len(passage.mentions) - 1
            features = [
                f"back{back}",
                f"back{back}|{same}",
                f"back{back}|{'first' if n == 0 else 'last' if is_last else 'middle'}",
            ]
            features += roles_behind(number.marked.lower, mention)
            yield SubjectCandidate(canonical, mention, None, tuple(features))


def _of_document(number: Number) -> Iterator[SubjectCandidate]:
    """The first name and the first company of a document: whom it is about, or who wrote it."""
    marked = number.marked
    companies = (m for m in marked.mentions if marked.gazetteer[m.entities[0]].type == "company")
    segments = (m for m in marked.mentions if marked.gazetteer[m.entities[0]].type == "segment")
    voice = _voice(number)
    for origin, mention in (
        ("first", next(iter(marked.mentions), None)),
        ("company", next(companies, None)),
        ("segment", next(segments, None)),
    ):
        if mention is not None:
            features = [f"document:{origin}", f"document:{origin}|{voice}"]
            if marked.is_own:
                features.append(f"document:{origin}|own")
            yield SubjectCandidate(mention.entities[0], mention, None, tuple(features))


def _voice(number: Number) -> str:
    """Whether the sentence speaks of "we", of "it", or of neither."""
    words = " ".join(a.surface for a in number.passage.anaphors)
    if _WE.search(words):
        return "we"
    return "it" if words else "none"


def _heading(number: Number) -> Iterator[SubjectCandidate]:
    """Names of the heading that the number stands under, and of the title."""
    marked = number.marked
    blocks = [marked.headings.get(number.passage.block)]
    first = next((n for n, b in enumerate(marked.document.blocks) if b.kind == "heading"), None)
    origins = [(blocks[0], "heading")]
    if first is not None and first != blocks[0]:
        origins.append((first, "title"))
    for block_number, origin in origins:
        if block_number is None:
            continue
        block = marked.document.blocks[block_number]
        inside = [m for m in marked.mentions if block.start <= m.start < block.end]
        for n, mention in enumerate(inside):
            features = (f"from:{origin}", f"from:{origin}|{min(n, 2)}")
            yield SubjectCandidate(mention.entities[0], mention, None, features)
