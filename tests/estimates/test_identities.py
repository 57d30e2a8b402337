"""Accounting checks: what agrees, what does not, and what is never held against each other."""

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from howdah.estimates import check_identities

Claims = Callable[..., pl.DataFrame]
Row = dict[str, Any]

AMOUNT: Row = {"metric": "amount_raised", "value": 8e8, "currency": "USD"}
PRE: Row = {"metric": "valuation_pre_money", "value": 1.5e9, "currency": "USD"}
POST: Row = {"metric": "valuation_post_money", "value": 2.3e9, "currency": "USD"}
STAKE: Row = {"metric": "stake", "value": 34.8, "unit": "percent"}


def test_figures_that_agree(claims_frame: Claims) -> None:
    checks = check_identities(claims_frame([AMOUNT, PRE, POST, STAKE]))
    assert {check.identity: check.agrees for check in checks} == {"stake": True, "post_money": True}
    by_name = {check.identity: check for check in checks}
    assert by_name["stake"].computed == pytest.approx((34.7826, 34.7826), abs=1e-3)
    assert by_name["post_money"].computed == (2.3e9, 2.3e9)
    assert by_name["stake"].claim_ids == ("c0000", "c0002", "c0003")


def test_figures_that_disagree(claims_frame: Claims) -> None:
    stake = STAKE | {"low": 36.0, "high": 44.0, "value": None}
    checks = check_identities(claims_frame([AMOUNT, PRE | {"value": 9e8}, POST, stake]))
    assert {check.identity: check.agrees for check in checks} == {
        "stake": False,
        "post_money": False,
    }


def test_rounding_is_no_disagreement(claims_frame: Claims) -> None:
    third = [AMOUNT | {"value": 1e9}, POST | {"value": 3e9}]
    for stake, agrees in ((33.0, True), (30.0, False)):
        (check,) = check_identities(claims_frame([*third, STAKE | {"value": stake}]))
        assert check.agrees is agrees


def test_open_ends_allow_what_they_allow(claims_frame: Claims) -> None:
    over = AMOUNT | {"low": 8e8, "high": None, "value": None}
    (check,) = check_identities(claims_frame([over, POST, STAKE | {"value": 60.0}]))
    assert check.agrees
    assert check.computed[1] is None
    (check,) = check_identities(claims_frame([over, POST, STAKE | {"value": 10.0}]))
    assert not check.agrees


def test_planned_and_done_are_checked_apart(claims_frame: Claims) -> None:
    planned = {"modality": "planned"}
    assert check_identities(claims_frame([AMOUNT, POST | planned, STAKE])) == []
    (check,) = check_identities(claims_frame([AMOUNT | planned, POST | planned, STAKE | planned]))
    assert check.is_planned
    (done,) = check_identities(claims_frame([AMOUNT, POST, STAKE | {"modality": "reported"}]))
    assert not done.is_planned


@pytest.mark.parametrize(
    "modality", ["rumoured", "denied", "negated", "hypothetical", "speculated"]
)
def test_what_is_not_said_to_be_is_checked_against_nothing(
    claims_frame: Claims, modality: str
) -> None:
    word = {"modality": modality}
    assert check_identities(claims_frame([AMOUNT | word, POST | word, STAKE | word])) == []


@pytest.mark.parametrize(
    "other",
    [
        {"currency": "CNY"},
        {"currency": ""},
        {"entity": "zhipu"},
        {"period": "2023-01"},
        {"object": "Tencent"},
    ],
)
def test_figures_of_other_deals_are_not_compared(claims_frame: Claims, other: Row) -> None:
    party = {"object": "Alibaba"}
    assert len(check_identities(claims_frame([AMOUNT | party, POST | party, STAKE]))) == 1
    assert check_identities(claims_frame([AMOUNT | party, POST | other, STAKE])) == []


def test_the_third_figure_may_not_name_another_party_either(claims_frame: Claims) -> None:
    rows = [AMOUNT, POST | {"object": "Alibaba"}, STAKE | {"object": "Tencent"}]
    assert check_identities(claims_frame(rows)) == []


def test_a_leak_is_marked(claims_frame: Claims) -> None:
    (check,) = check_identities(claims_frame([AMOUNT, POST, STAKE]))
    assert check.is_public
    (check,) = check_identities(claims_frame([AMOUNT, POST, STAKE | {"sensitivity": "leak"}]))
    assert not check.is_public


def test_order_of_claims_is_irrelevant(claims_frame: Claims) -> None:
    rows = [AMOUNT, PRE, POST, STAKE, AMOUNT | {"value": 7e8}, STAKE | {"value": 50.0}]
    frame = claims_frame(rows)
    assert check_identities(frame.reverse()) == check_identities(frame)
    assert len(check_identities(frame)) == 6


def test_figures_missing_no_check(claims_frame: Claims) -> None:
    assert check_identities(claims_frame([AMOUNT, POST])) == []
    assert check_identities(claims_frame([])) == []
