"""Append-only Delta Lake tables: the only form in which howdah keeps what it learnt or derived.

Readers need no lock: they read the version that the last finished commit left. A writer holds
the market's write lock (`claims.lock`) and appends in one commit, so that a fault or a kill
leaves either all of an append or nothing of it.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
from deltalake import ColumnProperties, DeltaTable, WriterProperties, write_deltalake
from deltalake.exceptions import DeltaError

from howdah.core.errors import StoreError, StoreFullError

#: Row groups small enough that a read of one entity touches little, large enough to compress.
ROW_GROUP_ROWS = 64_000

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

    def __init__(self, path: Path, schema: pa.Schema, *, plain_columns: tuple[str, ...] = ()):
        self.path = path
        self.schema = schema
        self._plain_columns = plain_columns

    def exists(self) -> bool:
        """Whether anything was ever appended."""
        return DeltaTable.is_deltatable(str(self.path))

    def version(self) -> int:
        """Number of the last commit, -1 before the first."""
        return self._open().version() if self.exists() else -1

    def files(self) -> list[str]:
        """Parquet files of the last commit, for any engine to read."""
        return (
            [uri.removeprefix("file://") for uri in self._open().file_uris()]
            if (self.exists())
            else []
        )

    def file_bounds(self, column: str) -> list[tuple[str, str | None, str | None]]:
        """(file, smallest, largest) of a text column, so that a read can skip files.

        A bound is None where the file states none. Long texts are cut in the statistics, the
        upper bound rounded up, so a bound never excludes a value that is there.
        """
        if not self.exists():
            return []
        table = self._open()
        actions = pa.table(table.get_add_actions(flatten=True))
        names = set(actions.schema.names)
        lows = _column_or_nulls(actions, f"min.{column}", names)
        highs = _column_or_nulls(actions, f"max.{column}", names)
        root = self.path.resolve()
        return [
            (str(root / path), low, high)
            for path, low, high in zip(actions["path"].to_pylist(), lows, highs, strict=True)
        ]

    def read(self) -> pa.Table:
        """All rows of the last commit; an empty table before the first."""
        if not self.exists():
            return self.schema.empty_table()
        return pa.table(self._open().to_pyarrow_table()).cast(self.schema)

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
        return DeltaTable(str(self.path))

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
                    str(self.path),
                    rows,
                    mode="overwrite" if mode == "overwrite" else "append",
                    writer_properties=properties,
                )
        except BaseException:
            # What the failed commit had written belongs to no version; only this writer, who
            # holds the lock, can have made it.
            committed = set(self.files())
            for path in set(self.path.glob("*.parquet")) - before:
                if str(path.resolve()) not in committed:
                    path.unlink(missing_ok=True)
            raise


def _column_or_nulls(actions: pa.Table, name: str, names: set[str]) -> list[str | None]:
    values: list[str | None] = (
        actions[name].to_pylist() if name in names else [None] * actions.num_rows
    )
    return values


@contextmanager
def translated_errors(path: Path) -> Iterator[None]:
    """Turn what the table library and the system raise into the store's own errors."""
    try:
        yield
    except (DeltaError, OSError) as error:
        full = isinstance(error, OSError) and error.errno in {
            errno.ENOSPC,
            errno.EFBIG,
            errno.EDQUOT,
        }
        text = " ".join(str(error).split())
        if full or any(sign in text for sign in _NO_ROOM):
            raise StoreFullError(path, text[:160]) from error
        raise StoreError(f"Could not write {path}: {text[:300]}") from error
