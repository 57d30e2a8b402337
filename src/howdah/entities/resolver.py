"""The resolver: from any name or identifier to the one entity it means."""

import datetime as dt
from collections.abc import Iterator
from functools import cached_property

import pyarrow as pa

from howdah.core import Entity, Identifier, Relation
from howdah.core.errors import UnknownNameError
from howdah.entities.aliases import SUGGESTIONS, Suggestion, ambiguous_entity, unknown_entity
from howdah.entities.catalogue import Catalogue
from howdah.entities.identity import Identities
from howdah.entities.judgements import latest_judgements, require_time_zone
from howdah.entities.nameindex import Named
from howdah.entities.profile import Profile
from howdah.entities.register import read_register
from howdah.entities.review import ScoredPair, review_queue
from howdah.entities.schemes import NAME_SCHEME, UNKNOWN_TYPE
from howdah.entities.search import NameSearch

MAPPING_SCHEMA = pa.schema(
    [
        pa.field(name, pa.string())
        for name in ("scheme", "subject", "entity", "entity_name", "entity_type")
    ]
)

#: What the id of a subject that no feed is known to name shows, when claims are what names it.
_UNREGISTERED = (
    " If a claim names it, an update ended before it had noted whom its claims name: run "
    "`howdah update`, which makes up for it."
)


class Resolver:
    """Who is who in a market, as known on a date.

    Parameters
    ----------
    catalogue
        Declared entities and links.
    register
        Every (scheme, subject) that the feeds' claims name, in the columns of
        `REGISTER_SCHEMA`.
    judgements
        Rows of the judgements table.
    as_of
        Judgements and register rows recorded later are not seen; None sees all. Merges of the
        catalogue hold at any date: a renamed thing is one thing.

    Raises
    ------
    MissingColumnError
        The register or the judgements lack a column.
    InputError
        `as_of` has no time zone.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        register: pa.Table,
        judgements: pa.Table,
        *,
        as_of: dt.datetime | None = None,
    ) -> None:
        if as_of is not None:
            require_time_zone("as_of", as_of)
        self._day = as_of.astimezone(dt.UTC).date() if as_of is not None else None
        self._decisions = latest_judgements(judgements, as_of=as_of)
        self._identities = Identities(
            catalogue, read_register(register, as_of=as_of), self._decisions
        )
        self._entities: dict[str, Entity] = {}

    @property
    def automatic_merges(self) -> tuple[ScoredPair, ...]:
        """Pairs that were merged for their equal names, with the reasons."""
        return self._identities.automatic

    def resolve(self, text: str) -> Entity:
        """Entity that a text means.

        A canonical id or ``scheme:value`` is taken at its word. Else the text is a name in any
        script and case, or the value of an identifier; of several entities the earlier type of
        `TYPE_ORDER` is meant, then the one of which it is the canonical name, then a declared
        one, then the one of the earlier scheme of `SCHEMES`.

        Raises
        ------
        UnknownNameError
            Nothing goes by the text, or several entities do equally; with suggestions.
        """
        known = self.find(text)
        if known is not None:
            return known
        found = self._search.find(text)
        if not found:
            raise unknown_entity(text, self._search.suggest(text))
        raise ambiguous_entity(text, self._preferred(text))

    def find(self, text: str) -> Entity | None:
        """The entity that `resolve` gives; None, without the search for near names, where none."""
        node = self._identities.node(text.strip())
        if node is not None:
            return self._entity(node)
        equal = self._preferred(text)
        return self.entity(equal[0]) if len(equal) == 1 else None

    def _preferred(self, text: str) -> list[str]:
        """Canonical ids of what a name means first of all; several where they are equal."""
        found = self._search.find(text)
        return [one.canonical_id for one in found if one.preference == found[0].preference]

    def candidates(self, text: str) -> list[Entity]:
        """Every entity that a text may mean, the preferred first; none is no error."""
        node = self._identities.node(text.strip())
        ids = [] if node is None else [self._identities.identity(node).canonical_id]
        ids += [candidate.canonical_id for candidate in self._search.find(text)]
        return [self.entity(id_) for id_ in dict.fromkeys(ids)]

    def names(self) -> Iterator[Named]:
        """Every name of every entity, for an index of them."""
        return self._search.names()

    def suggest(self, text: str) -> tuple[Suggestion, ...]:
        """Names that look like a text, of one entity each, the best first."""
        return self._search.suggest(text)

    def entity(self, canonical_id: str) -> Entity:
        """Entity by its canonical id, or by one that it had before it was merged.

        Raises
        ------
        UnknownNameError
            No entity has the id.
        """
        return self._entity(self._node(canonical_id))

    def canonical(self, identifier: str | Identifier) -> str:
        """Canonical id of the entity that an identifier is of.

        Raises
        ------
        UnknownNameError
            Neither the catalogue nor a feed names the identifier.
        """
        return self._identities.identity(self._node(str(identifier))).canonical_id

    def named(self, entity: Entity) -> Identifier | None:
        """How a feed would name an entity so that nobody else is meant; None: it cannot.

        By a name where one means it alone, else by an identifier of a registry.
        """
        for name in dict.fromkeys((entity.name, *entity.aliases)):
            node = self._identities.joined(name)
            if node is not None and self._identities.identity(node)[0] == entity.canonical_id:
                return Identifier(NAME_SCHEME, name)
        return next((i for i in entity.referents if i.scheme != NAME_SCHEME), None)

    def mapping(self) -> pa.Table:
        """Entity of every (scheme, subject) of the register, one row each, for joins.

        Returns
        -------
        pyarrow.Table
            Columns of `MAPPING_SCHEMA`; ``entity`` is the canonical id.
        """
        register = self._identities.register
        identities = list(map(self._identities.identity, register.nodes))
        return pa.table(
            [
                pa.array(register.schemes, pa.string()),
                pa.array(register.subjects, pa.string()),
                pa.array([identity.canonical_id for identity in identities], pa.string()),
                pa.array([identity.name for identity in identities], pa.string()),
                pa.array([identity.type for identity in identities], pa.string()),
            ],
            schema=MAPPING_SCHEMA,
        )

    def relations(self, canonical_id: str, *, as_of: dt.date | None = None) -> tuple[Relation, ...]:
        """Relations from and to an entity, with canonical ids at both ends.

        Parameters
        ----------
        canonical_id
            The entity.
        as_of
            Day on which they hold. None takes the resolver's own; without that, relations of
            all times. A relation without dates always holds.

        Raises
        ------
        UnknownNameError
            No entity has the id.
        """
        id_ = self._identities.identity(self._node(canonical_id)).canonical_id
        return self._identities.graph.touching(id_, as_of or self._day)

    def descendants(
        self, canonical_id: str, *, as_of: dt.date | None = None
    ) -> tuple[tuple[Entity, tuple[str, ...]], ...]:
        """Walk down what an entity owns, makes, publishes or includes, nearest first.

        Parameters
        ----------
        canonical_id
            The entity.
        as_of
            As in `relations`.

        Returns
        -------
        tuple
            Each entity once, with the names of the relations on its shortest path.

        Raises
        ------
        UnknownNameError
            No entity has the id.
        """
        id_ = self._identities.identity(self._node(canonical_id)).canonical_id
        found = self._identities.graph.descendants(id_, as_of or self._day)
        return tuple((self.entity(below), path) for below, path in found)

    def unresolved(self) -> tuple[Identifier, ...]:
        """Names of the register that no entity goes by, or several equally, in order."""
        register = self._identities.register
        rows = zip(register.schemes, register.subjects, register.nodes, strict=True)
        return tuple(
            Identifier(scheme, subject)
            for scheme, subject, node in rows
            if scheme == NAME_SCHEME and self._identities.identity(node).type == UNKNOWN_TYPE
        )

    def profiles(self) -> tuple[Profile, ...]:
        """Every entity as the scoring sees it."""
        nodes: dict[str, str] = {}
        for node in self._identities.nodes():
            nodes.setdefault(self._identities.clusters.root(node), node)
        return tuple(
            self._identities.profile(node, self._identities.graph) for node in nodes.values()
        )

    def review_queue(self) -> tuple[ScoredPair, ...]:
        """Doubtful pairs that have no judgement yet, the surest first."""
        root = self._identities.clusters.root
        settled = {frozenset(map(root, pair)) for pair in self._decisions}

        def is_settled(left: str, right: str) -> bool:
            return frozenset((root(self._node(left)), root(self._node(right)))) in settled

        return review_queue(self.profiles(), is_settled)

    @cached_property
    def _search(self) -> NameSearch:
        return NameSearch(self._identities)

    def _node(self, reference: str) -> str:
        node = self._identities.node(reference)
        if node is None:
            raise self._unknown(reference)
        return node

    def _unknown(self, reference: str) -> UnknownNameError:
        found = [
            Suggestion(candidate.canonical_id, self.entity(candidate.canonical_id).type)
            for candidate in self._search.find(reference)
        ]
        error = unknown_entity(reference, found[:SUGGESTIONS] or self._search.suggest(reference))
        if ":" in reference:
            error.message += _UNREGISTERED
        return error

    def _entity(self, node: str) -> Entity:
        identities = self._identities
        identity = identities.identity(node)
        known = self._entities.get(identity.canonical_id)
        if known is None:
            known = self._entities[identity.canonical_id] = self._made(node)
        return known

    def _made(self, node: str) -> Entity:
        identities = self._identities
        id_, name, type_ = identities.identity(node)
        members = identities.members(node)
        declared = identities.catalogue.entities
        parents = identities.graph.parents(id_, self._day)
        names = (name for member in members for name in identities.names(member))
        return Entity(
            id_,
            name,
            type_,
            parents[0] if parents else "",
            tuple(dict.fromkeys((name, *names))),
            tuple(sorted(i for m in members if m not in declared for i in identities.spellings(m))),
            declared[id_].name_zh if id_ in declared else "",
        )
