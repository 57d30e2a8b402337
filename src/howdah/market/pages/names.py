"""What entities are called by readers of another language."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from howdah.core.entity import Entity
from howdah.market.pages.tabular import Tabular


@dataclass(frozen=True, slots=True)
class ChineseName:
    """An entity, by the name that answers give it, and what readers of Chinese call it."""

    entity: str
    name: str
    name_zh: str


@dataclass(frozen=True)
class ChineseNames(Tabular):
    """Every entity that readers of Chinese call otherwise than answers do.

    A name of several entities that Chinese tells apart is not among them: by it alone nobody
    knows which is meant.
    """

    names: tuple[ChineseName, ...]

    @classmethod
    def of(cls, entities: Iterable[Entity]) -> Self:
        """The Chinese names of entities, those that have one."""
        said: dict[str, set[str]] = {}
        found = {e.canonical_id: e for e in entities}
        for e in found.values():
            said.setdefault(e.name, set()).add(e.name_zh)
        return cls(
            tuple(
                ChineseName(id_, e.name, e.name_zh)
                for id_, e in found.items()
                if e.name_zh and len(said[e.name]) == 1
            )
        )

    @cached_property
    def by_name(self) -> Mapping[str, str]:
        """Chinese names by the names in answers."""
        return {one.name: one.name_zh for one in self.names}

    def rows(self) -> list[dict[str, Any]]:
        """One row an entity."""
        return [dataclasses.asdict(one) for one in self.names]
