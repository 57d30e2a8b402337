"""Names: the market's own entities, and its sources, as the gazetteer of what texts mention."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from howdah.core.entity import Entity, Identifier
from howdah.documents.folding import fold
from howdah.documents.mentions import Entity as Name
from howdah.documents.mentions import Gazetteer
from howdah.market.workspace import Workspace, is_simulated
from howdah.sources import FeedSpec

#: Types of the market, and what texts are read as speaking of.
_TYPES = {
    "model_family": "model", "app": "product", "team": "organisation", "simulated_product":
    "product", "unknown": "",
}  # fmt: skip

#: A shorter spelling stands in too many words.
_LEAST = 2


@dataclass(frozen=True)
class Names:
    """A gazetteer, and whom its names mean.

    Attributes
    ----------
    entities
        By the gazetteer's names, but for those that are names of sources alone.
    identifiers
        How claims name them; None where no name or identifier means one of them alone.
    """

    gazetteer: Gazetteer
    entities: Mapping[str, Entity]
    identifiers: Mapping[str, Identifier | None]

    def name_of(self, canonical_id: str) -> str | None:
        """The gazetteer's name of an entity; None when texts of the feed are not about it."""
        return next((n for n, e in self.entities.items() if e.canonical_id == canonical_id), None)


def names_of(ws: Workspace, spec: FeedSpec, learnt: Iterable[tuple[str, str]] = ()) -> Names:
    """The names that texts of a feed are read with.

    Parameters
    ----------
    learnt
        Spellings that reviewers pointed out, and the canonical ids that they mean.
    """
    assert spec.documents is not None
    known = ws.mapping.select(["entity", "entity_type"]).to_pydict()
    types = dict(zip(known["entity"], known["entity_type"], strict=True))
    types |= {id_: entity.type for id_, entity in ws.catalogue.entities.items()}
    wanted = [
        ws.resolver.entity(id_)
        for id_, type_ in sorted(types.items())
        if is_simulated(id_) == spec.simulated
        and (spec.simulated or type_ in spec.documents.types)
    ]  # fmt: skip
    called = _called(wanted)
    by_id = {entity.canonical_id: name for name, entity in called.items()}
    more: dict[str, list[str]] = {}
    for spelling, id_ in learnt:
        more.setdefault(id_, []).append(spelling)
    found = {
        name: Name(
            name,
            _TYPES.get(entity.type, entity.type),
            by_id.get(entity.parent, ""),
            tuple(
                alias
                for alias in dict.fromkeys(
                    (entity.name, *entity.aliases, *more.get(entity.canonical_id, ()))
                )
                if len(alias) >= _LEAST
            ),
        )
        for name, entity in called.items()
    }
    known = {
        fold(alias).lower for name in found.values() for alias in (name.canonical, *name.aliases)
    }
    for source in ws.speakers.beside(spec):
        # Whom texts cite is told from whom they are about, though nothing is claimed of it.
        if fold(source).lower not in known and len(source) >= _LEAST:
            found[source] = Name(source, "organisation", "", (source,))
    return Names(Gazetteer(found), called, {name: _identifier(ws, e) for name, e in called.items()})


def _called(entities: Iterable[Entity]) -> dict[str, Entity]:
    """Entities by a name of their own: that of people, or with its type or id if taken."""
    found: dict[str, Entity] = {}
    for entity in entities:
        choices = (entity.name, f"{entity.name} ({entity.type})", entity.canonical_id)
        found[next(name for name in choices if name not in found)] = entity
    return found


def _identifier(ws: Workspace, entity: Entity) -> Identifier | None:
    if is_simulated(entity.canonical_id):
        return entity.referents[0]
    return ws.resolver.named(entity)
