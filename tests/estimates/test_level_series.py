"""Levels of series: many periods, truth and segments without any, copies, the latest alone."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from howdah.core.estimate import ANCHORED, CALIBRATED, UNCALIBRATED
from howdah.estimates import estimate_levels, flag_suspects, learn_models

Claims = Callable[..., pl.DataFrame]
Row = dict[str, Any]

MONTHS = [f"{2023 + n // 12}-{n % 12 + 1:02d}" for n in range(20)]


def test_a_series_of_many_periods_is_followed_and_a_few_figures_are_not(estimated: Claims) -> None:
    values = [100.0] * 10 + [130.0] + [100.0] * 9
    rows = [
        {"value": value, "period": month, "feed": "p"}
        for value, month in zip(values, MONTHS, strict=True)
    ]
    followed = estimated(rows, p="panel").sort("valid_to")["value"].to_list()
    # A single month that stands out is half noise of the panel.
    assert 100.0 < followed[10] < 129.0
    assert followed[9] > 100.0
    few = estimated(rows[8:13], p="panel").sort("valid_to")["value"].to_list()
    assert few == pytest.approx(values[8:13], rel=1e-6)


def test_what_a_counter_says_of_each_period_is_kept(estimated: Claims) -> None:
    values = [round(1000 * 1.1**n + 50 * (n % 3)) for n in range(20)]
    rows = [
        {"value": float(value), "period": month, "feed": "c", "metric": "stars"}
        for value, month in zip(values, MONTHS, strict=True)
    ]
    found = estimated(rows, c="counter").sort("valid_to")
    assert found["value"].to_list() == pytest.approx(values, rel=1e-4)
    assert (found["upper"] / found["lower"]).max() < 1.06


def a_market_with_truth(n: int = 60, seed: int = 5) -> tuple[list[Row], dict[str, float]]:
    """A vendor that is 40 % too high, by 10 % more or less, and truth of half of the entities."""
    rng = np.random.default_rng(seed)
    true = {f"e{k:03d}": float(np.exp(rng.normal(12, 1))) for k in range(n)}
    rows: list[Row] = [
        {
            "entity": entity,
            "value": value * 1.4 * float(np.exp(rng.normal(0, 0.1))),
            "feed": "p",
            "source": "Vendor",
        }
        for entity, value in true.items()
    ]
    rows += [
        {"entity": entity, "value": true[entity], "feed": "truth", "source": "Audit"}
        for entity in list(true)[: n // 2]
    ]
    return rows, true


def test_an_anchor_is_kept_and_takes_the_bias_off_others(estimated: Claims) -> None:
    rows, true = a_market_with_truth()
    found = {row["entity"]: row for row in estimated(rows, p="panel").iter_rows(named=True)}
    for entity in list(true)[:30]:
        assert found[entity]["value"] == pytest.approx(true[entity], rel=0.01)
        assert found[entity]["calibration"] == ANCHORED
        assert (found[entity]["status"], found[entity]["n_claims"]) == ("point", 2)
    others = [found[entity] for entity in list(true)[30:]]
    off = np.array([np.log(row["value"] / true[row["entity"]]) for row in others])
    assert abs(off.mean()) < 0.08
    assert {row["calibration"] for row in others} == {CALIBRATED}
    inside = np.mean([row["lower"] < true[row["entity"]] < row["upper"] for row in others])
    # 30 binomial draws at .9, four standard deviations below it.
    assert inside > 0.68
    # Far narrower than a vendor of whom nothing is known.
    alone = estimated([row for row in rows if row["feed"] == "p"], p="panel")
    assert set(alone["calibration"].to_list()) == {UNCALIBRATED}
    width = np.median([row["upper"] / row["lower"] for row in others])
    assert width < 0.75 * (alone["upper"] / alone["lower"]).median()


def test_what_contradicts_an_anchor_is_wrong_not_contested(estimated: Claims) -> None:
    rows = [{"value": 100.0, "feed": "truth", "source": "Audit"}, {"value": 9e6, "source": "B"}]
    row = estimated(rows).row(0, named=True)
    assert (row["status"], row["n_claims"]) == ("point", 1)
    assert row["value"] == pytest.approx(100.0, rel=0.01)


def test_a_segment_without_truth_is_uncalibrated(observed: Claims, levels: Claims) -> None:
    rows, true = a_market_with_truth()
    segments = {entity: "known" if k < 45 else "unknown" for k, entity in enumerate(true)}
    frame = observed(rows, p="panel")
    models = learn_models(frame, segments, prob=0.9)
    found = levels(frame, models).with_columns(
        pl.col("entity").replace_strict(segments).alias("segment")
    )
    labels = found.group_by("segment").agg(pl.col("calibration").unique().sort())
    assert dict(labels.iter_rows()) == {
        "known": [ANCHORED, CALIBRATED],
        "unknown": [UNCALIBRATED],
    }


def test_a_claim_that_copies_is_named_and_adds_nothing(observed: Claims, levels: Claims) -> None:
    rng = np.random.default_rng(2)
    rows: list[Row] = []
    for k in range(80):
        value = float(np.exp(rng.normal(10, 1)))
        first = round(value * float(np.exp(rng.normal(0, 0.3))), 2)
        rows += [
            {"entity": f"e{k}", "value": first, "source": "A", "feed": "p"},
            {"entity": f"e{k}", "value": value, "source": "C", "feed": "p"},
            {"entity": f"e{k}", "value": value * float(np.exp(rng.normal(0, 0.2))),
             "source": "D", "feed": "p"},
        ]  # fmt: skip
        if k % 2:
            rows.append({"entity": f"e{k}", "value": first, "source": "B", "feed": "p"})
    frame = observed(rows, p="panel")
    found = estimate_levels(frame, learn_models(frame, {}, prob=0.9), as_of=dt.date(2025, 1, 1))
    copied = found.suspects.filter(pl.col("reason") == "copied")
    # Of two that say the same, the one that says less copies.
    claim_ids = frame.filter(pl.col("source") == "B")["claim_id"].sort().to_list()
    assert copied["claim_id"].to_list() == claim_ids
    once = observed([row for row in rows if row["source"] != "B"], p="panel")
    alone = levels(once, learn_models(frame, {}, prob=0.9))
    assert found.estimates["value"].to_list() == pytest.approx(alone["value"].to_list(), rel=0.02)


def test_only_the_latest_period_may_be_asked_for(observed: Claims) -> None:
    rows = [{"value": 100.0 + n, "period": month} for n, month in enumerate(MONTHS)]
    frame = observed([*rows, {"entity": "kimi", "value": 5.0}], news="panel")
    models = learn_models(frame, {}, prob=0.9)
    day = dt.date(2025, 1, 1)
    every = estimate_levels(frame, models, as_of=day).estimates
    latest = estimate_levels(frame, models, as_of=day, latest_only=True).estimates
    expected = every.filter(pl.col("valid_to") == pl.col("valid_to").max().over("entity"))
    assert latest.equals(expected)


def test_flags_do_not_depend_on_who_else_is_asked_about(claims_frame: Claims) -> None:
    rows = [{"period": f"2024-{m:02d}", "value": 100.0} for m in range(1, 10)]
    rows[4]["value"] = 5000.0
    frame = claims_frame(rows).with_columns(scale=pl.lit("log"), verdict=pl.lit(0, pl.Int8))
    assert flag_suspects(frame)["suspect"].sum() == 1
    assert flag_suspects(frame.head(0)).height == 0
