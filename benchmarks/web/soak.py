"""The soak: a market served for an hour to a bounded stream of questions, writes and dates."""

import asyncio
import csv
import datetime as dt
import random
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import psutil
from scipy import stats
from served import served, wait_for
from visitors import Heard, Place, Visitor, connected, learn

#: Seconds between two looks at the memory, and between two writes.
_LOOK, _WRITE = 10.0, 120.0

#: Every so many writes is a verdict on a claim, after which estimates are made anew.
_VERDICT_EVERY = 5

_VISITORS = 8
#: Seconds from page to page of a visitor.
_PAUSE = (8.0, 22.0)

#: Minutes that a trend leaves out: what is opened, imported and cached once is no growth.
_WARM_MINUTES = 15.0
#: Looks are near copies of those before: a trend is of means of so many minutes.
_BLOCK_MINUTES = 5.0


@dataclass(frozen=True, slots=True)
class Look:
    """Memory at one moment, in MB."""

    minute: float
    server_rss: float
    server_pss: float
    cache: float
    n_renderers: int
    renderers_rss: float
    renderers_pss: float
    largest_renderer: float
    job_rss: float


def look(server: psutil.Process, started: float, cache_bytes: float) -> Look:
    """The server's memory, and that of the processes that make answers and do jobs, apart."""
    info = server.memory_full_info()
    nice = server.nice()
    renderers: list[tuple[float, float]] = []
    jobs = 0.0
    for child in server.children(recursive=True):
        try:
            if "spawn_main" not in " ".join(child.cmdline()):
                continue
            kept = child.memory_full_info()
            # Jobs step back behind answers.
            if child.nice() > nice:
                jobs += kept.rss
            else:
                renderers.append((kept.rss / 1e6, kept.pss / 1e6))
        except psutil.NoSuchProcess:
            continue
    return Look(
        minute=(time.monotonic() - started) / 60,
        server_rss=info.rss / 1e6,
        server_pss=info.pss / 1e6,
        cache=cache_bytes / 1e6,
        n_renderers=len(renderers),
        renderers_rss=sum(rss for rss, _ in renderers),
        renderers_pss=sum(pss for _, pss in renderers),
        largest_renderer=max((rss for rss, _ in renderers), default=0.0),
        job_rss=jobs / 1e6,
    )


async def _looks(
    server: psutil.Process, client: httpx2.AsyncClient, until: float, path: Path
) -> list[Look]:
    started = time.monotonic()
    found: list[Look] = []
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(Look.__slots__)
        while time.monotonic() < until:
            metrics = (await client.get("/metrics", timeout=60)).text
            line = next(x for x in metrics.splitlines() if x.startswith("howdah_cache_bytes "))
            found.append(look(server, started, float(line.split()[1])))
            table.writerow([round(getattr(found[-1], name), 2) for name in Look.__slots__])
            file.flush()
            await asyncio.sleep(_LOOK)
    return found


async def _write(
    client: httpx2.AsyncClient, place: Place, until: float, pause: float, heard: Heard
) -> None:
    """Decisions recorded and taken back, and now and then a verdict on a claim."""
    await client.get("/health")
    token = client.cookies["csrf_token"]

    async def post(path: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
        started = time.perf_counter()
        answer = await client.post(
            f"/api/v1{path}", json=body, headers={"X-CSRF-Token": token}, timeout=300
        )
        heard.taken.append(("write", 1000 * (time.perf_counter() - started)))
        heard.statuses[answer.status_code] += 1
        return answer.json() if answer.is_success else None

    soon = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=90)).isoformat()
    segment = (await client.get("/api/v1/market", timeout=300)).json()["data"]["segments"][0]["id"]
    decision = {
        "about": segment, "what": "Soak", "owner": "analyst", "review": soon,
        "expect": f"{place.metric} of {place.entity} at least 1 by {soon}",
        "definition": place.definition or None,
    }  # fmt: skip
    n, made = 0, ""
    while time.monotonic() < until - pause:
        await asyncio.sleep(pause)
        n += 1
        if n % _VERDICT_EVERY == 0:
            listed = (await client.get("/api/v1/review/claims?limit=1", timeout=300)).json()
            rows = next((v for v in listed["data"].values() if isinstance(v, list) and v), None)
            if rows and "claim_id" in rows[0]:
                verdict = ("keep", "drop")[n // _VERDICT_EVERY % 2]
                body = {"claim": rows[0]["claim_id"], "verdict": verdict}
                await post("/review/claims/judgements", body)
                continue
        if made:
            await post("/decisions", {"withdraw": made})
            made = ""
        else:
            answer = await post("/decisions", decision)
            made = "" if answer is None else answer["data"]["decision_id"]


async def _soak(
    server: subprocess.Popen[bytes], minutes: float, pace: float, path: Path
) -> tuple[list[Look], Heard]:
    heard = Heard()
    until = time.monotonic() + 60 * minutes
    async with connected() as client:
        looking = asyncio.create_task(_looks(psutil.Process(server.pid), client, until, path))
        site = await learn(client)
        pause = (_PAUSE[0] / pace, _PAUSE[1] / pace)
        visitors = [
            Visitor(client, site, random.Random(n), heard).stay(until, pause)
            for n in range(_VISITORS)
        ]
        async with connected() as own:
            asking = asyncio.gather(
                *visitors, _write(own, site.places[0], until, _WRITE / pace, heard)
            )
            # What is still waited for when the time is over is not counted.
            await asyncio.wait([asking], timeout=until - time.monotonic())
            asking.cancel()
            with suppress(asyncio.CancelledError):
                await asking
        return await looking, heard


def trend(looks: Sequence[Look], name: str, *less: str) -> tuple[float, float, float]:
    """Growth in MB an hour with its 95 % interval, by least squares on means of minutes."""
    points = [
        (one.minute / 60, getattr(one, name) - sum(getattr(one, other) for other in less))
        for one in looks
        if one.minute >= _WARM_MINUTES
    ]
    return fitted(points, _BLOCK_MINUTES / 60)


def fitted(points: Sequence[tuple[float, float]], block: float) -> tuple[float, float, float]:
    """Slope with its 95 % interval, by least squares on means of blocks so long."""
    blocks: dict[int, list[tuple[float, float]]] = {}
    for x, y in points:
        blocks.setdefault(int(x // block), []).append((x, y))
    means = np.array([np.mean(one, axis=0) for one in blocks.values()])
    if len(means) < 3:
        return (float("nan"),) * 3
    found = stats.linregress(means[:, 0], means[:, 1])
    half = stats.t.ppf(0.975, len(means) - 2) * found.stderr
    return found.slope, found.slope - half, found.slope + half


def soak(market: Path, minutes: float, pace: float, folder: Path) -> list[dict[str, object]]:
    """Serve, ask and watch; the looks are kept beside the figures.

    Parameters
    ----------
    pace
        How many times as fast visitors turn pages and writes come.
    """
    with served(market) as server:
        wait_for(server, 600, until_idle=False)
        looks, heard = asyncio.run(_soak(server, minutes, pace, folder / "soak-looks.csv"))
    taken = [ms for page, ms in heard.taken if page != "write"]
    writes = [ms for page, ms in heard.taken if page == "write"]
    rows: list[dict[str, object]] = [
        {"figure": "minutes", "value": round(looks[-1].minute, 1)},
        {"figure": "pace", "value": pace},
        {"figure": "questions", "value": len(taken)},
        {"figure": "question_p50_ms", "value": round(float(np.median(taken)), 1)},
        {"figure": "question_p95_ms", "value": round(float(np.quantile(taken, 0.95)), 1)},
        {"figure": "writes", "value": len(writes)},
        {"figure": "write_max_ms", "value": round(max(writes, default=0.0), 1)},
    ]
    rows += [{"figure": f"status_{code}", "value": n} for code, n in sorted(heard.statuses.items())]
    watched = (
        ("server_rss_mb", "server_rss", ()),
        ("server_pss_mb", "server_pss", ()),
        ("server_rss_without_cache_mb", "server_rss", ("cache",)),
        ("cache_mb", "cache", ()),
        ("renderers_rss_mb", "renderers_rss", ()),
        ("renderers_pss_mb", "renderers_pss", ()),
        ("largest_renderer_rss_mb", "largest_renderer", ()),
        ("job_rss_mb", "job_rss", ()),
    )
    for figure, name, less in watched:
        values = [getattr(one, name) - sum(getattr(one, x) for x in less) for one in looks]
        slope, lower, upper = trend(looks, name, *less)
        rows.append(
            {
                "figure": figure,
                "value": round(float(np.median(values)), 1),
                "largest": round(max(values), 1),
                "last": round(values[-1], 1),
                "mb_an_hour": round(slope, 1),
                "lower": round(lower, 1),
                "upper": round(upper, 1),
            }
        )
    return rows
