"""Growth of followed series: known better than the levels, and told only where there is enough."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from howdah.estimates import learn_models
from howdah.estimates.growth import Growth, find_growth

Claims = Callable[..., pl.DataFrame]
Row = dict[str, Any]

MONTHS = [f"{2023 + n // 12}-{n % 12 + 1:02d}" for n in range(18)]


def of_rows(observed: Claims, rows: list[Row], nature: str = "panel") -> list[Growth]:
    frame = observed(rows, p=nature)
    return find_growth(frame, learn_models(frame, {}, prob=0.9))


def monthly(rate: float, n: int = 18, entity: str = "e", start: float = 1000.0) -> list[Row]:
    return [
        {"entity": entity, "period": month, "value": start * (1 + rate) ** k, "feed": "p"}
        for k, month in enumerate(MONTHS[:n])
    ]


def test_growth_over_a_month_a_quarter_and_a_year(observed: Claims) -> None:
    found = of_rows(observed, monthly(0.05))
    assert [g.days for g in found] == [30, 91, 366]
    for growth, months in zip(found, (1, 3, 12), strict=True):
        true = 100 * (1.05**months - 1)
        assert growth.lower < true < growth.upper
        assert growth.end == dt.date(2024, 6, 30)
    # The ends of the vendor's level are a factor of 2.8 apart, those of its growth far less.
    assert np.log1p(found[2].upper / 100) - np.log1p(found[2].lower / 100) < 0.6


def test_a_bias_does_not_change_growth(observed: Claims) -> None:
    left, right = (of_rows(observed, monthly(0.05, start=s)) for s in (1000.0, 3e6))
    assert [g.value for g in left] == pytest.approx([g.value for g in right], rel=1e-6)
    assert [g.upper for g in left] == pytest.approx([g.upper for g in right], rel=1e-4)


def test_few_figures_have_no_growth(observed: Claims) -> None:
    assert of_rows(observed, monthly(0.05, n=7)) == []
    assert of_rows(observed, []) == []


def test_a_span_without_a_period_near_is_left_out(observed: Claims) -> None:
    assert [g.days for g in of_rows(observed, monthly(0.05, n=9))] == [30, 92]
    quarters = [
        {"entity": "e", "period": f"{2020 + n // 4}-Q{n % 4 + 1}", "value": 10.0 + n, "feed": "p"}
        for n in range(12)
    ]
    assert [g.days for g in of_rows(observed, quarters)] == [92, 365]


def test_an_unfinished_period_is_no_end_of_growth(observed: Claims) -> None:
    rows = monthly(0.05)
    rows[-1] |= {"published_at": dt.datetime(2024, 6, 10, tzinfo=dt.UTC), "value": 50.0}
    found = of_rows(observed, rows)
    assert {g.end for g in found} == {dt.date(2024, 5, 31)}


@pytest.mark.slow
def test_intervals_cover_growth(observed: Claims) -> None:
    rng = np.random.default_rng(3)
    level = np.cumsum(rng.normal(0.02, 0.15, (150, 18)), axis=1)
    rows: list[Row] = []
    for source in "AB":
        off = rng.normal(0, 0.3, (150, 1)) + rng.normal(0, 0.1, (150, 18))
        rows += [
            {"entity": f"e{n:03}", "period": MONTHS[k], "source": source, "feed": "p",
             "value": float(np.exp(8 + level[n, k] + off[n, k]))}
            for n in range(150)
            for k in range(18)
        ]  # fmt: skip
    inside = []
    for growth in of_rows(observed, rows):
        n, months = int(growth.entity[1:]), round(growth.days / 30.4)
        true = 100 * np.expm1(level[n, -1] - level[n, -1 - months])
        inside.append(growth.lower < true < growth.upper)
    assert 0.82 < np.mean(inside) < 0.97
