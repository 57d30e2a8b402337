import pytest
from hypothesis import given
from hypothesis import strategies as st

from howdah.documents.folding import fold

TEXTS = st.text(
    st.one_of(
        st.sampled_from(
            "約１３００萬元，個（）％．～〇○兩餘幾¹²①½…㎡ﷺ\u200b\ufeff\u00a0ǅ豈İ億著乾"
        ),
        st.characters(codec="utf-8"),
    ),
    max_size=60,
)


@given(TEXTS)
def test_every_folded_character_comes_from_the_raw_character_that_folds_to_it(text: str) -> None:
    folded = fold(text)
    for at, char in enumerate(folded.text):
        first, last = folded.raw_span(at, at + 1)
        assert last == first + 1
        alone = fold(text[first])
        assert char in alone.text or not folded.raw[first].isascii()


@given(TEXTS, st.data())
def test_a_span_there_and_back_covers_itself(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    start = data.draw(st.integers(0, len(folded.text)))
    end = data.draw(st.integers(start, len(folded.text)))
    first, last = folded.raw_span(start, end)
    assert 0 <= first <= last <= len(text)
    if start < end:
        back, stop = folded.folded_span(first, last)
        assert back <= start
        assert stop >= end


@given(TEXTS)
def test_spans_of_all_characters_cover_the_text_but_for_what_has_no_width(text: str) -> None:
    folded = fold(text)
    cited = {at for i in range(len(folded.text)) for at in range(*folded.raw_span(i, i + 1))}
    assert all(fold(text[at]).text == "" for at in range(len(text)) if at not in cited)


@given(TEXTS)
def test_lower_case_keeps_the_length(text: str) -> None:
    folded = fold(text)
    assert len(folded.lower) == len(folded.text)


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("", ""),
        ("plain", "plain"),
        ("１，３００萬元（約）", "1,300万元(约)"),
        ("二〇二四年○月", "二零二四年零月"),
        ("兩千八百餘名", "两千八百余名"),
        ("760万¹", "760万¹"),
        ("①自4月起", "①自4月起"),
        ("2½ million", "2½ million"),
        ("3\u00a0million", "3 million"),
        ("7\u200b60万", "760万"),
        ("㎡", "m2"),
    ],
)
def test_folding(raw: str, folded: str) -> None:
    assert fold(raw).text == folded


def test_citing_across_a_character_without_a_width() -> None:
    folded = fold("约7\u200b60万")
    assert folded.raw_text(1, 5) == "7\u200b60万"


def test_an_expanded_character_is_cited_whole() -> None:
    folded = fold("3㎡以上")
    assert folded.text == "3m2以上"
    assert folded.raw_span(1, 2) == folded.raw_span(2, 3) == (1, 2)


def test_traditional_texts_are_told_from_simplified_ones() -> None:
    assert fold("月活躍用戶約三億，較去年同期增長三成。").is_traditional
    assert not fold("月活跃用户约三亿，较去年同期增长三成。").is_traditional
    assert not fold("Nothing here").is_traditional


@pytest.mark.parametrize("span", [(-1, 1), (0, 9), (2, 1)])
def test_a_span_outside_the_text_is_an_error(span: tuple[int, int]) -> None:
    with pytest.raises(IndexError, match="no span of a text of 3"):
        fold("abc").raw_span(*span)
