"""The extent of a finding: how large, when, how sure."""

import dataclasses
import datetime as dt
from typing import Any

import pytest

from howdah.core import Finding, parse_period
from howdah.core.extent import based_on_text, size_text, sure_text, when_text
from howdah.core.finding import Reason

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
    cause_reason=Reason("audited", ()),
    as_of=dt.date(2025, 1, 31),
    method="growth.1",
    claim_ids=(),
    params={"unit": "star"},
)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "95 %"),
        ({"probability": 0.9999, "n": 1}, "over 99 %"),
        (
            {"probability": None, "kind": "contradiction"},
            "the statements exclude each other",
        ),
    ],
)
def test_sureness_is_never_certainty(fields: dict[str, Any], text: str) -> None:
    assert sure_text(dataclasses.replace(FINDING, **fields)) == text


def test_every_kind_of_finding_has_a_size_or_a_time() -> None:
    params: dict[str, str | float | int | None] = {
        "after": "2024-01-01",
        "by": "2024-02-01",
        "unit": "people",
        "currency": "CNY",
    }
    for kind in ("growth", "crossing", "contradiction", "identity_gap", "measurement"):
        finding = dataclasses.replace(FINDING, kind=kind, params=params)
        assert size_text(finding), kind
    overtaking = dataclasses.replace(FINDING, kind="overtaking", params=params)
    month = dataclasses.replace(overtaking, period=parse_period("2024-01"))
    assert when_text(month) == "at some point in those 31 days"
    one = dataclasses.replace(overtaking, period=parse_period("2024-01-15"))
    assert when_text(one) == "within that one day"


def test_the_interval_of_a_size_states_its_probability() -> None:
    assert size_text(FINDING) == "1.21 times (1.2 to 1.23 at 90 %)"


def test_the_extent_is_said_in_chinese() -> None:
    assert size_text(FINDING, "zh") == "1.21倍（1.2至1.23，90 %区间）"
    assert sure_text(dataclasses.replace(FINDING, probability=0.9999), "zh") == "99 %以上"
    assert based_on_text(FINDING, "zh") == "48条陈述"


def test_a_measurement_rests_on_entities() -> None:
    assert based_on_text(dataclasses.replace(FINDING, n=1)) == "1 claim"
    found = dataclasses.replace(FINDING, kind="measurement", n=4000)
    assert based_on_text(found) == "4,000 entities in the list"
