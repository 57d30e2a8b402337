"""How fast and how large is the server of a market of 15,000 products? See README.md."""

import argparse
import asyncio
import gzip
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parent.parent))

from typing import TYPE_CHECKING

from against import against
from crowd import crowd
from phases import phases
from served import PORT, served, wait_for
from soak import soak
from turnover import turnover

import howdah
from bench import data_folder, keep
from howdah.entities.nameindex import Named, NameIndex, write_index
from howdah.market.market import Market
from howdah.surfaces.http.answers import ANSWERS
from howdah.surfaces.http.formats import write
from howdah.surfaces.http.questions import Question, Value

if TYPE_CHECKING:
    from collections.abc import Callable


LEAGUE = "/api/v1/leagues/downloads"
DATES = ("2025-02-28", "2025-01-31", "2024-12-31")

_FEED = """\
title = "Downloads"
source = "Registry"
nature = "counter"
path = "data/downloads.csv"
replay = true
cadence = "monthly"
[licence]
name = "made up"
[claim]
subject = { column = "app" }
metric = "downloads"
definition = "registry:downloads"
unit = "package_download"
value = { column = "downloads" }
period = { column = "month" }
published_at = { column = "published" }
"""


def make_market(folder: Path, n_entities: int) -> None:
    """A market of many products with six months of downloads."""
    howdah.init(folder)
    market = folder / "market.toml"
    text = market.read_text(encoding="utf-8").replace("# as_of = 2025-01-31", "as_of = 2025-03-31")
    market.write_text(text, encoding="utf-8")
    rng = np.random.default_rng(5)
    levels = np.exp(rng.normal(9, 2, n_entities))
    rows = ["app,month,downloads,published"]
    for n in range(6):
        year, month = (2024, 9 + n) if n < 4 else (2025, n - 3)
        day = f"{year}-{month + 1:02d}-05" if month < 12 else f"{year + 1}-01-05"
        levels = levels * np.exp(rng.normal(0.02, 0.1, n_entities))
        rows += [f"product-{i:05d},{year}-{month:02d},{v:.0f},{day}" for i, v in enumerate(levels)]
    (folder / "data").mkdir()
    (folder / "data" / "downloads.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "feeds" / "downloads.toml").write_text(_FEED, encoding="utf-8")
    howdah.open(folder).update()


async def request(path: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
    """One request over an open connection; returns the bytes of the body."""
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{PORT}", "Accept-Encoding: gzip, br"]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    if not head.startswith("http/1.1 200"):
        raise RuntimeError(head.splitlines()[0])
    size = int(head.partition("content-length:")[2].split("\r\n", 1)[0])
    await reader.readexactly(size)
    return size


Rows = list[dict[str, object]]


async def load(path: str, n: int, n_clients: int) -> list[float]:
    """Milliseconds of each of many requests, by clients that ask one after another."""
    taken: list[float] = []

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
        for _ in range(n // n_clients):
            started = time.perf_counter()
            await request(path, reader, writer)
            taken.append(1000 * (time.perf_counter() - started))
        writer.close()

    await asyncio.gather(*(client() for _ in range(n_clients)))
    return taken


async def once(path: str) -> tuple[float, int]:
    """Milliseconds and bytes of one request on a connection of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    started = time.perf_counter()
    size = await request(path, reader, writer)
    writer.close()
    return 1000 * (time.perf_counter() - started), size


def league(market: Path, n_requests: int) -> dict[str, float]:
    """The server's figures over one market."""
    with served(market, "--no-refresh") as server:
        wait_for(server, 3600)
        found: dict[str, float] = {}
        process = psutil.Process(server.pid)
        first_ms, size = asyncio.run(once(LEAGUE))
        found["league_first_ms"], found["league_kb"] = first_ms, size / 1000
        asyncio.run(load(LEAGUE, 200, 16))
        before = process.cpu_times()
        started = time.perf_counter()
        taken = asyncio.run(load(LEAGUE, n_requests, 16))
        wall = time.perf_counter() - started
        after = process.cpu_times()
        cpu = after.user + after.system - before.user - before.system
        found["league_rps"] = len(taken) / wall
        found["league_rps_cpu"] = len(taken) / cpu
        found["league_p50_ms"], found["league_p99_ms"] = np.quantile(taken, [0.5, 0.99])
        _, columns = asyncio.run(once(f"{LEAGUE}?layout=columns&limit=20000"))
        found["columns_kb"] = columns / 1000
        ways = [asyncio.run(once(f"/api/v1/radar?as_of={day}"))[0] for day in DATES]
        found["as_of_prepared_ms"] = max(ways)
        found["server_mb"] = process.memory_info().rss / 1e6
        kept = [p.memory_info().rss for p in process.children(recursive=True)]
        found["children_mb"] = sum(kept) / 1e6
        return found


def packing(market: Path) -> dict[str, float]:
    """Bytes and seconds of packing all rows of a league as columns, by each way."""
    page = Market(market)
    values: dict[str, Value] = {
        "metric": "downloads", "layout": "columns", "limit": 20_000, "start": 0, "seal": "",
    }  # fmt: skip
    question = Question("league", page.as_of(), tuple(sorted(values.items())))
    body, _ = write(ANSWERS["league"](page, question), "json")
    ways: dict[str, Callable[[bytes], bytes]] = {
        "gzip6": lambda raw: gzip.compress(raw, 6),
        "gzip9": lambda raw: gzip.compress(raw, 9),
        "zstd9": lambda raw: pa.Codec("zstd", compression_level=9).compress(raw, asbytes=True),
        "brotli5": lambda raw: pa.Codec("brotli", compression_level=5).compress(raw, asbytes=True),
        "brotli9": lambda raw: pa.Codec("brotli", compression_level=9).compress(raw, asbytes=True),
    }
    found = {"plain_kb": len(body) / 1000}
    for name, pack in ways.items():
        started = time.process_time()
        found[f"{name}_kb"] = len(pack(body)) / 1000
        found[f"{name}_cpu_s"] = time.process_time() - started
    return found


def search(folder: Path, n_names: int) -> dict[str, float]:
    """Searches of beginnings, words, misspellings and Chinese among many names."""
    picks = random.Random(3)
    words = [_word(picks) for _ in range(40_000)]
    signs = [chr(picks.randrange(0x4E00, 0x9FA5)) for _ in range(3_000)]

    def name(n: int) -> str:
        if n % 4 == 3:
            return "".join(picks.choices(signs, k=picks.randrange(2, 6)))
        return " ".join(picks.choices(words, k=picks.randrange(1, 4)))

    path = folder / "names.sqlite"
    names = [name(n) for n in range(n_names)]
    started = time.process_time()
    write_index(path, (Named(t, str(n), t, "product", n % 3) for n, t in enumerate(names)), "1")
    made = time.process_time() - started
    index = NameIndex(path)
    taken = []
    for n in range(2_000):
        text = names[picks.randrange(n_names)]
        if n % 3 == 0:
            text = text[: picks.randrange(1, len(text) + 1)]
        elif n % 3 == 1 and len(text) > 3:
            at = picks.randrange(1, len(text) - 1)
            text = text[:at] + text[at + 1 :]
        before = time.process_time()
        index.search(text, 10)
        taken.append(1000 * (time.process_time() - before))
    index.close()
    p50, p95 = np.quantile(taken, [0.5, 0.95])
    return {
        "search_p50_ms": p50, "search_p95_ms": p95, "search_max_ms": max(taken),
        "index_mb": path.stat().st_size / 1e6, "index_made_s": made,
    }  # fmt: skip


def _word(picks: random.Random) -> str:
    letters = picks.choices(
        "etaoinshrdlucmfwypvbgkqjxz", range(26, 0, -1), k=picks.randrange(3, 10)
    )
    return "".join(letters)


def copied(market: Path | None, folder: Path) -> Path:
    """A copy to write to, of a market or of the example, which is made where there is none."""
    shutil.rmtree(folder, ignore_errors=True)
    if market is None:
        command = [sys.executable, "-m", "howdah", "demo", "--dir", str(folder)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    else:
        shutil.copytree(market, folder)
    return folder


def main() -> None:
    """Measure what was asked for, and keep it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entities", type=int, default=15_000)
    parser.add_argument("--names", type=int, default=1_000_000)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--answers", type=int, default=5_000, help="of the turnover")
    parser.add_argument("--pace", type=float, default=1.0, help="of the soak: times as fast")
    parser.add_argument("--market", type=Path, help="of the soak; otherwise the example market")
    parser.add_argument("--builds", nargs="+", default=[], help="of crowd and phases: NAME=FOLDER")
    parser.add_argument("--users", type=int, default=50, help="of each app that is compared")
    parser.add_argument("parts", nargs="*", default=["league", "packing", "search"])
    asked = parser.parse_args()
    alone = asked.parts[0] if len(asked.parts) == 1 else ""
    rows, name = _ALONE[alone](asked) if alone in _ALONE else _together(asked)
    keep(Path(__file__).parent, rows, name)


def _together(asked: argparse.Namespace) -> tuple[Rows, str]:
    found: dict[str, float] = {}
    if {"league", "packing"} & set(asked.parts):
        market = _league_market(asked.entities)
        found["entities"] = asked.entities
    if "league" in asked.parts:
        found |= league(market, asked.requests)
    if "packing" in asked.parts:
        found |= packing(market)
    if "search" in asked.parts:
        found |= {"names": asked.names} | search(data_folder(), asked.names)
    rows: Rows = [
        {"figure": name, "value": round(float(value), 2)} for name, value in found.items()
    ]
    return rows, "-".join(["results", *asked.parts])


def _league_market(n_entities: int) -> Path:
    store = data_folder()
    market = store / f"web-{n_entities}"
    if not market.exists():
        partial = store / "web-partial"
        shutil.rmtree(partial, ignore_errors=True)
        make_market(partial, n_entities)
        partial.rename(market)
    return market


def _soak(asked: argparse.Namespace) -> tuple[Rows, str]:
    market = copied(asked.market, data_folder() / "soak-market")
    return soak(market, asked.minutes, asked.pace, Path(__file__).parent), "results-soak"


def _turnover(asked: argparse.Namespace) -> tuple[Rows, str]:
    return turnover(asked.answers), "results-turnover"


def _against(asked: argparse.Namespace) -> tuple[Rows, str]:
    market = _league_market(asked.entities)
    return against(market, data_folder(), asked.users), "results-against"


def _phases(asked: argparse.Namespace) -> tuple[Rows, str]:
    return phases(_league_market(asked.entities), _builds(asked)), "results-phases"


def _crowd(asked: argparse.Namespace) -> tuple[Rows, str]:
    builds = _builds(asked)
    name = "results-redraw" if builds else "results-crowd"
    return crowd(_league_market(asked.entities), builds), name


def _builds(asked: argparse.Namespace) -> dict[str, Path]:
    named = (text.partition("=") for text in asked.builds)
    return {name: Path(folder) for name, _, folder in named}


#: Parts that are measured alone, each with results of its own.
_ALONE: "dict[str, Callable[[argparse.Namespace], tuple[Rows, str]]]" = {
    "against": _against,
    "crowd": _crowd,
    "phases": _phases,
    "soak": _soak,
    "turnover": _turnover,
}


if __name__ == "__main__":
    main()
