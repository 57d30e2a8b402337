"""The league in three apps: where its rows are in the page, and what a click does."""

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as PageLostError
from served import ADDRESS

from bench import ROOT

#: axe-core, as the front end's build fetched it, and the rules that the app's own tests hold.
_AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
_RULES = (
    "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
)

#: Ports of the rivals.
PORTS = {"dash": 8498, "nicegui": 8499}

_SETTLED_MS = 1500
#: Milliseconds after which a click is given up, and clicks given up after which no more are tried.
_PATIENCE_MS, _MOST_GIVEN_UP = 15_000.0, 3


@dataclass(frozen=True, slots=True)
class App:
    """One app that shows the league.

    Attributes
    ----------
    row
        The n-th row in sight, in JavaScript.
    acts
        What each click does, and whether what it is for is in the page; of `n`, of a `word` that
        the filter gets, and of the `name` of the row that is expected.
    """

    name: str
    address: str
    row: str
    acts: Mapping[str, tuple[str, str]]


_FIRST = "(row(0)?.textContent ?? '').includes"
_TYPE = (
    "Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(box, word);"
    " box.dispatchEvent(new Event('input', {bubbles: true}))"
)


def _with_grid(name: str, box: str) -> App:
    """A page with AG Grid, as both rivals have one."""
    click = "row(n % 10).querySelector('[col-id=name]').click()"
    head = ".ag-header-cell[col-id=${n % 2 ? 'place' : 'name'}] .ag-header-cell-label"
    return App(
        name,
        f"http://127.0.0.1:{PORTS[name]}/",
        'document.querySelector(`.ag-center-cols-container [row-index="${n}"]`)',
        {
            "sort": (f"document.querySelector(`{head}`).click()", f"{_FIRST}(name)"),
            "choose": (click, "row(n % 10).ariaSelected === 'true'"),
            "details": (
                click, "document.getElementById('details').textContent.includes(name)"
            ),
            "filter": (f"const box = document.querySelector('{box}'); {_TYPE}", f"{_FIRST}(word)"),
        },
    )  # fmt: skip


APPS = (
    App(
        "howdah",
        f"{ADDRESS}/league?metric=downloads",
        "document.querySelector(`.body [aria-rowindex='${n + 2}']`)",
        {
            "sort": (
                "document.querySelectorAll('.labels button')[n % 2 ? 0 : 2].click()",
                f"{_FIRST}(name)",
            ),
            "choose": (
                "row(n % 10).querySelector('input').click()",
                "row(n % 10).querySelector('input').checked",
            ),
            "details": (
                "row(n % 10).querySelector('.figure').click()",
                "(document.querySelector('.drawer')?.textContent ?? '').includes(name)",
            ),
            "filter": (
                f"const box = document.querySelector('main input[type=search]'); {_TYPE}",
                f"{_FIRST}(word)",
            ),
        },
    ),
    _with_grid("dash", "#filter"),
    _with_grid("nicegui", "input"),
)


def loaded(browser: Browser, app: App) -> tuple[Page, float, dict[str, float]]:
    """A page with an empty cache: ms until its first row, and what it had to fetch for that."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    n_bytes: Counter[str] = Counter()

    def count(name: str, size: float) -> None:
        n_bytes[name] += int(size)

    session.on("Network.loadingFinished", lambda e: count("kb", e["encodedDataLength"]))
    session.on(
        "Network.webSocketFrameReceived", lambda e: count("kb", len(e["response"]["payloadData"]))
    )
    page.on(
        "request",
        lambda asked: count("elsewhere", urlsplit(asked.url).hostname not in {"127.0.0.1", None}),
    )
    page.add_init_script(
        f"const row = n => {app.row}; new MutationObserver((_, observer) => {{"
        " if (!row(0)?.textContent) return; observer.disconnect();"
        " requestAnimationFrame(() => { window.firstRow = performance.now(); });"
        "}).observe(document, {childList: true, subtree: true, characterData: true});"
    )
    page.goto(app.address)
    first: float = page.evaluate(
        "new Promise(tell => { const look = () =>"
        " window.firstRow ? tell(window.firstRow) : setTimeout(look, 50); look(); })"
    )
    page.wait_for_timeout(_SETTLED_MS)
    found = {"kB until it stands": n_bytes["kb"] / 1000}
    if app.name == "howdah":
        page.locator(".grid").evaluate("grid => { grid.scrollTop = 1; }")
        page.wait_for_timeout(_SETTLED_MS)
    found["kB with all rows"] = n_bytes["kb"] / 1000
    found["requests elsewhere"] = n_bytes["elsewhere"]
    return page, first, found


def faults(page: Page) -> float:
    """Rules of access that a page breaks, by axe."""
    found = page.evaluate(f"{_AXE.read_text(encoding='utf-8')}; {_RULES}")
    return len(found["violations"])


class Looker:
    """Somebody who clicks in one app, and waits for what the click is for.

    Parameters
    ----------
    page
        Where the app shows the league, by place and all of it.
    names
        Names of its rows, by place.
    """

    def __init__(self, app: App, page: Page, names: Sequence[str]) -> None:
        self.app = app
        self.page = page
        self._names = names
        self._first = min(names)
        self._taken: dict[str, list[float]] = {}

    def click(self, act: str, n: int) -> None:
        """Do something for the n-th time."""
        if self._taken.get(act, []).count(_PATIENCE_MS) >= _MOST_GIVEN_UP:
            return
        does, is_done = self.app.acts[act]
        of_sort = self._names[0] if n % 2 else self._first
        name = of_sort if act == "sort" else self._names[n % 10]
        values = {"n": n, "word": f"product-0{n:02}", "name": name}
        wall: float | None
        try:
            wall = self.page.evaluate(self._script(does, is_done), values)
        except PageLostError:
            # A page that has lost its server may load itself again.
            wall = None
            self.page.wait_for_timeout(_SETTLED_MS)
        # What was given up counts as what it was waited for.
        self._taken.setdefault(act, []).append(_PATIENCE_MS if wall is None else wall)

    def _script(self, does: str, is_done: str) -> str:
        return f"""async ({{n, word, name}}) => {{
              const row = n => {self.app.row};
              const isDone = () => {is_done};
              const started = performance.now();
              {does};
              const came = await new Promise(tell => {{
                const look = () => {{ if (isDone()) {{ observer.disconnect(); tell(true); }} }};
                const observer = new MutationObserver(look);
                observer.observe(document, {{
                  childList: true, subtree: true, characterData: true, attributes: true,
                }});
                look();
                setTimeout(() => {{ observer.disconnect(); tell(false); }}, {_PATIENCE_MS});
              }});
              if (!came) return null;
              await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
              return performance.now() - started;
            }}"""

    def empty(self) -> None:
        """Have all rows again, unmeasured."""
        does, _ = self.app.acts["filter"]
        with suppress(PageLostError):
            self.page.evaluate(f"word => {{ {does}; }}", "")
        self.page.wait_for_timeout(_SETTLED_MS)

    def rows(self, n_beside: int) -> list[dict[str, object]]:
        """What each click took; nothing is left of it."""
        taken, self._taken = self._taken, {}
        return [
            {
                "app": self.app.name, "beside": n_beside, "what": f"{act}, ms",
                "n": len(times), "given up": times.count(_PATIENCE_MS),
                "median": round(statistics.median(times), 1),
                "p95": round(statistics.quantiles(times, n=20)[-1], 1),
            }
            for act, times in taken.items()
        ]  # fmt: skip


def look(lookers: Sequence[Looker], rounds: int, pause_ms: float) -> None:
    """Click again and again, in one app after the other; the filter comes last, and is emptied."""
    for act in ("sort", "choose", "details", "filter"):
        for n in range(rounds):
            for looker in lookers:
                looker.page.wait_for_timeout(pause_ms)
                looker.click(act, n)
    for looker in lookers:
        looker.empty()
