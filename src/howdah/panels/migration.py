r"""Migration: where the units that leave a product go, from one calendar month to the next.

A unit leaves a product when it was active in it in the month before and is not in this one; it
joins one when it is first ever active in it this month. Each product that was left sends one unit,
in equal parts, to the products that were joined, or to `NONE` where none was; a product joined by
a unit that left none receives it from `NONE`. So what is sent from a product adds up to the units
that left it. A unit counts if it was in the panel in both months and for the burn-in before the
last day, so that what is first seen is new.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from howdah.engines.output import Rows
from howdah.kernels.activity.flows import (
    VALUE,
    VALUE_VAR,
    Flows,
    SentFlows,
    close_flows,
    count_flows,
    no_flows,
    put_flows,
    take_flows,
)
from howdah.kernels.activity.periods import MOST_PERIODS, Periods, by_unit
from howdah.kernels.activity.sparse import unpack_sparse
from howdah.panels.cells import dates, nullable
from howdah.panels.counts import Counts, pack_columns
from howdah.panels.figures import Figures, joined
from howdah.panels.months import Month, months_of
from howdah.panels.strata import Observation, runs
from howdah.panels.tables import Part, Survey

#: Where those go that join nothing, and come from that left nothing.
NONE = "(none)"

#: Days from the first of a month to the last of the next one, at most: July and August.
_TWO_MONTHS = 62

#: What a flow is counted by.
_SENT = ("n_whole", "n_sent", "sent", "squares")

#: Stands for `NONE` among the numbers of products.
_NO_PRODUCT = -1

MIGRATION = pa.schema(
    [
        ("period", pa.date32()),
        ("from_product", pa.string()),
        ("to_product", pa.string()),
        ("value", pa.float64()),
        ("stderr", pa.float64()),
        ("n_raw", pa.int64()),
    ]
)


class Migration:
    """Moves between products, month after month, counted part by part.

    Notes
    -----
    Flows of fewer than ``min_n`` units have a row without figures, so that a reader sees that
    what is shown does not add up to the leavers. Months that cannot be told have none: the first
    two, those that begin before the burn-in is over, and those in which a stratum that stands for
    somebody has nobody who was there. Memory: 44 bytes for each month and flow that any unit sent,
    and 4 for each that one might.
    """

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._months = [month for month in months_of(survey) if month.first >= 0]
        # Into the first month nothing is sent.
        self._n_kept = 1
        self._before = Figures()
        self._begin(0)

    def _begin(self, first: int) -> None:
        """Count the months after those that were kept."""
        self._observation = Observation(self._survey, first)
        # Each group begins with the month before its own.
        self._groups = [
            _Group(self._months[n - 1 : n - 1 + MOST_PERIODS], self._survey, first)
            for n in range(self._n_kept, len(self._months), MOST_PERIODS - 1)
        ]

    def add(self, part: Part) -> None:
        """Count a part."""
        if not self._groups:
            return
        units = [by_unit(part.activity, part.roster, group.periods) for group in self._groups]
        for run in runs(part):
            observed = self._observation.add(part, run)
            for group, of in zip(self._groups, units, strict=True):
                group.flows, group.n_flow = count_flows(
                    of, run.start, run.stop, group.periods, group.flows, group.n_flow
                )
                if observed is not None:
                    since = np.maximum(group.periods.since, 0)
                    n = observed.windows[since, group.periods.last]
                    population = self._survey.population[run.stratum]
                    close_flows(group.flows, group.n_flow, population, n)

    def files(self) -> Iterator[tuple[str, Rows]]:
        """The table under its name."""
        yield "migration", self.finish()

    def take(self) -> Counts:
        """What was counted of the stratum that goes on."""
        found = {}
        for g, group in enumerate(self._groups):
            flows = take_flows(group.flows, group.n_flow)
            columns = {f"{name} {g}": getattr(flows, name) for name in _SENT}
            found.update(pack_columns(flows.place, columns))
        return found

    def put(self, counts: Counts) -> None:
        """Add to what was counted of the stratum that goes on."""
        for g, group in enumerate(self._groups):
            columns = [unpack_sparse(counts[f"{name} {g}"]) for name in _SENT]
            place, (n_whole, n_sent, sent, squares) = columns[0][0], (n for _, n in columns)
            flows = SentFlows(
                place, n_whole.astype(np.int32), n_sent.astype(np.int32), sent, squares
            )
            group.flows, group.n_flow = put_flows(flows, group.flows, group.n_flow)

    def finish(self) -> pa.Table:
        """The table ``migration``: a row a month and flow that any unit is part of."""
        return self._rows().sort_by(
            [(name, "ascending") for name in ("period", "from_product", "to_product")]
        )

    def depends(self) -> dict[str, Any]:
        """The burn-in."""
        return {"burn_in": self._survey.burn_in}

    def reach(self) -> int:
        """Days from the month before, or of the burn-in."""
        return max(_TWO_MONTHS - 1, self._survey.burn_in)

    def go_on(self, figures: Figures, since: int, first: int) -> None:
        """Count the months that end on a day or later."""
        self._before = figures
        self._n_kept = max(sum(month.last < since for month in self._months), 1)
        self._begin(first)

    def figures(self) -> Figures:
        """Sums of all months but the first: a row a flow and month in which any unit was sent."""
        self._observation.close()
        found = [self._kept()] if self._n_kept > 1 else []
        n_month = self._n_kept
        for group in self._groups:
            periods, flows = group.periods, group.flows
            window = np.maximum(periods.since, 0)[1:], periods.last[1:]
            n, month = np.nonzero(flows.n_raw[: group.n_flow, 1:])
            flow = flows.flow[n].T
            found.append(
                Figures(
                    {},
                    {
                        "is_told": self._observation.is_told[window],
                        "has_spread": self._observation.has_spread[window],
                        "month": n_month - 1 + month,
                        "n_raw": flows.n_raw[n, month + 1],
                        "sums": flows.sums[n, month + 1].T,
                    },
                    {"flow": np.where(flow == len(self._survey.products), _NO_PRODUCT, flow)},
                )
            )
            n_month += len(periods.last) - 1
        return joined(found)

    def _kept(self) -> Figures:
        """What was kept, of months that are not counted again."""
        before, n = self._before, self._n_kept - 1
        is_kept = before.common["month"] < n
        rows = {name: before.common[name][..., is_kept] for name in ("month", "n_raw", "sums")}
        flags = {name: before.common[name][:n] for name in ("is_told", "has_spread")}
        return Figures({}, {**flags, **rows}, {"flow": before.products["flow"][:, is_kept]})

    def _rows(self) -> pa.Table:
        if len(self._months) <= 1:
            return MIGRATION.empty_table()
        figures = self.figures()
        common = figures.common
        row = np.flatnonzero(common["is_told"][common["month"]])
        month, flow = common["month"][row], figures.products["flow"][:, row]
        n_raw = common["n_raw"][row].astype(np.int64)
        is_shown = n_raw >= self._survey.min_n
        has_spread = common["has_spread"]
        products = self._survey.products
        names = pa.concat_arrays([products.cast(pa.string()), pa.array([NONE])])
        origin, target = np.where(flow == _NO_PRODUCT, len(products), flow)
        value, variance = (common["sums"][at, row] for at in (VALUE, VALUE_VAR))
        first = np.array([month.first for month in self._months[1:]], np.int64)
        return pa.table(
            [
                dates(self._survey.start, first[month]),
                names.take(pa.array(origin)),
                names.take(pa.array(target)),
                nullable(value, is_shown),
                nullable(np.sqrt(variance), is_shown & has_spread[month]),
                nullable(n_raw, is_shown),
            ],
            schema=MIGRATION,
        )


class _Group:
    """As many months as a mask has room for; into the first nothing is sent."""

    def __init__(self, months: list[Month], survey: Survey, start: int) -> None:
        first = np.array([month.first - start for month in months], np.int32)
        last = np.array([month.last - start for month in months], np.int32)
        before = np.r_[first[0], first[:-1]]
        since = np.minimum(before, last - survey.burn_in).astype(np.int32)
        self.periods = Periods(first, last, since)
        self.flows: Flows = no_flows(len(survey.products), len(months))
        self.n_flow = 0
