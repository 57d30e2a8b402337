"""The processes beside the server: none outlives it, however it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

import howdah

#: Seconds that something may take on a busy machine.
_PATIENCE = 120


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
def test_what_the_server_started_ends_with_it(tmp_path: Path, how: signal.Signals) -> None:
    howdah.init(tmp_path / "m")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [sys.executable, "-m", "howdah", "serve", "--no-refresh", "--port", str(port)]
    source = str(Path(howdah.__file__).parent.parent)
    with subprocess.Popen(
        [*command, "--market", str(tmp_path / "m")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": source},
    ) as server:
        _wait_for(f"http://127.0.0.1:{port}/api/v1/market", server)
        started = psutil.Process(server.pid).children(recursive=True)
        assert started
        server.send_signal(how)
        _, left = psutil.wait_procs(started, timeout=_PATIENCE)
        for one in left:
            one.kill()
        server.kill()
    assert left == []


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
