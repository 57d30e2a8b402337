import pytest
from pdf_files import Shown, write_pdf

from howdah.core.errors import FileFormatError
from howdah.documents.reading.pdf import read_pdf


def _article(number: int) -> list[Shown]:
    return [
        (60, 800, 9, "Acme Research - for clients only"),
        (60, 740, 20, f"Part {number}: users grow"),
        (60, 700, 11, "Stiltwork said on Monday that its assis-"),
        (60, 686, 11, "tant had 7.6 million users in December, a third"),
        (60, 672, 11, "more than in November."),
        (60, 640, 11, "**Outlook"),
        (60, 620, 11, "We expect 5 million (net) more."),
        (60, 590, 10, "Product"),
        (250, 590, 10, "Dec"),
        (350, 590, 10, "Nov"),
        (60, 576, 10, "Pellamy"),
        (250, 576, 10, "760"),
        (350, 576, 10, "700"),
        (60, 562, 10, "Moss Harbour"),
        (350, 562, 10, "412"),
        (60, 500, 12, "去年十二月日活760万，同期乙为412万，环比增"),
        (60, 482, 12, "长百分之五。"),
        (290, 30, 9, f"Page {number} of 3"),
    ]


def test_lines_become_paragraphs_headings_and_rows_without_what_pages_repeat() -> None:
    reading = read_pdf(write_pdf([_article(n) for n in (1, 2, 3)]), "a.pdf")
    one = reading.blocks[: len(reading.blocks) // 3]
    assert [(block.kind, block.surface) for block in one] == [
        ("heading", "Part 1: users grow"),
        (
            "paragraph",
            (
                "Stiltwork said on Monday that its assistant had 7.6 million users in December, "
                "a third more than in November."
            ),
        ),
        ("heading", "Outlook"),
        ("paragraph", "We expect 5 million (net) more."),
        ("row", "Product | Dec | Nov"),
        ("row", "Pellamy | 760 | 700"),
        ("row", "Moss Harbour | 412"),
        ("paragraph", "去年十二月日活760万，同期乙为412万，环比增长百分之五。"),
    ]


def test_an_empty_cell_does_not_shift_the_ones_behind_it() -> None:
    reading = read_pdf(write_pdf([_article(1)]), "a.pdf")
    row = next(block for block in reading.blocks if block.surface == "Moss Harbour | 412")
    assert (row.cells[1].column, row.cells[1].row) == (("Nov",), ("Moss Harbour",))


def test_what_is_read_stands_in_the_text_of_the_pages() -> None:
    reading = read_pdf(write_pdf([_article(1), _article(2)]), "a.pdf")
    assert reading.origins.is_spelled(reading.text)
    at = reading.text.index("7.6 million")
    start, end = reading.origins.span(at, at + len("7.6 million"))
    assert reading.origins.text[start:end] == "7.6 million"
    second = reading.text.rindex("7.6 million")
    assert "\f" in reading.origins.text[start : reading.origins.span(second, second + 3)[0]]


def test_a_paragraph_goes_on_on_the_next_page() -> None:
    pages = [
        [(60, 120, 11, "The company had three"), (290, 30, 9, "1")],
        [(60, 700, 11, "million users in May."), (290, 30, 9, "2")],
    ]
    reading = read_pdf(write_pdf(pages), "a.pdf")
    assert [block.surface for block in reading.blocks] == [
        "The company had three million users in May."
    ]


def test_the_day_it_was_made_is_told_and_not_taken() -> None:
    data = write_pdf([_article(1)], info="/Title (Growth) /CreationDate (D:20250110120000Z)")
    reading = read_pdf(data, "a.pdf")
    assert (reading.title, reading.day) == ("Growth", None)
    assert any("made on 2025-01-10" in note for note in reading.notes)


def test_pages_without_text_are_named() -> None:
    reading = read_pdf(write_pdf([_article(1), [], _article(3)]), "a.pdf")
    assert "Pages without text, which may be pictures: 2." in reading.notes


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (write_pdf([[], []]), "2 pages are pictures. Read its text by OCR first"),
        (write_pdf([_article(1)], has_password=True), "a PDF with a password"),
        (b"%PDF-1.7\nnothing of it is left", "a damaged PDF"),
        (write_pdf([_article(1)])[:400], "a damaged PDF"),
    ],
    ids=["pictures", "password", "junk", "cut"],
)
def test_a_pdf_that_cannot_be_read_says_why(data: bytes, message: str) -> None:
    with pytest.raises(FileFormatError, match=message):
        read_pdf(data, "a.pdf")
