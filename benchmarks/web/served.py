"""A market served as people serve it, and waiting until the server has nothing left to do."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

PORT = 8497
ADDRESS = f"http://127.0.0.1:{PORT}"


@contextmanager
def served(market: Path, *words: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """Serves a market; all clients of a benchmark share one address, so none is held back.

    Raises
    ------
    RuntimeError
        Something else listens there: it would be measured in place of the server.
    """
    with socket.socket() as tried:
        if tried.connect_ex(("127.0.0.1", PORT)) == 0:
            raise RuntimeError(f"port {PORT} is taken")
    command = [sys.executable, "-m", "howdah", "serve", "--port", str(PORT), *words]
    more = {"HOWDAH_SERVE_REQUESTS_PER_SECOND": "1000000", **environment}
    with subprocess.Popen(
        [*command, "--market", str(market)], env={**os.environ, **more},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as server:  # fmt: skip
        try:
            yield server
        finally:
            server.send_signal(signal.SIGINT)


def wait_for(server: subprocess.Popen[bytes], seconds: float, *, until_idle: bool = True) -> None:
    """Wait until the server knows what it has to do, and until that is done where it is wanted."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(1)
        if server.poll() is not None:
            raise RuntimeError("the server ended")
        try:
            with urlopen(f"{ADDRESS}/health", timeout=30) as answer:  # noqa: S310 - http
                health = json.load(answer)
        except URLError:
            continue
        jobs, ahead = health["jobs"], health["preparation"]
        is_idle = jobs["running"] is None and not jobs["waiting"]
        is_all = is_idle and ahead["done"] >= len(ahead["dates"])
        if jobs["done"] and (is_all or not until_idle):
            return
    raise RuntimeError(f"not prepared within {seconds:.0f} s")
