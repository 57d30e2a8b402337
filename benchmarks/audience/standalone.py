"""A Spark cluster on this machine: a standalone master and its workers, started and stopped."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyspark

import howdah

#: Seconds for the master to listen.
_PATIENCE = 120


@contextmanager
def standalone(folder: Path, *, n_worker: int = 2) -> Iterator[str]:
    """Run a cluster of workers with a core each; gives the URL of its master.

    Parameters
    ----------
    folder
        For logs, and what the workers leave.
    """
    home, port = Path(pyspark.__file__).parent, free_port()
    url = f"spark://127.0.0.1:{port}"
    worker = ("worker.Worker", "--cores", "1", "--memory", "3g", "--work-dir", str(folder), url)
    environment = {
        **os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1",
        "PYTHONPATH": str(Path(howdah.__file__).parents[1]),
    }  # fmt: skip
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for n in range(n_worker + 1):
            name, *options = worker if n else ("master.Master", "--port", str(port))
            command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}"]
            command += ["--host", "127.0.0.1", "--webui-port", "0", *options]
            log = folder / f"{n}.log"
            with log.open("wb") as told:
                processes.append(
                    subprocess.Popen(command, env=environment, stdout=told, stderr=told)
                )
            if n == 0:
                _wait_for(port, processes[0], log)
        yield url
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            process.wait(timeout=60)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        port: int = opened.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError as error:
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"The master did not start:\n{log.read_text()}") from error
            time.sleep(0.2)
        else:
            return
