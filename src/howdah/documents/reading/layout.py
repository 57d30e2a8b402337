"""Words on pages to blocks: lines, paragraphs, headings, rows of tables, without page furniture."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from howdah.documents.reading.drafts import Draft, Part, join_parts, spoken
from howdah.documents.reading.tables import Grid

#: A gap wider than so many heights of the line parts columns.
_COLUMN_GAP = 1.2
#: Words that overlap so far in height stand in one line.
_SAME_LINE = 0.5
#: Parts of a page's height at its top and bottom in which furniture stands.
_MARGIN = 0.12
#: A line as far below the last, in heights, begins a block; so does one so much indented.
_FAR, _INDENT = 1.35, 1.0
#: A line so much higher than most is a heading, and one longer is none.
_HIGHER, _LONGEST_HEADING = 1.12, 140
#: Lines whose heights differ by such a share are not of one block.
_UNLIKE = 0.15
#: A line that ends so far before the longest, as a share of its width, may end a paragraph.
_SHORT = 0.12

_PAGE_NUMBER = re.compile(
    r"\W*(?:page|p\.|第)?\s*(?:\d{1,4}|[ivxl]{1,6})\s*(?:(?:of|/|／|页共|頁共|,)\s*\d{1,4})?\s*[页頁]?\W*",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+")
_ITEM = re.compile(r"(?:[•●■◆▪–‣◦·]|[-*]\s|\(?\d{1,2}[.)、]\s|[（(]\d{1,2}[)）]|[①-⑳])")
_SENTENCE_END = re.compile(r"[。！？!?.…:：;；][\"'”’」』)）】]*$")
#: Marks that PDFium gives for a hyphen at the end of a line, with the plain ones.
_HYPHENS = frozenset("-\u2010\u00ad\x02\ufffe")
_FIRST_UNSPACED = "\u2e80"


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its place: in the text, and on the page in points from its lower left corner."""

    start: int
    end: int
    left: float
    right: float
    bottom: float
    top: float
    is_bold: bool = False


@dataclass(slots=True)
class _Line:
    """A line of a page, parted by its wide gaps."""

    page: int
    segments: list[list[Word]]

    @property
    def words(self) -> list[Word]:
        return [word for segment in self.segments for word in segment]

    @property
    def left(self) -> float:
        return self.segments[0][0].left

    @property
    def right(self) -> float:
        return self.segments[-1][-1].right

    @property
    def bottom(self) -> float:
        return min(word.bottom for word in self.words)

    @property
    def height(self) -> float:
        return max(word.top - word.bottom for word in self.words)

    @property
    def is_bold(self) -> bool:
        return all(word.is_bold for word in self.words)


def lay_out(text: str, pages: Sequence[Sequence[Word]], heights: Sequence[float]) -> list[Draft]:
    """Blocks of a document, from the words of its pages.

    Parameters
    ----------
    text
        Text that the words' places count in.
    heights
        Of the pages.
    """
    lines = [line for page, words in enumerate(pages) for line in _lines(page, words)]
    lines = _without_furniture(text, lines, heights)
    if not lines:
        return []
    body = median(line.height for line in lines)
    drafts: list[Draft] = []
    at = 0
    while at < len(lines):
        n_rows = _n_rows(lines, at)
        if n_rows:
            drafts.extend(_rows(text, lines[at : at + n_rows]))
            at += n_rows
            continue
        n_lines = _n_together(text, lines, at, body)
        drafts.append(_draft(text, lines[at : at + n_lines], body, is_first=at == 0))
        at += n_lines
    return drafts


def _lines(page: int, words: Sequence[Word]) -> Iterator[_Line]:
    line: list[list[Word]] = []
    for word in words:
        last = line[-1][-1] if line else None
        if last is None or not _is_beside(last, word):
            if line:
                yield _Line(page, line)
            line = [[word]]
        elif word.left - last.right > _COLUMN_GAP * min(
            word.top - word.bottom, last.top - last.bottom
        ):
            line.append([word])
        else:
            line[-1].append(word)
    if line:
        yield _Line(page, line)


def _is_beside(last: Word, word: Word) -> bool:
    """Whether a word stands in the line of the one before it, to its right."""
    shared = min(last.top, word.top) - max(last.bottom, word.bottom)
    least = min(last.top - last.bottom, word.top - word.bottom)
    return shared > _SAME_LINE * least and word.left >= last.right - least / 2


def _without_furniture(text: str, lines: Sequence[_Line], heights: Sequence[float]) -> list[_Line]:
    """Lines but for page numbers, and what most pages repeat, at their edges."""

    def is_at_edge(line: _Line) -> bool:
        height = heights[line.page]
        return line.bottom > (1 - _MARGIN) * height or line.bottom < _MARGIN * height

    edges = {id(line): _DIGITS.sub("0", _read(text, line)) for line in lines if is_at_edge(line)}
    pages = Counter(
        words for words, _ in {(edges[id(line)], line.page) for line in lines if id(line) in edges}
    )
    n_pages = len({line.page for line in lines})
    repeated = {words for words, n in pages.items() if n > 1 and 2 * n >= n_pages}
    return [
        line for line in lines
        if (edge := edges.get(id(line))) is None
        or (edge not in repeated and _PAGE_NUMBER.fullmatch(_read(text, line)) is None)
    ]  # fmt: skip


def _read(text: str, line: _Line) -> str:
    return " ".join(text[word.start : word.end] for word in line.words)


def _n_rows(lines: Sequence[_Line], at: int) -> int:
    """Lines from `at` on that are rows of one table, 0 for none."""
    n_rows = last = 0
    for place in range(at, len(lines)):
        line = lines[place]
        if place > at and (
            line.page != lines[place - 1].page or _gap(lines[place - 1], line) > 2 * _FAR
        ):
            break
        if len(line.segments) > 1:
            n_rows += 1
            last = place
        elif not n_rows or place - last > 1 or len(line.words) > 6:  # noqa: PLR2004 - a sentence
            break
    return last - at + 1 if n_rows > 1 else 0


def _gap(above: _Line, below: _Line) -> float:
    """Distance of two lines' feet, in heights of the upper."""
    return (above.bottom - below.bottom) / max(above.height, 1.0)


def _rows(text: str, lines: Sequence[_Line]) -> Iterator[Draft]:
    columns = _columns(lines)
    grid = Grid(0)
    for line in lines:
        grid.add_row()
        cells: dict[int, list[Draft]] = {}
        for segment in line.segments:
            column = max(range(len(columns)), key=lambda n: _overlap(segment, columns[n]))
            cells.setdefault(column, []).append(Draft(parts=_parts(text, segment)))
        for column in range(len(columns)):
            grid.add_cell("td", {}, cells.get(column, []))
    yield from grid.drafts()


def _columns(lines: Sequence[_Line]) -> list[tuple[float, float]]:
    """Columns of a table: its cells' extents, those that overlap as one."""
    extents = sorted(
        (segment[0].left, segment[-1].right)
        for line in lines if len(line.segments) > 1 for segment in line.segments
    )  # fmt: skip
    columns: list[tuple[float, float]] = []
    for left, right in extents:
        if columns and left < columns[-1][1]:
            columns[-1] = (columns[-1][0], max(columns[-1][1], right))
        else:
            columns.append((left, right))
    return columns


def _overlap(segment: Sequence[Word], column: tuple[float, float]) -> float:
    return min(segment[-1].right, column[1]) - max(segment[0].left, column[0])


def _n_together(text: str, lines: Sequence[_Line], at: int, body: float) -> int:
    """Lines from `at` on that make one block."""
    widest = max(line.right for line in lines[at : at + 40])
    n_lines = 1
    for place in range(at + 1, len(lines)):
        above, below = lines[place - 1], lines[place]
        if len(below.segments) > 1 and _n_rows(lines, at + n_lines):
            break
        if not _goes_on(text, above, below, widest) or _is_title(above, body) != _is_title(
            below, body
        ):
            break
        n_lines += 1
    return n_lines


def _goes_on(text: str, above: _Line, below: _Line, widest: float) -> bool:
    """Whether a line goes on in the next."""
    upper, lower = _read(text, above), _read(text, below)
    if _ITEM.match(lower):
        return False
    is_ended = _SENTENCE_END.search(upper) is not None
    if above.page != below.page:
        return not is_ended and (lower[0].islower() or lower[0] >= _FIRST_UNSPACED)
    is_short = above.right < widest - _SHORT * (widest - above.left)
    gap = _gap(above, below)
    if not 0 < gap <= _FAR:
        # Lines set with more space between them go on where neither ends or begins anything.
        is_loose = lower[0].islower() or (lower[0] >= _FIRST_UNSPACED and not is_short)
        return 0 < gap <= 2 * _FAR and not is_ended and is_loose
    if abs(above.height - below.height) > _UNLIKE * above.height:
        return False
    if above.is_bold != below.is_bold:
        return not is_short
    is_indented = below.left > above.left + _INDENT * above.height and not _ITEM.match(upper)
    is_over = is_ended and (is_indented or is_short)
    return not (is_over or (is_short and lower[0].isupper()))


def _is_title(line: _Line, body: float) -> bool:
    return line.height > _HIGHER * body


def _draft(text: str, lines: Sequence[_Line], body: float, *, is_first: bool) -> Draft:
    parts = join_lines(text, lines)
    read = spoken(parts)
    is_short = len(read) <= _LONGEST_HEADING and not read.endswith(
        (".", "。", ",", "，", ";", "；")
    )
    if is_short and any(char.isalpha() for char in read):
        if _is_title(lines[0], body):
            return Draft("heading", 1 if is_first or lines[0].height > 1.5 * body else 2, parts)
        if all(line.is_bold for line in lines):
            return Draft("heading", 2, parts)
    if _ITEM.match(read):
        return Draft("item", 1, parts)
    return Draft("paragraph", 0, parts)


def join_lines(text: str, lines: Sequence[_Line]) -> list[Part]:
    """Parts of a block: lines joined by spaces, words broken at their ends whole again."""
    joined: list[Part] = []
    for line in lines:
        parts = join_parts(Draft(parts=_parts(text, segment)) for segment in line.segments)
        if joined:
            part, start, end = joined[-1]
            first = parts[0][0][0]
            if part[-1] in _HYPHENS and len(part) > 1 and part[-2].isalpha() and first.islower():
                joined[-1] = (part[:-1], start, end - 1)
            elif part[-1] in "\x02\ufffe":
                joined[-1] = (part[:-1], start, end - 1)
                joined.append(("-", end, end))
            elif part[-1] != "-" and not (part[-1] >= _FIRST_UNSPACED and first >= _FIRST_UNSPACED):
                joined.append((" ", end, end))
        joined.extend(parts)
    return [part for part in joined if part[0]]


def _parts(text: str, words: Sequence[Word]) -> list[Part]:
    """Parts of words in one line; words that follow one another in the text as one part."""
    parts: list[Part] = []
    for word in words:
        if parts and text[parts[-1][2] : word.start] == " ":
            _, start, _ = parts[-1]
            parts[-1] = (text[start : word.end], start, word.end)
        else:
            if parts:
                parts.append((" ", parts[-1][2], parts[-1][2]))
            parts.append((text[word.start : word.end], word.start, word.end))
    return parts
