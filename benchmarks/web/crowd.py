"""The crowd: a league is sorted, filtered and chosen from while fifty others use the server."""

import asyncio
import os
import random
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright
from served import ADDRESS, served, wait_for
from visitors import Heard, Visitor, connected, learn

from clicks import Clicker, clicks

_VISITORS = 50
#: Seconds from page to page of a visitor, and milliseconds from click to click.
_PAUSE, _CLICK_MS = (2.0, 5.0), 500.0
#: Clicks of each kind.
_ROUNDS = 80


class Crowd:
    """Visitors on a thread of their own, until they are told to leave."""

    def __init__(self) -> None:
        self.heard = Heard()
        self.are_in = threading.Event()
        self._leave = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._visit()))

    def __enter__(self) -> Self:
        self._thread.start()
        self.are_in.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._leave.set()
        self._thread.join()

    async def _visit(self) -> None:
        async with connected() as client:
            try:
                site = await learn(client)
            finally:
                self.are_in.set()
            visits = asyncio.gather(
                *(
                    Visitor(client, site, random.Random(n), self.heard).stay(
                        time.monotonic() + 3600, _PAUSE
                    )
                    for n in range(_VISITORS)
                )
            )
            while not self._leave.is_set() and not visits.done():  # noqa: ASYNC110 - a thread's event
                await asyncio.sleep(0.2)
            visits.cancel()
            with suppress(asyncio.CancelledError):
                await visits


def crowd(market: Path, builds: Mapping[str, Path]) -> list[dict[str, object]]:
    """Clicks drawn alone, then beside the crowd, and what the crowd waited for.

    Parameters
    ----------
    builds
        Folders of builds of the app to compare, by name: each click is done in all of them, one
        after the other. Without any it is that of the package.
    """
    with served(market, "--no-refresh") as server, sync_playwright() as playwright:
        wait_for(server, 3600)
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        pages = {name: opened(browser, builds.get(name)) for name in builds or [""]}
        clickers = {name: Clicker(page, "product-0") for name, page in pages.items()}
        rows = _clicked(clickers, 0)
        with Crowd() as others:
            time.sleep(5)
            # What the visitors found first is not of a crowd that is there already.
            others.heard.taken.clear()
            rows += _clicked(clickers, _VISITORS)
            taken = [ms for _, ms in others.heard.taken]
            assert taken, "nobody came"
            statuses = dict(others.heard.statuses)
        browser.close()
    waited = {"median": np.median(taken), "p95": np.quantile(taken, 0.95)}
    rows.append(
        {"beside": _VISITORS, "what": f"an answer of {len(taken)}, ms"}
        | {name: round(float(value), 1) for name, value in waited.items()}
    )
    rows += [{"what": f"status {code}", "median": n} for code, n in sorted(statuses.items())]
    rows.append({"what": "load of the machine", "median": round(os.getloadavg()[0], 1)})
    return rows


def opened(browser: Browser, build: Path | None) -> Page:
    """The whole league in a page, of a build in place of the package's where one is given."""
    page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-GB")
    if build is not None:
        page.route(
            f"{ADDRESS}/assets/*",
            lambda route: route.fulfill(path=build / urlsplit(route.request.url).path.lstrip("/")),
        )
        page.route(f"{ADDRESS}/league*", lambda route: route.fulfill(path=build / "index.html"))
    page.goto(f"{ADDRESS}/league?metric=downloads")
    page.locator(".body .line").first.wait_for(timeout=300_000)
    page.locator(".grid").evaluate("grid => { grid.scrollTop = 1; }")
    page.wait_for_timeout(3000)
    return page


def _clicked(clickers: Mapping[str, Clicker], n_beside: int) -> list[dict[str, object]]:
    """What clicks took, by build."""
    clicks(list(clickers.values()), _ROUNDS, _CLICK_MS / len(clickers))
    return [
        {"beside": n_beside} | ({"build": name} if name else {}) | row
        for name, clicker in clickers.items()
        for row in clicker.rows()
    ]
