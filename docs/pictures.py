"""Takes the README's pictures of the app: `python docs/pictures.py MARKET`, over a built market."""  # noqa: INP001 - a script, not a package

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

FOLDER = Path(__file__).parent / "pictures"

#: Name, address, language, theme, and the width and height of the screen.
PICTURES: tuple[tuple[str, str, str, Literal["light", "dark"], int, int], ...] = (
    ("radar", "/", "en", "light", 1280, 860),
    ("trail", "/entity?id=doubao&trail=394f8c370e", "zh", "light", 1280, 760),
    ("backtests", "/backtests", "en", "dark", 1280, 760),
)

_PATIENCE_S = 900


def main() -> None:
    """Serve a market, and take the pictures."""
    folder = Path(sys.argv[1])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "howdah", "serve", "--no-refresh", "--market", str(folder)]
    server = subprocess.Popen([*command, "--port", str(port)], start_new_session=True)  # noqa: S603
    try:
        _wait_for(address)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path="/usr/bin/chromium",
                args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            )
            FOLDER.mkdir(exist_ok=True)
            for picture in PICTURES:
                _take(browser, address, *picture)
            browser.close()
    finally:
        os.killpg(server.pid, signal.SIGINT)
        server.wait(30)


def _wait_for(address: str) -> None:
    for _ in range(_PATIENCE_S):
        try:
            urllib.request.urlopen(f"{address}/api/v1/market").close()  # noqa: S310 - loopback
        except OSError:
            time.sleep(1)
        else:
            return
    raise SystemExit(f"The server did not answer in {_PATIENCE_S} s.")


def _take(
    browser: Browser,
    address: str,
    name: str,
    path: str,
    lang: str,
    theme: Literal["light", "dark"],
    width: int,
    height: int,
) -> None:
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
    context.set_default_timeout(_PATIENCE_S * 1000)
    page = context.new_page()
    page.goto(f"{address}{path}{'&' if '?' in path else '?'}lang={lang}")
    page.locator("main .basis").first.wait_for(state="attached")
    page.locator("body:not(:has-text('Reading …')):not(:has-text('读取中……'))").wait_for()
    page.wait_for_timeout(500)
    page.screenshot(path=FOLDER / f"{name}.jpg", type="jpeg", quality=72)
    context.close()


if __name__ == "__main__":
    main()
