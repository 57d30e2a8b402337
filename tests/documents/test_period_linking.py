"""Which period a number is of: comparisons, lists side by side, tables, and what is inherited."""

from datetime import date

import pytest
from event_names import PUBLISHED, read

from howdah.documents.folding import fold
from howdah.documents.linking import Before, Number, period_candidates
from howdah.documents.linking.comparisons import comparisons, is_compared, relation
from howdah.documents.linking.inheritance import inherited, told_as, told_before
from howdah.documents.linking.lists import period_alignment
from howdah.documents.linking.timing import is_of_shares, lengths_meant, tense_of
from howdah.documents.numbers import Measure
from howdah.documents.passages import Marked
from howdah.documents.periods import find_periods


def number(text: str, surface: str) -> Number:
    marked = read(text)
    return next(one for one in numbers(marked) if one.quantity.surface == surface)


def numbers(marked: Marked) -> list[Number]:
    return [
        Number(marked, at, place)
        for at, passage in enumerate(marked.passages)
        for place in range(len(passage.quantities))
    ]


@pytest.mark.parametrize(
    ("text", "surface", "told"),
    [
        ("It made $90 million, against $70 million in the first quarter.", "$90 million", "level"),
        ("It made $90 million, against $70 million in the first quarter.", "$70 million", "base"),
        ("Revenue was $90 million, up from $70 million a year earlier.", "$70 million", "base"),
        ("Users slipped from 9 million to 7 million in May.", "9 million", "base"),
        ("Users slipped from 9 million to 7 million in May.", "7 million", "level"),
        ("Revenue rose 12% on the first quarter.", "12%", "growth"),
        ("毛利率由上年同期的31.5%提高到36.2%。", "31.5%", "base"),
        ("毛利率由上年同期的31.5%提高到36.2%。", "36.2%", "level"),
        ("均价2650元，一年前还是2980元。", "2980", "base"),
        ("均价2650元，一年前还是2980元。", "2650", "level"),
        ("会员较3月增加了24万人。", "24万", "difference"),
        ("占比达三成，比例为30%。", "30%", "level"),
    ],
)  # fmt: skip
def test_what_is_compared_with_is_told_from_what_is_told(
    text: str, surface: str, told: str
) -> None:
    assert told_as(number(text, surface)) == told


@pytest.mark.parametrize(
    ("text", "surface", "stands"),
    [
        ("It sold 8,000 units, against 6,000 units in May.", "8,000 units", "period"),
        ("It sold 8,000 units, against 6,000 units in May.", "6,000 units", "both"),
        ("In May it sold 8,000 units, against 6,000 units before.", "8,000 units", "neither"),
        ("In May it sold 8,000 units, more than 6,000 units.", "6,000 units", "number"),
    ],
)  # fmt: skip
def test_a_number_and_a_period_stand_together_or_apart(
    text: str, surface: str, stands: str
) -> None:
    one = next(n for n in numbers(read(text)) if surface.startswith(n.quantity.surface))
    scopes = comparisons(one.passage, one.marked.lower)
    assert relation(one.quantity, one.passage.periods[0], scopes) == stands


def test_a_comparison_ends_with_its_clause() -> None:
    marked = read("Sales were $3 million, against $2.5 million in May, and staff 200 people.")
    (passage,) = marked.passages
    scopes = comparisons(passage, marked.lower)
    assert [is_compared(q, scopes) for q in passage.quantities] == [False, True, False]


def test_periods_and_numbers_side_by_side() -> None:
    text = "2023年、2024年及2025年一季度，净亏损分别为3.1亿元、2.8亿元和0.7亿元。"
    rows = [
        [period_alignment(one, period) for period in one.passage.periods]
        for one in numbers(read(text))
    ]
    assert rows == [
        ["aligned" if at == place else "misaligned" for at in range(3)] for place in range(3)
    ]
    lone = number("2023年和2024年，净亏损为3.1亿元。", "3.1亿")
    assert [period_alignment(lone, p) for p in lone.passage.periods] == ["", ""]


def test_what_is_inherited() -> None:
    text = (
        "Quellmar Robotics sold 500 machines in the first quarter of 2025, against 300 in the"
        " fourth quarter of 2024. Its margin was 40%.\n\nOn 2 June it cut 20 people."
    )
    one = number(text, "40%")
    first = (date(2025, 1, 1), date(2025, 3, 31), "quarter")
    assert inherited(one) == {"anchor": first, "lead": first, "usual": first}
    assert inherited(number("It has 20 people.", "20")) == dict.fromkeys(
        ("anchor", "lead", "usual")
    )


def test_the_number_before_is_told_too() -> None:
    marked = read("毛利率由上年同期的31.5%提高到36.2%。")
    base, level = numbers(marked)
    before = Before(at=0, place=base.quantity.end)
    assert told_before(level, before) == "base"
    assert told_before(level, Before()) == "none"
    assert told_before(level, Before(at=0, place=1)) == "none"


def test_columns_and_captions_of_a_table() -> None:
    marked = read(
        "Quellmar | 2024 | 2023\nRevenue | 41.5 | 30.2\nStaff at year end | 1,207 | 980\n"
    )
    found = {
        one.quantity.surface: [
            (c.first, c.last)
            for c in period_candidates(one, Measure("", ""), Before())
            if "column" in c.features
        ]
        for one in numbers(marked)
        if one.cell is not None
    }
    year = [(date(2024, 1, 1), date(2024, 12, 31))]
    assert found["41.5"] == year
    assert found["1,207"] == [(date(2024, 12, 31),) * 2]


def test_a_month_in_brackets_is_counted_from_the_list() -> None:
    text = "2025年4月榜单：栗棚 3万（上月第2），梳云 2万（上月第5）"
    told = [(p.surface, p.first) for p in find_periods(fold(text), PUBLISHED)]
    assert told == [
        ("2025年4月", date(2025, 4, 1)), ("上月", date(2025, 3, 1)), ("上月", date(2025, 3, 1)),
    ]  # fmt: skip
    (bare,) = find_periods(fold("栗棚（上月第2）"), PUBLISHED)
    assert bare.first == date(2025, 5, 1)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("In the first quarter of 2025 it sold 9 machines; 80 people at the quarter end.", (3, 31)),
        ("Sales fell in the first quarter of 2025. It ended the period with 80 people.", (3, 31)),
        ("截至2025年3月末，亏损3亿元。同日，员工80名。", (3, 31)),
    ],
)
def test_a_day_that_leans_on_a_period(text: str, day: tuple[int, int]) -> None:
    assert find_periods(fold(text), PUBLISHED)[-1].last == date(2025, *day)


@pytest.mark.parametrize(
    ("text", "surface", "tense"),
    [
        ("Revenue was $90 million.", "$90 million", "past"),
        ("It employs 90 people.", "90", "present"),
        ("It has raised $90 million.", "$90 million", "perfect"),
        ("It expects to hire 90 people.", "90", "future"),
        ("$90 million.", "$90 million", ""),
        ("公司将裁员90人。", "90", "future"),
        ("公司裁掉了90人。", "90", "past"),
        ("公司有90人。", "90", "present"),
    ],
)  # fmt: skip
def test_tense_is_that_of_the_verb_before(text: str, surface: str, tense: str) -> None:
    assert tense_of(number(text, surface)) == tense


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("It led the quarter with 90 people.", {"quarter"}),
        ("It had 90 people in the quarter to June.", set()),
        ("It had 90 people in the year earlier.", set()),
        ("当季裁员90人。", {"quarter"}),
        ("It had 90 people.", set()),
    ],
)  # fmt: skip
def test_the_quarter_is_one_that_is_told_of(text: str, lengths: set[str]) -> None:
    assert lengths_meant(number(text, "90")) == lengths


def test_the_price_of_shares_is_told_from_other_numbers() -> None:
    assert is_of_shares(number("Shares fell 9%.", "9%"))
    assert is_of_shares(number("股价下跌9%。", "9%"))
    assert not is_of_shares(number("Sales fell 9%.", "9%"))


def test_what_is_counted_this_year_began_with_it() -> None:
    """Told apart from a stock at the end of the month by the words of the year alone."""
    for text, is_flow in (
        ("By the end of June it had signed 90 contracts this year.", True),
        ("By the end of June it had signed 90 contracts.", False),
    ):
        candidates = period_candidates(
            number(text, "90"), Measure("deal_count", "tender"), Before()
        )
        assert any("cumulated|this_year" in c.features for c in candidates) is is_flow
