"""A lane: a process that answers are made in, started when needed and replaced when large."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import BrokenExecutor, Executor
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol

from howdah.surfaces.http.problems import Problem, Refused

if TYPE_CHECKING:
    from howdah.surfaces.http.questions import Question
    from howdah.surfaces.http.rendered import Rendered

P = ParamSpec("P")

#: Questions that may wait for the renderer; more are refused at once.
MOST_WAITING = 64


class Rendering(Protocol):
    """Functions that run where answers are made."""

    def render(self, question: "Question", version: str) -> "Rendered":
        """The answer of a question."""

    def write(self, use: str, values: Mapping[str, Any], version: str) -> "Rendered":
        """What came of a write."""


class Lane:
    """Runs one function after another in an executor.

    Parameters
    ----------
    start
        Makes the executor.
    functions
        What runs in it.
    newest_first
        Whether the last that came is the next: whoever moves through dates waits for the last one
        alone.
    memory_limit
        Bytes of resident memory beyond which the executor is replaced.
    clock
        Seconds, never going back.
    """

    def __init__(
        self,
        start: Callable[[], Executor],
        functions: Rendering,
        memory_limit: int,
        clock: Callable[[], float] = time.monotonic,
        *,
        newest_first: bool = False,
    ) -> None:
        self._start = start
        self.functions = functions
        self._memory_limit = memory_limit
        self._clock = clock
        self._newest_first = newest_first
        self._executor: Executor | None = None
        self._turns: deque[asyncio.Future[None]] = deque()
        self._is_busy = False
        self._used_at = clock()
        self.n_waiting = 0
        self.n_started = 0

    def retire(self, idle_seconds: float) -> None:
        """Let the executor go when nothing was asked for so long."""
        if not self.n_waiting and self._clock() - self._used_at >= idle_seconds:
            self.stop()

    def stop(self) -> None:
        """Let the executor go."""
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = None

    async def run(
        self, function: "Callable[P, Rendered]", *args: P.args, **kwargs: P.kwargs
    ) -> "Rendered":
        """What a function gives when its turn comes.

        Raises
        ------
        Refused
            Too many wait already, or the executor died twice.
        """
        if self.n_waiting >= MOST_WAITING:
            raise Refused(
                Problem(
                    HTTPStatus.SERVICE_UNAVAILABLE,
                    "busy",
                    f"{self.n_waiting} questions wait to be answered. Ask again in a moment.",
                )
            )
        self.n_waiting += 1
        try:
            await self._turn()
            try:
                rendered = await self._tried(function, *args, **kwargs)
                if rendered.resident > self._memory_limit:
                    # While it is this one's turn nothing else runs there, whoever waits.
                    self.stop()
            finally:
                self._pass_on()
        finally:
            self.n_waiting -= 1
            self._used_at = self._clock()
        return rendered

    async def _turn(self) -> None:
        """Wait until nothing else runs."""
        if not self._is_busy:
            self._is_busy = True
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._turns.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                # It was this one's turn already.
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        """Give the turn to the next that still waits."""
        while self._turns:
            turn = self._turns.pop() if self._newest_first else self._turns.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._is_busy = False

    async def _tried(
        self, function: "Callable[P, Rendered]", *args: P.args, **kwargs: P.kwargs
    ) -> "Rendered":
        loop = asyncio.get_running_loop()
        for _ in range(2):
            if self._executor is None:
                self._executor = self._start()
                self.n_started += 1
            executor = self._executor
            try:
                return await asyncio.wrap_future(
                    executor.submit(function, *args, **kwargs), loop=loop
                )
            except BrokenExecutor:
                # Killed for want of memory, perhaps: once is bad luck.
                if self._executor is executor:
                    self.stop()
        raise Refused(
            Problem(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "renderer-died",
                "What makes the answers died of this question twice, perhaps for want of memory. "
                "The server's log has when.",
            )
        )
