"""Tables: rows whose cells know the headers that they stand under and beside.

A table that only lays out a page is read as the blocks that are in it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from howdah.documents.reading.drafts import Draft, DraftCell, join_parts, spoken

#: Columns and rows that one cell may span; more is a slip, or meant to exhaust.
_MOST_COLUMNS, _MOST_ROWS = 200, 500
#: Headers of one cell.
_MOST_NAMES = 6

#: A cell with more blocks, or a longer one, lays out a page.
_MOST_BLOCKS, _LONGEST_CELL = 6, 600

_NUMBER = re.compile(
    r"[(（+\-−–~≈<>约約]*\s*(?:(?:USD|CNY|RMB|EUR|GBP|JPY|HKD|TWD|INR|KRW|[A-Z]{0,2}[$€£¥￥])\s*)?"
    r"\d[\d.,]*\s*(?i:[%％‰万萬亿億千百元人倍家款个個x×]|pts?|pp|k|mn?|bn?|tn?|million|billion)*"
    r"[)）*†¹²³]*"
)
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(slots=True)
class GridCell:
    """A cell of a table: what is in it, in one line too, and how far it reaches."""

    drafts: list[Draft]
    is_header: bool
    n_columns: int = 1
    n_rows: int = 1
    column: int = 0
    text: str = ""


#: For each column the cell of a row above that reaches into it, and for how many rows.
_Reaching = dict[int, tuple[int, GridCell]]


@dataclass(slots=True)
class _Row:
    section: str
    cells: list[GridCell] = field(default_factory=list)


class Grid:
    """A table that is being read.

    Parameters
    ----------
    parent
        Number of its element.
    """

    __slots__ = ("_parent", "_rows", "captions", "section")

    def __init__(self, parent: int) -> None:
        self._parent = parent
        self._rows: list[_Row] = []
        self.captions: list[list[Draft]] = []
        self.section = ""

    def add_row(self) -> None:
        """Begin a row."""
        self._rows.append(_Row(self.section))

    def add_cell(self, name: str, attributes: Mapping[str, str], drafts: list[Draft]) -> None:
        """Begin a cell; `drafts` will be filled."""
        if not self._rows:
            self.add_row()
        self._rows[-1].cells.append(
            GridCell(
                drafts,
                name == "th",
                _span(attributes.get("colspan", ""), _MOST_COLUMNS),
                _span(attributes.get("rowspan", ""), _MOST_ROWS),
            )
        )

    def drafts(self) -> Iterator[Draft]:
        """Rows of the table, or what is in the cells of one that only lays out."""
        rows = [row for row in self._rows if row.cells]
        captions = [draft for caption in self.captions for draft in caption]
        if _is_layout(rows):
            yield from captions
            for row in rows:
                for cell in row.cells:
                    yield from cell.drafts
            return
        for row in rows:
            for cell in row.cells:
                cell.text = " ".join(spoken(join_parts(cell.drafts)).split())
        caption = " ".join(draft.text for draft in captions)
        yield from captions
        yield from _row_drafts(rows, caption, self._parent)


def _span(written: str, most: int) -> int:
    return min(max(int(written), 1), most) if written.isascii() and written.isdigit() else 1


def _is_layout(rows: Sequence[_Row]) -> bool:
    cells = [cell for row in rows for cell in row.cells]
    if not 1 < max((len(row.cells) for row in rows), default=0) <= _MOST_COLUMNS:
        return True
    return any(
        len(cell.drafts) > _MOST_BLOCKS
        or any(draft.cells for draft in cell.drafts)
        or sum(len(draft.text) for draft in cell.drafts) > _LONGEST_CELL
        for cell in cells
    )


def _row_drafts(rows: Sequence[_Row], caption: str, parent: int) -> Iterator[Draft]:
    n_headers = _n_header_rows(rows)
    above: dict[int, list[str]] = {}
    reaching: _Reaching = {}
    group = ""
    width = max(sum(cell.n_columns for cell in row.cells) for row in rows)
    for number, row in enumerate(rows):
        reaching = {column: (n - 1, cell) for column, (n, cell) in reaching.items() if n > 1}
        before = {id(cell): cell for _, cell in reaching.values()}
        _place(row, reaching)
        filled = [cell for cell in row.cells if cell.text]
        if number < n_headers:
            _add_names(above, filled)
            cells = [DraftCell(join_parts(cell.drafts)) for cell in filled]
        elif _is_group(row, filled, width):
            group = filled[0].text
            cells = [DraftCell(join_parts(filled[0].drafts))]
        else:
            cells = list(_cells(row, list(before.values()), above, group))
        if cells:
            n_linked = sum(draft.n_linked for cell in filled for draft in cell.drafts)
            yield Draft("row", cells=cells, caption=caption, n_linked=n_linked, parent=parent)


def _place(row: _Row, reaching: _Reaching) -> None:
    """Give the cells of a row their columns, beside the cells of rows above that reach into it."""
    column = 0
    taken = set(reaching)
    for cell in row.cells:
        while column in taken:
            column += 1
        cell.column = column
        if cell.n_rows > 1 and column < _MOST_COLUMNS:
            for one in range(column, column + cell.n_columns):
                reaching[one] = (cell.n_rows, cell)
        column += cell.n_columns if column < _MOST_COLUMNS else 1


def _add_names(above: dict[int, list[str]], headers: Sequence[GridCell]) -> None:
    for cell in headers:
        for column in range(cell.column, cell.column + cell.n_columns):
            names = above.setdefault(column, [])
            if len(names) < _MOST_NAMES and cell.text not in names:
                names.append(cell.text)


def _is_group(row: _Row, filled: Sequence[GridCell], width: int) -> bool:
    """Whether a row only names the rows below it: one text over all columns, or no others."""
    if len(filled) != 1 or _is_number(filled[0].text):
        return False
    reaches_all = filled[0].n_columns >= width
    return reaches_all or (filled[0].column == 0 and len(row.cells) >= width)


def _cells(
    row: _Row, reaching: Sequence[GridCell], above: Mapping[int, list[str]], group: str
) -> Iterator[DraftCell]:
    """Cells of a row, each beside the headers before it: those marked, or the first cell."""
    names = [group] if group else []
    own = {id(cell) for cell in row.cells}
    for place, cell in enumerate(sorted([*reaching, *row.cells], key=lambda one: one.column)):
        is_own = id(cell) in own
        if not cell.text:
            continue
        if is_own:
            column = tuple(above.get(cell.column, ()))
            yield DraftCell(join_parts(cell.drafts), column, tuple(names))
        is_name = cell.is_header or not place or (not is_own and not _is_number(cell.text))
        if is_name and len(names) < _MOST_NAMES:
            names.append(cell.text)


def _n_header_rows(rows: Sequence[_Row]) -> int:
    """Rows at the top that are headers: marked as such, else one above numbers without any."""
    marked = 0
    for row in rows:
        if row.section == "thead" or all(cell.is_header or not cell.text for cell in row.cells):
            marked += 1
        else:
            break
    if marked == len(rows):
        return 1 if any(row.section == "tbody" for row in rows) or marked > 1 else 0
    if marked:
        return marked
    first, *others = rows
    if not others or len(first.cells) == 1:
        return 0
    has_numbers = any(_is_number(cell.text) for row in others for cell in row.cells)
    return 1 if has_numbers and not any(_is_number(cell.text) for cell in first.cells) else 0


def _is_number(text: str) -> bool:
    """Whether a cell is a figure; a year is none."""
    return _NUMBER.fullmatch(text) is not None and _YEAR.fullmatch(text) is None
