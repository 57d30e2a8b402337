"""What do the metrics of an audience cost, in CPU, memory and beside other ways? See README.md.

python run.py [scan] [words] [all] [naive] [growth] [extend] [oneday] [spark]
"""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).parent.parent))

from audience import clickhouse, frames, sql
from audience.chart import draw_growth
from audience.datasets import MILLION, name_of
from bench import Cost, data_folder, keep, median, run_child

HERE = Path(__file__).parent

THREADS = 2
MEMORY_GB = 6

#: Rows of the logs of most sections, of the one that other engines can bear, and of `growth`.
N_ROW, N_NAIVE = 100 * MILLION, 13 * MILLION
SIZES = (10 * MILLION, 100 * MILLION, 1000 * MILLION)

#: Timings differ from run to run; the median of so many is kept, of the largest log one.
N_RUN = 3

Row = dict[str, object]


def log_of(n_row: int) -> Path:
    """Folder of a log of so many rows; made by the first run."""
    folder = data_folder() / name_of(n_row)
    if not folder.exists():
        made = run_child([sys.executable, str(HERE / "datasets.py"), str(folder), str(n_row)])
        print(
            f"made in {made.wall:.0f} s, {made.cpu:.0f} CPU s, {made.peak_mb:.0f} MB: {made.answer}"
        )
    return folder


def files_of(folder: Path) -> list[str]:
    """The files of a log in order."""
    return sorted(str(path) for path in (folder / "log").glob("*.parquet"))


def scanned(folder: Path) -> Cost:
    """A bare DuckDB scan that decodes the three columns: what nothing can be cheaper than."""
    child = str(HERE / "child.py")
    return run_child(
        [sys.executable, child, "scan", "-", str(THREADS), os.devnull, *files_of(folder)]
    )


def audience(
    files: Sequence[str], *options: str, panel: Path | None = None, out: Path | None = None
) -> Cost:
    """`howdah audience` on files of a log; what it writes is thrown away without ``out``."""
    command = [sys.executable, "-m", "howdah", "audience", *files, *options]
    command += ["--threads", str(THREADS), "--memory", str(MEMORY_GB), "--json"]
    if panel is not None:
        command += ["--panel", str(panel / "panel.parquet")]
        command += ["--strata", str(panel / "strata.parquet")]
    with tempfile.TemporaryDirectory(dir=data_folder()) as scratch:
        return run_child([*command, "--out", str(out or Path(scratch) / "out")])


def repeated(work: Callable[[], Cost], n: int = N_RUN) -> Cost:
    """The median of several runs after one that fills the caches of files and code."""
    work()
    return median([work() for _ in range(n)])


def row_of(name: str, cost: Cost, base: Cost | None = None) -> Row:
    """A row of the table of results; ``base`` is the scan that it is compared with."""
    row: Row = {
        "run": name,
        "CPU s": round(cost.cpu, 2),
        "wall s": round(cost.wall, 2),
        "peak MB": round(cost.peak_mb),
    }
    if base is not None:
        row["CPU over scan"] = round(cost.cpu / base.cpu, 2)
    return row


def scan_rows() -> Iterator[Row]:
    """The bare scan, and an empty process of each kind, whose cost is in all others."""
    yield row_of("scan", repeated(lambda: scanned(log_of(N_ROW))))
    with tempfile.TemporaryDirectory(dir=data_folder()) as scratch:
        one = Path(scratch) / "one.parquet"
        with duckdb.connect() as connection:
            connection.sql(f"FROM '{files_of(log_of(N_ROW))[0]}' LIMIT 1").write_parquet(str(one))
        yield row_of("howdah audience of one row", repeated(lambda: audience([str(one)])))


def words_rows() -> Iterator[Row]:
    """Reading a log to activity words; counting the days of every 7th day is hardly more."""
    folder = log_of(N_ROW)
    base = repeated(lambda: scanned(folder))
    yield row_of("scan", base, base)
    run = repeated(lambda: audience(files_of(folder), "--metrics", "l28", panel=folder))
    yield row_of("words and l28", run, base)


def all_rows() -> Iterator[Row]:
    """Each table by itself, and everything."""
    folder = log_of(N_ROW)
    base = repeated(lambda: scanned(folder))
    yield row_of("scan", base, base)
    for metrics in ("daily", "retention", "l28", "overlap", "migration", "all"):
        run = repeated(
            lambda metrics=metrics: audience(files_of(folder), "--metrics", metrics, panel=folder)
        )
        yield row_of(metrics, run, base)


def naive_rows() -> Iterator[Row]:
    """The same figures of a census by other engines, each with its own reading of the log."""
    folder = log_of(N_NAIVE)
    base = repeated(lambda: scanned(folder))
    yield row_of("scan", base, base)
    for engine, tables in (
        ("DuckDB", sql.TABLES),
        ("Polars", frames.TABLES),
        ("ClickHouse", clickhouse.TABLES),
    ):
        for table in tables:
            command = [sys.executable, str(HERE / "child.py"), engine, table, str(THREADS)]
            command += [os.devnull, *files_of(folder)]
            cost = run_child(command, POLARS_MAX_THREADS=str(THREADS))
            yield row_of(f"{engine}: {table}", cost, base)
    for metrics in ("daily", "retention", "l28", "overlap", "migration", "all"):
        run = repeated(lambda metrics=metrics: audience(files_of(folder), "--metrics", metrics))
        yield row_of(f"howdah: {metrics}", run, base)


def growth_rows() -> Iterator[Row]:
    """Cost a row as logs grow, drawn beside that of the scan."""
    rows: list[Row] = []
    for n_row in SIZES:
        folder = log_of(n_row)
        n_run = N_RUN if n_row < max(SIZES) else 1
        base = repeated(lambda folder=folder: scanned(folder), n_run)
        run = repeated(lambda folder=folder: audience(files_of(folder), panel=folder), n_run)
        for name, cost in (("scan", base), ("everything", run)):
            row = row_of(name, cost, base)
            row["rows"] = n_row
            row["CPU ns a row"] = round(cost.cpu / n_row * 1e9, 1)
            rows.append(row)
    (HERE / "growth.svg").write_text(draw_growth(rows), encoding="utf-8")
    yield from rows


def extend_rows() -> Iterator[Row]:
    """One more day on a kept state, and whether it says what a full run says."""
    for n_row in SIZES:
        folder = log_of(n_row)
        before, last = _before(folder), str(folder / "days" / "last.parquet")
        for metrics in ("daily,l28", "all"):
            with tempfile.TemporaryDirectory(dir=data_folder()) as scratch:
                state, grown = Path(scratch) / "state", Path(scratch) / "grown"
                kept = ("--metrics", metrics, "--state", str(state), "--force")
                first = audience(before, *kept, panel=folder, out=grown)
                then = audience([last], *kept, panel=folder, out=grown)
                full = Path(scratch) / "full"
                again = audience([*before, last], "--metrics", metrics, panel=folder, out=full)
                same = all(
                    (grown / path.name).read_bytes() == path.read_bytes()
                    for path in full.glob("*.parquet")
                )
            for name, cost in (("all but one day", first), ("one more day", then), ("full", again)):
                row = row_of(f"{name}: {metrics}", cost)
                row["rows"], row["same bytes"] = n_row, same if cost is then else ""
                yield row


def oneday_rows() -> Iterator[Row]:
    """One more day on a kept state by what is done; the state is made by the first run."""
    for n_row in SIZES:
        folder = log_of(n_row)
        state = folder / "state"
        if not state.exists():
            with tempfile.TemporaryDirectory(dir=data_folder()) as scratch:
                audience(
                    _before(folder), "--state", str(state), panel=folder, out=Path(scratch) / "out"
                )
        for metrics in ("daily,l28", "daily,l28,overlap,migration", "all"):
            with tempfile.TemporaryDirectory(dir=data_folder()) as scratch:
                own = Path(scratch) / "state"
                shutil.copytree(state, own)
                command = [sys.executable, str(HERE / "oneday.py"), str(folder), str(own), metrics]
                found: Row = json.loads(run_child(command).answer.splitlines()[-1])
            yield {"run": metrics, "rows": n_row, **found}


def _before(folder: Path) -> list[str]:
    """Files of all days but the last, which is cut from the log by the first run."""
    days = folder / "days"
    if not days.exists():
        _cut(folder, days)
    whole = [path for path in files_of(folder) if not (days / Path(path).name).exists()]
    return [*whole, *(str(path) for path in sorted(days.glob("part-*.parquet")))]


def _cut(folder: Path, days: Path) -> None:
    """Cut the rows of the last day of a log from those before, in the files that have any."""
    beside = days.with_name(".days")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    with duckdb.connect() as connection:
        files = files_of(folder)
        day = connection.read_parquet(files).aggregate("max(day)").fetchall()[0][0]
        is_last = f"day = DATE '{day}'"
        for path in files:
            log = connection.read_parquet(path)
            if log.filter(is_last).limit(1).fetchall():
                log.filter(f"NOT {is_last}").write_parquet(
                    str(beside / Path(path).name), compression="zstd"
                )
        log = connection.read_parquet(files).filter(is_last)
        log.write_parquet(str(beside / "last.parquet"), compression="zstd")
    beside.rename(days)


def spark_rows() -> Iterator[Row]:
    """Everything on a Spark cluster of two workers beside one process, both warm."""
    for n_row, n_run in zip(SIZES[:2], (N_RUN, 1), strict=True):
        folder = log_of(n_row)
        child = run_child([sys.executable, str(HERE / "warm.py"), str(folder), str(n_run)])
        costs: dict[str, list[tuple[float, float]]] = json.loads(child.answer)
        middle = {
            engine: median([Cost(*cost, 0.0) for cost in own]) for engine, own in costs.items()
        }
        for engine, cost in middle.items():
            yield {
                "run": engine,
                "rows": n_row,
                "CPU s": round(cost.cpu, 2),
                "wall s": round(cost.wall, 2),
                "CPU ns a row": round(cost.cpu / n_row * 1e9, 1),
                "CPU over local": round(cost.cpu / middle["local"].cpu, 2),
            }


SECTIONS: dict[str, Callable[[], Iterator[Row]]] = {
    "scan": scan_rows,
    "words": words_rows,
    "all": all_rows,
    "naive": naive_rows,
    "growth": growth_rows,
    "extend": extend_rows,
    "oneday": oneday_rows,
    "spark": spark_rows,
}


def main() -> None:
    """Run the sections that are named, or all, each kept in a file of its own."""
    for name in sys.argv[1:] or SECTIONS:
        print(f"\n{name}")
        rows = list(SECTIONS[name]())
        keep(HERE / "results", rows, name)


if __name__ == "__main__":
    main()
