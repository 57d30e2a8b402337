"""How an event is meant: which cue of the sentence reaches its trigger.

An event either happened or it did not, so a cue that may reach it is taken to: to hold back a true
event costs less than to assert one that was denied. A negation and a plan reach what stands behind
them in their clause, and the next clause when that one goes on ("and", "并"); a condition, a rumour
and a report reach the rest of their sentence, and what stands before them when they close it; so
does a denial.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from howdah.core.wording import Modality
from howdah.documents.modality import Cue, find_cues
from howdah.documents.passages import Marked, Passage
from howdah.documents.sentences import Sentence
from howdah.documents.spans import Lang, Span

#: A denial that follows what it denies.
DENIED_BEHIND = "denied behind"

#: The strongest first: of what is rumoured to be planned, it is a rumour that one reads.
ORDER = (
    "hypothetical", "denied", DENIED_BEHIND, "negated", "rumoured", "reported", "speculated",
    "planned",
)  # fmt: skip

#: What somebody may deny afterwards.
TOLD: tuple[Modality, ...] = ("rumoured", "reported")

#: Cues that reach other clauses of their sentence.
_ACROSS = frozenset({"hypothetical", "denied", "rumoured", "reported"})

#: How far a negation and a plan reach, in characters; what came of it is said within twice that.
_REACH: Mapping[Lang, int] = {"zh": 24, "en": 70}

_MONTH_MAY = "May"


@dataclass(frozen=True)
class _Words:
    """The words of ``scope.toml``."""

    no_cues: frozenset[str]
    insiders: re.Pattern[str]
    contrast: re.Pattern[str]
    goes_on: re.Pattern[str]
    behind: Mapping[str, re.Pattern[str]]
    before: Mapping[Lang, tuple[tuple[str, re.Pattern[str]], ...]]
    earlier: Mapping[Lang, tuple[tuple[str, re.Pattern[str]], ...]]


def modalities_of(
    marked: Marked, passage: Passage, trigger: Span, *, is_intent: bool, day: date | None = None
) -> tuple[Modality, ...]:
    """Modality that a sentence gives an event; two where it tells of a report and of its denial.

    Parameters
    ----------
    trigger
        The words that say the event.
    is_intent
        Plans change nothing: the event is one itself.
    day
        First known day of its period: what is stated of a day to come is planned.
    """
    kinds = {*_near(marked, passage.sentence, trigger), *_cued(marked, passage, trigger)}
    published = marked.document.published_at
    if day is not None and published is not None and day > published:
        kinds.add("planned")
    if is_intent:
        kinds -= {"planned", "speculated"}
    told = next((kind for kind in ORDER if kind in kinds), "asserted")
    if told == DENIED_BEHIND:
        before = next((kind for kind in TOLD if kind in kinds), None)
        return ("denied",) if before is None else (before, "denied")
    return (told,)  # type: ignore[return-value]


def _near(marked: Marked, sentence: Sentence, trigger: Span) -> Iterator[str]:
    """What words say that are no cues of numbers: auxiliaries, and what came of it."""
    words, lang = _words(), marked.document.lang
    clauses = sentence.clauses or (sentence,)
    begin = max(clauses[sentence.clause_at(trigger.start)].start, sentence.start)
    own = marked.lower[begin : trigger.start]
    yield from (kind for kind, pattern in words.before[lang] if pattern.search(own))
    earlier = marked.lower[sentence.start : trigger.start]
    yield from (kind for kind, pattern in words.earlier[lang] if pattern.search(earlier))
    behind = marked.lower[trigger.end : min(sentence.end, trigger.end + 2 * _REACH[lang])]
    rest = behind.partition(";")[0]
    yield from (kind for kind, pattern in words.behind.items() if pattern.search(rest))


def _cued(marked: Marked, passage: Passage, trigger: Span) -> Iterator[str]:
    """Kinds of the cues that reach a trigger."""
    words, sentence = _words(), passage.sentence
    own = sentence.clause_at(trigger.start)
    last = len(sentence.clauses) - 1
    for cue in _cues(marked, passage, trigger):
        apart = sentence.clause_at(cue.start) - own
        is_before = cue.end <= trigger.start
        between = marked.lower[min(cue.end, trigger.start) : max(cue.end, trigger.start)]
        if cue.kind not in _ACROSS:
            if is_before and _reaches(marked, sentence, own, apart, len(between)):
                yield "negated" if cue.kind == "replaced" else cue.kind
            continue
        is_cut = ";" in between or (apart != 0 and words.contrast.search(between) is not None)
        # Behind, a cue is of the clause before it, or closes the whole sentence: ", sources said".
        is_behind = not is_before and apart > 1 and apart + own != last
        if is_cut or is_behind or (not is_before and cue.kind == "hypothetical"):
            continue
        if cue.kind == "denied" and not is_before:
            yield DENIED_BEHIND
        else:
            is_insider = cue.kind == "rumoured" and words.insiders.search(cue.surface)
            yield "reported" if is_insider else cue.kind


def _reaches(marked: Marked, sentence: Sentence, own: int, apart: int, distance: int) -> bool:
    """Whether a negation or a plan reaches a clause: its own, or one that goes on with it."""
    if distance > _REACH[marked.document.lang]:
        return False
    clauses = sentence.clauses or (sentence,)
    goes_on = apart == -1 and _words().goes_on.match(marked.lower, clauses[own].start)
    return apart == 0 or bool(goes_on)


def _cues(marked: Marked, passage: Passage, trigger: Span) -> Iterator[Cue]:
    """Cues of a sentence that are no part of a name or of the trigger."""
    for cue in find_cues(marked, passage):
        surface = marked.document.text[cue.start : cue.end]
        inside = any(m.start < cue.end and cue.start < m.end for m in passage.mentions)
        if cue.kind == "statement" or inside or surface == _MONTH_MAY:
            continue
        if cue.surface in _words().no_cues or (cue.start < trigger.end and trigger.start < cue.end):
            continue
        yield cue


@cache
def _words() -> _Words:
    text = (files("howdah.documents.events") / "scope.toml").read_text(encoding="utf-8")
    told = tomllib.loads(text)
    return _Words(
        frozenset(told["no_cues"]),
        re.compile(told["insiders"]),
        re.compile(told["contrast"]),
        re.compile(told["goes_on"]),
        {kind: re.compile(expression) for kind, expression in told["behind"].items()},
        _by_language(told["before"]),
        _by_language(told["earlier"]),
    )


def _by_language(
    table: Mapping[str, str],
) -> Mapping[Lang, tuple[tuple[str, re.Pattern[str]], ...]]:
    """Expressions by the language that their key ends in, with the modality that it begins with."""
    languages: tuple[Lang, ...] = ("zh", "en")
    return {
        lang: tuple(
            (key.removesuffix(f"_{lang}"), re.compile(expression))
            for key, expression in table.items()
            if key.endswith(f"_{lang}")
        )
        for lang in languages
    }
