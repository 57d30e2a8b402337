"""Estimates go to records, rows and the table's schema without losing a field."""

from collections.abc import Callable

import polars as pl
import pyarrow as pa

from howdah.core.metrics import builtin_metrics
from howdah.estimates import ESTIMATE_SCHEMA, to_records, to_rows

Claims = Callable[..., pl.DataFrame]


def test_records_carry_what_the_frame_says(estimated: Claims) -> None:
    frame = estimated(
        [
            {"value": 5.0, "definition": "d"},
            {"low": 3.0, "high": None, "period": "2024-10", "object": "X"},
        ]
    )
    point, bound = to_records(frame.sort("valid_to"), builtin_metrics())
    assert (point.status, point.value, point.definition) == ("point", frame["value"].max(), "d")
    assert point.period.label == "2024-09"
    assert (bound.status, bound.value, bound.lower, bound.upper) == ("bound", None, 3.0, None)
    assert bound.note == "other party: X"
    assert point.claim_ids == ("c0000",)


def test_counts_are_whole_and_tallies_open(estimated: Claims) -> None:
    frame = estimated(
        [
            {"metric": "staff_cut", "low": 18.0, "high": 22.0},
            {"metric": "rounds", "value": 2.0},
            {"metric": "dau", "value": 5.0},
        ]
    )
    found = {e.metric: e for e in to_records(frame, builtin_metrics())}
    cut = found["staff_cut"]
    model = frame.row(by_predicate=pl.col("metric") == "staff_cut", named=True)
    assert None not in (cut.value, cut.lower, cut.upper)
    assert all(float(end).is_integer() for end in (cut.value, cut.lower, cut.upper))
    assert cut.lower <= model["lower"] < model["upper"] <= cut.upper
    assert model["lower"] - cut.lower < 1
    rounds = found["rounds"]
    assert (rounds.value, rounds.lower, rounds.upper) == (2.0, 2.0, None)
    assert found["dau"].lower == frame.filter(pl.col("metric") == "dau")["lower"].item()


def test_rows_fit_the_schema_and_ids_are_distinct(estimated: Claims) -> None:
    frame = estimated([{"value": 5.0, "object": party} for party in ("", "X", "Y")])
    rows = to_rows(to_records(frame, builtin_metrics()))
    table = pa.Table.from_pylist(rows, schema=ESTIMATE_SCHEMA)
    assert len(set(table["estimate_id"].to_pylist())) == 3
    assert set(rows[0]) == set(ESTIMATE_SCHEMA.names) - {"inputs", "recorded_at"}
    assert table["n_claims"].to_pylist() == [1, 1, 1]
