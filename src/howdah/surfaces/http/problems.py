"""Errors as RFC 9457 problems: what happened, where, what is allowed, what to do."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from howdah.core.errors import (
    EngineError,
    FeedError,
    HowdahError,
    InputError,
    LicenceError,
    NotAMarketError,
    SpecError,
    StoreBusyError,
    StoreFullError,
    UnknownNameError,
)
from howdah.surfaces.http.wording import in_words_of_api

MEDIA_TYPE = "application/problem+json"

#: Status of each kind of error; the first that fits, so a kind before its base.
_STATUS: tuple[tuple[type[HowdahError], HTTPStatus], ...] = (
    (SpecError, HTTPStatus.INTERNAL_SERVER_ERROR),
    (NotAMarketError, HTTPStatus.INTERNAL_SERVER_ERROR),
    # What fits the description and has no answer is not there: a name, an id, a period, a page.
    # Of a body, whose address is there, see `problem_of`.
    (InputError, HTTPStatus.NOT_FOUND),
    (LicenceError, HTTPStatus.FORBIDDEN),
    (StoreBusyError, HTTPStatus.CONFLICT),
    (StoreFullError, HTTPStatus.INSUFFICIENT_STORAGE),
    (FeedError, HTTPStatus.BAD_GATEWAY),
    (EngineError, HTTPStatus.SERVICE_UNAVAILABLE),
)

#: What begins the name by which one of several bodies that an address takes is told; it stands in
#: the place of an error, where only the field is asked for.
BODY = "body of "

#: What passes: worth asking again in a moment.
_PASSING = frozenset({HTTPStatus.CONFLICT, HTTPStatus.SERVICE_UNAVAILABLE})


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, as a value that goes from process to process.

    Attributes
    ----------
    kind
        Name of the problem, the last part of the address that names its type.
    detail
        What happened, what is allowed, what to do.
    more
        More members of the JSON object.
    """

    status: HTTPStatus
    kind: str
    detail: str
    more: Mapping[str, Any] = field(default_factory=dict)

    def response(self, headers: Mapping[str, str] | None = None) -> Response:
        """The response that tells it."""
        body = {
            "type": f"/docs/problems#{self.kind}",
            "title": self.status.phrase,
            "status": int(self.status),
            "detail": self.detail,
            **self.more,
        }
        content = json.dumps(body, ensure_ascii=False).encode()
        known = {"Retry-After": "5"} if self.status in _PASSING else {}
        return Response(
            content, int(self.status), headers={**known, **(headers or {})}, media_type=MEDIA_TYPE
        )


class Refused(Exception):  # noqa: N818 - it is no fault
    """A request that is answered with a problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.detail)


def problem_of(error: HowdahError, *, is_write: bool = False) -> Problem:
    """The problem that an error made on purpose is.

    Parameters
    ----------
    is_write
        Whether what is wrong stood in a body: the address is there, its content does not fit.
    """
    status = next(
        (status for kind, status in _STATUS if isinstance(error, kind)),
        HTTPStatus.INTERNAL_SERVER_ERROR,
    )
    detail = in_words_of_api(str(error))
    more: dict[str, Any] = {}
    if isinstance(error, UnknownNameError):
        more |= {"received": error.received, "suggestions": list(error.suggestions)}
    if is_write and status is HTTPStatus.NOT_FOUND:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if isinstance(error, InputError) and error.field:
            more["errors"] = [{"at": f"body.{error.field}", "message": detail}]
    return Problem(status, type(error).__name__, detail, more)


def install(app: FastAPI) -> None:
    """Have an application answer every error as a problem."""

    @app.exception_handler(HowdahError)
    async def on_purpose(_request: Request, error: HowdahError) -> Response:
        return problem_of(error).response()

    @app.exception_handler(Refused)
    async def refused(_request: Request, error: Refused) -> Response:
        return error.problem.response()

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> Response:
        errors = [{"at": _place(one["loc"]), "message": one["msg"]} for one in error.errors()]
        told = "; ".join(f"{one['at']}: {one['message']}" for one in errors)
        return Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "invalid",
            f"The request does not fit what this address takes: {told}. /openapi.json has it.",
            {"errors": errors},
        ).response()

    @app.exception_handler(HTTPException)
    async def plain_http(_request: Request, error: HTTPException) -> Response:
        status = HTTPStatus(error.status_code)
        headers = dict(error.headers) if error.headers else None
        kind = status.phrase.lower().replace(" ", "-")
        detail = _DETAILS.get(status, str(error.detail))
        return Problem(status, kind, detail).response(headers)

    @app.exception_handler(Exception)
    async def unexpected(_request: Request, error: Exception) -> Response:
        return Problem(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            "unexpected",
            f"Unexpected {type(error).__name__}. The server's log has where; please report it.",
        ).response()


def _place(loc: Sequence[str | int]) -> str:
    return ".".join(str(part) for part in loc if not str(part).startswith(BODY))


_DETAILS = {
    HTTPStatus.NOT_FOUND: "Nothing is at this address. /openapi.json lists all that there are.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not take that method; Allow names those it "
    "takes.",
}
