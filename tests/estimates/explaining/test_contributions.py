"""What claims contribute to a level: sums that are exact, what was taken off, what was left out."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from howdah.core.metrics import builtin_metrics
from howdah.estimates import estimate_levels, learn_models, to_records
from howdah.estimates.explaining import Cell, Contributions, explain_level

Claims = Callable[..., pl.DataFrame]
Row = dict[str, Any]

AS_OF = dt.date(2025, 6, 30)
SEPTEMBER = Cell(dt.date(2024, 9, 1), dt.date(2024, 9, 30), "month")


def months(n: int, **changes: object) -> list[Row]:
    return [{"period": f"2024-{m + 1:02d}", "value": 1e6 * 1.05**m, **changes} for m in range(n)]


def explained(observed: Claims, rows: list[Row], cell: Cell = SEPTEMBER) -> Contributions:
    observations = observed(rows, f="panel", g="panel")
    found = explain_level(observations, learn_models(observations, {}, prob=0.9), cell)
    assert found is not None
    return found


def value_of(observed: Claims, rows: list[Row], cell: Cell = SEPTEMBER) -> float:
    observations = observed(rows, f="panel", g="panel")
    models = learn_models(observations, {}, prob=0.9)
    frame = estimate_levels(observations, models, as_of=AS_OF).estimates
    (value,) = frame.filter(cell.is_own_period())["value"]
    return float(value)


TWO_VENDORS = [
    *months(10, source="A", feed="f"),
    *[row | {"value": row["value"] * 1.5} for row in months(10, source="B", feed="g")],
]
RANGES = [*months(10), {"period": "2024-09", "low": 1.2e6, "high": 1.6e6, "source": "B"}]
RATINGS = [
    {"metric": "rating", "period": "2024-09", "value": v, "source": s}
    for v, s in ((1250.0, "A"), (1262.0, "B"))
]
SHARES = [
    {"metric": "retention_d30", "period": "2024-09", "value": v, "source": s}
    for v, s in ((30.0, "A"), (34.0, "B"))
]


@pytest.mark.parametrize(
    "rows",
    [months(1, period="2024-09"), TWO_VENDORS, RANGES, RATINGS, SHARES,
     [*TWO_VENDORS, {"period": "2024-08", "value": 1.5e6, "feed": "truth", "source": "T"}]],
    ids=["one", "two vendors", "a range", "ratings", "shares", "an anchor"],
)  # fmt: skip
def test_the_parts_add_up_to_the_estimate(observed: Claims, rows: list[Row]) -> None:
    found = explained(observed, rows)
    claims = found.claims.filter(pl.col("said").is_not_null())
    total = found.prior_weight * found.start + found.trend
    total += (claims["weight"] * (claims["said"] - claims["bias"])).sum()
    assert total == pytest.approx(found.level, rel=1e-9)
    assert found.prior_weight + claims["weight"].sum() == pytest.approx(1.0, abs=1e-9)
    back = {"log": np.exp, "linear": float, "logit": lambda x: 100 / (1 + np.exp(-x))}
    assert back[found.scale](found.level) == pytest.approx(value_of(observed, rows), rel=1e-9)


def test_a_weight_is_what_the_estimate_does_when_a_claim_moves_a_little(observed: Claims) -> None:
    """Through all of it, learning left alone: small moves hardly change the robust weights."""
    observations = observed(TWO_VENDORS, f="panel", g="panel")
    models = learn_models(observations, {}, prob=0.9)
    found = explain_level(observations, models, SEPTEMBER)
    assert found is not None
    heaviest = found.claims.row(0, named=True)

    def level(by: float) -> float:
        moved = observations.with_columns(
            pl.when(pl.col("claim_id") == heaviest["claim_id"])
            .then(pl.col(name) * np.exp(by))
            .otherwise(pl.col(name))
            .alias(name)
            for name in ("value", "value_low", "value_high")
        )
        again = explain_level(moved, models, SEPTEMBER)
        assert again is not None
        return again.level

    slope = (level(1e-4) - level(-1e-4)) / 2e-4
    # What the robust weights do is not in it.
    assert slope == pytest.approx(heaviest["weight"], abs=0.15)
    assert slope > 0


def test_a_source_that_sees_more_has_a_house_effect_taken_off(observed: Claims) -> None:
    found = explained(observed, [*TWO_VENDORS, *(
        row | {"feed": "truth", "source": "T"} for row in months(8))])  # fmt: skip
    own = found.claims.filter("is_of_cell").sort("claim_id")
    removed = (own["bias"] + own["house"]).to_list()
    assert removed[0] == pytest.approx(0.0, abs=0.02)
    assert removed[1] == pytest.approx(np.log(1.5), abs=0.02)


def test_what_was_left_out_has_no_weight_and_a_reason(observed: Claims) -> None:
    slipped = [*TWO_VENDORS, {"period": "2024-11", "value": 1.6e9, "source": "C", "feed": "g"}]
    slipped += [{"period": "2024-09", "value": TWO_VENDORS[8]["value"], "source": "A", "feed": "f"}]
    reasons = dict(explained(observed, slipped).claims.select("claim_id", "reason").iter_rows())
    assert reasons["c0020"] == "unit_slip"
    assert reasons["c0021"] == "not_fused"
    weights = explained(observed, slipped).claims
    assert weights.filter(pl.col("reason") != "")["weight"].to_list() == [0.0, 0.0]


def test_claims_of_other_periods_weigh_in_a_series_that_is_followed(observed: Claims) -> None:
    found = explained(observed, TWO_VENDORS).claims
    assert found.filter(~pl.col("is_of_cell"))["weight"].abs().max() > 0.01
    few = explained(observed, [*months(1), {"period": "2024-09", "value": 1e6}]).claims
    assert few.filter(~pl.col("is_of_cell"))["weight"].abs().max() < 1e-6


def test_no_level_no_parts(observed: Claims) -> None:
    for rows in (
        [{"low": 1e6, "high": None}],
        [{"value": 0.0}],
        [{"value": 1e6}, {"value": 1e9, "source": "B"}],
        [{"value": 3.0, "metric": "rank"}],
    ):
        observations = observed(rows)
        models = learn_models(observations, {}, prob=0.9)
        assert explain_level(observations, models, SEPTEMBER) is None
    empty = observed([{"value": 1e6}]).head(0)
    assert explain_level(empty, learn_models(empty, {}, prob=0.9), SEPTEMBER) is None


def test_the_cell_of_an_estimate_with_another_party(observed: Claims) -> None:
    rows = [{"metric": "dau", "value": v, "object": o} for v, o in ((1e6, "X"), (2e6, "X Y"))]
    observations = observed(rows)
    models = learn_models(observations, {}, prob=0.9)
    frame = estimate_levels(observations, models, as_of=AS_OF).estimates
    cells = [Cell.of(e, observations) for e in to_records(frame, builtin_metrics())]
    assert sorted(cell.object for cell in cells) == ["X", "X Y"]
    for cell, level in zip(sorted(cells, key=lambda c: c.object), (1e6, 2e6), strict=True):
        found = explain_level(observations, models, cell)
        assert found is not None
        assert np.exp(found.level) == pytest.approx(level)
        assert found.claims.height == 1
