"""Scans: the raw rows of a file as SQL, whatever form the file has."""

import csv
import io
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from howdah.core.errors import FileFormatError
from howdah.engines.heads import parquet_fault, require_text
from howdah.engines.local import parquet, quoted, text_literal

#: Endings of compressed text, and how the engine calls them.
COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}

#: Endings that tell the form of a file.
FORMS = (".parquet", ".csv", ".jsonl")

#: What else is put between columns, by its name, and how Python is told of it.
_SEPARATORS = {";": ("semicolons", ";"), "\t": ("tabs", "\\t"), "|": ("bars", "|")}

#: A character that no line of text holds, so that a line stays one cell.
_NEVER = "\x01"

#: How the engine's messages begin.
_ERROR_NAME = re.compile(r"^[A-Z][A-Za-z ]* Error: ")

_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class Scan:
    """The raw rows of a file.

    Attributes
    ----------
    query
        SQL with a column ``row``, from 1 in the file's order, ``broken`` (the text of a record that
        is no row, else null), and one column ``h0, h1, ...`` a column of the file.
    types
        SQL type of each column of the file by its name, in their order.
    is_text
        Every column is text, and to be read by its kind.
    rejects
        Name of the table of records that were passed over, once the query has run.
    """

    query: str
    types: dict[str, str]
    is_text: bool
    rejects: str | None = None

    @property
    def cells(self) -> dict[str, str]:
        """SQL of the raw cell of each column of the file."""
        return {name: f"h{n}" for n, name in enumerate(self.types)}


def scan(engine: duckdb.DuckDBPyConnection, path: Path) -> Scan:
    """How to read a file, by its ending; only its head is read now.

    Raises
    ------
    FileFormatError
        It is not there, has another ending, or is not what its ending says.
    """
    form, compression = form_of(path)
    if not path.is_file():
        raise FileFormatError(path, "there is no such file.")
    try:
        if form == ".parquet":
            return _scan_parquet(engine, path)
        require_text(path)
        if form == ".jsonl":
            return _scan_lines(engine, path, compression)
        return _scan_csv(path, compression)
    except (duckdb.Error, OSError, UnicodeDecodeError, csv.Error) as error:
        raise unreadable(path, error) from error


def form_of(path: Path) -> tuple[str, str]:
    """Ending of a file that tells its form, and its compression.

    Examples
    --------
    >>> form_of(Path("feed.csv.gz"))
    ('.csv', 'gzip')
    """
    compression = COMPRESSIONS.get(path.suffix.lower(), "none")
    inner = path.with_suffix("") if compression != "none" else path
    form = inner.suffix.lower()
    if form not in FORMS or (form == ".parquet" and compression != "none"):
        raise FileFormatError(
            path,
            "the ending tells no form that is known.",
            f"Give {', '.join(FORMS)}; text may end in .gz or .zst after that.",
        )
    return form, compression


def unreadable(path: Path, error: Exception) -> FileFormatError:
    """The error of a file that is not what its ending says."""
    said = parquet_fault(path) if path.suffix == ".parquet" and path.is_file() else ""
    if not said:
        # What the engine says without the name of its own error.
        said = _ERROR_NAME.sub("", str(error).strip().partition("\n")[0]).rstrip(".")
    return FileFormatError(path, f"it is not what its ending says: {said}.")


def _scan_parquet(engine: duckdb.DuckDBPyConnection, path: Path) -> Scan:
    source = parquet([str(path)])[:-1] + ", file_row_number = true)"
    shown = engine.sql(f"DESCRIBE SELECT * FROM {source}").fetchall()
    types = {name: kind for name, kind, *_ in shown if name != "file_row_number"}
    cells = ["file_row_number + 1 AS row", "NULL::VARCHAR AS broken"]
    for n, (name, kind) in enumerate(types.items()):
        cell = f"nullif({quoted(name)}, '')" if kind == "VARCHAR" else quoted(name)
        cells.append(f"{cell} AS h{n}")
    return Scan(f"SELECT {', '.join(cells)} FROM {source}", types, is_text=False)


def _scan_csv(path: Path, compression: str) -> Scan:
    names = _header(path)
    columns = ", ".join(f"'h{n}': 'VARCHAR'" for n in range(len(names)))
    rejects = f"rejected_{next(_numbers)}"
    # Nothing is left to be guessed from the content, so that one odd row changes no other.
    source = (
        f"read_csv({text_literal(str(path))}, auto_detect = false, columns = {{{columns}}}, "
        f"delim = ',', quote = '\"', escape = '\"', header = true, compression = '{compression}', "
        f"ignore_errors = true, store_rejects = true, rejects_table = '{rejects}', "
        f"rejects_scan = '{rejects}_scan')"
    )
    cells = "".join(f", nullif(h{n}, '') AS h{n}" for n in range(len(names)))
    query = f"SELECT row_number() OVER () AS row, NULL::VARCHAR AS broken{cells} FROM {source}"
    return Scan(query, dict.fromkeys(names, "VARCHAR"), is_text=True, rejects=rejects)


def _header(path: Path) -> Sequence[str]:
    stream = pa.input_stream(str(path), compression="detect")
    with io.TextIOWrapper(stream, encoding="utf-8-sig", newline="") as text:
        names = next(csv.reader(text), [])
    if not names:
        raise FileFormatError(path, "it is empty.", "Its first line has to name the columns.")
    _require_commas(path, names)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise FileFormatError(path, f"column {twice[0]!r} is there twice.", "Rename one of them.")
    return names


def _require_commas(path: Path, names: Sequence[str]) -> None:
    """Refuse a table whose first line has more of another separator than of commas."""
    for sign, (spoken, written) in _SEPARATORS.items():
        if sum(name.count(sign) for name in names) < len(names):
            continue
        raise FileFormatError(
            path,
            f"its columns are separated by {spoken}, and howdah reads CSV with commas.",
            "Save it as 'CSV UTF-8 (comma delimited)' with a point in numbers, or in Python: "
            f'polars.read_csv({path.name!r}, separator="{written}").write_csv("commas.csv").',
        )


def _scan_lines(engine: duckdb.DuckDBPyConnection, path: Path, compression: str) -> Scan:
    source = (
        f"read_csv({text_literal(str(path))}, auto_detect = false, columns = {{'line': 'VARCHAR'}},"
        f" delim = '{_NEVER}', quote = '', escape = '', header = false, "
        f"compression = '{compression}')"
    )
    lines = (
        f"SELECT *, coalesce(try_cast(line AS JSON), 'null'::JSON) AS object FROM "
        f"(SELECT row_number() OVER () AS row, line FROM {source}) WHERE trim(line) != ''"
    )
    found = engine.sql(
        f"SELECT DISTINCT unnest(json_keys(object)) FROM ({lines}) "
        "WHERE json_type(object) = 'OBJECT' ORDER BY ALL"
    ).fetchall()
    names = [name for (name,) in found]
    cells = "".join(
        f", nullif(json_extract_string(object, {text_literal(_pointer(name))}), '') AS h{n}"
        for n, name in enumerate(names)
    )
    broken = "CASE WHEN json_type(object) != 'OBJECT' THEN line END AS broken"
    query = f"SELECT row, {broken}{cells} FROM ({lines})"
    return Scan(query, dict.fromkeys(names, "VARCHAR"), is_text=True)


def _pointer(name: str) -> str:
    return "/" + name.replace("~", "~0").replace("/", "~1")
