"""The manual loads nothing from elsewhere, and its examples work on the example market."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import schemathesis
from fastapi.testclient import TestClient

from howdah.surfaces.http.application import create_app
from howdah.surfaces.http.describing import EXAMPLES
from howdah.surfaces.http.fields import shapes_in
from howdah.surfaces.http.renderer import Renderer
from howdah.surfaces.http.rendering import Desk


@pytest.mark.parametrize("path", ["/docs", "/docs/problems"])
def test_a_page_of_the_manual_is_whole_and_of_this_server(client: TestClient, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    assert "{{" not in page.text
    assert "&lt;" not in page.text
    for place in re.findall(r'(?:src|href)="([^"]*)"', page.text):
        if place.startswith("#"):
            assert page.text.count(f'id="{place[1:]}"') == 1
            continue
        assert place.startswith("/")
        assert not place.startswith("//")
    assert "<script" not in page.text
    assert " style=" not in page.text
    assert client.get("/docs/style.css").headers["content-type"].startswith("text/css")


def test_the_fields_of_every_answer_are_told(client: TestClient) -> None:
    page = client.get("/docs").text
    described = client.get("/openapi.json").json()
    components = described["components"]["schemas"]
    answers = [one["responses"] for of in described["paths"].values() for one in of.values()]
    names = set(shapes_in(answers, components))
    assert {"Overview", "Finding", "Estimate", "PassageJudged", "Meta", "Problem"} <= names
    for name in names:
        for field in components[name]["properties"]:
            assert f"<code>{field}</code>" in page, (name, field)


def test_a_problem_names_a_type_that_the_manual_explains(client: TestClient) -> None:
    told = client.get("/docs/problems").text
    for path in ("/api/v1/entities/nobody", "/api/v1/nothing", "/api/v1/search"):
        kind = client.get(path).json()["type"]
        assert kind.startswith("/docs/problems#")
        assert f'id="{kind.partition("#")[2]}"' in told


@pytest.mark.slow
@pytest.mark.parametrize("path", EXAMPLES)
def test_an_example_answers_as_described_on_the_example_market(
    example_market: Path, path: str
) -> None:
    renderer = Renderer(lambda: ThreadPoolExecutor(1), lambda: Desk(example_market), 10**12)
    app = create_app(example_market, renderer)
    operation = schemathesis.openapi.from_dict(app.openapi())[path]["GET"]
    with TestClient(app, base_url="http://127.0.0.1") as client:
        answer = client.get(EXAMPLES[path])
    assert answer.status_code == 200
    operation.validate_response(answer)
