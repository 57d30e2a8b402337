"""Cues of modality: words that say how a statement is meant, as data."""

import tomllib
from functools import cache
from importlib.resources import files

from howdah.documents.lexicon.expansion import expand
from howdah.documents.words import WordFinder

#: Kind of the longer words that hold a cue and are none.
NO_CUE = "none"


@cache
def modality_cues() -> WordFinder[str]:
    """Finds cues; their meanings are the names of their tables.

    Examples
    --------
    >>> [hit.meanings for hit in modality_cues().find("公司否认裁员")]
    [('denied',)]
    """
    text = (files("howdah.documents.lexicon") / "cues.toml").read_text(encoding="utf-8")
    return WordFinder(
        (word, kind)
        for kind, table in tomllib.loads(text).items()
        for patterns in table.values()
        for pattern in patterns
        for word in expand(pattern)
    )
