"""What every stage command does around its work: the engine, the end, and what it says of it."""

import datetime as dt
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import duckdb
import typer

from howdah.core.calendar import parse_date
from howdah.core.errors import InputError
from howdah.core.progress import Progress
from howdah.engines import Check, OutputFolder, StageTable, connect
from howdah.surfaces.cli.answer import QUARANTINED, write_json
from howdah.surfaces.cli.asides import Aside
from howdah.surfaces.cli.progress import working
from howdah.surfaces.cli.words import counted

#: What every stage that reads periods refuses: a year mistyped makes a history of thousands.
IN_TIME = Check(
    "period",
    "{} NOT BETWEEN DATE '1900-01-01' AND DATE '2199-12-31'",
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


def aside_of(read: StageTable) -> Aside:
    """The rows of a file that could not be read or used."""
    return Aside.of(read.quarantine, read.n_rows + len(read.quarantine["row"].unique()))


def require_rows(read: StageTable, verb: str, target: Path, into: OutputFolder) -> None:
    """Refuse a file without any row, or without one that can be used.

    Of rows that cannot be used the quarantine is all that is written, and not even that where
    there is something at the target already.

    Parameters
    ----------
    verb
        What the stage does with rows: "fuse".

    Raises
    ------
    InputError
        There is none; for which reasons rows were set aside, how many for each and an example.
    """
    if read.n_rows:
        return
    aside = aside_of(read)
    if not aside.n:
        raise InputError(
            f"{read.path}: there is no row, so there is nothing to {verb}. Nothing was written; "
            "give a file with at least one."
        )
    is_kept = into.keep_quarantine_alone(read.quarantine)
    where = (
        f"All of them are in {target}/quarantine.parquet, and nothing else was written"
        if is_kept
        else f"Nothing was written, and {target} is as it was"
    )
    told = "; ".join(aside.reasons())
    raise InputError(
        f"{read.path}: of {counted(aside.n, 'row')} none can be used, so there is nothing to "
        f"{verb}. {told}. {where}; mend the file or the options."
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
    aside: Aside | None = None,
) -> None:
    """Say what was written, what was found and what was set aside.

    The summary goes to stdout with `as_json`, the quarantined rows to stderr, with their reasons
    last of all where there is an `aside`; with `strict` they are exit code 3.
    """
    if n_quarantined and aside is None:
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
    if aside is not None:
        sys.stderr.write("".join(f"{line}\n" for line in aside.lines(target)))
    if strict and n_quarantined:
        raise typer.Exit(QUARANTINED)
