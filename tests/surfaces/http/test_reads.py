"""Reads answer with data and what it rests on, in three forms, and errors as problems."""

import datetime as dt
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from fastapi.testclient import TestClient

import howdah
from howdah.core.record import Record
from howdah.core.track import record_text
from howdah.surfaces.http.answers.findings import record_json
from howdah.surfaces.http.application import create_app
from howdah.surfaces.http.renderer import Renderer
from howdah.surfaces.http.rendering import Desk

EVERY = (
    "market",
    "radar",
    "hits",
    "records",
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


def test_a_finding_tells_its_record_in_words_of_the_language_asked_for() -> None:
    record = Record(
        "scored", "kept_half", n=40, n_right=30, n_cases=20, rate=0.75, lower=0.5, upper=0.9,
        prob=0.9, origins=(dt.date(2024, 1, 31),), horizon_days=92, false_alarms=1.5,
    )  # fmt: skip
    said, told = record_json(record, "zh"), record_json(record, "en")
    assert told["text"] == record_text(record)
    assert said["text"] == record_text(record, "zh") != told["text"]
    assert (told["rate"], told["origins"]) == (0.75, ["2024-01-31"])
    assert "1.5 a month wrong" in told["parts"]


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


def test_a_search_is_answered_by_the_index_of_names_where_there_is_one(
    tmp_path: Path, write_restating: Callable[..., dict[str, int]]
) -> None:
    write_restating(tmp_path / "m", n_months=8, until=dt.date(2025, 1, 31))
    market = howdah.open(tmp_path / "m")
    market.update()
    renderer = Renderer(lambda: ThreadPoolExecutor(1), lambda: Desk(tmp_path / "m"), 10**12)
    with TestClient(create_app(tmp_path / "m", renderer), base_url="http://127.0.0.1") as client:
        without = client.get("/api/v1/search?q=alpha").json()["data"]
        market.index_names()
        found = client.get("/api/v1/search?q=alpha").json()["data"]
        assert client.get("/api/v1/search?q=alp").json()["data"]["hits"][0]["name"] == "alpha"
    assert found["hits"][0] == without["hits"][0]


def test_pages_of_a_league_make_the_whole_and_a_cursor_fits_its_own_table(
    client: TestClient,
) -> None:
    whole = client.get("/api/v1/leagues/dau").json()["data"]["places"]
    address, pages = "/api/v1/leagues/dau?limit=1", []
    first = client.get(address).json()
    following = first["meta"]["next"]
    pages += first["data"]["places"]
    while following is not None:
        page = client.get(f"{address}&cursor={following}").json()
        pages += page["data"]["places"]
        following = page["meta"]["next"]
    assert [p["place"] for p in pages] == [p["place"] for p in whole]
    cursor = first["meta"]["next"]
    refused = client.get(f"/api/v1/leagues/dau?limit=1&order=desc&cursor={cursor}")
    assert refused.status_code == 404
    assert "another table" in refused.json()["detail"]


def test_pages_of_findings_make_the_whole(example_market: Path) -> None:
    renderer = Renderer(lambda: ThreadPoolExecutor(1), lambda: Desk(example_market), 10**12)
    with TestClient(create_app(example_market, renderer), base_url="http://127.0.0.1") as client:
        first = client.get("/api/v1/findings?limit=300").json()
        cursor = first["meta"]["next"]
        last = client.get(f"/api/v1/findings?limit=300&cursor={cursor}").json()
        assert client.get("/api/v1/findings?kind=grwth").status_code == 404
    ids = [f["finding_id"] for page in (first, last) for f in page["data"]["findings"]]
    assert last["meta"]["next"] is None
    assert len(set(ids)) == len(ids) == first["data"]["n_matching"]
    assert sum(first["data"]["kinds"].values()) == len(ids)


def test_a_league_is_sorted_filtered_and_told_in_columns(client: TestClient) -> None:
    down = client.get("/api/v1/leagues/dau?sort=name&order=desc&layout=columns").json()["data"]
    assert down["columns"]["name"] == ["beta", "alpha"]
    some = client.get("/api/v1/leagues/dau?q=ALP").json()["data"]
    assert [p["estimate"]["name"] for p in some["places"]] == ["alpha"]
    assert (some["n_matching"], some["n_places"]) == (1, 2)
    spark = some["places"][0]["spark"]
    assert len(spark) == len(some["spark_periods"]) == 12
    assert spark[-1] == pytest.approx(some["places"][0]["estimate"]["value"])


def test_a_course_has_estimates_statements_and_their_days(client: TestClient) -> None:
    data = client.get("/api/v1/entities/alpha/series?metric=dau").json()["data"]
    days = {s["valid_to"] for s in data["series"]["statements"]}
    assert {e["valid_to"] for e in data["series"]["estimates"]} <= days


def test_what_was_restated_is_told_from_the_first_print_to_now(client: TestClient) -> None:
    figures = client.get("/api/v1/entities/alpha/revisions").json()["data"]["figures"]
    assert figures
    assert all(f["restatement"]["first"] != f["restatement"]["final"] for f in figures)


def test_dates_that_are_not_in_order_are_a_problem(client: TestClient) -> None:
    response = client.get("/api/v1/changes?since=2030-01-01")
    assert response.status_code == 404
    assert "since" in response.json()["detail"]


def test_an_earlier_date_answers_from_what_was_known_then(client: TestClient) -> None:
    early = client.get("/api/v1/entities/alpha/series?metric=dau&as_of=2024-06-30").json()
    assert early["meta"]["as_of"] == "2024-06-30"
    last = max(e["valid_to"] for e in early["data"]["series"]["estimates"])
    assert last < "2024-06-30"


@pytest.mark.parametrize(
    ("accepted", "expected"), [("gzip", "gzip"), ("gzip, deflate, br, zstd", "br"), ("br", "br")]
)
def test_packed_answers_are_the_same(client: TestClient, accepted: str, expected: str) -> None:
    plain = client.get("/api/v1/market", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    asked = client.stream("GET", "/api/v1/market", headers={"Accept-Encoding": accepted})
    with asked as packed:
        raw = b"".join(packed.iter_raw())
    assert packed.headers["content-encoding"] == expected
    codec = {"br": "brotli", "gzip": "gzip"}[expected]
    assert pa.decompress(raw, len(plain.content), codec=codec, asbytes=True) == plain.content
