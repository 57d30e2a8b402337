"""Which days a log is about, when some of its rows have a clock that was wrong.

The log is taken to be where its rows are: from the day of the middle row outwards it ends before a
stretch of more than `GAP_DAYS` days without any row. At its end it also loses days that hold less
than one row for `FEW` of the middle day, so that a few devices with a clock in the future do not
make months of silence, in which all would seem to have churned. At its beginning it does not: a
product's first users are few. Rows of days outside are set aside, never moved.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

#: Longer silence than a year's is between a log and a wrong clock, not within a log.
GAP_DAYS = 366

#: A last day of fewer rows than a thousandth of a usual day's is no day of the log.
FEW = 1000


class Span(NamedTuple):
    """Days of a log, from 1970-01-01 on."""

    start: int
    n_day: int

    @property
    def end(self) -> int:
        """First day after the log."""
        return self.start + self.n_day


def find_span(day_rows: NDArray[np.int64]) -> Span:
    """Days that a log is about.

    Parameters
    ----------
    day_rows
        Rows by day since 1970-01-01; some are there.

    Examples
    --------
    >>> rows = np.zeros(30_000, np.int64)
    >>> rows[[0, 20_000, 20_001, 20_009, 29_000]] = 1, 5000, 5000, 4000, 3
    >>> find_span(rows)
    Span(start=20000, n_day=10)
    """
    days = np.flatnonzero(day_rows)
    rows = day_rows[days]
    middle = int(np.searchsorted(np.cumsum(rows), (rows.sum() + 1) // 2))
    wide = np.flatnonzero(np.diff(days) > GAP_DAYS)
    first = int(wide[wide < middle].max(initial=-1)) + 1
    last = int(wide[wide >= middle].min(initial=len(days) - 1))
    usual = np.median(rows[first : last + 1])
    while last > middle and rows[last] * FEW < usual:
        last -= 1
    return Span(int(days[first]), int(days[last] - days[first]) + 1)
