"""Growth of all series of a run between two periods, as the table that a stage writes."""

import datetime as dt
from collections.abc import Iterator

import polars as pl
import pyarrow as pa

from howdah.core.errors import InputError
from howdah.core.progress import Progress
from howdah.estimates.aggregates.joint import Levels
from howdah.estimates.aggregates.measures import growth
from howdah.estimates.aggregates.trust import NO_TRUST, learn_trust
from howdah.estimates.fusion import FusedTable

_EPOCH = dt.date(1970, 1, 1)

#: Periods that a message names on each side of one that is not known.
_N_NEAR = 2

_SCHEMA = pa.schema(
    [
        ("series", pa.string()),
        ("period_from", pa.date32()),
        ("period_to", pa.date32()),
        *((name, pa.float64()) for name in ("value", "lower", "upper", "prob")),
        ("method", pa.string()),
    ]
)


class GrowthTable:
    """Growth of the series of a run that have a level in both periods, in percent.

    The series are solved once more, for what their two levels have in common: house effects, which
    stand in both, cancel. `measures.growth` has the equations.

    Parameters
    ----------
    fused
        A run; its estimates need not have been read.

    Attributes
    ----------
    n_series, n_outside
        Series with a level in both periods and without, once the table has been read.

    Raises
    ------
    InputError
        The periods are not in order, no claim speaks of one of them, or the run is not on the log
        scale.
    """

    def __init__(
        self, fused: FusedTable, before: dt.date, after: dt.date, progress: Progress
    ) -> None:
        self._fused, self._periods, self._progress = fused, (before, after), progress
        self.n_series = self.n_outside = 0
        if fused.run.learned.coding.scale != "log":
            raise InputError(
                f"Growth in percent needs levels on the log scale, and this run has "
                f"{fused.run.learned.coding.scale}. Leave out --growth or --scale."
            )
        if before >= after:
            raise InputError(f"Growth from {before} to {after}: give the earlier period first.")
        known = [
            _EPOCH + dt.timedelta(days=int(day)) for day in fused.run.learned.coding.names.days
        ]
        for period in self._periods:
            if period not in known:
                raise InputError(
                    f"Growth from {before} to {after}: no claim speaks of {period}. "
                    f"Periods near it: {_near(known, period)}."
                )

    def read(self) -> pa.RecordBatchReader:
        """The table, in order of series."""
        return pa.RecordBatchReader.from_batches(_SCHEMA, self._batches())

    def _batches(self) -> Iterator[pa.RecordBatch]:
        self._progress("growth", 0, 1)
        run = self._fused.run
        trust = NO_TRUST
        if run.learned.calibration.is_calibrated:
            trust = learn_trust(Levels.of(run, self._fused.sample()))
        for numbered in self._fused.numbered():
            levels = Levels.of(run, numbered)
            names = levels.covering(*self._periods)
            self.n_series += len(names)
            self.n_outside += len(numbered.series) - len(names)
            if not len(names):
                continue
            joint = levels.join(names, self._periods)
            found = growth(joint, *self._periods, trust).with_columns(
                period_from=pl.lit(self._periods[0]), period_to=pl.lit(self._periods[1])
            )
            yield from found.select(_SCHEMA.names).to_arrow().cast(_SCHEMA).to_batches()
        self._progress("growth", 1, 1)


def _near(known: list[dt.date], period: dt.date) -> str:
    earlier = [day for day in known if day < period][-_N_NEAR:]
    later = [day for day in known if day > period][:_N_NEAR]
    return ", ".join(day.isoformat() for day in (*earlier, *later)) or "there are none"
