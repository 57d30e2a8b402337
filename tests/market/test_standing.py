"""Where a market stands changes with what answers depend on, and with nothing else."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

import howdah
from howdah.core.entity import Judgement
from howdah.market.standing import NAMES_FILE, standing_of

Write = Callable[..., dict[str, int]]


@pytest.fixture
def folder(tmp_path: Path, write_restating: Write) -> Path:
    write_restating(tmp_path / "m", n_months=8, until=dt.date(2025, 1, 31))
    return tmp_path / "m"


def test_it_is_the_same_until_something_is_written(folder: Path) -> None:
    empty = standing_of(folder)
    assert empty == standing_of(folder)
    assert empty.as_of == dt.date(2025, 1, 12)
    howdah.open(folder).update()
    full = standing_of(folder)
    assert full.version != empty.version
    assert full.names != empty.names
    market = howdah.open(folder)
    market.radar()
    market.prepare("2024-12-31")
    market.index_names()
    assert standing_of(folder) == full
    market.judge("alpha", "beta", Judgement.DIFFERENT, by="analyst")
    judged = standing_of(folder)
    assert judged.version != full.version
    assert judged.names != full.names


def test_a_pull_that_brings_nothing_is_told_apart(folder: Path) -> None:
    howdah.open(folder).update()
    before = standing_of(folder)
    howdah.open(folder).update()
    after = standing_of(folder)
    assert after.version == before.version
    assert after.pulls != before.pulls


@pytest.mark.parametrize("name", ["market.toml", "feeds/users.toml", "entities/catalogue.csv"])
def test_a_file_of_the_market_is_part_of_it(folder: Path, name: str) -> None:
    before = standing_of(folder)
    with (folder / name).open("a", encoding="utf-8") as file:
        file.write("\n# more\n")
    assert standing_of(folder).version != before.version
    assert (standing_of(folder).names != before.names) == name.startswith("entities")


def test_the_index_of_names_is_made_once(folder: Path) -> None:
    howdah.open(folder).update()
    howdah.open(folder).index_names()
    made = (folder / NAMES_FILE).stat().st_ino
    howdah.open(folder).index_names()
    assert (folder / NAMES_FILE).stat().st_ino == made


def test_a_broken_market_file_has_no_default_date(tmp_path: Path) -> None:
    (tmp_path / "market.toml").write_text("as_of = [", encoding="utf-8")
    assert standing_of(tmp_path).as_of is None
