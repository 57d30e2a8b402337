"""The raw archive: the bytes of every pull, content-addressed and compressed, never changed."""

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from howdah.claims.tables import translated_errors
from howdah.core.errors import FileFormatError, StoreError

_CHUNK = 1 << 20

#: Endings of files that are compressed inside; they are kept as they are.
_PACKED = (".gz", ".zst", ".parquet", ".xlsx")


@dataclass(frozen=True, slots=True)
class RawArchive:
    """Archived bytes under one folder, found by their SHA-256."""

    folder: Path

    def put(self, path: Path, *, name: str | None = None) -> str:
        """Archive a file and return its digest, 64 hexadecimal digits.

        Parameters
        ----------
        path
            The file.
        name
            Name whose ending tells the format, when `path` itself does not.

        Raises
        ------
        FileFormatError
            The file cannot be read.
        StoreFullError
            The disk has no room.
        """
        suffix = _ending(name or path.name)
        try:
            digest = digest_of(path)
        except OSError as error:
            raise FileFormatError(path, f"cannot be read ({error.strerror}).") from None
        packed = suffix.endswith(_PACKED)
        target = self.folder / digest[:2] / f"{digest}{suffix}{'' if packed else '.zst'}"
        if target.exists():
            return digest
        target.parent.mkdir(parents=True, exist_ok=True)
        # One writer at a time: a partial file that is there was left by one that was killed.
        partial = target.with_name(f".{target.name}.partial")
        try:
            with translated_errors(self.folder), path.open("rb") as source:
                if packed:
                    with partial.open("wb") as plain:
                        shutil.copyfileobj(source, plain, _CHUNK)
                else:
                    with pa.CompressedOutputStream(str(partial), "zstd") as squeezed:
                        while chunk := source.read(_CHUNK):
                            squeezed.write(chunk)
                # A name that is there must have its bytes, even after a power cut.
                with partial.open("rb+") as written:
                    os.fsync(written.fileno())
                partial.rename(target)
        finally:
            partial.unlink(missing_ok=True)
        return digest

    def path(self, digest: str) -> Path:
        """File that holds archived bytes, readable by `sources.open_input`.

        Raises
        ------
        StoreError
            The archive holds no such bytes.
        """
        found = sorted((self.folder / digest[:2]).glob(f"{digest}*"))
        if not found:
            raise StoreError(f"{self.folder} holds no bytes with digest {digest[:12]}.")
        return found[0]


def _ending(name: str) -> str:
    """Ending that tells the format: '.csv', '.csv.gz'; of 'list v1.5 final.csv' only the last."""
    suffixes = [suffix.lower() for suffix in Path(name).suffixes[-2:]]
    kept = suffixes if suffixes[-1:] in [[".gz"], [".zst"]] else suffixes[-1:]
    return "".join(suffix for suffix in kept if suffix[1:].isalnum())


def digest_of(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
