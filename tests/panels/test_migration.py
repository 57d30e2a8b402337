"""Migration against brute force, by hand, and what leaves is what arrives."""

import datetime as dt
import itertools
from collections import defaultdict

import pytest
from cutting import counted, survey_of
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import Oracle, Panel, assert_same
from strategies import censuses, panels

from howdah.panels.migration import NONE, Migration

KEY = ("period", "from_product", "to_product")
JAN, FEB, MAR = (dt.date(2024, month, 1) for month in (1, 2, 3))


def migration_of(panel: Panel, cuts: list[int], burn_in: int, min_n: int = 0) -> Migration:
    survey = survey_of(panel, burn_in=burn_in, min_n=min_n)
    table = Migration(survey)
    counted(table, panel, survey, cuts)
    return table


@given(
    panel=st.one_of(censuses(max_days=130), panels(max_days=130)),
    cuts=st.lists(st.integers(1, 30), max_size=4),
    burn_in=st.sampled_from([0, 40, 70]),
    min_n=st.sampled_from([0, 2]),
)
@settings(max_examples=80)
def test_every_flow_is_that_of_brute_force(
    panel: Panel, cuts: list[int], burn_in: int, min_n: int
) -> None:
    found = migration_of(panel, cuts, burn_in, min_n).finish().to_pylist()
    expected = list(Oracle(panel, burn_in=burn_in, min_n=min_n).migration())
    exact = list(Oracle(panel, burn_in=burn_in).migration())
    told = {tuple(str(row[k]) for k in KEY) for row in exact if row["n_raw"]}
    for row in expected:
        row["from_product"], row["to_product"] = str(row["from_product"]), str(row["to_product"])
    assert_same(found, expected, KEY, lambda row: tuple(str(row[k]) for k in KEY) not in told)
    # A flow of few units keeps its row.
    assert len(found) == len(told)


@given(panel=censuses(max_days=130, max_units=30), cuts=st.lists(st.integers(1, 30), max_size=4))
@settings(max_examples=60)
def test_what_is_sent_from_a_product_is_those_who_left_it(panel: Panel, cuts: list[int]) -> None:
    oracle = Oracle(panel)
    rows = migration_of(panel, cuts, burn_in=0).finish().to_pylist()
    sent: dict[tuple[dt.date, str], float] = defaultdict(float)
    for row in rows:
        sent[row["period"], row["from_product"]] += row["value"]
    months = [m for m in oracle.months() if m[1] >= 0]
    for (_, first_before, last_before), (period, first, last) in itertools.pairwise(months):
        for product in oracle.products:
            before = oracle.within(product, first_before, last_before)
            left = int((before & ~oracle.within(product, first, last)).sum())
            assert sent[period, str(product)] == left


def test_equal_parts_by_hand() -> None:
    # u leaves a and b and joins c, d and e; v leaves a and joins nothing; w leaves nothing and
    # joins c; x comes back to a, which it used in January, and leaves b: a is no product joined.
    log = [
        *(("u", product, FEB) for product in "ab"),
        *(("u", product, MAR) for product in "cde"),
        ("v", "a", FEB),
        ("w", "z", FEB),
        ("w", "z", MAR),
        ("w", "c", MAR),
        ("x", "a", JAN),
        ("x", "b", FEB),
        ("x", "a", MAR),
        ("y", "z", dt.date(2024, 3, 31)),
        ("y", "z", FEB),
    ]
    rows = migration_of(Panel(log), [], burn_in=0).finish().to_pylist()
    found = {(r["from_product"], r["to_product"]): r["value"] for r in rows if r["period"] == MAR}
    third = pytest.approx(1 / 3)
    assert found == {
        **{(origin, target): third for origin in "ab" for target in "cde"},
        ("a", NONE): 1.0,
        ("b", NONE): 1.0,
        (NONE, "c"): 1.0,
    }


def test_many_products_joined_at_once_still_add_up() -> None:
    joined = [f"p{n:02d}" for n in range(29)]
    log = [("u", "old", FEB), *(("u", p, MAR) for p in joined), ("v", "z", JAN)]
    log += [("v", "z", dt.date(2024, 3, 31)), ("v", "z", FEB)]
    rows = migration_of(Panel(log), [], burn_in=0).finish().to_pylist()
    parts = [r["value"] for r in rows if r["from_product"] == "old"]
    assert len(parts) == 29
    assert sum(parts) == pytest.approx(1.0, abs=1e-15)
    assert max(parts) - min(parts) < 1e-9


@given(panel=panels(max_days=130), cuts=st.lists(st.integers(1, 30), max_size=4))
@settings(max_examples=30)
def test_cuts_and_order_do_not_matter(panel: Panel, cuts: list[int]) -> None:
    turned = Panel(list(reversed(panel.log)), panel.members, panel.population)
    one, other = (migration_of(p, c, burn_in=10).finish() for p, c in ((panel, []), (turned, cuts)))
    assert one == other
