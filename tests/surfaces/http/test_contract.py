"""Every address keeps what its description says, whatever it is asked."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance, unsupported_method

from howdah.surfaces.http.application import Options, create_app
from howdah.surfaces.http.describing import EXAMPLES
from howdah.surfaces.http.limits import Rate
from howdah.surfaces.http.renderer import Renderer
from howdah.surfaces.http.rendering import Desk
from howdah.surfaces.http.safety import TOKEN_COOKIE, TOKEN_HEADER

WRITES = ("pairs", "claims", "passages")
OPERATIONS = (
    *(("GET", path) for path in EXAMPLES),
    *(("POST", f"/api/v1/review/{of}/judgements") for of in WRITES),
    ("POST", "/api/v1/decisions"),
)


@pytest.fixture(scope="module")
def application(restating_market: tuple[Path, dict[str, int]]) -> FastAPI:
    folder, _ = restating_market
    renderer = Renderer(lambda: ThreadPoolExecutor(1), lambda: Desk(folder), 10**12)
    return create_app(folder, renderer, Options(writes=Rate(1e6, 1e6)))


def test_the_description_is_of_version_3_1_and_has_every_address(application: FastAPI) -> None:
    described = application.openapi()
    assert described["openapi"].startswith("3.1")
    found = {(m.upper(), path) for path, ms in described["paths"].items() for m in ms}
    assert found == set(OPERATIONS)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_each_answer_is_as_described(application: FastAPI, method: str, path: str) -> None:
    schema = schemathesis.openapi.from_dict(application.openapi())
    schema.app = application
    operation = schema[path][method]
    with TestClient(application, base_url="http://127.0.0.1") as client:
        client.get("/health")
        headers = {TOKEN_HEADER: client.cookies[TOKEN_COOKIE]} if method == "POST" else {}
        excluded = [unsupported_method]
        if method == "POST":
            # What is judged or decided must also be in the market, which no schema can say.
            excluded.append(positive_data_acceptance)

        @given(case=operation.as_strategy())
        @settings(max_examples=6, suppress_health_check=list(HealthCheck), database=None)
        def ask(case: schemathesis.Case[Any]) -> None:
            asked = case.as_transport_kwargs(base_url="http://127.0.0.1", headers=headers)
            asked.pop("cookies", None)
            response = client.request(**asked)
            case.validate_response(response, excluded_checks=excluded)

        ask()
