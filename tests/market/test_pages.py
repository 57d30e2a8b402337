"""What pages say of their own records: a statement as worded, the basis of an answer."""

import dataclasses
import datetime as dt
from typing import Any

import pytest

from howdah.market.pages import Basis, Statement, basis_text, said_text

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
