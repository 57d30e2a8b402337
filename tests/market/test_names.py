"""What readers of Chinese call entities: from the catalogue into sentences and answers."""

from pathlib import Path

import pytest

from howdah.core.entity import Entity
from howdah.core.phrases import NO_NAMES
from howdah.entities import read_catalogue
from howdah.market import Market
from howdah.market.pages.names import ChineseName, ChineseNames

_HEAD = "canonical,type,parent,aliases_simplified,aliases_traditional,aliases_latin"


@pytest.mark.parametrize(
    ("row", "name_zh"),
    [
        ("Doubao,product,,豆包;豆包 App,字節豆包,", "豆包"),
        ("Kimi,product,,Kimi;Kimi 智能助手,,", ""),
        ("TikTok,product,,,,", ""),
        ("豆包,product,,豆包 App,,Doubao", ""),
    ],
)
def test_the_first_simplified_alias_is_the_chinese_name(
    row: str, name_zh: str, tmp_path: Path
) -> None:
    (tmp_path / "catalogue.csv").write_text(f"{_HEAD}\n{row}\n", encoding="utf-8")
    (entity,) = read_catalogue(tmp_path).entities.values()
    assert entity.name_zh == name_zh


def test_a_name_that_chinese_tells_apart_is_left_alone() -> None:
    def made(id_: str, name: str, name_zh: str) -> Entity:
        return Entity(id_, name, "product", "", (name,), (), name_zh)

    found = ChineseNames.of(
        [
            made("doubao", "Doubao", "豆包"),
            made("tongyi", "Tongyi", "通义"),
            made("tongyi-model", "Tongyi", "通义千问"),
            made("talkie", "Talkie", ""),
        ]
    )
    assert found.names == (ChineseName("doubao", "Doubao", "豆包"),)
    assert found.by_name == {"Doubao": "豆包"}


def test_english_readers_see_the_names_of_the_market(example_market: Path) -> None:
    market = Market(example_market)
    assert market.names("en") == NO_NAMES
    assert market.names("zh")["Doubao"] == "豆包"
