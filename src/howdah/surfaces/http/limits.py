"""Limits: how often a client may ask, how large a request may be, how slow a client may be."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from math import ceil

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from howdah.surfaces.http.problems import Problem

#: Clients whose buckets are remembered; the one that asked longest ago is forgotten first.
_MOST_CLIENTS = 10_000

#: Seconds in which the next part of a request must come, and the next part of an answer be taken.
RECEIVE_SECONDS, SEND_SECONDS = 10.0, 30.0


@dataclass(frozen=True, slots=True)
class Rate:
    """How often a client may ask: `a_second` on and on, `burst` at once."""

    a_second: float
    burst: float


#: Answers from the cache cost little; a page draws a handful at once.
READS = Rate(1000.0, 2000.0)

#: A person judges no faster, and a script of a person not much.
WRITES = Rate(5.0, 30.0)


class TokenBuckets:
    """A bucket of tokens a client, which fills up with time and gives one a request.

    Parameters
    ----------
    rate
        How fast a bucket fills, and how much it holds.
    clock
        Seconds, never going back.
    """

    def __init__(self, rate: Rate, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._clock = clock
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str) -> float:
        """Take a token; returns 0, or the seconds until there is one."""
        now = self._clock()
        tokens, at = self._held.get(client, (self._rate.burst, now))
        tokens = min(self._rate.burst, tokens + (now - at) * self._rate.a_second)
        wait = 0.0 if tokens >= 1 else (1 - tokens) / self._rate.a_second
        self._held[client] = (tokens if wait else tokens - 1, now)
        self._held.move_to_end(client)
        if len(self._held) > _MOST_CLIENTS:
            self._held.popitem(last=False)
        return wait


class RateLimit:
    """Refuses a client that asks too often.

    Parameters
    ----------
    app
        What is behind it.
    clock
        Seconds, never going back.
    reads, writes
        How often each may be asked.
    """

    def __init__(
        self,
        app: ASGIApp,
        clock: Callable[[], float],
        reads: Rate = READS,
        writes: Rate = WRITES,
    ) -> None:
        self._app = app
        self._reads = TokenBuckets(reads, clock)
        self._writes = TokenBuckets(writes, clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or answer 429."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        client = scope["client"][0] if scope.get("client") else ""
        buckets = self._reads if scope["method"] in {"GET", "HEAD", "OPTIONS"} else self._writes
        wait = buckets.take(client)
        if wait:
            seconds = ceil(wait)
            found = Problem(
                HTTPStatus.TOO_MANY_REQUESTS,
                "too-many-requests",
                f"Too many requests from this client. Ask again in {seconds} s.",
            ).response({"Retry-After": str(seconds)})
            await found(scope, receive, send)
            return
        await self._app(scope, receive, send)


class BodyLimit:
    """Refuses a body that is too large or comes too slowly, and drops who takes no answer.

    Parameters
    ----------
    app
        What is behind it.
    limit
        Bytes of a body.
    receive_seconds, send_seconds
        How long a client may keep the next part of its request, or not take that of the answer.
    """

    def __init__(
        self,
        app: ASGIApp,
        limit: int,
        receive_seconds: float = RECEIVE_SECONDS,
        send_seconds: float = SEND_SECONDS,
    ) -> None:
        self._app = app
        self._limit = limit
        self._receive_seconds = receive_seconds
        self._send_seconds = send_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the whole body of one request, then let it through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def hurried(message: Message) -> None:
            await asyncio.wait_for(send(message), self._send_seconds)

        try:
            body = await self._body(Headers(scope=scope), receive)
        except TimeoutError:
            late = Problem(
                HTTPStatus.REQUEST_TIMEOUT,
                "slow-request",
                f"Nothing more of the request came for {self._receive_seconds:g} s. Send it again.",
            )
            await late.response({"Connection": "close"})(scope, receive, send)
            return
        if body is None:
            large = Problem(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                "large-request",
                f"A request may hold {self._limit:,} bytes. Send less.",
            )
            await large.response({"Connection": "close"})(scope, receive, send)
            return
        is_read = False

        async def again() -> Message:
            nonlocal is_read
            if is_read:
                return await receive()
            is_read = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, again, hurried)

    async def _body(self, headers: Headers, receive: Receive) -> bytes | None:
        """The body; None where it is too large."""
        announced = headers.get("content-length", "0")
        if not announced.isdecimal() or int(announced) > self._limit:
            return None
        parts: list[bytes] = []
        while True:
            message = await asyncio.wait_for(receive(), self._receive_seconds)
            parts.append(message.get("body", b""))
            if sum(map(len, parts)) > self._limit:
                return None
            if message["type"] == "http.disconnect" or not message.get("more_body", False):
                return b"".join(parts)
