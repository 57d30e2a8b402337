"""Accounting: what was asked and how fast it was answered, for Prometheus and for the journal."""

import time
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from howdah.surfaces.http.journal import Journal

_BUCKETS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)

#: Signs of a path that the journal keeps.
_MOST_SIGNS = 200


class Account:
    """The metrics of one server.

    Parameters
    ----------
    gauges
        Numbers that are looked up when they are asked for, each with its help.
    """

    def __init__(self, gauges: dict[str, tuple[str, Callable[[], float]]]) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self.requests = Counter(
            "howdah_requests", "Requests answered.", ["path", "status"], registry=self._registry
        )
        self.seconds = Histogram(
            "howdah_request_seconds",
            "Seconds from a request to the end of its answer.",
            ["path"],
            buckets=_BUCKETS,
            registry=self._registry,
        )
        for name, (text, read) in gauges.items():
            Gauge(name, text, registry=self._registry).set_function(read)

    def add(self, collector: Collector) -> None:
        """Take in what tells more."""
        self._registry.register(collector)

    def text(self) -> bytes:
        """All of it in the text form of Prometheus."""
        return generate_latest(self._registry)


class FeedAges(Collector):
    """When each feed last succeeded."""

    def __init__(self, read: Callable[[], dict[str, float]]) -> None:
        self._read = read

    def collect(self) -> list[GaugeMetricFamily]:
        """One number a feed."""
        found = GaugeMetricFamily(
            "howdah_feed_last_success_timestamp_seconds",
            "When a feed was last pulled with success.",
            labels=["feed"],
        )
        for feed, at in self._read().items():
            found.add_metric([feed], at)
        return [found]


class Accounting:
    """Counts each request, and writes it to the journal.

    Parameters
    ----------
    app
        What is behind it.
    account, journal
        Where to.
    """

    def __init__(self, app: ASGIApp, account: Account, journal: Journal) -> None:
        self._app = app
        self._account = account
        self._journal = journal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status, n_bytes = 500, 0

        async def counted(message: Message) -> None:
            nonlocal status, n_bytes
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                n_bytes += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, counted)
        finally:
            seconds = time.perf_counter() - started
            # The address as declared: what stands in it would make a series an entity.
            path = getattr(scope.get("route"), "path", "other")
            self._account.requests.labels(path, str(status)).inc()
            self._account.seconds.labels(path).observe(seconds)
            self._journal(
                "request",
                level="error" if status >= 500 else "info",  # noqa: PLR2004 - the server's faults
                method=scope["method"],
                path=scope["path"][:_MOST_SIGNS],
                status=status,
                ms=round(1000 * seconds, 1),
                bytes=n_bytes,
            )
