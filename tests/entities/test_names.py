import pytest
from hypothesis import given
from hypothesis import strategies as st

from howdah.entities.names import bigrams, fold, head, normalise, slug, tokens, versions

SCRIPT_PAIRS = [
    ("字節跳動", "字节跳动"),
    ("華為", "华为"),
    ("華爲", "华为"),
    ("騰訊雲", "腾讯云"),
    ("小紅書", "小红书"),
    ("崑崙萬維", "昆仑万维"),
    ("諾亞方舟", "诺亚方舟"),
    ("烏鴉智能說", "乌鸦智能说"),
    ("第四範式", "第四范式"),
    ("商湯", "商汤"),
    ("晚點 LatePost", "晚点LatePost"),
    ("乾隆", "乾隆"),
]

#: Text near what names are made of: letters of several scripts, digits, separators, marks.
NAMES = st.text(
    st.one_of(
        st.sampled_from("aZzß4٤²-_. /+#&'’·:（）　ＡｂＣ™★🤗字節跳動华为薴苧苎कीि"),
        st.characters(),
    ),
    max_size=12,
)


@given(NAMES)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(NAMES)
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.sampled_from(SCRIPT_PAIRS), NAMES, NAMES)
def test_script_does_not_matter_in_any_context(
    pair: tuple[str, str], before: str, after: str
) -> None:
    traditional, simplified = pair
    assert fold(before + traditional + after) == fold(before + simplified + after)


@given(st.text(st.sampled_from("abcXYZ019豆包"), min_size=1), st.sampled_from([" ", "-", "_", "·"]))
def test_separators_around_a_name_do_not_matter(name: str, separator: str) -> None:
    assert fold(f"{separator}{name}{separator}") == fold(name)


@given(NAMES)
def test_only_empty_text_folds_to_nothing(text: str) -> None:
    assert bool(fold(text)) == bool(normalise(text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("豆包 App", "豆包ＡＰＰ"),
        ("GPT-4", "gpt 4"),
        ("Noah's Ark", "Noah’s Ark"),
        ("ChatGPT™", "chatgpt"),
        ("glm_4-0520", "GLM-4 0520"),
        ("海河·谛听", "海河谛听"),
        ("Claude 3.5 Sonnet", "claude-3-5-sonnet"),
    ],
)
def test_spellings_of_one_name_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("C", "C++"),
        ("C", "C#"),
        ("GPT-4", "GPT-4o"),
        ("01.AI", "01AI"),
        ("qwen2.5", "qwen25"),
        ("qwen2-5", "qwen25"),
        ("glm-4-0520", "glm-40520"),
        ("a/bc", "ab/c"),
        ("Disney", "Disney+"),
        ("कि", "की"),
        ("!!!", "???"),
    ],
)
def test_what_tells_names_apart_survives_folding(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("Claude 3.5 Sonnet", "claude-3-5-sonnet", True),
        ("glm-4", "glm-4-0520", False),
        ("qwen1.5-7b", "qwen1.5-72b", False),
        ("gpt-4", "gpt-4o", False),
        ("mixtral-8x7b", "Mixtral 8x7B", True),
        ("4Paradigm", "4 paradigm", True),
    ],
)
def test_versions_compare_as_numbers(one: str, other: str, is_same: bool) -> None:
    assert (versions(one) == versions(other)) is is_same


def test_tokens_split_scripts_and_digits() -> None:
    assert tokens("豆包Pro 1.5-72B") == ("豆包", "pro", "1.5", "72", "b")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("腾讯会议-多人会议", "腾讯会议"), ("Talkie: AI friends", "talkie"), ("llama2:7b", "")],
)
def test_head_is_what_stands_before_a_slogan(name: str, expected: str) -> None:
    assert head(name) == expected


def test_single_character_word_is_its_own_bigram() -> None:
    assert bigrams("云") == ("云",)


@given(NAMES)
def test_slug_can_be_an_id(text: str) -> None:
    assert not set(slug(text)) & set(" :;/\t\n")
