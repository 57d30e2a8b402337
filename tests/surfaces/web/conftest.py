"""The app as it is served, in a real browser over a small market."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browsing import BUNDLE, settle
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright
from tea_market import make_market

import howdah

_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
)

#: Seconds that a server may take to answer, on a busy machine.
_PATIENCE = 120

#: Milliseconds that a page may take, on a busy machine.
_PATIENCE_MS = 1000 * _PATIENCE

Open = Callable[[str], Page]
Serve = Callable[[Path], str]


@pytest.fixture(scope="session")
def tea_market(made_once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """Folder of the built market; read it, never change it."""
    return made_once("tea-web", make_market)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(_PATIENCE * 10):
        assert server.poll() is None, "the server ended"
        try:
            urllib.request.urlopen(f"{address}/api/v1/market").close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"no answer in {_PATIENCE} s")


@pytest.fixture(scope="session")
def serve() -> Iterator[Serve]:
    """Serves a market's folder with the command that people use; gives the address."""
    assert (BUNDLE / "index.html").is_file(), "the app is not built: ./run web"
    servers: list[subprocess.Popen[bytes]] = []

    def start(folder: Path) -> str:
        port = _free_port()
        command = [sys.executable, "-m", "howdah", "serve", "--no-refresh"]
        source = str(Path(howdah.__file__).parent.parent)
        server = subprocess.Popen(
            [*command, "--market", str(folder), "--port", str(port)],
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            # Nothing is made ahead: a test asks for one thing.
            env={**os.environ, "PYTHONPATH": source, "HOWDAH_SERVE_PREPARED_DATES": "0"},
        )
        servers.append(server)
        address = f"http://127.0.0.1:{port}"
        _wait_for(address, server)
        return address

    yield start
    for server in servers:
        os.killpg(server.pid, signal.SIGINT)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


@pytest.fixture(scope="session")
def address(tea_market: Path, serve: Serve) -> str:
    """Where the market is served, that nobody writes to."""
    return serve(tea_market)


@pytest.fixture(scope="session")
def own_address(tea_market: Path, tmp_path_factory: pytest.TempPathFactory, serve: Serve) -> str:
    """Where a copy of the market is served, to be written to; each test has its own queue."""
    return serve(Path(shutil.copytree(tea_market, tmp_path_factory.mktemp("own") / "m")))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=_PATIENCE_MS)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=list(_ARGUMENTS)
        )
        yield found
        found.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of its own: English, light, as wide as a desk."""
    made = browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="en-GB", accept_downloads=True
    )
    made.set_default_timeout(_PATIENCE_MS)
    yield made
    made.close()


@pytest.fixture
def opened(context: BrowserContext, address: str) -> Iterator[Open]:
    """Opens a page of the app: ``opened("/feeds")``; any error of it or request elsewhere fails."""
    faults: list[str] = []

    def watch(request: Request) -> None:
        if not request.url.startswith((address, "blob:")):
            faults.append(f"asked for {request.url}")

    def open_page(path: str, at: str = address) -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
        if at == address:
            page.on("request", watch)
        page.goto(f"{at}{path}")
        settle(page)
        return page

    yield open_page
    assert not faults
