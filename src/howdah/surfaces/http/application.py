"""The application: addresses, what keeps them safe, and the reader behind them."""

import asyncio
import datetime as dt
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI

from howdah.surfaces.http import problems
from howdah.surfaces.http.accounting import Account, Accounting, FeedAges
from howdah.surfaces.http.bundle import BUNDLE, Bundle
from howdah.surfaces.http.caching import AnswerCache
from howdah.surfaces.http.describing import describe
from howdah.surfaces.http.journal import Journal
from howdah.surfaces.http.limits import READS, WRITES, BodyLimit, Rate, RateLimit
from howdah.surfaces.http.memory import give_back
from howdah.surfaces.http.questions import Question
from howdah.surfaces.http.reader import Reader
from howdah.surfaces.http.routes import documents, judging, reading, standing
from howdah.surfaces.http.safety import Safety

if TYPE_CHECKING:
    from howdah.surfaces.http.rendered import Rendered
    from howdah.surfaces.http.renderer import Renderer
    from howdah.surfaces.http.schedule import Schedule

#: Seconds after which the process that makes answers goes when nothing was asked of it.
IDLE_SECONDS = 300.0

#: Seconds between two looks at whether it may go.
_LOOK_SECONDS = 30.0


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True)
class Options:
    """How an application is set up.

    Attributes
    ----------
    port
        The port that requests must name as their host's; None takes any.
    bundle
        The built front end.
    cache_bytes
        Bytes of answers that are kept.
    body_bytes
        Bytes that a request's body may have.
    reads, writes
        How often a client may ask.
    now
        The clock, in UTC.
    """

    port: int | None = None
    bundle: Path = BUNDLE
    cache_bytes: int = 64_000_000
    body_bytes: int = 65_536
    reads: Rate = READS
    writes: Rate = WRITES
    now: Callable[[], dt.datetime] = _utc_now


def create_app(
    folder: Path,
    renderer: "Renderer",
    options: Options = Options(),
    *,
    journal: Journal | None = None,
    schedule_for: "Callable[[Reader], Schedule] | None" = None,
) -> FastAPI:
    """The application of one market.

    Parameters
    ----------
    folder
        The market's folder.
    renderer
        Makes the answers.
    journal
        Where events are written; None writes none.
    schedule_for
        Makes the schedule of the jobs; None has none.
    """
    cache: AnswerCache[Rendered] = AnswerCache(options.cache_bytes)
    reader = Reader(folder, renderer, cache, options.now)
    schedule = None if schedule_for is None else schedule_for(reader)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(_let_go(renderer)), asyncio.create_task(_warm(reader))]
        if schedule is not None:
            reader.on_write = schedule.ask_anew
            reader.look_at = schedule.look_at
            tasks.append(asyncio.create_task(schedule.run()))
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        renderer.stop()

    app = FastAPI(
        title="howdah",
        version=version("howdah"),
        description="One market, read as of any date. Every number has its interval and its trail.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        generate_unique_id_function=lambda route: route.name,
        lifespan=lifespan,
    )
    app.state.reader = reader
    app.state.schedule = schedule
    app.state.account = account = _account(reader, renderer, schedule)
    problems.install(app)
    app.include_router(reading.router)
    app.include_router(judging.router)
    app.include_router(standing.router)
    app.include_router(documents.router)
    bundle = Bundle(options.bundle)
    app.add_route("/{path:path}", bundle.serve, methods=["GET"], include_in_schema=False)
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]
    # The last added is the first to see a request.
    app.add_middleware(BodyLimit, limit=options.body_bytes)
    app.add_middleware(RateLimit, clock=time.monotonic, reads=options.reads, writes=options.writes)
    app.add_middleware(Safety, port=options.port)
    app.add_middleware(Accounting, account=account, journal=journal or Journal(None, options.now))
    return app


async def _warm(reader: Reader) -> None:
    """Open the market before the first client asks."""
    question = Question("market", reader.as_of(None))
    with suppress(problems.Refused):
        await reader.answer(question, question.tag(reader.version("market")))


async def _let_go(renderer: "Renderer") -> None:
    """Give back what is free, and the processes that make answers when nobody asks."""
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        renderer.retire(IDLE_SECONDS)
        give_back()


def _account(reader: Reader, renderer: "Renderer", schedule: "Schedule | None") -> Account:
    cache = reader.cache
    gauges: dict[str, tuple[str, Callable[[], float]]] = {
        "howdah_cache_bytes": ("Bytes of answers kept.", lambda: cache.size),
        "howdah_cache_answers": ("Answers kept.", lambda: len(cache)),
        "howdah_cache_hits": ("Questions answered from the cache.", lambda: cache.n_hits),
        "howdah_cache_misses": ("Questions that had to be rendered.", lambda: cache.n_misses),
        "howdah_waiting": ("Questions that wait to be rendered.", lambda: renderer.n_waiting),
        "howdah_renderers": ("Renderers started so far.", lambda: renderer.n_started),
    }
    if schedule is None:
        return Account(gauges)
    gauges |= {
        "howdah_jobs_waiting": ("Jobs that wait.", lambda: len(schedule.waiting)),
        "howdah_jobs_done": ("Jobs done.", lambda: schedule.n_done),
        "howdah_jobs_failed": ("Jobs that failed.", lambda: schedule.n_failed),
    }
    account = Account(gauges)
    account.add(
        FeedAges(
            lambda: {
                one.feed: one.last_success.timestamp()
                for one in schedule.pulls.values()
                if one.last_success is not None
            }
        )
    )
    return account
