"""Levels of cells: points, bounds, contested; what is never mixed and never counted."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from howdah.core.wording import interval_of
from howdah.estimates import IMMATURE, learn_models
from howdah.estimates.natures import COMMON_SHARE, SPREADS

Claims = Callable[..., pl.DataFrame]
Row = dict[str, Any]

Z = float(stats.norm.ppf(0.95))


def one(frame: pl.DataFrame) -> Row:
    (row,) = frame.iter_rows(named=True)
    return row


def worded(comparator: str, value: float) -> Row:
    low, high = interval_of(comparator, value)  # type: ignore[arg-type]
    return {"low": low, "high": high, "value": value if low == high else None}


@pytest.mark.parametrize("nature", sorted(SPREADS))
def test_one_exact_statement(estimated: Claims, nature: str) -> None:
    row = one(estimated([{"value": 7.6e6, "feed": "f"}], f=nature))
    # The shared and the own part of the house effect add up to the prior's.
    sd = np.hypot(*SPREADS[nature])
    assert row["value"] == pytest.approx(7.6e6)
    assert row["lower"] == pytest.approx(7.6e6 * np.exp(-Z * sd), rel=1e-5)
    assert row["upper"] == pytest.approx(7.6e6 * np.exp(Z * sd), rel=1e-5)
    assert (row["status"], row["n_claims"], row["n_sources"]) == ("point", 1, 1)
    assert (row["sources"], row["claim_ids"]) == (["A"], ["c0000"])
    assert (row["stated_low"], row["stated_high"]) == (7.6e6, 7.6e6)


@pytest.mark.parametrize("comparator", ["about", "nearly"])
def test_about_and_nearly_are_intervals(estimated: Claims, comparator: str) -> None:
    row = one(estimated([worded(comparator, 100.0)]))
    low, high = interval_of(comparator, 100.0)  # type: ignore[arg-type]
    assert low is not None
    assert high is not None
    assert row["status"] == "point"
    assert row["value"] == pytest.approx(np.sqrt(low * high))
    assert row["lower"] < low < high < row["upper"]
    exact = one(estimated([{"value": row["value"]}]))
    assert row["upper"] > exact["upper"]


@pytest.mark.parametrize("comparator", ["over", "at_least", "under", "at_most"])
def test_one_bound_stays_a_bound(estimated: Claims, comparator: str) -> None:
    row = one(estimated([worded(comparator, 180_000.0)]))
    low, high = interval_of(comparator, 180_000.0)  # type: ignore[arg-type]
    assert row["status"] == "bound"
    assert row["value"] is None
    assert (row["lower"], row["upper"]) == (low, high)
    assert (row["stated_low"], row["stated_high"]) == (low, high)


def test_several_bounds_give_what_all_allow(estimated: Claims) -> None:
    rows = [worded("over", 100.0), worded("over", 150.0) | {"source": "B"}]
    row = one(estimated(rows))
    assert (row["status"], row["lower"], row["upper"]) == ("bound", 150.0, None)
    row = one(estimated([*rows, worded("under", 400.0) | {"source": "C"}]))
    assert (row["status"], row["value"], row["lower"], row["upper"]) == (
        "bound",
        None,
        150.0,
        400.0,
    )
    assert (row["stated_low"], row["stated_high"]) == (None, None)


def test_bounds_that_exclude_each_other_are_contested(estimated: Claims) -> None:
    row = one(estimated([worded("over", 150.0), worded("under", 140.0) | {"source": "B"}]))
    assert row["status"] == "contested"
    assert (row["value"], row["lower"], row["upper"]) == (None, None, None)


def test_a_bound_that_the_point_meets_changes_little(estimated: Claims) -> None:
    alone = one(estimated([{"value": 1000.0}]))
    row = one(estimated([{"value": 1000.0}, worded("over", 100.0) | {"source": "B"}]))
    assert row["status"] == "point"
    assert row["value"] == pytest.approx(alone["value"], rel=1e-3)
    assert row["lower"] == pytest.approx(alone["lower"], rel=2e-2)


def test_a_bound_pulls_at_a_point_that_it_misses(estimated: Claims) -> None:
    alone = one(estimated([{"value": 1000.0}]))
    row = one(estimated([{"value": 1000.0}, worded("over", 1300.0) | {"source": "B"}]))
    assert row["status"] == "point"
    assert alone["value"] < row["value"]
    assert alone["lower"] < row["lower"]
    below = one(estimated([{"value": 1000.0}, worded("under", 800.0) | {"source": "B"}]))
    assert below["value"] < alone["value"]


def test_a_repeated_bound_of_one_source_pulls_once(estimated: Claims) -> None:
    bound = worded("over", 1300.0) | {"source": "B"}
    once = one(estimated([{"value": 1000.0}, bound]))
    weaker = worded("over", 900.0) | {"source": "B"}
    twice = one(estimated([{"value": 1000.0}, bound, bound, weaker]))
    assert twice["value"] == pytest.approx(once["value"])


@pytest.mark.parametrize(
    ("left", "right", "status"),
    [
        (worded("eq", 100.0), worded("eq", 130.0), "point"),
        (worded("eq", 100.0), worded("eq", 400.0), "contested"),
        (worded("about", 100.0), worded("about", 330.0), "contested"),
        (worded("eq", 100.0), worded("over", 400.0), "contested"),
        (worded("eq", 400.0), worded("under", 100.0), "contested"),
        (worded("eq", 0.0), worded("eq", 20.0), "contested"),
        (worded("eq", 0.0), worded("about", 20.0), "contested"),
        (worded("eq", 0.0), worded("over", 20.0), "contested"),
        (worded("eq", 0.0), worded("under", 20.0), "point"),
        (worded("eq", 0.0), worded("eq", 0.0), "point"),
        ({"low": 50.0, "high": 500.0}, {"low": 300.0, "high": 3000.0}, "point"),
    ],
)
def test_contested(estimated: Claims, left: Row, right: Row, status: str) -> None:
    for rows in ([left, right | {"source": "B"}], [right, left | {"source": "B"}]):
        row = one(estimated(rows))
        assert row["status"] == status
        if status == "contested":
            assert row["value"] is None
            assert (row["lower"], row["upper"]) == (row["stated_low"], row["stated_high"])


def test_a_contested_open_end_stays_open(estimated: Claims) -> None:
    row = one(estimated([worded("eq", 100.0), worded("over", 400.0) | {"source": "B"}]))
    assert (row["lower"], row["upper"]) == (100.0, None)


def test_one_source_that_contradicts_itself_is_contested_sooner(estimated: Claims) -> None:
    rows = [{"value": 100.0}, {"value": 180.0}]
    assert one(estimated(rows))["status"] == "contested"
    assert one(estimated([rows[0], rows[1] | {"source": "B"}]))["status"] == "point"


def test_zeros_are_kept_as_stated(estimated: Claims) -> None:
    row = one(estimated([{"value": 0.0}]))
    assert (row["value"], row["lower"], row["upper"], row["status"]) == (0.0, 0.0, 0.0, "point")
    row = one(estimated([{"value": 0.0}, worded("under", 20.0) | {"source": "B"}]))
    assert row["value"] == 0.0


def test_what_the_log_scale_cannot_hold_is_a_bound(estimated: Claims) -> None:
    row = one(estimated([{"metric": "profit", "value": -5e8}]))
    assert (row["status"], row["value"]) == ("bound", None)
    assert (row["lower"], row["upper"]) == (-5e8, -5e8)


@pytest.mark.parametrize(("edge", "inside"), [(0.0, 0.2), (100.0, 99.8)])
def test_shares_at_the_edge_reach_it_and_are_not_certain(
    estimated: Claims, edge: float, inside: float
) -> None:
    row = one(estimated([{"metric": "retention_d30", "value": edge}]))
    assert row["value"] == edge
    assert edge in {row["lower"], row["upper"]}
    other = row["upper"] if edge == 0 else row["lower"]
    assert 0.05 < abs(other - edge) < 1
    beside = one(
        estimated(
            [
                {"metric": "retention_d30", "value": edge},
                {"metric": "retention_d30", "value": inside, "source": "B"},
            ]
        )
    )
    assert beside["value"] != edge
    assert min(edge, inside) < beside["value"] < max(edge, inside)


def test_shares_stay_within_a_hundred_percent(estimated: Claims) -> None:
    row = one(estimated([{"metric": "retention_d30", "value": 96.0}], news="panel"))
    assert row["lower"] < 96.0 < row["upper"] < 100.0


def test_a_rank_is_what_the_list_says(estimated: Claims) -> None:
    row = one(estimated([{"metric": "rank", "value": 3.0}], news="list"))
    assert row["value"] == 3.0
    assert row["upper"] - row["lower"] < 1e-6
    row = one(estimated([{"metric": "rank", "low": 1.0, "high": 3.0}]))
    assert (row["status"], row["value"], row["lower"], row["upper"]) == ("bound", None, 1.0, 3.0)
    two = one(
        estimated(
            [{"metric": "rank", "value": 3.0}, {"metric": "rank", "value": 4.0, "source": "B"}]
        )
    )
    assert two["status"] == "contested"


@pytest.mark.parametrize(
    "modality", ["planned", "rumoured", "denied", "negated", "hypothetical", "speculated"]
)
def test_what_did_not_happen_never_counts(estimated: Claims, modality: str) -> None:
    assert estimated([{"value": 9e9, "modality": modality}]).height == 0
    row = one(estimated([{"value": 100.0}, {"value": 9e9, "modality": modality, "source": "B"}]))
    assert row["value"] == pytest.approx(100.0)
    assert row["n_claims"] == 1


@pytest.mark.parametrize("sensitivity", ["rumour", "leak"])
def test_rumours_and_leaks_never_count(estimated: Claims, sensitivity: str) -> None:
    rows = [{"value": 100.0}, {"value": 9e9, "sensitivity": sensitivity, "source": "B"}]
    assert one(estimated(rows))["n_claims"] == 1


@pytest.mark.parametrize(
    "key", ["entity", "metric", "definition", "unit", "currency", "period", "object"]
)
def test_different_quantities_are_never_mixed(estimated: Claims, key: str) -> None:
    other = {"metric": "wau", "period": "2024-Q3"}.get(key, "other")
    rows = [{"value": 100.0}, {"value": 120.0, "source": "B", key: other}]
    found = estimated(rows)
    assert sorted(found["value"].to_list()) == pytest.approx([100.0, 120.0])
    assert found["n_claims"].to_list() == [1, 1]
    if key == "object":
        assert set(found["note"].to_list()) == {"", "other party: other"}


def test_suspects_stay_out(observed: Claims, levels: Claims) -> None:
    frame = observed([{"value": 100.0}, {"value": 9e9, "source": "B"}])
    frame = frame.with_columns(pl.col("source").eq("B").alias("suspect"))
    assert one(levels(frame))["value"] == pytest.approx(100.0)
    none = frame.with_columns(pl.lit(value=True).alias("suspect"))
    assert levels(none, learn_models(frame, {}, prob=0.9)).height == 0


def test_an_unfinished_period_is_marked_and_gives_way(estimated: Claims) -> None:
    early = {"value": 20.0, "published_at": dt.datetime(2024, 9, 10, tzinfo=dt.UTC)}
    row = one(estimated([early]))
    assert row["note"] == IMMATURE
    both = one(estimated([early, early | {"source": "B"}]))
    assert (both["note"], both["n_claims"]) == (IMMATURE, 2)
    row = one(estimated([early, {"value": 90.0, "source": "B"}, early | {"source": "C"}]))
    assert row["note"] == ""
    assert (row["value"], row["n_claims"]) == (pytest.approx(90.0), 1)


def test_a_statement_that_is_repeated_is_one_statement(estimated: Claims) -> None:
    once = one(estimated([{"value": 100.0}, {"value": 130.0, "source": "B"}]))
    often = one(estimated([{"value": 100.0}] * 5 + [{"value": 130.0, "source": "B"}]))
    assert often["value"] == pytest.approx(once["value"])
    assert often["upper"] == pytest.approx(once["upper"])
    assert often["n_claims"] == 6
    assert often["n_sources"] == 2


def test_agreement_narrows_no_further_than_what_sources_share(estimated: Claims) -> None:
    def width(n: int) -> float:
        rows = [{"value": 100.0, "source": f"s{k:03d}"} for k in range(n)]
        row = one(estimated(rows, news="panel"))
        return float(np.log(row["upper"] / row["lower"]) / (2 * Z))

    shared = COMMON_SHARE * SPREADS["panel"].house
    assert width(1) > width(2) > width(5) > width(60) > shared
    assert width(60) == pytest.approx(shared, rel=0.05)


def test_families_that_agree_narrow_more_than_one_family(estimated: Claims) -> None:
    alike = [{"value": 100.0, "feed": "p", "source": s} for s in "AB"]
    mixed = [alike[0], {"value": 100.0, "feed": "q", "source": "B"}]
    same = one(estimated(alike, p="panel"))
    apart = one(estimated(mixed, p="panel", q="statement"))
    assert apart["upper"] < same["upper"]
