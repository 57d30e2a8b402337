"""What one more day on a kept state costs, by what is done.

python oneday.py FOLDER STATE METRICS

One thread in this process, so that the CPU seconds of a step are its own. Prints them as JSON, by
kind: ``start`` of the process with the code that it loads, ``disk`` with what is decoded and
encoded, and ``compute``. Pages of files that are looked at in place belong to who looks first.
"""

import json
import sys
import time
from collections import defaultdict
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa

#: Steps by kind: module of `howdah.panels`, owner of a method, function as the module knows it.
STEPS = {
    "disk": (
        ("reading", "", "read_panel"),
        ("collecting", "Collector", "collect"),
        ("state", "StateReader", "__init__"),
        ("state", "StateReader", "figures"),
        ("state", "StateWriter", "add"),
        ("state", "StateWriter", "commit"),
    ),
    "compute": (
        ("collecting", "", "number_batch"),
        ("collecting", "", "pack"),
        ("collecting", "", "count_days"),
        ("collecting", "PanelUnits", "__init__"),
        ("words", "", "assemble"),
        ("words", "Words", "_joined"),
        ("roster", "Members", "check"),
        ("continuation", "Continuation", "kept"),
        ("daily", "DailyTable", "add"),
        ("l28", "L28Table", "add"),
        ("retention", "Retention", "add"),
        ("survival", "Survival", "add"),
        ("overlap", "Overlap", "add"),
        ("migration", "Migration", "add"),
    ),
}


class Clock:
    """CPU seconds of this process by step, those of steps within a step left out."""

    def __init__(self) -> None:
        self.spent: dict[tuple[str, str], float] = defaultdict(float)
        self._inner: list[float] = []

    def time(self, owner: Any, name: str, kind: str, label: str) -> None:  # noqa: ANN401 - any
        """Measure a function from now on."""
        work = getattr(owner, name)

        def timed(*args: Any, **more: Any) -> Any:  # noqa: ANN401 - whatever it takes and gives
            begun = time.process_time()
            self._inner.append(0.0)
            try:
                return work(*args, **more)
            finally:
                taken = time.process_time() - begun
                self.spent[kind, label] += taken - self._inner.pop()
                if self._inner:
                    self._inner[-1] += taken

        setattr(owner, name, timed)


def main() -> None:
    """Add the last day and say what it cost."""
    folder, state, metrics = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    cli = import_module("howdah.surfaces.cli")
    import_module("howdah.surfaces.cli.pages.audience")
    # The first use of compiled code, and of columns, loads much that all others share.
    pa.array(import_module("howdah.kernels.activity").IdTable(np.arange(3)).ids)
    clock = Clock()
    for kind, steps in STEPS.items():
        for module, owner, name in steps:
            found = import_module(f"howdah.panels.{module}")
            where = getattr(found, owner) if owner else found
            clock.time(where, name, kind, f"{owner}.{name}" if owner else name)
    started = time.process_time()
    with TemporaryDirectory() as out:
        sys.argv = [
            "howdah", "audience", str(folder / "days" / "last.parquet"), "--metrics", metrics,
            "--state", state, "--threads", "1", "--memory", "6", "--out", out, "--force",
            "--panel", str(folder / "panel.parquet"), "--strata", str(folder / "strata.parquet"),
        ]  # fmt: skip
        try:
            cli.main()
        except SystemExit as end:
            if end.code:
                raise
    total = time.process_time()
    found = {f"{kind}: {label}": round(s, 2) for (kind, label), s in clock.spent.items()}
    kinds = {k: sum(s for (kind, _), s in clock.spent.items() if kind == k) for k in STEPS}
    kinds["start"] = started
    kinds["others"] = total - started - sum(kinds[kind] for kind in STEPS)
    print(json.dumps({**{k: round(s, 2) for k, s in kinds.items()}, "total": round(total, 2)}))
    print(json.dumps(dict(sorted(found.items(), key=lambda item: -item[1]))), file=sys.stderr)


if __name__ == "__main__":
    main()
