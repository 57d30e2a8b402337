"""What does the app cost before its first row, and how soon does a click redraw? See README.md."""

import gzip
import json
import os
import statistics
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent))
from bench import keep
from clicks import Clicker, clicks
from howdah.surfaces import web

BUNDLE = Path(web.__file__).parent / "bundle"
N_PLACES = 15_000
N_FIRST = 100
LOADS = 7

_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}

#: When the first row was drawn, in ms after the page was asked for.
_WATCH = """
new MutationObserver((_, observer) => {
  if (!document.querySelector('.body .line')) return;
  observer.disconnect();
  requestAnimationFrame(() => { window.firstRow = performance.now(); });
}).observe(document, {childList: true, subtree: true});
"""


def league(layout: str) -> dict[str, Any]:
    """An answer as the API gives it."""
    values = [round(1e9 / (n + 1) ** 0.8) for n in range(N_PLACES)]
    head = {
        "metric": "downloads", "definition": "made:downloads", "unit": "package_download",
        "currency": "", "period": "2025-01", "segment": "", "others": [], "newer": None,
        "n_suspect": 0, "unplaced": [], "n_unplaced": 0, "n_places": N_PLACES,
        "n_matching": N_PLACES, "spark_periods": [],
    }  # fmt: skip
    if layout == "columns":
        columns = {
            "place": list(range(1, N_PLACES + 1)),
            "band_first": [max(1, n - 1) for n in range(N_PLACES)],
            "band_last": [n + 3 for n in range(N_PLACES)],
            "entity": [f"app-{n}" for n in range(N_PLACES)],
            "name": [f"App {n}" for n in range(N_PLACES)],
            "value": values,
            "lower": [round(0.9 * value) for value in values],
            "upper": [round(1.1 * value) for value in values],
            "n_claims": [1] * N_PLACES,
            "n_sources": [1] * N_PLACES,
            "p_first": [0.0] * N_PLACES,
            "share": [0.1] * N_PLACES,
            "object": [""] * N_PLACES,
        }
        return head | {"columns": columns}
    places = [
        {
            "place": n + 1, "band": [max(1, n - 1), n + 3], "p_first": 0.0, "share": [0.1],
            "spark": [value * (0.9 + 0.02 * k) for k in range(6)],
            "estimate": {
                "estimate_id": f"e{n:012x}", "entity": f"app-{n}", "name": f"App {n}",
                "metric": "downloads", "definition": "made:downloads",
                "unit": "package_download", "currency": "", "period": "2025-01",
                "value": value, "lower": 0.9 * value, "upper": 1.1 * value, "prob": 0.9,
                "status": "point", "n_claims": 1, "n_sources": 1, "claim_ids": ["0" * 32],
            },
        }
        for n, value in enumerate(values[:N_FIRST])
    ]  # fmt: skip
    return head | {"places": places}


def answers() -> dict[str, bytes]:
    """Bodies by address, packed."""
    data: dict[str, Any] = {
        "market": {
            "title": "Made up", "title_zh": "", "default_as_of": "2025-01-31",
            "earliest": "2020-01-01", "latest": "2025-01-31", "ours": [], "segments": [],
            "metrics": [],
        },
        "feeds": {"feeds": []},
        "leagues": {"metrics": []},
        "leagues/downloads": league("rows"),
        "leagues/downloads columns": league("columns"),
    }  # fmt: skip
    meta = {"as_of": "2025-01-31", "version": "0"}
    return {
        name: gzip.compress(json.dumps({"data": one, "meta": meta}).encode(), mtime=0)
        for name, one in data.items()
    }


class StandIn(BaseHTTPRequestHandler):
    """The bundle and the answers."""

    answers: dict[str, bytes]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer one request."""
        asked = urlsplit(self.path)
        if asked.path.startswith("/api/v1/"):
            layout = parse_qs(asked.query).get("layout", [""])[0]
            name = f"{asked.path.removeprefix('/api/v1/')} {layout}".strip()
            self._send(self.answers[name], "application/json", "gzip")
            return
        path = BUNDLE / asked.path.lstrip("/")
        path = path if path.is_file() else BUNDLE / "index.html"
        packed = path.with_name(f"{path.name}.br")
        kind = _TYPES.get(path.suffix, "text/html")
        if packed.is_file():
            self._send(packed.read_bytes(), kind, "br")
        else:
            self._send(path.read_bytes(), kind, "")

    def _send(self, body: bytes, kind: str, encoding: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        if encoding:
            self.send_header("Content-Encoding", encoding)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base has it
        """Nothing is written of requests."""


def load(browser: Browser, address: str) -> tuple[float, float, Page]:
    """Bytes and ms of a cold load, and the page."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    page = context.new_page()
    page.add_init_script(_WATCH)
    page.goto(f"{address}/league?metric=downloads")
    page.get_by_text("15,000 rows").wait_for()
    sizes = "performance.getEntries().reduce((sum, e) => sum + (e.transferSize || 0), 0)"
    cost = page.evaluate(sizes) / 1000, page.evaluate("window.firstRow")
    # The rest of the table is there before anything is timed.
    page.locator(".grid").evaluate("grid => { grid.scrollTop = 1; }")
    page.wait_for_timeout(1000)
    return *cost, page


def main() -> None:
    """Load and click, and keep what it took."""
    StandIn.answers = answers()
    server = ThreadingHTTPServer(("127.0.0.1", 0), StandIn)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        loads = [load(browser, address) for _ in range(LOADS)]
        page = loads[-1][2]
        rows: list[dict[str, object]] = [
            {"what": "cold load, kB", "median": round(statistics.median(x[0] for x in loads), 1)},
            {"what": "first row, ms", "median": round(statistics.median(x[1] for x in loads), 1)},
        ]
        clicker = Clicker(page, "app ")
        clicks([clicker])
        rows += clicker.rows()
        browser.close()
    rows.append({"what": "load of the machine", "median": round(os.getloadavg()[0], 1)})
    keep(Path(__file__).parent, rows)


if __name__ == "__main__":
    main()
