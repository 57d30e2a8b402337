"""What the app must not do: run what a feed says, ask elsewhere, or keep anybody out."""

from collections.abc import Callable
from pathlib import Path

import pytest
from browsing import settle
from playwright.sync_api import Browser, Page, expect
from tea_market import HOSTILE

Open = Callable[..., Page]

#: Every page, each with something on it.
PAGES = {
    "radar": "/",
    "entity": "/entity?id=Oolong",
    "nobody": "/entity",
    "league": "/league?metric=dau",
    "compare": "/compare?entity=Oolong&entity=Matcha",
    "flows": "/flows",
    "directions": "/directions",
    "brief": "/brief?segment=apps",
    "features": "/features?segment=apps",
    "decisions": "/decisions",
    "bought": "/entity?id=Matcha",
    "findings": "/findings",
    "hits": "/hits",
    "backtests": "/backtests",
    "sources": "/sources",
    "feeds": "/feeds",
    "pairs": "/review",
    "claims": "/review?queue=claims",
    "passages": "/review?queue=passages",
    "nowhere": "/nowhere",
}

#: axe-core, as the front end's build fetched it.
_AXE = Path(__file__).parents[3] / "web" / "node_modules" / "axe-core" / "axe.min.js"

_RULES = (
    "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
)


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_has_no_fault_of_access_and_fits_the_screen(
    name: str, browser: Browser, address: str
) -> None:
    looks = [(1440, "en", "light"), (390, "zh", "dark")]
    for width, lang, theme in looks:
        context = browser.new_context(
            viewport={"width": width, "height": 844},
            color_scheme=theme,  # type: ignore[arg-type]
        )
        page = context.new_page()
        page.set_default_timeout(120_000)
        path = PAGES[name]
        page.goto(f"{address}{path}{'&' if '?' in path else '?'}lang={lang}")
        settle(page)
        found = page.evaluate(f"{_AXE.read_text(encoding='utf-8')}; {_RULES}")
        assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        context.close()


def test_the_trail_has_no_fault_of_access(opened: Open) -> None:
    page = opened("/entity?id=Oolong")
    page.locator("button.figure").first.click()
    page.get_by_role("dialog", name="Trail").locator("pre, blockquote").first.wait_for()
    found = page.evaluate(f"{_AXE.read_text(encoding='utf-8')}; {_RULES}")
    assert [(v["id"], v["nodes"][0]["html"]) for v in found["violations"]] == []


def test_a_hostile_name_is_text(opened: Open) -> None:
    page = opened("/league?metric=dau&definition=tea%3Adau")
    page.get_by_label("Filter by name").fill("onerror")
    link = page.get_by_role("link", name="onerror")
    expect(link).to_have_text(HOSTILE)
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE)
    settle(page)
    assert page.locator("img").count() == 0
    assert "owned" not in page.title()


def test_first_load_is_small(opened: Open) -> None:
    page = opened("/league?metric=dau")
    sizes = page.evaluate(
        "performance.getEntries().filter(e => e.transferSize && !e.name.includes('/api/'))"
        ".reduce((sum, e) => sum + e.transferSize, 0)"
    )
    assert 0 < sizes < 150_000
