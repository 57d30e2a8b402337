"""The renderer: has answers made, the slow ones beside the quick ones, and writes beside both."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Any

from howdah.surfaces.http.lane import Lane, Rendering

if TYPE_CHECKING:
    from howdah.surfaces.http.questions import Question
    from howdah.surfaces.http.rendered import Rendered

#: Answers that take seconds even where all that an update derives is at hand.
SLOW = frozenset(
    {
        "brief",
        "changes",
        "directions",
        "directions_record",
        "entry",
        "export",
        "features",
        "review_pairs",
        "split",
    }
)


class Renderer:
    """Three lanes: neither a page that is there at once nor a write waits for what takes seconds.

    Parameters
    ----------
    start
        Makes the executor of a lane.
    functions
        Makes what runs in it: each lane has a market of its own.
    memory_limit
        Bytes of resident memory beyond which a lane's executor is replaced.
    clock
        Seconds, never going back.
    """

    def __init__(
        self,
        start: Callable[[], Executor],
        functions: Callable[[], Rendering],
        memory_limit: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._quick = Lane(start, functions(), memory_limit, clock)
        self._slow = Lane(start, functions(), memory_limit, clock, newest_first=True)
        self._writing = Lane(start, functions(), memory_limit, clock)

    @property
    def n_waiting(self) -> int:
        """Questions that wait or are being answered."""
        return sum(lane.n_waiting for lane in self._lanes)

    @property
    def n_started(self) -> int:
        """Executors started so far."""
        return sum(lane.n_started for lane in self._lanes)

    async def render(
        self, question: "Question", version: str, *, at_hand: bool = True
    ) -> "Rendered":
        """The answer of a question.

        Parameters
        ----------
        at_hand
            Whether what an update derives is at hand for its date.

        Raises
        ------
        Refused
            Too many wait already, or the executor died twice.
        """
        lane = self._slow if question.use in SLOW or not at_hand else self._quick
        return await lane.run(lane.functions.render, question, version)

    async def write(self, use: str, values: Mapping[str, Any], version: str) -> "Rendered":
        """What came of a write, which may have to wait for another process; raises as `render`."""
        return await self._writing.run(self._writing.functions.write, use, values, version)

    def retire(self, idle_seconds: float) -> None:
        """Let each executor go of which nothing was asked for so long."""
        for lane in self._lanes:
            lane.retire(idle_seconds)

    def stop(self) -> None:
        """Let the executors go."""
        for lane in self._lanes:
            lane.stop()

    @property
    def _lanes(self) -> tuple[Lane, ...]:
        return self._quick, self._slow, self._writing
