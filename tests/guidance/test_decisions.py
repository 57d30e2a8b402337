"""Decisions on the record: expectations read and read back, and rows that are never rewritten."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from howdah.core.calendar import parse_period
from howdah.core.errors import InputError
from howdah.core.estimate import Estimate
from howdah.guidance.decisions import Decision, DecisionTable, Withdrawal
from howdah.guidance.expectations import Expectation, parse_expectation, read_back

TODAY = dt.date(2025, 1, 31)
DAY = dt.date(2025, 6, 30)


@pytest.mark.parametrize(
    ("text", "entity", "bound", "value"),
    [
        ("dau of Kimi at least 8M by 2025-06-30", "Kimi", "at least", 8e6),
        ("dau  of Tea of  China at most 1,200.5 by 2025-06-30", "Tea of China", "at most", 1200.5),
        ("dau of 豆包 at least 800万 by 2025-06-30", "豆包", "at least", 8e6),
        ("dau of X at least 30% by 2025-06-30", "X", "at least", 30.0),
        ("dau of at least at least -3 by 2025-06-30", "at least", "at least", -3.0),
    ],
)
def test_expectations_are_read_as_people_write_them(
    text: str, entity: str, bound: str, value: float
) -> None:
    found = parse_expectation(text, today=TODAY)
    assert (found.metric, found.entity, found.bound) == ("dau", entity, bound)
    assert (found.value, found.day) == (pytest.approx(value), DAY)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Cannot read the expectation"),
        ("dau of Kimi over 8M by 2025-06-30", "at least|at most"),
        ("dau of Kimi at least many by 2025-06-30", "Cannot read the number 'many'"),
        ("dau of Kimi at least 8X by 2025-06-30", "Cannot read the number '8X'"),
        ("dau of Kimi at least nan by 2025-06-30", "Cannot read the number"),
        ("dau of Kimi at least 8M by 2025-01-31", "which is over"),
        ("dau of Kimi at least 8M by soon", "soon"),
    ],
)
def test_what_cannot_be_read_says_what_can(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_expectation(text, today=TODAY)
    assert said in str(caught.value)


def estimate(period: str, value: float | None, low: float | None, high: float | None) -> Estimate:
    return Estimate(
        "a", "A", "dau", "v:dau", "people", "", parse_period(period), value, low, high, 0.9,
        "point", 1, 1, ("V",), value, value, TODAY, "test.1", ("c" * 32,),
    )  # fmt: skip


EXPECTED = Expectation("dau", "a", "at least", 100.0, DAY, "v:dau", "people")
LATER = dt.date(2025, 9, 1)


@pytest.mark.parametrize(
    ("low", "high", "at_least", "at_most"),
    [
        (101.0, 120.0, "met", "not met"),
        (100.0, 120.0, "met", "cannot tell"),
        (80.0, 99.0, "not met", "met"),
        (80.0, 100.0, "cannot tell", "met"),
        (80.0, 120.0, "cannot tell", "cannot tell"),
        (120.0, None, "met", "not met"),
        (None, 120.0, "cannot tell", "cannot tell"),
    ],
)
def test_a_verdict_needs_all_of_the_interval(
    low: float | None, high: float | None, at_least: str, at_most: str
) -> None:
    figures = [estimate("2025-06", 110.0, low, high)]
    assert read_back(EXPECTED, figures, TODAY, LATER).verdict == at_least
    other = replace(EXPECTED, bound="at most")
    assert read_back(other, figures, TODAY, LATER).verdict == at_most


def test_the_last_period_that_ended_by_the_day_tells() -> None:
    figures = [
        estimate("2025-04", 90.0, 85.0, 95.0),
        estimate("2025-06", 110.0, 105.0, 115.0),
        estimate("2025-07", 50.0, 45.0, 55.0),
    ]
    found = read_back(EXPECTED, figures, TODAY, LATER)
    assert (found.verdict, found.estimate) == ("met", figures[1])
    # Before the day the last figure is shown and nothing is judged.
    early = read_back(EXPECTED, figures[:1], TODAY, dt.date(2025, 5, 20))
    assert (early.verdict, early.estimate) == ("open", figures[0])


@pytest.mark.parametrize(
    ("figures", "missing"),
    [
        ([], "no_figure"),
        ([estimate("2025-01", 110.0, 105.0, 115.0)], "after"),
        ([estimate("2025-03-15", 110.0, 105.0, 115.0)], "no_figure"),
        ([replace(estimate("2025-06", None, 105.0, None), status="bound")], "no_figure"),
        ([replace(estimate("2025-06", 110.0, 105.0, 115.0), definition="w:dau")], "no_figure"),
        ([replace(estimate("2025-06", 110.0, 105.0, 115.0), unit="device")], "no_figure"),
    ],
)
def test_what_cannot_be_told_says_why(figures: list[Estimate], missing: str) -> None:
    found = read_back(EXPECTED, figures, TODAY, LATER)
    assert (found.verdict, found.missing) == ("cannot tell", missing)


def test_two_definitions_tell_only_when_one_is_named() -> None:
    figures = [estimate("2025-06", 110.0, 105.0, 115.0)]
    figures.append(replace(figures[0], definition="w:dau", lower=1.0, upper=2.0))
    assert read_back(EXPECTED, figures, TODAY, LATER).verdict == "met"
    open_one = replace(EXPECTED, definition="", unit="")
    assert read_back(open_one, figures, TODAY, LATER).missing == "definitions"


def made(when: dt.datetime, what: str = "Build it") -> Decision:
    return Decision(
        "direction", "tools", "tools", what, "head of product", EXPECTED, dt.date(2025, 3, 31),
        TODAY, "head of R&D", when, "they lack it",
    )  # fmt: skip


def test_rows_are_appended_and_earlier_instants_read_as_they_did(tmp_path: Path) -> None:
    table = DecisionTable(tmp_path / "decisions")
    assert table.read() == ()
    first = dt.datetime(2025, 1, 31, 12, tzinfo=dt.UTC)
    one, other = made(first), made(first + dt.timedelta(days=1), "Build more")
    table.append(one)
    table.append(other)
    ended = Withdrawal("head of R&D", "no budget", first + dt.timedelta(days=9))
    table.withdraw(one, ended)
    assert table.read() == (replace(one, withdrawal=ended), other)
    assert table.read(first + dt.timedelta(days=8)) == (one, other)
    assert table.read(first) == (one,)
    assert table.read(first - dt.timedelta(seconds=1)) == ()
    assert one.decision_id != other.decision_id


def test_a_moment_without_a_time_zone_is_refused(tmp_path: Path) -> None:
    table = DecisionTable(tmp_path / "decisions")
    with pytest.raises(InputError, match="time zone"):
        table.append(made(dt.datetime(2025, 1, 31)))  # noqa: DTZ001 - that is what is refused


def test_due_is_between_the_review_and_the_expected_day() -> None:
    one = made(dt.datetime(2025, 1, 31, tzinfo=dt.UTC))
    days = (dt.date(2025, 3, 30), dt.date(2025, 3, 31), dt.date(2025, 6, 29), DAY)
    assert [one.is_due(day) for day in days] == [False, True, True, False]
