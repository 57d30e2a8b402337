"""The reports as HTML: sound, closed to the network, escaped, complete in both languages."""

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

import howdah
from howdah.surfaces.reports import write_report
from howdah.surfaces.reports.texts import catalogue

if TYPE_CHECKING:
    from pathlib import Path

    from tests.surfaces.reports.conftest import Reports

    from howdah.core.phrases import Lang

LANGS: tuple["Lang", ...] = ("en", "zh")

#: Attributes that can load something or go somewhere.
_REACHING = ("src", "href", "xlink:href", "srcset", "data", "poster", "action", "formaction")


@pytest.fixture(params=["small_reports", "example_reports"])
def reports(request: pytest.FixtureRequest) -> "Reports":
    found: Reports = request.getfixturevalue(request.param)
    return found


def test_it_is_one_html_document_with_landmarks_and_headings(reports: "Reports") -> None:
    for lang in LANGS:
        page = reports.pages[lang]
        tags = [tag for tag, _ in page.elements]
        assert page.html.startswith("<!DOCTYPE html>")
        assert [tags.count(tag) for tag in ("html", "main", "header", "footer", "nav", "h1")] == [
            1
        ] * 6
        levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h[1-6]", tag)]
        steps = pairwise(levels)
        assert all(after - before <= 1 for before, after in steps), "a heading level is skipped"
        language = next(attrs["lang"] for tag, attrs in page.elements if tag == "html")
        assert language == {"en": "en", "zh": "zh-Hans"}[lang]


def test_it_reaches_for_nothing_but_itself_and_its_other_language(reports: "Reports") -> None:
    for lang in LANGS:
        page = reports.pages[lang]
        assert not [tag for tag, _ in page.elements if tag in {"script", "img", "link", "iframe"}]
        ids = page.values("id")
        assert len(ids) == len(set(ids))
        for name in _REACHING:
            for value in page.values(name):
                other = f"report-{'zh' if lang == 'en' else 'en'}.html"
                assert value == other or value[1:] in ids, f"{name}={value}"
        assert not [a for _, attrs in page.elements for a in attrs if a.startswith("on")]
        assert "@import" not in page.html
        assert "url(" not in page.html
        policy = next(a["content"] for t, a in page.elements if t == "meta" and "http-equiv" in a)
        assert policy.startswith("default-src 'none'")


def test_charts_are_named_and_every_table_has_headers(reports: "Reports") -> None:
    for lang in LANGS:
        page = reports.pages[lang]
        charts = [a for t, a in page.elements if t == "svg" and a.get("class") == "chart"]
        assert charts
        ids = page.values("id")
        for chart in charts:
            assert chart["role"] == "img"
            assert all(part in ids for part in chart["aria-labelledby"].split())
        tags = [tag for tag, _ in page.elements]
        assert tags.count("table") == tags.count("thead")
        assert all(a.get("scope") in {"col", "row"} for t, a in page.elements if t == "th")


def test_every_finding_is_a_card_with_its_evidence(reports: "Reports") -> None:
    findings = reports.contents.radar.findings
    assert findings
    for lang in LANGS:
        ids = reports.pages[lang].values("id")
        for finding in findings:
            assert finding.finding_id in ids
            assert f"evidence-{finding.finding_id}" in ids


def test_evidence_goes_down_to_the_raw_record(reports: "Reports") -> None:
    claims = [c for trail in reports.contents.trails.values() if trail for c in trail.claims]
    assert claims
    for lang in LANGS:
        text = reports.pages[lang].text()
        for claim in claims:
            assert claim.statement.claim_id in text
            assert claim.raw_text.strip()[:40] in text


def test_every_attribution_and_licence_is_shown(reports: "Reports") -> None:
    for lang in LANGS:
        text = reports.pages[lang].text()
        for feed in reports.contents.feeds.feeds:
            assert feed.attribution in text
            assert feed.licence in text


def test_nothing_is_left_untranslated(reports: "Reports") -> None:
    said = {text for text, _ in reports.pages["zh"].texts}
    english = {
        entry["en"]
        for group in catalogue().values()
        for entry in group.values()
        if entry["en"] != entry["zh"] and "{" not in entry["en"]
    }
    # A raw record and a source's own words may hold an English word; a label may not.
    raw = {
        claim.statement.object for t in reports.contents.trails.values() if t for claim in t.claims
    }
    assert said & english - raw <= {"English version"}
    in_english = [a for _, a in reports.pages["zh"].elements if a.get("lang") == "en"]
    own = [a for a in in_english if "href" not in a and a.get("class") != "passage"]
    assert own == [], "a reason has no Chinese"


def test_no_placeholder_is_left(reports: "Reports") -> None:
    for lang in LANGS:
        for text, path in reports.pages[lang].texts:
            if "code" not in path and "style" not in path:
                assert not re.search(r"\{\w*\}|\bNone\b|\bnan\b|Undefined", text), text


def test_the_same_market_gives_the_same_bytes(
    small_market: "Path", small_reports: "Reports"
) -> None:
    again = small_reports.files["en"].with_name("again.html")
    write_report(howdah.open(small_market), again)
    first = small_reports.files["en"].read_text(encoding="utf-8")
    link = re.compile(r'<a href="report-zh.html"[^>]*>[^<]*</a>')
    assert again.read_text(encoding="utf-8") == link.sub("", first)


@pytest.mark.parametrize("lang", LANGS)
def test_hostile_names_are_text_everywhere(small_reports: "Reports", lang: "Lang") -> None:
    page = small_reports.pages[lang]
    assert "<script>alert(1)" in page.text()
    assert "&lt;script&gt;alert(1)" in page.html
    assert not re.search(r"<script|<img|<b>x", page.html)
    # Inside charts, too.
    inside = [text for text, path in page.texts if "svg" in path and "script" in text]
    assert inside
    assert not [a for _, attrs in page.elements for a in attrs if a.startswith("on")]


def test_sizes_stay_small(reports: "Reports") -> None:
    for path in reports.files.values():
        assert path.stat().st_size < 3_000_000


def test_the_header_says_what_the_report_rests_on(example_reports: "Reports") -> None:
    text = example_reports.pages["en"].text()
    assert "2025-01-31" in text
    assert "2024-11-14, 2025-01-08" in text
    assert "replayed" in text
    assert "8 healthy, 3 late, 1 ended, 2 recorded later than this date" in text
    assert "uncalibrated here" in text


def test_later_feeds_are_named_and_not_shown(example_reports: "Reports") -> None:
    text = example_reports.pages["en"].text()
    assert "Prices of language models: recorded from" in text
    assert "price_input" not in text


def test_the_story_of_the_example_is_told(example_reports: "Reports") -> None:
    english, chinese = (example_reports.pages[lang].text() for lang in LANGS)
    for text in (english, chinese):
        # Two definitions of the same metric stand apart.
        assert "aicpb:mau_month" in text
        assert "questmobile:mau_month" in text
        # One series under two names, and a repository that two sources count.
        assert "hwchase17/langchain → langchain-ai/langchain" in text
        assert "Self-hosted software catalogue" in text
    assert "Share of awards without an amount: not stated by any source" in english
    assert "does not add up" in english
    assert "contested, 0 to 22" in english
    assert "if the other side is at its stated floor of 180,000" in english
    assert "hypothetical, leak" in english
    assert "180k or more" in english
    assert "under 45k, implied" in english
    assert "低于4.5万，推得" in chinese
    assert "至少18万" in chinese
    assert "矛盾，0至22" in chinese
