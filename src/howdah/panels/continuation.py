"""What an update has to count: the days that its rows can have changed, over the words they need.

A figure of a day looks at no later one. So what was counted of days before the first row of the
update, and before the first change of who was in the panel, stays; and the tables that keep it
(`KeptTable`) count the days from there on, over words that begin no earlier than these look back.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from howdah.panels.figures import Figures
from howdah.panels.roster import Members
from howdah.panels.span import Span
from howdah.panels.state import BLOCK_DAYS, StateReader
from howdah.panels.tables import KeptTable, PartTable

Small = NDArray[np.int32]


class Continuation:
    """Tables that go on from a state, or begin one.

    Parameters
    ----------
    before
        The state that there is.
    since
        First day that may have changed, from the first of the log.
    rank
        (n_product,) place of each product's number in the order of products; those of the state
        come first.
    """

    def __init__(self, before: StateReader | None, span: Span, since: int, rank: Small) -> None:
        self._before, self._span, self._since, self._rank = before, span, since, rank

    def begin(self, tables: Mapping[str, PartTable]) -> int:
        """Have tables go on where they can; the first day of the words that they are counted from.

        Parameters
        ----------
        tables
            By name; none has counted anything.
        """
        going_on = [
            (table, figures)
            for name, table in tables.items()
            if isinstance(table, KeptTable) and (figures := self._figures(name, table)) is not None
        ]
        first = 0
        if len(going_on) == len(tables):
            reach = max((table.reach() for table, _ in going_on), default=0)
            block = (self._span.start + self._since - reach) // BLOCK_DAYS
            first = max(block * BLOCK_DAYS - self._span.start, 0)
        for table, figures in going_on:
            table.go_on(figures, self._since, first)
        return first

    def _figures(self, name: str, table: KeptTable) -> Figures | None:
        if self._before is None or not self._since:
            return None
        found = self._before.figures(name, table.depends())
        if found is None:
            return None
        known = self._rank[: len(self._before.header.products)]
        return found.renumbered(known, len(self._rank))

    def kept(self, tables: Mapping[str, PartTable]) -> dict[str, tuple[dict[str, Any], Figures]]:
        """What a state keeps of tables that were counted, in the order of its products."""
        n_product = len(self._rank)
        place = np.arange(n_product, dtype=np.int32)
        if self._before is not None:
            place = np.argsort(self._rank).astype(np.int32)
        return {
            name: (table.depends(), table.figures().renumbered(place, n_product))
            for name, table in tables.items()
            if isinstance(table, KeptTable)
        }


def first_change(before: StateReader, members: Members, first_new: int, span: Span) -> int:
    """First day that an update may have changed, counted from the first of the log.

    Parameters
    ----------
    first_new
        Day of the first new row, since 1970-01-01.
    """
    header = before.header
    if header.start != span.start:
        return 0
    # Of days without a row up to the first new one nothing was counted yet.
    first = min(first_new, header.start + len(header.day_rows))
    if not header.is_census:
        # In a census every unit stands for itself on all days.
        if header.population != tuple(members.population.tolist()):
            return 0
        if header.strata != tuple(members.start.tolist()):
            return 0
        for was, now in ((before.joined, members.joined), (before.left, members.left)):
            moved = was != now
            first = min(first, int(np.minimum(was[moved], now[moved]).min(initial=first)))
    return min(max(first - span.start, 0), span.n_day)
