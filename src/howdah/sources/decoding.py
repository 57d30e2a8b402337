"""Bytes to UTF-8 text: the encoding ladder, and the limits on what a packed file unpacks to.

The ladder: a byte-order mark, strict UTF-8, the encoding that the spec declares, GB18030; then
it asks. Detectors that guess misread short GBK and Windows files in silence.
"""

import codecs
import gzip
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from howdah.core import settings
from howdah.core.errors import FileFormatError

_CHUNK = 1 << 20

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def find_encoding(path: Path, declared: str | None) -> str:
    """Name the encoding of a text file, by reading all of it.

    Raises
    ------
    FileFormatError
        No step of the ladder reads the file.
    """
    with opened(path) as file:
        head = file.read(4)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    ladder = ["utf-8", *([declared] if declared else []), "gb18030"]
    first_fault = ""
    for encoding in ladder:
        fault = _fault(path, encoding)
        if fault is None:
            return encoding
        first_fault = first_fault or fault
    tried = ", ".join(ladder)
    raise FileFormatError(
        path,
        f"is not text in any of {tried}: {first_fault}.",
        "Set `encoding` in the feed's spec (for example 'cp1252' or 'shift_jis').",
    )


def _fault(path: Path, encoding: str) -> str | None:
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
    except LookupError:
        raise FileFormatError(
            path, f"the spec's encoding {encoding!r} is unknown.", "Use a Python codec name."
        ) from None
    n_read = 0
    with opened(path) as file:
        try:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
                n_read += len(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            return f"byte {error.object[error.start]:#04x} at offset {n_read + error.start}"
    return None


def write_utf8(path: Path, encoding: str, target: Path) -> None:
    """Write the text of `path` to `target` as UTF-8 without a byte-order mark."""
    decoder = codecs.getincrementaldecoder(encoding)()
    with opened(path) as source, target.open("wb") as out:
        while chunk := source.read(_CHUNK):
            out.write(decoder.decode(chunk).encode())
        out.write(decoder.decode(b"", final=True).encode())


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading, unpacking ``.gz`` and ``.zst``, within the size limits.

    Raises
    ------
    FileFormatError
        The packed data are damaged or cut short, or unpack to more than the settings allow.
    """
    with path.open("rb") as packed:
        if path.suffix == ".gz":
            raw: BinaryIO = gzip.GzipFile(fileobj=packed)  # type: ignore[assignment]
        elif path.suffix == ".zst":
            raw = pa.CompressedInputStream(pa.PythonFile(packed, mode="r"), "zstd")
        else:
            raw = packed
        try:
            yield _Limited(raw, path) if raw is not packed else raw  # type: ignore[misc]
        except (EOFError, gzip.BadGzipFile, OSError) as error:
            if raw is packed:
                raise
            raise FileFormatError(
                path, f"cannot be unpacked ({error}).", "The file is cut short or damaged."
            ) from None


class _Limited:
    """A reader that stops where a packed file would unpack to more than is allowed."""

    def __init__(self, raw: BinaryIO, path: Path) -> None:
        self._raw = raw
        self._path = path
        self._packed = max(path.stat().st_size, 1)
        self._n_read = 0

    def read(self, size: int = -1) -> bytes:
        data = self._raw.read(_CHUNK if size < 0 else size)
        self._n_read += len(data)
        check_unpacked_size(self._path, self._n_read, self._packed)
        return data


def check_unpacked_size(path: Path, n_unpacked: int, n_packed: int) -> None:
    """Refuse what unpacks to more than the settings allow.

    Raises
    ------
    FileFormatError
        Too large, or packed so densely that it looks like a bomb.
    """
    limit = settings.get_number("max_input_gb") * 1e9
    if n_unpacked > limit:
        raise FileFormatError(
            path,
            f"unpacks to more than {limit / 1e9:g} GB.",
            "Raise HOWDAH_MAX_INPUT_GB if you trust it.",
        )
    ratio = settings.get_number("max_compression_ratio")
    # Small files may pack well by chance; a bomb is large.
    if n_unpacked > 100 * _CHUNK and n_unpacked > ratio * n_packed:
        raise FileFormatError(
            path,
            f"unpacks to over {ratio:g} times its size, as a zip bomb does.",
            "Raise HOWDAH_MAX_COMPRESSION_RATIO if you trust it.",
        )


def check_workbook(path: Path) -> None:
    """Refuse a workbook that is no zip file, is damaged, or unpacks to too much.

    Raises
    ------
    FileFormatError
        As said.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except zipfile.BadZipFile as error:
        raise FileFormatError(
            path, f"is not an XLSX workbook ({error}).", "Save it as .xlsx or .csv again."
        ) from None
    check_unpacked_size(path, sum(member.file_size for member in members), path.stat().st_size)
