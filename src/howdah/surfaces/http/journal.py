"""The journal: one JSON object a line, for machines to read; no header, body or query is in it."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any, TextIO


class Journal:
    """Writes events as lines of JSON.

    Parameters
    ----------
    stream
        Where they go; None writes none.
    now
        The clock, in UTC.
    """

    def __init__(self, stream: TextIO | None, now: Callable[[], dt.datetime]) -> None:
        self._stream = stream
        self._now = now

    def __call__(self, event: str, *, level: str = "info", **fields: Any) -> None:  # noqa: ANN401
        """Write one event."""
        if self._stream is None:
            return
        at = self._now().isoformat(timespec="milliseconds")
        line = json.dumps({"at": at, "level": level, "event": event, **fields}, default=str)
        self._stream.write(f"{line}\n")
        self._stream.flush()
