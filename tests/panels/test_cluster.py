"""A Spark cluster gives what one process gives, or says why not: a master and two real workers."""

import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from audience.standalone import free_port, standalone
from howdah.engines import connect
from howdah.engines.spark import connected
from howdah.panels.audience import TABLES, Options
from howdah.panels.cluster import read_audience_on_spark
from howdah.surfaces.cli import app

START = dt.date(2024, 1, 5)
N_UNIT, N_DAY, N_PRODUCT = 300, 100, 5

_EXECUTOR = "org.apache.spark.executor.CoarseGrainedExecutorBackend"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A master with two workers on this machine, and a session that all tests use."""
    with standalone(tmp_path_factory.mktemp("spark")) as url, connected(url):
        yield url


def rows_of(seed: int) -> dict[str, np.ndarray]:
    """Rows of units that come and go, a product each day or once, some of them twice."""
    rng = np.random.default_rng(seed)
    n = 12_000
    zeal = rng.beta(0.5, 2.0, N_UNIT)
    return {
        "unit": rng.choice(N_UNIT, n, p=zeal / zeal.sum()),
        "product": rng.choice(N_PRODUCT, n, p=[0.5, 0.25, 0.15, 0.0999, 0.0001]),
        "day": rng.integers(0, N_DAY, n),
    }


def dates(day: np.ndarray) -> pa.Array:
    return pa.array((day + (START - dt.date(1970, 1, 1)).days).astype(np.int32)).cast(pa.date32())


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["audience", *map(str, arguments)], prog_name="howdah")


def both(folder: Path, url: str, *arguments: object) -> tuple[Path, Path]:
    """What this machine gives, and what the cluster does."""
    folders = folder / "local", folder / "spark"
    for out, engine in zip(folders, ("local", f"spark={url}"), strict=True):
        found = run(*arguments, "--out", out, "--engine", engine, "--min-n", 2)
        assert found.exit_code == 0, found.output
    return folders


def assert_same(folder: Path, other: Path) -> None:
    names = {path.name for path in folder.glob("*.parquet")}
    assert {path.name for path in other.glob("*.parquet")} == names
    for name in names - {"quarantine.parquet"}:
        assert (folder / name).read_bytes() == (other / name).read_bytes(), name
    if "quarantine.parquet" in names:
        order = [(name, "ascending") for name in ("file", "row", "column")]
        asides = [pq.read_table(one / "quarantine.parquet") for one in (folder, other)]
        assert asides[0].num_rows
        assert asides[0].sort_by(order) == asides[1].sort_by(order)


@pytest.mark.slow
def test_a_panel_gives_the_same_to_the_last_bit(tmp_path: Path, url: str) -> None:
    rows = rows_of(1)
    rng = np.random.default_rng(2)
    rows["unit"][:30] = N_UNIT + 7
    log = pa.table(
        {
            "unit": 3 * rows["unit"],
            "product": [f"app {p}" for p in rows["product"]],
            "day": dates(rows["day"]),
        }
    )
    pq.write_table(log.slice(0, 7000), tmp_path / "first.parquet", row_group_size=900)
    pq.write_table(log.slice(7000), tmp_path / "second.parquet")
    stratum = np.sort(rng.choice(4, N_UNIT, p=[0.6, 0.2, 0.15, 0.05]))
    joined = np.where(rng.random(N_UNIT) < 0.3, rng.integers(0, N_DAY, N_UNIT), -9)
    left = np.where(rng.random(N_UNIT) < 0.3, joined + rng.integers(1, 99, N_UNIT), N_DAY + 9)
    panel = {"unit": 3 * np.arange(N_UNIT), "stratum": [f"s{h}" for h in stratum]}
    panel |= {"joined": dates(joined), "left": dates(left)}
    pq.write_table(pa.table(panel), tmp_path / "panel.parquet")
    lines = [f"s{h},{1000.5 + 777 * h}\n" for h in range(4)]
    (tmp_path / "strata.csv").write_text("stratum,population\n" + "".join(lines))
    folders = both(
        tmp_path, url, tmp_path / "first.parquet", tmp_path / "second.parquet",
        "--panel", tmp_path / "panel.parquet", "--strata", tmp_path / "strata.csv",
    )  # fmt: skip
    assert_same(*folders)
    daily = pq.read_table(folders[1] / "daily.parquet")
    assert daily.column("stderr").null_count < daily.num_rows
    assert {path.stem for path in folders[1].glob("*.parquet")} == {
        *TABLES, "retention_curve", "survival_laws", "quarantine"
    }  # fmt: skip


@pytest.mark.slow
def test_a_census_of_texts_and_instants_gives_the_same(tmp_path: Path, url: str) -> None:
    rows = rows_of(3)
    rng = np.random.default_rng(4)
    midnight = (START - dt.date(1970, 1, 1)).days * 86_400
    seconds = midnight + 86_400 * rows["day"] + rng.integers(0, 86_400, len(rows["day"]))
    # A clock that is wrong, of a unit that is in no other row.
    seconds[5] += 900 * 86_400
    units = [f"device {u}" for u in rows["unit"]]
    units[5] = "device of tomorrow"
    log = pa.table(
        {"unit": units, "product": rows["product"], "ts": pa.array(seconds, pa.timestamp("s"))}
    )
    pq.write_table(log.slice(0, 6000), tmp_path / "log.parquet")
    pa.csv.write_csv(log.slice(6000), tmp_path / "log.csv")
    with (tmp_path / "log.csv").open("a") as text:
        text.write("device 1,2,yesterday\n")
    folders = both(
        tmp_path, url, tmp_path / "log.parquet", tmp_path / "log.csv", "--tz", "Asia/Shanghai"
    )
    assert_same(*folders)
    set_aside = pq.read_table(folders[1] / "quarantine.parquet").column("text").to_pylist()
    assert "yesterday" in set_aside
    assert len(set_aside) == 2


@pytest.mark.slow
def test_a_worker_that_dies_changes_nothing(tmp_path: Path, url: str) -> None:
    rows = rows_of(7)
    log = pa.table({"unit": rows["unit"], "product": rows["product"], "day": dates(rows["day"])})
    path = tmp_path / "log.parquet"
    pq.write_table(log, path, row_group_size=1000)
    options = Options(min_n=2)
    made = []
    for dies in (False, True):
        with (
            connect() as engine,
            read_audience_on_spark(
                url, engine, [path], None, options,
                set_aside=lambda _: None, progress=lambda *_: None,
            ) as found,
        ):  # fmt: skip
            if dies:
                # What it has counted is lost with it, and so is what it has read.
                executors = [
                    process
                    for process in psutil.Process().children(recursive=True)
                    if process.status() != psutil.STATUS_ZOMBIE and _EXECUTOR in process.cmdline()
                ]
                assert len(executors) == 2
                executors[0].kill()
                executors[0].wait(timeout=60)
            tables = dict(found.tables(lambda *_: None))
            made.append(
                {n: t if isinstance(t, pa.Table) else t.read_all() for n, t in tables.items()}
            )
    assert made[0]["daily"].num_rows
    assert made[1] == made[0]


@pytest.mark.slow
def test_a_file_that_breaks_off_is_told_as_it_is_locally(tmp_path: Path, url: str) -> None:
    rows = rows_of(5)
    log = pa.table({"unit": rows["unit"], "product": rows["product"], "day": dates(rows["day"])})
    path = tmp_path / "log.parquet"
    pq.write_table(log, path, compression="zstd")
    data = bytearray(path.read_bytes())
    data[4:2000] = bytes(1996)
    path.write_bytes(data)
    local = run(path, "--out", tmp_path / "local")
    found = run(path, "--out", tmp_path / "spark", "--engine", f"spark={url}")
    assert found.exit_code == local.exit_code == 2
    assert "row groups 0 to 0 cannot be read" in found.output
    assert not (tmp_path / "spark").exists()


def test_an_engine_that_is_none_is_an_error_that_repeats_no_secret(tmp_path: Path) -> None:
    log = tmp_path / "log.parquet"
    rows = rows_of(6)
    pq.write_table(
        pa.table({"unit": rows["unit"], "product": rows["product"], "day": dates(rows["day"])}), log
    )
    for engine in (
        "spark", "spark=", "dask=x", "spark=http://127.0.0.1:1", "spark=spark://me:hush@host:7077",
        "spark=spark://host:7077?token=hush",
    ):  # fmt: skip
        found = run(log, "--out", tmp_path / "out", "--engine", engine)
        assert found.exit_code == 2, engine
        assert "hush" not in found.output
        assert "--engine" in found.output
    state = run(
        log, "--out", tmp_path / "out", "--state", tmp_path / "state",
        "--engine", "spark=spark://127.0.0.1:7077",
    )  # fmt: skip
    assert state.exit_code == 2
    assert not (tmp_path / "state").exists()


def test_a_master_that_does_not_answer_is_named(tmp_path: Path) -> None:
    log = tmp_path / "log.parquet"
    pq.write_table(pa.table({"unit": [1], "product": [1], "day": dates(np.array([1]))}), log)
    master = f"spark://127.0.0.1:{free_port()}"
    found = run(log, "--out", tmp_path / "out", "--engine", f"spark={master}")
    assert found.exit_code == 1
    assert f"No Spark master answers at {master}" in found.output
    assert not (tmp_path / "out").exists()


def test_a_missing_pyspark_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "log.parquet"
    pq.write_table(pa.table({"unit": [1], "product": [1], "day": dates(np.array([1]))}), log)
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    found = run(log, "--out", tmp_path / "out", "--engine", "spark=spark://127.0.0.1:7077")
    assert found.exit_code == 2
    assert "howdah[spark]" in found.output
