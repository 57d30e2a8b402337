"""Entities that a text may mean."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from howdah.market.pages.tabular import Tabular


@dataclass(frozen=True, slots=True)
class Hit:
    """One entity that a text may mean, and the name by which it was found."""

    canonical_id: str
    name: str
    type: str
    matched: str


@dataclass(frozen=True)
class Found(Tabular):
    """Entities that a text may mean, the likeliest first."""

    text: str
    hits: tuple[Hit, ...]

    def rows(self) -> list[dict[str, Any]]:
        """One row an entity."""
        return [dataclasses.asdict(hit) for hit in self.hits]
