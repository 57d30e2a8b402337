"""Killed writers, full disks and two writers at once: nothing lost, repeated or half there."""

import importlib
import multiprocessing
import os
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from howdah.claims import ClaimStore, read_claims
from howdah.engines import connect

Contents = dict[str, Counter[tuple[Any, ...]]]

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
N_FEEDS = 3
N_ROWS = 2000


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


class Child:
    """One update in a process of its own."""

    def __init__(self, process: Any, answers: Connection) -> None:  # noqa: ANN401 - of a context
        self.process = process
        self.answers = answers
        assert answers.recv() == "ready"

    def result(self) -> tuple[int, dict[str, Any]]:
        found: tuple[int, dict[str, Any]] = self.answers.recv()
        self.process.join()
        return found


class Updates:
    """Starts updates; the server that forks them has imported everything beforehand."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["updater"])
        self._target = importlib.import_module("updater").run_update

    def start(self, market: Path, limit: int | None = None) -> Child:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=self._target, args=(market, theirs, limit))
        process.start()
        theirs.close()
        return Child(process, ours)

    def run(self, market: Path, limit: int | None = None) -> tuple[int, dict[str, Any]]:
        return self.start(market, limit).result()


@pytest.fixture(scope="module")
def updates() -> Iterator[Updates]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parent))
        yield Updates()


def contents(market: Path) -> Contents:
    """Every row of every table, but for when and where it was learnt."""
    store = ClaimStore(market / "lake")
    return {
        name: Counter(
            tuple(sorted((key, str(cell)) for key, cell in row.items() if key != "n_new"))
            for row in table.read().to_pylist()
        )
        for name, table in (
            ("claims", store.claims),
            ("quarantine", store.quarantine.rows),
            ("pulls", store.pulls),
        )
    }


def check_reading(market: Path) -> None:
    """What a reader finds at any moment: whole tables, each claim once."""
    store = ClaimStore(market / "lake")
    with connect() as engine:
        found = read_claims(engine, store, prints="all", columns=["claim_id", "feed"]).read_all()
    claim_ids = found["claim_id"].to_pylist()
    assert len(claim_ids) == len(set(claim_ids))
    faults = store.quarantine.rows.read()["quarantine_id"].to_pylist()
    assert len(faults) == len(set(faults))
    per_feed = Counter(found["feed"].to_pylist())
    for row in store.pulls.read().to_pylist():
        # A pull stands for claims that are all there.
        assert per_feed[row["feed"]] >= row["n_new"]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, updates: Updates) -> Contents:
    market = make_market(tmp_path_factory.mktemp("undisturbed") / "market")
    code, _ = updates.run(market)
    assert code == 0
    found = contents(market)
    assert len(found["pulls"]) == N_FEEDS
    assert len(found["quarantine"]) == N_FEEDS * (N_ROWS // 500 + 1)
    return found


def kill_often(updates: Updates, market: Path, n_kills: int, seed: int) -> int:
    """Kill updates at seeded moments; the number of those that were still at work."""
    rng = random.Random(seed)
    n_at_work = 0
    longest = 0.8
    for _ in range(n_kills):
        child = updates.start(market)
        began = time.monotonic()
        if child.answers.poll(rng.uniform(0.0, longest)):
            longest = max(0.2, time.monotonic() - began)
        else:
            n_at_work += 1
        child.process.kill()
        child.process.join()
        check_reading(market)
        if ClaimStore(market / "lake").pulls.read().num_rows == N_FEEDS:
            # Start afresh, or the rest of the kills would find nothing to do.
            shutil.rmtree(market / "lake")
    return n_at_work


def check_kills(
    updates: Updates, market: Path, undisturbed: Contents, n_kills: int, seed: int
) -> None:
    n_at_work = kill_often(updates, market, n_kills, seed)
    assert n_at_work >= n_kills // 3
    code, _ = updates.run(market)
    assert code == 0
    check_reading(market)
    assert contents(market) == undisturbed
    leftovers = [p.name for p in (market / "lake").rglob("*") if p.name.endswith(".partial")]
    assert leftovers == []
    # One more finds nothing to do.
    _, done = updates.run(market)
    assert all(n_new == 0 and not error for n_new, error in done.values())


def test_a_killed_update_is_mended_by_the_next(
    tmp_path: Path, updates: Updates, undisturbed: Contents
) -> None:
    check_kills(updates, make_market(tmp_path / "market"), undisturbed, n_kills=10, seed=1)


@pytest.mark.slow
def test_many_killed_updates(tmp_path: Path, updates: Updates, undisturbed: Contents) -> None:
    check_kills(updates, make_market(tmp_path / "market"), undisturbed, n_kills=60, seed=2)


def test_a_full_disk_keeps_the_store_as_it_was(
    tmp_path: Path, updates: Updates, undisturbed: Contents
) -> None:
    market = make_market(tmp_path / "market")
    for limit in (4_000, 40_000, 60_000):
        before = contents(market)
        files = sorted(path.name for path in (market / "lake").rglob("*.parquet"))
        code, said = updates.run(market, limit)
        assert (code, said["error"]) == (1, "StoreFullError"), limit
        assert "No room to write under" in said["message"]
        assert "free some space and run the update again" in said["message"]
        check_reading(market)
        after = contents(market)
        # A feed that was stored in whole before the disk was full stays.
        assert all(before[name] <= after[name] for name in before)
        n_complete = after["pulls"].total()
        assert len({dict(row)["feed"] for row in after["claims"]}) == n_complete
        if not n_complete:
            found = sorted(path.name for path in (market / "lake").rglob("*.parquet"))
            assert found == files
    code, _ = updates.run(market)
    assert code == 0
    assert contents(market) == undisturbed


def test_the_second_of_two_updates_is_refused(tmp_path: Path, updates: Updates) -> None:
    market = make_market(tmp_path / "market", n_rows=20_000)
    first = updates.start(market)
    pid = first.process.pid
    lock = market / "lake" / "write.lock"
    deadline = time.monotonic() + 30
    while not (lock.exists() and lock.read_text("utf-8")) and time.monotonic() < deadline:
        time.sleep(0.002)
    # The second starts while the first is stopped in its tracks, holding the lock.
    os.kill(pid, signal.SIGSTOP)
    try:
        code, said = updates.run(market)
    finally:
        os.kill(pid, signal.SIGCONT)
    assert (code, said["error"]) == (4, "StoreBusyError")
    assert f"process {pid}" in said["message"]
    code, done = first.result()
    assert code == 0
    assert len(done) == N_FEEDS
    assert ClaimStore(market / "lake").pulls.read().num_rows == N_FEEDS
