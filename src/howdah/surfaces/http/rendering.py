"""Rendering: a question to an open market becomes the bytes of its answer.

Runs in a process, or a thread, of its own, so that the server goes on answering meanwhile.
"""

import gzip
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import stamina

from howdah.core.errors import HowdahError, StoreBusyError
from howdah.market.market import Market
from howdah.surfaces.http.answers import ANSWERS
from howdah.surfaces.http.answers.judging import WRITES
from howdah.surfaces.http.formats import Answer, write
from howdah.surfaces.http.problems import problem_of
from howdah.surfaces.http.questions import Question
from howdah.surfaces.http.rendered import Rendered

#: Bodies below this many bytes gain nothing by being packed.
_LEAST_PACKED = 1_000

#: Half the time of the strongest packing, and within 3 % of its size.
_GZIP_LEVEL = 6
#: A fifth smaller than the former, for browsers, in twice the time (benchmarks/web).
_BROTLI_LEVEL = 9

#: How long a write waits while another process writes.
_PATIENCE_SECONDS = 30

#: Answers that enforce the terms of what they hold themselves, or hold nothing of a feed.
_OWN_TERMS = frozenset({"export", "feeds", "leagues", "market", "search"})


class Desk:
    """One open market that questions are put to, one after another.

    Parameters
    ----------
    folder
        The market's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._market: Market | None = None
        self._version = ""

    def render(self, question: Question, version: str) -> Rendered:
        """The answer, or the error made on purpose that stands in its place.

        Parameters
        ----------
        version
            The market's version that the answer is wanted of: another one than before has the
            market opened anew.
        """
        try:
            market = self._opened(version)
            if question.form != "json" and question.use not in _OWN_TERMS:
                # A table in a file is made to go elsewhere.
                market.require_exportable()
            answer = ANSWERS[question.use](market, question)
            body, media_type = write(answer, question.form)
        except HowdahError as error:
            return Rendered(b"", {}, "", problem_of(error), _resident())
        return Rendered(body, _packed(body), media_type, resident=_resident())

    def write(self, use: str, values: Mapping[str, Any], version: str) -> Rendered:
        """Write what a client decided; the market is opened anew for the next question.

        Whoever derives holds the market for a while, so a write waits for its turn.
        """
        turns = stamina.retry_context(
            StoreBusyError,
            attempts=None,
            timeout=_PATIENCE_SECONDS,
            wait_initial=0.1,
            wait_max=0.5,
        )
        try:
            for turn in turns:
                with turn:
                    done = WRITES[use](self._opened(version), values)
        except HowdahError as error:
            return Rendered(b"", {}, "", problem_of(error, is_write=True), _resident())
        body, media_type = write(Answer(done), "json")
        self._market = None
        return Rendered(body, {}, media_type, resident=_resident())

    def _opened(self, version: str) -> Market:
        if self._market is None or version != self._version:
            self._market = Market(self._folder)
            self._version = version
        return self._market


def _packed(body: bytes) -> dict[str, bytes]:
    """A body packed in each way that a client may take."""
    if len(body) < _LEAST_PACKED:
        return {}
    return {
        "br": pa.Codec("brotli", compression_level=_BROTLI_LEVEL).compress(body, asbytes=True),
        "gzip": gzip.compress(body, _GZIP_LEVEL, mtime=0),
    }


def _resident() -> int:
    """Resident memory of this process in bytes; 0 where the system does not tell."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
