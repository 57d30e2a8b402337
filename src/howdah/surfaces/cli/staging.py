"""What every stage command does around its work: the engine, the end, and what it says of it."""

import datetime as dt
import signal
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import duckdb
import typer

from howdah.core.calendar import parse_date
from howdah.core.errors import InputError
from howdah.core.progress import Progress
from howdah.engines import Check, StageTable, connect
from howdah.surfaces.cli.answer import QUARANTINED, write_json
from howdah.surfaces.cli.progress import working
from howdah.surfaces.cli.words import counted

#: What tells faults of a quarantine apart, and how many of them an error names.
_FAULT, _MOST_FAULTS = ("column", "reason"), 4

#: What every stage that reads periods refuses: a year mistyped makes a history of thousands.
IN_TIME = Check(
    "period",
    "{period} NOT BETWEEN DATE '1900-01-01' AND DATE '2199-12-31'",
    "not between 1900 and 2199: check the year",
)


@contextmanager
def staged(label: str) -> Iterator[tuple[duckdb.DuckDBPyConnection, Progress]]:
    """An engine to read with, and what the work reports its steps to.

    A request to end, as of a batch system at its time limit, ends the stage as an interrupt does,
    so that nothing half-written is left.

    Parameters
    ----------
    label
        What is being done, for the bar.
    """
    before = signal.signal(signal.SIGTERM, _end)
    try:
        with working(label) as progress, connect() as engine:
            yield engine, progress
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def stage_date(text: str | None) -> dt.date | None:
    """The date of ``--as-of``; None when it is not given."""
    return None if text is None else parse_date(text, today=dt.datetime.now(dt.UTC).date())


def require_rows(read: StageTable, verb: str) -> None:
    """Refuse a file without any row, or without one that can be used.

    Parameters
    ----------
    verb
        What the stage does with rows: "fuse".

    Raises
    ------
    InputError
        There is none; for which reasons rows were set aside, and how many for each.
    """
    if read.n_rows:
        return
    faults = Counter(
        (row["column"], row["reason"]) for row in read.quarantine.select(list(_FAULT)).to_pylist()
    )
    if not faults:
        raise InputError(
            f"{read.path}: there is no row, so there is nothing to {verb}. Nothing was written; "
            "give a file with at least one."
        )
    n_rows = len(read.quarantine.column("row").unique())
    told = "; ".join(
        f"{counted(n, 'row')}: column {column!r}, {reason}"
        for (column, reason), n in faults.most_common(_MOST_FAULTS)
    )
    raise InputError(
        f"{read.path}: of {counted(n_rows, 'row')} none can be used, so there is nothing to "
        f"{verb}. {told}. Nothing was written; mend the file or the options."
    )


def finish(
    target: Path,
    summary: Mapping[str, object],
    n_quarantined: int,
    *,
    said: Sequence[str],
    as_of: dt.date | None,
    strict: bool,
    as_json: bool,
) -> None:
    """Say what was written, what was found and what was set aside.

    The summary goes to stdout with `as_json`, the quarantined rows to stderr; with `strict` they
    are exit code 3.
    """
    if n_quarantined:
        sys.stderr.write(
            f"{counted(n_quarantined, 'row')} could not be read; "
            f"each is in {target}/quarantine.parquet with its place (rows count from 1, the header "
            "does not) and reason\n"
        )
    if as_json:
        data = {"out": target.resolve(), "n_quarantined": n_quarantined, **summary}
        write_json(data, as_of=as_of)
    else:
        sys.stderr.write("".join(f"{line}\n" for line in (f"wrote {target}", *said)))
    if strict and n_quarantined:
        raise typer.Exit(QUARANTINED)
