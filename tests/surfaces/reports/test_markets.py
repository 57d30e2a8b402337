"""Reports of markets unlike the example: empty, withheld, without Chinese titles."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import howdah
from howdah.core.errors import ExistsError
from howdah.surfaces.reports import write_report

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.surfaces.reports.conftest import Reports


def test_an_empty_market_has_a_report(tmp_path: Path) -> None:
    howdah.init(tmp_path / "market")
    for lang in ("en", "zh"):
        path = write_report(howdah.open(tmp_path / "market"), tmp_path / f"{lang}.html", lang=lang)
        assert 'id="radar"' in path.read_text(encoding="utf-8")
    text = (tmp_path / "en.html").read_text(encoding="utf-8")
    assert "No findings as of this date." in text
    assert "The market declares no feed." in text


def test_titles_fall_back_and_members_nobody_names_are_named(small_reports: "Reports") -> None:
    english, chinese = (small_reports.pages[lang].text() for lang in ("en", "zh"))
    assert "软件包" in chinese
    assert "Silent" in chinese
    assert "Nothing is known of Repository stars here" in english


def test_planned_rumoured_and_denied_stand_apart(small_reports: "Reports") -> None:
    page = next(p for p in small_reports.contents.segments if p.segment.id == "chat")
    assert {s.modality for _, s in page.apart} == {"rumoured", "denied"}
    assert [s.modality for r in page.rounds for s in r.not_done] == ["planned"]
    assert [check.agrees for r in page.rounds for check in r.checks] == [False]
    text = small_reports.pages["en"].text()
    assert "planned" in text
    assert "stated not to be so" not in text
    assert "denied" in text


def test_counted_series_have_a_course_with_its_gap(small_reports: "Reports") -> None:
    text = small_reports.pages["en"].text()
    assert "alpha: Downloads" in text
    assert "no reading since 2024-01-01" in text


def test_a_feed_that_may_not_leave_is_named_and_its_series_left_out(
    tmp_path: Path, fill: "Callable[..., Path]"
) -> None:
    market = fill(tmp_path / "market", may_export=False)
    text = write_report(howdah.open(market), tmp_path / "r.html").read_text(encoding="utf-8")
    assert "Do not pass this report on: the terms of counts" in text
    assert "no reading since" not in text
    assert "beta" in text


def test_an_earlier_report_is_replaced_and_nothing_else_is(tmp_path: Path) -> None:
    howdah.init(tmp_path / "market")
    market = howdah.open(tmp_path / "market")
    target = write_report(market, tmp_path / "out" / "r.html")
    assert write_report(market, target) == target
    assert sorted(p.name for p in target.parent.iterdir()) == ["r.html"]
    notes = tmp_path / "notes.html"
    notes.write_text("<p>mine</p>", encoding="utf-8")
    with pytest.raises(ExistsError):
        write_report(market, notes)
    assert notes.read_text(encoding="utf-8") == "<p>mine</p>"


def test_progress_is_told(small_market: Path, tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    write_report(
        howdah.open(small_market),
        tmp_path / "r.html",
        progress=lambda label, done, total: seen.append((label, done, total)),
    )
    assert seen[0] == ("radar", 0, 9)
    assert all(0 <= done <= total for _, done, total in seen)
