r"""Retention: what share of a cohort comes back, by day after entry and kind of return.

====================== =========================== ============================ ==================
kind                   cohort of day c             comes back when active       looks at
====================== =========================== ============================ ==================
``on``                 first ever active on c      on day c + N                 [c - burn-in, c + N]
``unbounded``          first ever active on c      on day c + N or later        [c - burn-in, end]
``recurring``          active on c, new or not     on day c + N                 [c, c + N]
====================== =========================== ============================ ==================

``on`` is the *first time* retention of PostHog and *Return On* of new users in Amplitude;
``unbounded`` Amplitude's *Return On or After*; ``recurring`` PostHog's *recurring*. Days are
calendar days of the log, where Amplitude's default is windows of 24 hours from a user's first
event: its *strict calendar dates* are ours.

A cell counts units that were in the panel on all days it looks at. It is immature where those days
begin before the log or end after it, or where a stratum that stands for somebody has nobody who
was there. ``unbounded`` looks at all days that are left, so that all of a cohort are followed for
equally long; cohorts are not: a young one has had less time to come back, and its share is too low
by an amount that the log cannot tell. Each cell says how many days after it were looked at
(``followed_days``): compare cohorts where these are the same.
"""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from howdah.core.errors import InputError
from howdah.engines.output import Rows
from howdah.kernels.activity import cohorts, entries, recurrence
from howdah.kernels.activity.cohorts import LATER, EntrySums
from howdah.kernels.activity.entries import EntryCounts, EntryPlan
from howdah.kernels.activity.ratios import BASE, N_RAW, N_SUM, ratio_of
from howdah.kernels.activity.recurrence import RecurrenceSums
from howdah.kernels.activity.words import find_stops
from howdah.panels.cells import dates, nullable, repeated
from howdah.panels.counts import Counts, put, take, take_flags
from howdah.panels.strata import Observation, Observed, runs
from howdah.panels.tables import Part, Survey

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Small = NDArray[np.int32]

KINDS = ("on", "unbounded", "recurring")
_RECURRING = 2

#: The curve of entries has every day up to this one: a quarter, as the shifted beta-geometric and
#: most tools show; later ones are there where they are asked for.
CURVE_DAYS = 90

#: Rows of a batch of the table.
_BATCH_ROWS = 1 << 19

#: Days after entry that are told without being asked.
RETENTION_DAYS = (1, 3, 7, 14, 30)

RETENTION = pa.schema(
    [
        ("cohort_day", pa.date32()),
        ("kind", pa.string()),
        ("n_day", pa.int32()),
        ("cohort_value", pa.float64()),
        ("cohort_n_raw", pa.int64()),
        ("value", pa.float64()),
        ("stderr", pa.float64()),
        ("mature", pa.bool_()),
        ("followed_days", pa.int32()),
    ]
)

CURVE = pa.schema(
    [
        ("kind", pa.string()),
        ("n_day", pa.int32()),
        ("value", pa.float64()),
        ("stderr", pa.float64()),
        ("n_cohorts", pa.int64()),
        ("n_raw", pa.int64()),
    ]
)


class Retention:
    """Retention of all products, cohorts and kinds, counted part by part.

    Parameters
    ----------
    survey
        What holds for all parts.
    days
        Days after entry, at least 1.

    Raises
    ------
    InputError
        A day is less than 1.

    Notes
    -----
    Memory: 144 bytes a product, day and asked day, and, for a stratum that lies in several parts
    (a census is one), about 0.4 kB a product and day more, and another 1.1 kB where more than 255
    enter.
    """

    def __init__(self, survey: Survey, days: tuple[int, ...] = RETENTION_DAYS) -> None:
        if not days or min(days) < 1:
            raise InputError(
                f"Retention days are {', '.join(map(str, days)) or 'none'}; "
                "give whole numbers of 1 or more: day 0 is the day of entry."
            )
        self._survey = survey
        self._days = np.unique(np.array(days, np.int32))
        n_day, n_product = survey.n_day, len(survey.products)
        slots = np.unique(np.r_[np.arange(1, CURVE_DAYS + 1), self._days]).astype(np.int32)
        # What lies beyond the log can tell nothing.
        slots = slots[slots < n_day]
        asked = np.flatnonzero(np.isin(slots, self._days)).astype(np.int32)
        up_to = np.searchsorted(slots, np.arange(n_day + 1), side="right").astype(np.int32)
        self._plan = EntryPlan(slots, asked, up_to, survey.burn_in)
        self._again = self._days[self._days < n_day]
        n_asked = len(self._days)
        self._entries = EntrySums(
            np.zeros((2, n_product, n_day, n_asked, N_SUM)),
            np.zeros((2, n_product, len(slots), N_SUM)),
            np.zeros((n_product, n_day), np.bool_),
        )
        self._active = RecurrenceSums(
            np.zeros((n_product, n_day, len(self._again), N_SUM)),
            np.zeros((n_product, len(self._again), N_SUM)),
            np.zeros((n_product, n_day), np.bool_),
        )
        self._observation = Observation(survey)
        self._bases = _Bases(self._plan, self._again, n_day)
        self._counts = self._no_counts(1)

    def _no_counts(self, n: int) -> tuple[EntryCounts, recurrence.RecurrenceCounts]:
        n_day = self._survey.n_day
        return (
            entries.empty_counts(n, n_day, len(self._plan.days)),
            recurrence.empty_counts(n, n_day, len(self._again)),
        )

    def add(self, part: Part) -> None:
        """Count a part."""
        n_product = len(self._survey.products)
        start = np.searchsorted(part.activity.product, np.arange(n_product + 1)).astype(np.int64)
        first, end = start[:-1], start[1:]
        for run in runs(part):
            observed = self._observation.add(part, run)
            self._make_room(is_last=run.is_last)
            entry_base, day_base = self._bases.of(observed, self._survey.population[run.stratum])
            entry_counts, day_counts = self._counts
            stop = find_stops(part.activity.unit, first, end, run.stop)
            common = (part.activity, (first, stop), run.is_last, part.roster, run.stratum)
            cohorts.add_entries(*common, self._plan, entry_base, entry_counts, self._entries)
            recurrence.add_recurrence(*common, self._again, day_base, day_counts, self._active)
            first = stop

    def _make_room(self, *, is_last: bool) -> None:
        n_product = len(self._survey.products)
        if not is_last and len(self._counts[0].touched) < n_product:
            self._counts = self._no_counts(n_product)

    def files(self) -> Iterator[tuple[str, Rows]]:
        """Cohort by cohort, and the curves of all of them."""
        yield "retention", self.finish()
        yield "retention_curve", self.curve()

    def take(self) -> Counts:
        """What was counted of the stratum that goes on."""
        counts, again = self._counts
        recurrence.empty_tallies(again)
        entered = np.flatnonzero(counts.touched)
        back, until, gone = entries.take_entries(counts)
        touched = take_flags(counts.touched)
        active = np.flatnonzero(again.seen.any(axis=-1))
        leaving = np.flatnonzero(again.leaving.any(axis=-1))
        squares = again.squares.reshape(len(again.squares), -1)
        return {
            "stayed": take(counts.stayed[..., None], entered),
            "gone": gone,
            "back": back,
            "until": until,
            "seen": take(again.seen, active),
            "leaving": take(again.leaving, leaving),
            "squares": take(squares, np.arange(len(squares))),
            "touched": touched,
            "is_wide": touched,
            "entered": take_flags(self._entries.seen),
        }

    def put(self, counts: Counts) -> None:
        """Add to what was counted of the stratum that goes on."""
        self._make_room(is_last=False)
        counts_of_entries, counts_of_days = self._counts
        named = {
            **counts_of_entries._asdict(),
            **counts_of_days._asdict(),
            "entered": self._entries.seen,
        }
        for name, found in counts.items():
            put(found, named[name])

    def finish(self) -> pa.RecordBatchReader:
        """The table ``retention``, product by product.

        A row a product, day on which anyone was active or entered, kind and asked day.
        """
        self._observation.close()
        schema = _with_product(self._survey, RETENTION)
        return pa.RecordBatchReader.from_batches(schema, self._batches())

    def _batches(self) -> Iterator[pa.RecordBatch]:
        n_product = len(self._survey.products)
        rows = max(len(KINDS) * self._survey.n_day * len(self._days), 1)
        at_once = max(_BATCH_ROWS // rows, 1)
        order = [(name, "ascending") for name in ("product", "cohort_day", "kind", "n_day")]
        for first in range(0, n_product, at_once):
            some = slice(first, min(first + at_once, n_product))
            kinds = [self._cohorts_of(kind, some) for kind in range(len(KINDS))]
            yield from pa.concat_tables(kinds).sort_by(order).to_batches()

    def curve(self) -> pa.Table:
        """The table ``retention_curve``: shares over all cohorts, weighted by their sizes.

        For entries every day up to `CURVE_DAYS` and every asked one, for ``recurring`` the asked
        ones. ``n_cohorts`` are days of which day N can be told, ``n_raw`` the units in them. A day
        on which some stratum has nobody who was there counts with the other strata.
        """
        self._observation.close()
        tables = []
        for kind, name in enumerate(KINDS):
            is_again = kind == _RECURRING
            days = self._again if is_again else self._plan.days
            sums = self._active.curve if is_again else self._entries.curve[kind]
            product, at = np.nonzero(sums[..., BASE] > 0)
            told, spread = self._bases.flags(kind)
            if self._observation.is_short:
                told = np.zeros_like(told)
            columns = _shown(sums[product, at], told[at], spread[at], min_n=self._survey.min_n)
            n_cohorts = self._n_cohorts(kind, days)[product, at]
            tables.append(
                pa.table(
                    [
                        self._survey.products.take(pa.array(product)),
                        repeated(name, len(product)),
                        pa.array(days[at]),
                        columns["value"],
                        columns["stderr"],
                        pa.array(n_cohorts),
                        columns["n_raw"],
                    ],
                    schema=_with_product(self._survey, CURVE),
                )
            )
        return pa.concat_tables(tables)

    def entries(self) -> tuple[Floats, Flags, Flags]:
        """Sums of ``on`` by day of entry and asked day, which can be told, and which have spreads.

        Returns
        -------
        tuple
            (n_product, n_day, n_asked, N_SUM) sums, and two flags of (n_day, n_asked).
        """
        self._observation.close()
        day = np.arange(self._survey.n_day)[:, None]
        window = self._window(0, day, self._days.astype(np.int64))
        told, spread = (
            _within(flags, *window)
            for flags in (self._observation.is_told, self._observation.has_spread)
        )
        return self._entries.cohort[0], told, spread

    def _n_cohorts(self, kind: int, days: Small) -> NDArray[np.int64]:
        """Days with anyone in the cohort, by product and day after, that can be told of."""
        n_day = self._survey.n_day
        seen = self._active.seen if kind == _RECURRING else self._entries.seen
        day = np.arange(n_day)
        told = (
            np.stack(
                [_within(self._observation.is_told, *self._window(kind, day, n)) for n in days],
                axis=1,
            )
            if len(days)
            else np.zeros((n_day, 0), np.bool_)
        )
        return np.asarray(seen.astype(np.int64) @ told.astype(np.int64))

    def _window(
        self, kind: int, day: NDArray[np.int64], n: NDArray[np.int64] | int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """First and last day that cells look at."""
        n_day = self._survey.n_day
        until = day + n
        first = day - (0 if kind == _RECURRING else self._survey.burn_in) + 0 * until
        return first, np.where((kind == LATER) & (until < n_day), n_day - 1, until)

    def _cohorts_of(self, kind: int, some: slice) -> pa.Table:
        seen = self._active.seen if kind == _RECURRING else self._entries.seen
        product, day = np.nonzero(seen[some])
        product += some.start
        n_days = self._days.astype(np.int64)
        sums = np.zeros((len(product), len(n_days), N_SUM))
        if kind == _RECURRING:
            sums[:, : len(self._again)] = self._active.cohort[product, day]
        else:
            sums = self._entries.cohort[kind][product, day]
        window = self._window(kind, day[:, None], n_days)
        is_mature = _within(self._observation.is_told, *window)
        has_spread = _within(self._observation.has_spread, *window)
        columns = _shown(sums, is_mature, has_spread, self._survey.min_n)
        n = len(n_days)
        return pa.table(
            [
                self._survey.products.take(pa.array(np.repeat(product, n))),
                dates(self._survey.start, np.repeat(day, n)),
                repeated(KINDS[kind], len(product) * n),
                pa.array(np.tile(self._days, len(product))),
                columns["cohort_value"],
                columns["n_raw"],
                columns["value"],
                columns["stderr"],
                pa.array(is_mature.ravel()),
                pa.array((window[1] - day[:, None]).ravel().astype(np.int32)),
            ],
            schema=_with_product(self._survey, RETENTION),
        )


class _Bases:
    """Units that the cells of each stratum can tell of, and what all strata can tell."""

    def __init__(self, plan: EntryPlan, again: Small, n_day: int) -> None:
        self._plan, self._again = plan, again
        nobody = np.zeros((n_day, n_day), np.int32), np.zeros(n_day + 2, np.int32)
        self._nobody = (
            cohorts.entry_base(plan, *nobody, 0.0),
            recurrence.recurrence_base(again, *nobody, 0.0),
        )
        sizes = (len(plan.days), len(plan.days), len(again))
        self._told = [np.ones(n, np.bool_) for n in sizes]
        self._spread = [np.ones(n, np.bool_) for n in sizes]

    def of(
        self, observed: Observed | None, population: float
    ) -> tuple[cohorts.EntryBase, recurrence.RecurrenceBase]:
        """Bases of a stratum that ends, and nothing for one that goes on."""
        if observed is None:
            return self._nobody
        entry = cohorts.entry_base(self._plan, *observed, population)
        day = recurrence.recurrence_base(self._again, *observed, population)
        for kind, n in enumerate((*entry.n_curve, day.n_curve)):
            if population > 0:
                self._told[kind] &= n > 0
            if population > 1:
                self._spread[kind] &= n != 1
        return entry, day

    def flags(self, kind: int) -> tuple[Flags, Flags]:
        """Of which days of a curve all strata tell, and which of them have spreads."""
        return self._told[kind], self._spread[kind]


def _within(flags: Flags, first: NDArray[np.int64], last: NDArray[np.int64]) -> Flags:
    """Flags of windows; false for those that reach beyond the log."""
    n_day = len(flags)
    inside = (first >= 0) & (last < n_day)
    return np.asarray(inside & flags[np.where(inside, first, 0), np.where(inside, last, 0)])


def _shown(sums: Floats, is_mature: Flags, has_spread: Flags, min_n: int) -> dict[str, pa.Array]:
    """Columns of ratios; null where immature, or of fewer units than are shown."""
    ratio = ratio_of(sums)
    is_shown = is_mature & (sums[..., N_RAW] >= min_n)
    is_ratio = is_shown & (sums[..., BASE] > 0)
    return {
        "cohort_value": nullable(sums[..., BASE], is_shown),
        "n_raw": nullable(sums[..., N_RAW].astype(np.int64), is_shown),
        "value": nullable(ratio.value, is_ratio),
        "stderr": nullable(ratio.stderr, is_ratio & has_spread),
    }


def _with_product(survey: Survey, schema: pa.Schema) -> pa.Schema:
    return schema.insert(0, pa.field("product", survey.products.type))
