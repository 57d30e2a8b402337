"""Levels of cells: points, bounds, contested; what is never mixed and never counted."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import stats

from howdah.core.estimate import ANCHORED, CALIBRATED, UNCALIBRATED
from howdah.core.wording import interval_of
from howdah.estimates import IMMATURE, Models, estimate_levels, flag_suspects, learn_models
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


def levels(frame: pl.DataFrame, models: Models | None = None) -> pl.DataFrame:
    models = models or learn_models(frame, {}, prob=0.9)
    return estimate_levels(frame, models, as_of=dt.date(2025, 1, 1)).estimates


def test_suspects_stay_out(observed: Claims) -> None:
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
def test_with_houses_fixed_a_noisier_source_never_narrows(observed: Claims, seed: int) -> None:
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
    narrow, wide = one(estimated(rows, prob=0.5)), one(estimated(rows, prob=0.95))
    assert wide["lower"] < narrow["lower"] < narrow["value"] < narrow["upper"] < wide["upper"]
    assert wide["value"] == pytest.approx(narrow["value"])


def test_estimates_are_in_order_of_their_cells(estimated: Claims) -> None:
    rows = random_market(3)
    random.Random(1).shuffle(rows)
    found = estimated(rows)
    keys = ["entity", "metric", "definition", "unit", "currency", "valid_from", "valid_to"]
    assert found.select(keys).equals(found.select(keys).sort(keys))
    assert found["as_of"].unique().to_list() == [dt.date(2025, 6, 30)]


def test_metrics_and_sources_that_were_not_learnt_have_the_prior(observed: Claims) -> None:
    frame = observed([{"value": 100.0}, {"value": 120.0, "source": "B"}], news="panel")
    known = learn_models(frame, {}, prob=0.9)
    expected = levels(frame, known)
    assert levels(frame, Models({}, {}, 0.9)).equals(expected)
    some = learn_models(frame.filter(pl.col("source") == "B"), {}, prob=0.9)
    for name in ("value", "lower", "upper"):
        # One series of two sources teaches next to nothing.
        found = levels(frame, some)[name].to_list()
        assert found == pytest.approx(expected[name].to_list(), rel=0.01)


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
    row = one(estimated(rows))
    assert (row["status"], row["n_claims"]) == ("point", 2)
    assert row["value"] == pytest.approx(100.0, rel=0.01)


def test_a_segment_without_truth_is_uncalibrated(observed: Claims) -> None:
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


def test_a_claim_that_copies_is_named_and_adds_nothing(observed: Claims) -> None:
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
