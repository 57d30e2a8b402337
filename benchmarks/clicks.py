"""Clicks in a league of the app, and how long each took to be drawn."""

import statistics

from playwright.sync_api import CDPSession, Page

ROUNDS = 40

#: Does something, and tells after how many ms it was drawn.
_TIMED = """async (act) => {
  const started = performance.now();
  eval('(' + act + ')()');
  await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - started;
}"""

_ACTS = {
    "sort": "() => document.querySelectorAll('.labels button')[{n} % 2 ? 2 : 3].click()",
    "filter": "() => { const box = document.querySelector('main input[type=search]');"
    " box.value = '{word}{n}'; box.dispatchEvent(new Event('input', {bubbles: true})); }",
    "choose": "() => document.querySelectorAll('.body input[type=checkbox]')[{n} % 5].click()",
}


def clicks(page: Page, word: str, pause_ms: float = 0) -> list[dict[str, object]]:
    """Sort, filter and choose again and again; `word` begins the names, to be filtered by."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    rows: list[dict[str, object]] = []
    for name, act in _ACTS.items():
        both = []
        for n in range(ROUNDS):
            page.wait_for_timeout(pause_ms)
            both.append(_timed(page, session, act.replace("{n}", str(n)).replace("{word}", word)))
        for kind, times in zip(("ms", "CPU ms"), zip(*both, strict=True), strict=True):
            rows.append(
                {
                    "what": f"{name}, {kind}",
                    "median": round(statistics.median(times), 1),
                    "p95": round(statistics.quantiles(times, n=20)[-1], 1),
                }
            )
    return rows


def _timed(page: Page, session: CDPSession, act: str) -> tuple[float, float]:
    """Milliseconds until something is drawn, and CPU of the page's thread for it."""
    before = _cpu(session)
    wall: float = page.evaluate(_TIMED, act)
    return wall, _cpu(session) - before


def _cpu(session: CDPSession) -> float:
    """CPU of the page's thread so far, in ms: it tells of the app where the machine is busy."""
    metrics = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
    return 1000 * float(metrics["TaskDuration"])
