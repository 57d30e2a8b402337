"""Serving one market on loopback until it is told to stop."""

import asyncio
import datetime as dt
import multiprocessing
import os
import socket
import sys
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn

from howdah.core import settings
from howdah.core.errors import InputError
from howdah.surfaces.http.application import Options, create_app
from howdah.surfaces.http.connections import ImpatientProtocol
from howdah.surfaces.http.journal import Journal
from howdah.surfaces.http.limits import WRITES, Rate
from howdah.surfaces.http.questions import Question
from howdah.surfaces.http.reader import Reader
from howdah.surfaces.http.renderer import Renderer
from howdah.surfaces.http.schedule import Schedule
from howdah.surfaces.http.working import Done, Job, end_with_server, start_working, work

if TYPE_CHECKING:
    from howdah.surfaces.http.rendered import Rendered
    from howdah.surfaces.http.rendering import Desk

#: Hosts that only this machine reaches.
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")

#: Seconds that a connection may stay open without a request.
_KEEP_ALIVE = 15

#: Connections at once; more are refused with 503.
_CONNECTIONS = 200

#: Connections that wait for the server to take them.
_BACKLOG = 2048

#: Seconds that answers under way may take when the server is told to stop.
_LAST_SECONDS = 5

_desk: "Desk | None" = None


def require_loopback(host: str) -> None:
    """Refuse a host that others could reach.

    Raises
    ------
    InputError
        The host is not loopback.
    """
    if host not in LOOPBACK_HOSTS:
        raise InputError(
            f"--host is {host!r}. There is no access control yet, so the server binds to this "
            f"machine alone: give {', '.join(LOOPBACK_HOSTS)}. From another machine, use a tunnel "
            "such as `ssh -L 8477:127.0.0.1:8477 HOST`."
        )


def listen(host: str, port: int) -> socket.socket:
    """Take a port of this machine.

    Raises
    ------
    InputError
        The host is not loopback, or the port cannot be had.
    """
    require_loopback(host)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise InputError(
            f"Port {port} of {host} cannot be had: {os.strerror(error.errno or 0)}. Another "
            "`howdah serve` may have it: stop that one, or give another port with --port."
        ) from error


def serve(folder: Path, listener: socket.socket, *, pulls_feeds: bool = True) -> None:
    """Serve a market until a signal ends it.

    Parameters
    ----------
    listener
        As `listen` gives it.
    pulls_feeds
        Whether feeds are pulled on their cadence.
    """
    host, port = listener.getsockname()[:2]

    def now() -> dt.datetime:
        return dt.datetime.now(dt.UTC)

    journal = Journal(sys.stderr, now)
    context = multiprocessing.get_context("spawn")

    def start() -> ProcessPoolExecutor:
        return ProcessPoolExecutor(1, context, initializer=_open_desk, initargs=(folder,))

    renderer = Renderer(start, _InProcess, int(settings.get_number("serve_render_mb") * 1e6))
    a_second = settings.get_number("serve_requests_per_second")
    options = Options(
        port=port,
        cache_bytes=int(settings.get_number("serve_cache_mb") * 1e6),
        reads=Rate(a_second, 2 * a_second),
        writes=WRITES,
        now=now,
    )

    def schedule_for(reader: Reader) -> Schedule:
        async def do(job: Job) -> Done:
            return await _do(folder, reader, job)

        return Schedule(
            do,
            now,
            lambda: reader.as_of(None),
            journal,
            pulls_feeds=pulls_feeds,
            n_prepared=int(settings.get_number("serve_prepared_dates")),
        )

    app = create_app(folder, renderer, options, journal=journal, schedule_for=schedule_for)
    config = uvicorn.Config(
        app,
        http=ImpatientProtocol,
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=_LAST_SECONDS,
        limit_concurrency=_CONNECTIONS,
    )
    journal("serving", folder=str(folder), host=host, port=port)
    try:
        uvicorn.Server(config).run([listener])
    finally:
        # Else the interpreter would wait for what they do to its end.
        for child in multiprocessing.active_children():
            child.terminate()
    journal("stopped")


async def _do(folder: Path, reader: Reader, job: Job) -> Done:
    """Do a job in a process of its own, and keep the answers that it made ahead."""
    context = multiprocessing.get_context("spawn")
    version = reader.standing().version
    executor = ProcessPoolExecutor(1, context, initializer=start_working)
    try:
        done = await asyncio.wrap_future(executor.submit(work, folder, job, version))
    except BrokenProcessPool:
        return Done(error="the process that did it died, perhaps for want of memory")
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
    reader.take_in(done.answers, version)
    return done


class _InProcess:
    """What the process that makes answers runs: functions of a module, which processes can name."""

    def render(self, question: Question, version: str) -> "Rendered":
        """The answer of a question."""
        assert _desk is not None, "the initializer has run"
        return _desk.render(question, version)

    def write(self, use: str, values: Mapping[str, Any], version: str) -> "Rendered":
        """What came of a write."""
        assert _desk is not None, "the initializer has run"
        return _desk.write(use, values, version)


def _open_desk(folder: Path) -> None:
    """Make the desk of a process that makes answers."""
    from howdah.surfaces.http.rendering import Desk  # noqa: PLC0415 - only where it renders

    end_with_server()
    global _desk  # noqa: PLW0603 - one a process
    _desk = Desk(folder)
