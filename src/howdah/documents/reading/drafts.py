"""Drafts: blocks as they are put together from pieces of a file, and the text that they make."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from howdah.documents.origins import WHITE, Origins, OriginsMaker
from howdah.documents.spans import Block, BlockKind, Cell

#: What stands between the cells of a row, and between blocks.
BAR = " | "
BREAK = "\n"

_NEEDS_CARE = re.compile(r"&|[\t\n\r\f]|  ")
_PIECE = re.compile(
    r"(?P<white>[ \t\n\r\f]+)"
    r"|(?P<entity>&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);?)"
    r"|&|[^& \t\n\r\f]++(?: [^& \t\n\r\f]++)*+"
)

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")

#: From here on, letters stand without spaces between the words: a wrapped line adds none.
_FIRST_UNSPACED = "\u2e80"

Part = tuple[str, int, int]


@dataclass(slots=True)
class DraftCell:
    """A cell of a row, with the headers that it stands under and beside."""

    parts: list[Part]
    column: tuple[str, ...] = ()
    row: tuple[str, ...] = ()


@dataclass(slots=True)
class Draft:
    """A block that is being put together.

    Attributes
    ----------
    parts
        What it reads, with the place of each part in the file.
    n_linked
        How many of its characters are links.
    parent
        Number of the element that holds it.
    """

    kind: BlockKind = "paragraph"
    level: int = 0
    parts: list[Part] = field(default_factory=list)
    cells: list[DraftCell] = field(default_factory=list)
    caption: str = ""
    n_linked: int = 0
    parent: int = 0

    @property
    def text(self) -> str:
        """What it reads."""
        if self.cells:
            return BAR.join(spoken(cell.parts) for cell in self.cells)
        return spoken(self.parts)

    def add_markup(self, source: str, start: int, end: int, *, raised: str = "") -> int:
        """Add text of a page, entities read and white space collapsed; how many characters.

        Parameters
        ----------
        raised
            "sup" or "sub" for figures above or below the line.
        """
        text = source[start:end]
        if _NEEDS_CARE.search(text) is None:
            if text[0] == " " and self._ends_white():
                text, start = text[1:], start + 1
            if not text:
                return 0
            if raised:
                text = text.translate(_RAISED if raised == "sup" else _LOWERED)
            self.parts.append((text, start, end))
            return len(text)
        return sum(self._add_piece(match, source, start, raised) for match in _PIECE.finditer(text))

    def _add_piece(self, match: re.Match[str], source: str, offset: int, raised: str) -> int:
        start, end = offset + match.start(), offset + match.end()
        part = match[0]
        if match.lastgroup == "white":
            if self._ends_white() or self._is_wrapped_unspaced(part, source, end):
                return 0
            part = " "
        elif match.lastgroup == "entity":
            part = html.unescape(part)
        elif raised:
            part = part.translate(_RAISED if raised == "sup" else _LOWERED)
        if part:
            self.parts.append((part, start, end))
        return len(part)

    def add_break(self, start: int, end: int) -> None:
        """Add the end of a line, which stands at [start, end)."""
        if self.parts:
            self.trim_end()
            if self.parts:
                self.parts.append(("\n", start, end))

    def trim_end(self) -> None:
        """Take white space off the end."""
        while self.parts:
            part, start, end = self.parts[-1]
            kept = part.rstrip(WHITE)
            if kept == part:
                return
            self.parts.pop()
            if kept:
                self.parts.append((kept, start, end - len(part) + len(kept)))

    def _ends_white(self) -> bool:
        return not self.parts or self.parts[-1][0][-1] in WHITE

    def _is_wrapped_unspaced(self, white: str, source: str, end: int) -> bool:
        return (
            "\n" in white
            and self.parts[-1][0][-1] >= _FIRST_UNSPACED
            and source[end : end + 1] >= _FIRST_UNSPACED
        )


def spoken(parts: Iterable[Part]) -> str:
    """What parts read together."""
    return "".join(part for part, _, _ in parts)


def join_parts(drafts: Iterable[Draft]) -> list[Part]:
    """Parts of several drafts as one cell; a space is put between them."""
    joined: list[Part] = []
    for draft in drafts:
        if joined and draft.parts:
            # An empty place in the file: the space is put in between.
            at = joined[-1][2]
            joined.append((" ", at, at))
        joined.extend(draft.parts)
    return joined


def assemble(source: str, drafts: Iterable[Draft]) -> tuple[str, Origins, tuple[Block, ...]]:
    """The text that drafts make, the way back to the file, and its blocks."""
    maker = OriginsMaker(source)
    made: list[tuple[Draft, int, int, list[tuple[int, int]]]] = []
    for draft in drafts:
        if made:
            maker.insert(BREAK)
        start = maker.length
        places = []
        for number, cell in enumerate(draft.cells):
            if number:
                maker.insert(BAR)
            places.append(_add(maker, cell.parts))
        if not draft.cells:
            _add(maker, draft.parts)
        made.append((draft, start, maker.length, places))
    text, origins = maker.finish()
    blocks = tuple(
        Block(
            start,
            end,
            text[start:end],
            draft.kind,
            draft.level,
            tuple(
                Cell(a, b, text[a:b], cell.column, cell.row)
                for cell, (a, b) in zip(draft.cells, places, strict=True)
            ),
            draft.caption,
        )
        for draft, start, end, places in made
    )
    return text, origins, blocks


def _add(maker: OriginsMaker, parts: Iterable[Part]) -> tuple[int, int]:
    start = maker.length
    for part, source_start, source_end in parts:
        if source_start == source_end:
            maker.insert(part)
        else:
            maker.add(part, source_start, source_end)
    return start, maker.length
