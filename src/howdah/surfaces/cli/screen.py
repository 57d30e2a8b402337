"""The screen: text, fields and tables, laid out for a terminal of any width or for a pipe.

On a terminal text wraps at its width and headings are bold. In a pipe nothing is cut, wrapped,
coloured or boxed: one row stays one line, so that grep and awk see it whole. Widths are those
of the characters on the screen; a Chinese character takes two columns.
"""

import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

#: Wide enough that no line of a pipe is ever wrapped.
_PIPE_WIDTH = 100_000

#: Narrower than this a column of text is not worth reading: rows are stacked instead.
_LEAST_TEXT_WIDTH = 10

_GAP = 2


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    is_number
        Set to the right and never wrapped.
    is_whole
        Never wrapped: dates and ids, which are copied.
    """

    title: str
    is_number: bool = False
    is_whole: bool = False

    @property
    def is_fixed(self) -> bool:
        """Whether its cells keep their full width."""
        return self.is_number or self.is_whole


class Screen:
    """What one command prints, kept until it is complete."""

    def __init__(self) -> None:
        console = Console(highlight=False, markup=False, emoji=False)
        self.is_terminal = console.is_terminal
        if not self.is_terminal:
            console = Console(
                highlight=False, markup=False, emoji=False, width=_PIPE_WIDTH, color_system=None
            )
        self._console = console
        self._parts: list[str] = []

    @property
    def width(self) -> int:
        """Columns of the terminal; very many in a pipe."""
        return self._console.width

    def blank(self) -> None:
        """An empty line, unless nothing or one stands above."""
        if self._parts and self._parts[-1] != "\n":
            self._parts.append("\n")

    def heading(self, text: str) -> None:
        """A line that opens a section."""
        self.blank()
        self.text(text, style="bold")

    def text(
        self, text: str, *, indent: int = 0, hang: int = 0, style: str = "", first: str = ""
    ) -> None:
        """A paragraph.

        Parameters
        ----------
        indent, hang
            Columns before every line, and before every line but the first besides.
        first
            What stands in front of the first line, in the columns of `indent`.
        """
        room = max(self.width - indent - hang, 20)
        lines = Text(clean(text), style).wrap(self._console, room, overflow="fold")
        for n, line in enumerate(lines):
            line.rstrip()
            start = first.ljust(indent) if n == 0 else " " * (indent + hang)
            self._keep(Text.assemble(start, line))

    def fields(self, pairs: Iterable[tuple[str, str]], *, indent: int = 0) -> None:
        """Labels and values, the values set under each other; empty values are left out."""
        shown = [(label, value) for label, value in pairs if value]
        reach = max((cell_len(label) for label, _ in shown), default=0) + _GAP
        for label, value in shown:
            start = " " * indent + label + " " * (reach - cell_len(label))
            text = self._kept_command(value, indent + reach)
            for n, part in enumerate(text.split("\n")):
                self.text(part, indent=indent + reach, first=start if n == 0 else "")

    def table(
        self, columns: Sequence[Column], rows: Sequence[Sequence[str]], *, indent: int = 0
    ) -> None:
        """A table; its rows are stacked where it would not fit without cutting."""
        cells = [[clean(cell) for cell in row] for row in rows]
        shown = [n for n in range(len(columns)) if any(row[n] for row in cells)]
        columns = [columns[n] for n in shown]
        cells = [[row[n] for n in shown] for row in cells]
        widths = [
            max(cell_len(text) for text in (column.title, *(row[n] for row in cells)))
            for n, column in enumerate(columns)
        ]
        least = sum(
            width if column.is_fixed else min(width, _LEAST_TEXT_WIDTH)
            for column, width in zip(columns, widths, strict=True)
        )
        if least + _GAP * (len(columns) - 1) + indent > self.width:
            self._stack(columns, cells, indent)
            return
        table = Table(
            box=box.SIMPLE if self.is_terminal else None,
            show_edge=False,
            pad_edge=False,
            padding=(0, 1 if self.is_terminal else _GAP, 0, 0),
            header_style="bold",
        )
        for column, width in zip(columns, widths, strict=True):
            table.add_column(
                column.title,
                justify="right" if column.is_number else "left",
                no_wrap=column.is_fixed,
                overflow="fold",
                min_width=width if column.is_fixed else None,
            )
        for row in cells:
            table.add_row(*(Text(cell) for cell in row))
        self._keep(Padding(table, (0, 0, 0, indent), expand=False))

    def write(self) -> None:
        """Print it all at once; a reader who has gone is met as `BrokenPipeError`."""
        sys.stdout.write("".join(self._parts))
        sys.stdout.flush()

    def _stack(self, columns: Sequence[Column], rows: Sequence[Sequence[str]], indent: int) -> None:
        for row in rows:
            self.fields(zip((c.title for c in columns), row, strict=True), indent=indent)
            self.blank()

    def _kept_command(self, text: str, indent: int) -> str:
        """`text` with a command that would be wrapped set on a line of its own, for copying."""
        before, found, command = text.partition(": howdah ")
        if not found or cell_len(text) + indent <= self.width:
            return text
        return f"{before}:\nhowdah {command}"

    def _keep(self, renderable: Text | Padding) -> None:
        with self._console.capture() as captured:
            self._console.print(renderable, soft_wrap=isinstance(renderable, Text))
        lines = captured.get().splitlines()
        self._parts.extend(f"{line.rstrip()}\n" for line in lines)


def clean(text: str) -> str:
    r"""Text without what could drive the terminal: feeds are not trusted with the screen.

    Examples
    --------
    >>> clean("a\x1b[2Jb\nc")
    'a�[2Jb c'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(char) for char in text)


def _visible(char: str) -> str:
    if char in "\n\r\t":
        return " "
    category = unicodedata.category(char)
    # Format characters reorder or hide text; joiners are needed to write some scripts.
    if category == "Cc" or (category == "Cf" and char not in "\u200c\u200d"):
        return "\N{REPLACEMENT CHARACTER}"
    return char
