"""Overlap against brute force, by hand, and identities."""

import datetime as dt

import pytest
from cutting import counted, survey_of
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import Member, Oracle, Panel, assert_same
from strategies import censuses, panels

from howdah.core.errors import InputError
from howdah.panels.overlap import Overlap

KEY = ("product_a", "product_b", "period_end")


def overlap_of(panel: Panel, cuts: list[int], window: int, min_n: int = 0) -> Overlap:
    survey = survey_of(panel, min_n=min_n)
    table = Overlap(survey, window)
    counted(table, panel, survey, cuts)
    return table


@given(
    panel=st.one_of(censuses(), panels()),
    cuts=st.lists(st.integers(1, 30), max_size=4),
    window=st.sampled_from([1, 7, 28, 40]),
    min_n=st.sampled_from([0, 3]),
)
@settings(max_examples=80)
def test_every_cell_is_that_of_brute_force(
    panel: Panel, cuts: list[int], window: int, min_n: int
) -> None:
    found = overlap_of(panel, cuts, window, min_n).finish().to_pylist()
    expected = list(Oracle(panel, min_n=min_n).overlap(window))
    # Pairs of few units or none have no row.
    assert_same(found, expected, KEY, lambda row: not row["n_raw"])


def test_a_small_market_by_hand() -> None:
    day = dt.date(2024, 1, 31)
    users = {"a": "1234", "b": "345", "c": "9"}
    log = [(unit, product, day) for product, units in users.items() for unit in units]
    log.append(("1", "c", dt.date(2024, 1, 1)))
    panel = Panel(log, {u: Member("s") for u in "123456789"}, {"s": 90.0})
    rows = overlap_of(panel, [], 28).finish().to_pylist()
    found = {(r["product_a"], r["product_b"]): r for r in rows}
    assert set(found) == {("a", "b"), ("b", "a")}
    a, b = found["a", "b"], found["b", "a"]
    assert (a["both_value"], a["n_raw"], a["window"]) == (20.0, 2, 28)
    assert (a["share_a"], b["share_a"]) == (pytest.approx(1 / 2), pytest.approx(2 / 3))
    assert a["jaccard"] == b["jaccard"] == pytest.approx(2 / 5)
    # Of the five who do not use a one uses b.
    assert a["lift"] == pytest.approx((1 / 2) / (1 / 5))
    assert b["lift"] == pytest.approx((2 / 3) / (2 / 6))


def test_lift_is_null_where_nobody_is_without() -> None:
    day = dt.date(2024, 1, 31)
    log = [("1", "a", day), ("2", "a", day), ("1", "b", day), ("3", "z", dt.date(2024, 1, 1))]
    rows = overlap_of(Panel(log), [], 1).finish().to_pylist()
    # Nobody uses b without a; of those who do not use b one of two uses a.
    assert {r["product_a"]: r["lift"] for r in rows} == {"a": None, "b": pytest.approx(2.0)}


@given(panel=panels(), cuts=st.lists(st.integers(1, 30), max_size=4))
@settings(max_examples=30)
def test_what_is_common_is_symmetric_and_cuts_do_not_matter(panel: Panel, cuts: list[int]) -> None:
    one, other = (overlap_of(panel, c, 14).finish() for c in ([], cuts))
    assert one == other
    found = {tuple(r[k] for k in KEY): r for r in one.to_pylist()}
    for (a, b, end), row in found.items():
        mirror = found[b, a, end]
        for name in ("both_value", "n_raw", "jaccard"):
            assert row[name] == mirror[name]
        if row["lift"] is not None:
            assert row["share_a"] <= 1 + 1e-12


def test_a_window_has_a_day() -> None:
    with pytest.raises(InputError, match="Give 1 or more"):
        overlap_of(Panel([("1", "a", dt.date(2024, 1, 31))]), [], 0)
