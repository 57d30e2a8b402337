"""The keys of a log, in memory as far as they may be, the rest on disk."""

import os
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from howdah.kernels.activity import Keys, Layout, Segment


class _OnDisk(NamedTuple):
    """A batch in the file: where it begins, and what its keys are."""

    offset: int
    kind: np.dtype[Any]


class KeyStore:
    """Batches of keys, read back part by part.

    Parameters
    ----------
    budget
        Bytes that may stay in memory; 0 keeps none.
    folder
        Where the rest goes: to a file without a name, which ends with the process however that
        ends.
    """

    def __init__(self, budget: int, folder: Path) -> None:
        self._budget, self._folder = budget, folder
        self._batches: list[tuple[Keys | _OnDisk, NDArray[np.int64], Layout]] = []
        self._lock = threading.Lock()
        self._file: IO[bytes] | None = None
        self.n_bytes = 0
        self.n_spilled = 0
        self.n_part = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, keys: Keys) -> None:
        """Keep a batch; threads may do so at the same time."""
        size = keys.key.nbytes
        with self._lock:
            self.n_part = max(self.n_part, len(keys.start) - 1)
            if self.n_bytes + size <= self._budget:
                self.n_bytes += size
                self._batches.append((keys, keys.start, keys.layout))
                return
            if self._file is None:
                self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - see __exit__
            place = _OnDisk(self.n_spilled, keys.key.dtype)
            keys.key.tofile(self._file)
            self._file.flush()
            self.n_spilled += size
            self._batches.append((place, keys.start, keys.layout))

    def segments(self, part: int) -> list[Segment]:
        """The keys of a part."""
        found = []
        for where, start, layout in self._batches:
            if part + 1 >= len(start) or start[part] == start[part + 1]:
                continue
            first, end = int(start[part]), int(start[part + 1])
            if isinstance(where, Keys):
                found.append(Segment(where.key[first:end], layout))
            else:
                found.append(Segment(self._read(where, first, end), layout))
        return found

    def _read(self, place: _OnDisk, first: int, end: int) -> NDArray[Any]:
        assert self._file is not None
        width = place.kind.itemsize
        read = os.pread(self._file.fileno(), (end - first) * width, place.offset + first * width)
        return np.frombuffer(read, place.kind)
