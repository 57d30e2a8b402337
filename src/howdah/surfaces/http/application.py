"""The application: addresses, safety and the reader behind them."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import Executor
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI

from howdah.surfaces.http import problems
from howdah.surfaces.http.bundle import BUNDLE, Bundle
from howdah.surfaces.http.caching import AnswerCache
from howdah.surfaces.http.reader import Reader
from howdah.surfaces.http.routes import reading, standing
from howdah.surfaces.http.safety import Safety

if TYPE_CHECKING:
    from howdah.surfaces.http.questions import Question
    from howdah.surfaces.http.rendering import Rendered

#: Bytes of answers that are kept.
CACHE_BYTES = 64_000_000


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def create_app(
    folder: Path,
    executor: Executor,
    render: "Callable[[Question, str], Rendered]",
    *,
    port: int | None = None,
    bundle: Path = BUNDLE,
    now: Callable[[], dt.datetime] = _utc_now,
) -> FastAPI:
    """The application of one market.

    Parameters
    ----------
    folder
        The market's folder.
    executor, render
        Where and how answers are rendered, as in `Reader`.
    port
        The port that requests must name as their host's; None takes any.
    bundle
        The built front end.
    now
        The clock, in UTC.
    """
    app = FastAPI(
        title="howdah",
        version=version("howdah"),
        description="One market, read as of any date. Every number has its interval and its trail.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    cache: AnswerCache[Rendered] = AnswerCache(CACHE_BYTES)
    app.state.reader = Reader(folder, executor, render, cache, now)
    problems.install(app)
    app.include_router(reading.router)
    app.include_router(standing.router)
    app.add_route("/{path:path}", Bundle(bundle).serve, methods=["GET"], include_in_schema=False)
    app.add_middleware(Safety, port=port)
    return app
