"""One writer at a time: an advisory lock on a market's lake."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from howdah.core.errors import StoreBusyError


@contextmanager
def write_lock(lake: Path) -> Iterator[None]:
    """Hold the right to write under `lake` until the block ends or the process dies.

    The system frees the lock when its holder is killed, so none is ever left behind.

    Raises
    ------
    StoreBusyError
        Another process holds it.
    """
    lake.mkdir(parents=True, exist_ok=True)
    with (lake / "write.lock").open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise StoreBusyError(lake.parent, file.read().strip() or "process unknown") from None
        file.seek(0)
        file.truncate()
        file.write(f"process {os.getpid()}")
        file.flush()
        yield
