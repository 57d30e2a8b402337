"""Append-only Delta Lake tables: the only form in which howdah keeps what it learnt or derived.

Readers need no lock: they read the version that the last finished commit left. A writer holds
the market's write lock (`claims.lock`) and appends in one commit, so that a fault or a kill
leaves either all of an append or nothing of it.
"""

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import ColumnProperties, DeltaTable, WriterProperties, write_deltalake
from deltalake.exceptions import DeltaError

from howdah.core.errors import StoreError, StoreFullError

#: Row groups small enough that a read of one entity touches little, large enough to compress.
ROW_GROUP_ROWS = 64_000

_UNUSABLE = re.compile(r"[\[\]*?\\\x00-\x1f]|%[0-9A-Fa-f]{2}")

_NO_ROOM = ("No space left", "File too large", "os error 28", "os error 27", "Disk quota")


class AppendOnlyTable:
    """One Delta table that only grows.

    Parameters
    ----------
    path
        Folder of the table; made by the first append.
    schema
        Arrow schema that every append must have.
    plain_columns
        Columns of unique text (digests), written without a dictionary.
    """

    def __init__(
        self, path: Path, schema: pa.Schema, *, plain_columns: tuple[str, ...] = ()
    ) -> None:
        self.path = path
        self.schema = schema
        self._plain_columns = plain_columns

    def exists(self) -> bool:
        """Whether anything was ever appended."""
        return DeltaTable.is_deltatable(self._uri())

    def version(self) -> int:
        """Number of the last commit, -1 before the first."""
        return self._open().version() if self.exists() else -1

    def files(self) -> list[str]:
        """Parquet files of the last commit, for any engine to read."""
        if not self.exists():
            return []
        return [unquote(uri).removeprefix("file://") for uri in self._open().file_uris()]

    def read(self) -> pa.Table:
        """All rows of the last commit; an empty table before the first."""
        # The table library's own reader goes through a file system in Python, whose threads can
        # abort the process as it exits.
        found = [pq.read_table(path, partitioning=None) for path in self.files()]
        if not found:
            return self.schema.empty_table()
        return pa.concat_tables(table.cast(self.schema) for table in found)

    def append(self, rows: pa.Table | pa.RecordBatchReader) -> None:
        """Append rows in one commit; nothing is kept when it fails.

        Raises
        ------
        StoreFullError
            The disk has no room.
        StoreError
            The table could not be written.
        """
        self._write(rows, "append")

    def replace_layout(self, rows: pa.RecordBatchReader) -> None:
        """Rewrite the same rows in another order and file layout, in one commit.

        The caller answers for passing exactly the rows that the table holds. Files of the old
        layout stay for a week, so that a reader that has opened them can finish.
        """
        self._write(rows, "overwrite")
        self._open().vacuum(dry_run=False)

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

    def _write(self, rows: pa.Table | pa.RecordBatchReader, mode: str) -> None:
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
                    mode="overwrite" if mode == "overwrite" else "append",
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
