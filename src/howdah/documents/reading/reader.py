"""Reading the documents of a file, whatever its format: told from its bytes, then its name."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Literal

from howdah.core import settings
from howdah.core.errors import FileFormatError, InputError
from howdah.documents.reading.encodings import declared_encoding, decode
from howdah.documents.reading.feeds import read_feed
from howdah.documents.reading.mails import read_mail, read_mailbox
from howdah.documents.reading.pdf import read_pdf
from howdah.documents.reading.plain import read_plain
from howdah.documents.reading.readings import Options, Reading, make_document
from howdah.documents.reading.web import read_web_page
from howdah.documents.spans import Document, Lang
from howdah.sources.decoding import opened

_CHUNK = 1 << 20

#: First bytes of files that hold no text to be read here, and what to do with them.
_OTHERS = (
    (b"PK\x03\x04", "a zip file or an office document", "Save it as PDF, HTML or text."),
    (b"\xd0\xcf\x11\xe0", "an old office document", "Save it as PDF, HTML or text."),
    (b"{\\rtf", "an RTF document", "Save it as PDF, HTML or text."),
    (b"\x89PNG", "a picture", "Read its text by OCR first."),
    (b"\xff\xd8\xff", "a picture", "Read its text by OCR first."),
    (b"GIF8", "a picture", "Read its text by OCR first."),
    (b"II*\x00", "a picture", "Read its text by OCR first."),
    (b"MM\x00*", "a picture", "Read its text by OCR first."),
)
_UTF16_32 = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")

_LEADING = rb"(?:\xef\xbb\xbf)?(?:\s|<\?xml[^>]*>|<!--.*?-->|<\?xml-stylesheet[^>]*>)*"
_FEED = re.compile(
    _LEADING + rb"(?:<!DOCTYPE[^>]*>\s*)?<(?:\w+:)?(?:rss|feed|rdf)[\s>:]",
    re.IGNORECASE | re.DOTALL,
)
_PAGE = re.compile(_LEADING + rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(rb"</(?:p|div|td|li|h[1-6]|span|a|body|html)>", re.IGNORECASE)
_HEADER = re.compile(
    rb"(?:return-path|received|from|to|subject|date|message-id|mime-version|delivered-to|"
    rb"reply-to|content-type|x-[\w-]+|dkim-signature|arc-[\w-]+|list-[\w-]+|sender|cc):",
    re.IGNORECASE,
)
_MAILBOX = re.compile(rb"From \S+.*\d\d:\d\d.*\r?\n")

#: Bytes at the beginning of a file in which its format is looked for.
_HEAD = 4096
#: Ends of elements in a file's beginning with which it is a page; a text about pages has less.
_LEAST_TAGS = 5
#: Headers in a row with which a text is a mail.
_LEAST_HEADERS = 3


def read_document(
    path: Path,
    *,
    lang: Literal["auto", "zh", "en"] = "auto",
    published_at: date | None = None,
    publication: str = "",
) -> Document:
    """Read a file that is one document.

    Parameters
    ----------
    path
        Plain text, HTML, PDF, a mail, or a feed with one entry; `.gz` and `.zst` are unpacked.
    lang
        Language of the text; "auto" tells it from its characters.
    published_at
        Day of publication; None looks for it in the file and says in the notes where it was found.
    publication
        Name of the publication; "" looks for it in the file.

    Raises
    ------
    FileFormatError
        The file cannot be read, is no document, holds no text, is too large, or holds several.

    Notes
    -----
    What is left out as hidden or beside the content is told by marks and form; a page that shows
    its text only by running its scripts, or hides it by a style sheet in another file, is misread.
    """
    documents = read_documents(path, lang=lang, published_at=published_at, publication=publication)
    if len(documents) > 1:
        raise FileFormatError(
            path,
            f"holds {len(documents)} documents; one is expected.",
            "Read them all, or save one of them.",
        )
    return documents[0]


def read_documents(
    path: Path,
    *,
    lang: Literal["auto", "zh", "en"] = "auto",
    published_at: date | None = None,
    publication: str = "",
) -> tuple[Document, ...]:
    """Read the documents of a file: those of a feed or a mailbox, of any other its only one.

    Of several, each is named after the file and its number: `week.mbox#2`. See `read_document`.

    Raises
    ------
    FileFormatError
        The file cannot be read, is no document, holds no text, or is too large.
    """
    if lang not in {"auto", "zh", "en"}:
        raise InputError(f"Unknown language {lang!r}. Give 'auto', 'zh' or 'en'.")
    options = Options(None if lang == "auto" else _lang(lang), published_at, publication)
    name = str(path)
    readings, has_several = _read(_bytes(path), name, path)
    if not readings or not any(reading.blocks for reading in readings):
        notes = " ".join(note for reading in readings for note in reading.notes)
        raise FileFormatError(name, "holds no text.", notes or "Give a file with text in it.")
    return tuple(
        make_document(f"{name}#{number}" if has_several else name, reading, options)
        for number, reading in enumerate(readings, 1)
    )


def read_text(
    text: str,
    doc: str = "",
    *,
    lang: Lang | None = None,
    published_at: date | None = None,
    publication: str = "",
) -> Document:
    """Plain text as a document; nothing of the text is changed.

    Parameters
    ----------
    doc
        What the document is called in claims.
    lang
        None tells it from the characters.
    """
    return make_document(doc, _plain(text), Options(lang, published_at, publication))


def _lang(lang: str) -> Lang:
    return "zh" if lang == "zh" else "en"


def _bytes(path: Path) -> bytes:
    """All bytes of a file, unpacked, within the limit."""
    limit = int(settings.get_number("max_document_mb") * 1e6)
    data = bytearray()
    try:
        with opened(path) as file:
            while chunk := file.read(_CHUNK):
                data += chunk
                if len(data) > limit:
                    raise FileFormatError(
                        path,
                        f"is larger than {limit / 1e6:g} MB, more than is read as a document.",
                        "Leave out what is no text, split it, or raise HOWDAH_MAX_DOCUMENT_MB.",
                    )
    except FileNotFoundError:
        raise FileFormatError(path, "there is no such file.") from None
    except IsADirectoryError:
        raise FileFormatError(path, "is a folder.", "Give the files in it.") from None
    except OSError as error:
        raise FileFormatError(path, f"cannot be read ({error.strerror}).") from None
    if not data.strip():
        raise FileFormatError(path, "is empty.", "Give a file with text in it.")
    return bytes(data)


def _read(data: bytes, name: str, path: Path) -> tuple[list[Reading], bool]:
    """Readings of the documents in a file, and whether its format may hold several."""
    head = data[:_HEAD]
    if b"%PDF-" in head[:1024]:
        return [read_pdf(data, name)], False
    _check_text(data, name)
    suffixes = {suffix.lower() for suffix in path.suffixes}
    if _FEED.match(head):
        return read_feed(data, name), True
    if _MAILBOX.match(head) and _HEADER.match(head, head.index(b"\n") + 1):
        return read_mailbox(data, name), True
    if ".eml" in suffixes or _n_headers(head) >= _LEAST_HEADERS:
        return [read_mail(data, name)], False
    decoded = decode(data, name, declared_encoding(data))
    is_page = (
        _PAGE.match(head)
        or (suffixes & {".html", ".htm", ".xhtml"} and _TAG.search(data))
        or len(_TAG.findall(head)) >= _LEAST_TAGS
    )
    reading = read_web_page(decoded.text) if is_page else _plain(decoded.text)
    return [_noted(reading, decoded.notes)], False


def _plain(text: str) -> Reading:
    return Reading(text, read_plain(text))


def _noted(reading: Reading, notes: tuple[str, ...]) -> Reading:
    return replace(reading, notes=(*notes, *reading.notes))


def _check_text(data: bytes, name: str) -> None:
    """Refuse what is no text, by its first bytes or by bytes that no text has."""
    for mark, kind, remedy in _OTHERS:
        if data.startswith(mark):
            raise FileFormatError(name, f"is {kind}, not a text.", remedy)
    at = -1 if data.startswith(_UTF16_32) else data.find(b"\x00")
    if at >= 0:
        raise FileFormatError(
            name, f"is no text: byte 0x00 at offset {at}.", "Save it as text in UTF-8, or as PDF."
        )


def _n_headers(head: bytes) -> int:
    """How many headers of a mail a file begins with."""
    n_headers = 0
    for line in head.splitlines():
        if _HEADER.match(line):
            n_headers += 1
        elif not line.startswith((b" ", b"\t")) or not n_headers:
            break
    return n_headers
