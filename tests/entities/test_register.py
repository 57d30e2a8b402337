import datetime as dt
from collections.abc import Callable

import pyarrow as pa
import pytest

from howdah.core.errors import MissingColumnError
from howdah.entities.register import read_register


def test_rows_are_distinct_and_in_order(register_of: Callable[..., pa.Table]) -> None:
    register = read_register(
        register_of([("pypi", "b"), ("github", "X/y"), ("pypi", "b"), ("github", "x/Y")])
    )
    assert list(zip(register.schemes, register.subjects, strict=True)) == [
        ("github", "X/y"),
        ("github", "x/Y"),
        ("pypi", "b"),
    ]
    assert register.nodes == ["github:x/y", "github:x/y", "pypi:b"]
    assert register.written == {"github:x/y": "X/y", "pypi:b": "b"}


def test_earliest_known_name_is_the_label(register_of: Callable[..., pa.Table]) -> None:
    register = read_register(
        register_of(
            [
                ("app_store", "1", "Later", "3"),
                ("app_store", "1", "Earlier", "2"),
                ("app_store", "1", "", "1"),
            ]
        )
    )
    assert register.labels == {"app_store:1": "Earlier"}


def test_what_was_named_later_is_not_read(register_of: Callable[..., pa.Table]) -> None:
    table = register_of([("pypi", "a", "", "1"), ("pypi", "b", "", "5")])
    register = read_register(table, as_of=dt.datetime(2024, 1, 4, tzinfo=dt.UTC))
    assert register.subjects == ["a"]


def test_missing_column_is_named(register_of: Callable[..., pa.Table]) -> None:
    with pytest.raises(MissingColumnError, match="first_recorded_at"):
        read_register(register_of([]).drop_columns(["first_recorded_at"]))
