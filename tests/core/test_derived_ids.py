"""Ids of what is derived are stable: they stand in saved trails."""

import datetime as dt
from dataclasses import replace

from howdah.core.calendar import Period
from howdah.core.estimate import Estimate, derived_id
from howdah.core.finding import Finding, Reason

ESTIMATE = Estimate(
    entity="doubao", name="Doubao", metric="dau", definition="", unit="people", currency="",
    period=Period(dt.date(2024, 9, 1), dt.date(2024, 9, 30), "month"), value=9e6, lower=8e6,
    upper=1e7, prob=0.9, status="point", n_claims=3, n_sources=2, sources=("A", "B"),
    stated_low=8e6, stated_high=1e7, as_of=dt.date(2024, 12, 31), method="levels/1",
    claim_ids=("c1", "c2"),
)  # fmt: skip

FINDING = Finding(
    kind="growth", entity="doubao", name="Doubao", metric="dau", definition="", segment="chat",
    period=ESTIMATE.period, value=1.2, lower=1.1, upper=1.3, prob=0.9, measure="ratio",
    probability=0.97, n=3, cause="market",
    cause_reason=Reason("audited", ()), as_of=dt.date(2024, 12, 31),
    method="growth/1", claim_ids=("c1",), params={"b": 1, "a": "x"},
)  # fmt: skip


def test_ids_are_pinned() -> None:
    # They are kept in saved findings and links: a change would orphan those.
    assert derived_id("e", "doubao", None, 5) == "e6d42fd27ae83"
    assert ESTIMATE.estimate_id == "e1cfb2cd93be2"
    assert FINDING.finding_id == "f336b0c94f320"


def test_an_id_depends_on_what_is_estimated_and_not_on_the_number() -> None:
    assert replace(ESTIMATE, value=1.0, lower=0.5).estimate_id == ESTIMATE.estimate_id
    assert replace(ESTIMATE, as_of=dt.date(2025, 1, 1)).estimate_id != ESTIMATE.estimate_id
    assert replace(ESTIMATE, method="levels/2").estimate_id != ESTIMATE.estimate_id


def test_the_order_of_parameters_is_of_no_account() -> None:
    assert replace(FINDING, params={"a": "x", "b": 1}).finding_id == FINDING.finding_id
    assert replace(FINDING, params={"a": "x", "b": 2}).finding_id != FINDING.finding_id


def test_parts_are_kept_apart() -> None:
    assert derived_id("e", "ab", "c") != derived_id("e", "a", "bc")
    assert derived_id("e", "a", None) == derived_id("e", "a", "")
