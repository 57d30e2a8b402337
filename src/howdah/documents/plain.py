"""Plain text as a document: headings, paragraphs, items of lists and rows of tables.

What a text's lines are is told from their form alone: a short line without a full stop above a
paragraph is a heading; lines with bars, tabs or wide spaces that follow one another are a table,
and the first of them its header.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from howdah.core.errors import FileFormatError
from howdah.documents.spans import Block, Cell, Document, Lang

_ITEM = re.compile(
    r"\s*(?:[-*•·●■◆▪–]\s+|\(?\d{1,2}[.)、．](?!\d)\s*|[（(]\d{1,2}[)）]\s*"
    r"|[①-⑳]\s*|第?[一二三四五六七八九十]{1,2}[、.]\s*)"
)
_MARKED_HEADING = re.compile(r"\s*(#{1,6})\s+")
_RULE = re.compile(r"[\s|:+=-]+")
_BAR = re.compile(r"\s*[|｜│\t]\s*")
_WIDE = re.compile(r"\t+|\s{2,}|\u3000+")
_SENTENCE_END = re.compile(r"[。！？!?.…；;:：,，、][\"'”’」』)）】]*\s*$")

#: A line up to so many characters may be a heading; of Chinese ones a character says more.
_LONGEST_HEADING = {"zh": 42, "en": 110}

#: Lines at least so long that end without a full stop go on in the next line, where it begins
#: with a small letter: a text wrapped at a width.
_WRAPPED = 45

#: A table has at least so many columns and rows.
_LEAST_COLUMNS = _LEAST_ROWS = 2

#: Share of Chinese characters from which a text is Chinese.
_HAN_SHARE = 0.15
_HAN = re.compile(r"[\u3400-\u9fff]")


def plain_document(
    text: str,
    doc: str = "",
    *,
    lang: Lang | None = None,
    publication: str = "",
    published_at: date | None = None,
) -> Document:
    """A text as a document; nothing of the text is changed.

    Parameters
    ----------
    doc
        What the document is called in claims: its path.
    lang
        None tells it from the characters.
    """
    told = lang or language(text)
    blocks = tuple(_blocks(text, told))
    title = next((b.surface for b in blocks if b.kind == "heading"), "")
    return Document(doc, text, blocks, told, title, publication, published_at)


def read_plain(
    path: Path,
    *,
    lang: Lang | None = None,
    publication: str = "",
    published_at: date | None = None,
) -> Document:
    """A file of plain text in UTF-8.

    Raises
    ------
    FileFormatError
        There is no such file, or it is not UTF-8.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise FileFormatError(path, "there is no such file.") from None
    except IsADirectoryError:
        raise FileFormatError(path, "it is a folder.", "Give the files in it.") from None
    except UnicodeDecodeError as error:
        raise FileFormatError(
            path, f"is not UTF-8 (byte {error.start}).", "Save it as text in UTF-8."
        ) from None
    return plain_document(
        text, str(path), lang=lang, publication=publication, published_at=published_at
    )


def language(text: str) -> Lang:
    """Language of a text, by its characters."""
    letters = sum(not char.isspace() for char in text)
    return "zh" if len(_HAN.findall(text)) > _HAN_SHARE * max(letters, 1) else "en"


def _blocks(text: str, lang: Lang) -> Iterator[Block]:
    lines = list(_lines(text))
    place = 0
    is_first = True
    while place < len(lines):
        start, end = lines[place]
        n_rows = _n_rows(text, lines, place)
        if n_rows:
            yield from _rows(text, lines[place : place + n_rows])
            place += n_rows
            is_first = False
            continue
        stop = place + 1
        line = text[start:end]
        marked = _MARKED_HEADING.match(line)
        item = _ITEM.match(line)
        while stop < len(lines) and _goes_on(text, lines[stop - 1], lines[stop]):
            stop += 1
        last = lines[stop - 1][1]
        if marked:
            begin = start + marked.end()
            yield Block(begin, end, text[begin:end], "heading", level=len(marked[1]))
            stop = place + 1
        elif item and not is_first:
            yield Block(start, last, text[start:last], "item", level=1)
        elif stop == place + 1 and _is_heading(text, lines, place, lang):
            yield Block(start, end, line, "heading", level=1 if is_first else 2)
        else:
            yield Block(start, last, text[start:last], "paragraph")
        is_first = False
        place = stop


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Lines that hold something, without white space around them."""
    for match in re.finditer(r"[^\r\n]+", text):
        line = match[0]
        if line.strip():
            start = match.start() + len(line) - len(line.lstrip())
            yield start, start + len(line.strip())


def _goes_on(text: str, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether a line goes on in the next: the text was wrapped."""
    between = text[one[1] : other[0]]
    if between.count("\n") > 1 or one[1] - one[0] < _WRAPPED:
        return False
    first = text[other[0]]
    # Wrapped at a width, a line of a paragraph has no mark of its own before it.
    return (
        first.isascii()
        and not _ITEM.match(text, other[0], other[1])
        and (
            first.islower()
            or not _SENTENCE_END.search(text, one[0], one[1])
            or (other[1] - other[0] > _WRAPPED and first.isalnum())
        )
    )


def _is_heading(text: str, lines: Sequence[tuple[int, int]], place: int, lang: Lang) -> bool:
    start, end = lines[place]
    line = text[start:end]
    if end - start > _LONGEST_HEADING[lang] or _SENTENCE_END.search(line):
        return False
    if place + 1 >= len(lines):
        return False
    following = text[lines[place + 1][0] : lines[place + 1][1]]
    return len(following) > len(line) or _ITEM.match(following) is not None or place == 0


def _n_rows(text: str, lines: Sequence[tuple[int, int]], place: int) -> int:
    """Lines from `place` on that are rows of one table, 0 for none."""
    width = 0
    n_rows = 0
    for start, end in lines[place:]:
        line = text[start:end]
        if n_rows and _RULE.fullmatch(line):
            n_rows += 1
            continue
        columns = len(list(_cells(text, start, end)))
        if columns < _LEAST_COLUMNS or (width and abs(columns - width) > 1):
            break
        width = width or columns
        n_rows += 1
    return n_rows if n_rows >= _LEAST_ROWS else 0


def _cells(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cells of a line: between bars or tabs, or wide spaces between short texts."""
    line = text[start:end]
    if "|" in line or "\t" in line or "｜" in line or "│" in line:
        first = start + (len(line) - len(line.lstrip("|｜│ ")))
        last = end - (len(line) - len(line.rstrip("|｜│ ")))
        pattern = _BAR
    elif not _SENTENCE_END.search(line) and not _ITEM.match(line):
        first, last, pattern = start, end, _WIDE
    else:
        return
    for mark in (*pattern.finditer(text, first, last), None):
        stop = last if mark is None else mark.start()
        yield first, stop
        first = last if mark is None else mark.end()


def _rows(text: str, lines: Sequence[tuple[int, int]]) -> Iterator[Block]:
    table = [
        [(a, b) for a, b in _cells(text, start, end)]
        for start, end in lines
        if not _RULE.fullmatch(text[start:end])
    ]
    spans = [line for line in lines if not _RULE.fullmatch(text[line[0] : line[1]])]
    header = [text[a:b].strip() for a, b in table[0]]
    has_header = not any(any(char.isdigit() for char in cell) for cell in header[1:]) or (
        sum(any(c.isdigit() for c in cell) for cell in header) * 2 <= len(header)
    )
    for number, (cells, (start, end)) in enumerate(zip(table, spans, strict=True)):
        row_name = text[cells[0][0] : cells[0][1]].strip()
        made = []
        for column, (a, b) in enumerate(cells):
            above = header[column] if has_header and number and column < len(header) else ""
            made.append(
                Cell(a, b, text[a:b], (above,) if above else (), (row_name,) if column else ())
            )
        yield Block(start, end, text[start:end], "row", cells=tuple(made))
