"""What `howdah fuse --state` does besides: go on from a state, and leave the next one."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import polars as pl
import pyarrow as pa

from howdah.core.progress import Progress
from howdah.engines import StageTable, output_folder
from howdah.estimates.fusion import (
    WINDOW,
    Claims,
    FusedTable,
    History,
    Options,
    Reviews,
    State,
    StateWriter,
    UpdatedTable,
    digest_of,
    read_groups,
    state_update,
    take_input,
)
from howdah.surfaces.cli.words import counted

#: Why a claim was set aside.
_TOO_OLD = "older than the window that the state keeps: run without --state"


class KeptState:
    """The state of a run: made by it, or read and then replaced.

    Parameters
    ----------
    before
        The state that there was; None makes one.
    """

    def __init__(self, folder: Path, before: State | None, writer: StateWriter) -> None:
        self._folder, self._before, self._writer = folder, before, writer

    @property
    def is_update(self) -> bool:
        """Whether the run goes on from a state."""
        return self._before is not None

    def require(self, options: Options, as_of: dt.date | None) -> None:
        """Raise when the state was made with other options."""
        self._options = options
        self._as_of = None if as_of is None else as_of.isoformat()
        if self._before is not None:
            self._before.require(options, self._as_of)

    def table(
        self, read: StageTable, claims: Claims, reviews: Reviews | None, progress: Progress
    ) -> FusedTable | UpdatedTable:
        """The run over what was read: full where there is no state yet, else an update."""
        history = History() if self._before is None else self._before.history
        if read.n_rows:
            history = take_input(history, digest_of(read.path))
        self._run: FusedTable | UpdatedTable
        if self._before is None:
            self._run = FusedTable(claims, self._options, progress, reviews, self._writer.add)
            learned = self._run.run.learned
            days, tested = learned.coding.names.days, self._run.tested
            self._next = State(learned, self._options, self._as_of, days, tested, history)
        else:
            before = replace(self._before, history=history)
            groups = read_groups(self._folder, before)
            self._run = UpdatedTable(claims, before, groups, self._writer.add, progress, reviews)
        return self._run

    def summary(self) -> dict[str, object]:
        """How the state is, as plain values, once the estimates have been written."""
        if isinstance(self._run, UpdatedTable):
            self._next = self._run.state()
        history = self._next.history
        found: dict[str, object] = {
            "refit_due": self._next.reasons_to_refit(),
            "state": {
                "n_updates": history.n_updates,
                "window_periods": WINDOW,
                "new_sources": list(history.sources),
                "new_segments": list(history.segments),
                "last_anchors_learnt": self._next.learnt_tested.summary(self._options.prob),
                "new_anchors": history.tested.summary(self._options.prob),
            },
        }
        if isinstance(self._run, UpdatedTable):
            found["update"] = {
                "n_new_claims": self._run.n_new_claims,
                "n_new_series": self._run.n_new,
                "n_too_old": self._run.late().height,
                "new_anchors": self._run.tested.summary(self._options.prob),
            }
        return found

    def set_aside(self, quarantine: pa.Table) -> pa.Table:
        """The quarantine with the claims and anchors that are too old to be taken in."""
        if not isinstance(self._run, UpdatedTable):
            return quarantine
        late = self._run.late().select(
            "row",
            column=pl.lit("period"),
            text=pl.col("period").cast(pl.String),
            reason=pl.when("is_truth")
            .then(pl.lit(f"anchor {_TOO_OLD}"))
            .otherwise(pl.lit(_TOO_OLD)),
        )
        both = pa.concat_tables([quarantine, late.to_arrow().cast(quarantine.schema)])
        return both.sort_by("row")

    def commit(self) -> None:
        """Put the next state in force."""
        self._writer.commit(self._next)

    def said(self) -> list[str]:
        """What a person should know of the state, in lines."""
        lines = []
        if isinstance(self._run, UpdatedTable) and (n := self._run.late().height):
            was = "was" if n == 1 else "were"
            lines.append(
                f"{counted(n, 'claim')} came too late and {was} not used: the state has left "
                f"{'its period' if n == 1 else 'their periods'} (quarantine.parquet); the next "
                "run with all claims and a new --state takes them in"
            )
        reasons = self._next.reasons_to_refit()
        if reasons:
            lines.append(f"time to learn anew, with all claims and a new --state: {reasons[0]}")
            if len(reasons) > 1:
                lines[-1] += f" (summary.json has {counted(len(reasons) - 1, 'other reason')})"
        return lines


@contextmanager
def opened_state(folder: Path | None) -> Iterator[KeptState | None]:
    """The state that a run works with; its folder is there whole, or as it was."""
    if folder is None:
        yield None
    elif folder.exists():
        with state_update(folder) as (state, writer):
            yield KeptState(folder, state, writer)
    else:
        with output_folder(folder) as into:
            yield KeptState(folder, None, StateWriter(into.path, 0))
