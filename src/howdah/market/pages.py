"""What the use cases return: typed records that surfaces show and Python users hold."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from howdah.core.entity import Entity
from howdah.core.errors import UnknownNameError
from howdah.core.estimate import Estimate
from howdah.core.finding import Finding
from howdah.estimates import IdentityCheck, to_rows

if TYPE_CHECKING:
    import pandas as pd


class Tabular:
    """Results that can be had as a table."""

    def rows(self) -> list[dict[str, Any]]:
        """Rows of plain values."""
        raise AssertionError(f"{type(self).__name__} must define rows")

    def to_polars(self) -> pl.DataFrame:
        """The rows as a Polars frame."""
        return pl.DataFrame(self.rows(), infer_schema_length=None)

    def to_pandas(self) -> "pd.DataFrame":
        """The rows as a pandas frame; needs the extra ``howdah[pandas]``."""
        return self.to_polars().to_pandas()


@dataclass(frozen=True, slots=True)
class Basis:
    """What an answer rests on; every output repeats it.

    Attributes
    ----------
    as_of
        Knowledge date.
    replayed
        Whether any claim behind it was recorded by replaying an old file.
    vintages
        Publication dates of the statements behind it, oldest first; a long row of snapshots is
        given by its first and last, and ``n_vintages`` counts all of them.
    stale
        Feeds that are late at `as_of`: (feed, last published, days late).
    later_feeds
        Feeds whose claims were all recorded after `as_of`: (feed, first recorded). They are
        seen with a later `as_of` only.
    """

    as_of: dt.date
    replayed: bool
    vintages: tuple[dt.date, ...] = ()
    n_vintages: int = 0
    stale: tuple[tuple[str, dt.date, int], ...] = ()
    later_feeds: tuple[tuple[str, dt.date], ...] = ()


@dataclass(frozen=True)
class Radar(Tabular):
    """The findings worth a reader's minute, best first."""

    basis: Basis
    findings: tuple[Finding, ...]
    n_found: int
    followed: tuple[str, ...]

    def rows(self) -> list[dict[str, Any]]:
        """One row a finding."""
        return [finding_row(finding) for finding in self.findings]


@dataclass(frozen=True, slots=True)
class Statement:
    """What one source said: a claim as a page shows it."""

    claim_id: str
    source: str
    publication: str
    metric: str
    definition: str
    unit: str
    currency: str
    period: str
    value: float | None
    low: float | None
    high: float | None
    comparator: str
    modality: str
    object: str
    sensitivity: str
    published_at: dt.date | None
    suspect: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """One series of an entity: its estimates in order of time, and who said what."""

    metric: str
    definition: str
    unit: str
    currency: str
    estimates: tuple[Estimate, ...]
    statements: tuple[Statement, ...]

    @property
    def last(self) -> Estimate:
        """The estimate of the last period."""
        return self.estimates[-1]


@dataclass(frozen=True, slots=True)
class RelatedSeries:
    """The series of something that the entity makes, owns, includes or publishes."""

    entity: Entity
    path: tuple[str, ...]
    series: tuple[Series, ...]


@dataclass(frozen=True)
class EntityPage(Tabular):
    """All that is known of one entity on a date; `owner` is the name of its parent."""

    entity: Entity
    basis: Basis
    series: tuple[Series, ...]
    implied: tuple[Estimate, ...]
    apart: tuple[Statement, ...]
    events: tuple[Statement, ...]
    checks: tuple[IdentityCheck, ...]
    related: tuple[RelatedSeries, ...]
    not_stated: tuple[str, ...]
    others: tuple[Entity, ...] = ()
    n_related: int = 0
    owner: str = ""

    def estimates(self, metric: str | None = None) -> tuple[Estimate, ...]:
        """Every estimate of the entity, oldest first; of one metric when it is named."""
        return tuple(
            estimate
            for series in self.series
            if metric is None or series.metric == metric
            for estimate in series.estimates
        ) + tuple(e for e in self.implied if metric is None or e.metric == metric)

    def estimate(
        self, metric: str, *, period: str | None = None, definition: str | None = None
    ) -> Estimate:
        """One estimate: the last period's, or that of a named period.

        Of several definitions the one with the latest period is taken; name one to choose.

        Raises
        ------
        UnknownNameError
            Nothing is known of that metric, period or definition.
        """
        of_metric = self.estimates(metric)
        if not of_metric:
            known = sorted({estimate.metric for estimate in self.estimates()})
            raise UnknownNameError(f"metric of {self.entity.name}", metric, known)
        chosen = [
            e
            for e in of_metric
            if (period is None or e.period.label == period)
            and (definition is None or e.definition == definition)
        ]
        if not chosen:
            known = sorted({f"{e.period.label} {e.definition}".strip() for e in of_metric})
            wanted = " ".join(part for part in (period, definition) if part)
            raise UnknownNameError(f"{metric} of {self.entity.name}", wanted, known)
        return max(chosen, key=lambda e: (e.period.end or dt.date.min, e.n_claims))

    def rows(self) -> list[dict[str, Any]]:
        """One row an estimate."""
        return to_rows(self.estimates())


@dataclass(frozen=True)
class Comparison(Tabular):
    """Entities side by side: for each definition of each metric, one cell an entity."""

    basis: Basis
    entities: tuple[Entity, ...]
    lines: tuple["ComparisonLine", ...]
    not_stated: tuple[tuple[str, str], ...] = ()

    def rows(self) -> list[dict[str, Any]]:
        """One row an estimate."""
        return to_rows(e for line in self.lines for e in line.cells if e is not None)


@dataclass(frozen=True, slots=True)
class ComparisonLine:
    """One metric under one definition in one period; a cell is None where nothing is known."""

    metric: str
    definition: str
    unit: str
    currency: str
    period: str
    cells: tuple[Estimate | None, ...]


@dataclass(frozen=True, slots=True)
class LeagueRow:
    """One place of a league table.

    Attributes
    ----------
    band
        First and last place that the entity may hold: places that share a band cannot be told
        apart.
    """

    place: int
    band: tuple[int, int]
    estimate: Estimate


@dataclass(frozen=True)
class League(Tabular):
    """A league table of one metric under one definition."""

    basis: Basis
    metric: str
    definition: str
    unit: str
    currency: str
    period: str
    segment: str
    places: tuple[LeagueRow, ...]
    n_bound: int
    other_definitions: tuple[tuple[str, int], ...] = ()

    def rows(self) -> list[dict[str, Any]]:
        """One row a place."""
        estimates = to_rows(row.estimate for row in self.places)
        return [
            {"place": row.place, "band_first": row.band[0], "band_last": row.band[1], **fields}
            for row, fields in zip(self.places, estimates, strict=True)
        ]


@dataclass(frozen=True)
class SourceCards(Tabular):
    """The report card of every source."""

    basis: Basis
    cards: tuple[dict[str, Any], ...]

    def rows(self) -> list[dict[str, Any]]:
        """One row a source and metric."""
        return [dict(card) for card in self.cards]


@dataclass(frozen=True, slots=True)
class FeedReport:
    """State of one feed."""

    feed: str
    title: str
    state: str
    n_rows: int
    n_claims: int
    n_quarantined: int
    last_success: dt.datetime | None
    last_published_at: dt.date | None
    cadence: str
    days_late: int | None
    licence: str
    attribution: str
    may_export: bool
    cost: float
    cost_currency: str
    renews_on: dt.date | None
    coverage: float | None
    error: str


@dataclass(frozen=True)
class FeedsReport(Tabular):
    """State of all feeds, and how much of the market they reach.

    Attributes
    ----------
    n_found, n_tracked, n_unmeasured
        Entities that any feed or the catalogue names; those in segments or followed; those of
        the tracked of which no number is known.
    """

    basis: Basis
    feeds: tuple[FeedReport, ...]
    n_found: int
    n_tracked: int
    n_unmeasured: int

    def rows(self) -> list[dict[str, Any]]:
        """One row a feed."""
        return [dataclasses.asdict(feed) for feed in self.feeds]


@dataclass(frozen=True, slots=True)
class TrailClaim:
    """A claim on a trail, down to the record it was read from."""

    statement: Statement
    entity: str
    feed: str
    licence: str
    attribution: str
    recorded_at: dt.datetime
    replayed: bool
    raw: str
    row: int
    raw_text: str
    place: str
    revisions: tuple[Statement, ...] = ()


@dataclass(frozen=True)
class Trail(Tabular):
    """From a number to the claims behind it and on to the raw rows."""

    basis: Basis
    id: str
    kind: str
    finding: Finding | None
    estimates: tuple[Estimate, ...]
    claims: tuple[TrailClaim, ...]
    n_claims: int = 0
    notes: tuple[str, ...] = field(default=())

    def rows(self) -> list[dict[str, Any]]:
        """One row a claim."""
        return [
            {
                **dataclasses.asdict(claim.statement),
                **{
                    name: getattr(claim, name)
                    for name in (
                        "entity",
                        "feed",
                        "licence",
                        "recorded_at",
                        "raw",
                        "row",
                        "raw_text",
                    )
                },
            }
            for claim in self.claims
        ]


def finding_row(finding: Finding) -> dict[str, Any]:
    """A finding as one row of plain values."""
    fields = dataclasses.asdict(finding)
    period = fields.pop("period")
    return {
        "finding_id": finding.finding_id,
        **fields,
        "period": finding.period.label,
        "valid_from": period["start"],
        "valid_to": period["end"],
    }


def shortened(days: Sequence[dt.date], *, limit: int = 4) -> tuple[dt.date, ...]:
    """A few dates as they are; of many the first and the last."""
    return tuple(days) if len(days) <= limit else (days[0], days[-1])


def basis_union(parts: Iterable[Basis]) -> Basis:
    """What several answers of one date rest on together."""
    every = list(parts)
    days = sorted({day for basis in every for day in basis.vintages})
    return dataclasses.replace(
        every[0],
        replayed=any(basis.replayed for basis in every),
        vintages=shortened(days),
        # Of several long rows the exact number of different dates is not known any more.
        n_vintages=max(len(days), *(basis.n_vintages for basis in every)),
    )
