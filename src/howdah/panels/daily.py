"""Daily metrics: active units, stickiness and growth accounting of every product and day.

Each metric counts the units that were observed long enough to tell it (`look_back_days`), and
weighs them by how many these are. In a census, and in a panel nobody joins or leaves, growth adds
up exactly on every day that is mature: active = new + retained + resurrected, and the change of it
over a window = new + resurrected - churned.
"""

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from howdah.engines.output import Rows
from howdah.kernels.activity import (
    METRICS,
    STICKINESS,
    Totals,
    count_part,
    look_back_days,
    make_counts,
)
from howdah.panels.counts import Counts, put, take, take_flags
from howdah.panels.figures import Figures, with_days
from howdah.panels.tables import Part, Survey
from howdah.panels.weighing import StrataCount, split_products

Floats = NDArray[np.float64]

_MONTH = METRICS.index("mau28")

#: Rows of a batch of the table.
_BATCH_ROWS = 1 << 19


class DailyTable:
    """``daily``: `product, day, metric, value, stderr, n_raw, mature, suppressed`.

    Rows are ordered by product, metric and day. A value is null where it is not mature: before
    the log or the units of some stratum are old enough. Where a stratum has one unit alone that
    stands for several, the standard error is null.
    """

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._first = self._since = 0
        self._before = Figures()
        self._look_back = look_back_days(survey.burn_in)
        self._begin()

    def _begin(self) -> None:
        """Count over words that begin on the first day."""
        survey = self._survey
        n_product, n_day = len(survey.products), survey.n_day - self._first
        n_word = max(-(-n_day // 64), 1)
        self._counts = make_counts(n_product, n_word, has_partial=survey.has_partial)
        shape = (n_product, len(METRICS), n_day)
        self._totals = Totals(
            np.zeros(shape), np.zeros(shape), np.zeros(shape, np.int32), np.zeros(shape[::2])
        )
        self._strata = StrataCount(self._look_back, n_day)

    def add(self, part: Part) -> None:
        """Count a part."""
        strata = self._strata.of(part)
        n_product = len(self._survey.products)
        start = np.searchsorted(part.activity.product, np.arange(n_product + 1))

        def count(ends: tuple[int, int]) -> None:
            count_part(
                part.activity, part.roster, strata, start, *ends, self._look_back,
                self._since - self._first, not self._survey.is_census,
                self._counts, self._totals,
            )  # fmt: skip

        split = split_products(start, self._survey.threads)
        if len(split) == 1:
            count(split[0])
        else:
            with ThreadPoolExecutor(len(split)) as pool:
                list(pool.map(count, split))

    def files(self) -> Iterator[tuple[str, Rows]]:
        """The table under its name."""
        yield "daily", self.finish()

    def take(self) -> Counts:
        """What was counted of the stratum that goes on."""
        rows = np.flatnonzero(self._counts.touched)
        found = {name: take(array, rows) for name, array in self._arrays().items()}
        return {**found, "touched": take_flags(self._counts.touched)}

    def put(self, counts: Counts) -> None:
        """Add to what was counted of the stratum that goes on."""
        put(counts["touched"], self._counts.touched)
        for name, array in self._arrays().items():
            put(counts[name], array)

    def _arrays(self) -> dict[str, NDArray[Any]]:
        """Arrays with a row a product."""
        counts, n_product = self._counts, len(self._survey.products)
        arrays: dict[str, NDArray[Any]] = {"whole": counts.whole, "sticky": counts.sticky}
        if self._survey.has_partial:
            arrays["partial"] = counts.partial
        return {name: array.reshape(n_product, -1) for name, array in arrays.items()}

    def depends(self) -> dict[str, Any]:
        """The burn-in."""
        return {"burn_in": self._survey.burn_in}

    def reach(self) -> int:
        """Days that the metrics look back."""
        return int(self._look_back.max())

    def go_on(self, figures: Figures, since: int, first: int) -> None:
        """Count from a day on."""
        self._before, self._since, self._first = figures, since, first
        self._begin()

    def figures(self) -> Figures:
        """Totals of all days, and which of them can be told."""
        flags = {"is_blind": self._strata.is_blind, "is_lone": self._strata.is_lone}
        since, skipped = self._since, self._since - self._first
        if not since:
            return Figures(self._totals._asdict(), flags)
        before = self._before
        return Figures(
            {
                name: with_days(before.by_product[name], since, array, skipped)
                for name, array in self._totals._asdict().items()
            },
            {
                name: with_days(before.common[name], since, array, skipped)
                for name, array in flags.items()
            },
        )

    def finish(self) -> pa.RecordBatchReader:
        """The table, product by product."""
        schema = pa.schema(
            [
                ("product", self._survey.products.type),
                ("day", pa.date32()),
                ("metric", pa.dictionary(pa.int8(), pa.string())),
                ("value", pa.float64()),
                ("stderr", pa.float64()),
                ("n_raw", pa.int64()),
                ("mature", pa.bool_()),
                ("suppressed", pa.bool_()),
            ]
        )
        return pa.RecordBatchReader.from_batches(schema, self._batches(schema))

    def _batches(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        survey, figures = self._survey, self.figures()
        totals = Totals(**figures.by_product)
        is_blind, is_lone = figures.common["is_blind"], figures.common["is_lone"]
        n_metric, n_day = len(METRICS), survey.n_day
        at_once = max(_BATCH_ROWS // (n_metric * n_day), 1)
        day0 = (survey.start - dt.date(1970, 1, 1)).days
        for first in range(0, len(survey.products), at_once):
            some = slice(first, min(first + at_once, len(survey.products)))
            n = some.stop - first
            value, stderr = _values(totals, some)
            raw = totals.raw[some]
            is_mature = np.broadcast_to(~is_blind, raw.shape)
            is_small = is_mature & (raw < survey.min_n)
            is_hidden = ~is_mature | is_small
            is_unknown = is_hidden | np.isnan(value)
            product = np.repeat(np.arange(first, some.stop), n_metric * n_day)
            metric = np.tile(np.repeat(np.arange(n_metric, dtype=np.int8), n_day), n)
            days = np.tile(np.arange(day0, day0 + n_day, dtype=np.int32), n * n_metric)
            columns = [
                survey.products.take(pa.array(product)),
                pa.array(days).view(pa.date32()),
                pa.DictionaryArray.from_arrays(pa.array(metric), pa.array(METRICS)),
                pa.array(value.ravel(), mask=is_unknown.ravel()),
                pa.array(stderr.ravel(), mask=(is_unknown | is_lone).ravel()),
                pa.array(raw.ravel().astype(np.int64), mask=is_hidden.ravel()),
                pa.array(is_mature.ravel()),
                pa.array(is_small.ravel()),
            ]
            yield pa.RecordBatch.from_arrays(columns, schema=schema)


def _values(totals: Totals, some: slice) -> tuple[Floats, Floats]:
    """Values and standard errors of some products; stickiness is NaN where nobody is active."""
    value, variance = totals.value[some].copy(), totals.variance[some].copy()
    active = value[:, _MONTH]
    ratio = np.divide(
        value[:, STICKINESS], active, out=np.full_like(active, np.nan), where=active > 0
    )
    cross = totals.sticky_cross[some]
    spread = variance[:, STICKINESS] - 2.0 * ratio * cross + ratio**2 * variance[:, _MONTH]
    value[:, STICKINESS] = ratio
    variance[:, STICKINESS] = np.divide(
        spread, active**2, out=np.full_like(active, np.nan), where=active > 0
    )
    # Rounding can leave a variance of nothing below it.
    return value, np.sqrt(np.maximum(variance, 0.0))
