"""Denials behind a figure: who denies it, and what is denied of something else."""

from datetime import date

import pytest

from howdah.documents.claims import DocumentClaim
from howdah.documents.extracting import extract
from howdah.documents.mentions import Entity, Gazetteer
from howdah.documents.reading import read_text
from howdah.documents.stories import contradictions

NAMES = Gazetteer(
    {
        "Pip": Entity("Pip", "product", "Larkwise", ("Pip", "皮普")),
        "Larkwise": Entity("Larkwise", "company", "", ("Larkwise",)),
    }
)
FIGURE = "Pip had 12 million monthly active users in October 2024"


def claims(text: str) -> list[DocumentClaim]:
    return extract(read_text(text, "doc", published_at=date(2024, 11, 14)), NAMES, accept=0.1)


@pytest.mark.parametrize(
    ("text", "denier"),
    [
        (f"{FIGURE}, one report says. Larkwise denied it.", "Larkwise"),
        (f"{FIGURE}, which Larkwise denied.", "Larkwise"),
        (f"{FIGURE}, a report said. It named nobody. Larkwise dismissed the report.", "Larkwise"),
        (f"{FIGURE}. Larkwise said the figure was wrong.", "Larkwise"),
        (f"{FIGURE}.\n\nThe company called the report baseless.", "The company"),
        ("一份报道称，皮普10月月活达到1200万。Larkwise否认了这一说法。", "Larkwise"),
        ("据报道，皮普10月月活达到1200万，Larkwise对此予以否认。", "Larkwise"),
        ("皮普10月月活达到1200万。Larkwise回应称，该数据不实。", "Larkwise"),
    ],
)  # fmt: skip
def test_a_figure_and_its_denial_are_two_claims(text: str, denier: str) -> None:
    figure, denial = (c for c in claims(text) if c.value_start is not None)
    assert (figure.modality in {"denied", "negated"}, denial.modality) == (False, "denied")
    assert (figure.status, denial.status) == ("review", "review")
    assert denial.source == denier
    assert (denial.value, denial.subject, denial.metric) == (figure.value, "Pip", "mau_month")
    assert denial.quote.startswith(figure.quote[:-1])
    assert figure.source != denier


@pytest.mark.parametrize(
    "text",
    [
        f"{FIGURE}. Larkwise denied plans to raise prices.",
        f"{FIGURE}. Larkwise did not deny it.",
        f"{FIGURE}. Larkwise would neither confirm nor deny the report.",
        f"{FIGURE}. It has 300 employees. Larkwise denied that.",
        "皮普10月月活达到1200万。Larkwise否认裁员。",
        "皮普10月月活达到1200万。Larkwise没有否认。",
    ],
)
def test_what_is_denied_is_something_else(text: str) -> None:
    first = claims(text)[0]
    assert (first.modality, first.status) == ("asserted", "accepted")
    same = [c for c in claims(text) if c.value_start == first.value_start]
    assert same == [first]


def test_what_is_negated_is_told_once() -> None:
    text = "Pip does not have 12 million monthly active users, Larkwise said. It denied the report."
    (claim,) = claims(text)
    # By whom it is, that is a denial as well.
    assert claim.modality in {"negated", "denied"}


def test_a_denial_contradicts_the_figure() -> None:
    (found,) = contradictions(claims(f"{FIGURE}, one report says. Larkwise denied it."))
    assert (found.kind, found.one.modality, found.other.modality) == (
        "denial",
        "asserted",
        "denied",
    )
