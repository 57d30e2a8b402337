"""JSON answers hold what was given: numbers as numbers, dates as ISO text, no number as null."""

import datetime as dt
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from howdah.core import Entity, Identifier, Judgement, parse_period
from howdah.estimates.aggregates import Interval
from howdah.surfaces.cli.answer import named, plain, write_json

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12
)


@given(VALUES)
def test_plain_values_come_back_from_json_unchanged(value: object) -> None:
    assert json.loads(json.dumps(plain(value), allow_nan=False)) == value


def test_intervals_in_records_are_named() -> None:
    found = named({"held": (Interval(1.0, 0.5, float("nan"), 0.9, "m"), parse_period("2024"))})
    interval = {"value": 1.0, "lower": 0.5, "upper": None, "prob": 0.9, "method": "m"}
    assert found == {"held": [interval, "2024"]}


def test_records_become_objects() -> None:
    entity = Entity("a", "A", "product", "", ("甲",), (Identifier("name", "A"),), "甲")
    assert plain(entity) == {
        "canonical_id": "a",
        "name": "A",
        "type": "product",
        "parent": "",
        "aliases": ["甲"],
        "referents": [{"scheme": "name", "value": "A"}],
        "name_zh": "甲",
    }


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (dt.date(2025, 1, 31), "2025-01-31"),
        (dt.datetime(2025, 1, 31, 12, tzinfo=dt.UTC), "2025-01-31T12:00:00+00:00"),
        (float("nan"), None),
        (float("inf"), None),
        (parse_period("2024-Q3"), "2024-Q3"),
        (Judgement.SAME, "same"),
        (Path("a/b"), "a/b"),
        ((1, 2.5), [1, 2.5]),
    ],
)
def test_values_have_one_form(value: object, expected: object) -> None:
    assert plain(value) == expected


def test_what_has_no_form_is_refused() -> None:
    with pytest.raises(TypeError, match="no JSON form of object"):
        plain(object())


def test_an_answer_is_one_object_with_data_and_meta(capsys: pytest.CaptureFixture[str]) -> None:
    write_json(["豆包"], as_of=dt.date(2025, 1, 31))
    out = capsys.readouterr().out
    assert "豆包" in out
    answer = json.loads(out)
    assert answer["data"] == ["豆包"]
    assert set(answer["meta"]) == {"market", "as_of", "time_basis", "version"}
    assert answer["meta"]["as_of"] == "2025-01-31"


def test_a_stream_without_chinese_gets_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="latin-1"))
    write_json("豆包")
    assert json.loads(raw.getvalue().decode("ascii"))["data"] == "豆包"
