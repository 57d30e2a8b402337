"""Append-only Delta Lake tables: the only form in which howdah keeps what it learnt or derived.

Readers need no lock: they read the version that the last finished commit left. A writer holds
the market's write lock (`claims.lock`) and appends in one commit, so that a fault or a kill
leaves either all of an append or nothing of it.
"""

import datetime as dt
import errno
import json
import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from deltalake import ColumnProperties, DeltaTable, WriterProperties, write_deltalake
from deltalake.exceptions import DeltaError
from deltalake.transaction import AddAction

from howdah.core.errors import StoreError, StoreFullError

#: Row groups small enough that a read of one entity touches little, large enough to compress.
ROW_GROUP_ROWS = 65_536

#: Pages small enough that a read of one entity unpacks few rows that it does not want.
PAGE_BYTES = 65_536

#: Commits tell times to the millisecond, cut off.
_CUT = dt.timedelta(milliseconds=1)

_UNUSABLE = re.compile(r"[\[\]*?\\\x00-\x1f]|%[0-9A-Fa-f]{2}")

_NO_ROOM = ("No space left", "File too large", "os error 28", "os error 27", "Disk quota")


@dataclass(frozen=True, slots=True)
class _File:
    """A file of a table, and what its commit says of the values in it."""

    path: str
    bounds: Mapping[str, Any]

    def begins_after(self, column: str, instant: dt.datetime) -> bool:
        least = self.bounds.get(f"min.{column}")
        # A file that was written again says nothing of its values.
        return least is not None and least > instant

    def may_hold(self, column: str, instant: dt.datetime) -> bool:
        most = self.bounds.get(f"max.{column}")
        ends_before = most is not None and most + _CUT < instant
        return not self.begins_after(column, instant) and not ends_before


class AppendOnlyTable:
    """One Delta table that only grows.

    Parameters
    ----------
    path
        Folder of the table; made by the first append.
    schema
        Arrow schema that every append must have. It may gain columns: they are null in rows
        that were appended before.
    plain_columns
        Columns of unique text (digests), written without a dictionary.
    """

    def __init__(
        self, path: Path, schema: pa.Schema, *, plain_columns: tuple[str, ...] = ()
    ) -> None:
        self.path = path
        self.schema = schema
        self._plain_columns = plain_columns
        self._seen: tuple[str, ...] = ()
        self._files: list[_File] = []

    def exists(self) -> bool:
        """Whether anything was ever appended."""
        return bool(self._commits())

    def version(self) -> int:
        """Number of the last commit, -1 before the first."""
        return self._open().version() if self.exists() else -1

    def files(self) -> list[str]:
        """Parquet files of the last commit, for any engine to read."""
        return [file.path for file in self._listed()]

    def files_until(self, column: str, instant: dt.datetime) -> list[str]:
        """Those that may hold a row whose `column`, a time, is not after `instant`."""
        return [f.path for f in self._listed() if not f.begins_after(column, instant)]

    def read(self, *, at: tuple[str, dt.datetime] | None = None) -> pa.Table:
        """Rows of the last commit; an empty table before the first.

        Parameters
        ----------
        at
            A column of times, and the one whose rows alone are read; None reads all.
        """
        files = self._listed()
        if at is not None:
            column, instant = at
            files = [f for f in files if f.may_hold(column, instant)]
        # The table library's own reader goes through a file system in Python, whose threads can
        # abort the process as it exits.
        found = [pq.read_table(file.path, partitioning=None) for file in files]
        if not found:
            return self.schema.empty_table()
        table = pa.concat_tables(self._completed(table) for table in found)
        return table if at is None else table.filter(pc.equal(table[column], instant))

    def _completed(self, table: pa.Table) -> pa.Table:
        """Rows as of the schema; a column that came later is null in the rows before it."""
        for field in self.schema:
            if field.name not in table.column_names:
                table = table.append_column(field, pa.nulls(len(table), field.type))
        return table.select(self.schema.names).cast(self.schema)

    def append(self, rows: pa.Table | pa.RecordBatchReader) -> None:
        """Append rows in one commit; nothing is kept when it fails.

        Raises
        ------
        StoreFullError
            The disk has no room.
        StoreError
            The table could not be written.
        """
        self._write(rows)

    def rewrite(self, rows: pa.RecordBatchReader) -> None:
        """Write the same rows again as one file, in the order given, in one commit.

        The table library's own writer mixes the order of the rows that it is given, which is
        why this one does not use it. Files of the old layout stay for a week, so that a reader
        that has opened them can finish.

        Parameters
        ----------
        rows
            Exactly the rows that the table holds.

        Raises
        ------
        StoreFullError
            The disk has no room.
        StoreError
            The file could not be written, or `rows` are not as many as the table holds.
        """
        path = self.path / f"part-{uuid.uuid4()}.zstd.parquet"
        try:
            with translated_errors(self.path):
                with pq.ParquetWriter(
                    path,
                    self.schema,
                    compression="zstd",
                    use_dictionary=[n for n in self.schema.names if n not in self._plain_columns],
                    data_page_size=PAGE_BYTES,
                    write_batch_size=1024,
                ) as writer:
                    for batch in rows:
                        writer.write_batch(batch.cast(self.schema), ROW_GROUP_ROWS)
                self._commit_layout(path)
                self._open().vacuum(dry_run=False)
        except BaseException:
            if str(path) not in self.files():
                path.unlink(missing_ok=True)
            raise

    def _commit_layout(self, path: Path) -> None:
        n_rows = pq.read_metadata(path).num_rows
        n_held = sum(pq.read_metadata(file).num_rows for file in self.files())
        if n_rows != n_held:
            raise StoreError(
                f"{self.path}: the new layout has {n_rows} of {n_held} rows; nothing was changed."
            )
        written = path.stat()
        action = AddAction(
            path=path.name,
            size=written.st_size,
            partition_values={},
            modification_time=written.st_mtime_ns // 1_000_000,
            data_change=False,
            stats=json.dumps({"numRecords": n_rows}),
        )
        table = self._open()
        table.create_write_transaction([action], "overwrite", table.schema())

    def _commits(self) -> tuple[str, ...]:
        """Names of the files of the log: another commit is another name."""
        # What is being written has a name of its own until it counts.
        return tuple(sorted(path.name for path in (self.path / "_delta_log").glob("[0-9]*")))

    def _listed(self) -> list["_File"]:
        """Files of the last commit, listed anew when there is another one."""
        commits = self._commits()
        if commits != self._seen:
            self._files = self._list() if commits else []
            self._seen = commits
        return self._files

    def _list(self) -> list["_File"]:
        table = self._open()
        actions = pa.table(table.get_add_actions(flatten=True)).to_pylist()
        bounds = {Path(unquote(action["path"])).name: action for action in actions}
        paths = [unquote(uri).removeprefix("file://") for uri in table.file_uris()]
        return [_File(path, bounds[Path(path).name]) for path in paths]

    def _open(self) -> DeltaTable:
        return DeltaTable(self._uri())

    def _uri(self) -> str:
        path = self.path.resolve()
        if _UNUSABLE.search(str(path)):
            raise StoreError(
                f"{path}: the table library cannot use a folder whose name holds '[', ']', '*', "
                "'?' or an escape such as '%20'. Rename the folder."
            )
        return path.as_uri()

    def _write(self, rows: pa.Table | pa.RecordBatchReader) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        properties = WriterProperties(
            compression="ZSTD",
            max_row_group_size=ROW_GROUP_ROWS,
            column_properties={
                name: ColumnProperties(dictionary_enabled=False) for name in self._plain_columns
            },
        )
        before = set(self.path.glob("*.parquet"))
        try:
            with translated_errors(self.path):
                write_deltalake(
                    self._uri(),
                    rows,
                    mode="append",
                    schema_mode="merge",
                    writer_properties=properties,
                )
        except BaseException:
            # What the failed commit had written belongs to no version; only this writer, who
            # holds the lock, can have made it.
            committed = {Path(file).name for file in self.files()}
            for path in set(self.path.glob("*.parquet")) - before:
                if path.name not in committed:
                    path.unlink(missing_ok=True)
            raise


@contextmanager
def translated_errors(path: Path, *, only_full: bool = False) -> Iterator[None]:
    """Turn what the table library, the engine and the system raise into the store's own errors.

    Parameters
    ----------
    only_full
        Let through whatever is not a lack of room.
    """
    try:
        yield
    except (DeltaError, OSError, duckdb.Error, pa.ArrowException) as error:
        full = isinstance(error, OSError) and error.errno in {
            errno.ENOSPC,
            errno.EFBIG,
            errno.EDQUOT,
        }
        text = " ".join(str(error).split())
        if full or any(sign in text for sign in _NO_ROOM):
            raise StoreFullError(path, text[:160]) from error
        if only_full:
            raise
        raise StoreError(f"Could not write {path}: {text[:300]}") from error
