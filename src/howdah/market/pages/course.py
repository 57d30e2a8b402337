"""One series of an entity over time: what is estimated, who said what, what happened."""

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import Any

from howdah.core.entity import Entity
from howdah.core.finding import Finding
from howdah.estimates import to_rows
from howdah.market.pages.basis import Basis
from howdah.market.pages.entity import Restatement, Series
from howdah.market.pages.explanation import OtherSeries
from howdah.market.pages.statement import Statement
from howdah.market.pages.tabular import Tabular


@dataclass(frozen=True)
class Course(Tabular):
    """One series of an entity, to be drawn.

    Attributes
    ----------
    series
        Its estimates, with their intervals, and each source's statements.
    faults
        Findings that the measurement of this metric and definition changed.
    events
        What happened to the entity, the oldest first.
    others
        The entity's other series of the metric.
    """

    basis: Basis
    entity: Entity
    series: Series
    faults: tuple[Finding, ...]
    events: tuple[Statement, ...]
    others: tuple[OtherSeries, ...]

    def rows(self) -> list[dict[str, Any]]:
        """One row an estimate."""
        return to_rows(self.series.estimates)


@dataclass(frozen=True, slots=True)
class FirstAndNow:
    """A figure of a source as it was first printed and as it stands."""

    metric: str
    definition: str
    unit: str
    currency: str
    restatement: Restatement


@dataclass(frozen=True)
class Restated(Tabular):
    """Every figure of an entity that its source restated."""

    basis: Basis
    entity: Entity
    figures: tuple[FirstAndNow, ...]

    def rows(self) -> list[dict[str, Any]]:
        """One row a figure."""
        return [
            {
                "metric": f.metric,
                "definition": f.definition,
                "unit": f.unit,
                "currency": f.currency,
                **dataclasses.asdict(f.restatement),
            }
            for f in self.figures
        ]


@dataclass(frozen=True, slots=True)
class Edge:
    """A relation between two entities of a graph; an open end of its time is None."""

    source: str
    relation: str
    target: str
    valid_from: dt.date | None
    valid_to: dt.date | None


@dataclass(frozen=True, slots=True)
class Node:
    """An entity of a graph.

    Attributes
    ----------
    distance
        Relations between it and the entity that was asked for.
    """

    canonical_id: str
    name: str
    type: str
    distance: int


@dataclass(frozen=True)
class Neighbours(Tabular):
    """An entity and what is related to it, near ones first.

    Attributes
    ----------
    n_left_out
        Neighbours that are not shown: a maker of hundreds of models is no graph to look at.
    """

    basis: Basis
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    n_left_out: int

    def rows(self) -> list[dict[str, Any]]:
        """One row a relation."""
        return [dataclasses.asdict(edge) for edge in self.edges]
