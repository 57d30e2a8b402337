r"""Patterns of events, as data: which words say what, and who stands where beside them.

``patterns.toml`` holds tables of regular expressions over tagged text with these shorthands:

=============  ==================================================================================
``<s:cp>``     the subject, a name of some types (c company, p product, m model, o organisation,
               i investor, u untyped); ``<s>`` of any
``<o:ci>``     the object likewise
``<o=...>``    the object, words of the text that an expression fits; ``<a=...>`` what it comes from
``<=...>``     the trigger: the words that say the event; without one it is all that fits
``@name``      an alternative of the table ``[words]``
``^``          a gap of a few words of a noun phrase: no name, no preposition
``~``          a gap inside of a clause: no name
``~~``         a gap that may cross clauses and names
=============  ==================================================================================

A blank of an English pattern is one or more blanks. Earlier patterns win over later ones, and both
over those that `frames.toml` stands for.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from howdah.core.errors import SpecError
from howdah.core.wording import MODALITIES, Modality
from howdah.documents.events.frames import written_patterns
from howdah.documents.events.tagging import ANY_NAME, name_pattern, types_of
from howdah.documents.spans import Lang

#: Kinds of launches, told apart by what is launched.
RELEASE = "release"
RELEASES = ("product_release", "model_release", "feature_release")

_KEYS = frozenset({"metric", "zh", "en", "subject", "object", "modality", "reads", "is_intent"})
_READINGS = ("", "list", "round", "roles", "name", "clause")
_ANYBODY = "cpmoiu"

_STOPS = r",;:。!?()\n"
_GAP = {"zh": 16, "en": 40}
_WIDE = {"zh": 50, "en": 120}
_PREPOSITIONS = (
    "from|with|to|by|in|at|on|for|as|after|before|against|into|over|than|when|where|that|which|who|and|"
    "but|shares?|stakes?|stock"
)
_NOUNS = {
    "zh": f"[^{_STOPS}、{ANY_NAME}]{{0,12}}?",
    "en": rf"(?: (?!(?:{_PREPOSITIONS})\b)[^\s{_STOPS}{ANY_NAME}]+){{0,6}}? ?",
}
_SLOT = re.compile(
    r"<([so]):([a-z]+)>|<([so])>|<([oab])=((?:[^<>\\]|\\.)*)>|<=((?:[^<>\\]|\\.|(?<=\?)<)*)>"
)
_MACRO = re.compile(r"@([a-z_]+)")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern of a language.

    Attributes
    ----------
    metric
        Relation that it states; "release" of a launch of whatever is launched.
    subject, object
        Types of names to look for around when the pattern itself does not name it; empty for
        none.
    modality
        Of the event where nothing else is said of it.
    reads
        How words become the object: "" as they stand, list (several, parted by "and"), round,
        roles ("a -> b"), name (the name that they begin or end with), clause (all of them).
    hint
        The trigger's words alone, "" without: where they do not stand nothing fits.
    is_intent
        The event is itself an intention (talks, a search for money): that it is planned changes
        nothing.
    """

    metric: str
    expression: re.Pattern[str]
    subject: frozenset[str] = frozenset()
    object: frozenset[str] = frozenset()
    modality: Modality = "asserted"
    reads: str = ""
    is_intent: bool = False
    hint: re.Pattern[str] | None = None

    def metrics(self) -> tuple[str, ...]:
        """Ids of the relations that it may state."""
        return RELEASES if self.metric == RELEASE else (self.metric,)


@dataclass(frozen=True)
class Patterns:
    """All patterns by language, and the nouns that tell launches apart."""

    by_language: Mapping[Lang, tuple[Pattern, ...]]
    models: re.Pattern[str]
    features: re.Pattern[str]
    products: re.Pattern[str]


@cache
def event_patterns() -> Patterns:
    """The patterns that come with howdah."""
    folder = files("howdah.documents.events")
    texts = [
        (folder / name).read_text(encoding="utf-8") for name in ("patterns.toml", "frames.toml")
    ]
    return parse_patterns("\n".join(texts), Path("patterns.toml"))


@cache
def event_metrics() -> frozenset[str]:
    """Ids of all relations that patterns state.

    Examples
    --------
    >>> "lead_investor" in event_metrics()
    True
    """
    told = event_patterns().by_language.values()
    return frozenset(metric for found in told for pattern in found for metric in pattern.metrics())


def parse_patterns(text: str, path: Path) -> Patterns:
    """Patterns of a table.

    Raises
    ------
    SpecError
        The table is no TOML, a key or a shorthand is unknown, or an expression is none.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SpecError(path, 0, "", f"not valid TOML: {error}.") from None
    words = tables.get("words", {})
    found: dict[Lang, list[Pattern]] = {"zh": [], "en": []}
    for number, table in enumerate(tables.get("pattern", [])):
        where = f"pattern {number + 1} ({table.get('metric', 'no metric')})"
        try:
            for lang, pattern in _patterns(table, words):
                found[lang].append(pattern)
        except (ValueError, re.error) as error:
            raise SpecError(path, 0, where, str(error)) from None
    for number, frame in enumerate(tables.get("frame", [])):
        where = f"frame {number + 1} ({frame.get('metric', 'no metric')})"
        try:
            for lang, pattern in _framed(frame, words):
                found[lang].append(pattern)
        except (ValueError, re.error) as error:
            raise SpecError(path, 0, where, str(error)) from None
    return Patterns(
        {lang: tuple(patterns) for lang, patterns in found.items()},
        re.compile(words.get("model_noun", "(?!)")),
        re.compile(words.get("feature_noun", "(?!)")),
        re.compile(words.get("product_noun", "(?!)")),
    )


def _patterns(table: Mapping, words: Mapping[str, str]) -> Iterator[tuple[Lang, Pattern]]:  # type: ignore[type-arg]
    unknown = set(table) - _KEYS
    if unknown:
        raise ValueError(f"unknown key {min(unknown)!r}; allowed: {', '.join(sorted(_KEYS))}.")
    modality, reads = _modality(table), table.get("reads", "")
    if reads not in _READINGS:
        raise ValueError(f"objects cannot be read as {reads!r}; allowed: {', '.join(_READINGS)}.")
    subject, thing = types_of(table.get("subject", "")), types_of(table.get("object", ""))
    lang: Lang
    for lang in ("zh", "en"):
        for written in table.get(lang, []):
            expression = re.compile(expanded(written, words, lang))
            yield lang, Pattern(
                table["metric"], expression, subject, thing,
                modality, reads, table.get("is_intent", False), _hint(written, words, lang),
            )  # fmt: skip


def _framed(frame: Mapping, words: Mapping[str, str]) -> Iterator[tuple[Lang, Pattern]]:  # type: ignore[type-arg]
    """Patterns that a frame stands for."""
    modality = _modality(frame)
    lang: Lang
    for lang in ("zh", "en"):
        for written in written_patterns(frame, lang):
            yield lang, Pattern(
                frame["metric"],
                re.compile(expanded(written.expression, words, lang)),
                types_of(written.subject), types_of(written.object),
                modality, written.reads, frame.get("is_intent", False),
                _hint(written.expression, words, lang),
            )  # fmt: skip


def _modality(table: Mapping) -> Modality:  # type: ignore[type-arg]
    if "metric" not in table:
        raise ValueError("the pattern has no metric; say which relation it states.")
    told: Modality = table.get("modality", "asserted")
    if told not in MODALITIES:
        raise ValueError(f"{told!r} is no modality; allowed: {', '.join(MODALITIES)}.")
    return told


def _hint(written: str, words: Mapping[str, str], lang: Lang) -> re.Pattern[str] | None:
    """What a sentence must hold for a pattern to fit: its trigger's words."""
    trigger = next((slot[6] for slot in _SLOT.finditer(written) if slot[6]), None)
    return None if trigger is None else _compiled(expanded(trigger, words, lang))


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    """One expression for all patterns with a trigger, so that it is looked for once."""
    return re.compile(expression)


def expanded(written: str, words: Mapping[str, str], lang: Lang) -> str:
    """The regular expression of a pattern as written.

    Raises
    ------
    ValueError
        A word is not in the table of words, or a type of names is unknown.
    """
    while (macro := _MACRO.search(written)) is not None:
        if macro[1] not in words:
            raise ValueError(f"@{macro[1]} is not in [words].")
        written = f"{written[: macro.start()]}(?:{words[macro[1]]}){written[macro.end() :]}"
    edge = r"\b" if lang == "en" else ""
    pieces, place = [], 0
    for slot in _SLOT.finditer(written):
        pieces.append(_gapped(written[place : slot.start()], lang))
        if slot[1] or slot[3]:
            pieces.append(f"(?P<{slot[1] or slot[3]}>{name_pattern(slot[2] or _ANYBODY)})")
        elif slot[4]:
            pieces.append(f"(?P<{slot[4]}>{_gapped(slot[5], lang)})")
        else:
            pieces.append(f"{edge}(?P<t>{_gapped(slot[6], lang)}){edge}")
        place = slot.end()
    pieces.append(_gapped(written[place:], lang))
    return "".join(pieces)


def _gapped(piece: str, lang: Lang) -> str:
    if lang == "en":
        # The gap of a noun phrase has its own blanks.
        piece = piece.replace(" ^", "^").replace(" ?", r"\s*").replace(" ", r"\s+")
    inside = f"(?:[^{_STOPS}{ANY_NAME}]|(?<=\\d),(?=\\d)){{0,{_GAP[lang]}}}?"
    wide = f"[^;。!?\\n]{{0,{_WIDE[lang]}}}?"
    piece = piece.replace("~~", "\0").replace("~", inside).replace("\0", wide)
    return re.sub(r"(?<!\[)\^", lambda _: _NOUNS[lang], piece)
