"""An opened file: the view ``input`` of a connection, one row a record."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from howdah.engines import quoted, text_literal
from howdah.sources.spec import Format

#: Number of a row among the readable records of its file; the first is 1.
ROW = "_howdah_row"

#: JSON documents looked at to name the keys that a file has.
N_SAMPLED_DOCUMENTS = 100


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """A line that breaks the format of its file."""

    row: int
    column: str
    text: str
    reason: str


@dataclass(slots=True)
class Input:
    """A readable file: the view ``input`` of a connection, its columns and their types.

    Attributes
    ----------
    columns
        Name to type of the engine. Of JSON: dotted paths of the keys in its first documents.
    broken
        Broken lines that were known before the rows were read.
    """

    path: Path
    connection: duckdb.DuckDBPyConnection
    format: Format
    columns: dict[str, str]
    broken: list[BrokenLine] = field(default_factory=list)

    @property
    def is_json(self) -> bool:
        """Whether a row is one document, ``_json``, and columns are paths into it."""
        return self.format in {"json", "jsonl"}

    def missing_columns(self, names: list[str]) -> list[str]:
        """Those of `names` that the file does not have."""
        absent = [name for name in names if name not in self.columns]
        if not self.is_json or not absent:
            return absent
        # A key that the first documents lack may still be in others.
        exists = ", ".join(
            f"coalesce(bool_or(json_exists(_json, {text_literal(json_path(name))})), false)"
            for name in absent
        )
        found = self.connection.sql(f"SELECT count(*), {exists} FROM input").fetchall()[0]
        if found[0] == 0:
            return []
        return [name for name, is_there in zip(absent, found[1:], strict=True) if not is_there]

    def texts(self, rows: list[int]) -> dict[int, str]:
        """Text of records, by record number: JSON of the cells as they stand."""
        wanted = pa.table({"wanted": pa.array(sorted(set(rows)), pa.int64())})
        self.connection.register("wanted_rows", wanted)
        if self.is_json:
            cells = "_json"
        else:
            names = ", ".join(f"{quoted(name)} := {quoted(name)}" for name in self.columns)
            cells = f"to_json(struct_pack({names}))"
        table = self.connection.sql(
            f"SELECT {ROW} AS row, any_value({cells})::VARCHAR AS text FROM input "
            f"SEMI JOIN wanted_rows ON {ROW} = wanted GROUP BY {ROW}"
        ).to_arrow_table()
        return dict(zip(table["row"].to_pylist(), table["text"].to_pylist(), strict=True))

    def broken_lines(self) -> list[BrokenLine]:
        """Lines that were left out, known once the rows have been read to their end."""
        lines = {line.row: line for line in self.broken}
        if self.format in {"csv", "tsv"}:
            for row, column, text, message in self.connection.sql(
                "SELECT DISTINCT ON (line) line - 1, column_name, trim(csv_line, chr(10)), "
                "error_message FROM reject_errors ORDER BY line, column_idx"
            ).fetchall():
                reason = str(message).split(" Possible", 1)[0].split("\n", 1)[0].strip()
                lines.setdefault(row, BrokenLine(row, column or "", text or "", reason))
        return [lines[row] for row in sorted(lines)]


def json_path(column: str) -> str:
    """JSON path of a dotted column name.

    Examples
    --------
    >>> json_path("stats.dau")
    '$."stats"."dau"'
    """
    return "$" + "".join(f".{quoted(part)}" for part in column.split(".") if part)


def json_keys(texts: list[str]) -> dict[str, str]:
    """Dotted paths of the keys in JSON objects, in order of appearance, each a text.

    Examples
    --------
    >>> list(json_keys(['{"app": "a", "stats": {"dau": 5}}']))
    ['app', 'stats', 'stats.dau']
    """
    found: dict[str, str] = {}

    def walk(value: object, prefix: str) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                found.setdefault(prefix + key, "VARCHAR")
                walk(inner, f"{prefix}{key}.")

    for text in texts:
        walk(json.loads(text), "")
    return found
