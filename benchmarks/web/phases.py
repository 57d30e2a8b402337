"""Where the time of a redraw goes: phases of a sort and a filter in Chromium's own trace."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crowd import opened
from playwright.sync_api import Browser, Page, sync_playwright
from served import served, wait_for

from clicks import Clicker

_ROUNDS, _PAUSE_MS = 40, 250.0

#: Names of the trace for what a redraw goes through; the first holds what the app itself does.
_PHASES = {
    "FunctionCall": "script",
    "UpdateLayoutTree": "style",
    "Layout": "layout",
    "PrePaint": "before paint",
    "Paint": "paint",
    "ThreadControllerImpl::RunTask": "all tasks",
}


def phases(market: Path, builds: Mapping[str, Path]) -> list[dict[str, object]]:
    """CPU ms of each phase of a click, by build; without builds it is that of the package."""
    with served(market, "--no-refresh") as server, sync_playwright() as playwright:
        wait_for(server, 3600)
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        rows: list[dict[str, object]] = []
        for build in builds or [""]:
            page = opened(browser, builds.get(build))
            for act in ("sort", "filter"):
                spent = _traced(browser, page, act)
                rows.append(({"build": build} if build else {}) | {"what": act} | spent)
            page.close()
        browser.close()
    return rows


def _traced(browser: Browser, page: Page, act: str) -> dict[str, object]:
    """Mean CPU ms of each phase over many clicks."""
    clicker = Clicker(page, "product-0")
    browser.start_tracing(page=page, categories=["devtools.timeline", "toplevel"])
    for n in range(_ROUNDS):
        page.wait_for_timeout(_PAUSE_MS)
        clicker.click(act, n)
    page.wait_for_timeout(_PAUSE_MS)
    events: list[dict[str, Any]] = json.loads(browser.stop_tracing())["traceEvents"]
    threads = Counter((e["pid"], e["tid"]) for e in events if e["name"] == "FunctionCall")
    [(thread, _)] = threads.most_common(1)
    spent: Counter[str] = Counter()
    for event in events:
        phase = _PHASES.get(event["name"])
        if phase and event["ph"] == "X" and (event["pid"], event["tid"]) == thread:
            spent[phase] += event.get("tdur", 0)
    return {phase: round(spent[phase] / 1000 / _ROUNDS, 1) for phase in _PHASES.values()}
