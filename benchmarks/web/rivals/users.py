"""People with the same page of one app open, and what they waited for.

    python users.py howdah|dash|nicegui ADDRESS NUMBER < rows

Each opens the page, one a second, then every 2 to 5 s sorts, filters or looks at a row, and sends
what the app's own page sends for that: a sort is done by the browser in all three. It runs in the
environment of NiceGUI, whose pages talk over Socket.IO. Input holds rows as JSON; what was waited
for is written when it ends.
"""

import asyncio
import json
import random
import re
import sys
import time
import uuid
from abc import ABC, abstractmethod
from typing import Any

import aiohttp
import socketio

_PAUSE = (2.0, 5.0)
_ACTS = ("sort", "filter", "details")
#: Seconds between two that come, and after which an answer is given up.
_APART, _PATIENCE = 1.0, 60.0


class User(ABC):
    """One person: the page of one app, as its browser sees the server."""

    def __init__(self, web: aiohttp.ClientSession, rows: list[dict[str, Any]]) -> None:
        self.web = web
        self.rows = rows

    async def read(self, path: str, body: Any = None) -> bytes:  # noqa: ANN401 - any JSON
        """One answer."""
        asked = self.web.get(path) if body is None else self.web.post(path, json=body)
        async with asked as answer:
            answer.raise_for_status()
            return await answer.read()

    @abstractmethod
    async def open(self) -> None:
        """Load the page; files that a browser keeps are not asked for."""

    @abstractmethod
    async def filter(self, text: str) -> None:
        """Type a text into the filter."""

    @abstractmethod
    async def details(self, row: dict[str, Any]) -> None:
        """Look at a row."""


class Howdah(User):
    """The app has all rows: it asks for the trail of a figure alone."""

    async def open(self) -> None:
        """Its four questions."""
        for path in ("market", "leagues", "leagues/downloads"):
            await self.read(f"/api/v1/{path}")
        await self.read("/api/v1/leagues/downloads?layout=columns&limit=20000")

    async def filter(self, text: str) -> None:
        """The browser does it."""

    async def details(self, row: dict[str, Any]) -> None:
        """The trail of the row's figure."""
        await self.read(f"/api/v1/trail/{row['estimate_id']}?lang=en")


class Dash(User):
    """Each callback is a post."""

    async def open(self) -> None:
        """The page, what it shows, and its callbacks."""
        for path in ("", "_dash-layout", "_dash-dependencies"):
            await self.read(f"/{path}")

    async def filter(self, text: str) -> None:
        """A callback for each letter; here for a word."""
        await self._call("grid", "dashGridOptions", "filter", "value", text)

    async def details(self, row: dict[str, Any]) -> None:
        """A callback."""
        await self._call("details", "children", "grid", "selectedRows", [row])

    async def _call(self, to: str, into: str, of: str, what: str, value: Any) -> None:  # noqa: ANN401
        body = {
            "output": f"{to}.{into}",
            "outputs": {"id": to, "property": into},
            "inputs": [{"id": of, "property": what, "value": value}],
            "changedPropIds": [f"{of}.{what}"],
        }
        await self.read("/_dash-update-component", body)


class NiceGui(User):
    """Events go over a socket, and the server says over it what to change."""

    def __init__(self, web: aiohttp.ClientSession, rows: list[dict[str, Any]]) -> None:
        super().__init__(web, rows)
        self._socket: socketio.AsyncClient | None = None
        self._client = ""
        self._listeners: dict[str, tuple[int, str]] = {}
        self._told = asyncio.Event()

    async def open(self) -> None:
        """The page with all rows, and a socket."""
        if self._socket is not None:
            await self._socket.disconnect()
        page = (await self.read("/")).decode()
        self._client = _found(r"'client_id': '([^']+)'", page)
        elements = json.loads(_found(r"parseElements\(String\.raw`(.*?)`\), \{", page))
        self._listeners = {
            event["type"]: (int(number), event["listener_id"])
            for number, element in elements.items()
            for event in element.get("events", ())
        }
        query = f"client_id={self._client}&next_message_id=0&implicit_handshake=true"
        query += f"&tab_id={uuid.uuid4()}&old_tab_id=&document_id={uuid.uuid4()}"
        self._socket = socketio.AsyncClient(reconnection=False)
        for name in ("update", "run_javascript"):
            self._socket.on(name, self._hear)
        await self._socket.connect(
            f"{self.web._base_url}?{query}",  # noqa: SLF001 - aiohttp tells it nowhere else
            socketio_path="/_nicegui_ws/socket.io", transports=["websocket"],
        )  # fmt: skip

    async def filter(self, text: str) -> None:
        """An event; the server has the browser narrow the rows."""
        await self._send("update:value", text)

    async def details(self, row: dict[str, Any]) -> None:
        """An event; the server sends the elements that tell of the row."""
        await self._send("cellClicked", {"data": row, "rowIndex": row["place"] - 1})

    def _hear(self, *_: object) -> None:
        self._told.set()

    async def _send(self, event: str, value: Any) -> None:  # noqa: ANN401 - any JSON
        assert self._socket is not None, "the page is open"
        number, listener = self._listeners[event]
        self._told.clear()
        message = {"id": number, "client_id": self._client, "listener_id": listener}
        await self._socket.emit("event", message | {"args": [json.dumps(value)]})
        await self._told.wait()


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.DOTALL)
    assert found is not None, pattern
    return found[1]


_KINDS: dict[str, type[User]] = {"howdah": Howdah, "dash": Dash, "nicegui": NiceGui}


async def stay(user: User, picks: random.Random, taken: dict[str, list[float]]) -> None:
    """Come, and do one thing after another."""
    act = "open"
    while True:
        started = time.perf_counter()
        try:
            async with asyncio.timeout(_PATIENCE):
                if act == "open":
                    await user.open()
                elif act == "filter":
                    await user.filter(f"product-0{picks.randrange(1000)}")
                elif act == "details":
                    await user.details(picks.choice(user.rows[:100]))
        except (TimeoutError, aiohttp.ClientError, socketio.exceptions.SocketIOError):
            taken.setdefault(f"{act}, given up", []).append(1000 * (time.perf_counter() - started))
            act = "open"
        else:
            # Sorting asks no server for anything: there is nothing to wait for.
            taken.setdefault(act, []).append(1000 * (time.perf_counter() - started))
            act = picks.choice(_ACTS)
        await asyncio.sleep(picks.uniform(*_PAUSE))


async def main(kind: str, address: str, n_users: int) -> None:
    """Send the users, until the input ends."""
    rows = json.loads(sys.stdin.readline())
    taken: dict[str, list[float]] = {}
    loop = asyncio.get_running_loop()
    async with aiohttp.ClientSession(
        address,
        connector=aiohttp.TCPConnector(limit=150),
        headers={"Accept": "application/json, text/html"},
    ) as web:
        stays = []
        for n in range(n_users):
            picks = random.Random(n)
            stays.append(asyncio.create_task(stay(_KINDS[kind](web, rows), picks, taken)))
            await asyncio.sleep(_APART)
        await loop.run_in_executor(None, sys.stdin.read)
        failed = [one.exception() for one in stays if one.done()]
        for one in stays:
            one.cancel()
        await asyncio.gather(*stays, return_exceptions=True)
    if failed:
        raise ExceptionGroup("users left", [one for one in failed if isinstance(one, Exception)])
    sys.stdout.write(json.dumps(taken))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
