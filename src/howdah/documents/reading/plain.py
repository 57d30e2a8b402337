"""Plain text as blocks: headings, paragraphs, items of lists and rows of tables, told by form.

Nothing of the text is changed; every block is a stretch of it. Lines belong together in a
paragraph where the text was wrapped at a width. A short line without a full stop above a longer
one is a heading. Lines with bars, tabs or wide gaps that follow one another are a table.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from howdah.documents.reading.drafts import Draft
from howdah.documents.reading.tables import Grid
from howdah.documents.spans import Block, Cell

_MARKED = re.compile(r"(#{1,6})[ \t]+(?=\S)")
_ITEM = re.compile(
    r"(?:[-*+•·●■◆▪–‣◦]\s+(?=\S)|\(?\d{1,2}[)、．]\s*|\d{1,2}\.\s+(?=\S)|[（(]\d{1,2}[)）]\s*|[①-⑳❶-❿]\s*"
    r"|[（(]?[一二三四五六七八九十]{1,3}[、)）]\s*|[a-h]\)\s+)"
)
_UNDERLINE = re.compile(r"={3,}|-{3,}")
_RULE = re.compile(r"[\s|｜│:+=_─━┼-]*[=_─━-]{2,}[\s|｜│:+=_─━┼-]*")
_BAR, _TAB = re.compile(r"\s*[|｜│]\s*"), re.compile(r" *\t *")
_GAP = re.compile(r"[ \u3000]{2,}|\u3000")
#: Characters that take two columns.
_WIDE = re.compile(
    r"[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60]"
)
_SENTENCE_END = re.compile(r"[。！？!?.…；;:：,，、][\"'”’」』)）】]*$")
_FULL_STOP = re.compile(r"[。！？!?.…][\"'”’」』)）】]*$")
_BYLINE = re.compile(
    r"(?:by |from |published|updated|posted|source:|date:|author|作者|记者|記者|来源|來源"
    r"|编辑|編輯|责编|发布|發布|發佈|更新|文[/|｜:：]|撰文|本报|本報|时间|時間|日期)"
    r"|.{0,12}(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}",
    re.IGNORECASE,
)
_CAPTION = re.compile(
    r"(?:table|exhibit|figure|chart|units?|in (?:millions|thousands|billions))\b|[图圖表]"
    r"|.{0,30}(?:单位|單位)",
    re.IGNORECASE,
)

#: Widths in columns, of which a Chinese character takes two: of the longest heading, and of the
#: widest text that was wrapped rather than written in one line to a paragraph.
_WIDEST_HEADING, _WIDEST_WRAPPED = 100, 130
#: Width from which a line may have been wrapped.
_LEAST_WRAPPED = 45
#: Share of the widest line from which a line may have been wrapped.
_FULL_LINE = 0.6
#: A table has so many rows and columns at least, and no cell longer than this.
_LEAST_ROWS = _LEAST_COLUMNS = 2
_LONGEST_CELL = 80
#: A text with longer lines than this has no tables to be looked for in them.
_LONGEST_ROW = 1000


@dataclass(frozen=True, slots=True)
class _Line:
    """A line without the white space around it, and how many lines are empty before it."""

    start: int
    end: int
    text: str
    indent: int
    n_blank: int
    width: int


def read_plain(text: str) -> tuple[Block, ...]:
    r"""Blocks of a plain text.

    Examples
    --------
    >>> [(b.kind, b.surface) for b in read_plain("Users\n\nIt has 3 million.\n- 2 in May")]
    [('heading', 'Users'), ('paragraph', 'It has 3 million.'), ('item', '- 2 in May')]
    """
    return tuple(_blocks(text, list(_lines(text))))


def _blocks(text: str, lines: Sequence[_Line]) -> Iterator[Block]:
    at = 0
    caption: Block | None = None
    while at < len(lines):
        n_rows = _n_rows(lines, at)
        if n_rows:
            title = caption.surface if caption else ""
            yield from _rows(text, lines[at : at + n_rows], title)
            at += n_rows
            caption = None
            continue
        block, n_lines = _block(text, lines, at)
        at += n_lines
        if block is not None:
            is_near = at < len(lines) and lines[at].n_blank < 2  # noqa: PLR2004 - one empty line
            is_short = _width(block.surface) <= _WIDEST_HEADING
            if is_near and is_short and _CAPTION.match(block.surface) and _n_rows(lines, at):
                block = caption = replace(block, kind="paragraph", level=0)
            else:
                caption = None
            yield block


def _lines(text: str) -> Iterator[_Line]:
    n_blank = 1
    for match in re.finditer(
        r"[^\r\n\f\v\x85\u2028\u2029]*(?:\r\n|[\r\n\f\v\x85\u2028\u2029]|\Z)", text
    ):
        whole = match[0]
        bare = whole.strip()
        if not bare:
            n_blank += 1
            continue
        before = whole[: len(whole) - len(whole.lstrip())]
        start = match.start() + len(before)
        yield _Line(start, start + len(bare), bare, _width(before), n_blank, _width(bare))
        n_blank = 0


def _width(text: str) -> int:
    """Columns that a text takes on a screen."""
    if text.isascii() or len(text) > _WIDEST_WRAPPED:
        # Longer than any width that is asked for, it need not be known more closely.
        return len(text) + 3 * text.count("\t")
    return len(text) + len(_WIDE.findall(text))


def _block(text: str, lines: Sequence[_Line], at: int) -> tuple[Block | None, int]:
    """The block that begins at a line, and how many lines it takes."""
    line = lines[at]
    if marked := _MARKED.match(line.text):
        start = line.start + marked.end()
        end = line.start + len(line.text.rstrip("# \t"))
        return Block(start, end, text[start:end], "heading", len(marked[1])), 1
    if (
        at + 1 < len(lines)
        and lines[at + 1].n_blank == 0
        and (_UNDERLINE.fullmatch(lines[at + 1].text) and line.width <= _WIDEST_HEADING)
    ):
        return _made(text, [line], "heading", 1 if lines[at + 1].text[0] == "=" else 2), 2
    if _RULE.fullmatch(line.text):
        return None, 1
    if _is_item(lines, at):
        taken = [line]
        for place in range(at + 1, len(lines)):
            other = lines[place]
            if other.n_blank or other.indent <= line.indent or _ITEM.match(other.text):
                break
            taken.append(other)
        return _made(text, taken, "item", 1 + min(line.indent // 2, 5)), len(taken)
    if _is_heading(lines, at):
        return _made(text, [line], "heading", 1 if at == 0 else 2), 1
    taken = _wrapped(lines, at)
    return _made(text, taken, "paragraph", 0), len(taken)


def _made(text: str, lines: Sequence[_Line], kind: str, level: int) -> Block:
    start, end = lines[0].start, lines[-1].end
    return Block(start, end, text[start:end], kind, level)  # type: ignore[arg-type]


def _is_item(lines: Sequence[_Line], at: int) -> bool:
    """Whether a line is an item; a numbered short line above a paragraph is a heading."""
    match = _ITEM.match(lines[at].text)
    if match is None or match.end() == len(lines[at].text):
        return False
    if not any(char.isalnum() for char in match[0]):
        return True
    beside = [*lines[max(at - 1, 0) : at], *lines[at + 1 : at + 2]]
    return not _is_heading(lines, at) or any(_ITEM.match(other.text) for other in beside)


def _is_heading(lines: Sequence[_Line], at: int) -> bool:
    line = lines[at]
    if line.width > _WIDEST_HEADING or _SENTENCE_END.search(line.text):
        return (
            at == 0
            and line.width <= _WIDEST_HEADING
            and line.text[-1] in "?？!！"
            and (len(lines) > 1 and lines[1].n_blank > 0)
        )
    if at + 1 >= len(lines) or (at and _BYLINE.match(line.text)):
        return False
    following = lines[at + 1]
    if not following.n_blank and (
        following.text[0].islower()
        or (
            _LEAST_WRAPPED < line.width >= _FULL_LINE * following.width
            and not _ITEM.match(line.text)
        )
    ):
        return False
    if at == 0:
        return (
            following.n_blank > 0
            or following.width > line.width
            or _BYLINE.match(following.text) is not None
        )
    # The last line of a wrapped paragraph is short too, but has lines right above it.
    if not line.n_blank and not _FULL_STOP.search(lines[at - 1].text) and at > 1:
        return False
    return (
        following.width > line.width
        or _ITEM.match(following.text) is not None
        or (_n_rows(lines, at + 1) > 0)
    )


def _wrapped(lines: Sequence[_Line], at: int) -> list[_Line]:
    """Lines of one paragraph from `at` on."""
    chunk = [lines[at]]
    for place in range(at + 1, len(lines)):
        other = lines[place]
        if other.n_blank or _ITEM.match(other.text) or _MARKED.match(other.text):
            break
        chunk.append(other)
    widest = max(line.width for line in chunk)
    ended = sum(_FULL_STOP.search(line.text) is not None for line in chunk[:-1])
    if len(chunk) == 1 or widest > _WIDEST_WRAPPED or 2 * ended > len(chunk) - 1:
        return chunk[:1]
    taken = chunk[:1]
    for one, other in pairwise(chunk):
        goes_on = one.width >= _FULL_LINE * widest or other.text[0].islower()
        if not goes_on or (other.indent >= one.indent + 2 and _FULL_STOP.search(one.text)):
            break
        taken.append(other)
    return taken


def _n_rows(lines: Sequence[_Line], at: int) -> int:
    """Lines from `at` on that are the rows of one table, 0 for none."""
    kind, width, n_rows, n_lines = "", 0, 0, 0
    for place in range(at, len(lines)):
        line = lines[place]
        if n_lines and line.n_blank:
            break
        if _RULE.fullmatch(line.text):
            if n_lines and n_lines - n_rows > n_rows + 1:
                break
            n_lines += 1
            continue
        found, cells = _cells(line)
        n_cells = len(cells)
        if (
            n_cells < _LEAST_COLUMNS
            or (kind and found != kind)
            or (width and (n_cells > width + 1 or (found == "bar" and abs(n_cells - width) > 1)))
        ):
            break
        kind, width = found, max(width, n_cells)
        n_rows += 1
        n_lines += 1
    return n_lines if n_rows >= _LEAST_ROWS else 0


def _cells(line: _Line) -> tuple[str, list[tuple[int, int]]]:
    """How the cells of a line are parted, and where they are; none in a sentence."""
    text = line.text
    if len(text) > _LONGEST_ROW or _RULE.fullmatch(text):
        return "", []
    if any(bar in text for bar in "|｜│\t"):
        kind, pattern = "bar", _BAR if any(bar in text for bar in "|｜│") else _TAB
        first = len(text) - len(text.lstrip("|｜│ "))
        last = len(text.rstrip("|｜│ "))
        if "|" in text[:first]:
            first = text.index("|") + 1
    elif _FULL_STOP.search(text) or _ITEM.match(text):
        return "", []
    else:
        kind, pattern, first, last = "gap", _GAP, 0, len(text)
    cells, start = [], first
    for match in pattern.finditer(text, first, last):
        cells.append((start, match.start()))
        start = match.end()
    cells.append((start, max(last, start)))
    if any(end - start > _LONGEST_CELL for start, end in cells):
        return "", []
    return kind, [_stripped(text, *cell) for cell in cells]


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _rows(text: str, lines: Sequence[_Line], caption: str) -> Iterator[Block]:
    """Rows of a table, each cell with its headers."""
    grid = Grid(0)
    read = [(line, _cells(line)) for line in lines if not _RULE.fullmatch(line.text)]
    width = max(len(cells) for _, (_, cells) in read)
    model = next(
        [(line.indent + a, line.indent + b) for a, b in _columns(line, cells)]
        for line, (_, cells) in read if len(cells) == width
    )  # fmt: skip
    after = lines.index(read[0][0]) + 1
    is_ruled = after < len(lines) and _RULE.fullmatch(lines[after].text) is not None
    for number, (line, (_, cells)) in enumerate(read):
        grid.section = "thead" if is_ruled and not number else "tbody"
        grid.add_row()
        columns: Sequence[int] = range(len(cells))
        if len(cells) < width:
            places = [(line.indent + a, line.indent + b) for a, b in _columns(line, cells)]
            columns = _aligned(places, model)
        at = 0
        for column, (start, end) in zip(columns, cells, strict=True):
            for _ in range(column - at):
                grid.add_cell("td", {}, [])
            at = column + 1
            part = (line.text[start:end], line.start + start, line.start + end)
            grid.add_cell("td", {}, [Draft(parts=[part])] if start < end else [])
    for draft in grid.drafts():
        made = tuple(
            Cell(cell.parts[0][1], cell.parts[0][2], cell.parts[0][0], cell.column, cell.row)
            for cell in draft.cells
        )
        start, end = made[0].start, made[-1].end
        yield Block(start, end, text[start:end], "row", 0, made, caption)


def _columns(line: _Line, cells: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(_width(line.text[:start]), _width(line.text[:end])) for start, end in cells]


def _aligned(places: Sequence[tuple[int, int]], model: Sequence[tuple[int, int]]) -> Sequence[int]:
    """Columns of cells, by what they stand under; in order where that does not tell."""
    columns: list[int] = []
    for start, end in places:
        least = columns[-1] + 1 if columns else 0
        left = len(places) - len(columns) - 1
        allowed = range(least, len(model) - left)
        columns.append(max(allowed, key=lambda n: min(end, model[n][1]) - max(start, model[n][0])))
    return columns
