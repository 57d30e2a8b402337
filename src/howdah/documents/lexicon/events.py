"""Patterns of events, as data, over sentences in which names are single characters."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

#: Names of a sentence are written as characters from here on, in order.
FIRST_NAME = 0xE000
LAST_NAME = 0xE0FF

_NAME = f"[{chr(FIRST_NAME)}-{chr(LAST_NAME)}]"
_PIECES = (
    ("<subject>", f"(?P<subject>{_NAME})"),
    ("<object>", f"(?P<object>{_NAME})"),
    ("<x>", _NAME),
    ("<>", ""),
    ("~", "[^,。;.]{0,30}?"),
)


@dataclass(frozen=True, slots=True)
class EventKind:
    """One kind of event.

    Attributes
    ----------
    types
        Types of entities that its subject may have.
    """

    metric: str
    types: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]


@cache
def event_kinds() -> tuple[EventKind, ...]:
    """All kinds of events."""
    text = (files("howdah.documents.lexicon") / "events.toml").read_text(encoding="utf-8")
    return tuple(
        EventKind(metric, frozenset(table["types"]), tuple(_compiled(p) for p in table["patterns"]))
        for metric, table in tomllib.loads(text).items()
    )


def _compiled(pattern: str) -> re.Pattern[str]:
    for piece, meaning in _PIECES:
        pattern = pattern.replace(piece, meaning)
    return re.compile(pattern)
