"""Users of calendar months: units active on any day of a month, and how sure their total is.

The monthly users that vendors report are of calendar months, which are 28 to 31 days long. Their
figures of months of two lengths do not compare as those of 28 days do, so this is a metric of its
own (``mau_month``), counted beside the trailing windows of ``daily`` and never in their place.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from howdah.engines.output import Rows
from howdah.kernels.activity import Activity
from howdah.panels.cells import dates, nullable
from howdah.panels.counts import Counts, put, take
from howdah.panels.months import months_of
from howdah.panels.tables import Part, Survey
from howdah.panels.weighing import StrataCount

Longs = NDArray[np.int64]

#: Lengths of calendar months.
_LENGTHS = np.array([28, 29, 30, 31])

MONTH_USERS = pa.schema(
    [
        ("day", pa.date32()),
        ("value", pa.float64()),
        ("stderr", pa.float64()),
        ("n_raw", pa.int64()),
        ("suppressed", pa.bool_()),
    ]
)


class MonthUsers:
    """Units active in each whole calendar month of a log, counted part by part.

    A unit counts in a month if it was in the panel on all days of it, and stands for the
    population over exactly the units that were: as in `panels.daily`.
    """

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        months = [month for month in months_of(survey) if month.first >= 0]
        self._first = np.array([month.first for month in months], np.int64)
        self._last = np.array([month.last for month in months], np.int64)
        # Place of each month's length, by which units that were there all the while are counted.
        self._length = np.searchsorted(_LENGTHS, self._last - self._first + 1)
        self._strata = StrataCount(_LENGTHS - 1, survey.n_day, self._last)
        shape = (len(survey.products), len(months))
        self._open = np.zeros(shape, np.int64)
        self._raw = np.zeros(shape, np.int64)
        self._value, self._variance = np.zeros(shape), np.zeros(shape)

    def add(self, part: Part) -> None:
        """Count a part."""
        strata = self._strata.of(part)
        activity, roster = part.activity, part.roster
        is_there = (roster.joined[:, None] <= self._first) & (roster.left[:, None] > self._last)
        stratum = np.searchsorted(strata.start, activity.unit, side="right") - 1
        n_stratum, (n_product, n_month) = len(strata.is_done), self._open.shape
        place = stratum * n_product + activity.product
        found = np.empty((n_stratum, n_product, n_month), np.int64)
        for m in range(n_month):
            counts = _is_active(activity, self._first[m], self._last[m])
            counts &= is_there[activity.unit, m]
            of = np.bincount(place[counts], minlength=n_stratum * n_product)
            found[:, :, m] = of.reshape(n_stratum, n_product)
        at = self._length, np.arange(n_month)
        for h in range(n_stratum):
            self._open += found[h]
            if not strata.is_done[h]:
                continue
            x, n = self._open, strata.n[h][at]
            self._raw += x
            self._value += strata.weight[h][at] * x
            self._variance += strata.spread[h][at] * x * (n - x)
            self._open[:] = 0

    def take(self) -> Counts:
        """What was counted of the stratum that goes on."""
        return {"users": take(self._open, np.arange(len(self._open)))}

    def put(self, counts: Counts) -> None:
        """Add to what was counted of the stratum that goes on."""
        put(counts["users"], self._open)

    def files(self) -> Iterator[tuple[str, Rows]]:
        """The table under its name."""
        yield "month_users", self.finish()

    def finish(self) -> pa.Table:
        """The table: a row a product and month that can be told, on the month's last day.

        Of fewer than ``min_n`` units the figures are null and ``suppressed`` true. Where a stratum
        has one unit alone that stands for several, the standard error is null.
        """
        at = self._length, np.arange(len(self._last))
        told = np.flatnonzero(~self._strata.is_blind[at])
        has_spread = ~self._strata.is_lone[at][told]
        n_product, n_told = len(self._survey.products), len(told)
        raw = self._raw[:, told]
        is_shown = raw >= self._survey.min_n
        product = np.repeat(np.arange(n_product), n_told)
        return pa.table(
            [
                self._survey.products.take(pa.array(product)),
                dates(self._survey.start, np.tile(self._last[told], n_product)),
                nullable(self._value[:, told], is_shown),
                nullable(np.sqrt(self._variance[:, told]), is_shown & has_spread),
                nullable(raw, is_shown),
                pa.array(~is_shown.ravel()),
            ],
            schema=MONTH_USERS.insert(0, pa.field("product", self._survey.products.type)),
        )


def _is_active(activity: Activity, first: int, last: int) -> NDArray[np.bool_]:
    """Whether each row has a bit of the days from the first to the last one."""
    every = np.uint64(2**64 - 1)
    found = np.zeros(len(activity.words), np.bool_)
    for j in range(first >> 6, (last >> 6) + 1):
        low, high = max(first - 64 * j, 0), min(last - 64 * j, 63)
        mask = (every << np.uint64(low)) & (every >> np.uint64(63 - high))
        found |= (activity.words[:, j] & mask) != 0
    return found
