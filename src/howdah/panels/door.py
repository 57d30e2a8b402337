"""The door of a market: logs and rosters are let in with the ids of their units hashed.

What is kept is a keyed hash of 63 bits. Without the key nobody can tell which unit a hash is of;
who holds it can, so the hashes are pseudonyms and not anonymous. Among a hundred million units the
chance that any two share a hash is about one in two thousand.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa

from howdah.engines import Column, StageTable, quoted, read_table, text_literal
from howdah.panels.roster import PANEL


class LogColumns(NamedTuple):
    """Where a log has what.

    Attributes
    ----------
    day, ts
        One of them is empty.
    tz
        Time zone in which times are cut to days.
    """

    unit: str
    product: str
    day: str
    ts: str
    tz: str


class Passed(NamedTuple):
    """What came through the door.

    Attributes
    ----------
    quarantine
        ``row, column, text, reason`` of what did not; no id of a unit is among the texts.
    """

    n_rows: int
    quarantine: pa.Table


def pass_log(
    engine: duckdb.DuckDBPyConnection, path: Path, columns: LogColumns, key: str, target: Path
) -> Passed:
    """Write a log as ``unit, product, day`` with hashed units.

    Raises
    ------
    InputError
        The file cannot be read, or lacks a column.
    """
    when = Column(columns.ts, "timestamp") if columns.ts else Column(columns.day, "date")
    read = read_table(
        engine, path, [Column(columns.unit, "text"), Column(columns.product, "text"), when]
    )
    day = quoted(when.name)
    if columns.ts:
        day = f"timezone({text_literal(columns.tz)}, timezone('UTC', {day}))::DATE"
    hashed = _hashed(columns.unit, key)
    _write(
        engine,
        f"SELECT {hashed} AS unit, {quoted(columns.product)} AS product, {day} AS day "
        f"FROM ({read.query})",
        target,
    )
    return _passed(read, (columns.product, when.name))


def pass_roster(engine: duckdb.DuckDBPyConnection, path: Path, key: str, target: Path) -> Passed:
    """Write the file of a panel with hashed units.

    Raises
    ------
    InputError
        The file cannot be read, or lacks a column.
    """
    read = read_table(engine, path, PANEL)
    others = ", ".join(quoted(c.name) for c in PANEL if c.name != "unit" and c.name in read.present)
    _write(engine, f"SELECT {_hashed('unit', key)} AS unit, {others} FROM ({read.query})", target)
    return _passed(read, tuple(c.name for c in PANEL if c.name != "unit"))


def _hashed(column: str, key: str) -> str:
    return f"(md5_number_lower({text_literal(key)} || {quoted(column)}) >> 1)::BIGINT"


def _write(engine: duckdb.DuckDBPyConnection, query: str, target: Path) -> None:
    partial = target.with_name(f".{target.name}.partial")
    try:
        engine.execute(
            f"COPY ({query}) TO {text_literal(str(partial))} (FORMAT parquet, COMPRESSION zstd)"
        ).fetchall()
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)


def _passed(read: StageTable, shown: Sequence[str]) -> Passed:
    """Rows at fault, the text only of columns that are no ids."""
    rows = read.quarantine.to_pylist()
    told = [{**row, "text": row["text"] if row["column"] in shown else ""} for row in rows]
    return Passed(read.n_rows, pa.Table.from_pylist(told, schema=read.quarantine.schema))
