"""The power-user curve: units by the number of days they were active in 28."""

import calendar
import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from howdah.engines.output import Rows
from howdah.kernels.activity import L28_DAYS, PowerTotals, count_power
from howdah.panels.counts import Counts, put, take, take_flags
from howdah.panels.figures import Figures, with_days
from howdah.panels.tables import Part, Survey
from howdah.panels.weighing import StrataCount, split_products

#: Days between two curves; month ends are shown besides.
EVERY_DAYS = 7

_BATCH_ROWS = 1 << 19


class L28Table:
    """``l28``: `product, day, days_active, value, stderr, n_raw`, in that order.

    The days are the 28th of the log, every seventh after it, and the ends of months. The values of
    one product and day, of 1 to 28 days active, sum up to its mau28.
    """

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._shown = shown_days(survey.start, survey.n_day)
        self._n_kept = 0
        self._before = Figures()
        self._begin(0)

    def _begin(self, first: int) -> None:
        """Count the shown days that come after those that were kept."""
        survey = self._survey
        counted = self._shown[self._n_kept :] - first
        n_word = max(-(-(survey.n_day - first) // 64), 1)
        bits = np.zeros(64 * n_word, np.uint8)
        bits[counted] = 1
        self._bits = np.packbits(bits, bitorder="little").view("<u8").astype(np.uint64)
        self._place = np.zeros(64 * n_word, np.int32)
        self._place[counted] = np.arange(len(counted))
        shape = (len(survey.products), L28_DAYS, len(counted))
        self._totals = PowerTotals(
            np.zeros(shape, np.int32), np.zeros(shape[0], np.bool_),
            np.zeros(shape), np.zeros(shape), np.zeros(shape, np.int32),
        )  # fmt: skip
        self._strata = StrataCount(np.array([L28_DAYS - 1]), survey.n_day - first, counted)

    def add(self, part: Part) -> None:
        """Count a part."""
        if self._n_kept == len(self._shown):
            return
        strata = self._strata.of(part)
        start = np.searchsorted(part.activity.product, np.arange(len(self._survey.products) + 1))

        def count(ends: tuple[int, int]) -> None:
            count_power(
                part.activity, part.roster, strata, start, *ends,
                self._bits, self._place, self._totals,
            )  # fmt: skip

        split = split_products(start, self._survey.threads)
        if len(split) == 1:
            count(split[0])
        else:
            with ThreadPoolExecutor(len(split)) as pool:
                list(pool.map(count, split))

    def files(self) -> Iterator[tuple[str, Rows]]:
        """The table under its name."""
        yield "l28", self.finish()

    def take(self) -> Counts:
        """What was counted of the stratum that goes on."""
        rows = np.flatnonzero(self._totals.touched)
        found = take(self._by_product(), rows)
        return {"days": found, "touched": take_flags(self._totals.touched)}

    def put(self, counts: Counts) -> None:
        """Add to what was counted of the stratum that goes on."""
        put(counts["touched"], self._totals.touched)
        put(counts["days"], self._by_product())

    def _by_product(self) -> NDArray[np.int32]:
        n_product = len(self._survey.products)
        return self._totals.counts.reshape(n_product, L28_DAYS * (len(self._shown) - self._n_kept))

    def depends(self) -> dict[str, Any]:
        """Nothing else."""
        return {}

    def reach(self) -> int:
        """Days of the window."""
        return L28_DAYS - 1

    def go_on(self, figures: Figures, since: int, first: int) -> None:
        """Count from a day on."""
        self._before, self._n_kept = figures, int(np.searchsorted(self._shown, since))
        self._begin(first)

    def figures(self) -> Figures:
        """Totals of all days that are shown, and which of them can be told."""
        totals, n = self._totals, self._n_kept
        own: dict[str, NDArray[Any]] = {
            "value": totals.value,
            "variance": totals.variance,
            "raw": totals.raw,
        }
        flags = {"is_blind": self._strata.is_blind, "is_lone": self._strata.is_lone}
        if not n:
            return Figures(own, flags)
        before = self._before
        return Figures(
            {name: with_days(before.by_product[name], n, own[name], 0) for name in own},
            {name: with_days(before.common[name], n, flags[name], 0) for name in flags},
        )

    def finish(self) -> pa.RecordBatchReader:
        """The table, product by product."""
        schema = pa.schema(
            [
                ("product", self._survey.products.type),
                ("day", pa.date32()),
                ("days_active", pa.int32()),
                ("value", pa.float64()),
                ("stderr", pa.float64()),
                ("n_raw", pa.int64()),
            ]
        )
        return pa.RecordBatchReader.from_batches(schema, self._batches(schema))

    def _batches(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        n_product, n_shown = len(self._survey.products), len(self._shown)
        if not n_shown:
            return
        figures = self.figures()
        totals = figures.by_product
        at_once = max(_BATCH_ROWS // (L28_DAYS * n_shown), 1)
        day0 = (self._survey.start - dt.date(1970, 1, 1)).days
        for first in range(0, n_product, at_once):
            some = slice(first, min(first + at_once, n_product))
            n = some.stop - first
            # From (product, days active, day) to (product, day, days active).
            value = totals["value"][some].transpose(0, 2, 1).ravel()
            variance = totals["variance"][some].transpose(0, 2, 1).ravel()
            raw = totals["raw"][some].transpose(0, 2, 1).ravel()
            is_blind = np.tile(np.repeat(figures.common["is_blind"][0], L28_DAYS), n)
            is_lone = np.tile(np.repeat(figures.common["is_lone"][0], L28_DAYS), n)
            is_hidden = is_blind | (raw < self._survey.min_n)
            product = np.repeat(np.arange(first, some.stop), n_shown * L28_DAYS)
            days = np.tile(np.repeat(day0 + self._shown, L28_DAYS), n).astype(np.int32)
            columns = [
                self._survey.products.take(pa.array(product)),
                pa.array(days).view(pa.date32()),
                pa.array(np.tile(np.arange(1, L28_DAYS + 1, dtype=np.int32), n * n_shown)),
                pa.array(value, mask=is_hidden),
                pa.array(np.sqrt(np.maximum(variance, 0.0)), mask=is_hidden | is_lone),
                pa.array(raw.astype(np.int64), mask=is_hidden),
            ]
            yield pa.RecordBatch.from_arrays(columns, schema=schema)


def shown_days(start: dt.date, n_day: int) -> NDArray[np.int64]:
    """Days of a log that have a curve.

    Examples
    --------
    >>> shown_days(dt.date(2024, 1, 1), 62)
    array([27, 30, 34, 41, 48, 55, 59])
    """
    days = np.arange(L28_DAYS - 1, n_day)
    dates = (start + dt.timedelta(days=int(day)) for day in days)
    is_end = np.array(
        [date.day == calendar.monthrange(date.year, date.month)[1] for date in dates], np.bool_
    )
    is_shown: NDArray[np.bool_] = ((days - L28_DAYS + 1) % EVERY_DAYS == 0) | is_end
    return days[is_shown]
