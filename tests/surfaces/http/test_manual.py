"""The manual loads nothing from elsewhere, and its examples work on the example market."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from howdah.surfaces.http.application import create_app
from howdah.surfaces.http.describing import EXAMPLES
from howdah.surfaces.http.renderer import Renderer
from howdah.surfaces.http.rendering import Desk


@pytest.mark.parametrize("path", ["/docs", "/docs/problems"])
def test_a_page_of_the_manual_is_whole_and_of_this_server(client: TestClient, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    assert "{{" not in page.text
    for place in re.findall(r'(?:src|href)="([^"]*)"', page.text):
        assert place.startswith("/")
        assert not place.startswith("//")
    assert "<script" not in page.text
    assert " style=" not in page.text
    assert client.get("/docs/style.css").headers["content-type"].startswith("text/css")


def test_a_problem_names_a_type_that_the_manual_explains(client: TestClient) -> None:
    told = client.get("/docs/problems").text
    for path in ("/api/v1/entities/nobody", "/api/v1/nothing", "/api/v1/search"):
        kind = client.get(path).json()["type"]
        assert kind.startswith("/docs/problems#")
        assert f'id="{kind.partition("#")[2]}"' in told


@pytest.mark.slow
@pytest.mark.parametrize("example", EXAMPLES.values())
def test_an_example_answers_on_the_example_market(example_market: Path, example: str) -> None:
    renderer = Renderer(lambda: ThreadPoolExecutor(1), lambda: Desk(example_market), 10**12)
    app = create_app(example_market, renderer)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        assert client.get(example).status_code == 200
