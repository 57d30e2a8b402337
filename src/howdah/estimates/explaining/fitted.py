"""One cell in the fit that gave its level: its series alone, and which claims its rows are."""

import datetime as dt
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.core.estimate import OTHER_PARTY, Estimate
from howdah.core.metrics import Scale
from howdah.estimates.fits import Fit, fit_levels
from howdah.estimates.fusion.solving import take_series
from howdah.estimates.models import Models
from howdah.kernels import Model, Panel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Cell(NamedTuple):
    """One period of a series; the series itself is that of the observations."""

    valid_from: dt.date
    valid_to: dt.date
    precision: str
    object: str = ""

    @classmethod
    def of(cls, estimate: Estimate, observations: pl.DataFrame) -> "Cell":
        """The cell of an estimate, with the other party that its note names.

        Parameters
        ----------
        observations
            Of its series.
        """
        period = estimate.period
        assert period.start is not None
        assert period.end is not None
        cell = cls(period.start, period.end, period.precision)
        parties = observations.filter(cell.is_own_period())["object"].unique().to_list()
        named = [p for p in parties if p and estimate.note.startswith(OTHER_PARTY + p)]
        return cell._replace(object=max(named, key=len, default=""))

    def is_own_period(self) -> pl.Expr:
        """Whether a row is of this period, of whatever other party."""
        return (
            (pl.col("valid_from") == self.valid_from)
            & (pl.col("valid_to") == self.valid_to)
            & (pl.col("precision") == self.precision)
        )

    def is_own(self) -> pl.Expr:
        """Whether a row is of this cell."""
        return self.is_own_period() & (pl.col("object") == self.object)


class Fitted(NamedTuple):
    """The series of a cell as it was fused.

    Attributes
    ----------
    coded, solved
        Claims of the series as they were given to the solver, and as the level was found from
        them: without those that were left out. Additive scale, in units of `unit`.
    period
        Index of the cell's period.
    unit
        Unit of the additive scale: 1 on the log and logit scale.
    claim_ids
        Of each row of the panels: one, or several anchors that state a period.
    reason, factor
        Of each row, as in `fusion.Solved`.
    """

    scale: Scale
    model: Model
    coded: Panel
    solved: Panel
    period: int
    unit: float
    claim_ids: tuple[tuple[str, ...], ...]
    reason: NDArray[np.int8]
    factor: Floats


def find_cell(observations: pl.DataFrame, models: Models, cell: Cell) -> Fitted | None:
    """The fit of a cell; None where no level of it was formed.

    Parameters
    ----------
    observations
        Of one series (one entity, metric, definition, unit and currency), with ``suspect``.
    """
    for fit in fit_levels(observations, models):
        found = _in_fit(fit, cell)
        if found is not None:
            return found
    return None


def _in_fit(fit: Fit, cell: Cell) -> Fitted | None:
    built, coded, solved = fit.built, fit.coded, fit.solved
    frame = fit.rows.frame
    own = np.flatnonzero(frame[built.rows].select(cell.is_own()).to_series().to_numpy())
    is_closed = fit.rows.is_closed[built.rows[own]]
    if not is_closed.any():
        # Of bounds alone no level is shown, even where the series has one.
        return None
    series = built.series[own[:1]]
    day = int(built.day[own[0]])
    panel, rows = take_series(coded.panel, series)
    used, _ = take_series(solved.panel, series)
    ids = frame["claim_id"][built.rows].to_list()
    named: list[tuple[str, ...]] = []
    is_truth = np.ones(len(built.rows), np.bool_)
    is_truth[built.claims] = False
    for row in rows:
        place = coded.row[row]
        if place >= 0:
            named.append((ids[built.claims[place]],))
            continue
        when = built.names.days[coded.panel.period[row]]
        same = is_truth & (built.series == series[0]) & (built.day == when)
        named.append(tuple(ids[n] for n in np.flatnonzero(same)))
    return Fitted(
        fit.scale,
        fit.learned.model,
        panel,
        used,
        int(np.searchsorted(built.names.days, day)),
        float(built.unit[series[0]]),
        tuple(named),
        solved.reason[rows],
        solved.factor[rows],
    )
