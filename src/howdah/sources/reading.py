"""Files to a DuckDB relation whose rows can be mapped: one view ``input`` with ``_row``.

Text formats give every column as text, so that what cannot be read is shown as it was; Parquet
keeps its types. Lines that break the format itself (too many fields, an open quotation) are
collected apart, with their text.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import polars as pl

from howdah.core.errors import FileFormatError
from howdah.engines import quoted, text_literal
from howdah.sources.periods import PERIOD_MACROS
from howdah.sources.decoding import check_workbook, find_encoding, opened, write_utf8
from howdah.sources.spec import FORMATS, FeedSpec, Format

#: Record number of a row in its file; the first data record is 1.
ROW = "_row"


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """A line that breaks the format of its file."""

    row: int
    column: str
    text: str
    reason: str


@dataclass(slots=True)
class Input:
    """A readable file: the view ``input`` of a connection, its columns and their types."""

    path: Path
    connection: duckdb.DuckDBPyConnection
    format: Format
    columns: dict[str, str]
    #: JSON is one document a row; its columns are paths into ``_json``.
    is_json: bool = False

    def broken_lines(self) -> list[BrokenLine]:
        """Lines that were left out, known once the view has been read to its end."""
        if self.format == "jsonl":
            return [
                BrokenLine(row, "", text, "the line is not JSON")
                for row, text in self.connection.execute(
                    f"SELECT {ROW}, _json FROM documents WHERE NOT json_valid(_json) ORDER BY 1"
                ).fetchall()
            ]
        if self.format not in {"csv", "tsv"}:
            return []
        rows = self.connection.execute(
            "SELECT line, column_name, csv_line, error_message FROM reject_errors "
            "ORDER BY line, column_idx"
        ).fetchall()
        lines: dict[int, BrokenLine] = {}
        for line, column, text, message in rows:
            reason = str(message).split(" Possible", 1)[0].split("\n", 1)[0]
            # The header is line 1 of the file.
            lines.setdefault(line, BrokenLine(line - 1, column or "", text or "", reason))
        return list(lines.values())


def format_of(spec: FeedSpec, path: Path) -> Format:
    """Format of a file: the spec's, else by the file's ending (before .gz or .zst).

    Raises
    ------
    FileFormatError
        The ending tells nothing and the spec neither.
    """
    if spec.format:
        return spec.format
    name = path.name.removesuffix(".gz").removesuffix(".zst")
    found = FORMATS.get(Path(name).suffix.lower())
    if found is None:
        raise FileFormatError(
            path,
            f"the ending {path.suffix!r} names no format.",
            f"Set `format` in the spec to one of {', '.join(dict.fromkeys(FORMATS.values()))}.",
        )
    return found


@contextmanager
def open_input(
    connection: duckdb.DuckDBPyConnection, spec: FeedSpec, path: Path
) -> Iterator[Input]:
    """Make the rows of a file readable as the view ``input`` of `connection`.

    Raises
    ------
    FileFormatError
        The file is empty, cut short, damaged, or not of its format.
    """
    if path.stat().st_size == 0:
        raise FileFormatError(path, "is empty (0 bytes).", "Nothing was taken from it.")
    file_format = format_of(spec, path)
    connection.execute(PERIOD_MACROS)
    with TemporaryDirectory(prefix="howdah-") as folder:
        try:
            match file_format:
                case "parquet":
                    _open_parquet(connection, path)
                case "xlsx":
                    _open_workbook(connection, spec, path)
                case "json" | "jsonl":
                    _open_json(connection, spec, path, file_format, Path(folder))
                case "csv" | "tsv":
                    _open_text(connection, spec, path, file_format, Path(folder))
            described = connection.execute("DESCRIBE input").fetchall()
        except duckdb.Error as error:
            raise _format_error(path, file_format, error) from None
        columns = {name: str(kind) for name, kind, *_ in described if name != ROW}
        if spec.unpivot is not None:
            columns = _unpivot(connection, spec, path, columns)
        yield Input(path, connection, file_format, columns, file_format in {"json", "jsonl"})


def _format_error(path: Path, file_format: str, error: duckdb.Error) -> FileFormatError:
    text = " ".join(str(error).split())
    for prefix in ("Invalid Input Error: ", "IO Error: ", "Invalid Error: "):
        text = text.removeprefix(prefix)
    return FileFormatError(
        path,
        f"cannot be read as {file_format} ({text[:240]}).",
        "The file may be cut short or of another format; nothing was taken from it.",
    )


def _open_parquet(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    connection.execute(
        "CREATE OR REPLACE TEMP VIEW input AS SELECT * EXCLUDE (file_row_number), "
        f"file_row_number + 1 AS {ROW} "
        f"FROM read_parquet({text_literal(str(path))}, file_row_number = true)"
    )


def _open_text(
    connection: duckdb.DuckDBPyConnection,
    spec: FeedSpec,
    path: Path,
    file_format: Format,
    folder: Path,
) -> None:
    encoding = find_encoding(path, spec.encoding)
    # DuckDB reads plain and gzipped UTF-8 itself; everything else is decoded once, here.
    if encoding != "utf-8" or path.suffix == ".zst":
        target = folder / "input.txt"
        write_utf8(path, encoding, target)
        path = target
    delimiter = spec.delimiter or ("\t" if file_format == "tsv" else ",")
    connection.execute("DROP TABLE IF EXISTS reject_errors")
    connection.execute("DROP TABLE IF EXISTS reject_scans")
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW input AS SELECT *, row_number() OVER () AS {ROW} "
        f"FROM read_csv({text_literal(str(path))}, all_varchar = true, header = true, "
        f"delim = {text_literal(delimiter)}, quote = '\"', escape = '\"', "
        f"skip = {spec.header_row - 1}, auto_detect = true, null_padding = false, "
        "strict_mode = true, store_rejects = true)"
    )


def _open_workbook(connection: duckdb.DuckDBPyConnection, spec: FeedSpec, path: Path) -> None:
    check_workbook(path)
    # pl.read_excel gives every cell as text with no type inference, as the other text formats.
    try:
        frame = pl.read_excel(
            path,
            engine="calamine",
            sheet_name=spec.sheet,
            infer_schema_length=0,
            read_options={"header_row": spec.header_row - 1, "dtypes": "string"},
        )
    except Exception as error:  # the reader raises its own, undocumented classes
        raise FileFormatError(
            path, f"cannot be read as a workbook ({error}).", "Check `sheet` and `header_row`."
        ) from None
    unnamed = [n + 1 for n, name in enumerate(frame.columns) if name.startswith("__UNNAMED__")]
    if unnamed:
        cells = ", ".join(f"{_letters(n)}{spec.header_row}" for n in unnamed)
        raise FileFormatError(
            path,
            f"header cells {cells} are empty or merged.",
            "Unmerge them, or set `header_row` to the row that names every column.",
        )
    frame = frame.with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.Int64))
    connection.register("workbook", frame.to_arrow())
    connection.execute("CREATE OR REPLACE TEMP VIEW input AS SELECT * FROM workbook")


def _letters(number: int) -> str:
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def _open_json(
    connection: duckdb.DuckDBPyConnection,
    spec: FeedSpec,
    path: Path,
    file_format: Format,
    folder: Path,
) -> None:
    encoding = find_encoding(path, spec.encoding)
    if encoding != "utf-8" or path.suffix in {".zst", ".gz"}:
        target = folder / "input.json"
        write_utf8(path, encoding, target)
        path = target
    literal = text_literal(str(path))
    if file_format == "jsonl":
        # Each line is taken as text, so that a broken one is quarantined and the rest read.
        query = (
            "SELECT trim(column0) AS _json FROM read_csv("
            f"{literal}, header = false, delim = '\\n', quote = '', escape = '', "
            "columns = {'column0': 'VARCHAR'}, auto_detect = false, max_line_size = 16000000) "
            "WHERE trim(column0) <> ''"
        )
    else:
        with opened(path) as file:
            _check_json(path, file.read(64))
        records = "$" + "".join(f".{quoted(part)}" for part in spec.records.split(".") if part)
        query = (
            f"SELECT unnest(CASE WHEN json_type(doc, '{records}') = 'ARRAY' "
            f"THEN json_extract(doc, '{records}[*]') "
            f"ELSE [json_extract(doc, '{records}')] END)::VARCHAR AS _json "
            f"FROM (SELECT content::JSON AS doc FROM read_text({literal}))"
        )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE documents AS SELECT *, row_number() OVER () AS {ROW} "
        f"FROM ({query})"
    )
    connection.execute(
        "CREATE OR REPLACE TEMP VIEW input AS SELECT * FROM documents WHERE json_valid(_json)"
    )


def _check_json(path: Path, head: bytes) -> None:
    if head.lstrip()[:1] not in {b"{", b"["}:
        raise FileFormatError(
            path, "is not JSON: it starts with neither { nor [.", "For one object a line use jsonl."
        )


def _unpivot(
    connection: duckdb.DuckDBPyConnection, spec: FeedSpec, path: Path, columns: dict[str, str]
) -> dict[str, str]:
    import re  # noqa: PLC0415 - only wide feeds need it

    assert spec.unpivot is not None
    rule = spec.unpivot
    wide = [name for name in columns if re.fullmatch(rule.columns, name)]
    if not wide:
        raise FileFormatError(
            path,
            f"no column matches unpivot.columns = {rule.columns!r}; it has {', '.join(columns)}.",
            "Mend the expression in the spec.",
        )
    connection.execute("ALTER VIEW input RENAME TO wide_input")
    connection.execute(
        "CREATE TEMP VIEW input AS FROM (UNPIVOT INCLUDE NULLS wide_input ON "
        f"{', '.join(quoted(name) for name in wide)} "
        f"INTO NAME {quoted(rule.name)} VALUE {quoted(rule.value)})"
    )
    kept = {name: kind for name, kind in columns.items() if name not in wide}
    return {**kept, rule.name: "VARCHAR", rule.value: columns[wide[0]]}
