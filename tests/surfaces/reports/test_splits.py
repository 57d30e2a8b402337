"""Bought or earned in a report: both languages, all verdicts."""

from pathlib import Path
from typing import get_args

import pytest

import howdah
from howdah.core.phrases import LANGS, Lang
from howdah.growth.verdicts import Code
from howdah.market.pages.split import SplitPage
from howdah.surfaces.reports.audiences import AudienceView
from howdah.surfaces.reports.splits import Splits
from howdah.surfaces.reports.texts import Texts, catalogue
from howdah.surfaces.reports.words import Words

NAMES = ("Simulated advertiser J", "Simulated advertiser L", "Simulated advertiser M",
         "Simulated advertiser N", "Simulated advertiser O", "Simulated assistant C")  # fmt: skip


@pytest.fixture(scope="module")
def pages(example_market: Path) -> dict[str, SplitPage]:
    market = howdah.open(example_market)
    return {name: market.split(name) for name in NAMES}


def view(example_market: Path, page: SplitPage, lang: Lang) -> AudienceView:
    words = Words(howdah.open(example_market).metrics, lang)
    return Splits(words).view(page.entity.name, page)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", NAMES)
def test_every_verdict_has_a_view(
    example_market: Path, pages: dict[str, SplitPage], name: str, lang: Lang
) -> None:
    found = view(example_market, pages[name], lang)
    assert found.warning == Texts(lang)("split.simulated")
    assert all(len(row) == len(table.columns) for table in found.tables for row in table.rows)
    parts = found.tables[0]
    assert len(parts.rows) == len(pages[name].parts) + len(pages[name].together) + 1
    # What cannot be told has no course to draw.
    assert bool(found.charts) == (name != "Simulated advertiser L")


def test_reasons_are_in_the_language_of_the_report(
    example_market: Path, pages: dict[str, SplitPage]
) -> None:
    english, chinese = (
        view(example_market, pages["Simulated advertiser L"], lang).tables[0].note for lang in LANGS
    )
    assert "spend is the same in all periods" in english
    assert "投放金额始终不变" in chinese
    assert "spend" not in chinese
    assert "模拟搜索广告" in chinese


def test_every_code_of_a_verdict_has_words() -> None:
    assert {code for code in get_args(Code) if code} < set(catalogue()["split_why"])


def test_retention_and_bans_are_told(example_market: Path, pages: dict[str, SplitPage]) -> None:
    notes = " ".join(t.note for t in view(example_market, pages[NAMES[-1]], "en").tables)
    assert "of the bought users are active" in notes
    stops = view(example_market, pages["Simulated advertiser O"], "en").tables
    cells = [cell for table in stops for row in table.rows for cell in row]
    assert any(cell.startswith("its owner took the ads no more (") for cell in cells)
