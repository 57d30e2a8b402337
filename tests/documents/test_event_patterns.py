"""Patterns of events as data."""

from pathlib import Path

import pytest

from howdah.core.errors import SpecError
from howdah.documents.claims import KINDS
from howdah.documents.events import event_metrics, parse_patterns
from howdah.documents.events.patterns import expanded
from howdah.documents.events.tagging import name_pattern

PATH = Path("patterns.toml")


def test_every_relation_has_a_kind() -> None:
    assert event_metrics() <= set(KINDS)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("[[pattern]\n", "not valid TOML"),
        ("[[pattern]]\nmetric = 'owner'\nsuject = 'c'\n", "unknown key 'suject'"),
        ("[[pattern]]\nmetric = 'owner'\nmodality = 'sure'\n", "'sure' is no modality"),
        ("[[pattern]]\nmetric = 'owner'\nreads = 'names'\n", "cannot be read as 'names'"),
        ("[[pattern]]\nmetric = 'owner'\nsubject = 'cx'\n", "'x' is no type of names"),
        ("[[pattern]]\nmetric = 'owner'\nen = ['<s:q> owns <o>']\n", "'q' is no type of names"),
        ("[[pattern]]\nmetric = 'owner'\nen = ['@nobody owns <o>']\n", "@nobody is not in [words]"),
        ("[[pattern]]\nmetric = 'owner'\nen = ['(<o>']\n", "unterminated subpattern"),
    ],
)
def test_mistakes_in_a_table_are_named(table: str, said: str) -> None:
    with pytest.raises(SpecError, match=r"patterns\.toml") as caught:
        parse_patterns(table, PATH)
    assert said in str(caught.value)


def test_an_own_table_is_read_like_the_one_that_comes_with_howdah() -> None:
    told = parse_patterns("[[pattern]]\nmetric = 'owner'\nen = ['<o:c> <=owns> <s:c>']\n", PATH)
    (pattern,) = told.by_language["en"]
    match = pattern.expression.search("\ue000\ue00f owns \ue000\ue00f")
    assert match is not None
    assert [match.span(slot) for slot in ("o", "t", "s")] == [(0, 2), (3, 7), (8, 10)]
    assert told.by_language["zh"] == ()


@pytest.mark.parametrize(
    ("written", "text", "is_found"),
    [
        ("sold ~to <o:c>", "sold for ten pounds to \ue000", True),
        ("sold ~to <o:c>", "sold, and moved to \ue000", False),  # a comma ends the clause
        ("sold ~to <o:c>", "sold by \ue000 to \ue000", False),  # a name stands between
        ("sold ~~to <o:c>", "sold off, by \ue000, to \ue000", True),
        ("bought ^<s:c>", "bought the small maker \ue000", True),
        ("bought ^<s:c>", "bought chips from \ue000", False),
        ("bought ^<s:p>", "bought \ue000", False),
        ("cost ~<s:c>", "cost 1,200 at \ue000", True),  # a comma inside of a number ends nothing
        ("<=won> <s:c>", "unwon \ue000", False),
    ],
)
def test_shorthands(written: str, text: str, is_found: bool) -> None:
    told = parse_patterns(f"[[pattern]]\nmetric = 'owner'\nen = ['{written}']\n", PATH)
    assert (told.by_language["en"][0].expression.search(text) is not None) == is_found


def test_words_are_put_in_before_shorthands_are_read() -> None:
    assert expanded("@gone", {"gone": "left|quit"}, "zh") == "(?:left|quit)"


def test_names_of_no_type_are_refused() -> None:
    with pytest.raises(ValueError, match="allowed: cpmoiu"):
        name_pattern("z")
