"""One engine, one table, in a process of its own, so that CPU and memory are its alone.

python child.py ENGINE TABLE THREADS OUT FILE...
"""

import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parent.parent))

from audience import clickhouse, frames, sql


def scan(files: Sequence[Path], threads: int) -> pa.Table:
    """Decode the three columns with DuckDB; sums, since statistics alone answer smaller asks."""
    with duckdb.connect(config={"threads": threads}) as connection:
        log = connection.read_parquet([str(file) for file in files])
        return log.aggregate(
            "count(*), min(unit), max(unit), sum(unit), min(product), max(product), sum(product), "
            "min(day), max(day), sum(day - DATE '2000-01-01')"
        ).to_arrow_table()


def with_duckdb(table: str, files: Sequence[Path], threads: int) -> pa.Table:
    """A table by an analyst's SQL; what does not fit into memory goes to a temporary folder."""
    with (
        tempfile.TemporaryDirectory() as spill,
        duckdb.connect(
            config={"threads": threads, "memory_limit": "8GB", "temp_directory": spill}
        ) as connection,
    ):
        connection.read_parquet([str(file) for file in files]).create_view("log")
        sql.prepare(connection)
        found: pa.Table = sql.TABLES[table](connection)
        return found


def with_polars(table: str, files: Sequence[Path], threads: int) -> pa.Table:
    """A table in Polars, whose threads its environment sets."""
    assert pl.thread_pool_size() == threads
    return frames.TABLES[table](frames.prepare(pl.scan_parquet(files))).to_arrow()


def with_clickhouse(table: str, files: Sequence[Path], threads: int) -> pa.Table:
    """A table in ClickHouse's SQL."""
    from chdb.session import Session  # noqa: PLC0415 - half a second that others need not wait

    session = Session()
    session.query(f"SET max_threads = {threads}")
    clickhouse.prepare(session, files[0].parent / "*.parquet")
    return clickhouse.TABLES[table](session)


ENGINES: dict[str, Callable[[str, Sequence[Path], int], pa.Table]] = {
    "DuckDB": with_duckdb,
    "Polars": with_polars,
    "ClickHouse": with_clickhouse,
}


def main() -> None:
    """Make the table, write it and say how many rows it has."""
    engine, table, threads, out, *names = sys.argv[1:]
    files = [Path(name) for name in names]
    if engine == "scan":
        found = scan(files, int(threads))
    else:
        found = ENGINES[engine](table, files, int(threads))
    if out != os.devnull:
        pq.write_table(found, out)
    print(found.num_rows)


if __name__ == "__main__":
    main()
