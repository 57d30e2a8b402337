"""Rendering: a question to an open market becomes the bytes of its answer.

Runs in a process, or a thread, of its own, so that the server goes on answering meanwhile.
"""

import gzip
from dataclasses import dataclass
from pathlib import Path

from howdah.core.errors import HowdahError
from howdah.market.market import Market
from howdah.surfaces.http.answers import ANSWERS
from howdah.surfaces.http.formats import write
from howdah.surfaces.http.problems import Problem, problem_of
from howdah.surfaces.http.questions import Question

#: Bodies below this many bytes gain nothing by being packed.
_LEAST_PACKED = 1_000

#: Half the time of the strongest packing, and within 3 % of its size.
_LEVEL = 6


@dataclass(frozen=True, slots=True)
class Rendered:
    """An answer in bytes.

    Attributes
    ----------
    packed
        The body packed with gzip; b"" where that is not worth it.
    problem
        What went wrong instead, with the body empty.
    """

    body: bytes
    packed: bytes
    media_type: str
    problem: Problem | None = None

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return len(self.body) + len(self.packed)


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
            answer = ANSWERS[question.use](self._opened(version), question)
            body, media_type = write(answer, question.form)
        except HowdahError as error:
            return Rendered(b"", b"", "", problem_of(error))
        packed = gzip.compress(body, _LEVEL, mtime=0) if len(body) >= _LEAST_PACKED else b""
        return Rendered(body, packed, media_type)

    def _opened(self, version: str) -> Market:
        if self._market is None or version != self._version:
            self._market = Market(self._folder)
            self._version = version
        return self._market
