"""Killed writers, full disks and two writers at once: nothing lost, repeated or half there."""

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from howdah.claims import ClaimStore, read_claims
from howdah.engines import connect

UPDATER = Path(__file__).with_name("updater.py")
SPEC = """
title = "T"
source = "S"
path = "inbox/{name}.csv"
[licence]
name = "L"
[[claim]]
subject = {{ column = "app" }}
metric = "dau"
value = {{ column = "v" }}
period = {{ column = "d" }}
"""
N_FEEDS = 4
N_ROWS = 3000


def make_market(folder: Path, *, n_rows: int = N_ROWS) -> Path:
    """A market of several feeds, each with good rows, repeated ones and some at fault."""
    rng = random.Random(4)
    for name in ("feeds", "entities", "inbox"):
        (folder / name).mkdir(parents=True)
    (folder / "market.toml").write_text('title = "Test"', encoding="utf-8")
    for n in range(N_FEEDS):
        (folder / "feeds" / f"f{n}.toml").write_text(SPEC.format(name=f"f{n}"), encoding="utf-8")
        lines = ["app,v,d"]
        for i in range(n_rows):
            value = "x" if i % 500 == 7 else str(rng.randrange(10**9))
            lines.append(f"app{rng.randrange(n_rows)},{value},2024-{1 + i % 12:02d}")
        lines += [*lines[5:10], "ragged"]
        text = "\n".join(lines) + "\n"
        (folder / "inbox" / f"f{n}.csv").write_text(text, encoding="utf-8")
    return folder


def start(market: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "ignore", str(UPDATER), str(market), *arguments]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
    )


def wait_until_ready(child: subprocess.Popen[str]) -> None:
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"


def run(market: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    with start(market, *arguments) as child:
        out, err = child.communicate()
    lines = out.splitlines()
    assert len(lines) == 2, err
    return child.returncode, json.loads(lines[1])


def contents(market: Path) -> dict[str, Counter[tuple[Any, ...]]]:
    """Every row of every table, but for when and where it was learnt."""
    store = ClaimStore(market / "lake")
    return {
        name: Counter(
            tuple(sorted((key, str(cell)) for key, cell in row.items() if key not in {"n_new"}))
            for row in getattr(store, name).read().to_pylist()
        )
        for name in ("claims", "quarantine", "pulls")
    }


def check_reading(market: Path) -> None:
    """What a reader finds at any moment: whole tables, each claim once."""
    store = ClaimStore(market / "lake")
    with connect() as engine:
        found = read_claims(engine, store, prints="all", columns=["claim_id", "feed"])
    claim_ids = found["claim_id"].to_pylist()
    assert len(claim_ids) == len(set(claim_ids))
    faults = store.quarantine.read()["quarantine_id"].to_pylist()
    assert len(faults) == len(set(faults))
    per_feed = Counter(found["feed"].to_pylist())
    for row in store.pulls.read().to_pylist():
        # A pull stands for claims that are all there.
        assert per_feed[row["feed"]] >= row["n_new"]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Counter[tuple[Any, ...]]]:
    market = make_market(tmp_path_factory.mktemp("undisturbed") / "market")
    code, _ = run(market)
    assert code == 0
    found = contents(market)
    assert len(found["pulls"]) == N_FEEDS
    assert len(found["quarantine"]) == N_FEEDS * (N_ROWS // 500 + 1)
    return found


def kill_often(market: Path, n_kills: int, seed: int) -> int:
    """Kill updates at seeded moments; the number of those that were still at work."""
    rng = random.Random(seed)
    n_at_work = 0
    longest = 0.8
    for _ in range(n_kills):
        with start(market) as child:
            wait_until_ready(child)
            began = time.monotonic()
            try:
                child.wait(rng.uniform(0.0, longest))
                longest = max(0.2, time.monotonic() - began)
            except subprocess.TimeoutExpired:
                child.send_signal(signal.SIGKILL)
                n_at_work += 1
            child.communicate()
        check_reading(market)
        if n_at_work and not list((market / "lake" / "pulls").glob("_delta_log/*.json")):
            continue
        done = ClaimStore(market / "lake").pulls.read().num_rows
        if done == N_FEEDS:
            # Start afresh, or the rest of the kills would find nothing to do.
            shutil.rmtree(market / "lake")
    return n_at_work


def check_kills(market: Path, undisturbed: dict[str, Any], n_kills: int, seed: int) -> None:
    n_at_work = kill_often(market, n_kills, seed)
    assert n_at_work >= n_kills // 3
    code, _ = run(market)
    assert code == 0
    check_reading(market)
    assert contents(market) == undisturbed
    leftovers = [p.name for p in (market / "lake").rglob("*") if p.name.endswith(".partial")]
    assert leftovers == []
    # One more finds nothing to do.
    _, done = run(market)
    assert all(n_new == 0 and not error for n_new, error in done.values())


def test_a_killed_update_is_mended_by_the_next(tmp_path: Path, undisturbed: dict[str, Any]) -> None:
    check_kills(make_market(tmp_path / "market"), undisturbed, n_kills=10, seed=1)


@pytest.mark.slow
def test_many_killed_updates(tmp_path: Path, undisturbed: dict[str, Any]) -> None:
    check_kills(make_market(tmp_path / "market"), undisturbed, n_kills=60, seed=2)


def test_a_full_disk_keeps_the_store_as_it_was(tmp_path: Path, undisturbed: dict[str, Any]) -> None:
    market = make_market(tmp_path / "market")
    for limit in (4_000, 40_000, 90_000):
        before = contents(market)
        files = sorted(path.name for path in (market / "lake").rglob("*.parquet"))
        code, said = run(market, str(limit))
        assert (code, said["error"]) == (1, "StoreFullError"), limit
        assert "No room to write under" in said["message"]
        assert "free some space and run the update again" in said["message"]
        check_reading(market)
        after = contents(market)
        # A feed that was stored in whole before the disk was full stays.
        assert all(before[name] <= after[name] for name in before)
        n_complete = after["pulls"].total()
        assert len({dict(row)["feed"] for row in after["claims"]}) == n_complete
        assert n_complete or files == sorted(
            path.name for path in (market / "lake").rglob("*.parquet")
        )
    code, _ = run(market)
    assert code == 0
    assert contents(market) == undisturbed


def test_the_second_of_two_updates_is_refused(tmp_path: Path) -> None:
    market = make_market(tmp_path / "market", n_rows=60_000)
    with start(market) as first:
        wait_until_ready(first)
        deadline = time.monotonic() + 30
        lock = market / "lake" / "write.lock"
        while not (lock.exists() and lock.read_text("utf-8")) and time.monotonic() < deadline:
            time.sleep(0.005)
        # The second starts while the first is stopped in its tracks, holding the lock.
        first.send_signal(signal.SIGSTOP)
        try:
            code, said = run(market)
        finally:
            first.send_signal(signal.SIGCONT)
        out, _ = first.communicate()
    assert (code, said["error"]) == (4, "StoreBusyError")
    assert f"process {first.pid}" in said["message"]
    assert first.returncode == 0
    assert len(json.loads(out.splitlines()[-1])) == N_FEEDS
    assert ClaimStore(market / "lake").pulls.read().num_rows == N_FEEDS
