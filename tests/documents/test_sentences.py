"""Sentences and clauses, in both languages."""

import pytest

from howdah.documents.sentences import split_sentences


def texts(text: str) -> list[str]:
    return [sentence.surface for sentence in split_sentences(text)]


@pytest.mark.parametrize(
    "text",
    [
        "It raised $1.5 bn from the U.S. fund.",
        "Mr. Li left (he had joined in Aug. 2021. Nobody said why) at noon.",
        "日活760万（含极速版。）与Kimi相当。",
        "e.g. this one, i.e. that one.",
    ],
    ids=["decimal", "brackets", "chinese_brackets", "abbreviations"],
)
def test_what_ends_no_sentence(text: str) -> None:
    assert texts(text) == [text]


def test_a_quotation_ends_with_its_mark() -> None:
    assert texts("他说：“好。”然后走了。真的！") == ["他说：“好。”", "然后走了。", "真的！"]


def test_sentences_and_clauses_stand_where_they_say() -> None:
    text = "  DAU rose to 1,300,000 (up 12%), while Kimi fell. 月活1,300万；周活400万。\n"
    for sentence in split_sentences(text, 1, len(text)):
        assert text[sentence.start : sentence.end] == sentence.surface
        for clause in sentence.clauses:
            assert sentence.start <= clause.start < clause.end <= sentence.end
            assert text[clause.start : clause.end] == clause.surface


def test_the_comma_of_a_number_ends_no_clause() -> None:
    (sentence,) = split_sentences("月活1,300万，周活400万")
    assert [clause.surface for clause in sentence.clauses] == ["月活1,300万", "周活400万"]
    assert [sentence.clause_at(place) for place in (0, 5, 9, 99)] == [0, 0, 1, 1]


def test_an_open_bracket_far_back_is_a_slip() -> None:
    text = "一（" + "长" * 200 + "。二。"
    assert texts(text) == [text[:-2], "二。"]


def test_nothing_has_no_sentence() -> None:
    assert texts("") == texts(" \n ") == []
