"""Periods and dates: what is read, what is refused, and names that read back."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from howdah.core.calendar import Period, end_of_day, parse_date, parse_period, parse_span
from howdah.core.errors import BadDateError, InputError

DAYS = st.dates(min_value=dt.date(1, 1, 1), max_value=dt.date(9998, 12, 31))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "start", "end", "precision"),
    [
        ("2024", "2024-01-01", "2024-12-31", "year"),
        ("2024年", "2024-01-01", "2024-12-31", "year"),
        ("2024-H2", "2024-07-01", "2024-12-31", "half"),
        ("2024h1", "2024-01-01", "2024-06-30", "half"),
        ("2024-Q3", "2024-07-01", "2024-09-30", "quarter"),
        ("2024Q1", "2024-01-01", "2024-03-31", "quarter"),
        ("2024-02", "2024-02-01", "2024-02-29", "month"),
        ("2023-2", "2023-02-01", "2023-02-28", "month"),
        ("2024年9月", "2024-09-01", "2024-09-30", "month"),
        ("2024-W01", "2024-01-01", "2024-01-07", "week"),
        ("2020W53", "2020-12-28", "2021-01-03", "week"),
        ("2024-09-30", "2024-09-30", "2024-09-30", "day"),
        ("2024/9/5", "2024-09-05", "2024-09-05", "day"),
        ("20240905", "2024-09-05", "2024-09-05", "day"),
        ("2024年9月5日", "2024-09-05", "2024-09-05", "day"),
        (" 2024-09-30 08:00:00 ", "2024-09-30", "2024-09-30", "day"),
    ],
)
def test_period_is_read(text: str, start: str, end: str, precision: str) -> None:
    assert parse_period(text) == Period(day(start), day(end), precision)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    ["", "24", "2024-13", "2024-Q5", "2024-H3", "2024-W54", "2024-W53", "2023-02-29", "0000",
     "9999-W53", "２０２４", "2024-09-30x", "soon", "epoch"],
)  # fmt: skip
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(BadDateError) as caught:
        parse_period(text)
    assert isinstance(caught.value, InputError)
    assert "Give 2024, 2024-H2, 2024-Q3" in str(caught.value)


@given(DAYS, st.sampled_from(["year", "half", "quarter", "month", "week", "day"]))
def test_label_of_a_calendar_period_reads_back(within: dt.date, kind: str) -> None:
    year, week, _ = within.isocalendar()
    name = {
        "year": f"{within.year:04d}",
        "half": f"{within.year:04d}-H{(within.month + 5) // 6}",
        "quarter": f"{within.year:04d}-Q{(within.month + 2) // 3}",
        "month": f"{within.year:04d}-{within.month:02d}",
        "week": f"{year:04d}-W{week:02d}",
        "day": within.isoformat(),
    }[kind]
    if year < 1:
        return
    period = parse_period(name)
    assert period.label == name
    assert parse_period(period.label) == period
    assert period.start is not None
    assert period.end is not None
    assert period.start <= within <= period.end
    assert period.days == (period.end - period.start).days + 1


@given(DAYS, DAYS)
def test_every_period_has_a_label(a: dt.date, b: dt.date) -> None:
    start, end = min(a, b), max(a, b)
    label = Period(start, end).label
    if ".." in label:
        assert label == f"{start.isoformat()}..{end.isoformat()}"
    else:
        named = parse_period(label)
        assert (named.start, named.end) == (start, end)


@given(DAYS, DAYS)
def test_every_closed_label_reads_back(a: dt.date, b: dt.date) -> None:
    period = Period(min(a, b), max(a, b))
    read = parse_span(period.label)
    assert (read.start, read.end) == (period.start, period.end)


@pytest.mark.parametrize("text", ["2024-03-01..2024-02-01", "2024-01..2024-02", "..", "2024.."])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(BadDateError):
        parse_span(text)


def test_labels_of_open_periods() -> None:
    assert Period(None, day("2024-09-30")).label == "to 2024-09-30"
    assert Period(day("2024-09-30"), None).label == "from 2024-09-30"
    assert Period(None, None).label == "not stated"
    assert Period(None, None).days is None


def test_dates_and_words_for_today() -> None:
    today = day("2025-01-31")
    assert parse_date("2024-02-29", today=today) == day("2024-02-29")
    assert {parse_date(word, today=today) for word in ("today", "Latest", " NOW ")} == {today}
    with pytest.raises(BadDateError, match="an ISO date"):
        parse_date("yesterday", today=today)


@given(DAYS)
def test_end_of_day_is_the_last_instant_of_it(date: dt.date) -> None:
    last = end_of_day(date)
    assert last.date() == date
    assert (last + dt.timedelta(microseconds=1)).date() == date + dt.timedelta(days=1)
