"""Levels of several series at a few dates at once, as one joint posterior.

What sums, shares and growth over a stretch of time are made of, when each series has its own days.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.estimates.aggregates import Joint, Levels
from howdah.estimates.aggregates.sharing import Sharing
from howdah.estimates.fits import Fit, fit_levels
from howdah.estimates.models import Models
from howdah.estimates.observations import is_immature
from howdah.kernels import leave_out

Ints = NDArray[np.int64]

_EPOCH = dt.date(1970, 1, 1)


class Window(NamedTuple):
    """Days among which the period nearest to one of them is looked for."""

    first: dt.date
    last: dt.date
    nearest: dt.date


@dataclass(frozen=True, slots=True)
class Ends:
    """Levels of the series of one table in some windows.

    Attributes
    ----------
    joint
        Its series are entities, its periods the `nearest` days of the windows; NaN where a series
        has no figure in a window.
    days
        (n_series, n_window) last day of the period that was taken; None without one.
    claim_ids, sources
        (n_series, n_window) what states the level there.
    """

    joint: Joint
    days: tuple[tuple[dt.date | None, ...], ...]
    claim_ids: tuple[tuple[tuple[str, ...], ...], ...]
    sources: tuple[tuple[tuple[str, ...], ...], ...]

    def having(self, *windows: int) -> list[int]:
        """Rows of the series with a level in all of some windows."""
        return [n for n, days in enumerate(self.days) if all(days[k] for k in windows)]

    def take(self, rows: Sequence[int]) -> "Ends":
        """The same of some rows."""
        joint = self.joint.take([self.joint.series[n] for n in rows])
        # `Joint.take` keeps the joint's order.
        kept = sorted(rows)
        return Ends(
            joint,
            tuple(self.days[n] for n in kept),
            tuple(self.claim_ids[n] for n in kept),
            tuple(self.sources[n] for n in kept),
        )

    def at(self, window: int) -> "Ends":
        """The same of one window alone, of the series that have a level there."""
        own = self.take(self.having(window))
        joint = own.joint
        return Ends(
            replace(
                joint,
                periods=(joint.periods[window],),
                mean=joint.mean[:, [window]],
                own=joint.own[:, [window]][:, :, [window]],
                common=joint.common[:, [window]],
            ),
            tuple((row[window],) for row in own.days),
            tuple((row[window],) for row in own.claim_ids),
            tuple((row[window],) for row in own.sources),
        )

    @property
    def entities(self) -> tuple[str, ...]:
        """The series."""
        return tuple(self.joint.series)

    @property
    def evidence(self) -> tuple[str, ...]:
        """Every claim behind the levels, once."""
        every = (claim for row in self.claim_ids for cell in row for claim in cell)
        return tuple(dict.fromkeys(every))

    @property
    def voices(self) -> tuple[str, ...]:
        """Every source behind the levels, by name."""
        return tuple(sorted({name for row in self.sources for cell in row for name in cell}))


def join_ends(observations: pl.DataFrame, models: Models, windows: Sequence[Window]) -> Ends | None:
    """Levels of all entities of one table in each of some windows, joined.

    A level is taken where a source states a number of a period that is over: a bound is none, and
    nothing is carried from one period to another. House effects of a series stand in all its
    levels and cancel in its growth. What is not kept is what sources share across series: it
    cancels in growth and, where all series are of the same sources, in shares; a sum is as well
    known as the intervals of its parts say.

    Parameters
    ----------
    observations
        As for `estimate_levels`, all that is known of the entities under one metric, definition,
        unit and currency.
    windows
        With different `nearest` days.

    Returns
    -------
    Ends or None
        Entities in order of their ids; None when no level is in any window, or when the metric is
        not on the log scale, where levels do not add up.
    """
    logs = observations.filter(pl.col("scale") == "log")
    fit = next(iter(fit_levels(logs, models)), None) if logs.height else None
    if fit is None:
        return None
    frame = fit.rows.frame[fit.built.rows]
    counts = _counts(fit)
    chosen, asked = _choose(fit, frame["entity"].to_list(), counts, windows)
    if not len(chosen):
        return None
    panel = leave_out(fit.coded.panel, ~fit.solved.is_used)
    n_source, n_segment = fit.learned.model.bias.shape
    alone = Sharing(np.zeros((n_source, n_segment, 1)), np.zeros(len(fit.learned.model.family_var)))
    levels = Levels(fit.learned, fit.coded, fit.solved, panel, alone)
    labels = tuple(window.nearest for window in windows)
    joint = levels.join_places(chosen, asked, labels)
    first = np.unique(fit.built.series, return_index=True)[1]
    entities = frame["entity"].gather(first[chosen])
    days = fit.built.names.days
    cells = [
        [_cell(fit, frame, number, days, place) for place in row]
        for number, row in zip(chosen, asked, strict=True)
    ]
    order = np.argsort(entities.to_numpy(), kind="stable")
    joint = replace(
        joint,
        series=entities.gather(order),
        mean=joint.mean[order],
        own=joint.own[order],
        common=joint.common[order],
        segment=joint.segment[order],
        size=joint.size[order],
        n_sources=joint.n_sources[order],
        is_tested=joint.is_tested[order],
    )
    ordered = [cells[n] for n in order]
    return Ends(
        joint,
        tuple(tuple(cell[0] for cell in row) for row in ordered),
        tuple(tuple(cell[1] for cell in row) for row in ordered),
        tuple(tuple(cell[2] for cell in row) for row in ordered),
    )


def _counts(fit: Fit) -> NDArray[np.bool_]:
    """Which statements of a fit are numbers of periods that are over."""
    immature = fit.rows.frame.select(is_immature()).to_series()
    is_settled = (fit.outlook.is_null() & ~immature).to_numpy()
    used = np.ones(len(fit.built.rows), np.bool_)
    claims = fit.coded.row >= 0
    at = fit.built.claims[fit.coded.row[claims]]
    used[at] = fit.solved.is_used[claims]
    return np.asarray((fit.rows.is_closed & is_settled)[fit.built.rows] & used, np.bool_)


def _choose(
    fit: Fit, entities: list[str], counts: NDArray[np.bool_], windows: Sequence[Window]
) -> tuple[Ints, NDArray[np.int32]]:
    """A series of each entity, that with levels in the most windows, and their places there."""
    days = fit.built.names.days
    best: dict[str, tuple[int, int, int, NDArray[np.int32]]] = {}
    order = np.argsort(fit.built.series, kind="stable")
    starts = np.flatnonzero(np.diff(fit.built.series[order], prepend=-1))
    for rows in np.split(order, starts[1:]):
        known = np.unique(fit.built.day[rows[counts[rows]]])
        if not len(known):
            continue
        places = np.full(len(windows), -1, np.int32)
        for k, window in enumerate(windows):
            low, high, near = ((day - _EPOCH).days for day in window)
            inside = known[(known >= low) & (known <= high)]
            if len(inside):
                # Of two as near the later one.
                nearest = inside[len(inside) - 1 - np.argmin(np.abs(inside[::-1] - near))]
                places[k] = np.searchsorted(days, nearest)
        number = int(fit.built.series[rows[0]])
        found = (int((places >= 0).sum()), len(known), -number, places)
        entity = entities[rows[0]]
        if found[0] and (entity not in best or found[:3] > best[entity][:3]):
            best[entity] = found
    chosen = sorted(best.values(), key=lambda found: -found[2])
    numbers = np.array([-found[2] for found in chosen], np.int64)
    asked = np.array([found[3] for found in chosen], np.int32).reshape(len(chosen), len(windows))
    return numbers, asked


def _cell(
    fit: Fit, frame: pl.DataFrame, number: np.int64, days: Ints, place: np.int32
) -> tuple[dt.date | None, tuple[str, ...], tuple[str, ...]]:
    """Last day, claims and sources of a level."""
    if place < 0:
        return None, (), ()
    day = int(days[place])
    rows = np.flatnonzero((fit.built.series == number) & (fit.built.day == day))
    claims = tuple(sorted(frame["claim_id"].gather(rows).to_list()))
    sources = tuple(sorted(set(frame["source"].gather(rows).to_list())))
    return _EPOCH + dt.timedelta(days=day), claims, sources
