"""Fixtures of markets that are fed with articles."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from press_market import CATALOGUE, SPEC, UNSURE, Clock, MakeMarket, write

import howdah
from howdah.documents.claims import DocumentClaim, Status
from howdah.documents.extracting import extract
from howdah.documents.lexicon import MetricLexicon
from howdah.documents.mentions import Gazetteer
from howdah.documents.spans import Document
from howdah.market import Market


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def real_reader() -> None:
    """Takes the reader's own word for what it is sure of."""


@pytest.fixture
def derives() -> None:
    """Lets updates derive what follows, which takes longer than reading."""


@pytest.fixture(autouse=True)
def underived(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves out what updates derive, unless a test asks for it."""
    if "derives" not in request.fixturenames:
        monkeypatch.setattr("howdah.market.market.derive", lambda *_: [])


@pytest.fixture(autouse=True)
def graded(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the reader sure of every number about somebody, and unsure of `UNSURE`.

    How sure it is in fact is for the tests of documents, and changes with what it learns.
    """
    if "real_reader" in request.fixturenames:
        return

    def told(
        document: Document, gazetteer: Gazetteer, *, lexicon: MetricLexicon, accept: float
    ) -> list[DocumentClaim]:
        found = extract(document, gazetteer, lexicon=lexicon, accept=accept)
        return [replace(c, status=_status(c, gazetteer.entities)) for c in found]

    monkeypatch.setattr("howdah.market.documents.articles.extract", told)


def _status(claim: DocumentClaim, known: Mapping[str, object]) -> Status:
    if claim.status == "rejected":
        return "rejected"
    is_known = claim.subject in known and claim.metric != "unclassified" and not claim.stranger
    is_sure = is_known and UNSURE not in claim.quote
    return "accepted" if is_sure else "review"


@pytest.fixture
def make(tmp_path: Path, clock: Clock) -> MakeMarket:
    """Makes a market with a feed of documents: ``make({file: text}, ...)``."""

    def made(
        texts: dict[str, str | bytes], *, path: str = "articles", source: str = "The Ledger",
        more: str = "", documents: str = "", may_export: bool = True,
    ) -> Market:  # fmt: skip
        folder = howdah.init(tmp_path / "m")
        (folder / "entities" / "catalogue.csv").write_text(CATALOGUE, encoding="utf-8")
        named = f'source = "{source}"' if source else ""
        (folder / "feeds" / "news.toml").write_text(
            SPEC.format(
                source=named, path=path, more=more, documents=documents,
                may_export=str(may_export).lower(),
            ),
            encoding="utf-8",
        )  # fmt: skip
        (folder / "articles").mkdir()
        write(folder, texts)
        return Market(folder, now=clock)

    return made
