"""From a request to a question, and from its answer to a response."""

import datetime as dt
import json
from collections.abc import Mapping
from http import HTTPStatus
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from fastapi import Depends, Query, Request
from fastapi.responses import Response

from howdah.surfaces.http.paging import decode
from howdah.surfaces.http.questions import Form, Question, Value

if TYPE_CHECKING:
    from howdah.surfaces.http.reader import Reader

AsOf: TypeAlias = Annotated[
    dt.date | None,
    Query(description="Answer from what was known on this date; absent, the market's own date."),
]
Lang: TypeAlias = Annotated[
    Literal["en", "zh"], Query(description="Language of the sentences in the answer.")
]
Format: TypeAlias = Annotated[
    Form | None,
    Query(alias="format", description="Form of the answer; absent, as `Accept` says, else json."),
]

#: What `Accept` calls the forms.
_ACCEPTED: tuple[tuple[str, Form], ...] = (
    ("application/vnd.apache.arrow.stream", "arrow"),
    ("application/vnd.apache.parquet", "parquet"),
    ("text/csv", "csv"),
)

#: A client may keep an answer, but asks each time whether it still holds.
_CACHE_CONTROL = "private, no-cache"


class Asking:
    """A request's part that all reads share, and the way to an answer."""

    def __init__(
        self, request: Request, as_of: AsOf = None, lang: Lang = "en", form: Format = None
    ) -> None:
        self._request = request
        self._as_of = as_of
        self._lang = lang
        self._form = form

    async def __call__(self, use: str, **values: Value) -> Response:
        """Answer with what a use case says, not at all when the client has it already."""
        return await self._answer(self._question(use, values))

    async def page(self, use: str, cursor: str | None, **values: Value) -> Response:
        """The same of one page of a table: from a cursor on, sealed against other tables."""
        whole = self._question(use, {**values, "limit": None})
        seal = whole.tag(self._version(use))
        start = 0 if cursor is None else decode(cursor, seal)
        return await self._answer(self._question(use, {**values, "start": start, "seal": seal}))

    async def search(self, q: str, limit: int) -> Response:
        """Entities that a text may mean: from the index of names, where there is one."""
        question = self._question("search", {"q": q, "limit": limit})
        found = await self._reader.search(q, limit) if question.form == "json" else None
        if found is None:
            return await self._answer(question)
        hits = [
            {"canonical_id": n.entity, "name": n.title, "type": n.type, "matched": n.written}
            for n in found
        ]
        answer = {"data": {"text": q, "hits": hits}, "meta": {"version": version("howdah")}}
        return Response(
            json.dumps(answer, ensure_ascii=False).encode(),
            headers={"Cache-Control": _CACHE_CONTROL},
            media_type="application/json",
        )

    def _question(self, use: str, values: Mapping[str, Value]) -> Question:
        given = {name: value for name, value in values.items() if value not in {None, ()}}
        if self._lang != "en":
            given["lang"] = self._lang
        form = self._form or form_of(self._request.headers.get("accept", ""))
        as_of = self._reader.as_of(self._as_of)
        return Question(use, as_of, tuple(sorted(given.items())), form)

    @property
    def _reader(self) -> "Reader":
        reader: Reader = self._request.app.state.reader
        return reader

    def _version(self, use: str) -> str:
        return self._reader.version(use)

    async def _answer(self, question: Question) -> Response:
        headers = self._request.headers
        tag = question.tag(self._version(question.use))
        kept = {
            "ETag": f'"{tag}"',
            "Cache-Control": _CACHE_CONTROL,
            "Vary": "Accept, Accept-Encoding",
        }
        if is_known(headers.get("if-none-match", ""), tag):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=kept)
        rendered = await self._reader.answer(question, tag)
        if rendered.problem is not None:
            return rendered.problem.response()
        body = rendered.body
        accepted = headers.get("accept-encoding", "")
        for encoding in ("br", "gzip"):
            if encoding in accepted and encoding in rendered.packed:
                body = rendered.packed[encoding]
                kept["Content-Encoding"] = encoding
                break
        if question.form != "json":
            kept["Content-Disposition"] = f'attachment; filename="{question.use}.{question.form}"'
        return Response(body, headers=kept, media_type=rendered.media_type)


Ask: TypeAlias = Annotated[Asking, Depends(Asking)]


def form_of(accept: str) -> Form:
    """The form that a header `Accept` asks for; json unless it names another."""
    return next((form for name, form in _ACCEPTED if name in accept), "json")


def is_known(if_none_match: str, tag: str) -> bool:
    """Whether a client has an answer already."""
    tags = [part.strip().removeprefix("W/") for part in if_none_match.split(",")]
    return f'"{tag}"' in tags or "*" in tags
