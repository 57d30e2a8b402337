"""A shape says what `plain` writes, and a type that says too little is refused."""

import datetime as dt
import math
import runpy
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, NotRequired, TypedDict

import pytest
from jsonschema_rs import Draft202012Validator

from howdah.claims.quarantine import QUARANTINE_SCHEMA
from howdah.core.calendar import parse_period
from howdah.core.estimate import Estimate
from howdah.core.plain import Unbounded, plain
from howdah.estimates import CARD_COLUMNS, REVISION_COLUMNS
from howdah.market.market import Market
from howdah.market.pages.sources import Card, Revision
from howdah.market.quarantine import QuarantinedRow
from howdah.surfaces.http import schemas
from howdah.surfaces.http.answers import ANSWERS
from howdah.surfaces.http.answers.asked import (
    Named,
    With,
    Written,
    extended,
    named_without_basis,
    without_basis,
)
from howdah.surfaces.http.formats import Answer
from howdah.surfaces.http.questions import Question
from howdah.surfaces.http.shapes import Shapes

WEB = Path(__file__).parents[3] / "web"


class Ends(NamedTuple):
    """Two ends."""

    low: Unbounded
    high: Unbounded


@dataclass(frozen=True)
class Page:
    """A page.

    It has more paragraphs.

    Attributes
    ----------
    day, ends
        When ``it`` was, None where
        nobody knows.
    """

    basis: str
    day: dt.date | None
    ends: Ends
    kind: Literal["a", "b"] | None
    parts: tuple[tuple[str, int], ...]
    counts: Mapping[Literal["x", "y"], int]
    estimate: Estimate


class Said(TypedDict):
    """A page and what is said of it."""

    kind: str
    note: NotRequired[str]


class Remark(TypedDict):
    """A page that says when it was by a number."""

    day: int
    mark: int


ESTIMATE = Estimate(
    "doubao", "Doubao", "dau", "", "users", "", parse_period("2024-09"), 1.0, None, 2.0, 0.9,
    "point", 1, 1, ("s",), 1.0, 2.0, dt.date(2024, 10, 1), "m", ("c",),
)  # fmt: skip
PAGE = Page("b", None, Ends(-math.inf, 2.0), None, (("p", 1),), {"x": 1}, ESTIMATE)


def shape(kind: object) -> tuple[dict[str, Any], dict[str, Any]]:
    made = Shapes({Said: "SaidPage"})
    schema = made.of(kind)
    return schema | {"components": {"schemas": made.components}}, made.components


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Page, plain(PAGE)),
        (Written[Page], without_basis(PAGE)),
        (Named[Page], named_without_basis(PAGE)),
        (With[Written[Page], Said], extended(without_basis(PAGE), Said(kind="c"))),
        (
            With[With[Written[Page], Said], Remark],
            extended(extended(without_basis(PAGE), Said(kind="c")), Remark(day=1, mark=2)),
        ),
        (list[Ends], [plain(PAGE.ends)]),
        (Mapping[str, dt.datetime], plain({"at": dt.datetime(2024, 1, 1, tzinfo=dt.UTC)})),
    ],
)
def test_what_is_written_is_of_the_shape_of_its_type(kind: object, value: object) -> None:
    schema, _ = shape(kind)
    Draft202012Validator(schema, validate_formats=True).validate(value)


@pytest.mark.parametrize(
    "fault",
    [
        {"day": "yesterday"},
        {"kind": "c"},
        {"ends": [1.0]},
        {"parts": [["p", "q"]]},
        {"counts": {"z": 1}},
        {"more": 1},
        {"estimate": None},
        {"basis": "b"},
    ],
)
def test_what_is_written_otherwise_is_not(fault: dict[str, Any]) -> None:
    schema, _ = shape(Written[Page])
    assert not Draft202012Validator(schema, validate_formats=True).is_valid(
        {**without_basis(PAGE), **fault}
    )


def test_a_field_that_is_missing_is_not_of_the_shape() -> None:
    schema, _ = shape(Written[Page])
    for name in without_basis(PAGE):
        value = {key: one for key, one in without_basis(PAGE).items() if key != name}
        assert not Draft202012Validator(schema).is_valid(value), name


def test_fields_have_the_meaning_that_the_docstring_gives() -> None:
    _, components = shape(Written[Page])
    page = components["Page"]
    assert page["description"] == "A page."
    for name in ("day", "ends"):
        told = page["properties"][name]["description"]
        assert told == "When `it` was, null where nobody knows."
    assert "description" not in page["properties"]["kind"]


def test_an_extended_record_has_the_fields_of_both_and_its_own_name() -> None:
    _, components = shape(With[Written[Page], Said])
    found = components["SaidPage"]
    assert found["properties"]["kind"] == {"type": "string"}
    assert "note" not in found["required"]
    assert set(found["required"]) == {"day", "ends", "kind", "parts", "counts", "estimate"}


def test_a_record_that_is_extended_twice_has_the_fields_of_all() -> None:
    _, components = shape(With[With[Written[Page], Said], Remark])
    found = components["Remark"]
    day = {"type": "integer", "description": "When `it` was, null where nobody knows."}
    assert found["properties"]["day"] == day
    assert found["properties"]["kind"] == {"type": "string"}
    assert sorted(found["required"]) == [
        "counts", "day", "ends", "estimate", "kind", "mark", "parts"
    ]  # fmt: skip
    assert "SaidPage" not in components


@pytest.mark.parametrize("kind", [Any, object, dict, list[Any], type])
def test_a_type_that_says_too_little_is_refused(kind: object) -> None:
    with pytest.raises(TypeError, match="says too little"):
        shape(kind)


def test_one_name_for_two_shapes_is_refused() -> None:
    with pytest.raises(TypeError, match=r"schemas\.NAMES"):
        shape(tuple[Written[Page], Named[Page]])


def test_an_answer_of_no_declared_shape_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def vague(market: Market, question: Question) -> Answer[Any]:
        raise NotImplementedError(market, question)

    monkeypatch.setitem(ANSWERS, "vague", vague)
    with pytest.raises(TypeError, match=r"'vague'.*docs/generate\.py"):
        schemas.schemas()


def test_named_tuples_by_name_are_components() -> None:
    schema, _ = shape(Named[Page])
    assert schema["components"]["schemas"]["Ends"]["required"] == ["low", "high"]


@pytest.mark.parametrize(
    ("declared", "columns"),
    [
        (Card, CARD_COLUMNS),
        (Revision, REVISION_COLUMNS),
        (QuarantinedRow, (*QUARANTINE_SCHEMA.names, "place", "mended_at")),
    ],
)
def test_rows_of_frames_have_the_columns_that_are_declared(
    declared: type, columns: tuple[str, ...]
) -> None:
    assert tuple(declared.__annotations__) == columns


def test_the_app_gets_a_type_of_every_form() -> None:
    types_text = runpy.run_path(str(WEB / "contract.py"))["types_text"]
    made = Shapes({})
    answers = {"page": made.of(Named[Page]), "file": None}
    text = types_text({"answers": answers, "components": made.components})
    for line in (
        "export interface Page {",
        "  day: string | null;",
        "  ends: Ends;",
        '  kind: "a" | "b" | null;',
        "  parts: [string, number][];",
        '  counts: { [K in "x" | "y"]?: number };',
        "  low: number | null;",
        "  page: Page;",
    ):
        assert f"\n{line}\n" in text
    assert "file" not in text
