"""Tables that are counted part by part, so that the words of all units are never in memory at once.

A part holds all products of a contiguous range of units. Units are numbered stratum after stratum,
so the parts, taken in order, finish one stratum after the other; a stratum that lies in several
parts is counted through all of them before anything that is not a count is computed from it.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from howdah.engines.output import Rows
from howdah.kernels.activity import Activity, Roster
from howdah.panels.counts import Counts
from howdah.panels.figures import Figures

#: Days that a unit has to be observed before its first activity makes it new: two windows of 28
#: days, the longest look-back of all metrics.
BURN_IN_DAYS = 55

#: Fewer units than this in a cell are not shown.
MIN_UNITS = 30


@dataclass(frozen=True, slots=True)
class Survey:
    """What holds for all parts.

    Attributes
    ----------
    products
        (n_product,) names by number, as in the log: text or integers, ascending.
    start
        Day 0: the first day of the words.
    n_day
        Days from the first to the last one of the log; a row has words for these and no more, the
        last of which may have bits for later days, all 0.
    strata
        (n_stratum,) names by number; of a census one without a name.
    population
        (n_stratum,) units that each stratum stands for.
    burn_in
        Days of look-back that tell what is new from what is resurrected.
    min_n
        Cells of fewer units are suppressed.
    threads
        Threads that a table may use while it adds a part.
    is_census
        Every unit stands for itself, and standard errors are zero.
    has_partial
        Some unit was not observed on some day of the log.
    lone_strata
        Strata of one unit alone, which stands for several.
    """

    products: pa.Array
    start: dt.date
    n_day: int
    strata: tuple[str, ...]
    population: NDArray[np.float64]
    burn_in: int = BURN_IN_DAYS
    min_n: int = MIN_UNITS
    threads: int = 1
    is_census: bool = False
    has_partial: bool = True
    lone_strata: tuple[str, ...] = ()

    @property
    def last(self) -> dt.date:
        """Last day of the log."""
        return self.start + dt.timedelta(days=self.n_day - 1)


class Part(NamedTuple):
    """All activity of a contiguous range of units.

    Attributes
    ----------
    activity
        Its units are numbered from 0 within the part. A word has a bit only for days on which the
        unit was observed; `first_day` may lie before them. A row may have no bit at all.
    roster
        The units of the part, with or without activity, numbered likewise; strata are numbered
        through all parts, and `population` is that of all. ``0 <= joined`` and ``left <= n_day``:
        nobody is observed before the log begins or after it ends, so a unit counts on day ``d``
        with look-back ``L`` and look-ahead ``F`` exactly if ``joined + L <= d < left - F``. A unit
        that is never observed has ``left <= joined``, and belongs to no ``n_h``.
    goes_on
        Whether the last stratum has more units in the next part.
    """

    activity: Activity
    roster: Roster
    goes_on: bool


class PartTable(Protocol):
    """A table that is counted part by part."""

    def add(self, part: Part) -> None:
        """Count a part; parts come in the order of their units, each once."""

    def take(self) -> Counts:
        """Take out what was counted of the stratum that goes on, for `put` of another process."""

    def put(self, counts: Counts) -> None:
        """Add what another process counted of the stratum that the next part goes on with.

        The part that ends the stratum then has all of its units, and activity of those alone that
        no other process counted. Counts are whole numbers, so that their order does not matter.
        """

    def files(self) -> Iterator[tuple[str, Rows]]:
        """Its tables, once all parts were added, each under the name of its file.

        A table is a ``pyarrow.Table`` or a ``RecordBatchReader``, to be read before the next one.
        """


@runtime_checkable
class KeptTable(PartTable, Protocol):
    """A table of which a state keeps the figures of days that are over."""

    def depends(self) -> dict[str, Any]:
        """What its figures depend on besides the log and its units."""

    def reach(self) -> int:
        """Days before a day that its figures look at."""

    def go_on(self, figures: Figures, since: int, first: int) -> None:
        """Count from a day on, before any part, and take the days before from what was kept.

        Parameters
        ----------
        first
            Day of the first bit of the words, at least `reach` before `since` if it is not 0: the
            days of parts are counted from it.
        """

    def figures(self) -> Figures:
        """What is to be kept, once all parts were added."""
