"""Heads: what the first bytes of a file show that is not text."""

import codecs
from pathlib import Path

import pyarrow as pa

from howdah.core.errors import FileFormatError

#: Bytes that are looked at, as they are after decompression.
_HEAD_BYTES = 8192

#: What a Parquet file begins and ends with.
_PARQUET = b"PAR1"

#: What files begin with that are given for text, and what such a file is.
_SIGNATURES = {
    _PARQUET: "a Parquet file: let its name end in .parquet",
    b"PK\x03\x04": "a workbook or an archive: save the table as CSV in UTF-8",
    b"\xd0\xcf\x11\xe0": "a workbook of an old form: save the table as CSV in UTF-8",
    b"\x1f\x8b": "compressed by gzip: let its name end in .csv.gz or .jsonl.gz",
    b"\x28\xb5\x2f\xfd": "compressed by zstd: let its name end in .csv.zst or .jsonl.zst",
    b"\xff\xfe": "text in UTF-16: save it in UTF-8",
    b"\xfe\xff": "text in UTF-16: save it in UTF-8",
    b"%PDF": "a PDF: copy the table out of it",
    b"\x89PNG": "a picture",
}


def require_text(path: Path) -> None:
    """Refuse a file that is said to be CSV or JSON lines and is no text in UTF-8.

    Only its head is read; a line further on that is no text is a row that cannot be read.

    Raises
    ------
    FileFormatError
        What it is instead, where that is known, or the first line that is no text.
    """
    with pa.input_stream(str(path), compression="detect") as stream:
        head = stream.read(_HEAD_BYTES)
    for signature, what in _SIGNATURES.items():
        if head.startswith(signature):
            raise FileFormatError(path, f"it is not what its ending says: it looks like {what}.")
    at = head.find(b"\0")
    byte = "a zero byte"
    try:
        # The head may end within a character.
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError as error:
        if at < 0 or error.start < at:
            at = error.start
            byte = f"the byte 0x{head[at]:02x}"
    if at >= 0:
        line = head.count(b"\n", 0, at) + 1
        raise FileFormatError(
            path,
            f"it is not what its ending says: no text in UTF-8, as line {line} has {byte} (at byte "
            f"{at + 1:,} of the file).",
            "Give CSV or JSON lines as UTF-8; a spreadsheet saves it as 'CSV UTF-8'.",
        )


def parquet_fault(path: Path) -> str:
    """What shows at its two ends that a file is no Parquet file; '' where both are right."""
    with path.open("rb") as file:
        head = file.read(len(_PARQUET))
        file.seek(max(path.stat().st_size - len(_PARQUET), 0))
        tail = file.read()
    if head != _PARQUET:
        return (
            "it does not begin as a Parquet file does. If it is text, let its name end in .csv or "
            ".jsonl"
        )
    return "" if tail == _PARQUET else "the end of the Parquet file is missing: it was cut short"
