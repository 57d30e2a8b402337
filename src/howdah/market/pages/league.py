"""League tables."""

import datetime as dt
import shlex
from dataclasses import dataclass
from typing import Any

from howdah.core.estimate import Estimate
from howdah.estimates import to_rows
from howdah.estimates.aggregates import Interval
from howdah.market.pages.basis import Basis
from howdah.market.pages.tabular import Tabular

_SHARE = ("share", "share_lower", "share_upper")


@dataclass(frozen=True, slots=True)
class LeagueRow:
    """One place of a league table.

    Attributes
    ----------
    band
        First and last place that the entity may hold: places that share a band cannot be told
        apart.
    p_first
        Probability of the first place.
    share
        Share of what all add up to, in percent, with its ends; None where nothing adds up.
    object
        The other party of the figure, such as the channel that was paid: an entity has a place
        with each. '' without one.
    """

    place: int
    band: tuple[int, int]
    estimate: Estimate
    p_first: float
    share: tuple[float, ...] | None
    object: str = ""


@dataclass(frozen=True, slots=True)
class LeagueTable:
    """One of a metric's tables: a definition, what is counted, and the newest period.

    Attributes
    ----------
    n_entities
        How many have a figure in that period, those known by a bound among them.
    """

    definition: str
    unit: str
    currency: str
    period: str
    n_entities: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Entities with figures under a table's definition, but only of other periods than its own.

    Attributes
    ----------
    n_entities
        How many.
    newest
        The names of those with the newest figures and the last days of these, newest first.
    period
        The period of the newest of their figures.
    """

    n_entities: int
    newest: tuple[tuple[str, dt.date], ...]
    period: str


@dataclass(frozen=True)
class League(Tabular):
    """A league table of one metric under one definition.

    Attributes
    ----------
    unplaced
        Estimates of entities without a place: only a bound is known, or the sources contradict.
    total
        What the places add up to; None where that means nothing.
    others
        The metric's other tables, the largest first; they are not mixed in.
    newer
        The table with the newest period, when one that tells more was chosen over it.
    n_suspect
        Entities without a place: all their figures of the period are held to be wrong.
    left_out
        Who has figures of other periods alone; None when nobody, or when a period was asked for.
    """

    basis: Basis
    metric: str
    definition: str
    unit: str
    currency: str
    period: str
    segment: str
    places: tuple[LeagueRow, ...]
    unplaced: tuple[Estimate, ...]
    total: Interval | None = None
    others: tuple[LeagueTable, ...] = ()
    newer: LeagueTable | None = None
    left_out: LeftOut | None = None
    n_suspect: int = 0

    def command(self, table: LeagueTable) -> str:
        """The command that shows another of the metric's tables."""
        return self._command(table.definition, table.currency or table.unit)

    def command_for_left_out(self) -> str:
        """The command that shows the period of the newest figures that are left out."""
        assert self.left_out is not None
        period = ["--period", self.left_out.period]
        return self._command(self.definition, self.currency or self.unit, *period)

    def _command(self, definition: str, counted_in: str, *more: str) -> str:
        words = ["howdah", "rank", self.metric]
        if self.segment:
            words += ["--segment", self.segment]
        words += ["--definition", definition]
        every = [self.definition, *(other.definition for other in self.others)]
        if every.count(definition) > 1:
            words += ["--unit", counted_in]
        return shlex.join([*words, *more])

    def rows(self) -> list[dict[str, Any]]:
        """One row a place."""
        estimates = to_rows(row.estimate for row in self.places)
        return [
            {
                "place": row.place,
                "band_first": row.band[0],
                "band_last": row.band[1],
                "p_first": row.p_first,
                **dict(zip(_SHARE, row.share or (None, None, None), strict=True)),
                **fields,
            }
            for row, fields in zip(self.places, estimates, strict=True)
        ]
