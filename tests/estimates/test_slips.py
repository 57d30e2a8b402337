"""Figures in another unit are named as that, wherever in their series they stand."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from howdah.estimates import estimate_levels, learn_models

Claims = Callable[..., pl.DataFrame]
Row = dict[str, Any]

MONTHS = [f"{2023 + n // 12}-{n % 12 + 1:02d}" for n in range(16)]
FEEDS = ("p", "q", "r")


def vendors(n: int, seed: int = 3) -> list[Row]:
    """Monthly figures of twelve products by so many vendors, who are a tenth apart."""
    rng = np.random.default_rng(seed)
    return [
        {
            "entity": f"e{k}",
            "period": month,
            "source": feed.upper(),
            "feed": feed,
            "value": float(1e6 * (k + 1) * np.exp(rng.normal(0, 0.05))),
        }
        for k in range(12)
        for month in MONTHS
        for feed in FEEDS[:n]
    ]


def with_slip(rows: list[Row], month: str, factor: float) -> list[Row]:
    """The same with one figure of the first vendor in another unit."""
    return [
        row | {"value": row["value"] * factor}
        if (row["entity"], row["period"], row["source"]) == ("e4", month, "P")
        else row
        for row in rows
    ]


@pytest.mark.parametrize("n", [2, 3])
@pytest.mark.parametrize("month", [MONTHS[0], MONTHS[7], MONTHS[-1]])
@pytest.mark.parametrize("factor", [1000.0, 0.0001, 100.0])
def test_a_slip_is_named_and_its_cell_is_not_contested(
    observed: Claims, n: int, month: str, factor: float
) -> None:
    rows = vendors(n)
    plain = observed(rows, p="panel", q="panel", r="panel")
    slipped = observed(with_slip(rows, month, factor), p="panel", q="panel", r="panel")
    found = estimate_levels(slipped, learn_models(slipped, {}, prob=0.9), as_of=dt.date(2025, 1, 1))
    assert set(found.estimates["status"]) == {"point"}
    assert found.suspects.select("entity", "reason").rows() == [("e4", "unit_slip")]
    assert found.suspects["factor"][0] == pytest.approx(factor)
    expected = estimate_levels(plain, learn_models(plain, {}, prob=0.9), as_of=dt.date(2025, 1, 1))
    assert found.estimates["value"].to_numpy() == pytest.approx(
        expected.estimates["value"].to_numpy(), rel=0.1
    )


def test_what_is_no_unit_is_an_outlier(observed: Claims) -> None:
    frame = observed(with_slip(vendors(2), MONTHS[7], 4.0), p="panel", q="panel")
    found = estimate_levels(frame, learn_models(frame, {}, prob=0.9), as_of=dt.date(2025, 1, 1))
    assert found.suspects.select("entity", "reason").rows() == [("e4", "outlier")]


def test_two_figures_alone_that_are_a_unit_apart_stay_contested(estimated: Claims) -> None:
    rows = [
        {"value": 100.0, "source": "A", "period": "2024-05"},
        {"value": 100_000.0, "source": "B", "period": "2024-05"},
    ]
    assert estimated(rows)["status"].to_list() == ["contested"]


def test_what_was_left_out_supports_nothing(observed: Claims) -> None:
    frame = observed(with_slip(vendors(3), MONTHS[-1], 1000.0), p="panel", q="panel", r="panel")
    found = estimate_levels(frame, learn_models(frame, {}, prob=0.9), as_of=dt.date(2025, 1, 1))
    (last,) = found.estimates.filter(pl.col("entity") == "e4").sort("valid_to").tail(1).to_dicts()
    assert (last["n_claims"], last["sources"]) == (2, ["Q", "R"])
    assert last["stated_high"] < 1e7
    (slip,) = found.suspects["claim_id"]
    assert slip not in last["claim_ids"]


def test_sources_that_are_known_to_be_apart_are_no_dispute(observed: Claims) -> None:
    rng = np.random.default_rng(11)
    true = {f"e{k:02d}": float(np.exp(rng.normal(13, 1))) for k in range(40)}
    rows = [
        {
            "entity": entity,
            "source": source,
            "feed": feed,
            "value": value * bias * float(np.exp(rng.normal(0, 0.03))),
        }
        for entity, value in true.items()
        for source, feed, bias in (("A", "p", 0.7), ("B", "q", 1.5))
    ]
    rows += [
        {"entity": entity, "value": true[entity], "feed": "truth", "source": "Audit"}
        for entity in list(true)[:25]
    ]
    frame = observed(rows, p="panel", q="panel")
    found = estimate_levels(frame, learn_models(frame, {}, prob=0.9), as_of=dt.date(2025, 1, 1))
    assert set(found.estimates["status"]) == {"point"}
    apart = found.estimates.filter(pl.col("entity").is_in(list(true)[25:]))
    expected = [true[entity] for entity in apart["entity"]]
    assert np.abs(np.log(apart["value"].to_numpy() / expected)).max() < 0.2
