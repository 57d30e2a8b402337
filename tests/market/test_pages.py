"""What pages say of their own records: a statement as worded, the basis of an answer."""

import dataclasses
import datetime as dt
from typing import Any

import pytest

from howdah.core.calendar import Period
from howdah.core.estimate import Estimate
from howdah.estimates.growth import Growth
from howdah.market.pages import Basis, Series, Statement, basis_text, said_text, said_texts

STATEMENT = Statement(
    claim_id="0123456789abcdef0123456789abcdef",
    source="s",
    publication="",
    metric="dau",
    definition="",
    unit="people",
    currency="",
    period="2024-10",
    value=None,
    low=None,
    high=None,
    comparator="",
    modality="asserted",
    object="",
    sensitivity="public",
    published_at=None,
)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"value": 500.0, "low": 500.0, "high": 500.0, "comparator": "eq"}, "500"),
        ({"low": 500.0, "high": 500.0}, "500"),
        ({"low": 500.0, "comparator": "over"}, "over 500"),
        ({"low": 500.0}, "at least 500"),
        ({"high": 500.0}, "at most 500"),
        ({"high": 500.0, "comparator": "under"}, "under 500"),
        ({"low": 450.0, "high": 550.0, "comparator": "about"}, "about 500"),
        ({"value": 4.0, "object": "Kimi"}, "4 (Kimi)"),
        ({"object": "Kimi"}, "Kimi"),
        ({}, ""),
    ],
)
def test_what_a_source_said_keeps_its_wording(fields: dict[str, Any], text: str) -> None:
    assert said_text(dataclasses.replace(STATEMENT, **fields)) == text


def test_what_is_said_of_one_quantity_is_written_in_one_form() -> None:
    def of(*values: float) -> list[str]:
        return said_texts([dataclasses.replace(STATEMENT, value=v) for v in values])

    assert of(7_600_000, 950_000, 3_200) == ["7.6M", "950k", "3,200"]
    assert of(7_600_000, 953_412) == ["7,600,000", "953,412"]
    # Small numbers have one form only.
    assert of(7_600_000, 3_217) == ["7.6M", "3,217"]
    assert of() == []


def months(n: int, contested: set[int]) -> Series:
    """A series of months with growth over 91 days to the last one that is no dispute."""
    ends = [dt.date(2024 + m // 12, m % 12 + 1, 28) for m in range(n)]
    estimates = tuple(
        Estimate(
            "e", "E", "dau", "", "people", "", Period(end.replace(day=1), end, "month"),
            None if m in contested else 5.0, 4.0, 6.0, 0.9,
            "contested" if m in contested else "point",
            1, 1, ("s",), 4.0, 6.0, ends[-1], "fusion.1", (),
        )
        for m, end in enumerate(ends)
    )  # fmt: skip
    last = max(m for m in range(n) if m not in contested)
    growth = Growth("e", "dau", "", "people", "", ends[last - 3], ends[last], 1.0, 0.0, 2.0, 0.9)
    return Series("dau", "", "people", "", estimates, (), (growth,))


def test_growth_that_a_dispute_leaves_untold_is_named() -> None:
    assert months(14, set()).contested_end is None
    assert months(14, set()).contested_starts == ()
    assert months(14, {13}).contested_end == "2025-02"
    # A month before the end, and a year before it.
    starts = months(14, {12, 1}).contested_starts
    assert [span for span, _ in starts] == [28, 364]
    assert starts[0][1] == "2025-01-01..2025-01-28"
    # A series of few periods has no growth for other reasons.
    assert months(5, {4}).contested_end is None


def test_the_basis_names_all_that_could_mislead() -> None:
    day = dt.date(2024, 11, 1)
    basis = Basis(
        as_of=dt.date(2025, 1, 31),
        replayed=True,
        vintages=(day,),
        stale=(("weekly", day, 9), ("daily", day, 1)),
        later_feeds=(("charts", dt.date(2026, 2, 17)),),
    )
    assert basis_text(basis) == (
        "As of 2025-01-31 (replayed: recorded when published). Vintages: 2024-11-01. "
        "Late feeds: weekly (last 2024-11-01, 9 days late), daily (last 2024-11-01, 1 day late). "
        "Feeds that start later: charts (2026-02-17) (--as-of today shows them)."
    )
    assert basis_text(Basis(day, replayed=False)) == "As of 2024-11-01."


def test_both_are_said_in_chinese() -> None:
    about = dataclasses.replace(
        STATEMENT, low=450_000.0, high=550_000.0, comparator="about", object="Kimi"
    )
    assert said_text(about, "zh") == "约50万（Kimi）"
    assert said_text(about, "zh", with_object=False) == "约50万"
    day = dt.date(2024, 11, 1)
    basis = Basis(day, replayed=True, vintages=(day,))
    assert basis_text(basis, "zh") == (
        "截至2024-11-01（回放：以发布日为记录日）。发布批次：2024-11-01。"
    )
