"""The oracle against others: an analyst's SQL in DuckDB and ClickHouse, and Polars, on censuses."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from oracle import Oracle, Panel, Row, assert_same
from strategies import censuses

from audience import clickhouse, frames, sql

N_DAYS = (1, 7, 30)

DAILY = ("product", "day", "metric")
RETENTION = ("product", "cohort_day", "kind", "n_day")
OVERLAP = ("product_a", "product_b", "period_end")


def frame(panel: Panel) -> pl.DataFrame:
    return pl.DataFrame(panel.log, schema=["unit", "product", "day"], orient="row")


@contextmanager
def loaded(panel: Panel) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.register("log", frame(panel).to_arrow())
        sql.prepare(connection)
        yield connection


def rows(table: object) -> list[Row]:
    return pl.from_arrow(table).to_dicts()  # type: ignore[union-attr]


def is_empty(row: Row) -> bool:
    """Whether SQL has no row of the cell: it is immature, or of nobody."""
    return not row["mature"] or not row.get("cohort_n_raw", row.get("n_raw"))


def windows(expected: list[Row]) -> list[Row]:
    return [row for row in expected if row["metric"] in sql.WINDOWS]


# DuckDB plans the forty parts of its daily table anew for each example.
@settings(max_examples=6)
@given(censuses(max_units=8))
def test_days_are_those_of_sql(panel: Panel) -> None:
    expected = list(Oracle(panel).daily())
    with loaded(panel) as connection:
        assert_same(rows(sql.daily(connection)), expected, DAILY, is_empty)
        assert_same(rows(sql.expanded(connection)), windows(expected), DAILY, is_empty)


@settings(max_examples=25)
@given(censuses(max_units=10))
def test_cohorts_and_months_are_those_of_sql(panel: Panel) -> None:
    oracle = Oracle(panel)
    with loaded(panel) as connection:
        cohorts = rows(sql.retention(connection, N_DAYS))
        assert_same(cohorts, list(oracle.retention(N_DAYS)), RETENTION, is_empty)
        found = rows(sql.l28(connection))
        days = {row["day"] for row in found}
        histogram = [row for row in oracle.l28() if row["day"] in days]
        assert_same(found, histogram, ("product", "day", "days_active"), is_empty)
        assert_same(rows(sql.overlap(connection)), list(oracle.overlap()), OVERLAP, is_empty)
        flows = [
            row | {name: str(row[name]) for name in ("from_product", "to_product")}
            for row in oracle.migration()
        ]
        key = ("period", "from_product", "to_product")
        assert_same(rows(sql.migration(connection)), flows, key, is_empty)


@settings(max_examples=25)
@given(censuses())
def test_tables_are_those_of_polars(panel: Panel) -> None:
    oracle, log = Oracle(panel), frames.prepare(frame(panel).lazy())
    assert_same(frames.daily(log).to_dicts(), list(oracle.daily()), DAILY, is_empty)
    cohorts = frames.retention(log, N_DAYS).to_dicts()
    assert_same(cohorts, list(oracle.retention(N_DAYS)), RETENTION, is_empty)
    assert_same(frames.overlap(log).to_dicts(), list(oracle.overlap()), OVERLAP, is_empty)


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(panel=censuses())
def test_tables_are_those_of_clickhouse(panel: Panel, tmp_path: Path) -> None:
    session = pytest.importorskip("chdb.session", reason="chdb comes with howdah[bench]").Session()
    oracle = Oracle(panel)
    frame(panel).write_parquet(tmp_path / "log.parquet")
    try:
        clickhouse.prepare(session, tmp_path / "log.parquet")
        expected = windows(list(oracle.daily()))
        assert_same(rows(clickhouse.windows(session)), expected, DAILY, is_empty)
        cohorts = rows(clickhouse.retention(session, N_DAYS))
        assert_same(cohorts, list(oracle.retention(N_DAYS)), RETENTION, is_empty)
    finally:
        session.close()
