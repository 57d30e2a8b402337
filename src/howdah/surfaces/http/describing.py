"""The description of the API in OpenAPI 3.1: what FastAPI knows, and what all addresses share."""

import json
from importlib.resources import files
from typing import Any

from fastapi import FastAPI

from howdah.surfaces.http.problems import MEDIA_TYPE
from howdah.surfaces.http.routes.files import TABLES
from howdah.surfaces.http.safety import TOKEN_HEADER

_TEXT = {"type": "string"}

_FAULT = {
    "type": "object",
    "description": "What does not fit in a request.",
    "properties": {
        "at": {"type": "string", "description": "Where, such as `body.expect` or `query.metric`."},
        "message": {"type": "string", "description": "What is allowed there."},
    },
    "required": ["at", "message"],
}

_PROBLEM = {
    "type": "object",
    "description": "RFC 9457: what happened, what is allowed, what to do.",
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "errors": {
            "type": "array",
            "description": "Of a request that does not fit: each parameter or field at fault.",
            "items": {"$ref": "#/components/schemas/Fault"},
        },
    },
    "required": ["type", "title", "status", "detail"],
}

#: Where components stand.
REF = "#/components/schemas/"

REFUSED = {
    "description": "What went wrong.",
    "content": {MEDIA_TYPE: {"schema": {"$ref": f"{REF}Problem"}}},
}

_TAG = {"description": "Version of the answer, for If-None-Match.", "schema": _TEXT}

#: An address of each path that works on the example market; docs show them, and tests ask them.
EXAMPLES = {
    "/api/v1/market": "/api/v1/market",
    "/api/v1/names": "/api/v1/names",
    "/api/v1/radar": "/api/v1/radar?lang=zh",
    "/api/v1/findings": "/api/v1/findings?segment=open-source-ai&kind=growth",
    "/api/v1/hits": "/api/v1/hits?segment=open-source-ai",
    "/api/v1/records": "/api/v1/records?lang=zh",
    "/api/v1/changes": "/api/v1/changes?since=2024-12-31",
    "/api/v1/search": "/api/v1/search?q=豆包",
    "/api/v1/entities/{entity}": "/api/v1/entities/doubao",
    "/api/v1/entities/{entity}/series": "/api/v1/entities/doubao/series?metric=dau",
    "/api/v1/entities/{entity}/revisions": "/api/v1/entities/doubao/revisions",
    "/api/v1/entities/{entity}/audience": "/api/v1/entities/doubao/audience",
    "/api/v1/entities/{entity}/neighbours": "/api/v1/entities/bytedance/neighbours",
    "/api/v1/entities/{entity}/documents": "/api/v1/entities/doubao/documents",
    "/api/v1/entities/{entity}/split": "/api/v1/entities/doubao/split",
    "/api/v1/compare": "/api/v1/compare?entity=Doubao&entity=Kimi",
    "/api/v1/leagues": "/api/v1/leagues",
    "/api/v1/leagues/{metric}": "/api/v1/leagues/dau?segment=assistants&format=csv",
    "/api/v1/flows": "/api/v1/flows",
    "/api/v1/sources": "/api/v1/sources?metric=dau",
    "/api/v1/sources/revisions": "/api/v1/sources/revisions",
    "/api/v1/feeds": "/api/v1/feeds",
    "/api/v1/feeds/quarantine": "/api/v1/feeds/quarantine",
    "/api/v1/trail/{id}": "/api/v1/trail/ae2817dee5",
    "/api/v1/explain/{id}": "/api/v1/explain/Doubao?metric=dau",
    "/api/v1/export": "/api/v1/export?entity=Doubao&format=parquet",
    "/api/v1/directions": "/api/v1/directions",
    "/api/v1/directions/record": "/api/v1/directions/record",
    "/api/v1/entry/{segment}": "/api/v1/entry/open-source-ai",
    "/api/v1/features": "/api/v1/features?target=model-makers&ours=zhipu",
    "/api/v1/briefs/{segment}": "/api/v1/briefs/open-source-ai",
    "/api/v1/decisions": "/api/v1/decisions?lang=zh",
    "/api/v1/review/pairs": "/api/v1/review/pairs?limit=5",
    "/api/v1/review/claims": "/api/v1/review/claims?limit=5",
    "/api/v1/review/passages": "/api/v1/review/passages?limit=5",
    "/health": "/health",
    "/ready": "/ready",
    "/metrics": "/metrics",
}

#: Answers that are no table.
_NO_TABLE: frozenset[str] = frozenset()


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of an application, made once."""
    if app.openapi_schema is not None:
        return app.openapi_schema
    found = FastAPI.openapi(app)
    shapes = json.loads((files(__package__) / "schemas.json").read_bytes())
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    assert not schemas.keys() & shapes["components"], "a body and an answer are called alike"
    schemas |= {"Fault": _FAULT, "Problem": _PROBLEM, **shapes["components"]}
    # Their place is taken by problems.
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    for path, methods in found["paths"].items():
        for method, operation in methods.items():
            if path.startswith("/api/"):
                # An operation is called as its answer.
                _share(path, method, operation, _answered(operation["operationId"], shapes))
    app.openapi_schema = found
    return found


def _answered(name: str, shapes: dict[str, Any]) -> dict[str, Any]:
    """What an answer looks like: its data, and what it rests on."""
    data = shapes["answers"][name]
    if data is None:
        # It is always a file.
        return {}
    shape = {
        "type": "object",
        "description": "An answer, and what it rests on.",
        "properties": {"data": data, "meta": shapes["meta"]},
        "required": ["data", "meta"],
        "additionalProperties": False,
    }
    return {"application/json": {"schema": shape}}


def _share(path: str, method: str, operation: dict[str, Any], answered: dict[str, Any]) -> None:
    """Write into one operation what all of them have, and what its answer looks like."""
    responses = operation["responses"]
    responses.pop("422", None)
    responses["4XX"] = responses["503"] = REFUSED
    if method == "post":
        responses["200"]["content"] = answered
        operation.setdefault("parameters", []).append(
            {
                "name": TOKEN_HEADER,
                "in": "header",
                "required": True,
                "description": "The value of the cookie csrf_token, which any GET sets.",
                "schema": _TEXT,
            }
        )
        return
    responses["200"]["content"] = answered | ({} if path in _NO_TABLE else TABLES)
    responses["200"]["headers"] = {"ETag": _TAG}
    responses["304"] = {"description": "The client has this version already."}
