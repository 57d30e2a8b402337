"""What a server has started ends with it, however it ends, and leaves the market whole."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tools_market import open_tools

import howdah

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


def _within(seconds: float, is_so: Callable[[], bool]) -> bool:
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def _parent(pid: int) -> int:
    """Parent of a process; 0 of one that has ended."""
    try:
        _, _, rest = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(") ")
    except OSError:
        return 0
    state, parent = rest.split()[:2]
    return 0 if state == "Z" else int(parent)


def _children(pid: int) -> set[int]:
    every = (int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal())
    return {one for one in every if _parent(one) == pid}


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_the_server(tmp_path: Path, how: signal.Signals) -> None:
    folder = tmp_path / "market"
    before = open_tools(folder).overview()
    command = [sys.executable, "-m", "howdah", "serve", "--market", str(folder), "--port"]
    environment = os.environ | {"PYTHONPATH": str(Path(howdah.__file__).parents[1])}
    with subprocess.Popen(
        [*command, str(_free_port())], env=environment, stderr=subprocess.DEVNULL
    ) as server:
        # Two that work, and what keeps count of their semaphores.
        assert _within(60, lambda: len(_children(server.pid)) > 2)
        started = _children(server.pid)
        server.send_signal(how)
        server.wait(30)
    assert _within(10, lambda: not any(map(_parent, started)))
    assert howdah.open(folder).overview() == before
