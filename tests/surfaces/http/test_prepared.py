"""What is made ahead is what the app asks for, to the letter: another question would miss it."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from howdah.market.market import Market
from howdah.surfaces.http.application import create_app
from howdah.surfaces.http.prepared import questions_of
from howdah.surfaces.http.questions import Question
from howdah.surfaces.http.rendered import Rendered
from howdah.surfaces.http.renderer import Renderer


class Noting:
    """Notes what is asked and answers nothing."""

    def __init__(self) -> None:
        self.asked: list[Question] = []

    def render(self, question: Question, version: str) -> Rendered:
        assert version
        self.asked.append(question)
        return Rendered(b"{}", {}, "application/json")

    def write(self, use: str, values: Mapping[str, Any], version: str) -> Rendered:
        raise AssertionError((use, values, version))


#: As web/src asks for them: only what holds sentences in a language.
ADDRESSES = (
    "/market", "/radar", "/radar?lang=zh", "/hits?lang=en", "/hits?lang=zh", "/records?lang=zh",
    "/decisions?lang=en", "/leagues", "/flows", "/sources", "/sources/revisions", "/directions",
    "/directions/record", "/entry/apps", "/features?target=apps", "/briefs/apps?lang=zh",
    "/leagues/dau?segment=apps",
)  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_the_app_asks_first_is_made_ahead(
    address: str, restating_market: tuple[Path, dict[str, int]]
) -> None:
    folder, _ = restating_market
    noting = Noting()
    app = create_app(folder, Renderer(lambda: ThreadPoolExecutor(1), lambda: noting, 10**12))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        assert client.get(f"/api/v1{address}").status_code == 200
        version = app.state.reader.version("league")
    market = Market(folder)
    ahead = set(questions_of(market, market.as_of(), version))
    assert noting.asked
    assert set(noting.asked) <= ahead
