"""Logs of activity: batches of unit, product and day from files of any form.

A Parquet file whose columns have the right types is read row group by row group, and costs little
more than its decoding; what is not so is read through the engine, as other stages read theirs.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from howdah.core.errors import FileFormatError, InputError, MissingColumnError
from howdah.engines import Column, read_table
from howdah.engines.scans import form_of, scan, unreadable
from howdah.kernels.activity import Texts, find_days
from howdah.panels.asides import Asides

Longs = NDArray[np.int64]
Small = NDArray[np.int32]

#: Integers or texts.
Ids: TypeAlias = Longs | Small | Texts

#: Days are counted from 1970-01-01, and are below this: 2149-06-06.
END_DAY = 1 << 16

#: Rows that are decoded at once.
TASK_ROWS = 1 << 21

_EPOCH = dt.date(1970, 1, 1)
_REMEDY = "Expected: 'unit', 'product', and 'day' (a date) or 'ts' (a time)."
_TICKS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}

_EMPTY = "empty"
_NO_DAY = "not between 1970-01-01 and 2149-06-05"


class Batch(NamedTuple):
    """Some rows of a log that can be read."""

    path: Path
    first: int  # rows of the file before these
    row: Longs | None  # (n,) number of each, from 1, the header not counted; None: all after first
    unit: Ids
    product: Ids
    day: Small  # (n,) from 1970-01-01 on; -1 of a row that was set aside

    def rows(self, at: Longs) -> Longs:
        """Number of rows of the batch in the file."""
        return self.first + at + 1 if self.row is None else self.row[at]


Task: TypeAlias = Callable[[], list[Batch]]


@dataclass(frozen=True, slots=True)
class LogFile:
    """A file of a log; its head has been read.

    Attributes
    ----------
    is_fast
        Its columns have types that need no parsing.
    time_column
        ``day``, or ``ts`` where there is no ``day``.
    has_number
        For ``unit`` and ``product``, whether they are integers of 64 bits.
    """

    path: Path
    is_fast: bool
    time_column: str
    has_number: dict[str, bool]
    n_rows: int | None = None


class Calendar:
    """Days of instants in a time zone, with days of 23 and 25 hours where the zone has them.

    Raises
    ------
    InputError
        There is no such zone.
    """

    def __init__(self, zone: str) -> None:
        try:
            self._zone = ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise InputError(
                f"There is no time zone {zone!r}. Give one as UTC, Asia/Shanghai or Europe/Berlin."
            ) from None
        self._midnights: Longs | None = None

    def days(self, instants: Longs, unit: str) -> Small:
        """Day of each instant since 1970-01-01 UTC; -1 of one outside the calendar.

        Parameters
        ----------
        unit
            Of the instants: ``s``, ``ms``, ``us`` or ``ns``.
        """
        if self._midnights is None:
            days = (_EPOCH + dt.timedelta(days=d) for d in range(END_DAY + 1))
            self._midnights = np.array(
                [dt.datetime(d.year, d.month, d.day, tzinfo=self._zone).timestamp() for d in days]
            ).astype(np.int64)
        found = np.empty(len(instants), np.int32)
        find_days(instants, _TICKS[unit], self._midnights, found)
        return found


def inspect(paths: Sequence[Path]) -> list[LogFile]:
    """Read the heads of the files of a log.

    Raises
    ------
    FileFormatError
        A file is not there, or not what its ending says.
    MissingColumnError
        One has no unit, product or day.
    """
    return [_inspect(path) for path in paths]


def _inspect(path: Path) -> LogFile:
    if not path.is_file():
        raise FileFormatError(path, "there is no such file.")
    neither = {"unit": False, "product": False}
    if form_of(path)[0] != ".parquet":
        return LogFile(path, is_fast=False, time_column="", has_number=neither)
    try:
        with pq.ParquetFile(path) as file:
            schema, n_rows = file.schema_arrow, file.metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        raise unreadable(path, error) from error
    time_column = _time_column(path, schema.names)
    kinds = {name: schema.field(name).type for name in ("unit", "product", time_column)}
    has_number = {name: _is_number(kinds[name]) for name in neither}
    is_fast = all(has_number[name] or _is_text(kinds[name]) for name in has_number) and (
        pa.types.is_date(kinds[time_column]) or pa.types.is_timestamp(kinds[time_column])
    )
    return LogFile(path, is_fast, time_column, has_number if is_fast else neither, n_rows)


def _time_column(path: Path, names: Sequence[str]) -> str:
    missing = [name for name in ("unit", "product") if name not in names]
    if not {"day", "ts"} & set(names):
        missing.append("day")
    if missing:
        raise MissingColumnError(path, missing, names, _REMEDY)
    return "day" if "day" in names else "ts"


def _is_number(kind: Any) -> bool:  # noqa: ANN401 - Arrow's own type
    return bool(pa.types.is_integer(kind)) and not pa.types.is_uint64(kind)


def _is_text(kind: Any) -> bool:  # noqa: ANN401 - Arrow's own type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


class Reader:
    """Batches of the files of a log.

    Parameters
    ----------
    files
        As `inspect` found them.
    calendar
        Cuts times to days.
    asides
        Takes the rows that cannot be read.

    Attributes
    ----------
    files
        As given.
    has_number
        For ``unit`` and ``product``, whether all files have them as integers; else texts are what
        is compared, and integers are taken as they are written.
    """

    def __init__(
        self,
        engine: duckdb.DuckDBPyConnection,
        files: Sequence[LogFile],
        calendar: Calendar,
        asides: Asides,
    ) -> None:
        self._engine, self.files = engine, files
        self._calendar, self._asides = calendar, asides
        self.has_number = {
            name: all(file.has_number[name] for file in files) for name in ("unit", "product")
        }

    def tasks(self) -> Iterator[tuple[Task, int]]:
        """Work that gives the batches, in the order of the rows, and rows that each will read.

        Tasks of one file may run at the same time; a task is made when it is asked for.
        """
        for file in self.files:
            yield from self.tasks_of(file)

    def tasks_of(self, file: LogFile) -> Iterator[tuple[Task, int]]:
        """Those of one file; of one that is fast, nothing of its rows is read before they run."""
        return self._fast_tasks(file) if file.is_fast else self._engine_tasks(file)

    def _fast_tasks(self, file: LogFile) -> Iterator[tuple[Task, int]]:
        with pq.ParquetFile(file.path) as opened:
            sizes = [opened.metadata.row_group(g).num_rows for g in range(opened.num_row_groups)]
        first, n, groups = 0, 0, list[int]()
        for group, size in enumerate(sizes):
            groups.append(group)
            n += size
            if n >= TASK_ROWS or group == len(sizes) - 1:
                yield self._fast_task(file, groups, first, n), n
                first, n, groups = first + n, 0, []

    def _fast_task(self, file: LogFile, groups: Sequence[int], first: int, n: int) -> Task:
        def read() -> list[Batch]:
            columns = ["unit", "product", file.time_column]
            found, row = [], first
            try:
                with pq.ParquetFile(file.path) as opened:
                    if n <= 2 * TASK_ROWS:
                        # Half the cost of reading in batches, which a huge group is read in.
                        table = opened.read_row_groups(groups, columns, use_threads=False)
                        pieces = table.to_batches()
                    else:
                        pieces = opened.iter_batches(
                            TASK_ROWS, row_groups=groups, columns=columns, use_threads=False
                        )
                    for piece in pieces:
                        found.append(self._batch(file, piece, row))
                        row += len(piece)
            except (pa.ArrowException, OSError) as error:
                raise FileFormatError(
                    file.path,
                    f"row groups {groups[0]} to {groups[-1]} cannot be read: {error}.",
                    "Write the file again, or leave it out.",
                ) from error
            return found

        return read

    def _batch(self, file: LogFile, piece: pa.RecordBatch, first: int) -> Batch:
        row: Longs | None = None
        columns = {name: piece.column(name) for name in ("unit", "product", file.time_column)}
        empty = {name: _is_empty(column) for name, column in columns.items()}
        if any(found is not None for found in empty.values()):
            # Of a row with two faults the first one is told.
            bad = np.zeros(len(piece), np.bool_)
            for name, found in empty.items():
                if found is not None:
                    at = np.flatnonzero(found & ~bad)
                    nothing = pa.nulls(len(at), pa.string())
                    self._asides.add(file.path, first + at + 1, name, nothing, _EMPTY)
                    bad |= found
            kept = np.flatnonzero(~bad)
            row = first + kept + 1
            columns = {name: column.take(pa.array(kept)) for name, column in columns.items()}
        day = self._days(columns[file.time_column])
        batch = Batch(
            file.path, first, row,
            self._ids("unit", columns["unit"]), self._ids("product", columns["product"]), day,
        )  # fmt: skip
        if len(day) and (day.min() < 0 or day.max() >= END_DAY):
            at = np.flatnonzero((day < 0) | (day >= END_DAY))
            texts = columns[file.time_column].take(pa.array(at))
            self._asides.add(file.path, batch.rows(at), file.time_column, texts, _NO_DAY)
            # Left out where rows are packed, as those of unknown units are.
            day = day.copy()
            day[at] = -1
            batch = batch._replace(day=day)
        return batch

    def _ids(self, name: str, column: pa.Array) -> Ids:
        if self.has_number[name]:
            numbers: NDArray[Any] = column.to_numpy(zero_copy_only=False)
            # These are looked up as they stand.
            return numbers if numbers.dtype == np.int32 else numbers.astype(np.int64, copy=False)
        return texts_of(column)

    def _days(self, column: pa.Array) -> Small:
        kind = column.type
        if pa.types.is_timestamp(kind):
            return self._calendar.days(column.view(pa.int64()).to_numpy(), kind.unit)
        if not pa.types.is_date32(kind):
            column = pc.cast(column, pa.date32())
        days: Small = column.view(pa.int32()).to_numpy()
        return days

    def _engine_tasks(self, file: LogFile) -> Iterator[tuple[Task, int]]:
        time_column = file.time_column or _time_column(
            file.path, list(scan(self._engine, file.path).types)
        )
        columns = (
            Column("unit", "text"),
            Column("product", "text"),
            Column(time_column, "date" if time_column == "day" else "timestamp"),
        )
        read = read_table(self._engine, file.path, columns, keep_row=True)
        where = pa.array([str(file.path)] * read.quarantine.num_rows, pa.string())
        self._asides.add_table(read.quarantine.append_column("file", where))
        told = LogFile(file.path, is_fast=False, time_column=time_column, has_number={})
        for piece in self._engine.sql(read.query).to_arrow_reader(TASK_ROWS):
            row = piece.column("row").to_numpy()
            batch = self._batch(told, piece, 0)._replace(row=row)
            yield partial(list, [batch]), len(piece)


def texts_of(column: pa.Array) -> Texts:
    """Texts of a column without nulls, whatever its type."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        column = pc.cast(column, pa.string())
    _, start, data = column.buffers()
    width = np.int64 if pa.types.is_large_string(column.type) else np.int32
    starts = np.frombuffer(start, width)[column.offset : column.offset + len(column) + 1]
    if not len(column):
        starts = np.zeros(1, width)
    return Texts(starts, np.frombuffer(data, np.uint8) if data else np.empty(0, np.uint8))


def take(ids: Ids, at: Longs) -> Ids:
    """Some of the ids."""
    return texts_of(_column(ids).take(pa.array(at))) if isinstance(ids, Texts) else ids[at]


def shown(ids: Ids, at: Longs) -> pa.Array:
    """Some ids as text."""
    return pc.cast(_column(ids).take(pa.array(at)), pa.string())


def _column(ids: Ids) -> pa.Array:
    if not isinstance(ids, Texts):
        return pa.array(ids, pa.int64())
    kind = pa.large_string() if ids.start.dtype == np.int64 else pa.string()
    buffers = [None, pa.py_buffer(ids.start), pa.py_buffer(ids.data)]
    return pa.Array.from_buffers(kind, len(ids.start) - 1, buffers)


def _is_empty(column: pa.Array) -> NDArray[np.bool_] | None:
    """Which cells are null or an empty text; None when none is."""
    is_text = _is_text(column.type) and not pa.types.is_dictionary(column.type)
    found = None
    if column.null_count:
        found = column.is_null().to_numpy(zero_copy_only=False)
    elif is_text and len(column) and not np.diff(texts_of(column).start).all():
        found = np.diff(texts_of(column).start) == 0
    elif pa.types.is_dictionary(column.type):
        found = pc.equal(pc.utf8_length(column.dictionary_decode()), 0)
        found = found.to_numpy(zero_copy_only=False)
        found = found if found.any() else None
    if found is not None and column.null_count and is_text:
        found = found | (np.diff(texts_of(column.fill_null("")).start) == 0)
    return found
