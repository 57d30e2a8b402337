"""Bytes to UTF-8 text: the encoding ladder, and the limits on what a packed file unpacks to.

The ladder: a byte-order mark, strict UTF-8, the encoding that the spec declares, GB18030; then
it asks. Detectors that guess misread short GBK and Windows files in silence.
"""

import codecs
import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from howdah.core import settings
from howdah.core.errors import FileFormatError

_CHUNK = 1 << 20

#: Byte-order marks and the encodings that they begin.
MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Reader(Protocol):
    """Bytes to be read in order."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, none at the end."""


def find_encoding(
    path: Path, declared: str | None, watch: Callable[[bytes], None] | None = None
) -> str:
    """Name the encoding of a text file, by reading all of it.

    Parameters
    ----------
    declared
        Encoding that the spec declares.
    watch
        Shown every chunk while the file is read as UTF-8.

    Raises
    ------
    FileFormatError
        No step of the ladder reads the file.
    """
    with opened(path) as file:
        head = file.read(4)
    ladder = ["utf-8", *([declared] if declared else []), "gb18030"]
    for mark, name in MARKS:
        if head.startswith(mark):
            ladder = [name]
            break
    first_fault = ""
    for encoding in ladder:
        fault = _fault(path, encoding, watch if encoding == "utf-8" else None)
        if fault is None:
            return encoding
        first_fault = first_fault or fault
    tried = ", ".join(ladder)
    raise FileFormatError(
        path,
        f"is not text in any of {tried}: {first_fault}.",
        "Set `encoding` in the feed's spec (for example 'cp1252' or 'shift_jis').",
    )


def _fault(path: Path, encoding: str, watch: Callable[[bytes], None] | None) -> str | None:
    decoder = codecs.getincrementaldecoder(encoding)()
    is_utf8 = encoding == "utf-8"
    # Where the bytes that the decoder holds begin: those that it keeps back and the chunk.
    start = 0
    with opened(path) as file:
        try:
            while chunk := file.read(_CHUNK):
                if watch is not None:
                    watch(chunk)
                kept = len(decoder.getstate()[0])
                # Most text is plain ASCII, which need not be decoded to be known as UTF-8.
                if kept or not (is_utf8 and chunk.isascii()):
                    decoder.decode(chunk)
                start += kept + len(chunk) - len(decoder.getstate()[0])
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            return f"byte {error.object[error.start]:#04x} at offset {start + error.start}"
        except UnicodeError as error:
            return str(error)
    return None


def write_utf8(path: Path, encoding: str, target: Path, *, n_skipped: int = 0) -> None:
    """Write the text of `path` to `target` as UTF-8, each line ending in a line feed.

    Parameters
    ----------
    n_skipped
        Number of first lines to leave out.
    """
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(), translate=True)
    with opened(path) as source, target.open("wb") as out:
        is_last = False
        while not is_last:
            chunk = source.read(_CHUNK)
            is_last = not chunk
            text = decoder.decode(chunk, final=is_last)
            while n_skipped and text:
                _, line_end, text = text.partition("\n")
                n_skipped -= bool(line_end)
            out.write(text.encode())


@contextmanager
def opened(path: Path) -> Iterator[Reader]:
    """Open a file for reading, unpacking ``.gz`` and ``.zst``, within the size limits.

    Reading raises `FileFormatError` where the packed data are damaged or cut short, or unpack to
    more than the settings allow.
    """
    with path.open("rb") as packed:
        suffix = path.suffix.lower()
        if suffix == ".gz":
            yield _Unpacked(gzip.GzipFile(fileobj=packed), path)
        elif suffix == ".zst":
            yield _Unpacked(pa.CompressedInputStream(pa.PythonFile(packed, mode="r"), "zstd"), path)
        else:
            yield packed


class _Unpacked:
    """A reader that stops where a packed file is damaged or unpacks to more than is allowed."""

    def __init__(self, raw: Reader, path: Path) -> None:
        self._raw = raw
        self._path = path
        self._packed = max(path.stat().st_size, 1)
        self._n_read = 0

    def read(self, size: int = -1, /) -> bytes:
        try:
            data = self._raw.read(_CHUNK if size < 0 else size)
        except (EOFError, OSError, zlib.error) as error:
            raise FileFormatError(
                self._path, f"cannot be unpacked ({error}).", "The file is cut short or damaged."
            ) from None
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
            n_unpacked = sum(member.file_size for member in archive.infolist())
            check_unpacked_size(path, n_unpacked, path.stat().st_size)
            # The sizes above are what the file says of itself; reading the members holds it to
            # them, since each has a checksum.
            damaged = archive.testzip()
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise FileFormatError(
            path, f"is not an XLSX workbook ({error}).", "Save it as .xlsx or .csv again."
        ) from None
    if damaged:
        raise FileFormatError(
            path, f"is damaged (in {damaged}).", "Save it as .xlsx or .csv again."
        )
