"""Bytes of a document to text: marks, UTF-8, what it declares, then what fits its characters.

A table whose encoding is unknown is asked for, since one wrong letter spoils a name. An article
has letters enough to tell by: in the right Chinese encoding nearly all of them are common ones,
in a wrong one few. What was told this way is noted, and so is every broken byte.
"""

import codecs
import re
from dataclasses import dataclass

from howdah.core.errors import FileFormatError
from howdah.documents.folding import fold
from howdah.sources.decoding import MARKS

#: Names by which pages and mails call an encoding, and the one that holds all of it.
_WIDER = {
    "gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030",
    "big5": "big5hkscs", "big5-hkscs": "big5hkscs", "cp950": "big5hkscs", "x-x-big5": "big5hkscs",
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "us-ascii": "cp1252",
    "ascii": "cp1252", "windows-1252": "cp1252",
}  # fmt: skip
_CHINESE = ("gb18030", "big5hkscs")
#: Of each Chinese encoding the narrow one, and the first and last lead byte of its common letters.
_COMMON = {"gb18030": ("gb2312", 0xB0, 0xD7), "big5hkscs": ("big5", 0xA4, 0xC6)}
_PUNCTUATION = frozenset("，。、：；？！「」『』（）《》“”‘’…—·　％")

#: Share of common letters from which a text is in a Chinese encoding.
_COMMON_SHARE = 0.8
#: Letters outside ASCII for each broken byte, with which an encoding is still believed.
_LEAST_WHOLE = 20
_SAMPLE = 20_000

_DECLARED = re.compile(
    rb"(?:<meta[^>]{0,200}?charset|<\?xml[^>]{0,100}?encoding)\s*=\s*[\"']?\s*([\w.:-]+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded text, and what must be noted of how it was decoded."""

    text: str
    encoding: str
    notes: tuple[str, ...] = ()


def declared_encoding(data: bytes) -> str:
    """Encoding that a page or feed declares in its first bytes, "" none."""
    match = _DECLARED.search(data[:4096])
    return match[1].decode("ascii") if match else ""


def decode(data: bytes, name: str, declared: str = "") -> Decoded:
    """Decode a document.

    Parameters
    ----------
    name
        What it is called in errors.
    declared
        Encoding that it, or what it came in, declares; "" none.

    Raises
    ------
    FileFormatError
        The bytes are no text in any encoding tried.
    """
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return _replaced(data, encoding) or _refuse(data, name, [encoding])
    whole = _strictly(data, "utf-8")
    if whole is not None:
        return Decoded(whole, "utf-8")
    broken = _replaced(data, "utf-8")
    if broken is not None:
        return broken
    if declared:
        encoding = _WIDER.get(declared.lower(), declared)
        found = _replaced(data, encoding) if _is_known(encoding) else None
        if found is not None:
            return found
    return _told(data) or _refuse(
        data, name, ["utf-8", *([declared] if declared else []), *_CHINESE, "cp1252"]
    )


def _told(data: bytes) -> Decoded | None:
    """Decode by what fits the characters: a Chinese encoding, else that of Western Windows."""
    fits = [
        (share, text, encoding)
        for encoding in _CHINESE
        if (text := _strictly(data, encoding)) is not None
        and (share := _common_share(text, encoding)) >= _COMMON_SHARE
    ]
    if fits:
        _, text, encoding = max(fits, key=lambda fit: fit[0])
        return Decoded(text, encoding, (_told_note(encoding),))
    text = _strictly(data, "cp1252")
    if text is not None and _is_western(text):
        return Decoded(text, "cp1252", (_told_note("cp1252"),))
    broken = [
        found
        for encoding in _CHINESE
        if (found := _replaced(data, encoding)) is not None
        and _common_share(found.text, encoding) >= _COMMON_SHARE
    ]
    if not broken:
        return None
    best = max(broken, key=lambda found: _common_share(found.text, found.encoding))
    return Decoded(best.text, best.encoding, (_told_note(best.encoding), *best.notes))


def _told_note(encoding: str) -> str:
    return f"Read as {encoding}, told from its characters: no encoding is declared that fits."


def _is_known(encoding: str) -> bool:
    try:
        return codecs.lookup(encoding)._is_text_encoding  # noqa: SLF001 - the only flag there is
    except LookupError:
        return False


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeError:
        return None


def _replaced(data: bytes, encoding: str) -> Decoded | None:
    """Decode with the broken bytes replaced and named; None when too many are."""
    whole = _strictly(data, encoding)
    if whole is not None:
        return Decoded(whole, encoding)
    text = data.decode(encoding, errors="replace")
    n_broken = text.count("\ufffd")
    n_whole = sum(not char.isascii() for char in text) - n_broken
    if not n_broken or n_whole < _LEAST_WHOLE * n_broken:
        return None
    kind = "byte is" if n_broken == 1 else "bytes are"
    place = _first_broken(data, encoding)
    return Decoded(
        text, encoding, (f"{n_broken} broken {kind} read as \ufffd ({encoding}); first {place}.",)
    )


def _first_broken(data: bytes, encoding: str) -> str:
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return f"byte {data[error.start]:#04x} at offset {error.start}"
    return "none"


def _common_share(text: str, encoding: str) -> float:
    """Share of the letters outside ASCII that are common in an encoding."""
    narrow, first, last = _COMMON[encoding]
    sample = text[:_SAMPLE]
    # The narrow Chinese encoding of the mainland has no traditional letters.
    letters = [
        char for char in (fold(sample).text if narrow == "gb2312" else sample) if char >= "\x80"
    ]
    common = 0
    for char in letters:
        code = char.encode(narrow, errors="ignore")
        common += char in _PUNCTUATION or (len(code) > 1 and first <= code[0] <= last)
    return common / len(letters) if letters else 0.0


def _is_western(text: str) -> bool:
    """Whether letters outside ASCII are few, as in a Western text."""
    outside = sum(not char.isascii() for char in text[:_SAMPLE])
    return 5 * outside < len(text[:_SAMPLE])


def _refuse(data: bytes, name: str, tried: list[str]) -> Decoded:
    place = _first_broken(data, tried[0] if _is_known(tried[0]) else "utf-8")
    raise FileFormatError(
        name, f"is not text in any of {', '.join(tried)}: {place}.", "Save it as text in UTF-8."
    )
