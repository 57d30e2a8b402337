"""The folder of a state, which later runs go on from: read, locked, and replaced at once.

``state.json`` holds what was learnt, the options and the history, and names the table of series
(`kept`), ``series-NNNNNN.parquet``; ``residuals.parquet`` is the truth that calibrated it. An
update writes the next table beside the one that is in use, and then replaces ``state.json``, which
is one rename: whenever it ends, the folder is the old state or the new one, and what is left of an
unfinished table is removed by the next update. A lock keeps two updates apart.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from howdah.core.errors import FileFormatError, InputError, StoreBusyError
from howdah.estimates.fusion.calibration import Residuals
from howdah.estimates.fusion.kept import SCHEMA
from howdah.estimates.fusion.results import METHOD
from howdah.estimates.fusion.state import State, state_as_json, state_from_json

#: Changes when an older state can no longer be read.
_FORMAT = 4

_JSON = "state.json"
_RESIDUALS = "residuals.parquet"

_SHORT = ("houses", "source", "period", "cutoff", "published_at")

#: Columns whose values repeat; dictionaries of the others would only take time.
_REPEATING = ["segment", "size", "start", "steps", *(f"{x}.list.element" for x in _SHORT)]

#: Series that are written, and later read and solved, together: what is done once a group costs
#: as much as some thousand series.
GROUP_SERIES = 40_000

_REMEDY = "Run with all claims and a new --state; nothing was changed."


class StateWriter:
    """Writes the series of a state, group by group, and then puts it in force."""

    def __init__(self, folder: Path, number: int) -> None:
        self.folder = folder
        self.table = f"series-{number:06}.parquet"
        self._groups: list[str] = []
        self._held: list[pa.Table] = []
        self._writer = pq.ParquetWriter(
            folder / self.table, SCHEMA, compression="lz4", use_dictionary=_REPEATING
        )

    def add(self, rows: pa.Table) -> None:
        """Write series that come after those that were written; among themselves in any order."""
        self._held.append(rows)
        if sum(held.num_rows for held in self._held) >= GROUP_SERIES:
            self._write_held()

    def _write_held(self) -> None:
        rows = pa.concat_tables(self._held) if self._held else SCHEMA.empty_table()
        self._held = []
        n_parts = max(round(rows.num_rows / GROUP_SERIES), 1)
        if n_parts > 1:
            rows = rows.sort_by("series")
        for part in np.array_split(np.arange(rows.num_rows), n_parts):
            if len(part):
                group = rows.slice(int(part[0]), len(part))
                self._groups.append(pc.min(group.column("series")).as_py())
                self._writer.write_table(group, row_group_size=len(part))

    def commit(self, state: State) -> None:
        """Put the series and the rest in force, in one rename."""
        self._write_held()
        self._writer.close()
        _sync(self.folder / self.table)
        residuals = self.folder / _RESIDUALS
        if not residuals.exists():
            pl.DataFrame(state.learned.residuals._asdict()).write_parquet(residuals)
            _sync(residuals)
        written = replace(state, table=self.table, groups=tuple(self._groups))
        partial = self.folder / f"{_JSON}.partial"
        values = {"format": _FORMAT, "method": METHOD, **state_as_json(written)}
        text = json.dumps(values, ensure_ascii=False, indent=1, allow_nan=False)
        partial.write_text(text + "\n", encoding="utf-8")
        _sync(partial)
        partial.replace(self.folder / _JSON)
        _sync(self.folder)
        for path in self.folder.glob("series-*.parquet"):
            if path.name != self.table:
                path.unlink(missing_ok=True)

    def abandon(self) -> None:
        """Leave the state as it was."""
        with suppress(OSError):
            self._writer.close()
        (self.folder / self.table).unlink(missing_ok=True)


@contextmanager
def state_update(folder: Path) -> Iterator[tuple[State, StateWriter]]:
    """A state that nobody else updates meanwhile, and a writer of the next one.

    Raises
    ------
    StoreBusyError
        Another run updates it.
    InputError
        It is none, or one that this version cannot read.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is a file; a state is a folder. Name another --state.")
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StoreBusyError(folder, "another howdah fuse") from None
        state = read_state(folder)
        writer = StateWriter(folder, int(state.table[7:13]) + 1)
        try:
            yield state, writer
        except BaseException:
            writer.abandon()
            raise
    finally:
        os.close(handle)


def read_state(folder: Path) -> State:
    """The state in a folder; its series are read by `read_groups`."""
    path = folder / _JSON
    if not path.is_file():
        raise InputError(
            f"{folder} holds no state of howdah fuse: it has no {_JSON}. "
            "Name a folder that does not exist, and give all claims to make one."
        )
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        made = found["format"], found["method"]
    except (ValueError, KeyError, TypeError) as error:
        raise FileFormatError(path, f"is damaged ({error}).", _REMEDY) from error
    if made != (_FORMAT, METHOD):
        raise InputError(
            f"{folder} was made by another version of howdah (format {made[0]}, method {made[1]}; "
            f"this one reads format {_FORMAT}, method {METHOD}). {_REMEDY}"
        )
    try:
        residuals = pl.read_parquet(folder / _RESIDUALS)
        state = state_from_json(
            found, Residuals(*(residuals[n].to_numpy() for n in Residuals._fields))
        )
        with pq.ParquetFile(folder / state.table) as table:
            fits = table.schema_arrow.equals(SCHEMA) and table.num_row_groups == len(state.groups)
    except (
        ValueError,
        KeyError,
        TypeError,
        OSError,
        pa.ArrowException,
        pl.exceptions.PolarsError,
    ) as error:
        raise FileFormatError(folder, f"is a damaged state ({error}).", _REMEDY) from error
    if not fits:
        raise FileFormatError(folder, f"is a damaged state ({state.table} is another).", _REMEDY)
    return state


def read_groups(folder: Path, state: State) -> Iterator[pa.Table]:
    """The series of a state, group by group."""
    try:
        with pq.ParquetFile(folder / state.table) as table:
            for n in range(table.num_row_groups):
                yield table.read_row_group(n)
    except (OSError, pa.ArrowException) as error:
        raise FileFormatError(folder, f"is a damaged state ({error}).", _REMEDY) from error


def digest_of(path: Path) -> str:
    """What tells one input from another."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:32]


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
