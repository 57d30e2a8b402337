"""Entities side by side."""

from dataclasses import dataclass
from typing import Any

from howdah.core.entity import Entity
from howdah.core.estimate import Estimate
from howdah.estimates import to_rows
from howdah.market.pages.basis import Basis
from howdah.market.pages.tabular import Tabular


@dataclass(frozen=True, slots=True)
class ComparisonLine:
    """One metric under one definition in one period; a cell is None where nothing is known.

    Attributes
    ----------
    object
        The other party of its figures, such as a channel or an investor; '' without one.
    """

    metric: str
    definition: str
    unit: str
    currency: str
    period: str
    cells: tuple[Estimate | None, ...]
    object: str = ""


@dataclass(frozen=True)
class Comparison(Tabular):
    """Entities side by side: for each definition of each metric, one cell an entity."""

    basis: Basis
    entities: tuple[Entity, ...]
    lines: tuple[ComparisonLine, ...]
    not_stated: tuple[tuple[str, str], ...] = ()

    def rows(self) -> list[dict[str, Any]]:
        """One row an estimate."""
        return to_rows(e for line in self.lines for e in line.cells if e is not None)
