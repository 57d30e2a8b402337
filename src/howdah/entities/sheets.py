"""Sheets: the CSV files of a market's ``entities`` folder, row by row with their places."""

import csv
import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from howdah.core.errors import FileFormatError, MissingColumnError, SpecError, closest

_SEPARATOR = re.compile(r"[;；]")

#: Similarity of two words above which one is the other misspelt ("compnay", "rename_to").
_MISSPELT = 0.75


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: its cells by column name, and where it stands."""

    path: Path
    line: int
    cells: dict[str, str]

    def text(self, column: str) -> str:
        """Cell of a column, '' when the sheet has no such column."""
        return self.cells.get(column, "")

    def required(self, column: str) -> str:
        """Cell of a column that must not be empty.

        Raises
        ------
        SpecError
            The cell is empty.
        """
        text = self.text(column)
        if not text:
            raise self.error(column, "is empty")
        return text

    def listed(self, column: str) -> tuple[str, ...]:
        """Values of a cell that holds several, separated by ``;``."""
        parts = (part.strip() for part in _SEPARATOR.split(self.text(column)))
        return tuple(part for part in parts if part)

    def check_spelling(self, column: str, known: Sequence[str]) -> None:
        """Refuse a word that is not known but looks like one that is; new words are welcome.

        Raises
        ------
        SpecError
            The cell holds a misspelt word.
        """
        word = self.text(column)
        if word in known:
            return
        if near := difflib.get_close_matches(word.casefold(), known, n=1, cutoff=_MISSPELT):
            raise self.error(
                column,
                f"{word!r} is not known. Did you mean {near[0]!r}?",
                ", ".join(known) + ", or another word unlike these",
            )

    def error(self, key: str, problem: str, allowed: str = "") -> SpecError:
        """Error that names this row's file and line."""
        return SpecError(self.path, self.line, key, problem, allowed)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file: its columns and rows."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[SheetRow, ...]

    def check_columns(self, required: Sequence[str], optional: Sequence[str]) -> None:
        """Refuse a sheet that lacks a column or misspells one; foreign columns are no harm.

        Raises
        ------
        MissingColumnError
            A required column is not there.
        SpecError
            An unknown column looks like an optional one that is not there.
        """
        missing = [name for name in required if name not in self.columns]
        if missing:
            raise MissingColumnError(self.path, missing, self.columns)
        absent = [name for name in optional if name not in self.columns]
        for column in self.columns:
            if column in required or column in optional:
                continue
            if near := closest(column, absent, limit=1):
                raise SpecError(
                    self.path,
                    1,
                    column,
                    f"is no column of this sheet. Did you mean {near[0]!r}?",
                    ", ".join((*required, *optional)),
                )


def read_sheet(path: Path) -> Sheet:
    """Read a CSV file with a header line, in UTF-8.

    Blank lines and lines that begin with ``#`` are skipped, white space around cells is removed,
    and cells left out at the end of a row are empty.

    Raises
    ------
    FileFormatError
        The file is not UTF-8, or no CSV.
    SpecError
        A column is named twice, or a row has more cells than the header.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            columns = tuple(cell.strip() for cell in next(reader, []))
            _check_unique(path, columns)
            rows = []
            line = reader.line_num + 1
            for cells in reader:
                if any(cell.strip() for cell in cells) and not cells[0].startswith("#"):
                    rows.append(_row(path, line, columns, cells))
                line = reader.line_num + 1
    except UnicodeDecodeError as error:
        raise FileFormatError(
            path, f"is not UTF-8 text (byte {error.start}).", "Save it as CSV in UTF-8."
        ) from None
    except csv.Error as error:
        raise FileFormatError(path, f"is not a CSV file: {error}.") from None
    return Sheet(path, columns, tuple(rows))


def _check_unique(path: Path, columns: tuple[str, ...]) -> None:
    for place, column in enumerate(columns):
        if column and column in columns[:place]:
            raise SpecError(path, 1, column, "is the name of two columns")


def _row(path: Path, line: int, columns: tuple[str, ...], cells: list[str]) -> SheetRow:
    extra = [cell for cell in cells[len(columns) :] if cell.strip()]
    if extra:
        raise SpecError(
            path,
            line,
            "",
            f"{len(cells)} cells under a header of {len(columns)}.",
            'a cell with a comma in it stands in "double quotes"',
        )
    texts = (cell.strip() for cell in cells)
    return SheetRow(path, line, dict(zip(columns, texts, strict=False)))
