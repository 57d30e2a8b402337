"""The processes beside the server: none outlives it, however it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

import howdah

#: Seconds that something may take on a busy machine.
_PATIENCE = 120


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
def test_what_the_server_started_ends_with_it(tmp_path: Path, how: signal.Signals) -> None:
    with _served(tmp_path) as (server, started):
        server.send_signal(how)
        _, left = psutil.wait_procs(started, timeout=_PATIENCE)
    assert left == []


def test_a_terminal_s_interrupt_ends_all_of_it_without_a_trace(tmp_path: Path) -> None:
    with _served(tmp_path) as (server, started):
        # A terminal sends it to every process that it started, not to the server alone.
        os.killpg(server.pid, signal.SIGINT)
        _, left = psutil.wait_procs(started, timeout=_PATIENCE)
        server.wait(_PATIENCE)
    assert left == []
    said = (tmp_path / "said").read_text(encoding="utf-8")
    assert '"event": "serving"' in said
    assert "Traceback" not in said


@contextmanager
def _served(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], list[psutil.Process]]]:
    """A server that answers, with the processes that it started; what it says is in ``said``."""
    howdah.init(folder / "m")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [sys.executable, "-m", "howdah", "serve", "--no-refresh", "--port", str(port)]
    source = str(Path(howdah.__file__).parent.parent)
    with (
        (folder / "said").open("wb") as said,
        subprocess.Popen(
            [*command, "--market", str(folder / "m")],
            stdout=subprocess.DEVNULL,
            stderr=said,
            env={**os.environ, "PYTHONPATH": source},
            start_new_session=True,
        ) as server,
    ):
        _wait_for(f"http://127.0.0.1:{port}/api/v1/market", server)
        started = psutil.Process(server.pid).children(recursive=True)
        assert started
        try:
            yield server, started
        finally:
            for one in started:
                with suppress(psutil.NoSuchProcess):
                    one.kill()
            server.kill()


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(_PATIENCE * 10):
        assert server.poll() is None, "the server ended"
        try:
            urllib.request.urlopen(address).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"no answer in {_PATIENCE} s")
