"""How sources revise, in a report: shown where it is known, in both languages."""

import re
from pathlib import Path

import pytest

import howdah
from howdah.core.phrases import LANGS, Lang
from howdah.estimates import IMMATURE
from howdah.surfaces.reports.contents import gather
from howdah.surfaces.reports.render import render
from howdah.surfaces.reports.texts import Texts


@pytest.mark.parametrize(
    ("lang", "heading", "note"),
    [
        ("en", "How far figures still move", "figures of this age usually end x1.09"),
        ("zh", "数字此后还会变动多少", "该来源这一时龄的数字最终通常为x1.09"),
    ],
)
def test_curves_and_nowcasts_are_shown(
    restating_market: tuple[Path, dict[str, int]], lang: Lang, heading: str, note: str
) -> None:
    page = render(gather(howdah.open(restating_market[0])), lang)
    assert heading in page
    assert re.search(r"x1\.\d\d \(x1\.\d\d–x1\.\d\d\)", page)
    assert note in page


def test_without_history_there_is_no_table(tmp_path: Path) -> None:
    howdah.init(tmp_path / "m")
    contents = gather(howdah.open(tmp_path / "m"))
    for lang in LANGS:
        assert Texts(lang)("sources.moves") not in render(contents, lang)


@pytest.mark.parametrize(
    "note",
    [
        IMMATURE,
        f"{IMMATURE}, cannot tell where it ends",
        "nowcast: this source's figures of this age usually end x1.08",
        "nowcast: this source's figures of this age still move, either way",
        "nowcast: figures of A of this age usually end +2.1",
        "nowcast: figures of A of this age still move, either way",
        "nowcast: figures of 2 sources still move at this age",
    ],
)
def test_every_note_of_a_young_figure_has_a_translation(note: str) -> None:
    told = Texts("zh").sentence(note)
    assert not re.search(r"[a-z]{3,}", told)
    assert Texts("en").sentence(note) == note
