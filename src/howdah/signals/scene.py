"""What every detector looks at: the market as it was known on one date."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from howdah.core.calendar import Period
from howdah.core.metrics import MetricRegistry
from howdah.estimates import IdentityCheck

#: A row of observations, estimates or claims. Any: their columns are of many types.
Row = Mapping[str, Any]

#: What rests on readings older than this is history, not news: four months let a quarter's data
#: arrive a month late.
NEWS_DAYS = 120

#: A reading this old weighs half of a fresh one. Feeds stop; their last findings must sink.
HALF_LIFE_DAYS = 90

#: Weight of a finding whose instrument is known to have moved: shown, far down.
FAULTY_WEIGHT = 0.25


@dataclass(frozen=True, slots=True)
class SegmentView:
    """A segment with its members resolved."""

    id: str
    title: str
    headline: str
    members: tuple[str, ...]
    is_followed: bool


@dataclass(frozen=True, slots=True)
class Scene:
    """The market as known on `as_of`, for detectors to read.

    Attributes
    ----------
    observations
        With ``suspect``; every series of the metrics that detectors use, recent periods.
    estimates
        Estimates of the entities of all segments, from `estimate_levels`.
    events
        Claims of events and of achieved figures in words, with entities.
    checks
        Accounting checks.
    relatives
        For an entity those that measure the same thing elsewhere: a package's repository.
    """

    as_of: dt.date
    prob: float
    metrics: MetricRegistry
    segments: tuple[SegmentView, ...]
    names: Mapping[str, str]
    observations: pl.DataFrame
    estimates: pl.DataFrame
    events: pl.DataFrame
    checks: tuple[IdentityCheck, ...]
    relatives: Mapping[str, tuple[str, ...]]

    def segment_of(self, entity: str) -> SegmentView | None:
        """The segment to show an entity under: a followed one first."""
        own = [segment for segment in self.segments if entity in segment.members]
        return min(own, key=lambda s: not s.is_followed, default=None)

    def name(self, entity: str) -> str:
        """Name of an entity for people."""
        return self.names.get(entity, entity)

    @property
    def followed(self) -> frozenset[str]:
        """Members of the segments that the user follows."""
        return frozenset(e for s in self.segments if s.is_followed for e in s.members)

    def age_days(self, day: dt.date | None) -> int:
        """Days from a reading to the knowledge date; 0 for a day to come, a year when unknown."""
        return 365 if day is None else max((self.as_of - day).days, 0)

    def recency(self, day: dt.date | None, half_life_days: float = HALF_LIFE_DAYS) -> float:
        """Weight in (0, 1] of something that old."""
        return float(0.5 ** (self.age_days(day) / half_life_days))


def period_of(row: Row) -> Period:
    """Period of a row of observations or estimates."""
    return Period(row["valid_from"], row["valid_to"], row["precision"])
