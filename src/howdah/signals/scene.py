"""What every detector looks at: the market as it was known on one date."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from howdah.core.calendar import Period
from howdah.core.metrics import MetricRegistry
from howdah.estimates import IdentityCheck


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


def period_of(row: Mapping[str, object]) -> Period:
    """Period of a row of observations or estimates."""
    return Period(row["valid_from"], row["valid_to"], row["precision"])  # type: ignore[arg-type]
