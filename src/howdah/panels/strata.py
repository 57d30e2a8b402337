"""Strata as parts bring them, and of which windows of days all of them together can tell."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from howdah.kernels.activity import Activity, Roster
from howdah.kernels.activity.observation import add_spans, count_durations, count_windows
from howdah.panels.tables import Part, Survey

Small = NDArray[np.int32]
Flags = NDArray[np.bool_]


class Run(NamedTuple):
    """The units of one stratum in one part."""

    stratum: int
    start: int
    stop: int
    is_last: bool  # whether the stratum ends here


class Observed(NamedTuple):
    """How many units of one whole stratum were observed."""

    windows: Small  # (n_day, n_day) on all days of a window, by its first and last day
    durations: Small  # (n_day + 2,) for at least so many days


def runs(part: Part) -> Iterator[Run]:
    """The strata of a part, in order."""
    stratum = part.roster.stratum
    starts = [0, *np.flatnonzero(stratum[1:] != stratum[:-1]) + 1] if len(stratum) else []
    stops = [*starts[1:], len(stratum)]
    for start, stop in zip(starts, stops, strict=False):
        is_last = stop < len(stratum) or not part.goes_on
        yield Run(int(stratum[start]), int(start), int(stop), is_last)


def pieces(part: Part) -> Iterator[tuple[int, Part]]:
    """Each stratum of a part, and its units as a part of their own, with which it goes on."""
    activity, roster = part.activity, part.roster
    for run in runs(part):
        if run.stop - run.start == len(roster.stratum):
            yield run.stratum, part._replace(goes_on=True)
            return
        is_in = (activity.unit >= run.start) & (activity.unit < run.stop)
        own = Activity(
            activity.product[is_in], activity.unit[is_in] - np.int32(run.start),
            activity.words[is_in], activity.first_day[is_in],
        )  # fmt: skip
        units = slice(run.start, run.stop)
        of = Roster(
            roster.stratum[units], roster.joined[units], roster.left[units], roster.population
        )
        yield run.stratum, Part(own, of, goes_on=True)


class Observation:
    """Units observed, stratum after stratum.

    Parameters
    ----------
    first
        Day of the first bit of the words, from which days are counted.

    Attributes
    ----------
    is_told
        (n_day, n_day) windows, by first and last day, in which every stratum so far that stands
        for somebody has a unit that was observed.
    has_spread
        (n_day, n_day) windows in which no stratum so far has a single unit where it stands for
        more: one unit shows no spread, and a standard error that left it out would be too small.
    is_short
        Whether a stratum that stands for somebody has no units at all; known once closed.
    """

    def __init__(self, survey: Survey, first: int = 0) -> None:
        n_day = survey.n_day - first
        self._population = survey.population
        self.is_told = np.ones((n_day, n_day), np.bool_)
        self.has_spread = np.ones((n_day, n_day), np.bool_)
        self._ended = np.zeros(len(survey.population), np.bool_)
        self._spans = np.zeros((n_day, n_day), np.int32)
        self.is_short = False

    def add(self, part: Part, run: Run) -> Observed | None:
        """Add a run; gives the figures of its stratum when it ends with this run."""
        joined = part.roster.joined[run.start : run.stop]
        left = part.roster.left[run.start : run.stop]
        add_spans(joined, left, self._spans)
        if not run.is_last:
            return None
        own = Observed(count_windows(self._spans), count_durations(self._spans))
        self._spans[:] = 0
        self._ended[run.stratum] = True
        population = self._population[run.stratum]
        if population > 0:
            self.is_told &= own.windows > 0
        if population > 1:
            self.has_spread &= own.windows != 1
        return own

    def close(self) -> None:
        """Take into account the strata that no part had units of."""
        self.is_short = bool((self._population[~self._ended] > 0).any())
        if self.is_short:
            self.is_told[:] = False
