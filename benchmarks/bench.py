"""What benchmarks share: measured child processes, the data folder, tables of results."""

import datetime as dt
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from howdah.core import settings

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took: seconds of CPU and of wall time, peak memory in MB, its own answer."""

    cpu: float
    wall: float
    peak_mb: float
    answer: str = ""


def data_folder() -> Path:
    """Where larger data are kept between runs: HOWDAH_BENCH_DATA, else ./bench-data."""
    named = settings.get_text("bench_data")
    folder = Path(named) if named else ROOT / "bench-data"
    folder.mkdir(parents=True, exist_ok=True)
    sys.stderr.write(f"data in {folder} (HOWDAH_BENCH_DATA names another folder)\n")
    return folder


#: Compiled code is kept, as it is for users.
_ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}

#: Starts a command and adds what it cost as the last line. A process counts the memory of the one
#: that it was forked from as its own peak, so that this one has to be small.
_LAUNCHER = """
import json, os, sys
process = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(process, 0)
cost = [usage.ru_utime + usage.ru_stime, usage.ru_maxrss, os.waitstatus_to_exitcode(status)]
print("\\n" + json.dumps(cost))
"""


def run_child(command: Sequence[str], **environment: str) -> Cost:
    """Run a process and measure it by the system's own account of it.

    `resource.getrusage(RUSAGE_CHILDREN)` keeps the largest child's memory, so each is waited
    for with `os.wait4`, which gives that of this child alone.
    """
    started = dt.datetime.now(dt.UTC)
    said = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _LAUNCHER, *command],
        env={**_ENVIRONMENT, **environment}, stdout=subprocess.PIPE, text=True, check=True,
    ).stdout  # fmt: skip
    wall = (dt.datetime.now(dt.UTC) - started).total_seconds()
    answer, _, cost = said.rstrip().rpartition("\n")
    cpu, peak_kb, code = json.loads(cost)
    if code != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {code}")
    return Cost(cpu, wall, peak_kb / 1024, answer.strip())


def median(costs: Sequence[Cost]) -> Cost:
    """The median of each figure over several runs."""
    return Cost(
        statistics.median(c.cpu for c in costs),
        statistics.median(c.wall for c in costs),
        statistics.median(c.peak_mb for c in costs),
        costs[-1].answer,
    )


def machine() -> str:
    """The machine in a line: what a reader needs to compare figures."""
    cores = os.cpu_count()
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return (
        f"{platform.system()} {platform.machine()}, {cores} cores, {memory_gb:.0f} GB, "
        f"Python {platform.python_version()}"
    )


def own_usage() -> tuple[float, float]:
    """CPU seconds and peak memory in MB of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def keep(folder: Path, rows: Sequence[dict[str, object]], name: str = "results") -> None:
    """Print rows as a table and keep them, with machine and date, under a name in the folder."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    texts = [[_text(row.get(column, "")) for column in columns] for row in rows]
    widths = [max(len(c), *(len(t[n]) for t in texts)) for n, c in enumerate(columns)]
    for line in (columns, *texts):
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)))
    result = {
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "machine": machine(),
        "rows": list(rows),
    }
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _text(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
