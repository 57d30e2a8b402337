"""Suspects are values that leave their own series and come back."""

import datetime as dt
import math
import random
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

Claims = Callable[..., pl.DataFrame]


def weekly(values: list[float], *, gap_after: int = -1, **extra: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - columns of claims
    day, rows = dt.date(2023, 1, 1), []
    for n, value in enumerate(values):
        rows.append({"period": day.isoformat(), "value": value, "metric": "stars", **extra})
        day += dt.timedelta(days=77 if n == gap_after else 7)
    return rows


def suspects(frame: pl.DataFrame) -> list[float]:
    return sorted(frame.filter("suspect")["value"].to_list())


def test_one_week_blow_up_is_suspect(observed: Claims) -> None:
    values = [1000.0 + 10 * n for n in range(12)]
    values[5] = 9000.0
    assert suspects(observed(weekly(values), news="counter")) == [9000.0]


def test_level_shift_is_not_suspect(observed: Claims) -> None:
    values = [1000.0] * 6 + [5000.0] * 6
    assert suspects(observed(weekly(values), news="counter")) == []


def test_growth_over_a_gap_of_77_days_is_not_suspect(observed: Claims) -> None:
    values = [1000.0 * 1.05**n for n in range(6)] + [
        1000.0 * 1.05 ** (n + 10) for n in range(6, 12)
    ]
    assert suspects(observed(weekly(values, gap_after=5), news="counter")) == []


def test_first_and_last_are_not_suspect(observed: Claims) -> None:
    values = [9000.0] + [1000.0] * 8 + [9000.0]
    assert suspects(observed(weekly(values), news="counter")) == []


def test_monthly_series_with_two_method_changes_is_not_suspect(observed: Claims) -> None:
    levels = [1.0] * 8 + [0.72] + [0.72 * 3.3] * 8
    rows = [
        {
            "period": f"{2020 + n // 12}-{n % 12 + 1:02d}",
            "value": 1000 * level,
            "metric": "downloads",
        }
        for n, level in enumerate(levels)
    ]
    assert suspects(observed(rows, news="counter")) == []


def test_series_are_judged_apart(observed: Claims) -> None:
    quiet, loud = [1000.0] * 8, [7000.0] * 8
    for key, (one, other) in {
        "entity": ("x", "y"),
        "source": ("A", "B"),
        "definition": ("d1", "d2"),
        "feed": ("f1", "f2"),
        "object": ("p", "q"),
    }.items():
        mixed = [
            row
            for pair in zip(weekly(quiet, **{key: one}), weekly(loud, **{key: other}), strict=True)
            for row in pair
        ]
        assert suspects(observed(mixed, f1="counter", f2="counter")) == []


def test_months_and_years_of_a_flow_are_not_neighbours(observed: Claims) -> None:
    rows = [{"period": f"2023-{m:02d}", "value": 10.0, "metric": "revenue"} for m in range(1, 13)]
    rows += [{"period": "2023-H1", "value": 60.0, "metric": "revenue"}]
    assert suspects(observed(rows)) == []


def test_bounds_and_ranges_and_ranks_are_never_suspect(observed: Claims) -> None:
    rows = weekly([1000.0] * 9)
    rows[4] |= {"low": 50_000.0, "high": None, "value": None}
    rows[6] |= {"low": 50_000.0, "high": 60_000.0, "value": None}
    assert suspects(observed(rows)) == []
    ranks = weekly([1.0, 1.0, 1.0, 90.0, 1.0, 1.0, 1.0])
    assert suspects(observed([{**row, "metric": "rank"} for row in ranks])) == []


def test_ratings_are_judged_by_their_level(observed: Claims) -> None:
    # 36 points is six times the least spread of a rating of 1,200.
    for jump, found in ((30.0, []), (60.0, [1260.0])):
        values = [1200.0] * 9
        values[4] += jump
        rows = [{**row, "metric": "rating"} for row in weekly(values)]
        assert suspects(observed(rows, news="panel")) == found


def test_shares_are_judged_on_the_logit_scale(observed: Claims) -> None:
    values = [2.0] * 9
    values[4] = 20.0
    rows = [{**row, "metric": "retention_d30"} for row in weekly(values)]
    assert suspects(observed(rows)) == [20.0]


@pytest.mark.parametrize("seed", range(5))
def test_order_of_rows_is_irrelevant_and_is_kept(observed: Claims, seed: int) -> None:
    rng = random.Random(seed)
    rows = []
    for entity in "abcd":
        values = [1000 * math.exp(rng.gauss(0, 0.1)) for _ in range(20)]
        values[rng.randrange(1, 19)] *= 20
        rows += weekly(values, entity=entity)
    # Two values of one day, so that only their size orders them.
    rows.append({**rows[3], "value": 1.0})
    expected = suspects(observed(rows, news="counter"))
    assert len(expected) >= 4
    rng.shuffle(rows)
    frame = observed(rows, news="counter")
    assert suspects(frame) == expected
    assert frame["claim_id"].to_list() == [f"c{n:04d}" for n in range(len(rows))]


def test_other_series_change_nothing(observed: Claims) -> None:
    values = [1200.0] * 9
    values[4] = 1240.0
    own = [{**row, "metric": "rating"} for row in weekly(values)]
    far = [{**row, "metric": "rating", "entity": "x"} for row in weekly([99_000.0] * 30)]
    assert suspects(observed(own)) == suspects(observed(own + far))
