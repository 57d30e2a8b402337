"""Clicks in a league of the app, and how long each took to be drawn."""

import statistics
from collections.abc import Sequence

from playwright.sync_api import Page

ROUNDS = 40

#: Does something, and tells after how many ms it was drawn.
_TIMED = """async (act) => {
  const started = performance.now();
  eval('(' + act + ')()');
  await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - started;
}"""

#: Each sort is by another column than the last, and the first by each is among them.
_ACTS = {
    "sort": "() => { const labels = document.querySelectorAll('.labels button');"
    " labels[{n} % labels.length].click(); }",
    "filter": "() => { const box = document.querySelector('main input[type=search]');"
    " box.value = '{word}{n}'; box.dispatchEvent(new Event('input', {bubbles: true})); }",
    "choose": "() => document.querySelectorAll('.body input[type=checkbox]')[{n} % 5].click()",
}


class Clicker:
    """Somebody who clicks in one page.

    Parameters
    ----------
    page
        A league of the app.
    word
        What names begin with, to be filtered by.
    """

    def __init__(self, page: Page, word: str) -> None:
        self.page = page
        self._word = word
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._taken: dict[str, list[float]] = {}

    def click(self, name: str, n: int) -> None:
        """Do something for the n-th time."""
        before = self._cpu()
        act = _ACTS[name].replace("{n}", str(n)).replace("{word}", self._word)
        wall: float = self.page.evaluate(_TIMED, act)
        self._taken.setdefault(f"{name}, ms", []).append(wall)
        self._taken.setdefault(f"{name}, CPU ms", []).append(self._cpu() - before)

    def rows(self) -> list[dict[str, object]]:
        """What it took, of each thing that was done; nothing is left of it."""
        taken, self._taken = self._taken, {}
        return [
            {
                "what": what,
                "median": round(statistics.median(times), 1),
                "p95": round(statistics.quantiles(times, n=20)[-1], 1),
            }
            for what, times in taken.items()
        ]

    def _cpu(self) -> float:
        """CPU of the page's thread so far, in ms: it tells of the app where the machine is busy."""
        found = self._session.send("Performance.getMetrics")["metrics"]
        return 1000 * float(next(m["value"] for m in found if m["name"] == "TaskDuration"))


def clicks(clickers: Sequence[Clicker], rounds: int = ROUNDS, pause_ms: float = 0) -> None:
    """Sort, filter and choose again and again, in one page after the other."""
    for name in _ACTS:
        for n in range(rounds):
            for clicker in clickers:
                clicker.page.wait_for_timeout(pause_ms)
                clicker.click(name, n)
