"""The oracle itself: figures worked out by hand, and identities that no definition may break."""

import datetime as dt
import itertools
import math
from collections import defaultdict
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from oracle import NONE, Member, Oracle, Panel, assert_same, days_in_zone
from strategies import censuses, instants, panels

START = dt.date(2024, 1, 1)


def log_of(**active: str) -> list[tuple[str, str, dt.date]]:
    """A log of one product from a letter a day: x is active."""
    return [
        (unit, "p", START + dt.timedelta(days=n))
        for unit, days in active.items()
        for n, mark in enumerate(days)
        if mark == "x"
    ]


def test_daily_of_a_small_census_by_hand() -> None:
    oracle = Oracle(Panel(log_of(a="xx.x", b=".x..", c="x..x")), burn_in=1)
    found = {(row["day"].day, row["metric"]): row for row in oracle.daily()}
    assert [found[day, "dau"]["value"] for day in (1, 2, 3, 4)] == [2, 2, 0, 2]
    assert not found[1, "new_1d"]["mature"]
    assert [found[day, "new_1d"]["value"] for day in (2, 3, 4)] == [1, 0, 0]
    assert [found[day, "retained_1d"]["value"] for day in (2, 3, 4)] == [1, 0, 0]
    assert [found[day, "resurrected_1d"]["value"] for day in (2, 3, 4)] == [0, 0, 2]
    assert [found[day, "churned_1d"]["value"] for day in (2, 3, 4)] == [1, 2, 0]
    assert not found[4, "wau"]["mature"]
    assert all(row["stderr"] in {0, None} for row in found.values())


def test_a_stratified_total_and_its_error_by_hand() -> None:
    log = log_of(a="x", b="x", d="x")
    members = {unit: Member("big") for unit in "abc"} | {unit: Member("small") for unit in "de"}
    panel = Panel(log, members, {"big": 30.0, "small": 4.0})
    dau = next(iter(Oracle(panel).daily()))
    assert dau["value"] == pytest.approx(30 * 2 / 3 + 4 * 1 / 2)
    big = 30**2 * (1 - 3 / 30) * (2 / 3 * 1 / 3) / 2
    small = 4**2 * (1 - 2 / 4) * (1 / 2 * 1 / 2) / 1
    assert dau["stderr"] == pytest.approx(math.sqrt(big + small))
    assert dau["n_raw"] == 3


def test_retention_as_analytics_tools_define_it() -> None:
    # a starts on day 0 and is back on days 1 and 3; b starts on day 0 and is back on day 2 alone;
    # c starts on day 1 and is back on day 2.
    oracle = Oracle(Panel(log_of(a="xx.x", b="x.x.", c=".xx.")), burn_in=0)
    found = {(r["cohort_day"].day, r["kind"], r["n_day"]): r for r in oracle.retention((1, 2, 3))}
    shares = {key: row["value"] for key, row in found.items()}
    assert [shares[1, "on", n] for n in (1, 2, 3)] == [0.5, 0.5, 0.5]
    assert [shares[1, "unbounded", n] for n in (1, 2, 3)] == [1, 1, 0.5]
    assert [shares[2, "on", n] for n in (1, 2)] == [1, 0]
    # Everyone active on the second day: a and c; a is not back on the third.
    assert [shares[2, "recurring", n] for n in (1, 2)] == [0.5, 0.5]
    assert not found[2, "on", 3]["mature"]
    assert not found[3, "on", 1]["cohort_n_raw"]
    assert found[3, "on", 1]["value"] is None


def test_a_member_is_counted_while_it_is_observed() -> None:
    day = [START + dt.timedelta(days=n) for n in range(4)]
    members = {"a": Member("s"), "b": Member("s", day[2]), "c": Member("s", None, day[2])}
    panel = Panel(log_of(a="xxxx", b="x.xx", c="xx.x"), members, {"s": 12.0})
    dau = [row for row in Oracle(panel).daily() if row["metric"] == "dau"]
    # Two of the three on each day, all of them active.
    assert [(row["value"], row["n_raw"]) for row in dau] == [(12.0, 2)] * 4


def test_migration_splits_a_leaver_over_what_it_joined() -> None:
    feb = dt.date(2024, 2, 10)
    log = [
        ("u", "old", START),
        ("u", "one", feb),
        ("u", "two", feb),
        ("v", "one", feb),
        ("w", "old", START),
        ("w", "w", dt.date(2024, 2, 29)),
        ("w", "w", START),
    ]
    found = {
        (row["from_product"], row["to_product"]): row["value"]
        for row in Oracle(Panel(log), burn_in=0).migration()
    }
    assert found == {
        ("old", "one"): 0.5,
        ("old", "two"): 0.5,
        (NONE, "one"): 1.0,
        ("old", NONE): 1.0,
    }


@settings(max_examples=30)
@given(censuses())
def test_growth_accounting_and_the_sum_over_l28_are_exact(panel: Panel) -> None:
    oracle = Oracle(panel, burn_in=0)
    value = {(r["product"], r["day"], r["metric"]): r["value"] for r in oracle.daily()}
    for (product, day, metric), new in value.items():
        kind, _, window = metric.partition("_")
        if kind == "new" and new is not None:
            whole = {"1d": "dau", "7d": "wau", "28d": "mau28"}[window]
            length = dt.timedelta(days=int(window[:-1]))
            now, before = value[product, day, whole], value[product, day - length, whole]
            joined = new + value[product, day, f"resurrected_{window}"]
            assert now == joined + value[product, day, f"retained_{window}"]
            assert now - before == joined - value[product, day, f"churned_{window}"]
    active: dict[tuple[object, dt.date], float] = defaultdict(float)
    for row in oracle.l28():
        active[row["product"], row["day"]] += row["value"]
    for (product, day), total in active.items():
        assert total == value[product, day, "mau28"]


@settings(max_examples=30)
@given(panels(max_days=92))
def test_what_leaves_a_product_sums_to_its_leavers(panel: Panel) -> None:
    oracle = Oracle(panel, burn_in=0)
    months = list(oracle.months())
    sent: dict[tuple[object, dt.date], float] = defaultdict(float)
    for row in oracle.migration():
        if row["from_product"] != NONE and row["mature"]:
            sent[row["from_product"], row["period"]] += row["value"]
    for (_, first_before, last_before), (month, first, last) in itertools.pairwise(months):
        for product in oracle.products:
            left = oracle.within(product, first_before, last_before)
            left &= ~oracle.within(product, first, last)
            leavers = oracle.count(left, oracle.observed(first_before, last))
            assert sent[product, month] == pytest.approx(leavers.value or 0.0)


@settings(max_examples=30)
@given(panels(moving=False, strangers=False, max_days=60))
def test_a_panel_that_is_the_population_has_no_error(panel: Panel) -> None:
    assert panel.members is not None
    population: dict[object, float] = defaultdict(float)
    for member in panel.members.values():
        population[member.stratum] += 1
    whole = Oracle(Panel(panel.log, panel.members, population))
    expected = list(Oracle(Panel(panel.log, dict.fromkeys(panel.members, Member("all")),
                                 {"all": float(len(panel.members))})).daily())  # fmt: skip
    assert_same(list(whole.daily()), expected, ("product", "day", "metric"))
    assert all(not row["stderr"] for row in whole.daily())


def test_a_difference_is_found() -> None:
    rows = list(Oracle(Panel(log_of(a="xx.x", b=".x.."))).daily())
    other = [dict(row) for row in rows]
    other[0]["value"] += 1e-3
    with pytest.raises(AssertionError):
        assert_same(other, rows, ("product", "day", "metric"))
    with pytest.raises(AssertionError):
        assert_same(rows[1:], rows, ("product", "day", "metric"))
    with pytest.raises(AssertionError):
        assert_same(rows, rows[1:], ("product", "day", "metric"))


@settings(max_examples=30)
@given(instants())
def test_days_of_a_zone_hold_23_to_25_hours(drawn: tuple[list[dt.datetime], str]) -> None:
    moments, zone = drawn
    for moment, day in zip(moments, days_in_zone(moments, zone), strict=True):
        midnight = dt.datetime.combine(day, dt.time(), ZoneInfo(zone)).astimezone(dt.UTC)
        assert dt.timedelta(hours=-1) <= moment - midnight < dt.timedelta(hours=25)
