"""What does `--memory` of `howdah audience` bound, and what comes on top? See README.md.

python memory.py
"""

import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench import run_child

#: Days of a log, rows of a unit, and the first day, since 1970.
N_DAY, ROWS_A_UNIT, FIRST = 200, 20, 19_000

#: Runs: rows in thousands, products, tables, and gigabytes of `--memory`.
RUNS = (
    *((n, 50, "daily", memory) for n in (1_000, 16_000, 64_000) for memory in (0.001, 1.0)),
    *((200, n, name, 0.001) for n in (10, 1000) for name in ("daily", "retention", "all")),
)


def write_log(path: Path, n_row: int, n_product: int) -> None:
    """A log of rows that are spread evenly, with some products larger than others."""
    draws = np.random.default_rng(1)
    rows = pl.DataFrame(
        {
            "unit": draws.integers(0, n_row // ROWS_A_UNIT, n_row),
            "product": (n_product * draws.random(n_row) ** 2).astype(np.int64),
            "day": pl.Series(draws.integers(FIRST, FIRST + N_DAY, n_row)).cast(pl.Int32),
        }
    )
    rows.with_columns(pl.col("day").cast(pl.Date)).write_parquet(path)


def main() -> None:
    """Print a row a run."""
    print("| rows | products | tables | `--memory` | keys on disk, MB | peak, MB |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        for thousands, n_product, tables, memory in RUNS:
            log = Path(scratch) / f"{thousands}-{n_product}.parquet"
            if not log.exists():
                write_log(log, 1000 * thousands, n_product)
            out = Path(scratch) / "out"
            cost = run_child(
                [
                    sys.executable, "-m", "howdah", "audience", str(log), "--out", str(out),
                    "--metrics", tables, "--memory", str(memory), "--threads", "2", "--force",
                ]
            )  # fmt: skip
            spilled = json.loads((out / "summary.json").read_text())["spilled_bytes"]
            print(
                f"| {thousands:,},000 | {n_product} | {tables} | {memory} | {spilled / 1e6:.0f} | "
                f"{cost.peak_mb:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
