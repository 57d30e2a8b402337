"""Where each piece of a text that is read stands in the file that it was read from.

A page is not read as it is written: its text is what a reader sees, without markup, with
characters for entities and one space for many. A quotation is checked in the text, exactly, and
cited in the file: `Origins` leads from the one to the other, and can prove that it does.
"""

import html
import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

#: Characters that HTML and line breaking count as white space; a no-break space is none.
WHITE = " \t\n\r\f\v"

_BREAK = re.compile(r"<(?:br|wbr)\b[^>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Origins:
    """The decoded file of a text, and the pieces that the text is put together from.

    A piece as long in the text as in the file goes character by character; another one, such as
    an entity, goes whole. What no piece covers was put in between: the line break between two
    blocks, the bar between two cells.

    Attributes
    ----------
    text
        The decoded file, or the part of it that was read.
    starts, ends
        Where each piece stands in the text that is read, in order.
    source_starts, source_ends
        Where it stands in the file.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    source_starts: tuple[int, ...]
    source_ends: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where [start, end) of the text that is read stands in the file, markup included.

        An empty span has the place of the piece that follows it.

        Raises
        ------
        IndexError
            Nothing of the file stands there.
        """
        first = bisect_right(self.ends, start)
        last = bisect_left(self.starts, end) - 1
        if first >= len(self.starts) or last < 0 or (first > last and start < end):
            raise IndexError(f"nothing of the file stands at [{start}, {end})")
        begin = self.source_starts[first]
        if start > self.starts[first] and self._is_literal(first):
            begin += start - self.starts[first]
        if start == end:
            return begin, begin
        stop = self.source_ends[last]
        if end < self.ends[last] and self._is_literal(last):
            stop -= self.ends[last] - end
        # In pages that are read in another order than they are written, the ends may cross.
        return min(begin, stop), max(begin, stop)

    def is_spelled(self, read: str) -> bool:
        """Whether every piece of a text stands in the file as it says: the proof of the map."""
        return all(
            _is_spelling(self.text[a:b], read[start:end])
            for start, end, a, b in zip(
                self.starts, self.ends, self.source_starts, self.source_ends, strict=True
            )
        )

    def _is_literal(self, piece: int) -> bool:
        return (
            self.ends[piece] - self.starts[piece]
            == self.source_ends[piece] - self.source_starts[piece]
        )


def _is_spelling(source: str, part: str) -> bool:
    """Whether a piece of a file reads as a part of the text."""
    if source.startswith("&"):
        return html.unescape(source) == part
    if not part.strip(WHITE):
        return not source.strip(WHITE) or _BREAK.fullmatch(source) is not None
    # A raised figure is a footnote or a power: it is read as such, 760<sup>1</sup> as 760¹.
    return part == source or unicodedata.normalize("NFKC", part) == source


class OriginsMaker:
    """Puts a text together from pieces of a file.

    Parameters
    ----------
    source
        The decoded file.
    """

    __slots__ = ("_length", "_parts", "_places", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        self._parts: list[str] = []
        self._places: list[tuple[int, int, int, int]] = []
        self._length = 0

    @property
    def length(self) -> int:
        """Number of characters put together so far."""
        return self._length

    def add(self, part: str, source_start: int, source_end: int) -> None:
        """Add a piece, with its place in the file."""
        start = self._length
        self._parts.append(part)
        self._length = start + len(part)
        self._places.append((start, self._length, source_start, source_end))

    def insert(self, part: str) -> None:
        """Put something in between that is not in the file."""
        self._parts.append(part)
        self._length += len(part)

    def finish(self) -> tuple[str, Origins]:
        """The text, and where its pieces came from."""
        columns = zip(*self._places, strict=True) if self._places else ((), (), (), ())
        starts, ends, source_starts, source_ends = columns
        return "".join(self._parts), Origins(self.source, starts, ends, source_starts, source_ends)
