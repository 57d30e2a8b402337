r"""Survival: what share of those who entered a product will still be using it, and for how long.

A unit has left when its last activity is followed by `SILENCE_DAYS` days without any; the share
that has not left by day N is the share active on day N or later, as far as the log can tell. It is
not the unbounded retention of the cohorts averaged: that mixes cohorts that were followed for a
week with others followed for a year. Here each unit tells of the days up to its own horizon and is
censored there, as is one that leaves the panel.

The shifted beta-geometric law is fitted to these lifetimes, and continued beyond what was seen of
them, up to `MOST_REACH` times as far. It holds for units that leave for good, each with a chance of
its own that does not change. Where it does not fit, or its parameters cannot be told, there are no
values: the verdict says which. It cannot tell of changes to come, of a product or of who enters it.

Who uses a product less than about once in `SILENCE_DAYS` days is often silent for as long at the
end of the log, and taken to have left: the survival of such products is told too low, and a law may
fit it all the same. A silence within the log that ended is no leaving. How many come back after one
is ``resurrected_28d`` of ``daily``: where that is near ``churned_28d``, silence is not leaving, and
survival should not be read.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from howdah.core.errors import InputError
from howdah.engines.output import Rows
from howdah.kernels.activity.lifetimes import LifePlan, add_lives, close_lives, no_lives
from howdah.kernels.activity.words import find_stops
from howdah.kernels.beta_geometric import BetaGeometric, Lifetimes, fit_beta_geometric
from howdah.panels.cells import nullable
from howdah.panels.counts import Counts, put, take
from howdah.panels.strata import Observation, runs
from howdah.panels.tables import Part, Survey

#: Silence after which a unit has left: four weeks, the window of the monthly users it drops out of.
SILENCE_DAYS = 28

#: Days after entry between which units leave: each day of the first week, then as the curve slows.
EDGES = (1, 2, 3, 4, 5, 6, 7, 10, 14, 21, 28, 42, 56, 84, 112, 168, 224, 280, 364, 546, 728)

#: Days that are told: the edges a reader knows from retention, and what investors ask for.
SURVIVAL_DAYS = (1, 7, 14, 30, 60, 90, 180, 365)

#: Days that a law is continued to, in days up to which lifetimes were seen. Its band is that of its
#: parameters, if it holds. Of laws that do not hold and that the data cannot refuse, as where some
#: never leave, the error grows with the distance: by twice as far it is up to twice what may go
#: unnoticed within (`MOST_GAP`), and by ten times as far it can exceed what is said.
MOST_REACH = 2

#: A law this far from the data at some edge, in shares of those who entered, does not fit if such
#: a distance would come by chance less often than `LEAST_P`. Smaller ones do not matter, however
#: many units show them.
MOST_GAP, LEAST_P = 0.02, 0.01

_LEAST_EDGES = 3

SURVIVAL = pa.schema(
    [
        ("n_day", pa.int32()),
        ("value", pa.float64()),
        ("lower", pa.float64()),
        ("upper", pa.float64()),
        ("prob", pa.float64()),
        ("is_extrapolated", pa.bool_()),
    ]
)

LAWS = pa.schema(
    [
        ("alpha", pa.float64()),
        ("beta", pa.float64()),
        ("stderr_log_alpha", pa.float64()),
        ("stderr_log_beta", pa.float64()),
        ("n_raw", pa.int64()),
        ("horizon", pa.int32()),
        ("gap", pa.float64()),
        ("p_value", pa.float64()),
        ("verdict", pa.string()),
    ]
)


class _Fit(NamedTuple):
    n_raw: int
    horizon: int
    law: BetaGeometric | None
    verdict: str


class Survival:
    """Survival of the units that entered each product, counted part by part.

    Parameters
    ----------
    survey
        What holds for all parts.
    days
        Days after entry that are told, at least 1; null beyond `MOST_REACH` times those seen.
    prob
        Mass inside the intervals, in (0, 1).

    Raises
    ------
    InputError
        A day is less than 1, or `prob` is no probability.

    Notes
    -----
    Memory: about 15 kB a product.
    """

    def __init__(
        self, survey: Survey, days: tuple[int, ...] = SURVIVAL_DAYS, *, prob: float = 0.9
    ) -> None:
        if not days or min(days) < 1:
            raise InputError(
                f"Survival days are {', '.join(map(str, days)) or 'none'}; "
                "give whole numbers of 1 or more: day 0 is the day of entry."
            )
        if not 0 < prob < 1:
            raise InputError(f"prob is {prob}. Give a probability between 0 and 1, such as 0.9.")
        self._survey, self._prob = survey, prob
        self._days = np.unique(np.array(days, np.int64))
        n_day = survey.n_day
        edges = np.array([e for e in EDGES if e < n_day - SILENCE_DAYS], np.int32)
        slots = np.searchsorted(edges, np.arange(n_day + 1), side="right").astype(np.int32)
        self._plan = LifePlan(edges, slots, survey.burn_in, SILENCE_DAYS)
        self._sums = no_lives(len(survey.products), len(edges))
        self._observation = Observation(survey)
        self._is_told = self._has_spread = True

    def add(self, part: Part) -> None:
        """Count a part."""
        if not len(self._plan.edges):
            return
        n_product = len(self._survey.products)
        start = np.searchsorted(part.activity.product, np.arange(n_product + 1)).astype(np.int64)
        first, end = start[:-1], start[1:]
        for run in runs(part):
            observed = self._observation.add(part, run)
            stop = find_stops(part.activity.unit, first, end, run.stop)
            add_lives(part.activity, (first, stop), part.roster, self._plan, self._sums)
            first = stop
            if observed is None:
                continue
            population = float(self._survey.population[run.stratum])
            span = self._survey.burn_in + int(self._plan.edges[0]) + SILENCE_DAYS
            unit_days = int(np.trace(observed.windows, offset=span))
            n = int(observed.durations[min(span + 1, self._survey.n_day + 1)])
            if population > 0:
                self._is_told &= unit_days > 0
            if population > 1:
                self._has_spread &= n != 1
            n_started = self._survey.n_day - span
            close_lives(self._sums, population * n_started / max(unit_days, 1), n)

    def take(self) -> Counts:
        """What was counted of the stratum that goes on."""
        n_open = self._sums.n_open
        return {"lives": take(n_open, np.flatnonzero(n_open.any(1)))}

    def put(self, counts: Counts) -> None:
        """Add to what was counted of the stratum that goes on."""
        put(counts["lives"], self._sums.n_open)

    def files(self) -> Iterator[tuple[str, Rows]]:
        """What survives by day, and the law of each product with its horizon and verdict."""
        yield from zip(("survival", "survival_laws"), self.finish(), strict=True)

    def finish(self) -> tuple[pa.Table, pa.Table]:
        """The tables ``survival`` and ``survival_laws``, a product after the other.

        Verdicts: ``fits``; ``does not fit``; ``cannot tell``, when too few units are known for
        long enough, or their lifetimes do not tell both parameters.
        """
        self._observation.close()
        fits = [self._fit(p) for p in range(len(self._survey.products))]
        return self._values(fits), self._laws(fits)

    def _fit(self, p: int) -> _Fit:
        n_edge = len(self._plan.edges)
        raw = self._sums.n_raw[p].reshape(2, n_edge)
        # Units known at an edge: all that are told of there or later.
        known = raw.sum(0)[::-1].cumsum()[::-1]
        least = max(self._survey.min_n, 1)
        # The last edges, where few are known, are merged into the last that has enough.
        n_kept = int((known >= least).sum())
        n_raw = int(raw.sum())
        if n_kept < _LEAST_EDGES or not self._is_told or self._observation.is_short:
            return _Fit(n_raw, 0, None, "cannot tell")
        lifetimes = self._lifetimes(p, n_kept)
        horizon = int(lifetimes.edge[-1])
        if (lifetimes.left > 0).sum() < 2:  # noqa: PLR2004 - two parameters
            return _Fit(n_raw, horizon, None, "cannot tell")
        law = fit_beta_geometric(lifetimes)
        if not law.is_told:
            return _Fit(n_raw, horizon, law, "cannot tell")
        is_far = law.gap > MOST_GAP and law.p_value < LEAST_P
        return _Fit(n_raw, horizon, law, "does not fit" if is_far else "fits")

    def _lifetimes(self, p: int, n_kept: int) -> Lifetimes:
        """Counts up to an edge; whoever is known later was there at it."""
        n_edge = len(self._plan.edges)
        merge = np.zeros((2 * n_kept, 2 * n_edge))
        merge[np.arange(n_kept), np.arange(n_kept)] = 1.0
        merge[n_kept + np.arange(n_kept), n_edge + np.arange(n_kept)] = 1.0
        merge[-1, n_kept:n_edge] = merge[-1, n_edge + n_kept :] = 1.0
        counts = merge @ self._sums.weighted[p]
        return Lifetimes(
            self._plan.edges[:n_kept].astype(np.int64),
            counts[:n_kept],
            counts[n_kept:],
            merge @ self._sums.covariance[p] @ merge.T,
        )

    def _values(self, fits: list[_Fit]) -> pa.Table:
        n_day = len(self._days)
        value, lower, upper = np.full((3, len(fits), n_day), np.nan)
        horizon = np.array([fit.horizon for fit in fits])[:, None]
        is_far = self._days[None, :] > MOST_REACH * horizon
        for p, fit in enumerate(fits):
            if fit.law is not None and fit.verdict == "fits":
                value[p] = fit.law.survival(self._days)
                if self._has_spread:
                    lower[p], upper[p] = fit.law.band(self._days, self._prob)
        for each in (value, lower, upper):
            each[is_far] = np.nan
        beyond = self._days[None, :] > horizon
        n = len(fits)
        return pa.table(
            [
                self._survey.products.take(pa.array(np.repeat(np.arange(n), n_day))),
                pa.array(np.tile(self._days.astype(np.int32), n)),
                *(nullable(each, ~np.isnan(each)) for each in (value, lower, upper)),
                pa.array(np.full(n * n_day, self._prob)),
                pa.array(beyond.ravel()),
            ],
            schema=SURVIVAL.insert(0, pa.field("product", self._survey.products.type)),
        )

    def _laws(self, fits: list[_Fit]) -> pa.Table:
        figures = np.full((6, len(fits)), np.nan)
        for p, fit in enumerate(fits):
            law = fit.law
            if law is not None and law.is_told:
                sd = np.sqrt(np.diag(law.covariance))
                figures[:, p] = law.alpha, law.beta, *sd, law.gap, law.p_value
        alpha, beta, sd_alpha, sd_beta, gap, p_value = (nullable(f, ~np.isnan(f)) for f in figures)
        return pa.table(
            [
                self._survey.products,
                alpha,
                beta,
                sd_alpha,
                sd_beta,
                pa.array([fit.n_raw for fit in fits], pa.int64()),
                pa.array([fit.horizon for fit in fits], pa.int32()),
                gap,
                p_value,
                pa.array([fit.verdict for fit in fits], pa.string()),
            ],
            schema=LAWS.insert(0, pa.field("product", self._survey.products.type)),
        )
