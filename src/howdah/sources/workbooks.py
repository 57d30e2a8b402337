"""XLSX workbooks: one sheet to a table, every cell as text."""

from pathlib import Path

import duckdb
import polars as pl

from howdah.core.errors import FileFormatError
from howdah.sources.decoding import check_workbook
from howdah.sources.inputs import ROW
from howdah.sources.spec import FeedSpec


def workbook_query(connection: duckdb.DuckDBPyConnection, spec: FeedSpec, path: Path) -> str:
    """SQL of a sheet's rows.

    Raises
    ------
    FileFormatError
        It is no workbook, has no such sheet, or its header has empty or merged cells.
    """
    check_workbook(path)
    try:
        frame = pl.read_excel(
            path,
            engine="calamine",
            sheet_name=spec.sheet,
            infer_schema_length=0,
            raise_if_empty=False,
            drop_empty_cols=False,
            read_options={"header_row": spec.header_row - 1, "dtypes": "string"},
        )
    except Exception as error:  # noqa: BLE001 - the reader raises classes of its own, undocumented
        raise FileFormatError(
            path,
            f"cannot be read as a workbook ({' '.join(str(error).split())[:200]}).",
            "Check `sheet` and `header_row` in the spec.",
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
    return "SELECT * FROM workbook"


def _letters(number: int) -> str:
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text
