"""Levels do not depend on what must not matter: order, names, scale, silence, who else is asked."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from howdah.core.wording import interval_of
from howdah.estimates import Models, estimate_levels, learn_models
from howdah.estimates.fusion import from_document, to_document

Claims = Callable[..., pl.DataFrame]
Row = dict[str, Any]

AS_OF = dt.date(2025, 1, 1)


def worded(comparator: str, value: float) -> Row:
    low, high = interval_of(comparator, value)  # type: ignore[arg-type]
    return {"low": low, "high": high, "value": value if low == high else None}


def random_market(seed: int) -> list[Row]:
    rng = random.Random(seed)
    rows: list[Row] = []
    for entity in "abcde":
        for month in range(1, 7):
            for source in rng.sample("ABCD", rng.randint(1, 4)):
                value = round(1000 * rng.lognormvariate(0, 0.4), 1)
                comparator = rng.choice(["eq", "eq", "eq", "about", "over", "under"])
                rows.append(
                    {"entity": entity, "period": f"2024-{month:02d}", "source": source}
                    | worded(comparator, value)
                )
    return rows


NUMBERS = ["value", "lower", "upper", "stated_low", "stated_high"]


def assert_alike(left: pl.DataFrame, right: pl.DataFrame, factor: float = 1.0) -> None:
    keys = ["entity", "valid_to", "status", "n_claims", "n_sources", "sources"]
    assert left.select(keys).equals(right.select(keys))
    for name in NUMBERS:
        expected = (left[name] * factor).to_list()
        found = right[name].to_list()
        assert [x is None for x in found] == [x is None for x in expected]
        assert [x for x in found if x is not None] == pytest.approx(
            [x for x in expected if x is not None], rel=1e-5
        )


@pytest.mark.parametrize("seed", range(5))
def test_order_of_rows_is_irrelevant(estimated: Claims, seed: int) -> None:
    rows = random_market(seed)
    expected = estimated(rows)
    assert {"point", "bound", "contested"} & set(expected["status"].to_list())
    random.Random(seed + 1).shuffle(rows)
    assert_alike(expected, estimated(rows))


@pytest.mark.parametrize("seed", range(3))
def test_names_of_sources_are_irrelevant(estimated: Claims, seed: int) -> None:
    rows = random_market(seed)
    renamed = [
        row | {"source": {"A": "Z", "B": "Y"}.get(row["source"], row["source"])} for row in rows
    ]
    left, right = estimated(rows).drop("sources"), estimated(renamed).drop("sources")
    assert_alike(
        left.with_columns(pl.lit("").alias("sources")),
        right.with_columns(pl.lit("").alias("sources")),
    )


@pytest.mark.parametrize("seed", range(3))
def test_scaling_all_values_scales_all_estimates(estimated: Claims, seed: int) -> None:
    rows = random_market(seed)
    scaled = [
        {
            k: v * 1e3 if k in {"value", "low", "high"} and v is not None else v
            for k, v in row.items()
        }
        for row in rows
    ]
    assert_alike(estimated(rows), estimated(scaled), factor=1e3)


def test_a_silent_source_changes_nothing(estimated: Claims) -> None:
    rows = random_market(7)
    silent = {"entity": "elsewhere", "value": 5.0, "source": "Z"}
    with_silent = estimated([*rows, silent]).filter(pl.col("entity") != "elsewhere")
    assert_alike(estimated(rows), with_silent)


@pytest.mark.parametrize("seed", range(4))
def test_with_houses_fixed_a_noisier_source_never_narrows(
    observed: Claims, seed: int, levels: Claims
) -> None:
    rng = random.Random(seed)
    # Close together, so that no disagreement is there to be explained.
    rows = [
        {"entity": e, "value": 1000 * rng.lognormvariate(0, 0.02), "source": s}
        for e in "abcdef"
        for s in rng.sample("ABC", rng.randint(1, 3))
    ]
    frame = observed(rows, news="panel")
    models = learn_models(frame, {}, prob=0.9)
    learned = models.by_metric["dau"]
    source = learned.coding.names.sources.index("panel\x1fA")
    widths = []
    for factor in (1.0, 4.0, 64.0):
        noise = learned.model.noise_var.copy()
        noise[source] *= factor
        noisier = replace(learned, model=learned.model._replace(noise_var=noise))
        found = levels(frame, replace(models, by_metric={"dau": noisier}))
        widths.append(np.log(found["upper"].to_numpy() / found["lower"].to_numpy()))
    assert (widths[1] >= widths[0] - 1e-9).all()
    assert (widths[2] >= widths[1] - 1e-9).all()
    assert (widths[2] > widths[0]).any()


@pytest.mark.parametrize("seed", range(3))
def test_a_cell_is_the_same_alone_and_among_others(estimated: Claims, seed: int) -> None:
    # The quick way for cells of one statement and the general one must not differ.
    rows = [row for row in random_market(seed) if row["source"] == "A"]
    doubled = [row for row in rows for _ in range(2)]
    left, right = estimated(rows), estimated(doubled)
    assert right["n_claims"].to_list() == [2] * left.height
    assert_alike(left, right.with_columns((pl.col("n_claims") // 2).alias("n_claims")))


def test_a_series_is_the_same_whatever_is_fused_beside_it(observed: Claims) -> None:
    rng = np.random.default_rng(2)
    months = [f"{2023 + n // 12}-{n % 12 + 1:02d}" for n in range(14)]
    days = [(dt.date(2023, 1, 1) + dt.timedelta(days=n)).isoformat() for n in range(90)]
    rows = [
        {"entity": entity, "period": period, "source": source, "value": value}
        for entity, periods in (("a", months), ("b", days), ("c", days[::7]))
        for source in "AB"
        for period, value in zip(
            periods, 1000 * np.exp(np.cumsum(rng.normal(0, 0.1, len(periods)))), strict=True
        )
    ]
    frame = observed(rows, news="panel")
    models = learn_models(frame, {}, prob=0.9)
    # As they are kept by a market, and read again.
    kept = {m: from_document(to_document(learned)) for m, learned in models.by_metric.items()}
    together = estimate_levels(frame, models, as_of=AS_OF).estimates
    for entity in "abc":
        own = frame.filter(pl.col("entity") == entity)
        expected = together.filter(pl.col("entity") == entity)
        for known in (models, replace(models, by_metric=kept)):
            alone = estimate_levels(own, known, as_of=AS_OF).estimates
            for name in ("value", "lower", "upper"):
                assert alone[name].to_list() == pytest.approx(expected[name].to_list(), rel=1e-9)


@pytest.mark.parametrize(
    "row",
    [
        {"metric": "retention_d30", "value": 100.0},
        {"metric": "retention_d30", "low": 90.0, "high": 100.0},
        {"metric": "retention_d30", "low": 0.0, "high": 100.0},
        {"metric": "rating", "value": 1210.0},
        {"metric": "rank", "value": 2.0},
        {"metric": "rank", "low": 1.0, "high": 2.0},
        {"metric": "profit", "value": -3.0},
        {"value": 0.0},
        {"low": 0.0, "high": 40.0},
    ],
)
def test_repeating_a_statement_changes_nothing_on_any_scale(estimated: Claims, row: Row) -> None:
    left, right = estimated([row]), estimated([row, row])
    assert_alike(left, right.with_columns(pl.lit(1, pl.Int64).alias("n_claims")))


def test_a_wider_probability_is_a_wider_interval(estimated: Claims) -> None:
    rows = [
        {"value": 100.0},
        {"value": 120.0, "source": "B"},
        worded("over", 90.0) | {"source": "C"},
    ]
    narrow, wide = (estimated(rows, prob=prob).row(0, named=True) for prob in (0.5, 0.95))
    assert wide["lower"] < narrow["lower"] < narrow["value"] < narrow["upper"] < wide["upper"]
    assert wide["value"] == pytest.approx(narrow["value"])


def test_estimates_are_in_order_of_their_cells(estimated: Claims) -> None:
    rows = random_market(3)
    random.Random(1).shuffle(rows)
    found = estimated(rows)
    keys = ["entity", "metric", "definition", "unit", "currency", "valid_from", "valid_to"]
    assert found.select(keys).equals(found.select(keys).sort(keys))
    assert found["as_of"].unique().to_list() == [dt.date(2025, 6, 30)]


def test_metrics_and_sources_that_were_not_learnt_have_the_prior(
    observed: Claims, levels: Claims
) -> None:
    frame = observed([{"value": 100.0}, {"value": 120.0, "source": "B"}], news="panel")
    known = learn_models(frame, {}, prob=0.9)
    expected = levels(frame, known)
    assert levels(frame, Models({}, {}, 0.9)).equals(expected)
    some = learn_models(frame.filter(pl.col("source") == "B"), {}, prob=0.9)
    for name in ("value", "lower", "upper"):
        # One series of two sources teaches next to nothing.
        found = levels(frame, some)[name].to_list()
        assert found == pytest.approx(expected[name].to_list(), rel=0.01)
