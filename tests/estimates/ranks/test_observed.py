"""Observations of ranks and levels become level claims, a law a list and definition."""

import datetime as dt

import numpy as np
import polars as pl

from howdah.core.metrics import builtin_metrics
from howdah.estimates.ranks import OBSERVED_SCHEMA, levels_from_observations

START, END = dt.date(2025, 3, 1), dt.date(2025, 3, 31)


def observations(
    *, metric: str = "rank_mau", nature: str = "list", n_known: int = 20
) -> pl.DataFrame:
    rng = np.random.default_rng(0)
    ranks = np.arange(1, 61)
    levels = np.exp(16.0 - np.log(ranks) + 0.1 * rng.normal(size=60))
    known = rng.choice(60, n_known, replace=False)
    rows = [(metric, "top", "A", nature, "rank", f"e{i}", float(i)) for i in ranks]
    rows += [
        ("mau_month", "panel", "B", "panel", "person", f"e{i + 1}", float(levels[i])) for i in known
    ]
    columns = ("metric", "definition", "source", "nature", "unit", "entity", "value_low")
    return pl.DataFrame(rows, schema=columns, orient="row").with_columns(
        pl.col("value_low").alias("value_high"),
        pl.lit("").alias("currency"),
        pl.lit("month").alias("precision"),
        pl.lit(START).alias("valid_from"),
        pl.lit(END).alias("valid_to"),
    )


def test_ranks_by_a_metric_give_its_levels() -> None:
    claims, refused = levels_from_observations(observations(), builtin_metrics())
    assert refused.is_empty()
    assert claims.columns == list(OBSERVED_SCHEMA)
    assert claims.height == 60
    row = claims.row(0, named=True)
    assert (row["metric"], row["definition"], row["unit"]) == ("mau_month", "panel", "person")
    assert (row["source"], row["valid_from"], row["period"]) == ("A", START, END)
    assert row["lower"] < np.exp(16.0) < row["upper"]


def test_a_chart_that_ranks_by_no_level_is_refused() -> None:
    claims, refused = levels_from_observations(observations(metric="rank"), builtin_metrics())
    assert claims.is_empty()
    assert refused["reason"].to_list() == ["the metric rank names no level it ranks by"]


def test_ranks_without_known_levels_are_refused() -> None:
    rows = observations().filter(pl.col("metric") == "rank_mau")
    claims, refused = levels_from_observations(rows, builtin_metrics())
    assert claims.is_empty()
    assert refused["reason"].to_list() == ["no level of mau_month is known"]


def test_definitions_of_levels_do_not_mix() -> None:
    rows = observations().with_columns(
        pl.when((pl.col("metric") == "mau_month") & (pl.int_range(pl.len()) % 2 == 0))
        .then(pl.lit("own"))
        .otherwise("definition")
        .alias("definition")
    )
    claims, _ = levels_from_observations(rows, builtin_metrics())
    assert claims.group_by("definition").len().sort("definition").rows() == [
        ("own", 60), ("panel", 60)
    ]  # fmt: skip


def test_who_is_not_named_in_a_statement_is_not_below_it() -> None:
    february = {"valid_from": dt.date(2025, 2, 1), "valid_to": dt.date(2025, 2, 28)}
    for nature, n_bounds in (("list", 1), ("statement", 0)):
        rows = observations(nature=nature)
        # The sixtieth of March is in no list of February.
        before = rows.filter(pl.col("entity") != "e60").with_columns(
            pl.lit(day).alias(name) for name, day in february.items()
        )
        claims, _ = levels_from_observations(pl.concat([before, rows]), builtin_metrics())
        assert claims["value_high"].drop_nulls().len() == n_bounds


def test_suspects_and_other_kinds_of_period_take_no_part() -> None:
    rows = observations().with_columns(pl.lit(value=False).alias("suspect"))
    is_level = pl.col("metric") == "mau_month"
    for spoilt in (
        rows.with_columns(pl.when(is_level).then(True).otherwise("suspect").alias("suspect")),
        rows.with_columns(
            pl.when(is_level).then(pl.lit("quarter")).otherwise("precision").alias("precision")
        ),
    ):
        claims, refused = levels_from_observations(spoilt, builtin_metrics())
        assert claims.is_empty()
        assert refused["reason"].to_list() == ["no level of mau_month is known"]
