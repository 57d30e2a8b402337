"""Serving one market on loopback until it is told to stop."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from howdah.core.errors import InputError
from howdah.surfaces.http.application import create_app
from howdah.surfaces.http.questions import Question

if TYPE_CHECKING:
    from howdah.surfaces.http.rendering import Desk, Rendered

#: Hosts that only this machine reaches.
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")

#: Seconds that a connection may stay open without a request.
_KEEP_ALIVE = 15

#: Connections at once; more are refused with 503.
_CONNECTIONS = 200

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


def serve(folder: Path, *, host: str, port: int) -> None:
    """Serve a market until a signal ends it."""
    require_loopback(host)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context, initializer=_open_desk, initargs=(folder,)) as executor:
        app = create_app(folder, executor, _render, port=port)
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            log_level="warning",
            access_log=False,
            server_header=False,
            date_header=True,
            timeout_keep_alive=_KEEP_ALIVE,
            limit_concurrency=_CONNECTIONS,
        )
        uvicorn.Server(config).run()


def _open_desk(folder: Path) -> None:
    """Make the desk of a rendering process."""
    from howdah.surfaces.http.rendering import Desk  # noqa: PLC0415 - only where it renders

    global _desk  # noqa: PLW0603 - one a process
    _desk = Desk(folder)


def _render(question: Question, version: str) -> "Rendered":
    assert _desk is not None, "the initializer has run"
    return _desk.render(question, version)
