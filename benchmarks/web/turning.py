"""A server's half of the turnover, as a program: `turning.py N [compact] [trim]`.

Answers come from other processes in the ways that a server's do, are kept while there is room, and
go. What makes them computes nothing, so an hour's answers come in minutes. It writes answers so
far, resident bytes and bytes of the cache, a line of JSON every so many answers.
"""

import asyncio
import json
import multiprocessing
import os
import random
import sys
from collections.abc import Iterable
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path

from howdah.surfaces.http.caching import AnswerCache
from howdah.surfaces.http.memory import give_back, keep_compact
from howdah.surfaces.http.rendered import Rendered

#: Bytes of answers that are kept, as a server does.
_KEPT = 64_000_000

#: Processes that make answers, answers after which one is replaced for its size, and those that a
#: job makes ahead. A job comes whenever a process has been replaced.
_LANES, _OF_A_PROCESS, _OF_A_JOB = 3, 20, 60

#: Answers between two looks.
_LOOK_EVERY = 100

#: The size of an answer in bytes: median, spread of its logarithm, and the largest.
_MEDIAN, _SPREAD, _LARGEST = 20_000, 1.3, 6_000_000


def answers(n: int, seed: int) -> tuple[Rendered, ...]:
    """So many answers of sizes as they occur, packed as they are."""
    picks = random.Random(seed)
    sizes = [min(int(_MEDIAN * picks.lognormvariate(0, _SPREAD)), _LARGEST) for _ in range(n)]
    return tuple(
        Rendered(bytes(n), {"br": bytes(n // 8), "gzip": bytes(n // 6)}, "application/json")
        for n in sizes
    )


class _Server:
    def __init__(self, n: int, *, trims: bool) -> None:
        self._n = n
        self._trims = trims
        self._cache: AnswerCache[Rendered] = AnswerCache(_KEPT)
        self._context = multiprocessing.get_context("spawn")
        self._n_come = 0

    async def run(self) -> None:
        await asyncio.gather(*(self._lane() for _ in range(_LANES)))

    async def _lane(self) -> None:
        while self._n_come < self._n:
            executor = self._started()
            for _ in range(_OF_A_PROCESS):
                self._keep(await self._made(executor, 1))
            executor.shutdown(wait=False)
            job = self._started()
            self._keep(await self._made(job, _OF_A_JOB))
            job.shutdown(wait=False)

    def _started(self) -> Executor:
        return ProcessPoolExecutor(1, self._context)

    async def _made(self, executor: Executor, n: int) -> tuple[Rendered, ...]:
        return await asyncio.wrap_future(executor.submit(answers, n, self._n_come))

    def _keep(self, come: Iterable[Rendered]) -> None:
        for one in come:
            self._n_come += 1
            self._cache.put(f"{self._n_come:024x}", one)
            if self._n_come % _LOOK_EVERY == 0:
                if self._trims:
                    give_back()
                print(json.dumps([self._n_come, _resident(), self._cache.size]), flush=True)


def _resident() -> int:
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    if "compact" in sys.argv:
        keep_compact()
    asyncio.run(_Server(int(sys.argv[1]), trims="trim" in sys.argv).run())
