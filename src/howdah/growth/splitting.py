"""The stage: a table of outcome and spend in; who brought what, how sure, and what would stay."""

import datetime as dt
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.core.errors import InputError
from howdah.core.progress import Progress, silent
from howdah.growth.concluding import conclude, nothing
from howdah.growth.fitting import Fit, Preparation, Prepared, fit
from howdah.growth.prior import LEAST_GROUPS, Common, first_prior, learn_common
from howdah.growth.results import Result
from howdah.growth.series import GroupSeries, Names, as_day, each_series
from howdah.growth.tables import Split, tables
from howdah.growth.verdicts import unfit
from howdah.kernels.response import N_SHAPE

Floats = NDArray[np.float64]

#: Draws of a series, sweeps a draw, and sweeps before them; fewer where there are very many series.
_N_DRAW, _THIN, _N_BURN = 600, 3, 400
_N_DRAW_MANY, _THIN_MANY, _N_BURN_MANY = 100, 2, 100
_MANY = 1000

#: Groups that what is common is learnt from.
_MOST_LEARNT_FROM = 200

#: Untreated groups from which on their common course is a control.
_LEAST_UNTREATED = 3

#: Untreated groups and periods that each further common course needs, and most of them.
_GROUPS_A_COURSE, _PERIODS_A_COURSE, _MOST_COURSES = 4, 12, 8


@dataclass(frozen=True, slots=True)
class Options:
    """How to split.

    Attributes
    ----------
    prob
        Mass inside the intervals.
    stop_at
        Last day with spend in the course in which all channels stop; None for the last period.
    is_proxy
        Channels stand for spend without being it.
    seed
        Draws differ with it.
    together
        Names of channels whose sum is told, one set a name.
    """

    prob: float = 0.9
    stop_at: dt.date | None = None
    is_proxy: bool = False
    seed: int = 0
    together: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def split(
    rows: pl.DataFrame, names: Names, options: Options | None = None, progress: Progress = silent
) -> Split:
    """Split an outcome into what channels of spend brought and what is organic.

    Parameters
    ----------
    rows
        A row a period, or a group and period: the columns of `names`.

    Raises
    ------
    InputError
        Two rows of one period, or a stop that is not within the series.

    Examples
    --------
    >>> weeks = pl.date_range(pl.date(2023, 1, 2), pl.date(2023, 1, 16), "1w", eager=True)
    >>> rows = pl.DataFrame({"period": weeks, "users": [5.0, 6.0, 7.0], "ads": [0.0, 1.0, 0.0]})
    >>> split(rows, Names("users", ("ads",))).totals["verdict"].to_list()
    ['cannot_tell', 'cannot_tell']
    """
    options = options or Options()
    every = list(each_series(rows, names))
    others = _untreated(every)
    preparation = Preparation(names)
    prepared = [
        preparation.prepare(s, others if others is not None and s.spend.any() else None)
        for s in every
    ]
    stops = [_stop(p, options.stop_at) for p in prepared]
    able = [n for n, p in enumerate(prepared) if p.takes_part.any() and not _reasons(p, names)]
    results = {
        n: nothing(prepared[n], names.channels, stop=stops[n])
        for n in set(range(len(every))).difference(able)
    }
    # Compiled parts run outside the interpreter's lock, so threads share the work.
    with ThreadPoolExecutor() as pool:
        run = _Run(names, options, len(every) > _MANY)
        common = run.learn([prepared[n] for n in able], pool, progress)
        jobs = pool.map(lambda n: run.result(prepared[n], n, stops[n], common), able)
        for done, (n, result) in enumerate(zip(able, jobs, strict=True)):
            results[n] = result
            progress("splitting", done + 1, len(able))
    ordered = [results[n] for n in range(len(every))]
    return tables(
        ordered, names, options.prob, is_proxy=options.is_proxy, together=options.together
    )


@dataclass(frozen=True, slots=True)
class _Run:
    """Fits of one run; the place of a series seeds its draws, so that threads change nothing."""

    names: Names
    options: Options
    is_many: bool

    def fit(self, prepared: Prepared, place: int, common: Common | None) -> Fit:
        channels = np.flatnonzero(prepared.takes_part)
        prior = first_prior(len(channels), prepared.noise)
        if common is not None:
            prior = common.prior(prior, channels)
        n_draw, thin, n_burn = (
            (_N_DRAW_MANY, _THIN_MANY, _N_BURN_MANY) if self.is_many else (_N_DRAW, _THIN, _N_BURN)
        )
        return fit(prepared, prior, n_draw=n_draw, thin=thin, n_burn=n_burn, seed=self.seed(place))

    def seed(self, place: int) -> int:
        return (self.options.seed + 7919 * place) % 2**31

    def result(self, prepared: Prepared, place: int, stop: int, common: Common | None) -> Result:
        return conclude(
            self.fit(prepared, place, common), self.names.channels, stop=stop,
            prob=self.options.prob, is_proxy=self.options.is_proxy, seed=self.seed(place),
            together=self.together,
        )  # fmt: skip

    @property
    def together(self) -> list[tuple[int, ...]]:
        """Sets of places of channels whose sum is asked for."""
        place = {name: c for c, name in enumerate(self.names.channels)}
        return [tuple(place[name] for name in some) for some in self.options.together.values()]

    def learn(
        self, able: list[Prepared], pool: ThreadPoolExecutor, progress: Progress
    ) -> Common | None:
        """What the groups have in common, by a first pass over some of them."""
        if len(able) < LEAST_GROUPS:
            return None
        some = able
        if len(able) > _MOST_LEARNT_FROM:
            # At random: neighbours in a list of names may be alike.
            rng = np.random.default_rng(self.options.seed)
            chosen = rng.choice(len(able), _MOST_LEARNT_FROM, replace=False)
            some = [able[n] for n in np.sort(chosen)]
        n_channel = len(self.names.channels)
        shapes, shape_vars = np.full((2, len(some), n_channel, N_SHAPE), np.nan)
        sizes, size_vars = np.full((2, len(some), n_channel), np.nan)
        jobs = pool.map(lambda n: self.fit(some[n], n, None), range(len(some)))
        for n, found in enumerate(jobs):
            at, draws = found.channels, found.draws
            shapes[n, at], shape_vars[n, at] = draws.shape.mean(0), draws.shape.var(0)
            sizes[n, at], size_vars[n, at] = draws.size.mean(0), draws.size.var(0)
            progress("learning what groups have in common", n + 1, len(some))
        priors = [first_prior(n_channel, p.noise) for p in some]
        return learn_common(shapes, sizes, shape_vars, size_vars, priors)


def _reasons(prepared: Prepared, names: Names) -> bool:
    """Whether something of the series as a whole stands against a fit."""
    reasons = unfit(prepared, names.channels)
    return any(bool(prepared.takes_part[c]) for c in reasons)


def _stop(prepared: Prepared, stop_at: dt.date | None) -> int:
    """Place of the last period with spend in the course in which channels stop.

    Raises
    ------
    InputError
        The stop is not within the series.
    """
    days = prepared.series.calendar.days
    if stop_at is None:
        return len(days) - 1
    day = as_day(stop_at)
    if not days[0] <= day <= days[-1]:
        first, last = (dt.date(1970, 1, 1) + dt.timedelta(int(d)) for d in (days[0], days[-1]))
        of = f" of {prepared.series.group!r}" if prepared.series.group else ""
        raise InputError(
            f"--stop-at is {stop_at}, and the periods{of} go from {first} to {last}: give a date "
            "among them."
        )
    return int(np.searchsorted(days, day, side="right")) - 1


def _untreated(every: list[GroupSeries]) -> Floats | None:
    """Common courses of groups without any spend, for the others to be compared with.

    The first principal components of their outcomes, each group's scaled to unit variance; None
    where too few groups are without, none is with, or their periods differ.
    """
    without = [s for s in every if not s.spend.any() and np.isfinite(s.outcome).all()]
    if len(without) < _LEAST_UNTREATED or len(without) == len(every):
        return None
    days = every[0].calendar.days
    if any(not np.array_equal(s.calendar.days, days) for s in every):
        return None
    courses = np.array([s.outcome for s in without])
    courses = courses - courses.mean(1, keepdims=True)
    spread = courses.std(1, keepdims=True)
    courses = courses[spread[:, 0] > 0.0] / spread[spread[:, 0] > 0.0]
    if len(courses) < _LEAST_UNTREATED:
        return None
    n_courses = min(len(courses) // _GROUPS_A_COURSE, len(days) // _PERIODS_A_COURSE, _MOST_COURSES)
    common = np.linalg.svd(courses, full_matrices=False)[2]
    return np.asarray(common[: max(n_courses, 1)], np.float64)
