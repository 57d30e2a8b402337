"""Some places of a league table, in the order that was asked for."""

from dataclasses import dataclass
from typing import Any

from howdah.market.pages.basis import Basis
from howdah.market.pages.league import League, LeagueRow
from howdah.market.pages.tabular import Tabular


@dataclass(frozen=True)
class Places(Tabular):
    """Some places of a league table.

    Attributes
    ----------
    league
        The whole table.
    places
        Those asked for, in the order asked for.
    start, n_matching
        How many stand before them, and how many fit in all.
    sparks
        Last values of each one's series, the oldest first; None where a period has none. Empty
        where they were not asked for.
    spark_periods
        Labels of the periods of the sparks.
    """

    league: League
    places: tuple[LeagueRow, ...]
    start: int
    n_matching: int
    sparks: dict[tuple[str, str], tuple[float | None, ...]]
    spark_periods: tuple[str, ...]

    @property
    def basis(self) -> Basis:
        """What the table rests on."""
        return self.league.basis

    def rows(self) -> list[dict[str, Any]]:
        """One row a place."""
        wanted = {row.place for row in self.places}
        by_place = {row["place"]: row for row in self.league.rows() if row["place"] in wanted}
        return [by_place[row.place] for row in self.places]
