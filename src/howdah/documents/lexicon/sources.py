"""Kinds of sources: what their names are like and which words stand in them, as data."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from howdah.documents.lexicon.expansion import expand
from howdah.documents.words import WordFinder


@dataclass(frozen=True, slots=True)
class _Kinds:
    """Shapes of names by kind, and words with the rank and name of theirs."""

    shapes: Mapping[str, re.Pattern[str]]
    words: WordFinder[tuple[int, str]]


def kind_of_source(name: str, default: str) -> str:
    """What kind of source goes by a folded name.

    Examples
    --------
    >>> kind_of_source("两位知情人士", "media"), kind_of_source("its finance chief", "media")
    ('insider', 'executive')
    """
    kinds = _kinds()
    for kind, shape in kinds.shapes.items():
        if shape.search(name.strip()):
            return kind
    found = {meaning for hit in kinds.words.find(name) for meaning in hit.meanings}
    return min(found)[1] if found else default


@cache
def _kinds() -> _Kinds:
    text = (files("howdah.documents.lexicon") / "sources.toml").read_text(encoding="utf-8")
    told = tomllib.loads(text)
    words = WordFinder(
        (word, (rank, kind))
        for rank, (kind, table) in enumerate(told.items())
        for lang in ("zh", "en")
        for pattern in table[lang]
        for word in expand(pattern)
    )
    shapes = {kind: re.compile(table["shape"]) for kind, table in told.items() if "shape" in table}
    return _Kinds(shapes, words)
