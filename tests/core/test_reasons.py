"""Reasons: each is a phrase of the catalogue in both languages, and detectors make no other."""

import ast
import re
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

import howdah.signals
from howdah.core.phrases import reason, reason_text

CATALOGUE = tomllib.loads((files("howdah.core") / "phrases.toml").read_text(encoding="utf-8"))


def calls_of_reason() -> list[tuple[str, str, set[str]]]:
    """(file, key, names of values) of each reason that a detector makes."""
    found = []
    for path in sorted(Path(howdah.signals.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "reason":
                key = node.args[0]
                assert isinstance(key, ast.Constant), f"{path.name}: the key must be written out"
                found.append((path.name, str(key.value), {k.arg or "" for k in node.keywords}))
    return found


def test_every_reason_is_said_in_both_languages_with_the_values_it_is_given() -> None:
    used = calls_of_reason()
    assert {key for _, key, _ in used} == set(CATALOGUE["reason"])
    for file, key, values in used:
        for lang in ("en", "zh"):
            names = set(re.findall(r"{(\w+)}", CATALOGUE["reason"][key][lang]))
            assert names == values, f"{file}: {key} in {lang}"


def test_no_detector_gives_a_sentence_as_its_reason() -> None:
    for path in sorted(Path(howdah.signals.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "cause_reason":
                is_text = isinstance(node.value, (ast.Constant, ast.JoinedStr))
                assert not is_text, f"{path.name}, line {node.value.lineno}"


def test_an_unknown_reason_cannot_be_made() -> None:
    with pytest.raises(KeyError):
        reason("the_moon_was_full")
    with pytest.raises(KeyError):
        reason("stated_by")


def test_a_fault_is_named_in_the_readers_language() -> None:
    why = reason("had_fault", feed="pypi", fault="level shift", period="2021-03-01")
    assert reason_text(why) == "pypi had a level shift on 2021-03-01"
    assert reason_text(why, "zh") == "pypi在2021-03-01发生整体跳变"
