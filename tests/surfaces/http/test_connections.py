"""A server on a real socket drops clients that open a connection and say nothing, or too slowly."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.responses import PlainTextResponse

from howdah.surfaces.http.connections import ImpatientProtocol


class Hurried(ImpatientProtocol):
    """Waits for less time than a test may take."""

    head_seconds = 0.2


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        server = uvicorn.Server(
            uvicorn.Config(
                PlainTextResponse("here"), http=Hurried, ws="none", lifespan="off",
                log_level="critical", access_log=False,
            )
        )  # fmt: skip
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[bound])))
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield bound.getsockname()[1]
        server.should_exit = True
        thread.join()


def _end_of(connection: socket.socket) -> bytes:
    """What comes until the server closes; fails when it does not."""
    connection.settimeout(30)
    parts = []
    while part := connection.recv(4096):
        parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize("said", [b"", b"G", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "])
def test_a_head_that_does_not_come_ends_the_connection(port: int, said: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(said)
        assert _end_of(connection) == b""


def test_a_whole_request_is_answered(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        assert _end_of(connection).endswith(b"here")
