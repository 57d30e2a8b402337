"""Report cards of sources on a small market where every number is known."""

import datetime as dt
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from howdah.core.metrics import builtin_metrics
from howdah.estimates import (
    CARD_COLUMNS,
    CELL,
    FeedTraits,
    estimate_levels,
    flag_suspects,
    learn_models,
    observe,
    source_cards,
)
from howdah.estimates.comparisons import with_groups
from howdah.estimates.fusion import SIZES

Claims = Callable[..., pl.DataFrame]
Row = dict[str, Any]

AS_OF = dt.date(2025, 1, 1)

NO_SUSPECTS = pl.DataFrame(schema={"claim_id": pl.String, "reason": pl.String})


def day(year: int, month: int, number: int) -> dt.datetime:
    return dt.datetime(year, month, number, tzinfo=dt.UTC)


def cards(observed: Claims, rows: list[Row], earlier: list[Row] | None = None) -> dict[str, Row]:
    frame = observed(rows, panels="panel")
    prints = observed([*(earlier or []), *rows], panels="panel")
    models = learn_models(frame, {}, prob=0.9)
    several = frame.filter(pl.col("source").n_unique().over(CELL) > 1)
    left_out = [
        estimate_levels(
            several.filter(pl.col("source") != source), models, as_of=AS_OF
        ).estimates.with_columns(pl.lit(source).alias("left_out"))
        for source in sorted(set(several["source"].to_list()))
    ]
    empty = estimate_levels(frame.head(0), models, as_of=AS_OF).estimates
    held_out = pl.concat([empty.with_columns(pl.lit("").alias("left_out")), *left_out])
    suspects = estimate_levels(frame, models, as_of=AS_OF, latest_only=True).suspects
    table = source_cards(frame, models, held_out, prints, suspects)
    assert tuple(table.columns) == CARD_COLUMNS
    return {row["source"]: row for row in table.iter_rows(named=True) if row["group"] == "all"}


def two_panels(factor: float) -> list[Row]:
    return [
        {
            "entity": f"e{n}",
            "value": 1000.0 * (n + 1) * (factor if source == "A" else 1.0),
            "source": source,
            "feed": "panels",
            "published_at": day(2024, 10, 5 if source == "A" else 20),
        }
        for n in range(20)
        for source in "AB"
    ]


def test_bias_lag_and_counts(observed: Claims) -> None:
    found = cards(observed, two_panels(1.25))
    assert found["A"]["bias"] == pytest.approx(1.25)
    assert found["B"]["bias"] == pytest.approx(0.8)
    assert (found["A"]["lag_days"], found["B"]["lag_days"]) == (5, 20)
    for row in found.values():
        assert (row["n_claims"], row["n_entities"], row["n_overlap"]) == (20, 20, 20)
        assert (row["n_revised"], row["revision_size"], row["n_suspect"]) == (0, None, 0)
        assert row["nature"] == "panel"
        assert row["calibration"] == "uncalibrated here"


def test_coverage_is_the_share_inside_what_others_say(observed: Claims) -> None:
    rows = two_panels(1.0)
    assert cards(observed, rows)["A"]["coverage"] == 1.0
    # A quarter of A's figures are tenfold: far outside what B says, and B outside what A says.
    for row in rows[:10]:
        row["value"] *= 10.0 if row["source"] == "A" else 1.0
    found = cards(observed, rows)
    assert found["A"]["coverage"] == pytest.approx(0.75)
    assert found["B"]["coverage"] == pytest.approx(0.75)
    assert found["A"]["n_coverage"] == 20


def test_coverage_compares_periods_of_one_length(observed: Claims) -> None:
    rows = [
        {"value": 100.0, "source": "A", "feed": "panels", "period": "2024-Q3"},
        {"value": 100.0, "source": "B", "feed": "panels", "period": "2024-Q3"},
        {"value": 9e9, "source": "A", "feed": "panels", "period": "2024-09"},
    ]
    assert cards(observed, rows)["A"]["n_coverage"] == 1


def test_a_source_without_others_has_no_bias_and_no_coverage(observed: Claims) -> None:
    (row,) = cards(observed, [{"value": 5.0}]).values()
    for name in ("bias", "bias_lower", "noise_sd", "shared_sd", "coverage"):
        assert row[name] is None
    assert (row["n_overlap"], row["n_coverage"]) == (0, 0)


def test_revisions(observed: Claims) -> None:
    rows = two_panels(1.0)
    earlier = [
        row
        | {
            "value": row["value"] * (0.8 if row["entity"] in {"e0", "e1"} else 1.0),
            "published_at": day(2024, 10, 2),
        }
        for row in rows
        if row["source"] == "A" and row["entity"] in {"e0", "e1", "e2"}
    ]
    found = cards(observed, rows, earlier)
    # Restated by 25 %, by 25 % and not at all.
    assert (found["A"]["n_revised"], found["B"]["n_revised"]) == (3, 0)
    assert found["A"]["revision_size"] == pytest.approx(0.25)
    assert found["B"]["revision_size"] is None


def test_suspects_are_counted(observed: Claims) -> None:
    rows = [{"value": 100.0, "period": f"2024-{m:02d}"} for m in range(1, 10)]
    rows[4]["value"] = 9e5
    assert cards(observed, rows)["A"]["n_suspect"] == 1


def test_the_bias_of_a_share_is_a_difference_of_logits(observed: Claims) -> None:
    rows = [
        {"metric": "retention_d30", "value": v, "source": s} for s, v in (("A", 20.0), ("B", 50.0))
    ]
    found = cards(observed, rows)
    assert found["A"]["bias"] == pytest.approx(-math.log(4))
    assert found["A"]["scale"] == "logit"
    # One series has no spread.
    assert found["A"]["bias_lower"] is None


def a_market_with_truth() -> list[Row]:
    rng = np.random.default_rng(1)
    rows: list[Row] = []
    for n in range(60):
        for month in ("2024-07", "2024-08", "2024-09"):
            true = 1000.0 * (n + 1)
            rows += [
                {"entity": f"e{n:02}", "period": month, "source": source, "feed": "panels",
                 "value": true * factor * float(np.exp(rng.normal(0, 0.1)))}
                for source, factor in (("A", 1.5), ("B", 1.0))
            ]  # fmt: skip
            if n % 2:
                rows.append(
                    {"entity": f"e{n:02}", "period": month, "source": "Audit", "feed": "truth",
                     "value": true}
                )  # fmt: skip
    return rows


def test_with_truth_the_bias_is_against_it(observed: Claims) -> None:
    found = cards(observed, a_market_with_truth())
    for source, factor in (("A", 1.5), ("B", 1.0)):
        row = found[source]
        assert row["against"] == "truth"
        assert row["n_overlap"] == 30
        assert row["bias"] == pytest.approx(factor, rel=0.05)
        assert row["bias_lower"] < row["bias"] < row["bias_upper"]
        assert row["noise_lower"] < 0.1 < row["noise_upper"]
        assert row["shared_sd"] is not None
        assert row["calibration"] == "tested on truth"
        assert row["coverage_lower"] < row["coverage"] < row["coverage_upper"]
        # What is known is inside the interval that is given without it.
        assert row["n_coverage"] > 60
        assert row["coverage"] > 0.75
    assert found["Audit"]["against"] == "anchor"


def test_cards_are_split_by_segment_and_by_size(observed: Claims) -> None:
    frame = observed(a_market_with_truth(), panels="panel")
    segments = {f"e{n:02}": "first" if n < 20 else "second" for n in range(50)}
    models = learn_models(frame, segments, prob=0.9)
    none = estimate_levels(frame.head(0), models, as_of=AS_OF).estimates.with_columns(
        pl.lit("").alias("left_out")
    )
    table = source_cards(frame, models, none, frame, NO_SUSPECTS).filter(pl.col("source") == "A")
    groups = {(row["group"], row["name"]): row for row in table.iter_rows(named=True)}
    assert set(groups) == {
        ("all", ""), ("segment", "first"), ("segment", "second"),
        ("size", "small"), ("size", "middle"), ("size", "large"),
    }  # fmt: skip
    assert groups["segment", "first"]["n_entities"] == 20
    assert groups["segment", "second"]["n_entities"] == 30
    assert [groups["size", s]["n_entities"] for s in ("small", "middle", "large")] == [20] * 3
    for row in groups.values():
        assert row["bias"] == pytest.approx(1.5, rel=0.1)


def test_entities_of_one_size_are_told_apart_by_their_names() -> None:
    # Of equals some are in one class and some in another: the same ones in every run.
    names = [f"app {n:03}" for n in range(300)]
    rows = pl.DataFrame({"metric": "dau", "entity": names[::-1], "value_low": 5.0})
    found = with_groups(rows, {}).sort("entity")["size"].to_list()
    assert found == [size for size in SIZES for _ in range(100)]


def test_a_copy_is_named(observed: Claims) -> None:
    rng = np.random.default_rng(3)
    rows: list[Row] = []
    for n in range(80):
        value = float(np.exp(rng.normal(10, 1)))
        factors = {source: float(np.exp(rng.normal(0, 0.3))) for source in "ACD"}
        if n % 2:
            factors["B"] = factors["A"]
        rows += [
            {"entity": f"e{n}", "source": source, "feed": "panels", "value": value * factor}
            for source, factor in factors.items()
        ]
    found = cards(observed, rows)
    assert {source: row["copies"] for source, row in found.items()} == dict.fromkeys("ACD", "") | {
        "B": "A"
    }
    # Said with its share, and not held against it as an error.
    assert found["B"]["copied_share"] == pytest.approx(1.0, abs=0.05)
    assert found["A"]["copied_share"] is None
    assert (found["B"]["n_copied"], found["B"]["n_claims"]) == (40, 40)
    assert all(row["n_suspect"] < row["n_claims"] / 10 for row in found.values())


def test_outliers_that_the_fit_tells_are_counted(observed: Claims) -> None:
    rows = a_market_with_truth()
    wrong = [row for row in rows if row["source"] == "A" and row["period"] == "2024-08"][::12]
    for row in wrong:
        row["value"] *= 1000.0
    found = cards(observed, rows)
    assert found["A"]["n_suspect"] >= len(wrong) - 1 > 0
    assert found["B"]["n_suspect"] <= 1
    assert found["A"]["n_copied"] == 0


def test_order_of_rows_is_irrelevant(claims_frame: Claims) -> None:
    frame = flag_suspects(
        observe(
            claims_frame(two_panels(1.3)),
            builtin_metrics(),
            {"panels": FeedTraits("panel", anchor=False)},
        )
    )
    models = learn_models(frame, {}, prob=0.9)
    none = estimate_levels(frame.head(0), models, as_of=AS_OF).estimates.with_columns(
        pl.lit("").alias("left_out")
    )
    cards_of = [source_cards(f, models, none, f, NO_SUSPECTS) for f in (frame, frame.reverse())]
    assert cards_of[0].equals(cards_of[1])
