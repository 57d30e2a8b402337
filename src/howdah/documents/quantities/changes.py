"""Whether a number is a change of something, and what the change is measured from."""

import re
from collections.abc import Iterable

from howdah.documents.quantities.leads import Lead
from howdah.documents.quantities.lexicon import LEXICON
from howdah.documents.spans import Base
from howdah.documents.words import is_latin, skip_spaces

#: Characters in which the base of a change is looked for before and behind it.
_REACH_BEFORE, _REACH_BEHIND = 40, 90

#: Characters in which the length of "the period before" is looked for.
_REACH_CHAIN = 120

_CLAUSE_ENDS = re.compile(r"[。;!?\n]|[.,](?=\s)|,(?![0-9])")
_SENTENCE_ENDS = re.compile(
    r"[。;!?\n]|\.(?=\s|$)|,(?=[\u4e00-\u9fff])| while | but |、(?=环比|同比)"
)
_CHAIN = re.compile(r"(季度|季|q[1-4])|(月)|(周|星期)")
_EARLIER_MONTH = re.compile(r"[较比](?:[0-9]{1,2}|十[一二]?|[一二三四五六七八九])月")
_REACH_MULTIPLE = 45
_AS_MANY_AS_IN = re.compile(r" as \w+ (?:\w+ )?as (?:in|on|at|during) ")
_ON_MONTH = re.compile(
    r"\s+(?:on|from) (?:january|february|march|april|may|june|july|august|september|october"
    r"|november|december)\b"
)


def _alternatives(words: Iterable[str]) -> str:
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(
        rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word) for word in ordered
    )


_BASES = dict(LEXICON.base_words)
_BASE = re.compile(_alternatives(_BASES))
_MULTIPLE_BASES = dict(LEXICON.multiple_bases) | _BASES
_MULTIPLE_BASE = re.compile(_alternatives(_MULTIPLE_BASES))


def direction_behind(lower: str, end: int) -> int:
    """1 or -1 when a change is told behind a number: "30% growth", "30%的降幅", "5% lower"."""
    at = end
    for _ in range(3):
        at = skip_spaces(lower, at)
        found = LEXICON.afters.at(lower, at)
        if found is not None:
            return (
                0
                if lower.startswith((" to ", "至", "到"), found[0]) and not lower[at].isascii()
                else found[1]
            )
        base = LEXICON.bases.at(lower, at)
        if base is None:
            return 0
        at = base[0]
    return 0


def is_change(lead: Lead, unit: str) -> bool:
    """Whether what was read before a number of a unit makes a change of it.

    Of people or money fewer words do: "raised $3 million" is no rise.
    """
    if not lead.direction:
        return False
    return unit in ("percent", "points", "times") or (
        lead.word not in LEXICON.percent_only and not lead.is_signed
    )


def base_of(lower: str, start: int, end: int, floor: int) -> Base:
    """What the change at [start, end) is measured from, "" unstated.

    Parameters
    ----------
    floor
        End of the change before it: words before that place belong to it.
    """
    first = max(floor, start - _REACH_BEFORE)
    for clause_end in _CLAUSE_ENDS.finditer(lower, first, start):
        first = clause_end.end()
    found = None
    for match in _BASE.finditer(lower, first, start):
        found = match
    if found is None and _EARLIER_MONTH.search(lower, first, start):
        return "mom"
    if found is None:
        last = min(
            len(lower),
            end + (_REACH_BEHIND if is_latin(lower[end : end + 2].strip()[:1] or "0") else 12),
        )
        mark = _SENTENCE_ENDS.search(lower, end, last)
        found = _BASE.search(lower, end, mark.start() if mark else last)
        if found is None and _ON_MONTH.match(lower, end):
            return "mom"
    return "" if found is None else _resolved(_BASES[found[0]], lower, start)


def base_of_multiple(lower: str, start: int, end: int) -> tuple[bool, Base]:
    """Whether a multiple is of the same thing at another time, and which time that is."""
    first = max(0, start - 18)
    for clause_end in _CLAUSE_ENDS.finditer(lower, first, start):
        first = clause_end.end()
    found = None
    for match in _MULTIPLE_BASE.finditer(lower, first, start):
        found = match
    if found is None and is_latin(lower[end : end + 2].strip()[:1] or "0"):
        mark = _SENTENCE_ENDS.search(lower, end, end + _REACH_MULTIPLE)
        found = _MULTIPLE_BASE.search(
            lower, end, mark.start() if mark else min(len(lower), end + _REACH_MULTIPLE)
        )
    if found is None:
        # "twice as many as in January" is against itself, "as many as Acme" against another.
        return _AS_MANY_AS_IN.match(lower, end) is not None, ""
    return True, _resolved(_MULTIPLE_BASES[found[0]], lower, start)


def _resolved(base: Base | None, lower: str, start: int) -> Base:
    """Such as "环比" is of the period before, as long as the one that was named last."""
    if base is not None:
        return base
    found = None
    for match in _CHAIN.finditer(lower, max(0, start - _REACH_CHAIN), start):
        found = match
    if found is None:
        return ""
    return "qoq" if found[1] else "mom" if found[2] else "wow"
