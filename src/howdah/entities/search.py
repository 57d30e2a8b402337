"""Search: the entities that a text may mean, and what to suggest when there is none."""

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from rapidfuzz import fuzz, process

from howdah.entities.aliases import SUGGESTION_CUTOFF, SUGGESTIONS, NameKind, Suggestion
from howdah.entities.identity import Identities
from howdah.entities.nameindex import Named
from howdah.entities.names import bigrams, fold, tokens
from howdah.entities.schemes import scheme_of, scheme_rank, type_rank

#: Names that resemble a text and are weighed against each other.
_LOOKED_AT = 50

#: Nearness of a name that begins with the text, and of one with a word that does.
_BEGINS, _WORD_BEGINS = 120.0, 105.0

#: What claims are worth beside nearness, for a name without any leads to an empty page; and
#: what it is worth that the market declares the entity.
_CLAIMED, _DECLARED = 10.0, 15.0

#: Names farther than this from the nearest are noise beside it.
_FAR = 25.0

#: Similarity that suggestions for a Chinese text need.
_HAN_CUTOFF = 50.0

#: A beginning shorter than this is no clue.
_MIN_BEGINNING = 2


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

    def suggest(self, text: str) -> tuple[Suggestion, ...]:
        """Names that look like a text, of one entity each, the best first.

        A name, or a word in it, that begins with the text comes before one that only resembles
        it; of names alike, that of an entity with claims and then the shorter one. Letters are
        compared as folded, so both Chinese scripts are one.
        """
        folded = fold(text)
        scored: dict[str, tuple[float, int, str]] = {}
        types: dict[str, str] = {}
        for found, score in self._near(folded).items():
            for node in self._nodes[found]:
                identity = self._identities.identity(node)
                types[identity.canonical_id] = identity.type
                bonus = _CLAIMED if identity.canonical_id in self._claimed else 0.0
                if identity.canonical_id in self._identities.catalogue.entities:
                    bonus += _DECLARED
                key = (-score - bonus, len(found), self._written[found])
                best = scored.get(identity.canonical_id)
                scored[identity.canonical_id] = min(key, best) if best else key
        ranked = sorted((key, id_) for id_, key in scored.items())
        chosen: dict[str, Suggestion] = {}
        for (_, _, name), id_ in ranked:
            chosen.setdefault(name, Suggestion(name, types[id_]))
        return tuple(chosen.values())[:SUGGESTIONS]

    def names(self) -> Iterator[Named]:
        """Every name of every entity, for an index of them."""
        for node in self._identities.nodes():
            identity = self._identities.identity(node)
            id_ = identity.canonical_id
            weight = 2 * (id_ in self._identities.catalogue.entities) + (id_ in self._claimed)
            for name in self._names(node):
                yield Named(name, id_, identity.name, identity.type, weight)

    def _near(self, folded: str) -> dict[str, float]:
        """Folded names near a folded text, and how near (0 to 100 and beyond for beginnings)."""
        # Two Chinese names of two characters that differ in one are half alike.
        cutoff = _HAN_CUTOFF if bigrams(folded) else SUGGESTION_CUTOFF
        close = process.extract(
            folded,
            list(self._nodes),
            scorer=fuzz.ratio,
            limit=_LOOKED_AT,
            score_cutoff=cutoff,
        )
        near = {name: score for name, score, _ in close}
        if len(folded) >= _MIN_BEGINNING:
            for name, words in self._words.items():
                if name.startswith(folded):
                    near[name] = _BEGINS
                elif any(word.startswith(folded) for word in words):
                    near[name] = max(near.get(name, 0.0), _WORD_BEGINS)
        least = max(near.values(), default=0.0) - _FAR
        return {name: score for name, score in near.items() if score >= least}

    @cached_property
    def _words(self) -> dict[str, tuple[str, ...]]:
        """Folded words of each folded name."""
        return {
            folded: tuple(map(fold, tokens(written))) for folded, written in self._written.items()
        }

    @cached_property
    def _claimed(self) -> frozenset[str]:
        """Canonical ids of entities that a feed names."""
        identities = self._identities
        return frozenset(identities.identity(n).canonical_id for n in identities.register.nodes)

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
