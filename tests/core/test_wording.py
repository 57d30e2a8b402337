"""Worded numbers stand for intervals (definitions: over, under, about, nearly)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from howdah.core.phrases import number_text
from howdah.core.wording import (
    ACHIEVED,
    CELL_COMPARATORS,
    CELL_FACTORS,
    COMPARATORS,
    MODALITIES,
    Comparator,
    interval_of,
    stated_text,
)

NUMBERS = st.floats(-1e15, 1e15)


@pytest.mark.parametrize(
    ("comparator", "low", "high"),
    [
        ("eq", 100, 100),
        ("over", 100, None),
        ("at_least", 100, None),
        ("under", None, 100),
        ("at_most", None, 100),
        ("about", 90, 110),
        ("nearly", 90, 100),
    ],
)
def test_interval_of_each_word(
    comparator: Comparator, low: float | None, high: float | None
) -> None:
    assert interval_of(comparator, 100) == (
        pytest.approx(low) if low is not None else None,
        pytest.approx(high) if high is not None else None,
    )


@given(st.sampled_from(COMPARATORS), NUMBERS)
def test_ends_are_in_order_and_the_number_is_inside(comparator: Comparator, value: float) -> None:
    low, high = interval_of(comparator, value)
    assert low is None or high is None or low <= high
    assert low is None or low <= value
    assert high is None or value <= high


def test_a_sign_is_tried_before_those_that_begin_like_it() -> None:
    signs = [sign for sign, _ in CELL_COMPARATORS]
    for n, sign in enumerate(signs):
        assert not [later for later in signs[n + 1 :] if later.startswith(sign)], sign
    assert {meaning for _, meaning in CELL_COMPARATORS} <= set(COMPARATORS)


def test_factors_are_named_once() -> None:
    suffixes = [suffix for suffix, _ in CELL_FACTORS]
    assert len(suffixes) == len(set(suffixes))
    assert dict(CELL_FACTORS)["万亿"] == 1e12


def test_what_is_planned_is_not_achieved() -> None:
    assert set(ACHIEVED) < set(MODALITIES)
    assert "planned" not in ACHIEVED
    assert "rumoured" not in ACHIEVED


@pytest.mark.parametrize(
    ("value", "low", "high", "comparator", "english", "chinese"),
    [
        (None, 450_000, 550_000, "about", "about 500k", "约50万"),
        (500_000, 450_000, 550_000, "about", "about 500k", "约50万"),
        (None, 2_700_000, 3_000_000, "nearly", "nearly 3M", "近300万"),
        (None, 1_000_000, None, "over", "over 1M", "超过100万"),
        (None, None, 1_300_000, "under", "under 1.3M", "不到130万"),
        (None, None, 20, "at_most", "at most 20", "至多20"),
        (None, 300, None, "", "at least 300", "至少300"),
        (None, 500_000, 600_000, "eq", "500k to 600k", "50万至60万"),
        (None, 450_000, 660_000, "about", "about 450k to 660k", "约45万至66万"),
        (1_234_567, 1_234_567, 1_234_567, "eq", "1,234,567", "1,234,567"),
        (None, None, None, "", "", ""),
    ],
)
def test_a_number_is_said_as_its_source_worded_it(
    value: float | None,
    low: float | None,
    high: float | None,
    comparator: str,
    english: str,
    chinese: str,
) -> None:
    assert stated_text(value, low, high, comparator, "people") == english
    assert stated_text(value, low, high, comparator, "people", lang="zh") == chinese


@pytest.mark.parametrize("comparator", COMPARATORS)
@pytest.mark.parametrize("number", [3.0, 47.0, 3e6, -12.0])
def test_the_wording_comes_back_from_its_interval(comparator: Comparator, number: float) -> None:
    low, high = interval_of(comparator, number)
    said = stated_text(None, low, high, comparator)
    assert said.removeprefix(comparator.replace("_", " ")).strip() == number_text(number)
