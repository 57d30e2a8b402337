"""The oracle against a second one: an analyst's SQL, on censuses."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import polars as pl
from hypothesis import given, settings
from oracle import Oracle, Panel, Row, assert_same
from strategies import censuses

from audience import sql


@contextmanager
def loaded(panel: Panel) -> Iterator[duckdb.DuckDBPyConnection]:
    log = pl.DataFrame(panel.log, schema=["unit", "product", "day"], orient="row")
    with duckdb.connect() as connection:
        connection.register("log", log.to_arrow())
        sql.prepare(connection)
        yield connection


def rows(table: object) -> list[Row]:
    return pl.from_arrow(table).to_dicts()  # type: ignore[union-attr]


def is_empty(row: Row) -> bool:
    """Whether SQL has no row of the cell: it is immature, or of nobody."""
    counted = row.get("cohort_n_raw", row.get("n_raw"))
    return not row["mature"] or not counted


@settings(max_examples=25)
@given(panel=censuses(max_units=8, max_days=100))
def test_days_and_cohorts_are_those_of_sql(panel: Panel) -> None:
    with loaded(panel) as connection:
        tables = {name: rows(make(connection)) for name, make in sql.TABLES.items()}
    oracle = Oracle(panel)
    expected = list(oracle.daily())
    assert_same(tables["daily"], expected, ("product", "day", "metric"), is_empty)
    windows = [row for row in expected if row["metric"] in sql.WINDOWS]
    assert_same(tables["expanded"], windows, ("product", "day", "metric"), is_empty)
    assert_same(
        tables["retention"],
        list(oracle.retention((1, 3, 7, 14, 30))),
        ("product", "cohort_day", "kind", "n_day"),
        is_empty,
    )


@settings(max_examples=25)
@given(panel=censuses(max_units=10, max_days=100))
def test_months_are_those_of_sql(panel: Panel) -> None:
    with loaded(panel) as connection:
        tables = {name: rows(make(connection)) for name, make in sql.TABLES.items()}
    oracle = Oracle(panel)
    days = {row["day"] for row in tables["l28"]}
    histogram = [row for row in oracle.l28() if row["day"] in days]
    assert_same(tables["l28"], histogram, ("product", "day", "days_active"), is_empty)
    assert_same(
        tables["overlap"],
        list(oracle.overlap()),
        ("product_a", "product_b", "period_end"),
        is_empty,
    )
    flows = [
        row | {"from_product": str(row["from_product"]), "to_product": str(row["to_product"])}
        for row in oracle.migration()
    ]
    key = ("period", "from_product", "to_product")
    assert_same(tables["migration"], flows, key, is_empty)
