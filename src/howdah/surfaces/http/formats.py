"""The forms of an answer: JSON with what it rests on, and its rows as CSV or Arrow."""

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa

from howdah.core.errors import InputError
from howdah.core.plain import plain
from howdah.surfaces.http.questions import Form

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


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered.

    Attributes
    ----------
    data
        The JSON of it; records are written by `howdah.core.plain`.
    basis
        What it rests on; None where it rests on no claims.
    rows
        Its rows as plain values; None where it has no form of a table.
    meta
        More for `meta`, such as the cursor of the next page.
    lang
        Language of its sentences.
    """

    data: Any
    basis: "Basis | None" = None
    rows: Callable[[], Sequence[dict[str, Any]]] | None = None
    meta: dict[str, Any] | None = None
    lang: "Lang" = "en"


@dataclass(frozen=True, slots=True)
class Download:
    """An answer that is a file already."""

    body: bytes
    form: Form


def write(answer: Answer | Download, form: Form) -> tuple[bytes, str]:
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


def _json(answer: Answer) -> bytes:
    meta: dict[str, Any] = {"version": version("howdah")}
    if answer.basis is not None:
        meta |= basis_meta(answer.basis, answer.lang)
    meta |= answer.meta or {}
    text = json.dumps(
        plain({"data": answer.data, "meta": meta}),
        ensure_ascii=False,
        allow_nan=False,
        separators=(",", ":"),
    )
    return text.encode()


def basis_meta(basis: "Basis", lang: "Lang") -> dict[str, Any]:
    """What an answer rests on, as `meta` tells it."""
    from howdah.market.pages import basis_text  # noqa: PLC0415 - only where pages are at hand

    return {
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
        "text": basis_text(basis, lang),
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
