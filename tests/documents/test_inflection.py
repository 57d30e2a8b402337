"""Forms of English verbs."""

import pytest

from howdah.documents.events.inflection import forms, inflected, participles


@pytest.mark.parametrize(
    ("verb", "expected"),
    [
        ("acquire", "acquire acquires acquired acquired acquiring"),
        ("carry", "carry carries carried carried carrying"),
        ("buy/bought/bought", "buy buys bought bought buying"),
        ("snap+", "snap snaps snapped snapped snapping"),
        ("pledge", "pledge pledges pledged pledged pledging"),
        ("finish", "finish finishes finished finished finishing"),
        ("agree", "agree agrees agreed agreed agreeing"),
        ("deploy", "deploy deploys deployed deployed deploying"),
    ],
)
def test_forms(verb: str, expected: str) -> None:
    assert " ".join(forms(verb)) == expected


def test_what_stands_behind_a_verb_goes_along() -> None:
    assert forms("take/took/taken over")[3] == "taken over"
    assert participles(["pick up", "pick up"]) == ["picked up"]
    assert inflected([]) == []
