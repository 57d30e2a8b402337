"""Short texts: how a statement stands, and what an estimate rests on."""

import dataclasses
import datetime as dt

import pytest

from howdah.core import Estimate, parse_period
from howdah.market.pages import Statement
from howdah.surfaces.cli import words
from howdah.surfaces.cli.pages import explain

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


def test_the_standing_of_a_statement_names_all_that_is_not_plain() -> None:
    assert words.standing_text(STATEMENT) == ""
    doubtful = dataclasses.replace(
        STATEMENT, modality="planned", sensitivity="leak", suspect=True, reason="outlier"
    )
    assert words.standing_text(doubtful) == "planned, leak, set aside as an outlier"
    quoted = dataclasses.replace(STATEMENT, cited=True, source="Tallow")
    assert words.standing_text(quoted) == "in an article, of Tallow"


def test_what_an_estimate_rests_on_is_said_with_it() -> None:
    assert words.estimate_text(ESTIMATE) == "200 (150 to 260)"
    expected = "interval at 90 %, 2 claims of 1 source, uncalibrated here"
    assert words.support_text(ESTIMATE) == expected
    bound = dataclasses.replace(ESTIMATE, value=None, lower=None, status="bound")
    assert words.estimate_text(bound) == "under 260 (bound only)"
    assert "interval" not in words.support_text(bound)


def test_what_is_exact_or_a_tally_has_no_interval() -> None:
    rank = dataclasses.replace(
        ESTIMATE, metric="rank", unit="rank", value=2.0, lower=2.0, upper=2.0
    )
    assert words.support_text(rank) == "exact as stated, 2 claims of 1 source"
    tally = dataclasses.replace(ESTIMATE, metric="rounds", value=2.0, lower=2.0, upper=None)
    assert words.estimate_text(tally) == "at least 2"
    assert words.support_text(tally) == (
        "a count of what was reported; unreported ones may exist, 2 claims of 1 source"
    )
    assert words.footing_text([rank, rank]) == "Exact as stated"
    assert words.footing_text([rank, ESTIMATE]) == "Intervals at 90 %; uncalibrated here"


@pytest.mark.parametrize(
    ("weight", "text"),
    [(-0.003, "over -1 %"), (0.003, "under 1 %"), (-0.02, "-2 %"), (0.02, "2 %"), (0.0, "0 %")],
)
def test_weights_near_none_have_a_form_on_either_side(weight: float, text: str) -> None:
    assert explain._weight_text(weight) == text
