"""How an event is meant: which cue of the sentence reaches its trigger.

An event either happened or it did not, so a cue that may reach it is taken to: to hold back a true
event costs less than to assert one that was denied. A negation and a plan reach what stands behind
them in their clause, and the next clause when that one goes on ("and", "并"); a condition, a rumour
and a report reach the rest of their sentence; a denial also what stands before it.
"""

import re
from collections.abc import Iterator
from datetime import date

from howdah.core.wording import Modality
from howdah.documents.modality import Cue, find_cues
from howdah.documents.passages import Marked, Passage
from howdah.documents.spans import Span

#: A denial that follows what it denies.
DENIED_BEHIND = "denied behind"

#: The strongest first: of what is rumoured to be planned, it is a rumour that one reads.
ORDER = (
    "hypothetical", "denied", DENIED_BEHIND, "negated", "rumoured", "reported", "speculated", "planned",
)  # fmt: skip

#: What somebody may deny afterwards.
TOLD: tuple[Modality, ...] = ("rumoured", "reported")

#: Cues of numbers that say nothing of events: they are nouns or count something.
_NO_CUES = frozenset(
    "不含 料 恐 想 误 无 提出 展望 预期 预算 判断 应该 只要 kpi media reports trackers think thinks ahead odds chance "
    "chances closer no project projects target targets budgeted outlook once say every provided "
    "might puts the paper newspapers correct corrects corrected analyst analysts suggests".split()
) | {"the paper", "puts the", "closer to", "say every", "told this", "told the", "due to", "would"}
#: Words of those who know but are not named: what they say is reported, no rumour.
_INSIDERS = re.compile(r"知情|消息人士|接近|匿名|圈内|familiar|sources?\b|close to|briefed|according to people")
_NEGATIONS = {
    "zh": re.compile(r"(?:没有?|未|不会?再?|并未|尚未|从未|无意|拒绝|拒|否决|叫停|放弃|取消|搁置|终止|中止)了?(?:会|有|能|曾|将|再|在|计划|打算|任何|考虑)*[^,;。]{0,3}$"),
    "en": re.compile(r"\b(?:not|never|n't|no|nor|neither|without|failed to|refused to|declined to|rejected|ruled out|no plans? to|rather than|(?:dropp|abandon|shelv|scrapp|cancell|call)(?:s|ed|ing)(?: off)?|walked away from)\s+(?:\w+\s+){0,3}$"),
}
_REPORTS = re.compile(r"\breports? (?:that|of|saying)\b")
_TOLD_ZH = re.compile(r"(?P<rumoured>被曝|曝出|被传)|猜测|猜想")
_PLANS = {
    "zh": re.compile(r"(?:将|拟|计划|准备|打算|即将|有意|会|要|考虑|欲)[^,;。]{0,8}$"),
    "en": re.compile(r"\b(?:will|to|would|plans?|shall|soon|about to|going to|intends?|wants?)\s+(?:\w+\s+){0,2}$"),
}
_AUXILIARY_TO = re.compile(
    r"\b(?:plan\w*|aim\w*|want\w*|set|due|intend\w*|agree[ds]?|propos\w+|offer\w*|hop\w+|prepar\w+|"
    r"expect\w*|ready|seek\w*|threat\w*|mov\w+|about|going|is|are|has|have|threaten\w*)\s+to\s+(?:\w+\s+){0,2}$"
    r"|\b(?:consider|weigh|mull|explor|ponder|ey|discuss|propos|float|study|contemplat)(?:s|es|ed|ing|ies|ied)?\s+(?:a |an |the )?(?:\w+\s+)?$"
)
#: What was begun and came to nothing, said behind it.
_ENDED = re.compile(
    r"放弃|作罢|告吹|打退堂鼓|破裂|未果|流产|无果|被拒|未能成|没有成|没成|没谈成|不了了之|"
    r"\b(?:walk(?:ed|s) away|fell through|collapsed|broke down|pulled out|backed out|came to nothing|called off|abandoned|"
    r"gave up|was rejected|were rejected|lapsed|fell apart)\b"
)
_GOES_ON = re.compile(r"\s*(?:并|且|并且|以及|同时|还|and\b|as well as\b|while also\b)")
_CONTRAST = re.compile(r"但|不过|然而|却|\bbut\b|\bhowever\b|\byet\b|\balthough\b")
_MONTH_MAY = "May"
_REACH = {"zh": 24, "en": 70}
_ACROSS = frozenset({"hypothetical", "denied", "rumoured", "reported"})


def modalities_of(
    marked: Marked, passage: Passage, trigger: Span, *, is_intent: bool, first: date | None = None
) -> tuple[Modality, ...]:
    """Modality that a sentence gives an event; two where it tells of a report and of its denial.

    Parameters
    ----------
    trigger
        The words that say the event.
    is_intent
        Plans change nothing: the event is one itself.
    first
        First day of its period: what is stated of a day to come is planned.
    """
    kinds = set(_reaching(marked, passage, trigger))
    published = marked.document.published_at
    if first is not None and published is not None and first > published:
        kinds.add("planned")
    if is_intent:
        kinds -= {"planned", "speculated"}
    told = next((kind for kind in ORDER if kind in kinds), "asserted")
    if told == DENIED_BEHIND:
        before = next((kind for kind in TOLD if kind in kinds), None)
        return ("denied",) if before is None else (before, "denied")
    return (told,)  # type: ignore[return-value]


def _reaching(marked: Marked, passage: Passage, trigger: Span) -> Iterator[str]:
    """Kinds of the cues that reach a trigger."""
    lang = "zh" if marked.document.lang == "zh" else "en"
    sentence = passage.sentence
    own = sentence.clause_at(trigger.start)
    clauses = sentence.clauses or (sentence,)
    begin = max(clauses[own].start, sentence.start)
    before = marked.lower[begin : trigger.start]
    if lang == "zh" and (told := _TOLD_ZH.search(marked.lower, sentence.start, trigger.start)):
        yield "rumoured" if told["rumoured"] else "speculated"
    if lang == "en" and _REPORTS.search(marked.lower, sentence.start, trigger.start):
        yield "reported"
    if _NEGATIONS[lang].search(before):
        yield "negated"
    if lang == "zh" and _PLANS["zh"].search(before):
        yield "planned"
    if lang == "en" and (_AUXILIARY_TO.search(before) or re.search(r"\b(?:will|would|shall|'ll)\b", before)):
        yield "planned"
    behind = marked.lower[trigger.end : min(sentence.end, trigger.end + _REACH[lang] * 2)]
    if _ENDED.search(behind.partition(";")[0]):
        yield "negated"
    for cue in _cues(marked, passage, trigger):
        place = sentence.clause_at(cue.start)
        is_before = cue.end <= trigger.start
        between = marked.lower[min(cue.end, trigger.start) : max(cue.end, trigger.start)]
        if cue.kind in _ACROSS:
            is_cut = ";" in between or (place != own and _CONTRAST.search(between) is not None)
            if is_cut or (not is_before and (cue.kind == "hypothetical" or place - own > 1)):
                continue
            is_insider = cue.kind == "rumoured" and _INSIDERS.search(cue.surface) is not None
            if cue.kind == "denied" and not is_before:
                yield DENIED_BEHIND
            else:
                yield "reported" if is_insider else cue.kind
        elif is_before and len(between) <= _REACH[lang]:
            goes_on = place == own - 1 and _GOES_ON.match(marked.lower, clauses[own].start)
            if place == own or goes_on:
                yield cue.kind


def _cues(marked: Marked, passage: Passage, trigger: Span) -> Iterator[Cue]:
    """Cues of a sentence that are no part of a name or of the trigger."""
    for cue in find_cues(marked, passage):
        surface = marked.document.text[cue.start : cue.end]
        inside = any(m.start < cue.end and cue.start < m.end for m in passage.mentions)
        if cue.kind == "statement" or inside or cue.surface in _NO_CUES or surface == _MONTH_MAY:
            continue
        if cue.start < trigger.end and trigger.start < cue.end:
            continue
        yield cue
