"""Telling words: what a reviewer points at, so that it is read so in every text of the market.

"Monthly regulars" tells a metric wherever it stands; "users" stands in every other sentence and
tells none. Before words are learnt they are looked up in what was read; common ones are refused.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from howdah.core.errors import InputError, UnknownNameError
from howdah.documents.folding import fold
from howdah.documents.lexicon import metric_lexicon
from howdah.documents.strangers import is_common
from howdah.market.documents.passages import passages_of
from howdah.market.documents.tables import DocumentTables
from howdah.market.workspace import Workspace

#: Fields whose words in the text can be learnt.
LEARNABLE = ("subject", "metric")

#: Sentences that are shown of those that hold some words.
_MOST_SHOWN = 3

_DETERMINER = re.compile(r"^(?:the|a|an|its|their|our|this|that|these|those) ")


@dataclass(frozen=True, slots=True)
class WordReach:
    """Where some words stand in what was read: what they will be read as everywhere.

    Attributes
    ----------
    n_documents, n_sentences
        Documents in force, and sentences of these that state a number or an event.
    otherwise
        Of these readings how many are of another metric or subject by now, by which.
    examples
        Some of the sentences.
    """

    n_documents: int
    n_sentences: int
    otherwise: Mapping[str, int]
    examples: tuple[str, ...]


def checked_word(
    row: Mapping[str, Any], right: Mapping[str, Any], word: tuple[str, str]
) -> tuple[str, str, str]:
    """The field, the words and what they mean.

    Raises
    ------
    InputError
        The words do not stand in the sentence, or say what texts are not read for.
    """
    field, text = word
    if field not in LEARNABLE:
        raise UnknownNameError("field", field, LEARNABLE, hint="Words say a subject or a metric.")
    if not text.strip() or text not in row["quote"]:
        raise InputError(
            f"The words {text!r} do not stand in the sentence {row['quote']!r}. Copy them from it."
        )
    if field == "metric" and right["metric"] not in metric_lexicon():
        raise InputError(
            f"Texts are not read for {right['metric']}, so no words can be learnt for it. Correct "
            "without --word."
        )
    return field, text.strip(), str(right[field])


def reach_of(ws: Workspace, tables: DocumentTables, field: str, word: str, means: str) -> WordReach:
    """Where some words stand in the documents in force."""
    lower = fold(word).lower
    edge = "(?<![a-z0-9]){}(?![a-z0-9])" if lower.isascii() else "{}"
    pattern = re.compile(edge.format(re.escape(lower)))
    documents: set[str] = set()
    sentences: dict[tuple[str, int], str] = {}
    otherwise: Counter[str] = Counter()
    for row in passages_of(tables):
        if row["feed"] not in ws.specs or not pattern.search(fold(row["quote"]).lower):
            continue
        documents.add(row["reading_id"])
        sentences.setdefault((row["reading_id"], row["start"]), row["quote"])
        if row[field] != means and row["value_start"] is not None:
            otherwise[row[field] or "nobody known"] += 1
    examples = tuple(dict.fromkeys(sentences.values()))[:_MOST_SHOWN]
    return WordReach(len(documents), len(sentences), dict(otherwise.most_common()), examples)


def require_telling(field: str, word: str, reach: WordReach) -> None:
    """Refuse words that stand everywhere and tell nothing.

    Raises
    ------
    InputError
        It says where they stand.
    """
    lower = fold(word).lower
    bare = _DETERMINER.sub("", lower)
    # "Monthly users" tells more than either of its words; two common words name nobody.
    is_vague = is_common(bare) if field == "subject" else is_common(bare) and " " not in bare
    if any(char.isalpha() for char in bare) and not is_vague:
        return
    examples = "; ".join(f"{quote!r}" for quote in reach.examples)
    sentences = "sentence" if reach.n_sentences == 1 else "sentences"
    raise InputError(
        f"{word!r} tells no {field}: it is a common word, and stands in {reach.n_sentences} "
        f"{sentences} that were read, such as {examples}. Point at words that say it alone, or "
        "correct this sentence without --word."
    )
