"""Connections that do not wait for ever: a request's head must come in time."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

#: Seconds from a connection, or the first byte of a request, to the end of its head.
HEAD_SECONDS = 10.0


class ImpatientProtocol(HttpToolsProtocol):
    """Closes a connection whose head does not come in time.

    A client that opens connections and sends nothing, or a byte now and then, would hold them
    for ever: the server's own limit counts only the time between two requests.
    """

    head_seconds = HEAD_SECONDS

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 - as in the base
        """A client has come: it must say something."""
        super().connection_made(transport)
        self._patience: asyncio.TimerHandle | None = self._wait()

    def on_message_begin(self) -> None:
        """A request has begun: its head must end."""
        super().on_message_begin()
        self._stop_waiting()
        self._patience = self._wait()

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._stop_waiting()
        super().on_headers_complete()

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
