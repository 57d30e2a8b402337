"""Codes of rows group and order as the rows themselves do."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from howdah.estimates import codes
from howdah.estimates.codes import distinct_pairs, row_codes, runs


def frame(n: int) -> pl.DataFrame:
    rng = np.random.default_rng(n)
    return pl.DataFrame(
        {
            "name": rng.choice(["b", "a", "", "中", None], n).tolist(),
            "day": [dt.date(2020, 1, 1) + dt.timedelta(days=int(d)) for d in rng.integers(0, 5, n)],
            "number": rng.integers(-3, 3, n),
        },
        schema_overrides={"name": pl.String},
    ).with_columns(pl.when(pl.col("number") > 0).then("day").alias("day"))


@pytest.mark.parametrize("largest", [np.iinfo(np.int64).max, 1_000])
def test_codes_are_equal_and_ordered_as_rows_are(
    largest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The second time there is no room, and codes are made dense on the way.
    monkeypatch.setattr(codes, "_LARGEST", largest)
    rows = frame(300)
    columns = ["name", "day", "number"]
    found = row_codes(rows, columns)
    order = np.argsort(found, kind="stable")
    assert rows[order].select(columns).equals(rows.select(columns).sort(columns, nulls_last=False))
    n_distinct = rows.select(columns).unique().height
    assert len(np.unique(found)) == n_distinct


def test_codes_of_no_rows_and_no_columns() -> None:
    assert row_codes(frame(0), ["name", "day"]).tolist() == []
    assert row_codes(frame(3), []).tolist() == [0, 0, 0]


@pytest.mark.parametrize("value", ["a", None])
def test_a_column_that_says_one_thing_tells_no_rows_apart(value: str | None) -> None:
    rows = frame(50).with_columns(same=pl.lit(value, pl.String))
    assert row_codes(rows, ["same"]).tolist() == [0] * 50
    assert row_codes(rows, ["same", "name"]).tolist() == row_codes(rows, ["name"]).tolist()


def test_distinct_pairs_are_those_of_a_set() -> None:
    rng = np.random.default_rng(1)
    first, second = rng.integers(0, 9, 400), rng.integers(-20_000, 20_000, 400) // 4_000
    found = distinct_pairs(first, second)
    expected = sorted(set(zip(first.tolist(), second.tolist(), strict=True)))
    assert list(zip(*(part.tolist() for part in found), strict=True)) == expected
    nothing = np.zeros(0, np.int64)
    assert [part.tolist() for part in distinct_pairs(nothing, nothing)] == [[], []]


def test_runs_cover_all_rows() -> None:
    starts, sizes = runs(np.array([4, 4, 4, 1, 4]))
    assert starts.tolist() == [0, 3, 4]
    assert sizes.tolist() == [3, 1, 1]
    assert [part.tolist() for part in runs(np.zeros(0, np.int64))] == [[], []]
