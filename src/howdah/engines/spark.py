"""The Spark engine: a session on a cluster that runs elsewhere.

Spark plans, moves data and tries again where a worker dies; what it runs is howdah's own code. All
that concerns the cluster, secrets among it, is in Spark's own configuration files.
"""

import gc
import re
import shutil
import socket
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from howdah.core import settings
from howdah.core.errors import EngineError, InputError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

#: How long a master may take to answer, and how long to give a first worker.
MASTER_SECONDS = 5.0
WORKER_SECONDS = 60.0

_ALLOWED = (
    "Give spark://HOST:PORT (several masters with commas between them), local[N], yarn or "
    "k8s://HOST:PORT; anything else, and secrets above all, belongs into Spark's configuration."
)
_URL = re.compile(
    r"spark://(?P<masters>[\w.-]+:\d+(,[\w.-]+:\d+)*)|local\[(\d+|\*)\]|yarn|k8s://[\w.:/-]+"
)
_LOOPBACK = {"localhost", "127.0.0.1"}


@contextmanager
def connected(url: str) -> Iterator["SparkSession"]:
    """A session on a cluster, which ends with the block.

    Where this process has a session already, that one is used, and stays.

    Parameters
    ----------
    url
        The master, as Spark names it.

    Raises
    ------
    InputError
        It is no URL of a master, or Spark is not installed.
    EngineError
        No master or no worker answers, or Spark gives up.
    """
    masters = masters_of(url)
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415 - an extra that few need
    except ImportError:
        raise InputError(
            "--engine spark needs PySpark: install howdah with its extra, 'howdah[spark]'."
        ) from None
    _check_reached(url, masters)
    before = SparkSession.getActiveSession()
    started = before or _started(SparkSession.builder, url, masters)
    try:
        if masters:
            _await_worker(started, url)
        with _told(), _uncollected():
            yield started
    finally:
        if before is None:
            started.stop()


def masters_of(url: str) -> list[tuple[str, int]]:
    """Hosts and ports of a standalone cluster's masters; none of other clusters.

    Raises
    ------
    InputError
        It is no URL of a master.

    Examples
    --------
    >>> masters_of("spark://first:7077,second:7077"), masters_of("local[2]")
    ([('first', 7077), ('second', 7077)], [])
    """
    found = _URL.fullmatch(url)
    if found is None:
        # What was given is not repeated: it may hold a password.
        raise InputError(f"--engine spark=URL is given what is no URL of a master. {_ALLOWED}")
    pairs = (master.rsplit(":", 1) for master in (found["masters"] or "").split(",") if master)
    return [(host, int(port)) for host, port in pairs]


def _check_reached(url: str, masters: list[tuple[str, int]]) -> None:
    """Raise when no master listens; Spark itself would try for a minute."""
    reasons = []
    for host, port in masters:
        try:
            socket.create_connection((host, port), timeout=MASTER_SECONDS).close()
        except (OSError, OverflowError) as error:
            reasons.append(str(error))
        else:
            return
    if reasons:
        raise EngineError(
            f"No Spark master answers at {url} ({'; '.join(reasons)}). "
            "Is it started, and is this its address and port?"
        )


def _started(
    builder: "SparkSession.Builder", url: str, masters: list[tuple[str, int]]
) -> "SparkSession":
    builder = builder.master(url).appName("howdah audience")
    builder = builder.config("spark.ui.showConsoleProgress", "false")
    builder = builder.config("spark.log.level", "ERROR")
    builder = builder.config("spark.driver.maxResultSize", "0")
    if masters and all(host in _LOOPBACK for host, _ in masters):
        builder = builder.config("spark.driver.host", "127.0.0.1")
        builder = builder.config("spark.driver.bindAddress", "127.0.0.1")
    try:
        with _quiet():
            session = builder.getOrCreate()
    except Exception as error:
        hint = ""
        if shutil.which("java") is None:
            hint = " There is no java on the path; Spark needs Java 17 or newer."
        raise EngineError(f"Spark did not start on {url}: {_first_line(error)}.{hint}") from error
    session.sparkContext.pythonExec = settings.get_text("spark_python") or sys.executable
    return session


def _await_worker(session: "SparkSession", url: str) -> None:
    """Wait until there is an executor besides the driver."""
    until = time.monotonic() + WORKER_SECONDS
    context = session.sparkContext._jsc.sc()  # noqa: SLF001 - Python's side has no such question
    while context.getExecutorMemoryStatus().size() <= 1:
        if time.monotonic() > until:
            raise EngineError(
                f"The Spark master at {url} gave no worker within {WORKER_SECONDS:.0f} seconds. "
                "Has it workers with free cores and memory?"
            )
        time.sleep(0.1)


@contextmanager
def _told() -> Iterator[None]:
    """Say in a line what Spark says in pages."""
    from py4j.protocol import Py4JError  # noqa: PLC0415 - comes with PySpark
    from pyspark.errors import PySparkException  # noqa: PLC0415

    try:
        with _quiet():
            yield
    except (Py4JError, PySparkException) as error:
        text = str(error)
        if "No module named 'howdah" in text:
            raise EngineError(
                "Spark's workers have no howdah. Install the same version for the Python that they "
                "run (HOWDAH_SPARK_PYTHON), on every worker."
            ) from error
        if "TaskResultLost" in text:
            raise EngineError(
                "Spark's executors lost what they had counted, as they do where they have too "
                "little memory: raise spark.executor.memory, which is 1g unless it is set."
            ) from error
        raise EngineError(f"Spark gave up: {_first_line(error)}.") from error


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without collections of garbage, which could fall into the midst of a command to Java.

    Java is told of each of its objects that Python lets go, on the connection of whatever thread
    finds that out; an answer that the thread waits for there is then taken for another's (py4j
    issue 275). What is not in a cycle is let go all the same.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _first_line(error: Exception) -> str:
    """What an error says, without the traces of two languages."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    # Of Python's trace the last line before that of Java is what happened.
    of_python = [line for line in lines if re.match(r"[\w.]+(Error|Exception): ", line)]
    return (of_python or lines or [type(error).__name__])[0].rstrip(".")


@contextmanager
def _quiet() -> Iterator[None]:
    """Without a warning about a library that howdah hands nothing to."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")
        yield


@contextmanager
def watched(
    session: "SparkSession", label: str, progress: Callable[[str, int, int], None]
) -> Iterator[None]:
    """Report how many tasks of what runs on the cluster are done."""
    from pyspark import InheritableThread  # noqa: PLC0415 - an extra

    tracker = session.sparkContext.statusTracker()
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(0.5):
            found = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
            stages = [stage for stage in found if stage is not None]
            if stages:
                done = sum(stage.numCompletedTasks for stage in stages)
                progress(label, done, sum(stage.numTasks for stage in stages))

    # A thread of PySpark's own kind, which ends its connection with it.
    thread = InheritableThread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
