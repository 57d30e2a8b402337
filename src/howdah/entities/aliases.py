"""Aliases: every name of the catalogue's entities, and which of them a name means.

Several entities may go by one name. The rule that picks one is explicit: the earlier type of
`TYPE_ORDER` first, then an entity's canonical name before an alias of another. What the rule
does not decide stays ambiguous.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import IntEnum
from typing import NamedTuple

from rapidfuzz import fuzz, process

from howdah.core import Entity
from howdah.core.errors import UnknownNameError
from howdah.entities.names import fold
from howdah.entities.schemes import type_rank

#: Suggestions need this similarity (0 to 100): below it they look like chance to a reader.
SUGGESTION_CUTOFF = 55.0
SUGGESTIONS = 5


class Suggestion(NamedTuple):
    """A known name, and the type of what goes by it."""

    name: str
    type: str


class NameKind(IntEnum):
    """How an entity goes by a name; the smaller the better."""

    CANONICAL = 0
    ALIAS = 1
    IMPLICIT = 2


class Alias(NamedTuple):
    """One entity that goes by a name; smaller ones are preferred."""

    type_rank: int
    kind: NameKind
    node: str

    @property
    def preference(self) -> tuple[int, NameKind]:
        """What the rule looks at; equal preferences are ambiguous."""
        return self.type_rank, self.kind


class AliasIndex:
    """Folded names of catalogue entities."""

    def __init__(self, entities: Iterable[Entity]) -> None:
        self._aliases: dict[str, list[Alias]] = {}
        for entity in entities:
            rank = type_rank(entity.type)
            kinds: dict[str, NameKind] = {}
            for name in entity.aliases:
                kinds.setdefault(fold(name), NameKind.ALIAS)
            kinds[fold(entity.name)] = NameKind.CANONICAL
            for folded, kind in kinds.items():
                found = self._aliases.setdefault(folded, [])
                found.append(Alias(rank, kind, entity.canonical_id))
        for found in self._aliases.values():
            found.sort()

    def choose(self, folded: str, root: Callable[[str], str]) -> str | None:
        """Root of the one entity that a folded name means; None when none or several do.

        Parameters
        ----------
        folded
            The name, folded.
        root
            Cluster of a node: two aliases of one cluster are one entity.
        """
        found = self._aliases.get(folded)
        if not found:
            return None
        best = found[0].preference
        roots = {root(alias.node) for alias in found if alias.preference == best}
        return roots.pop() if len(roots) == 1 else None

    def named(self, text: str) -> tuple[str, ...]:
        """Canonical ids that a name in a sheet may mean, whatever their type.

        A canonical name hides the same text as an alias of another entity.
        """
        found = self._aliases.get(fold(text), [])
        best = min((alias.kind for alias in found), default=NameKind.ALIAS)
        return tuple(alias.node for alias in found if alias.kind == best)


def suggest(text: str, written: Mapping[str, str]) -> tuple[str, ...]:
    """Names of a sheet that look like `text`, the best first.

    Parameters
    ----------
    text
        The name that was not found.
    written
        Folded names and how they are written.
    """
    near = process.extract(
        fold(text),
        list(written),
        scorer=fuzz.ratio,
        limit=SUGGESTIONS,
        score_cutoff=SUGGESTION_CUTOFF,
    )
    return tuple(dict.fromkeys(written[folded] for folded, _, _ in near))


def unknown_entity(text: str, suggestions: Sequence[Suggestion]) -> UnknownNameError:
    """Error for a name that no entity goes by.

    The suggestions are given, not looked for again: the error's own search compares letters as
    written and would lose a name in the other Chinese script.
    """
    hint = None
    if suggestions:
        listed = ", ".join(f"{name!r} ({type_})" for name, type_ in suggestions)
        hint = f"Did you mean {listed}?"
    error = UnknownNameError("entity", text, (), hint=hint)
    error.suggestions = tuple(name for name, _ in suggestions)
    return error


def ambiguous_entity(text: str, canonical_ids: Sequence[str]) -> UnknownNameError:
    """Error for a name that several entities go by equally."""
    listed = ", ".join(map(repr, canonical_ids))
    error = UnknownNameError(
        "entity",
        text,
        (),
        hint=f"{len(canonical_ids)} entities go by this name equally: {listed}. "
        "Give the canonical id of one.",
    )
    error.suggestions = tuple(canonical_ids)
    return error
