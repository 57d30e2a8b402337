"""What the server's memory goes on: holes between answers go back, and answers count in full."""

import pickle
import platform
import random
import subprocess
import sys
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from howdah.surfaces.http import application, memory
from howdah.surfaces.http.caching import AnswerCache
from howdah.surfaces.http.rendered import Rendered
from howdah.surfaces.http.renderer import Renderer
from howdah.surfaces.http.rendering import Desk

#: Answers come in threads that end, as those of executors do; of many that go, a few stay.
_COMING_AND_GOING = """
import os, pickle, random, sys, threading
from collections import deque
from pathlib import Path
from howdah.surfaces.http import memory

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

if sys.argv[1] == "compact":
    assert memory.keep_compact()
picks = random.Random(1)
before = resident()
kept = deque()

def come(packed):
    kept.extend(pickle.loads(packed))

for _ in range(60):
    sizes = [min(int(picks.lognormvariate(10.6, 1.3)), 4_000_000) for _ in range(40)]
    packed = pickle.dumps([bytes(size) for size in sizes])
    # Threads that live beside one another have heaps of their own.
    threads = [threading.Thread(target=come, args=(packed,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while sum(map(len, kept)) > 20_000_000:
        del kept[picks.randrange(len(kept))]
del packed
if sys.argv[1] == "compact":
    memory.give_back()
print(resident() - before - sum(map(len, kept)))
"""


def _excess(way: str) -> int:
    """Bytes that a process holds beyond what it keeps."""
    command = [sys.executable, "-c", _COMING_AND_GOING, way]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told")
def test_answers_that_come_and_go_leave_no_holes() -> None:
    loose, compact = _excess("as it is"), _excess("compact")
    assert compact < 10_000_000
    assert compact < loose / 3


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_function", lambda _: None)
    assert not memory.keep_compact()
    memory.give_back()


#: Threads of what a server loads have heaps only where the process was not told before.
_LOADED = """
import re, sys
from howdah.surfaces.http import command
sys.modules["howdah.market.folder"] = None  # The command gets no further than to load it.
try:
    command.serve_command(None)
except ImportError:
    pass
del sys.modules["howdah.market.folder"]
import threading
import howdah.surfaces.http.serving
for thread in [threading.Thread(target=lambda: bytes(10_000)) for _ in range(4)]:
    thread.start()
heaps = 0
for line in open("/proc/self/maps"):
    found = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw-p \\S+ \\S+ 0\\s*$", line)
    if found:
        begin, end = (int(one, 16) for one in found.groups())
        heaps += begin % 2**26 == 0 and end - begin <= 2**26
print(heaps)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told")
def test_a_server_has_one_heap_whatever_it_loads() -> None:
    found = subprocess.run(
        [sys.executable, "-c", _LOADED], check=True, capture_output=True, text=True
    )
    assert found.stdout.strip() == "0"


def test_a_server_gives_free_memory_back_while_it_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given = threading.Event()
    monkeypatch.setattr(application, "_LOOK_SECONDS", 0.001)
    monkeypatch.setattr(application, "give_back", given.set)
    renderer = Renderer(lambda: ThreadPoolExecutor(1), lambda: Desk(tmp_path), 10**12)
    with TestClient(application.create_app(tmp_path, renderer), base_url="http://127.0.0.1"):
        assert given.wait(60)


@pytest.mark.parametrize("n_bytes", [2_000, 30_000, 300_000])
def test_a_cache_counts_all_that_an_answer_takes(n_bytes: int) -> None:
    body = random.Random(n_bytes).randbytes(n_bytes)
    packed = {"br": body[: n_bytes // 8], "gzip": body[: n_bytes // 6]}
    # As it comes from another process: nothing in it is shared.
    come = pickle.dumps(Rendered(body, packed, "application/json", None, 10**9))
    cache: AnswerCache[Rendered] = AnswerCache(10**9)
    tracemalloc.start()
    for n in range(100):
        cache.put(f"{n:024x}", pickle.loads(come))
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken <= cache.size < 1.1 * taken
