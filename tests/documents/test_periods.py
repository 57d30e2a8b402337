import calendar
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables import read_table

from howdah.documents.folding import fold
from howdah.documents.periods import find_periods
from howdah.documents.spans import Period

PUBLISHED = date(2025, 1, 9)


def read(text: str, published_at: date | None = PUBLISHED) -> list[Period]:
    return find_periods(fold(text), published_at)


def described(period: Period) -> str:
    first, last = ("" if day is None else day.isoformat() for day in (period.first, period.last))
    words = (
        first if first and first == last else f"{first}..{last}",
        period.precision,
        period.note,
        f"`{period.surface}`",
    )
    return " ".join(word for word in words if word)


@pytest.mark.parametrize("name", ["periods_zh.txt", "periods_en.txt"])
def test_wordings_mean_their_days(name: str) -> None:
    found = [(text, "; ".join(map(described, read(text))) or "-") for text, _ in read_table(name)]
    assert found == read_table(name)


@given(
    st.dates(date(1990, 1, 1), date(2050, 12, 31)), st.dates(date(2000, 1, 1), date(2050, 12, 31))
)
def test_a_written_day_is_read_back_whenever_it_was_published(
    day: date, published_at: date
) -> None:
    month = calendar.month_name[day.month]
    for text in (
        f"于{day.year}年{day.month}月{day.day}日发布",
        f"on {day.day} {month} {day.year}.",
        f"on {month} {day.day}, {day.year}.",
        f"({day.isoformat()})",
    ):
        (period,) = read(text, published_at)
        assert (period.first, period.last, period.precision) == (day, day, "day")


@given(st.integers(1, 12), st.dates(date(2000, 1, 1), date(2050, 12, 31)))
def test_a_bare_month_is_the_last_that_has_begun(month: int, published_at: date) -> None:
    for text in (f"{month}月日活760万", f"In {calendar.month_name[month]} it had 3 million"):
        (period,) = read(text, published_at)
        assert period.first is not None
        assert period.first.month == month
        assert 0 <= (published_at - period.first).days < 366


@given(
    st.text(
        st.sampled_from(
            "0123456789年月日号至到-第上下前去今明同期季度半截自底末起来周三个近过天,.。"
            " MayQHFYfirsthequarlo\n"
        ),
        max_size=40,
    ),
    st.one_of(st.none(), st.dates(date(1990, 1, 1), date(2060, 12, 31))),
)
def test_any_text_is_read_without_an_error(text: str, published_at: date | None) -> None:
    last_end = 0
    for period in read(text, published_at):
        assert text[period.start : period.end] == period.surface
        assert period.start >= last_end
        last_end = period.end
        if period.first is not None and period.last is not None:
            assert period.first <= period.last
        if period.first is None and period.last is None:
            assert period.note


@pytest.mark.parametrize(
    "text",
    [
        "去年9月",
        "上月",
        "近三个月",
        "9月",
        "last Thursday",
        "the past 12 months",
        "this year",
        "目前",
    ],
)
def test_without_a_day_of_publication_a_relative_period_has_no_days(text: str) -> None:
    (period,) = read(text, None)
    assert (period.first, period.last, period.note) == (None, None, "no_publication_date")


def test_an_absolute_period_needs_no_day_of_publication() -> None:
    periods = read("2023年9月上线，11月下架；同期对手增长。", None)
    assert [str(p.first) for p in periods] == ["2023-09-01", "2023-11-01", "2023-11-01"]


def test_the_same_period_leans_on_the_one_before_it() -> None:
    first, same, before = read("去年12月日活760万；乙同期412万，上年同期为300万。")
    assert (same.first, same.last) == (first.first, first.last)
    assert same.antecedent is not None
    assert same.antecedent.surface == "去年12月"
    assert (before.first, before.last) == (date(2023, 12, 1), date(2023, 12, 31))


def test_a_period_that_only_serves_a_comparison_is_leaned_on_by_no_other() -> None:
    text = (
        "Profit for the three months to September rose from 343 million a year earlier. "
        "Sales in the same period fell."
    )
    periods = read(text, date(2025, 10, 23))
    assert [(str(p.first), str(p.last)) for p in periods] == [
        ("2025-07-01", "2025-09-30"),
        ("2024-07-01", "2024-09-30"),
        ("2025-07-01", "2025-09-30"),
    ]


def test_a_sentence_lends_its_year_to_bare_months() -> None:
    assert [p.first and p.first.year for p in read("2022年3月立项，9月上线。11月关停。")] == [
        2022,
        2022,
        2024,
    ]


def test_this_year_in_january_about_months_to_come_is_noted() -> None:
    (period,) = read("今年9月日活达760万。")
    assert (period.first, period.note) == (date(2025, 9, 1), "stale_year")
    (planned,) = read("预计今年9月上线。")
    assert planned.note == ""


def test_a_forecast_takes_the_nearest_month() -> None:
    (period,) = read("原定9月测试的新品推迟。", date(2024, 8, 28))
    assert period.first == date(2024, 9, 1)


def test_a_quarter_that_ended_on_a_day_needs_no_calendar() -> None:
    text = "its second fiscal quarter, which ended on 31 October 2024, against three months before"
    first, before = read(text, date(2024, 11, 21))
    assert (first.first, first.last) == (date(2024, 8, 1), date(2024, 10, 31))
    assert (before.first, before.last) == (date(2024, 5, 1), date(2024, 7, 31))


@pytest.mark.parametrize(
    "text", ["2月30日", "2023年2月29日", "13月", "31 June 2024", "2024-13-01", "99 May"]
)
def test_a_day_that_does_not_exist_has_no_days(text: str) -> None:
    assert all(p.first is None or p.precision != "day" for p in read(text))


@pytest.mark.parametrize(
    "text", ["", "。", "第", "前", "the", "may", "march on", "2000 users", "3个月", "two years"]
)
def test_texts_without_a_period_have_none(text: str) -> None:
    assert read(text) == []
