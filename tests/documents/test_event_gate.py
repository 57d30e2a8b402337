"""The gate turns down what a text does not say, whoever proposes it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from event_names import MODELS, claims, read

from howdah.documents.claims import DocumentClaim
from howdah.documents.events import recheck
from howdah.documents.extracting import claims_of
from howdah.documents.gate import Gate
from howdah.documents.linking import Calibration

TEXT = (
    "Fenwhistle makes models. It was acquired by Saltmoor Group in May. "
    "Larkspindle Capital did not invest in Quellmar."
)


def _checked(change: Callable[[DocumentClaim], DocumentClaim], text: str = TEXT) -> DocumentClaim:
    claim = next(c for c in claims(text) if c.metric == "acquired_by")
    return Gate(read(text), MODELS).checked(change(claim))


def test_what_the_text_says_passes() -> None:
    assert _checked(lambda c: c).status != "rejected"
    assert _checked(lambda c: c).subject == "Fenwhistle"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda c: replace(c, quote="It was bought."), "quotation does not stand"),
        (lambda c: replace(c, metric="merged_into"), "no words of the quotation state it"),
        (lambda c: replace(c, metric="befriends"), "there is no relation 'befriends'"),
        (lambda c: replace(c, object="Larkspindle Capital"), "object stands neither"),
        (lambda c: replace(c, object="a bank"), "object stands neither"),
        (lambda c: replace(c, subject="Quellmar Robotics"), "is no name of it"),
        (lambda c: replace(c, subject_start=None), "not said where the subject stands"),
    ],
)
def test_what_the_text_does_not_say_is_rejected(
    change: Callable[[DocumentClaim], DocumentClaim], reason: str
) -> None:
    checked = _checked(change)
    assert checked.status == "rejected"
    assert reason in checked.reason


@pytest.mark.parametrize(
    "text",
    [
        "Fenwhistle will be acquired by Saltmoor Group.",
        "Fenwhistle denied that it was acquired by Saltmoor Group.",
        "If Fenwhistle is acquired by Saltmoor Group, prices will rise.",
        "It is rumoured that Fenwhistle was acquired by Saltmoor Group.",
        "Fenwhistle was not acquired by Saltmoor Group.",
    ],
)
def test_nothing_that_did_not_happen_passes_as_asserted(text: str) -> None:
    checked = _checked(lambda c: replace(c, modality="asserted"), text)
    assert checked.status == "rejected"
    assert "by the text it is" in checked.reason


def test_a_thing_may_stand_for_its_maker_where_the_text_does_not_name_it() -> None:
    text = "Otterbat went on sale in March."
    (claim,) = claims(text)
    assert (claim.subject, claim.subject_surface) == ("Quellmar Robotics", "Otterbat")
    assert Gate(read(text), MODELS).checked(claim).status != "rejected"


def test_rounds_and_roles_are_looked_for_as_the_text_writes_them() -> None:
    text = "栗棚科技完成天使輪融資。"
    marked = read(text)
    found = {claim.object: recheck(marked, claim) for claim in claims(text)}
    assert found == {"": "", "angel": ""}


def test_numbers_and_events_come_in_the_order_of_the_text() -> None:
    found = claims_of(read(TEXT), MODELS, Calibration())
    assert [c.start for c in found] == sorted(c.start for c in found)
    assert {c.metric for c in found} >= {"acquired_by", "investor"}
