"""How long do the two common reads take over ten million claims? See README.md."""

import datetime as dt
import random
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "ingest"))
from run import N_ROWS, make_data, make_market

from bench import data_folder, keep
from howdah.claims import read_claims
from howdah.core import Identifier
from howdah.market.update import update
from howdah.market.workspace import Workspace

N_PRODUCTS = 20_000
N_READS = 30


def opened(folder: Path) -> Workspace:
    """The market of ten million claims, compacted; made by the first run."""
    if not folder.exists():
        data = folder.parent / "panel-10m.csv"
        make_data(data, N_ROWS)
        # Named only when it is complete, so that a run that was stopped is not taken for one.
        partial = folder.with_name("market-10m-partial")
        shutil.rmtree(partial, ignore_errors=True)
        workspace = Workspace(make_market(partial, data), lambda: dt.datetime.now(dt.UTC))
        update(workspace)
        workspace.store.compact()
        partial.rename(folder)
    return Workspace(folder, lambda: dt.datetime.now(dt.UTC))


def times_ms(read: Callable[[str], object]) -> list[float]:
    """Wall time of reads of random products, the first one not counted."""
    picks = random.Random(7)
    taken = []
    for n in range(N_READS + 1):
        product = f"product-{picks.randrange(N_PRODUCTS)}"
        started = time.perf_counter()
        read(product)
        if n:
            taken.append(1000 * (time.perf_counter() - started))
    return taken


def main() -> None:
    """Time each read, howdah's and the plain one's in turn."""
    store = data_folder()
    workspace = opened(store / "market-10m")
    now = dt.datetime.now(dt.UTC)
    newest = dt.date(2022, 2, 1)
    engine = workspace.engine
    claims = workspace.store
    plain = duckdb.connect()
    csv = store / "panel-10m.csv"
    parquet = store / "panel-10m.parquet"
    if not parquet.exists():
        plain.execute(f"COPY (FROM read_csv('{csv}')) TO '{parquet}' (COMPRESSION zstd)")
    latest = "QUALIFY row_number() OVER (PARTITION BY ALL ORDER BY published DESC) = 1"
    latest = latest.replace("ALL", "product, metric, vendor, day")
    reads: dict[str, Callable[[str], object]] = {
        "one entity, howdah": lambda product: read_claims(
            engine, claims, as_of=now, subjects=[Identifier("name", product)]
        ).read_all(),
        "one entity, plain Parquet": lambda product: plain.sql(
            f"FROM '{parquet}' WHERE product = '{product}' {latest}"
        ).to_arrow_table(),
        "league of one metric, howdah claims": lambda _: read_claims(
            engine, claims, as_of=now, metrics=["dau"], since=newest
        ).read_all(),
        "league of one metric, plain Parquet": lambda _: plain.sql(
            f"FROM '{parquet}' WHERE metric = 'dau' AND day >= DATE '{newest}' {latest}"
        ).to_arrow_table(),
    }
    rows: list[dict[str, object]] = []
    for name, read in reads.items():
        taken = times_ms(read)
        rows.append(
            {
                "read": name,
                "median ms": round(statistics.median(taken), 1),
                "p95 ms": round(statistics.quantiles(taken, n=20)[-1], 1),
                "n": len(taken),
            }
        )
    keep(Path(__file__).parent, rows)


if __name__ == "__main__":
    main()
