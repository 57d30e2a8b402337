"""Reads answer with data and what it rests on, in three forms, and errors as problems."""

import io

import polars as pl
import pyarrow as pa
import pytest
from fastapi.testclient import TestClient

EVERY = (
    "market",
    "radar",
    "search?q=alp",
    "entities/alpha",
    "entities/alpha/audience",
    "compare?entity=alpha&entity=beta",
    "leagues",
    "leagues/dau",
    "sources",
    "sources/revisions",
    "feeds",
    "feeds/quarantine",
    "review/pairs",
    "review/claims",
    "review/passages",
    "directions",
    "changes?since=2024-12-01",
    "entities/alpha/series?metric=dau",
    "entities/alpha/revisions",
    "entities/alpha/neighbours",
    "entities/alpha/documents",
    "leagues/dau?layout=columns",
    "flows",
)


@pytest.mark.parametrize("path", EVERY)
def test_each_address_answers_with_data_and_meta(client: TestClient, path: str) -> None:
    response = client.get(f"/api/v1/{path}")
    assert response.status_code == 200, response.text
    assert set(response.json()) == {"data", "meta"}


def test_a_league_is_the_same_in_each_form(client: TestClient) -> None:
    places = client.get("/api/v1/leagues/dau").json()["data"]["places"]
    csv = client.get("/api/v1/leagues/dau", headers={"Accept": "text/csv"})
    arrow = client.get("/api/v1/leagues/dau?format=arrow")
    wanted = [place["estimate"]["value"] for place in places]
    assert pl.read_csv(io.BytesIO(csv.content))["value"].to_list() == pytest.approx(wanted)
    table = pa.ipc.open_stream(arrow.content).read_all()
    assert table["value"].to_pylist() == pytest.approx(wanted)


def test_an_unknown_entity_is_a_problem_that_says_what_to_do(client: TestClient) -> None:
    response = client.get("/api/v1/entities/alphq")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == 404
    assert "alpha" in response.json()["detail"]


def test_a_client_that_has_an_answer_is_not_sent_it_again(client: TestClient) -> None:
    first = client.get("/api/v1/leagues/dau")
    again = client.get("/api/v1/leagues/dau", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(
        "/api/v1/leagues/dau?limit=1", headers={"If-None-Match": first.headers["etag"]}
    )
    assert other.status_code == 200
