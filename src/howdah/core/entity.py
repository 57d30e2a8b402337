"""The entity: a company, product, model, repository, package or app, and its relations."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """How a source points at an entity: a value in a scheme (``github``, ``pypi``, ``name``)."""

    scheme: str
    value: str

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


@dataclass(frozen=True, slots=True)
class Entity:
    """One cluster of identifiers that are judged to be the same thing.

    Attributes
    ----------
    canonical_id
        Id of the cluster: stable, readable, unique in a market.
    name
        Preferred name for people.
    type
        company, product, model, model_family, repository, package, app, team, ...
    parent
        Canonical id of its owner or maker, '' when unknown.
    aliases
        Every name it is known by, in any script.
    referents
        Every identifier that sources use for it.
    name_zh
        Preferred name for readers of Chinese, '' when it is the same.
    """

    canonical_id: str
    name: str
    type: str
    parent: str
    aliases: tuple[str, ...]
    referents: tuple[Identifier, ...]
    name_zh: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """A typed, dated relation between two entities; an open end of its time is None."""

    source: str
    relation: str
    target: str
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    evidence: str = ""


class Judgement(StrEnum):
    """A same-or-different decision about two entities."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"
