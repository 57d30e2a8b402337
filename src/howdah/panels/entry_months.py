"""Retention of the units that entered a product in one calendar month.

Cohorts of one day are small; those of a month are their sum. A unit enters once, so sums over the
days of entry are sums over units, and the error of their ratio follows from them as that of a
day's does (`kernels.activity.ratios`). A month is told for day N once all of its days are.
"""

import datetime as dt
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from howdah.engines.output import Rows
from howdah.kernels.activity.ratios import (
    BASE,
    BASE_VAR,
    CROSS_VAR,
    N_RAW,
    N_SUM,
    TOP,
    TOP_VAR,
    ratio_of,
)
from howdah.panels.cells import nullable
from howdah.panels.counts import Counts
from howdah.panels.months import months_of
from howdah.panels.retention import Retention
from howdah.panels.tables import Part, Survey

#: Days after entry that a curve is drawn through: dense where it falls.
CURVE_DAYS = (1, 2, 3, 4, 5, 6, 7, 10, 14, 21, 28, 30, 45, 60, 90)

#: Sums of a cell, from which those of several months follow: columns, and places in the sums.
SUMS = {
    "returned": TOP, "entered": BASE, "returned_var": TOP_VAR, "covariance": CROSS_VAR,
    "entered_var": BASE_VAR,
}  # fmt: skip

ENTRY_MONTHS = pa.schema(
    [
        ("month", pa.date32()),
        ("n_day", pa.int32()),
        *((name, pa.float64()) for name in SUMS),
        ("value", pa.float64()),
        ("stderr", pa.float64()),
        ("n_raw", pa.int64()),
        ("suppressed", pa.bool_()),
        ("known_on", pa.date32()),
    ]
)


class EntryMonths:
    """Retention on day N by month of entry, counted part by part."""

    def __init__(self, survey: Survey, days: tuple[int, ...] = CURVE_DAYS) -> None:
        self._survey, self._days = survey, np.array(days)
        self._retention = Retention(survey, days)

    def add(self, part: Part) -> None:
        """Count a part."""
        self._retention.add(part)

    def take(self) -> Counts:
        """What was counted of the stratum that goes on."""
        return self._retention.take()

    def put(self, counts: Counts) -> None:
        """Add to what was counted of the stratum that goes on."""
        self._retention.put(counts)

    def files(self) -> Iterator[tuple[str, Rows]]:
        """The table under its name."""
        yield "entry_months", self.finish()

    def finish(self) -> pa.Table:
        """The table: a row a product, month and day after entry that can be told.

        ``known_on`` is the last day that the cell looks at. Of fewer than ``min_n`` entered units
        the share is null and ``suppressed`` true; the sums are there all the same, because months
        that are too small to be shown belong to the sum of several.
        """
        sums, told, spread = self._retention.entries()
        schema = ENTRY_MONTHS.insert(0, pa.field("product", self._survey.products.type))
        tables = [schema.empty_table()]
        for month in months_of(self._survey):
            days = slice(max(month.first, 0), month.last + 1)
            at = np.flatnonzero(told[days].all(0)) if month.first >= 0 else np.zeros(0, np.int64)
            cells = sums[:, days, at].sum(1).reshape(-1, N_SUM)
            has_spread = np.tile(spread[days][:, at].all(0), len(sums))
            n = len(cells)
            last = self._survey.start + dt.timedelta(days=month.last)
            known = [last + dt.timedelta(days=int(d)) for d in self._days[at]]
            is_shown = cells[:, N_RAW] >= max(self._survey.min_n, 1)
            ratio = ratio_of(cells)
            product = np.repeat(np.arange(len(sums)), len(at))
            tables.append(
                pa.table(
                    [
                        self._survey.products.take(pa.array(product)),
                        pa.array([month.start] * n, pa.date32()),
                        pa.array(np.tile(self._days[at], len(sums)).astype(np.int32)),
                        *(pa.array(cells[:, place]) for place in SUMS.values()),
                        nullable(ratio.value, is_shown),
                        nullable(ratio.stderr, is_shown & has_spread),
                        pa.array(cells[:, N_RAW].astype(np.int64)),
                        pa.array(~is_shown),
                        pa.array(known * len(sums), pa.date32()),
                    ],
                    schema=schema,
                ).filter(pa.array(cells[:, N_RAW] > 0))
            )
        return pa.concat_tables(tables)
