"""Names that nobody knows beside a number: it is not taken for a known neighbour's unread."""

from datetime import date

import pytest

from howdah.documents.claims import DocumentClaim
from howdah.documents.extracting import BESIDE_STRANGER, extract
from howdah.documents.mentions import Entity, Gazetteer
from howdah.documents.reading import read_text
from howdah.documents.strangers import is_common

NAMES = Gazetteer(
    {
        "Pip": Entity("Pip", "product", "Larkwise", ("Pip", "皮普")),
        "Fern": Entity("Fern", "product", "", ("Fern",)),
        "Larkwise": Entity("Larkwise", "company", "", ("Larkwise",)),
    }
)
USERS = "million daily active users in October 2024"


def number(text: str, surface: str) -> DocumentClaim:
    found = extract(read_text(text, "d", published_at=date(2024, 11, 14)), NAMES, accept=0.05)
    (claim,) = (c for c in found if c.value_surface == surface)
    return claim


@pytest.mark.parametrize(
    ("text", "surface", "name"),
    [
        (f"Pip had 8 {USERS}, while Zorp had 3 {USERS}.", "3 million", "Zorp"),
        (f"Zorp, a rival of Pip, had 3 {USERS}.", "3 million", "Zorp"),
        (f"Pip rival Zorp had 3 {USERS}.", "3 million", "Zorp"),
        (f"Pip had 8 {USERS}, more than Zorp's 3 million.", "3 million", "Zorp"),
        (f"Pip grew. Zorp says it has 3 {USERS}.", "3 million", "Zorp"),
        (f"Pip, Zorp and Fern had 3 million, 4 million and 5 {USERS}.", "4 million", "Zorp"),
        ("Pip grew. In October 2024 3 million people used Zorp every day.", "3 million", "Zorp"),
        ("皮普10月日活820万，小蜂日活达到300万。", "300万", "小蜂"),
        ("皮普的竞争对手小蜂10月日活达到300万。", "300万", "小蜂"),
        ("皮普10月日活820万，Zorp日活为300万。", "300万", "Zorp"),
        ("皮普10月日活820万，《幻塔》日活为300万。", "300万", "幻塔"),
        ("“小蜂”10月日活达到300万，皮普为820万。", "300万", "小蜂"),
        ("皮普增长很快。岩心科技10月日活达到300万。", "300万", "岩心科技"),
    ],
)
def test_an_unknown_name_keeps_a_number_from_its_neighbour(
    text: str, surface: str, name: str
) -> None:
    claim = number(text, surface)
    assert (claim.stranger, claim.status) == (name, "review")
    assert claim.subject == name or claim.confidence <= BESIDE_STRANGER


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        (f"Pip had 8 {USERS}.", "8 million"),
        ("In October 2024 Pip had 8 million daily active users in China.", "8 million"),
        (f"Quill Data says Pip had 8 {USERS}.", "8 million"),
        (f"According to the research firm Quill Data, Pip had 8 {USERS}.", "8 million"),
        ("Users of Pip reached 8 million in October 2024.", "8 million"),
        ("Daily active users of Pip, of Larkwise, reached 8 million in October 2024.", "8 million"),
        (f"Shenzhen-based Pip had 8 {USERS}.", "8 million"),
        ("皮普10月在国内的日活达到820万。", "820万"),
        ("据易数咨询统计，皮普App的10月日活达到820万。", "820万"),
        ("皮普10月付费用户达到820万。", "820万"),
    ],
)  # fmt: skip
def test_plain_sentences_name_no_stranger(text: str, surface: str) -> None:
    claim = number(text, surface)
    assert (claim.subject, claim.stranger) == ("Pip", "")


@pytest.mark.parametrize("words", ["users", "the app", "daily users", "用户", "公司", "app"])
def test_common_words_name_nobody(words: str) -> None:
    assert is_common(words)


@pytest.mark.parametrize("words", ["pippin", "小蜂", "monthly regulars", "zorp app", ""])
def test_names_are_no_common_words(words: str) -> None:
    assert not is_common(words)
