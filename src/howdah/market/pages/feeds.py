"""The state of the feeds."""

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import Any

from howdah.market.pages.basis import Basis
from howdah.market.pages.tabular import Tabular


@dataclass(frozen=True, slots=True)
class FeedReport:
    """State of one feed.

    Attributes
    ----------
    state
        failing, never pulled, later (its claims were recorded after the date), ended (silent far
        beyond its cadence or its own gaps, and for over a year), late, or healthy.
    n_rows, n_rows_read
        Rows in the latest pull of each of its places, and over all pulls together.
    n_quarantined, n_mended
        Rows of those latest pulls that could not become claims, and rows of earlier ones that
        were mended since.
    days_late
        Days beyond its cadence or, of an irregular feed, beyond twice its longest gap so far;
        None where neither tells.
    """

    feed: str
    title: str
    state: str
    n_rows: int
    n_rows_read: int
    n_claims: int
    n_quarantined: int
    n_mended: int
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
