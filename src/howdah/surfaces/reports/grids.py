"""Grids: tables of cells with a note, which a narrow screen shows as one block a row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: what it says, and in small what belongs to it."""

    text: str = ""
    notes: tuple[str, ...] = ()

    @property
    def is_blank(self) -> bool:
        """Whether it says nothing."""
        return not self.text and not self.notes

    @property
    def tells(self) -> bool:
        """Whether it says more than that there is none."""
        return self.text not in {"", "0"} or bool(self.notes)


@dataclass(frozen=True, slots=True)
class Heading:
    """Title of a column, and how its cells are set.

    Attributes
    ----------
    kind
        Class of the cells: "number" (to the right, not wrapped), "whole" (not wrapped), "long"
        (a sentence), or "".
    """

    title: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table.

    Attributes
    ----------
    rows
        Cells in the order of `headings`; the first names the row.
    left_out
        Titles of the columns that told nothing in any row, and are not in it.
    """

    label: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]
    left_out: tuple[str, ...] = ()


def grid_of(label: str, headings: Sequence[Heading], rows: Iterable[Sequence[Cell]]) -> Grid:
    """A grid without the columns that tell nothing in any row.

    Examples
    --------
    >>> rows = [[Cell("a"), Cell("0"), Cell("5")], [Cell("b"), Cell(), Cell()]]
    >>> grid = grid_of("Users", [Heading("Who"), Heading("Wrong"), Heading("Users")], rows)
    >>> [heading.title for heading in grid.headings], grid.left_out
    (['Who', 'Users'], ('Wrong',))
    """
    every = [tuple(row) for row in rows]
    kept = [n for n in range(len(headings)) if n == 0 or any(row[n].tells for row in every)]
    return Grid(
        label,
        tuple(headings[n] for n in kept),
        tuple(tuple(row[n] for n in kept) for row in every),
        tuple(heading.title for n, heading in enumerate(headings) if n not in kept),
    )
