"""A record counts what was judged, and is as sure as its independent cases make it."""

import datetime as dt
import itertools

import numpy as np
import pytest

from howdah.core.record import Outcome, Record
from howdah.signals.records import Base, Case, order_weight, origin_pairs, tally

DAYS = [dt.date(2020 + n // 4, (1, 4, 7, 10)[n % 4], 28) for n in range(16)]
LATER = dt.timedelta(days=91)


def case(entity: str, origin: int, outcome: Outcome, *, contaminated: bool = False) -> Case:
    return Case(
        kind="growth", finding_id=f"f{entity}{origin}", entity=entity, name=entity, metric="stars",
        segment="", as_of=DAYS[origin], judged_on=DAYS[origin] + LATER, size=1.5, level=1e4,
        outcome=outcome, after=1.0, lead_days=-3, is_contaminated=contaminated, claim_ids=(),
    )  # fmt: skip


def bases(n_origins: int, n: int = 0, n_right: int = 0) -> list[Base]:
    return [
        Base("growth", day, day + LATER, n, n_right) for day in DAYS[:n_origins]
    ]  # fmt: skip


def told(cases: list[Case], n_origins: int = 4) -> Record:
    return tally(cases, bases(n_origins, 10, 6), "kept_half", prob=0.9)


def test_what_is_counted() -> None:
    cases = [case(f"e{k}", k % 4, "right" if k % 5 else "wrong") for k in range(40)]
    cases += [case("x", 1, "open"), case("y", 2, "right", contaminated=True)]
    record = told(cases)
    assert (record.state, record.n, record.n_open, record.n_contaminated) == ("scored", 40, 1, 1)
    assert record.n_right == sum(c.outcome == "right" for c in cases[:40])
    assert record.lower < record.rate < record.upper  # type: ignore[operator]
    assert (record.base_rate, record.n_base) == (0.6, 40)
    assert record.lead_days == -3
    assert record.false_alarms == (40 - record.n_right) / 12
    assert record.origins == tuple(DAYS[:4])
    assert record.horizon_days == 91


def test_an_open_or_contaminated_case_changes_no_rate() -> None:
    cases = [case(f"e{k}", k % 4, "right" if k % 3 else "wrong") for k in range(40)]
    more = [case("o", 0, "open"), *(case(f"z{k}", 1, "wrong", contaminated=True) for k in range(9))]
    assert told(cases).rate == told(cases + more).rate


@pytest.mark.parametrize("n", [0, 1, 9])
def test_below_ten_independent_cases_there_is_no_rate(n: int) -> None:
    record = told([case(f"e{k}", k % 4, "right") for k in range(n)])
    assert (record.state, record.rate, record.n) == ("too few", None, n)


def test_many_findings_of_one_entity_are_one_case() -> None:
    record = told([case("e", 0, "right") for _ in range(50)])
    assert (record.state, record.n, record.n_cases) == ("too few", 50, 1)


def test_origins_that_come_out_all_alike_tell_little() -> None:
    whole = [case(f"e{k}", k // 20, "right" if k // 20 % 2 else "wrong") for k in range(80)]
    mixed = [case(f"e{k}", k % 4, "right" if k // 4 % 2 else "wrong") for k in range(80)]
    assert told(whole).n_cases == 3
    assert told(mixed).n_cases == 80


def test_without_an_origin_nothing_was_asked() -> None:
    assert tally([], [], "kept_half", prob=0.9).state == "not asked"


def test_order_of_cases_is_irrelevant() -> None:
    cases = [case(f"e{k}", k % 4, "right" if k % 3 else "wrong") for k in range(40)]
    assert told(cases) == told(cases[::-1])


@pytest.mark.slow
@pytest.mark.parametrize("drift", [0.0, 0.8])
def test_intervals_cover(drift: float) -> None:
    rng, hits, n_run = np.random.default_rng(3), 0, 400
    mean = float(np.mean(1 / (1 + np.exp(-0.8 - drift * rng.normal(size=200_000)))))
    for _ in range(n_run):
        level = 1 / (1 + np.exp(-0.8 - drift * rng.normal(size=12)))
        cases = [
            case(f"e{k}", o, "right" if rng.random() < level[o] else "wrong")
            for o in range(12)
            for k in range(12)
        ]
        record = told(cases, 12)
        if record.lower is None or record.upper is None:
            continue
        hits += record.lower <= mean <= record.upper
    assert hits / n_run > 0.84


def test_a_poor_record_sinks() -> None:
    good = Record("scored", rate=0.9, lower=0.8, upper=0.95, base_rate=0.5)
    poor = Record("scored", rate=0.2, lower=0.1, upper=0.3, base_rate=0.1)
    no_better = Record("scored", rate=0.9, lower=0.8, upper=0.95, base_rate=0.95)
    none, few = Record("not asked"), Record("too few", n=3)
    weights = [order_weight(record, "growth") for record in (good, no_better, poor)]
    assert weights == sorted(weights, reverse=True)
    assert weights[0] > order_weight(none, "growth") == order_weight(few, "growth") > weights[2]
    assert order_weight(few, "measurement") == 1.0


def test_origins_are_a_fixed_grid() -> None:
    first = dt.date(2020, 1, 1)
    early = origin_pairs(first, dt.date(2023, 3, 3), 100)
    late = origin_pairs(first, dt.date(2024, 3, 3), 100)
    assert late[: len(early)] == early
    assert early[-1] == (dt.date(2022, 10, 31), dt.date(2023, 1, 31))
    assert all(a[1] == b[0] for a, b in itertools.pairwise(late))
    assert origin_pairs(first, dt.date(2024, 3, 3), 3) == late[-3:]
    assert origin_pairs(first, first, 9) == ()
    assert origin_pairs(dt.date(2024, 1, 1), dt.date(2024, 1, 31), 9) == ()
    assert origin_pairs(first, dt.date(2024, 1, 31), 1)[0][1] == dt.date(2024, 1, 31)
