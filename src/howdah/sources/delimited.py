"""CSV and TSV: the table's own header, every cell as text, broken lines apart."""

import csv
import io
from pathlib import Path

import duckdb

from howdah.core.errors import FileFormatError
from howdah.engines import text_literal
from howdah.sources.decoding import find_encoding, opened, write_utf8
from howdah.sources.inputs import ROW, BrokenLine
from howdah.sources.quoting import QuotingScan, repair
from howdah.sources.spec import FeedSpec, Format

#: Bytes in which the header must end.
_HEADER_BYTES = 1 << 20


def delimited_query(
    connection: duckdb.DuckDBPyConnection,
    spec: FeedSpec,
    path: Path,
    file_format: Format,
    folder: Path,
) -> tuple[str, list[BrokenLine]]:
    """SQL of a table's rows, and the lines that had to be taken out beforehand.

    Lines with too many or too few fields are found by the engine while it reads; they are in
    its table ``reject_errors`` once it has read to the end.

    Parameters
    ----------
    folder
        Temporary folder, for text that the engine cannot read as it stands.

    Raises
    ------
    FileFormatError
        The file is in no encoding that is tried, or has no header.
    """
    delimiter = spec.delimiter or ("\t" if file_format == "tsv" else ",")
    scan = QuotingScan(delimiter)
    encoding = find_encoding(path, spec.encoding, watch=scan.add)
    text = path
    n_skipped = spec.header_row - 1
    is_direct = encoding == "utf-8" and path.suffix.lower() != ".zst" and not n_skipped
    if not is_direct or scan.has_mixed_ends or not scan.is_sound:
        text = folder / "input.csv"
        write_utf8(path, encoding, text, n_skipped=n_skipped)
        if not is_direct:
            scan = QuotingScan(delimiter)
            find_encoding(text, None, watch=scan.add)
    broken: list[BrokenLine] = []
    if not scan.is_sound:
        repaired = folder / "repaired.csv"
        broken = repair(text, delimiter, repaired)
        text = repaired
    names = ", ".join(f"{text_literal(name)}: 'VARCHAR'" for name in _header(path, text, delimiter))
    compression = "gzip" if text.suffix.lower() == ".gz" else "none"
    connection.execute("DROP TABLE IF EXISTS reject_errors")
    connection.execute("DROP TABLE IF EXISTS reject_scans")
    # Nothing is left to the engine's guesses: they differ with what stands in the first rows.
    query = (
        f"SELECT *, row_number() OVER () AS {ROW} FROM read_csv({text_literal(str(text))}, "
        f"columns = {{{names}}}, auto_detect = false, header = true, skip = 0, "
        f"delim = {text_literal(delimiter)}, quote = '\"', escape = '\"', comment = '', "
        f"compression = '{compression}', null_padding = false, strict_mode = true, "
        "store_rejects = true)"
    )
    return query, broken


def _header(path: Path, text: Path, delimiter: str) -> list[str]:
    """Names of the columns; blank ones are called by their place, repeated ones numbered."""
    with opened(text) as file:
        head = file.read(_HEADER_BYTES).decode("utf-8", errors="ignore")
    record = next(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter), [])
    if not any(name.strip() for name in record):
        raise FileFormatError(
            path,
            "has no header.",
            "Set `header_row` in the spec to the row that names the columns.",
        )
    names: list[str] = []
    taken: set[str] = set()
    for n, cell in enumerate(record):
        # The engine does not tell small letters from capitals in names.
        plain = name = cell.strip() or f"column{n + 1}"
        repeat = 1
        while name.casefold() in taken:
            name = f"{plain}_{repeat}"
            repeat += 1
        taken.add(name.casefold())
        names.append(name)
    return names
