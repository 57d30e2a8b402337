"""Who buys and who is bought, as a text says between two names."""

import pytest
from event_names import read

from howdah.documents.deals import Deals, find_deals

S, F = "Saltmoor Group", "Fenwhistle"
SHU, LI = "梳云智能", "栗棚科技"


@pytest.mark.parametrize(
    ("text", "buyer", "target"),
    [
        ("Saltmoor Group made an offer of $3 billion for Fenwhistle.", S, F),
        ("Fenwhistle was bought by Saltmoor Group.", S, F),
        ("Fenwhistle was sold for $3 million to Saltmoor Group.", S, F),
        ("梳云智能拟收购栗棚科技。", SHU, LI),
        ("栗棚科技被梳云智能收购。", SHU, LI),
        ("栗棚科技卖给梳云智能。", SHU, LI),
    ],
)
def test_who_buys_whom(text: str, buyer: str, target: str) -> None:
    assert read(text).deals == Deals(frozenset({buyer}), frozenset({target}))


@pytest.mark.parametrize(
    "text",
    [
        "Saltmoor Group is larger than Fenwhistle.",
        "Saltmoor Group bought Fenwhistle. Fenwhistle had bought Saltmoor Group.",
        "Saltmoor Group bought a yard; Fenwhistle did not.",
        "Saltmoor Group bought Saltmoor Group.",
        "梳云智能，栗棚科技。",
    ],
)
def test_nobody_buys_whom_it_is_not_clear_of(text: str) -> None:
    assert read(text).deals == Deals()


def test_no_names_no_deals() -> None:
    assert find_deals("", []) == Deals()
