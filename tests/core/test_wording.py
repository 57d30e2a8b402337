"""Worded numbers stand for intervals (definitions: over, under, about, nearly)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from howdah.core.wording import (
    ACHIEVED,
    CELL_COMPARATORS,
    CELL_FACTORS,
    COMPARATORS,
    MODALITIES,
    Comparator,
    interval_of,
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
