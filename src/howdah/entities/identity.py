"""Identity: which identifiers and names are one entity, and what that entity is called.

The partition is a pure function of the catalogue, the register and the judgements. Merges come
in four steps, the surest first: what the catalogue declares, what was judged, names through
the aliases, and equal full names of one type. A judgement that two are different, or that
nobody can tell, stops the last two steps and never the first.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from howdah.core import Identifier, Judgement, Relation
from howdah.entities.aliases import AliasIndex
from howdah.entities.catalogue import Catalogue
from howdah.entities.clusters import Clusters
from howdah.entities.judgements import Decision, Pair
from howdah.entities.names import fold
from howdah.entities.profile import Profile, names_of_identifier
from howdah.entities.register import Register
from howdah.entities.relations import RelationGraph
from howdah.entities.review import ScoredPair, automatic_merges
from howdah.entities.schemes import (
    NAME_SCHEME,
    SCHEMES,
    reference_node,
    scheme_of,
    scheme_rank,
    type_of,
    type_rank,
)


class Identity(NamedTuple):
    """What an entity is called."""

    canonical_id: str
    name: str
    type: str


class Identities:
    """The partition of all nodes into entities.

    Parameters
    ----------
    catalogue
        Declared entities and links.
    register
        What the feeds name.
    decisions
        Judgement that holds for each pair.
    """

    def __init__(
        self, catalogue: Catalogue, register: Register, decisions: Mapping[Pair, Decision]
    ) -> None:
        self.catalogue = catalogue
        self.register = register
        self.clusters = Clusters()
        self._written: dict[str, str] = {}
        self._renames: list[tuple[str, str, dt.date]] = []
        self._identities: dict[str, Identity] = {}
        self._join_declared()
        self._written = {**register.written, **self._written}
        self._join_judged(decisions)
        self._aliases = AliasIndex(catalogue.entities.values())
        self._join_names()
        self.automatic = self._join_equal_names()
        self._identities.clear()
        self.graph = self._relation_graph()

    def node(self, reference: str) -> str | None:
        """Node of a canonical id or ``scheme:value``; None when nothing is known by it."""
        node = reference_node(reference)
        return node if node in self._written or node in self.catalogue.entities else None

    def joined(self, name: str) -> str | None:
        """Node of the entity that a feed's name would join; None when none or several go by it."""
        node = reference_node(f"{NAME_SCHEME}:{name}")
        if node in self._written:
            return node
        chosen = self._aliases.choose(node.partition(":")[2], self.clusters.root)
        return None if chosen is None or self.clusters.are_kept_apart(chosen, node) else chosen

    def nodes(self) -> Iterator[str]:
        """Every known node: declared entities first, then identifiers and names."""
        yield from self.catalogue.entities
        yield from self._written

    def identity(self, node: str) -> Identity:
        """Name the entity of a node."""
        root = self.clusters.root(node)
        known = self._identities.get(root)
        if known is None:
            known = self._identities[root] = self._identity_of(self._canonical_node(node))
        return known

    def members(self, node: str) -> tuple[str, ...]:
        """Known nodes of the entity of a node."""
        if node not in self.clusters:
            return (node,)
        return tuple(
            member
            for member in self.clusters.members(node)
            if member in self._written or member in self.catalogue.entities
        )

    def identifier(self, node: str) -> Identifier:
        """Give back the identifier of a node, as written."""
        return Identifier(scheme_of(node), self._written[node])

    def spellings(self, node: str) -> tuple[Identifier, ...]:
        """Every spelling of a node that the feeds use; the declared one when none does."""
        used = self._spellings.get(node)
        return (self.identifier(node),) if used is None else tuple(used)

    @cached_property
    def _spellings(self) -> dict[str, list[Identifier]]:
        found: dict[str, list[Identifier]] = {}
        register = self.register
        for node, scheme, subject in zip(
            register.nodes, register.schemes, register.subjects, strict=True
        ):
            found.setdefault(node, []).append(Identifier(scheme, subject))
        return found

    def names(self, node: str) -> tuple[str, ...]:
        """Names that one node brings to its entity."""
        declared = self.catalogue.entities.get(node)
        if declared is not None:
            return declared.aliases
        return names_of_identifier(self.identifier(node), self.register.labels.get(node, ""))

    def profile(self, node: str, graph: RelationGraph) -> Profile:
        """Profile of the entity of a node, for scoring."""
        members = self.members(node)
        identity = self.identity(node)
        entities = self.catalogue.entities
        return Profile(
            identity.canonical_id,
            identity.type,
            tuple([name for member in members for name in self.names(member)]),
            tuple([self.identifier(member) for member in members if member not in entities]),
            graph.ancestors(identity.canonical_id),
            is_declared=identity.canonical_id in entities,
        )

    def _join_declared(self) -> None:
        for id_, entity in self.catalogue.entities.items():
            for identifier in entity.referents:
                self.clusters.merge(id_, self._declare(str(identifier)))
        for relation in self.catalogue.relations:
            self._declare(relation.source)
            self._declare(relation.target)
        for merge in self.catalogue.merges:
            source, target = self._declare(merge.source), self._declare(merge.target)
            self.clusters.merge(source, target)
            if merge.relation == "renamed_to":
                self._renames.append((source, target, merge.valid_from or dt.date.min))

    def _declare(self, reference: str) -> str:
        """Node of a reference of the catalogue, whose spelling is the one to show."""
        node = reference_node(reference)
        if node != reference or node not in self.catalogue.entities:
            self._written.setdefault(node, reference.partition(":")[2])
        return node

    def _join_judged(self, decisions: Mapping[Pair, Decision]) -> None:
        for (left, right), decision in sorted(decisions.items(), key=lambda item: item[0]):
            if decision.judgement is Judgement.SAME:
                self.clusters.merge(left, right)
            else:
                self.clusters.keep_apart(left, right)

    def _join_names(self) -> None:
        clusters = self.clusters
        for scheme, node in zip(self.register.schemes, self.register.nodes, strict=True):
            if scheme != NAME_SCHEME or node in clusters:
                continue
            chosen = self._aliases.choose(node.partition(":")[2], clusters.root)
            if chosen is not None and not clusters.are_kept_apart(chosen, node):
                clusters.merge(chosen, node)

    def _join_equal_names(self) -> tuple[ScoredPair, ...]:
        graph = self._relation_graph()
        groups = [
            [self.profile(root, graph) for root in roots] for roots in self._groups_of_equal_names()
        ]
        joined = []
        for pair in automatic_merges(groups):
            left, right = reference_node(pair.left), reference_node(pair.right)
            if not self._is_barred(left, right):
                self.clusters.merge(left, right)
                joined.append(pair)
        return tuple(joined)

    def _is_barred(self, left: str, right: str) -> bool:
        """Whether a veto, or two declared entities, stand between two clusters."""
        entities = self.catalogue.entities
        return self.clusters.are_kept_apart(left, right) or all(
            any(member in entities for member in self.clusters.members(node))
            for node in (left, right)
        )

    def _groups_of_equal_names(self) -> list[list[str]]:
        """Roots of one type that share a full name, where there are several.

        Two entries of registries are never merged for their names, so an entry is looked at
        only where the catalogue declares entities of its type.
        """
        declared_types = {entity.type for entity in self.catalogue.entities.values()}
        is_closed = {
            scheme.name
            for scheme in SCHEMES.values()
            if scheme.is_registry and scheme.type not in declared_types
        }
        groups: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for node in self.nodes():
            scheme = scheme_of(node)
            if scheme == NAME_SCHEME or scheme in is_closed:
                continue
            root = self.clusters.root(node)
            type_ = self.identity(node).type
            for name in self.names(node):
                groups[type_, fold(name)].add(root)
        return [sorted(roots) for roots in groups.values() if len(roots) > 1]

    def _relation_graph(self) -> RelationGraph:
        return RelationGraph(
            Relation(
                self.identity(reference_node(relation.source)).canonical_id,
                relation.relation,
                self.identity(reference_node(relation.target)).canonical_id,
                relation.valid_from,
                relation.valid_to,
                relation.evidence,
            )
            for relation in self.catalogue.relations
        )

    def _canonical_node(self, node: str) -> str:
        """Node that names a cluster: declared before implied, then where its renames lead."""
        if node not in self.clusters:
            return node
        members = self.members(node)
        entities = self.catalogue.entities
        pool = (
            [member for member in members if member in entities]
            or [member for member in members if scheme_of(member) != NAME_SCHEME]
            or list(members)
        )
        renamed = {source for source, _, _ in self._renames}
        ends = {
            target: day
            for _, target, day in sorted(self._renames, key=lambda rename: rename[2])
            if target in pool and target not in renamed
        }
        if ends:
            last = max(ends.values())
            pool = [member for member, day in ends.items() if day == last]
        return min(pool, key=self._precedence)

    def _precedence(self, node: str) -> tuple[int, int, str]:
        declared = self.catalogue.entities.get(node)
        if declared is not None:
            return type_rank(declared.type), 0, node
        return 0, scheme_rank(scheme_of(node)), self._written[node]

    def _identity_of(self, node: str) -> Identity:
        declared = self.catalogue.entities.get(node)
        if declared is not None:
            return Identity(node, declared.name, declared.type)
        scheme, value = scheme_of(node), self._written[node]
        name = self.register.labels.get(node) or value
        return Identity(f"{scheme}:{value}", name, type_of(scheme))
