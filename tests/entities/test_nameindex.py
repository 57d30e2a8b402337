"""The index of names finds what a person means, by any script, beginning or near spelling."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from howdah.entities.nameindex import Named, NameIndex, write_index

NAMES = (
    Named("Doubao", "doubao", "Doubao", "product", 2),
    Named("豆包", "doubao", "Doubao", "product", 2),
    Named("Doubao LLM", "doubao-llm", "Doubao LLM", "model", 2),
    Named("Kimi", "kimi", "Kimi", "product", 2),
    Named("kimi-cli", "pypi:kimi-cli", "kimi-cli", "package", 1),
    Named("Tencent Yuanbao", "yuanbao", "Tencent Yuanbao", "product", 2),
    Named("騰訊元寶", "yuanbao", "Tencent Yuanbao", "product", 2),
    Named("hashicorp/consul", "github:hashicorp/consul", "consul", "repository", 1),
    Named("C++", "cpp", "C++", "language", 0),
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NameIndex]:
    path = tmp_path_factory.mktemp("names") / "names.sqlite"
    assert write_index(path, NAMES, "v1") == len(NAMES)
    found = NameIndex(path)
    yield found
    found.close()


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Doubao", "doubao"),
        ("DOUBAO", "doubao"),
        ("豆包", "doubao"),
        ("豆", "doubao"),
        ("腾讯元宝", "yuanbao"),
        ("元宝", "yuanbao"),
        ("yuanb", "yuanbao"),
        ("kim", "kimi"),
        ("k", "kimi"),
        ("cli", "pypi:kimi-cli"),
        ("doubap", "doubao"),
        ("Tencent Yuanbo", "yuanbao"),
        ("consul", "github:hashicorp/consul"),
        ("c++", "cpp"),
    ],
)
def test_the_one_that_is_meant_comes_first(index: NameIndex, text: str, first: str) -> None:
    assert index.search(text, 5)[0].entity == first


def test_each_entity_is_found_once_and_no_more_than_asked(index: NameIndex) -> None:
    found = [named.entity for named in index.search("doubao", 10)]
    assert found[:2] == ["doubao", "doubao-llm"]
    assert len(found) == len(set(found))
    assert len(index.search("doubao", 1)) == 1


@pytest.mark.parametrize(
    "text", ["", "   ", "zzzzzzzz", "'; DROP TABLE name; --", "%", "\x00", "\ud800"[:0]]
)
def test_what_nothing_goes_by_finds_nothing(index: NameIndex, text: str) -> None:
    assert index.search(text, 5) == []
    assert index.version == "v1"


def test_an_index_of_no_names_finds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "names.sqlite"
    assert write_index(path, (), "v0") == 0
    found = NameIndex(path)
    assert found.search("doubao", 5) == []
    found.close()


def test_a_new_index_takes_the_place_of_the_old_one_whole(tmp_path: Path) -> None:
    path = tmp_path / "names.sqlite"
    write_index(path, NAMES[:1], "v1")
    old = NameIndex(path)
    write_index(path, NAMES, "v2")
    new = NameIndex(path)
    assert (old.version, new.version) == ("v1", "v2")
    assert [p.name for p in tmp_path.iterdir()] == ["names.sqlite"]
    old.close()
    new.close()
