"""Speaking: the frames in which sources stand, and what kind of source a name is."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from howdah.documents.lexicon.expansion import expand
from howdah.documents.lexicon.words import WordFinder


def kind_of_source(name: str, default: str) -> str:
    """What kind of source goes by a folded name.

    Examples
    --------
    >>> kind_of_source("两位知情人士", "media"), kind_of_source("its finance chief", "media")
    ('insider', 'executive')
    """
    for kind, pattern in speaking().kinds.items():
        if pattern.search(name.strip()):
            return kind
    kinds = _source_words()
    found = {meaning for hit in kinds.find(name) for meaning in hit.meanings}
    return min(found)[1] if found else default


@dataclass(frozen=True, slots=True)
class Frame:
    """Words around a source, what it then is where its name does not say, and their form."""

    pattern: re.Pattern[str]
    form: str = "frame"
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Speaking:
    """The frames and kinds of ``speaking.toml``."""

    frames: tuple[Frame, ...]
    kinds: Mapping[str, re.Pattern[str]]


@cache
def speaking() -> Speaking:
    """The frames and kinds that come with howdah."""
    text = (files("howdah.documents") / "speaking.toml").read_text(encoding="utf-8")
    told = tomllib.loads(text)
    frames = tuple(
        Frame(
            re.compile(re.sub(r"@([a-z_]+)", lambda word: told["words"][word[1]], pattern)),
            table["form"],
            table.get("kind", ""),
        )
        for table in told["frame"]
        for pattern in table["patterns"]
    )
    return Speaking(frames, {kind: re.compile(found) for kind, found in told["kinds"].items()})


@cache
def _source_words() -> WordFinder[tuple[int, str]]:
    text = (files("howdah.documents.lexicon") / "sources.toml").read_text(encoding="utf-8")
    return WordFinder(
        (word, (rank, kind))
        for rank, (kind, table) in enumerate(tomllib.loads(text).items())
        for patterns in table.values()
        for pattern in patterns
        for word in expand(pattern)
    )
