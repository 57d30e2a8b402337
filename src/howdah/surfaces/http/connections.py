"""Connections: a request's head must come in time, in size, and may be typed as people type it."""

import asyncio
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from howdah.surfaces.http.problems import Problem
from howdah.surfaces.http.safety import SECURITY_HEADERS

#: Seconds from a connection, or the first byte of a request, to the end of its head.
HEAD_SECONDS = 10.0

#: Bytes of a head: of the request line and all headers.
HEAD_BYTES = 65_536

#: The least byte that is no ASCII.
_ABOVE_ASCII = 0x80

_MALFORMED = Problem(
    HTTPStatus.BAD_REQUEST, "malformed", "What came is no request of HTTP/1.1. Send it again."
)
_LARGE_HEAD = Problem(
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    "large-head",
    f"The address and the headers of a request may hold {HEAD_BYTES:,} bytes. Send less.",
)


class ImpatientProtocol(HttpToolsProtocol):
    """Closes a connection whose head does not come in time or is too large.

    A client that opens connections and sends nothing, or a byte now and then, would hold them
    for ever: the server's own limit counts only the time between two requests.

    An address in any script is taken as it is typed, such as `/api/v1/search?q=豆包`: the parser
    takes ASCII alone, so other bytes of a request line are percent-encoded before. Nothing else is
    touched, and nothing that ends a line or parts its words is ever made.
    """

    head_seconds = HEAD_SECONDS

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 - as in the base
        """A client has come: it must say something."""
        super().connection_made(transport)
        self._patience: asyncio.TimerHandle | None = self._wait()
        self._is_at_line = True
        self._is_past_message = False
        self._head_bytes = 0
        self._refusal = _MALFORMED

    def data_received(self, data: bytes) -> None:
        """A part of a request has come, which may be any."""
        self._head_bytes += len(data)
        if self._is_at_line:
            data, self._is_at_line = ascii_line(data)
        self._is_past_message = False
        super().data_received(data)
        is_in_head = self._patience is not None
        if not is_in_head:
            self._head_bytes = 0
        elif self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
            self._refusal = _LARGE_HEAD
            self.send_400_response("")

    def on_message_begin(self) -> None:
        """A request has begun: its head must end."""
        super().on_message_begin()
        self._stop_waiting()
        self._patience = self._wait()
        if self._is_past_message:
            # Behind another request in one part: where its line ends is the parser's to say.
            self._is_at_line = False

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._stop_waiting()
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > HEAD_BYTES:
            self._refusal = _LARGE_HEAD
            raise ValueError(size)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is whole: a line comes next."""
        super().on_message_complete()
        self._is_past_message = self._is_at_line = True

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - as in the base
        """Refuse what is no request, and hear no more of it."""
        told = self._refusal.response({**SECURITY_HEADERS, "Connection": "close"})
        status = self._refusal.status
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode()
        headers = b"".join(name + b": " + value + b"\r\n" for name, value in told.raw_headers)
        self.transport.write(head + headers + b"\r\n" + bytes(told.body))
        self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> asyncio.TimerHandle:
        return self.loop.call_later(self.head_seconds, self._close)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _close(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()


def ascii_line(data: bytes) -> tuple[bytes, bool]:
    r"""Data with its first line in ASCII, other bytes percent-encoded, and whether it goes on.

    Empty lines before it are none.

    Examples
    --------
    >>> ascii_line("GET /豆 HTTP/1.1\r\nX: 豆".encode()) == (
    ...     b"GET /%E8%B1%86 HTTP/1.1\r\nX: " + "豆".encode(), False
    ... )
    True
    """
    begin = len(data) - len(data.lstrip(b"\r\n"))
    end = data.find(b"\n", begin)
    if not data.isascii():
        line, rest = (data, b"") if end < 0 else (data[:end], data[end:])
        signs = (b"%%%02X" % one if one >= _ABOVE_ASCII else bytes((one,)) for one in line)
        data = b"".join(signs) + rest
    return data, end < 0
