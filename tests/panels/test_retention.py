"""Retention against brute force, against the definitions of other tools, and identities."""

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pytest
from cutting import counted, survey_of
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import Member, Oracle, Panel, assert_same
from strategies import censuses, panels

from howdah.core.errors import InputError
from howdah.panels.retention import CURVE_DAYS, Retention

START = dt.date(2024, 1, 1)
KEY = ("product", "cohort_day", "kind", "n_day")


def retention_of(
    panel: Panel, days: Sequence[int], cuts: Sequence[int] = (), *, burn_in: int = 0, min_n: int = 0
) -> Retention:
    survey = survey_of(panel, burn_in=burn_in, min_n=min_n)
    table = Retention(survey, tuple(days))
    counted(table, panel, survey, cuts)
    return table


def log_of(**active: str) -> list[tuple[str, str, dt.date]]:
    return [
        (unit, "p", START + dt.timedelta(days=n))
        for unit, days in active.items()
        for n, mark in enumerate(days)
        if mark == "x"
    ]


@given(
    panel=st.one_of(censuses(), panels()),
    cuts=st.lists(st.integers(1, 30), max_size=4),
    burn_in=st.sampled_from([0, 3, 20]),
    min_n=st.sampled_from([0, 2]),
)
@settings(max_examples=60)
def test_every_cell_is_that_of_brute_force(
    panel: Panel, cuts: list[int], burn_in: int, min_n: int
) -> None:
    days = (1, 2, 7, 70)
    found = (
        retention_of(panel, days, cuts, burn_in=burn_in, min_n=min_n)
        .finish()
        .read_all()
        .to_pylist()
    )
    oracle = Oracle(panel, burn_in=burn_in, min_n=min_n)
    expected = list(oracle.retention(days))
    seen = {
        (product, oracle.day(c), kind)
        for product in oracle.products
        for c in range(oracle.n_day)
        for kind in ("on", "unbounded", "recurring")
        if (oracle.first[product] == c).any() or kind == "recurring"
    }
    assert_same(found, expected, KEY, lambda row: not row["cohort_n_raw"])
    # A cohort that anyone entered has its rows, however few are shown.
    given_rows = {tuple(row[k] for k in KEY) for row in found}
    entered = [
        row
        for row in expected
        if tuple(row[k] for k in KEY[:3]) in seen and row["kind"] != "recurring"
    ]
    assert all(tuple(row[k] for k in KEY) in given_rows for row in entered)


def test_first_time_and_return_on_as_other_tools_define_them() -> None:
    # PostHog: first time puts each person into the day of its first event ever; of those who
    # began on Jan 1 (a, b, c, d) half did it on Jan 2, a quarter on Jan 4. Amplitude's Return On
    # gives the same; its Return On or After on day 2 counts a (day 3) and c (day 2): a half.
    panel = Panel(log_of(a="xx.x", b="xx..", c="x.x.", d="x...", e=".xx."))
    rows = retention_of(panel, (1, 2, 3)).finish().read_all().to_pylist()
    found = {(r["cohort_day"].day, r["kind"], r["n_day"]): r["value"] for r in rows}
    assert [found[1, "on", n] for n in (1, 2, 3)] == [0.5, 0.25, 0.25]
    assert [found[1, "unbounded", n] for n in (1, 2, 3)] == [0.75, 0.5, 0.25]
    # Recurring: everyone who did it on Jan 2 (a, b, e), new or not; e did on Jan 3.
    assert found[2, "recurring", 1] == pytest.approx(1 / 3)
    assert found[2, "recurring", 2] == pytest.approx(1 / 3)
    # First time on Jan 2 is e alone.
    assert found[2, "on", 1] == 1.0


def test_a_cohort_too_young_is_null_and_not_nought() -> None:
    rows = retention_of(Panel(log_of(a="x....", b="..x.x")), (1, 3)).finish().read_all().to_pylist()
    young = [r for r in rows if r["cohort_day"].day == 3 and r["n_day"] == 3]
    assert young
    assert all(not r["mature"] and r["value"] is None for r in young)
    old = [r for r in rows if r["cohort_day"].day == 1 and r["kind"] == "on" and r["n_day"] == 3]
    assert [r["value"] for r in old] == [0.0]


def test_first_days_of_a_log_tell_nothing_of_who_is_new() -> None:
    log = log_of(a="xxxxxxxx", b="...xxxxx")
    rows = retention_of(Panel(log), (1,), burn_in=3).finish().read_all().to_pylist()
    first = {(r["cohort_day"].day, r["kind"]): r["mature"] for r in rows}
    assert not first[1, "on"]
    assert first[4, "on"]
    # Who was active needs no history.
    assert first[1, "recurring"]


def test_one_who_leaves_has_not_churned_and_one_who_joins_is_not_new() -> None:
    leaves = START + dt.timedelta(days=3)
    joins = START + dt.timedelta(days=2)
    members = {
        "a": Member("s"),
        "b": Member("s", None, leaves),
        "c": Member("s", joins),
        "d": Member("s"),
    }
    log = log_of(a=".xxxxx", b=".xx...", c="..xxxx", d="x.....")
    rows = (
        retention_of(Panel(log, members, {"s": 40.0}), (1, 4), burn_in=1)
        .finish()
        .read_all()
        .to_pylist()
    )
    found = {(r["cohort_day"].day, r["kind"], r["n_day"]): r for r in rows}
    # Of a and b both come back a day later; only a is known four days later.
    assert (found[2, "on", 1]["value"], found[2, "on", 1]["cohort_n_raw"]) == (1.0, 2)
    assert (found[2, "on", 4]["value"], found[2, "on", 4]["cohort_n_raw"]) == (1.0, 1)
    # c was not there the day before its first activity.
    assert found[3, "on", 1]["cohort_n_raw"] == 0


@given(panel=st.one_of(censuses(), panels()), cuts=st.lists(st.integers(1, 30), max_size=3))
@settings(max_examples=40)
def test_on_or_after_falls_and_is_never_below_on(panel: Panel, cuts: list[int]) -> None:
    rows = retention_of(Panel(panel.log), (1, 2, 5, 9), cuts).finish().read_all().to_pylist()
    found = {tuple(r[k] for k in KEY): r["value"] for r in rows}
    for (product, day, kind, n), value in found.items():
        if kind == "on" and value is not None:
            assert found[product, day, "unbounded", n] >= value - 1e-12
        earlier = found.get((product, day, kind, {9: 5, 5: 2, 2: 1}.get(n)))
        if kind == "unbounded" and value is not None and earlier is not None:
            assert earlier >= value - 1e-12


@given(panel=panels(), cuts=st.lists(st.integers(1, 30), max_size=4))
@settings(max_examples=30)
def test_neither_order_nor_repeats_nor_parts_change_anything(panel: Panel, cuts: list[int]) -> None:
    assert panel.members is not None
    turned = Panel(
        [*reversed(panel.log), *panel.log[:3]],
        dict(reversed(list(panel.members.items()))),
        panel.population,
    )
    one, other = (retention_of(p, (1, 3), c) for p, c in ((panel, ()), (turned, cuts)))
    assert one.finish().read_all() == other.finish().read_all()
    assert one.curve() == other.curve()


def curve_by_hand(oracle: Oracle, kind: str, n: int, product: object) -> tuple[float, float] | None:
    """Share and error of a curve's day: weights by stratum and entry day, errors by unit."""
    last = oracle.n_day - 1
    burn_in = oracle.burn_in
    top, base = (np.zeros(len(oracle.joined)) for _ in range(2))
    names = np.array([str(h) for h in oracle.stratum])
    could = np.zeros(len(oracle.joined), bool)
    unit_days, n_told = (dict.fromkeys(oracle.population, 0) for _ in range(2))
    starts = range(oracle.n_day - n)
    for c in starts:
        among = oracle.observed(c, c + n) if kind == "recurring" else None
        if kind != "recurring":
            among = oracle.observed(c - burn_in, last if kind == "unbounded" else c + n)
        if among is None:
            continue
        could |= among
        cohort = oracle.active[product][:, c] if kind == "recurring" else oracle.first[product] == c
        until = last if kind == "unbounded" else c + n
        back = oracle.within(product, c + n, until)
        for h, population in oracle.population.items():
            here = among & (names == str(h))
            unit_days[h] += int(here.sum())
            n_told[h] += 1
            weight = 1.0 if kind == "recurring" else population / max(here.sum(), 1)
            top += weight * (here & cohort & back)
            base += weight * (here & cohort)
    if kind == "recurring":
        for h, population in oracle.population.items():
            scale = population * len(starts) / max(unit_days[h], 1)
            top[names == str(h)] *= scale
            base[names == str(h)] *= scale
    if not base.sum():
        return None
    value = top.sum() / base.sum()
    variance = 0.0
    for h, population in oracle.population.items():
        here = could & (names == str(h))
        m = int(here.sum())
        if m > 1:
            residual = (top - value * base)[here]
            drawn = min(unit_days[h] / max(n_told[h], 1) / population, 1.0)
            variance += m * (1 - drawn) * residual.var(ddof=1)
    return value, float(np.sqrt(max(variance, 0.0)) / base.sum())


@given(
    panel=st.one_of(censuses(max_days=60), panels(max_days=60)),
    cuts=st.lists(st.integers(1, 30), max_size=3),
    burn_in=st.sampled_from([0, 4]),
)
@settings(max_examples=40)
def test_curves_are_those_of_brute_force(panel: Panel, cuts: list[int], burn_in: int) -> None:
    oracle = Oracle(panel, burn_in=burn_in)
    rows = retention_of(panel, (1, 10), cuts, burn_in=burn_in).curve().to_pylist()
    n_shown = 0
    for row in rows:
        expected = curve_by_hand(oracle, row["kind"], row["n_day"], row["product"])
        assert expected is not None
        if row["value"] is not None:
            n_shown += 1
            assert row["value"] == pytest.approx(expected[0])
        if row["stderr"] is not None:
            assert row["stderr"] == pytest.approx(expected[1], abs=1e-6)
    if panel.members is None and oracle.n_day > burn_in + 2:
        wanted = {
            (product, n)
            for product in oracle.products
            for n in range(1, min(CURVE_DAYS, oracle.n_day - 1) + 1)
            if curve_by_hand(oracle, "on", n, product)
        }
        assert {(r["product"], r["n_day"]) for r in rows if r["kind"] == "on"} == wanted
        assert n_shown == len(rows)


def test_a_curve_hides_few_units() -> None:
    panel = Panel(log_of(a="xx.x", b="xx..", c="x.x."))
    rows = retention_of(panel, (1,), min_n=4).curve().to_pylist()
    assert rows
    assert all(r["value"] is r["stderr"] is r["n_raw"] is None for r in rows)


@pytest.mark.parametrize("days", [(), (0, 1), (-3,)])
def test_days_are_after_entry(days: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="day 0 is the day of entry"):
        Retention(survey_of(Panel(log_of(a="xx"))), days)


def test_cells_say_how_long_their_cohort_was_followed() -> None:
    panel = Panel(log_of(a="xx......x", b="..x.x...."))
    rows = retention_of(panel, (1, 7)).finish().read_all().to_pylist()
    found = {tuple(row[k] for k in KEY[1:]): row for row in rows}
    for (day, kind, n), row in found.items():
        left = 8 - (day - START).days
        until_end = kind == "unbounded" and n <= left
        assert row["followed_days"] == (left if until_end else n)
    # The younger cohort was followed for two days less: the log that ends two days earlier tells
    # what the older one had come to by then.
    young, old = (found[START + dt.timedelta(days=d), "unbounded", 1] for d in (2, 0))
    assert (young["followed_days"], old["followed_days"]) == (6, 8)
