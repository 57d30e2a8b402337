"""Candidates in words: what became of such odds, what speaks for or against, what to be wary of.

Detectors write reasons in English, millions of rows at once. Their sentences are the English side
of the groups ``hit_reason`` and ``hit_caveat`` of ``phrases.toml``, by which they are read again
and told in another language.
"""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

from howdah.core.extent import percent_text
from howdah.core.phrases import Lang, known_phrase, phrase
from howdah.core.record import Odds

_JOINT = "; "

#: What a detector's reason against a candidate begins with; every other speaks for it.
AGAINST = "against: "

#: What the slots of a sentence hold: a number unless it is named here.
_SLOTS = {"rest": ".+", "name": ".+?", "day": r"\S+", "kind": ".+"}

#: The slots whose values are names of the catalogue, by group.
_NAMED = {"kind": "fault"}


class Lead(NamedTuple):
    """Why a candidate's odds are higher, or lower, than those of the usual one of its list.

    Attributes
    ----------
    text
        In the language asked for.
    speaks
        For the candidate, or against it.
    """

    text: str
    speaks: Literal["for", "against"]


def odds_text(odds: Odds | None, lang: Lang = "en") -> str:
    """What became of past odds like these, with the interval of their rate.

    Examples
    --------
    >>> from howdah.core.record import Record
    >>> told = Record("scored", "came", n=40, n_right=22, rate=0.55, lower=0.41, upper=0.68)
    >>> odds_text(Odds("stars", 0.5, 0.75, told))
    'of 40 past candidates told 50 to 75 %, 22 came: 55 % (41 to 68 %)'
    """
    if odds is None:
        return phrase("odds", "none", lang)
    record = odds.record
    values = {
        "low": percent_text(odds.low).removesuffix(" %"),
        "high": percent_text(odds.high),
        "n": f"{record.n:,}",
        "came": f"{record.n_right:,}",
    }
    if record.rate is None or record.lower is None:
        return phrase("odds", "too few", lang, **values)
    return phrase(
        "odds",
        "scored",
        lang,
        rate=percent_text(record.rate),
        lower=percent_text(record.lower).removesuffix(" %"),
        upper=percent_text(record.upper),
        **values,
    )


def reasons_of(text: str, lang: Lang = "en") -> tuple[Lead, ...]:
    """The reasons of a detector's text, each with its sign.

    Examples
    --------
    >>> text = "already at rank 116, where 100 is wanted; against: moves 1.2-fold in a usual month"
    >>> [lead.speaks for lead in reasons_of(text)]
    ['for', 'against']
    >>> reasons_of(text, "zh")[0].text
    '已居第116名，目标为前100名'
    """
    return tuple(
        Lead(
            _told(part.removeprefix(AGAINST), "hit_reason", lang),
            "against" if part.startswith(AGAINST) else "for",
        )
        for part in text.split(_JOINT)
        if part
    )


def caveats_of(text: str, lang: Lang = "en") -> tuple[str, ...]:
    """What a detector's text says to be wary of.

    Examples
    --------
    >>> caveats_of("short history: 8 months; no second source", "zh")
    ('历史太短：8个月', '没有第二个来源')
    """
    return tuple(_told(part, "hit_caveat", lang) for part in text.split(_JOINT) if part)


def _told(text: str, group: str, lang: Lang) -> str:
    """A sentence in a language; one that the catalogue lacks stays as it is."""
    if lang == "en":
        return text
    for key, pattern in _patterns(group):
        if match := pattern.fullmatch(text):
            values = {
                name: _told(value, group, lang)
                if name == "rest"
                else known_phrase(_NAMED.get(name, ""), value, lang, value)
                for name, value in match.groupdict().items()
            }
            return phrase(group, key, lang, **values)
    return text


@cache
def _patterns(group: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Keys and patterns of the English sentences of a group, in the catalogue's order."""
    source = (files("howdah.core") / "phrases.toml").read_text(encoding="utf-8")
    found = []
    for key, entry in tomllib.loads(source)[group].items():
        text = re.sub(r"\\\{(\w+)\\\}", _slot, re.escape(entry["en"]))
        found.append((key, re.compile(text)))
    return tuple(found)


def _slot(match: re.Match[str]) -> str:
    name = match.group(1)
    return f"(?P<{name}>{_SLOTS.get(name, r'[-0-9.,]+')})"
