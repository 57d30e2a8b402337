"""What a market is, and which league tables it has."""

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import Any

from howdah.core.metrics import Metric
from howdah.market.pages.basis import Basis
from howdah.market.pages.league import LeagueTable
from howdah.market.pages.tabular import Tabular


@dataclass(frozen=True, slots=True)
class SegmentFacts:
    """A segment of the market, and how many it has."""

    id: str
    title: str
    title_zh: str
    headline: str
    is_followed: bool
    is_simulated: bool
    n_members: int


@dataclass(frozen=True)
class Overview(Tabular):
    """What a market is.

    Attributes
    ----------
    default_as_of
        The date that it answers as of when none is asked.
    earliest, latest
        First and last day on which something was recorded; None before any.
    ours
        Names of the products that are followed, one's own among them.
    """

    basis: Basis
    title: str
    title_zh: str
    currency: str
    time_zone: str
    default_as_of: dt.date
    earliest: dt.date | None
    latest: dt.date | None
    ours: tuple[str, ...]
    segments: tuple[SegmentFacts, ...]
    metrics: tuple[Metric, ...]

    def rows(self) -> list[dict[str, Any]]:
        """One row a segment."""
        return [dataclasses.asdict(segment) for segment in self.segments]


@dataclass(frozen=True, slots=True)
class MetricLeagues:
    """The league tables of one metric, the largest first."""

    metric: str
    tables: tuple[LeagueTable, ...]


@dataclass(frozen=True)
class Leagues(Tabular):
    """Which league tables there are as known on a date."""

    basis: Basis
    metrics: tuple[MetricLeagues, ...]

    def rows(self) -> list[dict[str, Any]]:
        """One row a table."""
        return [
            {"metric": of.metric, **dataclasses.asdict(table)}
            for of in self.metrics
            for table in of.tables
        ]
