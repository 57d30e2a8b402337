"""Errors say what happened, with what, what is allowed and what to do."""

from pathlib import Path

import pytest

from howdah.core import errors
from howdah.core.errors import (
    HowdahError,
    MissingColumnError,
    SpecError,
    StoreBusyError,
    StoreFullError,
    TransientFeedError,
    UnknownNameError,
    closest,
)


def classes() -> list[type[HowdahError]]:
    found = [getattr(errors, name) for name in dir(errors)]
    return [c for c in found if isinstance(c, type) and issubclass(c, HowdahError)]


@pytest.mark.parametrize("error", classes())
def test_every_class_stands_in_the_tree(error: type[HowdahError]) -> None:
    assert f"{error.__name__} " in (errors.__doc__ or "") or error is HowdahError
    assert error.exit_code in {1, 2, 4, 5}


def test_an_unknown_name_suggests_near_ones() -> None:
    error = UnknownNameError("metric", "donloads", ["downloads", "stars"], hint="See the list.")
    assert str(error) == "Unknown metric 'donloads'. Did you mean 'downloads'? See the list."
    assert error.suggestions == ("downloads",)
    assert isinstance(error, KeyError)
    assert str(UnknownNameError("metric", "zzz", [])) == "Unknown metric 'zzz'."


def test_an_unknown_name_that_is_like_none_lists_those_there_are() -> None:
    error = UnknownNameError("metric of Fjord", "dau", ["stars", "forks"])
    assert str(error) == "Unknown metric of Fjord 'dau'. Known: 'stars', 'forks'."
    names = [f"long name {n}" for n in range(15)]
    assert str(UnknownNameError("feed", "x", names)).endswith("'long name 11', and 3 others.")


def test_a_missing_column_names_the_file_its_columns_and_near_names() -> None:
    error = MissingColumnError("a.csv", ["Dau"], ["app", "dau_total", "dau"])
    text = str(error)
    assert "a.csv: no column 'Dau'; the file has 'app', 'dau_total', 'dau'." in text
    assert "'Dau' may be 'dau'" in text
    assert "Mend the column names" in text


def test_many_columns_are_not_all_listed() -> None:
    found = [f"column_{n}" for n in range(40)]
    assert "and 28 others" in str(MissingColumnError("a.csv", ["x"], found))
    assert "no columns" in str(MissingColumnError("a.csv", ["x"], []))


def test_a_spec_error_names_its_place() -> None:
    error = SpecError(Path("f.toml"), 3, "claim.0.metrik", "unknown key.", "metric")
    assert str(error) == "f.toml, line 3: claim.0.metrik: unknown key. Allowed: metric."
    assert str(SpecError(Path("f.toml"), 0, "", "bad.")) == "f.toml: bad."


def test_attributes_say_what_a_program_needs() -> None:
    busy = StoreBusyError(Path("m"), "process 7")
    assert (busy.exit_code, busy.holder) == (4, "process 7")
    assert "reading works meanwhile" in str(busy)
    assert "free some space" in str(StoreFullError(Path("m"), "disk"))
    assert TransientFeedError("f", "busy").transient


def test_closest_ignores_case_and_limits() -> None:
    assert closest("STARS", ["stars", "start", "starts", "star"], limit=2) == ("stars", "starts")
    assert closest("qqq", ["stars"]) == ()
