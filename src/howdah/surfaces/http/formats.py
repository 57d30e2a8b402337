"""The forms of an answer: JSON with what it rests on, and its rows as CSV or Arrow."""

import datetime as dt
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Generic, Literal, Required, TypedDict, TypeVar

import polars as pl
import pyarrow as pa

from howdah.core.errors import InputError
from howdah.core.plain import plain
from howdah.surfaces.http.questions import Form
from howdah.surfaces.http.wording import in_words_of_api

if TYPE_CHECKING:
    from howdah.core.phrases import Lang
    from howdah.market.pages import Basis

MEDIA_TYPES: dict[Form, str] = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "arrow": "application/vnd.apache.arrow.stream",
    "parquet": "application/vnd.apache.parquet",
}

#: Signs with which a cell begins that spreadsheets take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


Data = TypeVar("Data")


class LateFeed(TypedDict):
    """A feed that is late at the knowledge date."""

    feed: str
    last_published: dt.date
    days_late: int


class EndedFeed(TypedDict):
    """A feed of which nothing more is expected."""

    feed: str
    last_published: dt.date


class LaterFeed(TypedDict):
    """A feed whose claims were all recorded after the knowledge date."""

    feed: str
    first_recorded: dt.date


class Meta(TypedDict, total=False):
    """What an answer rests on; of an answer that rests on no claims the version alone.

    Attributes
    ----------
    version
        Of howdah.
    as_of
        Knowledge date.
    time_basis
        Whether claims were recorded as they came, or any by replaying an old file.
    vintages, n_vintages
        Publication dates behind the answer, of many the first and the last; and how many.
    text
        What it rests on, in one paragraph.
    next
        Cursor of the next page of a table, null on the last.
    """

    version: Required[str]
    as_of: dt.date
    time_basis: Literal["recorded", "replayed"]
    vintages: Sequence[dt.date]
    n_vintages: int
    late_feeds: list[LateFeed]
    ended_feeds: list[EndedFeed]
    later_feeds: list[LaterFeed]
    text: str
    next: str | None


class Following(TypedDict):
    """Where a table goes on."""

    next: str | None


@dataclass(frozen=True, slots=True)
class Answer(Generic[Data]):
    """What is answered; of what shape says the type of its data.

    Attributes
    ----------
    data
        The JSON of it; records are written by `howdah.core.plain`.
    basis
        What it rests on; None where it rests on no claims.
    rows
        Its rows as plain values; None where it has no form of a table.
    meta
        More for `meta`: the cursor of the next page.
    lang
        Language of its sentences.
    """

    data: Data
    basis: "Basis | None" = None
    rows: Callable[[], Sequence[dict[str, Any]]] | None = None
    meta: Following | None = None
    lang: "Lang" = "en"


@dataclass(frozen=True, slots=True)
class Download:
    """An answer that is a file already."""

    body: bytes
    form: Form


def write(answer: Answer[Any] | Download, form: Form) -> tuple[bytes, str]:
    """Bytes of an answer in a form, and their media type.

    Raises
    ------
    InputError
        The answer is no table.
    """
    if isinstance(answer, Download):
        return answer.body, MEDIA_TYPES[answer.form]
    if form == "json":
        return _json(answer), MEDIA_TYPES[form]
    if answer.rows is None:
        raise InputError(f"This answer is no table, so there is no {form} of it. Ask for json.")
    return write_frame(_frame(answer.rows()), form), MEDIA_TYPES[form]


def write_frame(frame: pl.DataFrame, form: Form) -> bytes:
    """Bytes of a frame in a form of a table."""
    sink = io.BytesIO()
    if form == "parquet":
        frame.write_parquet(sink)
    elif form == "csv":
        texts = [name for name, kind in frame.schema.items() if kind == pl.String]
        frame.with_columns(_guarded(name) for name in texts).write_csv(sink)
    else:
        table = frame.to_arrow()
        with pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table)
    return sink.getvalue()


def _json(answer: Answer[Any]) -> bytes:
    meta: Meta = {"version": version("howdah")}
    if answer.basis is not None:
        meta = basis_meta(answer.basis, answer.lang)
    if answer.meta is not None:
        meta["next"] = answer.meta["next"]
    text = json.dumps(
        plain({"data": answer.data, "meta": meta}),
        ensure_ascii=False,
        allow_nan=False,
        separators=(",", ":"),
    )
    return text.encode()


def basis_meta(basis: "Basis", lang: "Lang") -> Meta:
    """What an answer rests on, as `meta` tells it."""
    from howdah.market.pages import basis_text  # noqa: PLC0415 - only where pages are at hand

    return {
        "version": version("howdah"),
        "as_of": basis.as_of,
        "time_basis": "replayed" if basis.replayed else "recorded",
        "vintages": basis.vintages,
        "n_vintages": basis.n_vintages,
        "late_feeds": [
            {"feed": feed, "last_published": last, "days_late": days}
            for feed, last, days in basis.stale
        ],
        "ended_feeds": [{"feed": feed, "last_published": last} for feed, last in basis.ended],
        "later_feeds": [
            {"feed": feed, "first_recorded": first} for feed, first in basis.later_feeds
        ],
        "text": in_words_of_api(basis_text(basis, lang)),
    }


def _frame(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """Rows as a frame of plain columns: what is nested stands as JSON."""
    flat = [
        {
            key: json.dumps(plain(value), ensure_ascii=False)
            if isinstance(value, dict | list | tuple)
            else value
            for key, value in row.items()
        }
        for row in rows
    ]
    return pl.DataFrame(flat, infer_schema_length=None)


def _guarded(name: str) -> pl.Expr:
    """A text column whose cells no spreadsheet takes for a formula; others stay as they are."""
    column = pl.col(name)
    is_formula = column.str.slice(0, 1).is_in(_FORMULA)
    return pl.when(is_formula).then(pl.lit("'") + column).otherwise(column).alias(name)
