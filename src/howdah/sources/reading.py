"""Files to a view ``input`` of the engine whose rows can be mapped.

Text formats give every column as text, so that what cannot be read is shown as it was; Parquet
keeps its types. Lines that break the format itself (too many fields, an open quotation) are
collected apart, with their text.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa

from howdah.core import settings
from howdah.core.errors import FileFormatError, StoreFullError
from howdah.engines import text_literal
from howdah.sources.delimited import delimited_query
from howdah.sources.documents import documents_query
from howdah.sources.inputs import N_SAMPLED_DOCUMENTS, ROW, BrokenLine, Input, json_keys
from howdah.sources.periods import PERIOD_MACROS
from howdah.sources.spec import FORMATS, FeedSpec, Format
from howdah.sources.wide import long_query
from howdah.sources.workbooks import workbook_query

#: Errors of the statement, not of the file.
_OURS = (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException)


_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def format_of(spec: FeedSpec, path: Path) -> Format:
    """Format of a file: the spec's, else by the file's ending (before .gz or .zst).

    Raises
    ------
    FileFormatError
        The ending tells nothing and the spec neither.
    """
    if spec.format:
        return spec.format
    name = path.name.lower().removesuffix(".gz").removesuffix(".zst")
    found = FORMATS.get(Path(name).suffix)
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
        The file is empty, cut short, damaged, or not of its format, as found on opening or,
        inside the block, on reading it to its end.
    StoreFullError
        No room for a temporary copy.
    """
    file_format = format_of(spec, path)
    with TemporaryDirectory(prefix="howdah-") as folder:
        try:
            if path.stat().st_size == 0:
                raise FileFormatError(path, "is empty (0 bytes).", "Nothing was taken from it.")
            connection.execute(PERIOD_MACROS)
            yield _opened(connection, spec, path, file_format, Path(folder))
        except _OURS:
            raise
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            if isinstance(error, OSError) and error.errno in _NO_ROOM:
                raise StoreFullError(Path(folder), str(error)) from error
            raise _format_error(path, file_format, error) from error


def _opened(
    connection: duckdb.DuckDBPyConnection,
    spec: FeedSpec,
    path: Path,
    file_format: Format,
    folder: Path,
) -> Input:
    broken: list[BrokenLine] = []
    match file_format:
        case "parquet":
            query = (
                f"SELECT * EXCLUDE (file_row_number), file_row_number + 1 AS {ROW} "
                f"FROM read_parquet({text_literal(str(path))}, file_row_number = true, "
                "hive_partitioning = false)"
            )
        case "xlsx":
            query = workbook_query(connection, spec, path)
        case "json" | "jsonl":
            query, broken = documents_query(connection, spec, path, file_format, folder)
        case "csv" | "tsv":
            query, broken = delimited_query(connection, spec, path, file_format, folder)
    columns = _columns(connection, query)
    if spec.unpivot is not None:
        query = long_query(query, spec.unpivot, path, columns)
        columns = _columns(connection, query)
    connection.execute(f"CREATE OR REPLACE TEMP VIEW input AS {query}")
    if file_format in {"json", "jsonl"}:
        sample = f"SELECT _json FROM input LIMIT {N_SAMPLED_DOCUMENTS}"
        columns = json_keys([text for (text,) in connection.sql(sample).fetchall()])
    return Input(path, connection, file_format, columns, broken)


def _columns(connection: duckdb.DuckDBPyConnection, query: str) -> dict[str, str]:
    described = connection.sql(f"DESCRIBE {query}").fetchall()
    return {name: str(kind) for name, kind, *_ in described if name != ROW}


def _format_error(path: Path, file_format: str, error: Exception) -> FileFormatError:
    text = " ".join(str(error).split())
    if isinstance(error, duckdb.OutOfMemoryException):
        allowed = settings.get_number("memory_gb")
        return FileFormatError(
            path, f"needs more than {allowed:g} GB of memory.", "Raise HOWDAH_MEMORY_GB."
        )
    for prefix in ("Invalid Input Error: ", "IO Error: ", "Invalid Error: "):
        text = text.removeprefix(prefix)
    return FileFormatError(
        path,
        f"cannot be read as {file_format} ({text[:240]}).",
        "The file may be cut short or of another format; nothing was taken from it.",
    )
