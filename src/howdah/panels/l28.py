"""The power-user curve: units by the number of days they were active in 28."""

import calendar
import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from howdah.kernels.activity import L28_DAYS, PowerTotals, count_power
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
        n_word = max(-(-survey.n_day // 64), 1)
        bits = np.zeros(64 * n_word, np.uint8)
        bits[self._shown] = 1
        self._bits = np.packbits(bits, bitorder="little").view("<u8").astype(np.uint64)
        self._place = np.zeros(64 * n_word, np.int32)
        self._place[self._shown] = np.arange(len(self._shown))
        shape = (len(survey.products), L28_DAYS, len(self._shown))
        self._totals = PowerTotals(
            np.zeros(shape, np.int32), np.zeros(shape[0], np.bool_),
            np.zeros(shape), np.zeros(shape), np.zeros(shape, np.int32),
        )  # fmt: skip
        self._strata = StrataCount(np.array([L28_DAYS - 1]), survey.n_day, self._shown)

    def add(self, part: Part) -> None:
        """Count a part."""
        strata = self._strata.of(part)
        start = np.searchsorted(part.activity.product, np.arange(len(self._survey.products) + 1))

        def count(ends: tuple[int, int]) -> None:
            count_power(
                part.activity, part.roster, strata, start, *ends,
                self._bits, self._place, self._totals,
            )  # fmt: skip

        split = split_products(start, self._survey.threads)
        with ThreadPoolExecutor(len(split)) as pool:
            list(pool.map(count, split))

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
        at_once = max(_BATCH_ROWS // (L28_DAYS * n_shown), 1)
        day0 = (self._survey.start - dt.date(1970, 1, 1)).days
        for first in range(0, n_product, at_once):
            some = slice(first, min(first + at_once, n_product))
            n = some.stop - first
            # From (product, days active, day) to (product, day, days active).
            value = self._totals.value[some].transpose(0, 2, 1).ravel()
            variance = self._totals.variance[some].transpose(0, 2, 1).ravel()
            raw = self._totals.raw[some].transpose(0, 2, 1).ravel()
            is_blind = np.tile(np.repeat(self._strata.is_blind[0], L28_DAYS), n)
            is_lone = np.tile(np.repeat(self._strata.is_lone[0], L28_DAYS), n)
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
