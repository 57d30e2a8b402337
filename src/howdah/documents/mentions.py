"""Mentions: where names of the catalogue stand in a text.

All spellings are looked for at once, in folded text, and the longest wins. A name in Latin letters
stands between other characters than letters and digits, and one whose spelling begins with a
capital wants a capital: "Beacon" is a company, "a beacon" is none. A spelling that several
entities share is ambiguous, and which is meant is decided from the text around it.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ahocorasick_rs import AhoCorasick, MatchKind

from howdah.core.errors import FileFormatError, MissingColumnError
from howdah.documents.folding import Folded, fold
from howdah.documents.spans import Mention

ENTITY_COLUMNS = (
    "canonical",
    "type",
    "parent",
    "aliases_simplified",
    "aliases_traditional",
    "aliases_latin",
)
_ALIASES = tuple(name for name in ENTITY_COLUMNS if name.startswith("aliases"))
_SEPARATOR = re.compile(r"[;；]")

#: Types by how likely a spelling that several entities share means one of them.
_TYPE_ORDER = ("product", "company", "model", "organisation", "investor", "segment")

_WORD = re.compile(r"[a-z0-9]")
_INITIAL = re.compile(r"[A-Z]")


@dataclass(frozen=True, slots=True)
class Entity:
    """One row of the catalogue of names.

    Attributes
    ----------
    type
        company, product, model, organisation, investor, segment.
    parent
        Canonical name of what it belongs to, "" unknown.
    aliases
        All spellings, the canonical name first.
    """

    canonical: str
    type: str = ""
    parent: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Gazetteer:
    """All names that are looked for."""

    entities: Mapping[str, Entity] = field(default_factory=dict)

    def __getitem__(self, canonical: str) -> Entity:
        return self.entities[canonical]

    @cached_property
    def _spellings(self) -> dict[str, tuple[tuple[str, ...], bool]]:
        """Folded spellings: entities that go by each, and whether it wants a capital."""
        found: dict[str, list[tuple[int, int, str]]] = {}
        small: set[str] = set()
        for number, entity in enumerate(self.entities.values()):
            rank = _TYPE_ORDER.index(entity.type) if entity.type in _TYPE_ORDER else 9
            for alias in dict.fromkeys((entity.canonical, *entity.aliases)):
                folded = fold(alias.strip())
                if not folded.lower:
                    continue
                is_own = folded.lower != fold(entity.canonical).lower
                found.setdefault(folded.lower, []).append(
                    (is_own * 10 + rank, number, entity.canonical)
                )
                if not _INITIAL.search(folded.text):
                    small.add(folded.lower)
        return {
            spelling: (
                tuple(dict.fromkeys(name for *_, name in sorted(ranked))),
                spelling not in small,
            )
            for spelling, ranked in found.items()
        }

    @cached_property
    def _automaton(self) -> tuple[AhoCorasick, tuple[str, ...]]:
        spellings = tuple(self._spellings)
        return AhoCorasick(spellings or ("\0",), matchkind=MatchKind.Standard), spellings

    def find(self, folded: Folded) -> tuple[Mention, ...]:
        """Names of the catalogue in a text, in order; none overlaps another.

        Examples
        --------
        >>> names = Gazetteer({"Kimi": Entity("Kimi", "product", "", ("Kimi智能助手",))})
        >>> [m.surface for m in names.find(fold("Kimi智能助手和KIMI，不是Kimino"))]
        ['Kimi智能助手', 'KIMI']
        """
        automaton, spellings = self._automaton
        hits = automaton.find_matches_as_indexes(folded.lower, overlapping=True)
        fitting = [
            (start, end, spellings[number])
            for number, start, end in hits
            if number < len(spellings) and self._fits(folded, start, end, spellings[number])
        ]
        fitting.sort(key=lambda hit: (hit[0], -hit[1]))
        found = []
        reach = 0
        for start, end, spelling in fitting:
            if start < reach:
                continue
            reach = end
            first, last = folded.raw_span(start, end)
            entities = self._spellings[spelling][0]
            found.append(Mention(first, last, folded.raw[first:last], entities))
        return tuple(found)

    def _fits(self, folded: Folded, start: int, end: int, spelling: str) -> bool:
        lower = folded.lower
        if _WORD.match(spelling[0]) and start and _WORD.match(lower[start - 1]):
            return False
        if _WORD.match(spelling[-1]) and end < len(lower) and _WORD.match(lower[end]):
            return False
        wants_capital = self._spellings[spelling][1]
        return not wants_capital or _INITIAL.search(folded.text, start, end) is not None


def read_gazetteer(paths: Path | Iterable[Path]) -> Gazetteer:
    """The names of one or several files of entities.

    A canonical name that stands twice keeps the aliases of both rows.

    Raises
    ------
    FileFormatError
        A file that cannot be read as CSV in UTF-8.
    MissingColumnError
        A column is missing.
    """
    entities: dict[str, Entity] = {}
    for path in [paths] if isinstance(paths, Path) else paths:
        for row in _rows(path):
            canonical = row["canonical"].strip()
            if not canonical:
                continue
            aliases = [
                alias.strip()
                for column in _ALIASES
                for alias in _SEPARATOR.split(row[column] or "")
                if alias.strip()
            ]
            known = entities.get(canonical, Entity(canonical))
            entities[canonical] = Entity(
                canonical,
                known.type or (row["type"] or "").strip(),
                known.parent or (row["parent"] or "").strip(),
                tuple(dict.fromkeys((canonical, *known.aliases, *aliases))),
            )
    return Gazetteer(entities)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            present = reader.fieldnames or []
            missing = [name for name in ENTITY_COLUMNS if name not in present]
            if missing:
                raise MissingColumnError(path, missing, list(present))
            yield from reader
    except UnicodeDecodeError as error:
        raise FileFormatError(
            path, f"is not UTF-8 (byte {error.start}).", "Save it as CSV in UTF-8."
        ) from None
    except csv.Error as error:
        raise FileFormatError(path, f"cannot be read as CSV: {error}.") from None
    except FileNotFoundError:
        raise FileFormatError(path, "there is no such file.") from None
