"""Search: the entities that a text may mean, and what to suggest when there is none."""

from typing import NamedTuple

from howdah.entities.aliases import NameKind, suggest
from howdah.entities.identity import Identities
from howdah.entities.names import fold
from howdah.entities.schemes import scheme_of, scheme_rank, type_rank


class Candidate(NamedTuple):
    """One entity that goes by a text; smaller ones are preferred."""

    type_rank: int
    kind: NameKind
    scheme_rank: int
    canonical_id: str

    @property
    def preference(self) -> tuple[int, int, int]:
        """What the rule looks at; equal preferences are ambiguous."""
        return self.type_rank, self.kind, self.scheme_rank


class NameSearch:
    """Every name and identifier value of every entity, folded.

    Parameters
    ----------
    identities
        The partition to search.
    """

    def __init__(self, identities: Identities) -> None:
        self._identities = identities
        self._nodes: dict[str, tuple[str, ...]] = {}
        self._written: dict[str, str] = {}
        for node in identities.nodes():
            for name in self._names(node):
                folded = fold(name)
                self._written.setdefault(folded, name)
                self._nodes[folded] = (*self._nodes.get(folded, ()), node)

    def find(self, text: str) -> list[Candidate]:
        """Entities that go by a text, the preferred first, each once."""
        folded = fold(text)
        found = sorted(self._candidate(node, folded) for node in self._nodes.get(folded, ()))
        best: dict[str, Candidate] = {}
        for candidate in found:
            best.setdefault(candidate.canonical_id, candidate)
        return list(best.values())

    def suggest(self, text: str) -> tuple[str, ...]:
        """Names that look like a text, at most three."""
        return suggest(text, self._written)

    def _names(self, node: str) -> tuple[str, ...]:
        """Names of a node; of an identifier its value as well, even where that is a code."""
        names = self._identities.names(node)
        if node in self._identities.catalogue.entities:
            return names
        value = self._identities.identifier(node).value
        return names if value in names else (*names, value)

    def _candidate(self, node: str, folded: str) -> Candidate:
        identity = self._identities.identity(node)
        entities = self._identities.catalogue.entities
        is_declared = identity.canonical_id in entities
        if is_declared and fold(identity.name) == folded:
            kind = NameKind.CANONICAL
        else:
            kind = NameKind.ALIAS if node in entities else NameKind.IMPLICIT
        place = -1 if is_declared else scheme_rank(scheme_of(node))
        return Candidate(type_rank(identity.type), kind, place, identity.canonical_id)
