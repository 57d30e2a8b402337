"""The report cards of the sources."""

from dataclasses import dataclass
from typing import Any

from howdah.market.pages.basis import Basis
from howdah.market.pages.tabular import Tabular


@dataclass(frozen=True)
class SourceCards(Tabular):
    """The report card of every source."""

    basis: Basis
    cards: tuple[dict[str, Any], ...]

    def rows(self) -> list[dict[str, Any]]:
        """One row a source and metric."""
        return [dict(card) for card in self.cards]
