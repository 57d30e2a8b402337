"""PDF: words of its pages with their places, and the document that its layout makes of them."""

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pypdfium2
from pypdfium2 import raw

from howdah.core.errors import FileFormatError
from howdah.documents.reading.drafts import assemble
from howdah.documents.reading.layout import Word, lay_out
from howdah.documents.reading.metadata import read_day
from howdah.documents.reading.readings import Reading

#: Pages that are read, and pages without text that are named.
_MOST_PAGES, _MOST_NAMED = 500, 10

#: What the pages' texts are parted by.
_PAGE_BREAK = "\f"

#: A word; one that is broken at the end of a line ends in a mark that PDFium puts for its hyphen.
_WORD = re.compile(r"[^\s\x02\ufffe]+[\x02\ufffe]?")
#: Weight of a font from which it is bold, and names of such fonts.
_BOLD, _LONGEST_FONT = 600, 100
_BOLD_NAME = re.compile(rb"bold|black|heavy|hei", re.IGNORECASE)

_PDF_DATE = re.compile(r"D:(\d{8})")


@dataclass(frozen=True, slots=True)
class _Pages:
    """Text of all pages, and the words of each."""

    text: str
    words: list[list[Word]]
    heights: list[float]


def read_pdf(data: bytes, name: str) -> Reading:
    """The text of a PDF in the order of its pages, without what all of them repeat.

    The file, for the places of quotations, is the text of the pages as PDFium gives it, with a
    form feed between pages.

    Raises
    ------
    FileFormatError
        It is damaged, asks for a password, or has no text.

    Notes
    -----
    Columns of text are read in the order in which the file has them. A table is told by gaps
    that stand under one another; lines and shades are not looked at. A hyphen at the end of a line
    is dropped before a small letter, so that "long-term" broken there becomes "longterm".
    """
    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise FileFormatError(
                name, "is a PDF with a password.", "Save it without one."
            ) from None
        raise FileFormatError(
            name, f"is a damaged PDF ({error}).", "Print it to a new PDF, or fetch it again."
        ) from None
    try:
        pages = _pages(pdf, name)
        n_pages = len(pdf)
        known = pdf.get_metadata_dict()
    finally:
        pdf.close()
    empty = [number for number, words in enumerate(pages.words, 1) if not words]
    if len(empty) == len(pages.words):
        raise FileFormatError(
            name,
            f"is a PDF without text: its {n_pages} pages are pictures.",
            "Read its text by OCR first, for example with ocrmypdf.",
        )
    text, origins, blocks = assemble(pages.text, lay_out(pages.text, pages.words, pages.heights))
    return Reading(
        text,
        blocks,
        origins,
        known.get("Title", "").strip(),
        notes=tuple(_notes(n_pages, empty, known)),
    )


def _notes(n_pages: int, empty: list[int], known: dict[str, str]) -> Iterator[str]:
    if n_pages > _MOST_PAGES:
        yield f"Only the first {_MOST_PAGES} of {n_pages} pages were read."
    if empty:
        named = ", ".join(map(str, empty[:_MOST_NAMED])) + (
            ", ..." if len(empty) > _MOST_NAMED else ""
        )
        yield f"Pages without text, which may be pictures: {named}."
    made = _made(known.get("CreationDate", ""))
    if made:
        yield f"The PDF was made on {made}, which need not be the day of publication."


def _made(written: str) -> date | None:
    match = _PDF_DATE.match(written)
    return read_day(match[1]) if match else None


def _pages(pdf: pypdfium2.PdfDocument, name: str) -> _Pages:
    texts: list[str] = []
    words: list[list[Word]] = []
    heights: list[float] = []
    offset = 0
    for number in range(min(len(pdf), _MOST_PAGES)):
        try:
            page = pdf[number]
            textpage = page.get_textpage()
        except pypdfium2.PdfiumError as error:
            raise FileFormatError(
                name, f"is a damaged PDF: page {number + 1} ({error}).", "Fetch it again."
            ) from None
        text = textpage.get_text_range()
        texts.append(text)
        words.append(list(_words(textpage, text, offset)))
        heights.append(page.get_height())
        offset += len(text) + len(_PAGE_BREAK)
        textpage.close()
        page.close()
    return _Pages(_PAGE_BREAK.join(texts), words, heights)


def _words(textpage: pypdfium2.PdfTextPage, text: str, offset: int) -> Iterator[Word]:
    """Words of a page; one without a place on it is left out."""
    boxes = _Boxes(textpage)
    is_bold = False
    # Characters beyond the basic plane count as two where PDFium counts.
    is_basic = text.isascii() or max(text, default="") <= "\uffff"
    for match in _WORD.finditer(text):
        start, end = match.span()
        first, last = start, end - 1
        if not is_basic:
            first, last = (len(text[:n].encode("utf-16-le")) // 2 for n in (start, end - 1))
        left = boxes.of(first)
        right = left if first == last else boxes.of(last)
        if left is None or right is None:
            continue
        if text[start - 1 : start] != " ":
            # A line is bold as its first word is; one bold word in a line is no heading.
            is_bold = boxes.is_bold(first)
        yield Word(
            offset + start, offset + end, left[0], right[1],
            min(left[2], right[2]), max(left[3], right[3]),
            is_bold,
        )  # fmt: skip


class _Boxes:
    """Boxes of characters on a page, as high as their font."""

    __slots__ = ("_flags", "_font", "_rect", "_textpage")

    def __init__(self, textpage: pypdfium2.PdfTextPage) -> None:
        self._textpage = textpage
        self._rect = raw.FS_RECTF()
        self._font = ctypes.create_string_buffer(_LONGEST_FONT)
        self._flags = ctypes.c_int()

    def is_bold(self, at: int) -> bool:
        """Whether the character at a place of the text is bold, by its font's weight or name."""
        index = self._index(at)
        if raw.FPDFText_GetFontWeight(self._textpage, index) >= _BOLD:
            return True
        raw.FPDFText_GetFontInfo(
            self._textpage, index, self._font, _LONGEST_FONT, ctypes.byref(self._flags)
        )
        return _BOLD_NAME.search(self._font.value) is not None

    def _index(self, at: int) -> int:
        return int(raw.FPDFText_GetCharIndexFromTextIndex(self._textpage, at))

    def of(self, at: int) -> tuple[float, float, float, float] | None:
        """Left, right, bottom and top, None of a character without a place."""
        rect = self._rect
        if not raw.FPDFText_GetLooseCharBox(self._textpage, self._index(at), ctypes.byref(rect)):
            return None
        return rect.left, rect.right, rect.bottom, rect.top
