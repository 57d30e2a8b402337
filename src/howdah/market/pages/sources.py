"""The report cards of the sources, and how they revise."""

from dataclasses import dataclass
from typing import Any

from howdah.core.metrics import MetricRegistry
from howdah.market.pages.basis import Basis
from howdah.market.pages.tabular import Tabular


@dataclass(frozen=True)
class SourceCards(Tabular):
    """The report card of every source.

    Attributes
    ----------
    silent_charts
        Charts whose places tell no level: ``source, metric, definition, reason``.
    """

    basis: Basis
    cards: tuple[dict[str, Any], ...]
    silent_charts: tuple[dict[str, Any], ...] = ()

    def silent_charts_of(
        self, metric: str | None, metrics: MetricRegistry
    ) -> tuple[dict[str, Any], ...]:
        """Silent charts of a metric, or that would tell its level; all of them for None."""
        return tuple(
            chart
            for chart in self.silent_charts
            if metric is None or metric in {chart["metric"], metrics[chart["metric"]].relates}
        )

    def rows(self) -> list[dict[str, Any]]:
        """One row a source and metric."""
        return [dict(card) for card in self.cards]


@dataclass(frozen=True)
class SourceRevisions(Tabular):
    """How far each source's figures still move by age, and what restatements turned round.

    Attributes
    ----------
    revisions
        As `estimates.revision_rows`.
    flips
        As `estimates.turned_round`, the newest.
    """

    basis: Basis
    revisions: tuple[dict[str, Any], ...]
    flips: tuple[dict[str, Any], ...]

    def rows(self) -> list[dict[str, Any]]:
        """One row a source, metric, nature and class of age."""
        return [dict(row) for row in self.revisions]
