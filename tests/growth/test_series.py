"""Calendars, columns and seasons."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from howdah.core.errors import InputError
from howdah.growth.design import design
from howdah.growth.series import Names, as_dates, calendar_of, days_after, each_series


def days(*dates: str) -> np.ndarray:
    return np.array(dates, "datetime64[D]").astype(np.int64)


@pytest.mark.parametrize(
    ("dates", "rhythm"),
    [
        (["2024-01-01", "2024-01-02", "2024-01-03"], "day"),
        (["2024-01-01", "2024-01-08", "2024-01-15"], "week"),
        (["2024-01-31", "2024-02-29", "2024-03-31"], "month"),
        (["2023-12-31", "2024-03-31", "2024-06-30"], "quarter"),
        (["2022-06-30", "2023-06-30", "2024-06-30"], "year"),
        (["2024-01-01", "2024-01-14", "2024-02-10"], "uneven"),
        (["2024-01-01"], "uneven"),
    ],
)
def test_rhythms_are_told_by_the_days_between(dates: list[str], rhythm: str) -> None:
    found = calendar_of(days(*dates))
    assert found.rhythm == rhythm
    assert found.at.tolist() == list(range(len(dates)))


def test_missing_months_get_their_place() -> None:
    found = calendar_of(days("2024-01-31", "2024-02-29", "2024-05-31", "2024-06-30"))
    assert found.at.tolist() == [0, 1, 4, 5]
    assert len(found.days) == 6
    assert (np.diff(found.days) > 0).all()


def test_ends_of_months_go_on_as_ends_of_months() -> None:
    found = days_after(calendar_of(days("2023-12-31", "2024-01-31")), 3)
    assert as_dates(found).to_list() == [
        dt.date(2024, 2, 29), dt.date(2024, 3, 31), dt.date(2024, 4, 30)
    ]  # fmt: skip


def frame(**columns: list[object]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "period": [dt.date(2024, 1, 1), dt.date(2024, 1, 8), dt.date(2024, 1, 22)],
            "users": [5.0, None, 7.0],
            "ads": [1.0, 2.0, 4.0],
            **columns,
        }
    )


def test_a_week_that_is_not_there_has_no_outcome_and_spend_between() -> None:
    found = next(each_series(frame(), Names("users", ("ads",))))
    np.testing.assert_array_equal(found.outcome, [5.0, np.nan, np.nan, 7.0])
    np.testing.assert_array_equal(found.spend, [[1.0, 2.0, 3.0, 4.0]])
    assert found.is_stated.tolist() == [True, True, False, True]


def test_two_rows_of_a_period_are_an_error_that_says_what_to_do() -> None:
    doubled = pl.concat([frame(), frame()])
    with pytest.raises(InputError, match=r"several rows of 2024-01-01.*--group"):
        list(each_series(doubled, Names("users", ("ads",))))
    grouped = doubled.with_columns(app=pl.lit("a"))
    with pytest.raises(InputError, match=r"several rows of app 'a' and 2024-01-01"):
        list(each_series(grouped, Names("users", ("ads",), group="app")))


def test_groups_come_in_order_and_whatever_the_order_of_rows() -> None:
    rows = pl.concat([frame(app=["b"] * 3), frame(app=["a"] * 3)]).sample(6, shuffle=True, seed=1)
    found = list(each_series(rows, Names("users", ("ads",), group="app")))
    assert [s.group for s in found] == ["a", "b"]
    np.testing.assert_array_equal(found[0].spend, found[1].spend)


def weekly(n: int) -> np.ndarray:
    return 19_000 + 7 * np.arange(n)


@pytest.mark.parametrize(("n_week", "n_pairs"), [(30, 0), (60, 1), (104, 2), (156, 3)])
def test_seasons_need_years(n_week: int, n_pairs: int) -> None:
    calendar = calendar_of(weekly(n_week))
    found = design(calendar, calendar.days, np.ones(n_week, np.bool_), np.zeros((0, n_week)), ())
    assert sum(name.startswith("year") for name in found.names) == 2 * n_pairs


def test_controls_that_say_nothing_of_their_own_are_left_out() -> None:
    calendar = calendar_of(weekly(30))
    price = np.random.default_rng(1).normal(size=30)
    controls = np.array([price, np.full(30, 2.0), 3 * price + 1, np.arange(30.0)])
    found = design(
        calendar, calendar.days, np.ones(30, np.bool_), controls, ("price", "flat", "same", "line")
    )
    assert found.names == ("level", "trend", "price")
    assert np.linalg.matrix_rank(found.columns) == 3


def test_days_have_a_week() -> None:
    calendar = calendar_of(19_000 + np.arange(60))
    found = design(calendar, calendar.days, np.ones(60, np.bool_), np.zeros((0, 60)), ())
    assert sum(name.startswith("week") for name in found.names) == 6
