"""What a Spark cluster costs beside one process, when both are warm.

python warm.py FOLDER N_RUN: runs everything by turns in this process and on a cluster of two
workers that it starts, and prints CPU and wall seconds of each run as JSON. CPU is that of the
whole tree of processes: this one, Spark's virtual machines and the Pythons of its workers.
"""

import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parent.parent))

from typer.testing import CliRunner

from audience.standalone import standalone
from howdah.engines.spark import connected
from howdah.surfaces.cli import app


def tree_cpu() -> float:
    """CPU seconds so far of this process and all below it, those that have ended among them."""
    own = psutil.Process()
    total = 0.0
    for process in (own, *own.children(recursive=True)):
        try:
            spent = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += sum((spent.user, spent.system, spent.children_user, spent.children_system))
    return total


def run(arguments: Sequence[str]) -> tuple[float, float]:
    """CPU and wall seconds of a run of the command in this process."""
    cpu, wall = tree_cpu(), time.perf_counter()
    found = CliRunner().invoke(app, ["audience", *arguments])
    if found.exit_code:
        raise RuntimeError(found.output)
    return tree_cpu() - cpu, time.perf_counter() - wall


def main() -> None:
    """Time both engines by turns, after a run of each that is not counted."""
    folder, n_run = Path(sys.argv[1]), int(sys.argv[2])
    log = sorted(str(path) for path in (folder / "log").glob("*.parquet"))
    panel = ["--panel", str(folder / "panel.parquet"), "--strata", str(folder / "strata.parquet")]
    costs: dict[str, list[tuple[float, float]]] = {"local": [], "spark": []}
    with (
        tempfile.TemporaryDirectory() as scratch,
        standalone(Path(scratch)) as url,
        connected(url),
    ):
        common = [*log, *panel, "--threads", "2", "--out", str(Path(scratch) / "out"), "--force"]
        for n in range(n_run + 1):
            for engine, name in (("local", "local"), ("spark", f"spark={url}")):
                cost = run([*common, "--engine", name])
                if n:
                    costs[engine].append(cost)
    print(json.dumps(costs))


if __name__ == "__main__":
    main()
