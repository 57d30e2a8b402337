"""Antecedents: whom the words of a sentence stand for that name nobody: "the company", "it"."""

import re
from collections.abc import Iterator

from howdah.documents.linking.lists import run_of_numbers
from howdah.documents.linking.reach import REACH, SubjectCandidate
from howdah.documents.numbers import Number
from howdah.documents.spans import Mention, Span

#: A word within so many characters of the start opens a sentence, but for "at present".
_NEAR_START = 4

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
_LATTER = re.compile(r"后者|the latter")
_FORMER = re.compile(r"前者|the former")
_BOTH = re.compile(r"两者|二者|the two|the pair")
_APART = re.compile(r"分别|依次|respectively")


def anaphoric(number: Number) -> Iterator[SubjectCandidate]:
    """Whom the words before a number stand for, the nearest first."""
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
    for back in range(1, REACH + 1):
        if number.at - back < 0:
            break
        # The first name of a sentence is what it is about, and so what the next takes up.
        for mention in passages[number.at - back].mentions:
            yield mention, f"back{min(back, 2)}"


def part_of_pair(number: Number) -> str:
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
