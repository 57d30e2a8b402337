"""A server on a real socket: addresses as people type them, and what no request may be."""

import asyncio
import contextlib
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import unquote

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from howdah.surfaces.http.connections import HEAD_BYTES, ImpatientProtocol, ascii_line


class Hurried(ImpatientProtocol):
    """Waits for less time than a test may take."""

    head_seconds = 0.2


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the path, the query and the body that it was asked with."""
    request = Request(scope, receive)
    body = await request.body()
    told = "|".join((request.url.path, request.query_params.get("q", ""), body.decode()))
    await PlainTextResponse(f"{told};")(scope, receive, send)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        server = uvicorn.Server(
            uvicorn.Config(
                echo, http=Hurried, ws="none", lifespan="off",
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
        assert _end_of(connection).endswith(b"/||;")


_HEAD = b"Host: 127.0.0.1\r\n"
_LAST = b"Connection: close\r\n"


def _told(port: int, *parts: bytes) -> bytes:
    """What comes back of a connection on which parts are sent one after another."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for part in parts:
            connection.sendall(part)
            time.sleep(0.005)
        return _end_of(connection)


@pytest.mark.parametrize(
    "target", ["/search?q=豆包", "/產品/é?q=Ċ—\x85", "/%E8%B1%86?q=%E5%8C%85豆"]
)
def test_an_address_is_taken_as_it_is_typed(port: int, target: str) -> None:
    path, _, query = target.partition("?q=")
    told = _told(port, f"GET {target} HTTP/1.1\r\n".encode() + _HEAD + _LAST + b"\r\n")
    wanted = f"{unquote(path)}|{unquote(query)}|;"
    assert told.decode().endswith(f"\r\n\r\n{wanted}")


def test_an_address_may_come_byte_by_byte_and_on_an_open_connection(port: int) -> None:
    line = "GET /?q=豆包 HTTP/1.1\r\n".encode()
    body = "豆".encode()
    post = b"POST / HTTP/1.1\r\n" + _HEAD + b"Content-Length: 3\r\n\r\n"
    told = _told(
        port,
        *(bytes((one,)) for one in line[:12]), line[12:] + _HEAD + b"\r\n",
        post + body[:1], body[1:],
        b"\r\n" + line + _HEAD + _LAST + b"\r\n",
    )  # fmt: skip
    # A body is not touched.
    assert re.findall(r"/\|.*?(?=;)", told.decode()) == ["/|豆包|", "/||豆", "/|豆包|"]


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param("GÉT / HTTP/1.1\r\n".encode() + _HEAD + b"\r\n", id="method"),
        pytest.param("GET / HTTP/1.1é\r\n".encode() + _HEAD + b"\r\n", id="version"),
        pytest.param("GET /豆 包 HTTP/1.1\r\n".encode() + _HEAD + b"\r\n", id="blank"),
        pytest.param("GET /豆\rX: 1 HTTP/1.1\r\n".encode() + _HEAD + b"\r\n", id="return"),
        pytest.param("GET /豆\0 HTTP/1.1\r\n".encode() + _HEAD + b"\r\n", id="null"),
        pytest.param(
            "POST /豆 HTTP/1.1\r\n".encode()
            + _HEAD
            + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            + b"GET /b HTTP/1.1\r\n\r\n",
            id="two lengths",
        ),
        pytest.param(
            b"GET / HTTP/1.1\r\n" + _HEAD + "Transfer-Encodiné: chunked\r\n\r\n".encode(),
            id="name of a header",
        ),
    ],
)
def test_what_is_no_request_is_refused_as_a_problem(port: int, sent: bytes) -> None:
    told = _told(port, sent)
    assert told.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    # One answer, and the end.
    assert told.count(b"HTTP/1.1") == 2
    head, _, body = told.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    assert json.loads(body)["type"] == "/docs/problems#malformed"


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([b"GET /?q=" + "豆".encode() * HEAD_BYTES], id="a line without an end"),
        pytest.param(
            [b"GET /?q=" + b"a" * HEAD_BYTES + b" HTTP/1.1\r\n" + _HEAD + b"\r\n"], id="a line"
        ),
        pytest.param(
            [b"GET / HTTP/1.1\r\n" + _HEAD, *[b"X: " + b"a" * 9_000 + b"\r\n"] * 8], id="headers"
        ),
    ],
)
def test_a_head_that_is_too_long_is_refused(port: int, parts: list[bytes]) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        told = b""
        # The server may close before all is sent.
        with contextlib.suppress(ConnectionError):
            for part in parts:
                connection.sendall(part)
        with contextlib.suppress(ConnectionError):
            told = _end_of(connection)
    assert told.startswith(b"HTTP/1.1 431") or not told
    assert _told(port, b"GET / HTTP/1.1\r\n" + _HEAD + _LAST + b"\r\n").endswith(b"/||;")


@given(st.binary(), st.integers(0, 50))
def test_nothing_that_frames_a_request_is_made_or_lost(data: bytes, at: int) -> None:
    data = data[:at] + b"\n" + data[at:]
    told, is_open = ascii_line(data)
    kept = bytes(range(0x80))
    lines = data.split(b"\n")
    begin = len(data) - len(data.lstrip(b"\r\n"))
    assert is_open == (b"\n" not in data[begin:])
    assert told.count(b"\n") == len(lines) - 1
    for sign in b"\r\n \t:":
        assert told.count(sign) == data.count(sign)
    end = data.find(b"\n", begin)
    if end >= 0:
        assert told.endswith(data[end:])
        assert not told[: len(told) - len(data[end:])].translate(None, kept)
