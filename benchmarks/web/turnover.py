"""The turnover: whether a server grows by answers that come and go, and what stops it."""

import json
import subprocess
import sys
from pathlib import Path

from soak import fitted

#: What is told to the C library, in the environment or by the words of `turning.py`.
_WAYS: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "as it comes": ({}, ()),
    "free pages given back": ({}, ("trim",)),
    "one heap": ({"MALLOC_ARENA_MAX": "1"}, ()),
    "large blocks as pages": ({"MALLOC_MMAP_THRESHOLD_": "65536"}, ()),
    "all three, as the server": ({}, ("compact", "trim")),
}

#: Answers whose looks count as one: those that follow are near copies.
_BLOCK = 500

#: Bytes of the cache from which on it is full.
_FULL = 60_000_000


def turnover(n: int) -> list[dict[str, object]]:
    """Growth of a server's memory by 1,000 answers once its cache is full, in each way."""
    rows: list[dict[str, object]] = []
    for way, (environment, words) in _WAYS.items():
        command = [sys.executable, str(Path(__file__).with_name("turning.py")), str(n), *words]
        said = subprocess.run(
            ["/usr/bin/env", *(f"{k}={v}" for k, v in environment.items()), *command],
            check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip
        looks = [json.loads(line) for line in said.splitlines()]
        first = next(n_come for n_come, _, cache in looks if cache >= _FULL)
        late = [look for look in looks if look[0] > first]
        points = [(n_come / 1000, (resident - cache) / 1e6) for n_come, resident, cache in late]
        slope, lower, upper = fitted(points, _BLOCK / 1000)
        rows.append(
            {
                "way": way,
                "answers": n,
                "resident_mb": round(looks[-1][1] / 1e6, 1),
                "without_cache_mb": round(points[-1][1], 1),
                "mb_by_1000_answers": round(slope, 2),
                "lower": round(lower, 2),
                "upper": round(upper, 2),
            }
        )
    return rows
