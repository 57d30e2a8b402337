"""The league beside the same rows as a Dash page and as a NiceGUI page, in one run."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import numpy as np
from playwright.sync_api import sync_playwright
from served import ADDRESS, served, wait_for
from shown import APPS, PORTS, App, Looker, faults, loaded, look

_HERE = Path(__file__).parent / "rivals"
#: What each rival is made of, in an environment of its own.
_NEEDS = {
    "dash": ("dash[compress]==4.4.1", "dash-ag-grid==35.3.0", "gunicorn==27.0.1"),
    "nicegui": ("nicegui==3.18.0",),
}
#: How each is served: as its documentation says.
_COMMANDS = {
    "dash": (
        "-m", "gunicorn", "--workers", "2", "--bind", f"127.0.0.1:{PORTS['dash']}",
        "dash_page:server",
    ),
    "nicegui": ("nicegui_page.py", str(PORTS["nicegui"])),
}  # fmt: skip
_LOADS, _ROUNDS, _PAUSE_MS = 3, 20, 150.0
#: Seconds from user to user, until all are there.
_APART = 1.2


def against(market: Path, folder: Path, n_users: int) -> list[dict[str, object]]:
    """What each app costs to open, and what its clicks take alone and beside its users.

    Parameters
    ----------
    folder
        Where the rivals' environments are made, once.
    n_users
        How many others use each app meanwhile; with none the clicks are alone.
    """
    pythons = {name: _environment(folder / f"with-{name}", name) for name in _NEEDS}
    with ExitStack() as stack:
        # Nobody asks for another date here.
        server = stack.enter_context(
            served(market, "--no-refresh", HOWDAH_SERVE_PREPARED_DATES="0")
        )
        wait_for(server, 3600)
        places = _answer("leagues/downloads?limit=100")["places"]
        rows = _rows(_answer("leagues/downloads?layout=columns&limit=20000")["columns"])
        (folder / "rival-rows.json").write_text(json.dumps(rows), encoding="utf-8")
        for name, python in pythons.items():
            stack.enter_context(_rival(name, python, folder / "rival-rows.json"))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        first: dict[str, list[float]] = {app.name: [] for app in APPS}
        found: list[dict[str, object]] = []
        lookers: list[Looker] = []
        for n in range(_LOADS):
            for app in APPS:
                page, ms, fetched = loaded(browser, app)
                first[app.name].append(ms)
                if n < _LOADS - 1:
                    page.context.close()
                    continue
                fetched["rules of access broken"] = faults(page)
                found += [
                    {"app": app.name, "what": what, "median": round(value, 1)}
                    for what, value in fetched.items()
                ]
                lookers.append(Looker(app, page, [row["name"] for row in rows]))
        found += [
            {
                "app": name, "what": "first row, ms",
                "median": round(statistics.median(times)), "p95": round(max(times)),
            }
            for name, times in first.items()
        ]  # fmt: skip
        look(lookers, _ROUNDS, _PAUSE_MS)
        found += [row for looker in lookers for row in looker.rows(0)]
        for looker in lookers if n_users else ():
            known = [
                row | {"estimate_id": place["estimate"]["estimate_id"]}
                for row, place in zip(rows, places, strict=False)
            ]
            with _users(looker.app, pythons["nicegui"], known, n_users) as waited:
                look([looker], _ROUNDS, _PAUSE_MS)
            found += looker.rows(n_users) + waited
        browser.close()
    return [*found, {"what": "load of the machine", "median": round(os.getloadavg()[0], 1)}]


def _environment(folder: Path, name: str) -> Path:
    """The Python of an environment with what a rival needs, which is made where there is none."""
    python = folder / "bin" / "python"
    if not (folder / "made").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", *_NEEDS[name]], check=True)
        (folder / "made").touch()
    return python


@contextmanager
def _rival(name: str, python: Path, rows: Path) -> Iterator[None]:
    """One rival, served until the end."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    with subprocess.Popen(
        [str(python), *_COMMANDS[name]], cwd=_HERE, env={**environment, "RIVAL_ROWS": str(rows)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as server:  # fmt: skip
        try:
            until = time.monotonic() + 120
            while not _is_there(f"http://127.0.0.1:{PORTS[name]}/"):
                if server.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"{name} is not served")
                time.sleep(1)
            yield
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                # One with too many users hears no signal.
                server.kill()


def _is_there(address: str) -> bool:
    try:
        with urlopen(address, timeout=60) as answer:  # noqa: S310 - http
            return bool(answer.status == 200)
    except URLError:
        return False


@contextmanager
def _users(
    app: App, python: Path, rows: Sequence[dict[str, Any]], n_users: int
) -> Iterator[list[dict[str, object]]]:
    """Users of an app until the end; what they waited for is in the list then."""
    waited: list[dict[str, object]] = []
    address = app.address.split("/league")[0].rstrip("/")
    with subprocess.Popen(
        [str(python), "users.py", app.name, address, str(n_users)], cwd=_HERE,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as users:  # fmt: skip
        assert users.stdin is not None
        users.stdin.write(json.dumps(rows) + "\n")
        users.stdin.flush()
        time.sleep(_APART * n_users)
        yield waited
        said, _ = users.communicate()
    if users.returncode:
        raise RuntimeError("the users left")
    for what, times in sorted(json.loads(said).items()):
        waited.append(
            {
                "app": app.name, "beside": n_users,
                "what": f"a user's {what}, of {len(times)}, ms",
                "median": round(float(np.median(times)), 1),
                "p95": round(float(np.quantile(times, 0.95)), 1),
            }
        )  # fmt: skip


def _answer(path: str) -> Any:  # noqa: ANN401 - whatever is answered
    with urlopen(f"{ADDRESS}/api/v1/{path}", timeout=300) as answer:  # noqa: S310 - http
        return json.load(answer)["data"]


def _rows(of: dict[str, list[Any]]) -> list[dict[str, Any]]:
    """Rows as the rivals show them: the same columns, without what is drawn in two of ours."""
    return [
        {
            "place": of["place"][n],
            "band": f"{of['band_first'][n]}–{of['band_last'][n]}",
            "name": name,
            "estimate": of["value"][n],
            "lower": of["lower"][n],
            "upper": of["upper"][n],
            "share": of["share"][n],
            "first": of["p_first"][n],
            "sources": of["n_sources"][n],
        }
        for n, name in enumerate(of["name"])
    ]
