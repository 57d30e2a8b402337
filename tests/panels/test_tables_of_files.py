"""Retention, overlap and migration counted from files, in the parts that reading makes."""

import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import assume, given, settings
from oracle import Oracle, Panel, assert_same
from strategies import panels

from howdah.engines import connect
from howdah.panels.audience import Options
from howdah.panels.population import PanelFiles
from howdah.panels.reading import read_audience

DAYS = (1, 7)


def tables_of(panel: Panel, folder: Path, burn_in: int) -> list[pa.Table]:
    units, products, days = zip(*panel.log, strict=True)
    pq.write_table(
        pa.table({"unit": units, "product": products, "day": days}), folder / "log.parquet"
    )
    assert panel.members is not None
    assert panel.population is not None
    members = panel.members.items()
    pq.write_table(
        pa.table(
            {
                "unit": [unit for unit, _ in members],
                "stratum": [str(member.stratum) for _, member in members],
                "joined": pa.array([member.joined for _, member in members], pa.date32()),
                "left": pa.array([member.left for _, member in members], pa.date32()),
            }
        ),
        folder / "panel.parquet",
    )
    pq.write_table(
        pa.table(
            {
                "stratum": [str(h) for h in panel.population],
                "population": list(panel.population.values()),
            }
        ),
        folder / "strata.parquet",
    )
    with (
        connect() as engine,
        read_audience(
            engine,
            [folder / "log.parquet"],
            PanelFiles(folder / "panel.parquet", folder / "strata.parquet"),
            Options(
                ("retention", "overlap", "migration"), retention_days=DAYS, burn_in=burn_in, min_n=0
            ),
            set_aside=lambda _: None,
            folder=folder,
            progress=lambda *_: None,
        ) as found,
    ):
        tables = {
            name: rows if isinstance(rows, pa.Table) else rows.read_all()
            for name, rows in found.tables(lambda *_: None)
        }
        return [tables[name] for name in ("retention", "overlap", "migration")]


@given(panel=panels(max_units=25, max_days=100))
@settings(max_examples=25)
def test_tables_of_files_are_those_of_brute_force(panel: Panel) -> None:
    assert panel.members is not None
    # Reading refuses strata that nobody of the panel is in.
    assume({m.stratum for m in panel.members.values()} == set(panel.population or {}))
    oracle = Oracle(panel, burn_in=30)
    with tempfile.TemporaryDirectory() as folder:
        found = [table.to_pylist() for table in tables_of(panel, Path(folder), 30)]
    retention, overlap, migration = found
    assert_same(
        retention,
        list(oracle.retention(DAYS)),
        ("product", "cohort_day", "kind", "n_day"),
        lambda row: not row["cohort_n_raw"],
    )
    assert_same(
        overlap,
        list(oracle.overlap()),
        ("product_a", "product_b", "period_end"),
        lambda row: not row["n_raw"],
    )
    flows = list(oracle.migration())
    for row in flows:
        row["from_product"], row["to_product"] = str(row["from_product"]), str(row["to_product"])
    assert_same(
        migration,
        flows,
        ("period", "from_product", "to_product"),
        lambda row: not row["n_raw"],
    )
