"""Whom a number is about: every name within reach is a candidate.

In reach are the names of the sentence, of the sentences before, of the heading and the title, and
what "the company" or "it" stands for. The features say how the name stands to the number: before
it or behind, as the one compared with, as the source, in a list that runs beside a list of numbers.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from howdah.documents.numbers import Before, Number, unit_class
from howdah.documents.spans import Mention, Span

#: Names of so many sentences before are candidates.
_REACH = 4

#: So many different names before an anaphor are candidates for it.
_ANTECEDENTS = 3

_BEFORE = (
    (
        "target",
        re.compile(
            r"(?:收购|吃下|买下|并购|拿下|入股|投资|领投|跟投|购入|要约|持有|取得)了?(?:了)?\s*$|\b(?:acquire[sd]?|acquiring|buy(?:s|ing)?|bought|bid for|offer for|acquisition of|takeover of|stake in|invest(?:s|ed)? in|valued|values|valuing|own(?:s|ed)?|for)\s+(?:the |a |an )?(?:[a-z-]+ ){0,3}$"
        ),
    ),
    (
        "than",
        re.compile(
            r"(?:比|较|相较于?|相比|高于|低于|多于|少于|不如|对比|超过|超越|领先)\s*$|\b(?:than|versus|vs\.?|against|compared (?:with|to)|ahead of|behind|overtook|overtaking|unlike)\s+$"
        ),
    ),
    ("by", re.compile(r"(?:由|被|受)\s*$|\bby\s+$")),
    (
        "source",
        re.compile(
            r"(?:据|根据|按|按照|援引|来自|引述)\s*$|\b(?:according to|data from|says|said|citing|cited by|quoting|figures from)\s+$"
        ),
    ),
    ("to", re.compile(r"(?:向|给|从|对|与|和|跟|同)\s*$|\b(?:to|from|with|for|into)\s+$")),
    ("of", re.compile(r"\bof\s+$")),
    ("in", re.compile(r"在\s*$|\b(?:in|on|at)\s+$")),
    ("and", re.compile(r"[、,&]\s*$|\band\s+$")),
    (
        "contrast",
        re.compile(r"(?:而|但|至于|反观|同期)\s*$|\b(?:while|whereas|but|meanwhile,?)\s+$"),
    ),
    ("opened", re.compile(r"[(\[（“\"「《]\s*$")),
)
_BEHIND = (
    ("possessive", re.compile(r"\s*的|['’]s?\b")),
    ("owner", re.compile(r"\s*(?:旗下|推出|开发|发布|自研|出品)")),
    (
        "speaker",
        re.compile(
            r".{0,6}?(?:表示|称|透露|披露|指出|认为|回应|数据|监测|统计|报告|估算|预计|测算|显示|公布|发布的)|\s+(?:\w+\s+)?(?:said|says|told|reported|estimates|data|figures|research|put|puts|expects|reckons|counts)\b"
        ),
    ),
    (
        "backer",
        re.compile(
            r".{0,4}?(?:领投|跟投|参投|出资|投资|收购)|,?\s+(?:led|leads|invested|joined|bought|acquired)\b"
        ),
    ),
    (
        "copula",
        re.compile(
            r"\s*(?:为|是|达|有|则|也|仅|约|超|:|：|\d)|\s*(?:,|\()?\s*(?:is|was|has|had|with|at|reached|:|\$|\d)"
        ),
    ),
    ("and", re.compile(r"\s*(?:[、&]|和|与|及)|\s*,?\s*and\b")),
    ("closed", re.compile(r"\s*[)\]）”\"」》]")),
)
_KIND_OF_ANAPHOR = (
    (
        "company",
        re.compile(
            r"公司|企业|集团|初创|厂商|company|firm|startup|start-up|group|business|lab|maker|vendor|我们|自家|\bwe\b|\bour\b"
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
    found += _of_document(number)
    counts = Counter(m.entities[0] for m in number.marked.mentions)
    n_names = before.between(number, number.passage.mentions)
    n_words = before.between(number, number.passage.anaphors)
    where = before.distance(number)
    top = counts.most_common(1)[0][0] if counts else ""
    named = {c.canonical for c in found if "sentence" in c.features}
    full = []
    for candidate in found:
        type_ = number.marked.gazetteer[candidate.canonical].type or "untyped"
        extra = [f"t:{type_}|{family}", f"t:{type_}"]

        if candidate.canonical == before.subject and number.cell is None:
            kind = number.block.kind
            going_on = kind != "item" or where == "same"
            extra += ["previous|new_item"] if not going_on else [
                "previous", f"previous|{'named' if named else 'unnamed'}",
                f"previous|names{n_names}|{where}", f"previous|words{min(n_words, 1)}",
            ]  # fmt: skip
        if candidate.canonical == top:
            extra.append("top")
            if not named:
                extra.append("top|unnamed")
        parent = number.marked.gazetteer[candidate.canonical].parent
        if parent in named:
            extra.append("parent_named")
        full.append(
            SubjectCandidate(
                candidate.canonical,
                candidate.mention,
                candidate.anaphor,
                (*candidate.features, *extra),
            )  # fmt: skip
        )
    nobody = ("nobody", f"nobody|{'named' if named else 'unnamed'}", f"nobody|{family}")
    return [*full, SubjectCandidate("", None, None, nobody)]


def _in_sentence(number: Number) -> Iterator[SubjectCandidate]:
    passage = number.passage
    mentions = passage.mentions
    n_columns = _run_of_numbers(number)
    order = sorted(range(len(mentions)), key=lambda n: _gap(number, mentions[n]))
    ranks: dict[tuple[str, int], int] = {}
    seen: Counter[str] = Counter()
    for n in order:
        side = number.side(mentions[n])
        ranks[side, n] = seen[side]
        seen[side] += 1
    for n, mention in enumerate(mentions):
        side = number.side(mention)
        apart = min(number.clauses_to(mention), 3)
        n_numbers = min(number.between(mention, passage.quantities), 2)
        features = [
            "sentence",
            f"{side}|apart{apart}",
            f"{side}|rank{min(ranks[side, n], 3)}",
            f"{side}|apart{apart}|rank{min(ranks[side, n], 2)}",
            f"{side}|numbers{n_numbers}",
            f"{side}|near{number.distance(mention)}",
        ]
        if n == 0:
            features += ["first", f"first|{number.block.kind}"]
        if mention.start - passage.sentence.start <= 2:
            features.append("opens_sentence")
        clause = passage.sentence.clauses[passage.sentence.clause_at(mention.start)]
        if mention.start - clause.start <= 1:
            features.append(f"opens_clause|{side}|apart{apart}")
        before, behind = number.before_text(mention.start), number.after_text(mention.end)
        features += [f"after:{name}" for name, pattern in _BEFORE if pattern.search(before)]
        features += [f"then:{name}" for name, pattern in _BEHIND if pattern.match(behind)]
        group, place, size = passage.groups[n]
        if size > 1:
            features += [f"listed|{side}"]
            aligned = n_columns[1] == size and _is_run_after(
                number, mentions, passage.groups, group
            )
            if aligned:
                features.append("aligned" if n_columns[0] == place else "misaligned")
        cell = number.cell
        if cell is not None:
            features.append("own_row")
        if number.block.kind == "item":
            features.append(f"item|{side}|rank{min(ranks[side, n], 2)}")
        for rank, canonical in enumerate(mention.entities):
            sense = [f"sense{min(rank, 2)}"] if len(mention.entities) > 1 else []
            yield SubjectCandidate(canonical, mention, None, (*features, *sense))


def _gap(number: Number, span: Span) -> int:
    return max(number.quantity.start - span.end, span.start - number.quantity.end, 0)


def _run_of_numbers(number: Number) -> tuple[int, int]:
    """Place of the number in a list of numbers of one unit, and how long that is."""
    quantities = number.passage.quantities
    lower = number.marked.lower
    runs: list[list[int]] = []
    for n, quantity in enumerate(quantities):
        before = quantities[n - 1] if n else None
        joint = before is not None and re.fullmatch(
            r"[\s、,和及与;/&]*(?:and|以及)?[\s]*(?:约|近|超)?", lower[before.end : quantity.start]
        )
        is_alike = before is not None and unit_class(before) == unit_class(quantity)
        if joint and is_alike and runs:
            runs[-1].append(n)
        else:
            runs.append([n])
    run = next(r for r in runs if number.place in r)
    return run.index(number.place), len(run)


def _is_run_after(
    number: Number,
    mentions: tuple[Mention, ...],
    groups: tuple[tuple[int, int, int], ...],
    group: int,
) -> bool:
    """Whether a list of names is the last before the number."""
    lists = [
        g
        for m, (g, _, size) in zip(mentions, groups, strict=True)
        if size > 1 and m.end <= number.quantity.start
    ]
    return bool(lists) and lists[-1] == group


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
            if where == "pair":
                features.append("anaphor|pair")
            seen.append(canonical)
            yield SubjectCandidate(canonical, mention, anaphor, tuple(features))
            if len(seen) == _ANTECEDENTS:
                break


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
            behind = number.marked.lower[mention.end : mention.end + 14]
            features = [
                f"back{back}",
                f"back{back}|{same}",
                f"back{back}|{'first' if n == 0 else 'last' if is_last else 'middle'}",
            ]
            features += [f"back|then:{name}" for name, p in _BEHIND if p.match(behind)]
            yield SubjectCandidate(canonical, mention, None, tuple(features))


def _of_document(number: Number) -> Iterator[SubjectCandidate]:
    """The first and the first company that the document names: whom it is about, or who wrote it."""
    marked = number.marked
    companies = (m for m in marked.mentions if marked.gazetteer[m.entities[0]].type == "company")
    voice = _voice(number)
    for origin, mention in (
        ("first", next(iter(marked.mentions), None)),
        ("company", next(companies, None)),
    ):
        if mention is not None:
            features = (f"document:{origin}", f"document:{origin}|{voice}")
            yield SubjectCandidate(mention.entities[0], mention, None, features)


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
