"""XLSX workbooks: one sheet to a table, every cell as text."""

from pathlib import Path
from typing import Literal

import duckdb
import fastexcel
import polars as pl

from howdah.core.errors import FileFormatError
from howdah.sources.decoding import check_workbook
from howdah.sources.inputs import ROW
from howdah.sources.spec import FeedSpec

_KINDS: tuple[Literal["string"], Literal["float"]] = ("string", "float")


def workbook_query(connection: duckdb.DuckDBPyConnection, spec: FeedSpec, path: Path) -> str:
    """SQL of a sheet's rows.

    Raises
    ------
    FileFormatError
        It is no workbook, has no such sheet, or its header has empty or merged cells.
    """
    check_workbook(path)
    sheet = 0 if spec.sheet is None else spec.sheet
    header = spec.header_row - 1
    try:
        reader = fastexcel.read_excel(path)
        texts, numbers = (
            reader.load_sheet(
                sheet, header_row=header, dtypes=kind, skip_whitespace_tail_rows=True
            ).to_polars()
            for kind in _KINDS
        )
    except fastexcel.FastExcelError as error:
        raise FileFormatError(
            path,
            f"cannot be read as a workbook ({' '.join(str(error).split())[:200]}).",
            "Check `sheet` and `header_row` in the spec.",
        ) from None
    frame = texts.with_columns(
        _exact(texts[name], numbers[name]) for name in texts.columns if name in numbers.columns
    )
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


def _exact(texts: pl.Series, numbers: pl.Series) -> pl.Series:
    """Cells as text with every digit; the reader itself cuts numbers after nine decimals."""
    read = texts.cast(pl.Float64, strict=False)
    is_cut = (read != numbers).fill_null(value=False)
    if not is_cut.any():
        return texts
    return numbers.cast(pl.String).zip_with(is_cut, texts).alias(texts.name)


def _letters(number: int) -> str:
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text
