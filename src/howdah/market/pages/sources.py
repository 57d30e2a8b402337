"""The report cards of the sources, and how they revise."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal, TypedDict

from howdah.core.metrics import MetricRegistry
from howdah.market.pages.basis import Basis
from howdah.market.pages.tabular import Tabular


class Card(TypedDict):
    """The report card of a source for one metric and nature, as `estimates.source_cards` says."""

    source: str
    metric: str
    nature: str
    group: Literal["all", "segment", "size"]
    name: str
    n_claims: int
    n_entities: int
    n_suspect: int
    n_copied: int
    against: str
    n_overlap: int
    n_compared: int
    scale: str
    bias: float | None
    bias_lower: float | None
    bias_upper: float | None
    noise_sd: float | None
    noise_lower: float | None
    noise_upper: float | None
    shared_sd: float | None
    lag_days: float | None
    lag_lower: float | None
    lag_upper: float | None
    n_revised: int
    revision_size: float | None
    revision_lower: float | None
    revision_upper: float | None
    coverage: float | None
    coverage_lower: float | None
    coverage_upper: float | None
    n_coverage: int
    copies: str
    copied_share: float | None
    calibration: str


class SilentChart(TypedDict):
    """A chart whose places tell no level, and why."""

    source: str
    metric: str
    definition: str
    reason: str


class Revision(TypedDict):
    """How far figures of an age still move, as `estimates.revision_rows` says."""

    source: str
    metric: str
    nature: str
    scale: str
    age_from: int
    age_to: int | None
    n: int
    bias: float
    bias_lower: float | None
    bias_upper: float | None
    spread: float | None
    final_after_days: int | None


class Flip(TypedDict):
    """A change that restatements turned round, as `estimates.turned_round` says.

    Attributes
    ----------
    length
        Of the periods: day, week, month, ...
    change_first, change_newest
        On the additive scale of the metric: as it was first told and as it is told now.
    flipped_at
        Since when the new direction has been told.
    """

    source: str
    metric: str
    entity: str
    definition: str
    unit: str
    currency: str
    object: str
    length: str
    feed: str
    valid_to: dt.date
    previous_valid_to: dt.date
    change_first: float
    change_newest: float
    first_published_at: dt.datetime
    flipped_at: dt.datetime
    nature: str
    scale: str
    name: str


@dataclass(frozen=True)
class SourceCards(Tabular):
    """The report card of every source.

    Attributes
    ----------
    silent_charts
        Charts whose places tell no level: ``source, metric, definition, reason``.
    """

    basis: Basis
    cards: tuple[Card, ...]
    silent_charts: tuple[SilentChart, ...] = ()

    def silent_charts_of(
        self, metric: str | None, metrics: MetricRegistry
    ) -> tuple[SilentChart, ...]:
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
    revisions: tuple[Revision, ...]
    flips: tuple[Flip, ...]

    def rows(self) -> list[dict[str, Any]]:
        """One row a source, metric, nature and class of age."""
        return [dict(row) for row in self.revisions]
