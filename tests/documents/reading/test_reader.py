import gzip
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pdf_files import write_pdf

from howdah.core.errors import FileFormatError, InputError
from howdah.documents.reading import read_document, read_documents
from howdah.documents.spans import Document

_TEXT = "Growth\n\nThe company had seven million users in March, it said.\n"


def _read(tmp_path: Path, data: bytes | str, name: str = "a.txt", **options: Any) -> Document:  # noqa: ANN401 - those of read_document
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_document(path, **options)


def test_a_plain_text_is_its_own_file(tmp_path: Path) -> None:
    document = _read(tmp_path, "\ufeff" + _TEXT)
    assert (document.text, document.origins) == (_TEXT, None)
    assert document.source_span(3, 5) == (3, 5)
    assert (document.title, document.lang, document.doc) == (
        "Growth",
        "en",
        str(tmp_path / "a.txt"),
    )


@pytest.mark.parametrize(
    ("name", "data", "kinds"),
    [
        ("a.txt", _TEXT, ["heading", "paragraph"]),
        ("a.txt.gz", gzip.compress(_TEXT.encode()), ["heading", "paragraph"]),
        ("a", "<!-- x -->\n<!DOCTYPE html><h1>Growth</h1><p>Of 3.</p>", ["heading", "paragraph"]),
        ("a.html", "<h1>Growth</h1><p>Of 3.</p>", ["heading", "paragraph"]),
        ("a.txt", "A text that tells of <p> and </p>.", ["paragraph"]),
        ("a.dat", write_pdf([[(60, 700, 11, "It had 3 million users.")]]), ["paragraph"]),
        ("a", "<?xml version='1.0'?><rss><channel><item><title>T 1</title></item></channel></rss>",
         ["heading"]),
        ("a.eml", "From: a@b.example\nSubject: S\n\nIt had 3 million users.", ["paragraph"]),
        ("a", "From: a@b.example\nTo: c@d.example\nSubject: S\n\nIt had 3.", ["paragraph"]),
    ],
    ids=["text", "packed", "page", "piece", "about", "pdf", "feed", "mail", "mail-by-headers"],
)  # fmt: skip
def test_formats_are_told_from_bytes_then_names(
    tmp_path: Path, name: str, data: bytes | str, kinds: list[str]
) -> None:
    assert [block.kind for block in _read(tmp_path, data, name).blocks] == kinds


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b" \n\t\n", "is empty"),
        (b"PK\x03\x04rest", "a zip file or an office document.*Save it as PDF"),
        (b"\x89PNG\r\n\x1a\n", "a picture.*OCR"),
        (b"text\x00\x01\x02", "byte 0x00 at offset 4"),
        (b"\x7fELF\x02\x01\x01\x00", "is no text"),
        (bytes(range(128, 256)) * 5, "is not text in any of utf-8"),
        (b"<html><script>x = 1</script></html>", "holds no text.*made by its scripts"),
        (b"<html><body hidden><p>All hidden.</p></body></html>", "holds no text.*hidden elements"),
        (b"<rss><channel><title>T</title></channel></rss>", "a feed without entries"),
        (b"From: a@b.example\nTo: c\nSubject: S\n\n", "holds no text"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_what_to_do(
    tmp_path: Path, data: bytes, message: str
) -> None:
    with pytest.raises(FileFormatError, match=message):
        _read(tmp_path, data, "a")


def test_a_missing_file_and_a_folder_are_said(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="no such file"):
        read_document(tmp_path / "none.txt")
    with pytest.raises(FileFormatError, match="is a folder"):
        read_document(tmp_path)
    with pytest.raises(InputError, match="Unknown language 'fr'"):
        _read(tmp_path, _TEXT, lang="fr")


def test_a_file_over_the_limit_is_refused_before_it_is_read_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOWDAH_MAX_DOCUMENT_MB", "0.5")
    packed = gzip.compress(b"<p>x 9</p>" * 500_000)
    with pytest.raises(FileFormatError, match=r"larger than 0\.5 MB.*HOWDAH_MAX_DOCUMENT_MB"):
        _read(tmp_path, packed, "a.html.gz")


@pytest.mark.parametrize("tag", ["div", "b", "ul><li", "table><tr><td", "blockquote", "a hidden"])
def test_deep_nesting_needs_no_recursion(tmp_path: Path, tag: str) -> None:
    document = _read(tmp_path, "<html><p>First 1.</p>" + f"<{tag}>" * 10_000 + "Deep 2.", "a.html")
    assert document.blocks[0].surface == "First 1."
    assert ("Deep 2." in document.text) == (tag != "a hidden")


@pytest.mark.parametrize(
    "pieces",
    [
        "<div><span></div>", "<table><td colspan=999 rowspan=999>1", "<li><div>", "<b><i>",
        "<a href='", "<p>x</b></i></div>", "&#x26;&amp", "<!--", "<tr><th>", "</section>", "<td>1",
        '<p title="', " \n", "| a | b |\n", "1. x\n", "a  b\n", "-----\n", "a\n  b\n",
    ],
    ids=range(18),
)  # fmt: skip
def test_files_made_to_exhaust_cost_what_their_size_does(tmp_path: Path, pieces: str) -> None:
    first = "<html><p>First 1.</p>" if "<" in pieces or "&" in pieces else "First 1.\n\n"
    short, long = (first + pieces * (size // len(pieces)) for size in (8_000, 16_000))
    assert _n_calls(tmp_path, long) < 3 * _n_calls(tmp_path, short)


def _n_calls(tmp_path: Path, text: str) -> int:
    """Calls of functions that reading a file takes: a measure of work that no machine changes."""
    n_calls = 0

    def count(_frame: object, event: str, _function: object) -> None:
        nonlocal n_calls
        n_calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        _read(tmp_path, text)
    finally:
        sys.setprofile(None)
    return n_calls


def test_options_come_before_what_is_found(tmp_path: Path) -> None:
    page = (
        "<html lang=en><meta property='og:site_name' content='Gazette'>"
        "<meta name=date content=2025-03-04><p>The company had seven million users in March."
    )
    found = _read(tmp_path, page, "a.html")
    assert (found.published_at, found.publication) == (date(2025, 3, 4), "Gazette")
    assert "Published on 2025-03-04, by the meta element date." in found.notes
    given = _read(
        tmp_path, page, "a.html", lang="zh", published_at=date(2025, 3, 5), publication="Times"
    )
    assert (given.published_at, given.publication, given.lang) == (date(2025, 3, 5), "Times", "zh")
    assert not any(note.startswith("Published") for note in given.notes)


def test_a_text_without_a_date_says_what_cannot_be_told(tmp_path: Path) -> None:
    document = _read(tmp_path, _TEXT)
    assert document.published_at is None
    assert any("periods such as 'last month' cannot be told" in note for note in document.notes)


@pytest.mark.parametrize(
    ("text", "lang", "note"),
    [
        ("砚田数据显示，去年12月日活跃用户约760万，环比增长5%。", "zh", "simplified characters"),
        ("研調機構指出，電動機車6月掛牌2,940輛，較上月成長四成。", "zh", "traditional characters"),
        ("Douguo (豆果) had 3 million users in May, it said on Monday.", "en", None),
        (
            "公司今日宣布，日活跃用户达到760万，环比增5%。\n\nThe company had 7.6 million.",
            "zh",
            "Two languages",
        ),
    ],
)
def test_the_language_is_told_by_its_characters(
    tmp_path: Path, text: str, lang: str, note: str | None
) -> None:
    document = _read(tmp_path, text)
    assert document.lang == lang
    assert any(note in one for one in document.notes) if note else len(document.notes) == 1


def test_several_documents_in_one_file_are_named_and_numbered(tmp_path: Path) -> None:
    feed = (
        "<rss><channel><title>Gazette</title><item><title>One 1</title></item>"
        "<item><title>Two 2</title></item></channel></rss>"
    )
    path = tmp_path / "a.xml"
    path.write_text(feed)
    assert [document.doc for document in read_documents(path)] == [f"{path}#1", f"{path}#2"]
    with pytest.raises(FileFormatError, match="holds 2 documents"):
        read_document(path)


def test_an_office_document_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(FileFormatError, match="office document"):
        read_document(path)
