"""Tables: the input file of a stage, as typed rows and the rows that cannot be read.

A stage declares its columns; `read_table` reads a Parquet, CSV or JSON lines file to them. A file
without a column, or with one that holds something else, is an error; a row that cannot be read
goes to the quarantine, with its place, text and reason, and the others are read.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb
import pyarrow as pa

from howdah.core.errors import ColumnTypeError, MissingColumnError
from howdah.engines.local import quoted, text_literal
from howdah.engines.numbers import cut_remedy, number_remedy, whole_remedy
from howdah.engines.periods import date_remedy
from howdah.engines.remedies import with_remedies
from howdah.engines.scans import Scan, scan, unreadable

Kind = Literal["text", "date", "float", "int", "bool", "timestamp"]

#: Columns of a quarantine.
QUARANTINE_SCHEMA = pa.schema(
    [("row", pa.int64()), ("column", pa.string()), ("text", pa.string()), ("reason", pa.string())]
)

_EMPTY = "empty"
_NOT_FINITE = "not finite"

#: What a column of each kind should hold, in words.
_EXPECTED = {
    "text": "text",
    "date": "a date such as 2024-01-31",
    "float": "a number",
    "int": "a whole number",
    "bool": "true or false",
    "timestamp": "a time such as 2024-01-31T12:00:00Z",
}

#: What to write instead, by why a cell or a record cannot be read.
_REMEDIES = {
    f"not {_EXPECTED['date']}": date_remedy,
    f"not {_EXPECTED['float']}": number_remedy,
    f"not {_EXPECTED['int']}": whole_remedy,
    "too many columns": cut_remedy,
}

#: Types of a Parquet file that a kind is read from, by how the engine calls them; text always is.
_INTEGERS = (
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT",
    "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT",
)  # fmt: skip
_NUMBERS = (*_INTEGERS, "FLOAT", "DOUBLE", "DECIMAL")
_TAKEN: dict[str, tuple[str, ...]] = {
    "text": (*_INTEGERS, "ENUM", "UUID"),
    "date": ("DATE", "TIMESTAMP"),
    "float": _NUMBERS,
    "int": _NUMBERS,
    "bool": ("BOOLEAN",),
    "timestamp": ("TIMESTAMP", "DATE"),
}

#: What columns of other types hold, in words.
_HOLDS = {
    "DATE": "dates", "TIMESTAMP": "times", "TIME": "times of day", "BOOLEAN": "true and false",
    "VARCHAR": "text", "BLOB": "bytes",
}  # fmt: skip

#: Types that the values of each kind have.
_TYPES = {
    "text": "VARCHAR",
    "date": "DATE",
    "float": "DOUBLE",
    "int": "BIGINT",
    "bool": "BOOLEAN",
    "timestamp": "TIMESTAMP",
}

_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a stage reads.

    Attributes
    ----------
    kind
        Dates and times are ISO, times in UTC unless they say otherwise. A NaN is no number, like
        an empty cell; an infinity cannot be read.
    is_required
        The file must have it; one that is absent and need not be is null throughout.
    is_nullable
        Its cells may be empty; otherwise a row with an empty one goes to the quarantine.
    """

    name: str
    kind: Kind
    is_required: bool = True
    is_nullable: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """What a row must not be, beyond what its cells can be read as.

    Attributes
    ----------
    column
        Column that is at fault.
    fault
        SQL that is true of a row at fault, with the columns in braces, ``"{value} <= 0"``, and
        `column` itself as empty ones, ``"{} <= 0"``.
    reason
        Why it cannot be used, and what would do.
    """

    column: str
    fault: str
    reason: str


@dataclass(frozen=True, slots=True)
class StageTable:
    """An input file, read.

    Attributes
    ----------
    query
        SQL of the good rows in the file's order: the declared columns, then the kept ones. It
        holds as long as the engine is open, so a caller may stream or aggregate it.
    columns
        Names of the columns of `query`.
    present
        Names of the columns that the file has.
    n_rows
        Good rows.
    quarantine
        ``row`` (from 1, the header not counted), ``column``, ``text``, ``reason``.
    """

    engine: duckdb.DuckDBPyConnection
    path: Path
    query: str
    columns: tuple[str, ...]
    present: frozenset[str]
    n_rows: int
    quarantine: pa.Table

    def table(self) -> pa.Table:
        """All good rows."""
        return self.engine.sql(self.query).to_arrow_table()

    def reader(self) -> pa.RecordBatchReader:
        """The good rows in batches."""
        return self.engine.sql(self.query).to_arrow_reader()


def read_table(
    engine: duckdb.DuckDBPyConnection,
    path: Path,
    columns: Sequence[Column],
    *,
    checks: Sequence[Check] = (),
    keep_extra: bool = False,
    keep_row: bool = False,
) -> StageTable:
    """Read a file to declared columns.

    Parameters
    ----------
    engine
        An open engine; it holds the rows of a text file, and spills what memory cannot.
    path
        ``.parquet``, ``.csv`` or ``.jsonl``; the last two also with ``.gz`` or ``.zst``.
    columns
        What the stage reads.
    checks
        Rows whose cells can be read and that still cannot be used.
    keep_extra
        Keep the file's other columns too: as text, or in a Parquet file's own types.
    keep_row
        Add ``row``, from 1, the header not counted, for a stage that sets rows aside itself.

    Raises
    ------
    FileFormatError
        The file is not there, or not what its ending says.
    MissingColumnError
        A required column is missing.
    ColumnTypeError
        A column holds another type, or no cell that can be read.
    """
    source = scan(engine, path)
    name = f"stage_table_{next(_numbers)}"
    extra = [x for x in source.types if x not in {c.name for c in columns}] if keep_extra else []
    # Text is parsed once; the rows of a Parquet file are read from it each time.
    made = "TABLE" if source.is_text else "VIEW"
    select = _typed(path, source, columns, extra)
    try:
        engine.execute(f"CREATE TEMP {made} {name} AS {select}").fetchall()
        read = " AND ".join(["broken IS NULL", *(f"s{n}" for n in range(len(columns)))])
        places = _places(columns)
        faults = [check.fault.format(places[check.column], **places) for check in checks]
        good = " AND ".join([read, *(f"({fault}) IS NOT TRUE" for fault in faults)])
        n_rows, n_good = _count(engine, path, name, columns, source, good)
        quarantine = QUARANTINE_SCHEMA.empty_table()
        if n_good < n_rows or source.rejects is not None:
            unusable = _unusable(name, read, checks, columns)
            quarantine = with_remedies(
                _quarantine(engine, name, source, columns, unusable), _REMEDIES
            )
    except duckdb.Error as error:
        raise unreadable(path, error) from error
    shown = [f"c{n} AS {quoted(c.name)}" for n, c in enumerate(columns)]
    shown += [f"x{n} AS {quoted(x)}" for n, x in enumerate(extra)]
    shown += ["row"] if keep_row else []
    # Where all rows are good, later reads need not look at columns that they do not show.
    where = f" WHERE {good}" if n_good < n_rows else ""
    return StageTable(
        engine=engine,
        path=path,
        query=f"SELECT {', '.join(shown)} FROM {name}{where}",
        columns=(*(c.name for c in columns), *extra, *(("row",) if keep_row else ())),
        present=frozenset(source.types),
        n_rows=n_good,
        quarantine=quarantine,
    )


def _places(columns: Sequence[Column]) -> dict[str, str]:
    """Where the value of each column is in the table of a file."""
    return {column.name: f"c{n}" for n, column in enumerate(columns)}


def _unusable(
    name: str, read: str, checks: Sequence[Check], columns: Sequence[Column]
) -> list[str]:
    """SQL of the rows at fault by each check, the first of a row counting."""
    places = _places(columns)
    parts, before = [], ""
    for check in checks:
        fault = check.fault.format(places[check.column], **places)
        parts.append(
            f"SELECT row, {text_literal(check.column)} AS fault_column, "
            f"coalesce({places[check.column]}::VARCHAR, '') AS text, "
            f"{text_literal(check.reason)} AS reason FROM {name} "
            f"WHERE {read}{before} AND ({fault})"
        )
        before += f" AND ({fault}) IS NOT TRUE"
    return parts


def _typed(path: Path, source: Scan, columns: Sequence[Column], extra: Sequence[str]) -> str:
    """SQL of each row: its number, and of each column the value, its fault and its text then.

    ``s`` is whether there is no fault; of columns that hold their type already it is no more than
    the least test, because half a billion cells go through it.
    """
    # A file of JSON lines without a line names no column, and lacks none.
    if source.types or not source.is_text:
        missing = [c.name for c in columns if c.is_required and c.name not in source.types]
        if missing:
            raise MissingColumnError(path, missing, tuple(source.types), _remedy(columns, missing))
    shown = ["row", "broken"]
    for n, column in enumerate(columns):
        cell = source.cells.get(column.name, "NULL::VARCHAR")
        kind = source.types.get(column.name, "VARCHAR")
        if not _is_taken(column.kind, kind):
            raise ColumnTypeError(path, column.name, _spoken(kind), _EXPECTED[column.kind])
        value, fault = _read(column, cell)
        sound = f"f{n} IS NULL"
        if _is_own(column, source):
            value, sound = _own(column, source)
        shown += [
            f"{value} AS c{n}",
            f"CASE WHEN broken IS NULL THEN {fault} END AS f{n}",
            f"{sound} AS s{n}",
            f"CASE WHEN f{n} IS NOT NULL THEN {cell}::VARCHAR END AS r{n}",
        ]
    shown += [f"{source.cells[x]} AS x{n}" for n, x in enumerate(extra)]
    return f"SELECT {', '.join(shown)} FROM ({source.query})"


def _is_own(column: Column, source: Scan) -> bool:
    """Whether every cell of a column has the type of its kind already, or it has none."""
    if column.name not in source.types:
        return column.is_nullable
    is_plain = column.kind in {"text", "date", "float", "bool"}
    return is_plain and not source.is_text and source.types[column.name] == _TYPES[column.kind]


def _own(column: Column, source: Scan) -> tuple[str, str]:
    """SQL of the value of such a cell, and of whether it can be used."""
    if column.name not in source.types:
        return f"NULL::{_TYPES[column.kind]}", "TRUE"
    cell = source.cells[column.name]
    if column.kind == "float":
        value = f"CASE WHEN isfinite({cell}) THEN {cell} END"
        sound = f"isinf({cell}) IS NOT TRUE" if column.is_nullable else f"isfinite({cell}) IS TRUE"
        return value, sound
    if column.kind == "date":
        return cell, f"isfinite({cell}) IS {'NOT FALSE' if column.is_nullable else 'TRUE'}"
    return cell, "TRUE" if column.is_nullable else f"{cell} IS NOT NULL"


def _remedy(columns: Sequence[Column], missing: Sequence[str]) -> str:
    wanted = "; ".join(f"{c.name!r} ({_EXPECTED[c.kind]})" for c in columns if c.name in missing)
    return f"Expected: {wanted}."


def _first_word(found: str) -> str:
    """DECIMAL(18,3), TIMESTAMP WITH TIME ZONE and ENUM('a') go by their first word."""
    return found.partition("(")[0].partition(" ")[0].partition("_")[0]


def _spoken(found: str) -> str:
    """What a column of an engine's type holds, in words; lists and records by their type."""
    word = _first_word(found)
    if word in _INTEGERS:
        return "whole numbers"
    if word in _NUMBERS:
        return "decimal numbers"
    return _HOLDS.get(word, f"values of the type {found}")


def _is_taken(kind: str, found: str) -> bool:
    word = _first_word(found)
    return word == "VARCHAR" or word in _TAKEN[kind]


def _read(column: Column, cell: str) -> tuple[str, str]:
    """SQL of a cell's value, and of why it cannot be read."""
    number = f"try_cast({cell} AS DOUBLE)"
    value = {
        "text": f"{cell}::VARCHAR",
        "date": f"try_cast({cell} AS DATE)",
        "float": number,
        # The cast alone would round.
        "int": f"CASE WHEN {number} = round({number}) THEN try_cast({cell} AS BIGINT) END",
        "bool": f"try_cast({cell} AS BOOLEAN)",
        "timestamp": f"try_cast({cell} AS TIMESTAMPTZ)::TIMESTAMP",
    }[column.kind]
    empty = f"{cell} IS NULL"
    if column.kind in {"float", "int"}:
        empty += f" OR isnan({number})"
    when_empty = "NULL" if column.is_nullable else text_literal(_EMPTY)
    reason = text_literal(f"not {_EXPECTED[column.kind]}")
    faults = [f"WHEN {empty} THEN {when_empty}", f"WHEN {value} IS NULL THEN {reason}"]
    if column.kind in {"float", "date", "timestamp"}:
        faults.append(f"WHEN NOT isfinite({value}) THEN {text_literal(_NOT_FINITE)}")
        value = f"CASE WHEN isfinite({value}) THEN {value} END"
    return value, f"CASE {' '.join(faults)} END"


def _count(
    engine: duckdb.DuckDBPyConnection,
    path: Path,
    name: str,
    columns: Sequence[Column],
    source: Scan,
    good: str,
) -> tuple[int, int]:
    """Rows, and good ones, in one scan; a column that nothing can be read of is the wrong one."""
    doubtful = [(n, c) for n, c in enumerate(columns) if not _is_own(c, source)]
    counts = "".join(
        f", count(c{n}), first(r{n}) FILTER (f{n} = {text_literal(f'not {_EXPECTED[c.kind]}')})"
        for n, c in doubtful
    )
    counted = f"count(*), count(*) FILTER ({good})"
    row = engine.sql(f"SELECT {counted}{counts} FROM {name}").fetchall()[0]
    for n, (_, column) in enumerate(doubtful):
        n_read, example = row[2 * n + 2 : 2 * n + 4]
        if n_read == 0 and example is not None:
            found = f"no cell that can be read ({example!r} is one"
            remedy = _REMEDIES.get(f"not {_EXPECTED[column.kind]}", _no_remedy)(example)
            found += f", {remedy})" if remedy else ")"
            raise ColumnTypeError(path, column.name, found, _EXPECTED[column.kind])
    return row[0], row[1]


def _no_remedy(_text: str) -> str:
    return ""


def _quarantine(
    engine: duckdb.DuckDBPyConnection,
    name: str,
    source: Scan,
    columns: Sequence[Column],
    unusable: Sequence[str],
) -> pa.Table:
    parts = [
        f"SELECT row, {text_literal(c.name)} AS fault_column, coalesce(r{n}, '') AS text, "
        f"f{n} AS reason FROM {name} WHERE f{n} IS NOT NULL"
        for n, c in enumerate(columns)
    ]
    parts += unusable
    parts.append(
        f"SELECT row, '' AS fault_column, broken AS text, 'not a JSON object' AS reason "
        f"FROM {name} WHERE broken IS NOT NULL"
    )
    found = " UNION ALL ".join(parts)
    if source.rejects is not None:
        # Records that are no rows were not counted; their own numbers count the header.
        rejected = (
            "SELECT line - 1 AS row, any_value(csv_line) AS text, "
            "any_value(lower(error_type::VARCHAR)) AS reason, "
            f"line - row_number() OVER (ORDER BY line) AS since FROM {source.rejects} GROUP BY line"
        )
        found = (
            f"WITH rejected AS ({rejected}) SELECT row + (SELECT count(*) FROM rejected "
            f"WHERE since <= found.row) AS row, fault_column, text, reason FROM ({found}) AS found "
            "UNION ALL SELECT row, '' AS fault_column, text, reason FROM rejected"
        )
    rows = engine.sql(f"SELECT * FROM ({found}) ORDER BY row, fault_column").to_arrow_table()
    return rows.rename_columns(QUARANTINE_SCHEMA.names).cast(QUARANTINE_SCHEMA)
