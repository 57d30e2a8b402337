r"""Overlap: what share of a product's units use another one too.

In the window that ends with a calendar month, over units that were in the panel on all its days,
with $A$, $B$ and $AB$ the units active in one product, the other and both, and $N$ everybody:

$$\text{share} = \frac{AB}{A}, \qquad \text{Jaccard} = \frac{AB}{A + B - AB}, \qquad
\text{lift} = \frac{AB / A}{(B - AB) / (N - A)}.$$

The share is not symmetric, and all three depend on the window: figures of 7 and of 28 days do not
compare. Lift is null where nobody uses B without A, or where everybody uses A.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from howdah.core.errors import InputError
from howdah.engines.output import Rows
from howdah.kernels.activity.pairs import (
    BOTH,
    BOTH_VAR,
    CROSS_HIGH,
    CROSS_LOW,
    SIZE,
    SIZE_VAR,
    OpenPairs,
    Pairs,
    close_pairs,
    count_pairs,
    no_pairs,
    put_pairs,
    take_pairs,
)
from howdah.kernels.activity.periods import MOST_PERIODS, Periods, by_unit
from howdah.kernels.activity.sparse import unpack_sparse
from howdah.panels.cells import dates, nullable
from howdah.panels.counts import Counts, pack_columns, put, take
from howdah.panels.figures import Figures, joined
from howdah.panels.months import months_of
from howdah.panels.strata import Observation, runs
from howdah.panels.tables import Part, Survey

Floats = NDArray[np.float64]

OVERLAP_WINDOW = 28

OVERLAP = pa.schema(
    [
        ("period_end", pa.date32()),
        ("window", pa.int32()),
        ("both_value", pa.float64()),
        ("share_a", pa.float64()),
        ("lift", pa.float64()),
        ("jaccard", pa.float64()),
        ("stderr_share_a", pa.float64()),
        ("n_raw", pa.int64()),
    ]
)


class Overlap:
    """Overlap of all pairs of products at the end of each month, counted part by part.

    Parameters
    ----------
    survey
        What holds for all parts.
    window
        Days up to the month's end, at least 1.

    Raises
    ------
    InputError
        The window is less than a day.

    Notes
    -----
    Pairs of fewer than ``min_n`` units, and those of none, have no row: among thousands of
    products nearly all pairs are such. Nor have months whose window begins before the log, or in
    which a stratum that stands for somebody has nobody who was there. Memory: 44 bytes for each
    month and pair of products that any unit uses in one window, and 2 for each pair that might.
    """

    def __init__(self, survey: Survey, window: int = OVERLAP_WINDOW) -> None:
        if window < 1:
            raise InputError(f"The overlap window is {window} days. Give 1 or more.")
        self._survey = survey
        self._window = window
        ends = (month.last for month in months_of(survey))
        self._ends = np.array([last for last in ends if last - window + 1 >= 0], np.int64)
        self._n_kept = 0
        self._before = Figures()
        self._begin(0)

    def _begin(self, first: int) -> None:
        """Count the months that end after those that were kept."""
        self._observation = Observation(self._survey, first)
        n_product, ends = len(self._survey.products), self._ends[self._n_kept :] - first
        self._groups = [
            _Group(ends[n : n + MOST_PERIODS], self._window, n_product)
            for n in range(0, len(ends), MOST_PERIODS)
        ]

    def add(self, part: Part) -> None:
        """Count a part."""
        if not self._groups:
            return
        units = [by_unit(part.activity, part.roster, group.periods) for group in self._groups]
        for run in runs(part):
            observed = self._observation.add(part, run)
            for group, of in zip(self._groups, units, strict=True):
                group.pairs, group.n_pair = count_pairs(
                    of, run.start, run.stop, group.pairs, group.n_pair
                )
                if observed is not None:
                    n = observed.windows[group.periods.first, group.periods.last]
                    population = self._survey.population[run.stratum]
                    close_pairs(group.pairs, group.n_pair, population, n)

    def files(self) -> Iterator[tuple[str, Rows]]:
        """The table under its name."""
        yield "overlap", self.finish()

    def take(self) -> Counts:
        """What was counted of the stratum that goes on."""
        found = {}
        for g, group in enumerate(self._groups):
            both = take_pairs(group.pairs, group.n_pair)
            own = group.pairs.own_count
            found.update(pack_columns(both.place, {f"both {g}": both.n}))
            found[f"own {g}"] = take(own, np.arange(len(own)))
        return found

    def put(self, counts: Counts) -> None:
        """Add to what was counted of the stratum that goes on."""
        for g, group in enumerate(self._groups):
            place, n = unpack_sparse(counts[f"both {g}"])
            group.pairs, group.n_pair = put_pairs(
                OpenPairs(place, n.astype(np.int32)), group.pairs, group.n_pair
            )
            put(counts[f"own {g}"], group.pairs.own_count)

    def finish(self) -> pa.Table:
        """The table ``overlap``: a row a pair in each order and month, pairs of few left out."""
        kind = self._survey.products.type
        schema = OVERLAP.insert(0, pa.field("product_b", kind)).insert(
            0, pa.field("product_a", kind)
        )
        return self._rows(schema).sort_by(
            [(name, "ascending") for name in ("period_end", "product_a", "product_b")]
        )

    def depends(self) -> dict[str, Any]:
        """The window."""
        return {"window": self._window}

    def reach(self) -> int:
        """Days of the window."""
        return self._window - 1

    def go_on(self, figures: Figures, since: int, first: int) -> None:
        """Count the months that end on a day or later."""
        self._before, self._n_kept = figures, int(np.searchsorted(self._ends, since))
        self._begin(first)

    def figures(self) -> Figures:
        """Sums of all months: of pairs, a row a pair and month that has any unit."""
        self._observation.close()
        found = [self._kept()] if self._n_kept else []
        n_month = self._n_kept
        for group in self._groups:
            periods, pairs = group.periods, group.pairs
            window = periods.first, periods.last
            n, month = np.nonzero(pairs.n_raw[: group.n_pair])
            found.append(
                Figures(
                    {"own_raw": pairs.own_raw, "own_sums": pairs.own_sums.transpose(0, 2, 1)},
                    {
                        "is_told": self._observation.is_told[window],
                        "has_spread": self._observation.has_spread[window],
                        "month": n_month + month,
                        "n_raw": pairs.n_raw[n, month],
                        "sums": pairs.sums[n, month].T,
                    },
                    {"pair": pairs.pair[n].T.astype(np.int32)},
                )
            )
            n_month += len(periods.last)
        return joined(found)

    def _kept(self) -> Figures:
        """What was kept, of months that are not counted again."""
        before, n = self._before, self._n_kept
        is_kept = before.common["month"] < n
        rows = {name: before.common[name][..., is_kept] for name in ("month", "n_raw", "sums")}
        flags = {name: before.common[name][:n] for name in ("is_told", "has_spread")}
        return Figures(
            {name: array[..., :n] for name, array in before.by_product.items()},
            {**flags, **rows},
            {"pair": before.products["pair"][:, is_kept]},
        )

    def _rows(self, schema: pa.Schema) -> pa.Table:
        figures = self.figures()
        if not len(self._ends):
            return schema.empty_table()
        common = figures.common
        has_spread = common["has_spread"]
        least = max(self._survey.min_n, 1)
        row = np.flatnonzero((common["n_raw"] >= least) & common["is_told"][common["month"]])
        month, pair = common["month"][row], figures.products["pair"][:, row]
        n_raw, sums = common["n_raw"][row].astype(np.int64), common["sums"].T[row]
        own_raw, own_sums = figures.by_product["own_raw"], figures.by_product["own_sums"]
        everybody = float(self._survey.population.sum())
        columns: list[list[pa.Array]] = []
        for own, other, cross in ((0, 1, CROSS_LOW), (1, 0, CROSS_HIGH)):
            a, b = pair[own], pair[other]
            of_a, of_b = own_sums[a, :, month], own_sums[b, :, month]
            share, stderr = _share(sums, sums[:, cross], of_a)
            without = of_b[:, SIZE] - sums[:, BOTH]
            # Where nobody is without, the difference may be off nought by rounding.
            is_lift = (own_raw[b, month] > n_raw) & (everybody > of_a[:, SIZE])
            lift = share * (everybody - of_a[:, SIZE]) / np.where(is_lift, without, 1.0)
            columns.append(
                [
                    self._survey.products.take(pa.array(a)),
                    self._survey.products.take(pa.array(b)),
                    dates(self._survey.start, self._ends[month]),
                    pa.array(np.full(len(row), self._window, np.int32)),
                    pa.array(sums[:, BOTH]),
                    pa.array(share),
                    nullable(lift, is_lift),
                    pa.array(sums[:, BOTH] / (of_a[:, SIZE] + without)),
                    nullable(stderr, has_spread[month]),
                    pa.array(n_raw),
                ]
            )
        return pa.concat_tables([pa.table(of, schema=schema) for of in columns])


class _Group:
    """As many months as a mask has room for."""

    def __init__(self, ends: NDArray[np.int64], window: int, n_product: int) -> None:
        last = ends.astype(np.int32)
        first = (last - window + 1).astype(np.int32)
        self.periods = Periods(first, last, first)
        self.pairs: Pairs = no_pairs(n_product, len(ends))
        self.n_pair = 0


def _share(sums: Floats, cross: Floats, of_a: Floats) -> tuple[Floats, Floats]:
    """Shares of A that use B too, and their standard errors by linearisation."""
    share = sums[:, BOTH] / of_a[:, SIZE]
    squares = sums[:, BOTH_VAR] - 2 * share * cross + share**2 * of_a[:, SIZE_VAR]
    return share, np.sqrt(np.maximum(squares, 0.0)) / of_a[:, SIZE]
