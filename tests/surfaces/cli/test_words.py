"""Short texts: what a source said, how sure, and what an answer rests on."""

import dataclasses
import datetime as dt
from typing import Any

import pytest

from howdah.core import Estimate, Finding, parse_period
from howdah.market.pages import Basis, Statement
from howdah.surfaces.cli import words

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

FINDING = Finding(
    kind="growth",
    entity="a",
    name="A",
    metric="stars",
    definition="",
    segment="",
    period=parse_period("2024-10"),
    value=1.21,
    lower=1.196,
    upper=1.234,
    prob=0.9,
    measure="times the market's change",
    probability=0.95,
    n=48,
    cause="cannot tell",
    cause_reason="",
    as_of=dt.date(2025, 1, 31),
    method="growth.1",
    claim_ids=(),
    params={"unit": "star"},
)

ESTIMATE = Estimate(
    entity="a",
    name="A",
    metric="dau",
    definition="",
    unit="people",
    currency="",
    period=parse_period("2024-10"),
    value=200.0,
    lower=150.0,
    upper=260.0,
    prob=0.9,
    status="point",
    n_claims=2,
    n_sources=1,
    sources=("s",),
    stated_low=200.0,
    stated_high=200.0,
    as_of=dt.date(2025, 1, 31),
    method="level.1",
    claim_ids=(),
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
        ({"low": 450.0, "high": 550.0, "comparator": "about"}, "450 to 550"),
        ({"value": 4.0, "object": "Kimi"}, "4 (Kimi)"),
        ({"object": "Kimi"}, "Kimi"),
        ({}, ""),
    ],
)
def test_what_a_source_said_keeps_its_wording(fields: dict[str, Any], text: str) -> None:
    assert words.said_text(dataclasses.replace(STATEMENT, **fields)) == text


def test_the_standing_of_a_statement_names_all_that_is_not_plain() -> None:
    assert words.standing_text(STATEMENT) == ""
    doubtful = dataclasses.replace(STATEMENT, modality="planned", sensitivity="leak", suspect=True)
    assert words.standing_text(doubtful) == "planned, leak, set aside as an outlier"


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "95 %, 48 claims"),
        ({"probability": 0.9999, "n": 1}, "over 99 %, 1 claim"),
        (
            {"probability": None, "kind": "contradiction"},
            "the statements exclude each other, 48 claims",
        ),
    ],
)
def test_sureness_is_never_certainty(fields: dict[str, Any], text: str) -> None:
    assert words.sure_text(dataclasses.replace(FINDING, **fields)) == text


def test_every_kind_of_finding_has_a_size_or_a_time() -> None:
    params: dict[str, str | float | int | None] = {
        "after": "2024-01-01",
        "by": "2024-02-01",
        "unit": "people",
        "currency": "CNY",
    }
    for kind in ("growth", "crossing", "contradiction", "identity_gap", "measurement"):
        finding = dataclasses.replace(FINDING, kind=kind, params=params)
        assert words.size_text(finding), kind
    overtaking = dataclasses.replace(FINDING, kind="overtaking", params=params)
    assert words.when_text(overtaking).startswith("between 2024-01-01 and 2024-02-01")


def test_the_interval_of_a_size_states_its_probability() -> None:
    assert words.size_text(FINDING) == "1.21 times (1.2 to 1.23 at 90 %)"


def test_what_an_estimate_rests_on_is_said_with_it() -> None:
    assert words.estimate_text(ESTIMATE) == "200 (150 to 260)"
    expected = "interval at 90 %, 2 claims of 1 source, uncalibrated here"
    assert words.support_text(ESTIMATE) == expected
    bound = dataclasses.replace(ESTIMATE, value=None, lower=None, status="bound")
    assert words.estimate_text(bound) == "under 260 (bound only)"
    assert "interval" not in words.support_text(bound)


def test_the_basis_names_all_that_could_mislead() -> None:
    day = dt.date(2024, 11, 1)
    basis = Basis(
        as_of=dt.date(2025, 1, 31),
        replayed=True,
        vintages=(day,),
        stale=(("weekly", day, 9),),
        later_feeds=(("charts", dt.date(2026, 2, 17)),),
    )
    assert words.basis_text(basis) == (
        "As of 2025-01-31 (replayed: recorded when published). Vintages: 2024-11-01. "
        "Late feeds: weekly (last 2024-11-01, 9 days late). "
        "Feeds that start later: charts (2026-02-17) (--as-of today shows them)."
    )
    assert words.basis_text(Basis(day, replayed=False)) == "As of 2024-11-01."
