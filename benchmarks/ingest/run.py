"""What does the ingest of ten million claims cost, beside plain DuckDB? See README.md."""

import json
import shutil
import sys
import tempfile
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).parent.parent))
from bench import Cost, data_folder, keep, median, run_child

N_ROWS = 10_000_000
N_GROWN = 100_000
REPEATS = 3

SPEC = """\
title = "A vendor's daily panel"
source = "panel"
nature = "panel"
path = "data/panel.csv"
cadence = "daily"
[licence]
name = "synthetic"
[claim]
scheme = "name"
subject = {{ column = "product" }}
metric = {{ column = "metric" }}
definition = {{ template = "panel:{{metric}}" }}
source = {{ column = "vendor" }}
unit = "people"
value = {{ column = "value" }}
valid_to = {{ column = "day" }}
published_at = {{ column = "published" }}
"""

MARKET = 'title = "Ingest benchmark"\n'

UPDATE = """
import json, sys, howdah
done = howdah.open(sys.argv[1])._ws
from howdah.market.update import update
counts = update(done)[0].appended
print(json.dumps([counts.n_claims, counts.n_new]))
"""

#: The same statement that ingest runs, written by DuckDB itself as zstd Parquet.
PLAIN = """
import sys, datetime as dt
from pathlib import Path
from howdah.core import CLAIM_SCHEMA, builtin_metrics
from howdah.engines import connect
from howdah.sources import Pull, compile_query, open_input, read_spec
market, target = Path(sys.argv[1]), sys.argv[2]
spec = read_spec(market / "feeds" / "panel.toml")
with connect() as engine, open_input(engine, spec, market / spec.path) as source:
    engine.execute("SET memory_limit = '8GB'")
    query = compile_query(source, Pull(spec, "", dt.datetime.now(dt.UTC)), builtin_metrics())
    columns = ", ".join(CLAIM_SCHEMA.names)
    engine.execute(f"COPY (SELECT {columns} FROM ({query}) WHERE reason IS NULL) "
                   f"TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
"""


def make_data(path: Path, n_rows: int) -> None:
    """A vendor's file: 20,000 products, four vendors, four metrics, a thousand days."""
    if path.exists():
        return
    partial = path.with_suffix(".partial")
    duckdb.connect().execute(
        f"""COPY (SELECT 'product-' || (i % 20000) AS product,
            ['dau', 'wau', 'mau28', 'mau30'][1 + (i // 20000) % 4] AS metric,
            'vendor-' || ((i // 80000) % 4) AS vendor,
            DATE '2022-01-01' + (i // 320000)::INT AS day,
            round(exp(8 + 3 * sin(i % 20000) + 0.1 * cos(i)), 0) AS value,
            DATE '2022-01-02' + (i // 320000)::INT AS published
            FROM range({n_rows}) t(i)) TO '{partial}' (HEADER)"""
    )
    partial.rename(path)


def make_market(folder: Path, data: Path) -> Path:
    """A market with the one feed, its file linked in."""
    (folder / "feeds").mkdir(parents=True)
    (folder / "data").mkdir()
    (folder / "market.toml").write_text(MARKET, encoding="utf-8")
    (folder / "feeds" / "panel.toml").write_text(SPEC.format(), encoding="utf-8")
    (folder / "data" / "panel.csv").symlink_to(data)
    return folder


def main() -> None:
    """Run all three in turn, several times, and print medians and ratios."""
    store = data_folder()
    full, grown = store / "panel-10m.csv", store / "panel-10.1m.csv"
    make_data(full, N_ROWS)
    make_data(grown, N_ROWS + N_GROWN)
    costs: dict[str, list[Cost]] = {
        name: [] for name in ("plain DuckDB", "ingest", "again", "grown by 1 %")
    }
    python = sys.executable
    for _ in range(REPEATS):
        with tempfile.TemporaryDirectory(dir=store) as name:
            market = make_market(Path(name) / "market", full)
            target = str(Path(name) / "plain.parquet")
            costs["plain DuckDB"].append(run_child([python, "-c", PLAIN, str(market), target]))
            Path(target).unlink()
            costs["ingest"].append(run_child([python, "-c", UPDATE, str(market)]))
            costs["again"].append(run_child([python, "-c", UPDATE, str(market)]))
            link = market / "data" / "panel.csv"
            link.unlink()
            link.symlink_to(grown)
            costs["grown by 1 %"].append(run_child([python, "-c", UPDATE, str(market)]))
            shutil.rmtree(market)
    rows = []
    plain = median(costs["plain DuckDB"])
    for name, runs in costs.items():
        cost = median(runs)
        n_claims, n_new = json.loads(cost.answer) if cost.answer else (N_ROWS, N_ROWS)
        rows.append(
            {
                "what": name,
                "claims": n_claims,
                "new": n_new,
                "CPU s": round(cost.cpu, 2),
                "wall s": round(cost.wall, 2),
                "peak MB": round(cost.peak_mb),
                "CPU / plain": round(cost.cpu / plain.cpu, 3),
            }
        )
    keep(Path(__file__).parent, rows)


if __name__ == "__main__":
    main()
