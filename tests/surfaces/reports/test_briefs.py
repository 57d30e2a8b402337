"""Briefs as pages: sound, closed, escaped, in both languages, and never over another's file."""

from typing import TYPE_CHECKING

import pytest

import howdah
from howdah.core.errors import ExistsError
from howdah.surfaces.reports.briefs import write_brief
from howdah.surfaces.reports.texts import catalogue

if TYPE_CHECKING:
    from pathlib import Path

    from tests.surfaces.reports.conftest import Page

    from howdah.core.phrases import Lang


def test_a_brief_is_one_closed_document(small_briefs: "dict[Lang, Page]") -> None:
    for page in small_briefs.values():
        tags = [tag for tag, _ in page.elements]
        assert [tags.count(tag) for tag in ("html", "main", "header", "footer", "h1")] == [1] * 5
        assert not {"script", "img", "link", "iframe", "a"} & set(tags)
        assert page.html.startswith("<!DOCTYPE html>")
        assert "url(" not in page.html
        policy = next(a["content"] for t, a in page.elements if t == "meta" and "http-equiv" in a)
        assert policy.startswith("default-src 'none'")


def test_hostile_names_are_text(small_briefs: "dict[Lang, Page]") -> None:
    for page in small_briefs.values():
        assert "<script>alert(1)</script>" in page.text()
        # The title of a feature, which one of two products has and ours has not.
        assert 'Alerts "><b>x</b>' in page.text()
        assert not [tag for tag, _ in page.elements if tag == "b"]


def test_every_part_is_there_in_its_language(small_briefs: "dict[Lang, Page]") -> None:
    for lang, page in small_briefs.items():
        text = page.text()
        for part in ("case", "there", "giants", "wrong", "watch"):
            assert catalogue()["brief"][part][lang] in text
        assert catalogue()["feature"]["gaps"][lang] in text
        assert catalogue()["surety"]["not stated"][lang] in text


def test_a_file_of_somebody_else_is_kept(small_market: "Path", tmp_path: "Path") -> None:
    target = tmp_path / "notes.html"
    target.write_text("mine", encoding="utf-8")
    with pytest.raises(ExistsError):
        write_brief(howdah.open(small_market), "chat", target)
    assert target.read_text(encoding="utf-8") == "mine"
