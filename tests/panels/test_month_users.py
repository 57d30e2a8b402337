"""Users of calendar months against brute force and by hand, and which months are none."""

import datetime as dt

import pytest
from cutting import counted, survey_of
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import Member, Oracle, Panel, assert_same
from strategies import censuses, panels

from howdah.panels.month_users import MonthUsers


def rows_of(panel: Panel, cuts: list[int], min_n: int = 0) -> list[dict[str, object]]:
    survey = survey_of(panel, min_n=min_n)
    table = MonthUsers(survey)
    counted(table, panel, survey, cuts)
    rows: list[dict[str, object]] = table.finish().to_pylist()
    return rows


@given(
    panel=st.one_of(censuses(), panels()),
    cuts=st.lists(st.integers(1, 30), max_size=4),
    min_n=st.sampled_from([0, 3]),
)
@settings(max_examples=60)
def test_every_cell_is_that_of_brute_force(panel: Panel, cuts: list[int], min_n: int) -> None:
    expected = list(Oracle(panel, min_n=min_n).month_users())
    # What cannot be told has no row.
    assert_same(
        rows_of(panel, cuts, min_n), expected, ("product", "day"), lambda row: not row["mature"]
    )


def test_a_month_by_hand() -> None:
    # Of ten in the panel, which stand for a hundred, three used it in February, one of them twice,
    # and one on the days around it alone.
    log = [
        (unit, "p", dt.date(2024, month, day))
        for unit, month, day in (
            (0, 1, 31), (0, 3, 1), (1, 2, 1), (2, 2, 29), (3, 2, 10), (3, 2, 11), (9, 1, 1),
        )
    ]  # fmt: skip
    rows = rows_of(Panel(log, {n: Member("s") for n in range(10)}, {"s": 100.0}), [4])
    assert [row["day"] for row in rows] == [dt.date(2024, 1, 31), dt.date(2024, 2, 29)]
    assert [(row["value"], row["n_raw"]) for row in rows] == [(20.0, 2), (30.0, 3)]
    assert rows[1]["stderr"] == pytest.approx((100**2 * 0.9 * 0.3 * 0.7 / 9) ** 0.5)


def test_a_month_that_began_before_the_log_or_is_not_over_is_none() -> None:
    days = (dt.date(2024, 1, 2), dt.date(2024, 2, 28))
    assert rows_of(Panel([("u", "p", day) for day in days]), []) == []


def test_one_unit_for_several_shows_no_spread() -> None:
    log = [("u", "p", dt.date(2024, 1, 1)), ("u", "p", dt.date(2024, 1, 31))]
    (row,) = rows_of(Panel(log, {"u": Member("s")}, {"s": 9.0}), [])
    assert (row["value"], row["stderr"]) == (9.0, None)
