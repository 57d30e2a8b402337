"""Where the app is, and waiting for it as a reader does."""

from pathlib import Path

from playwright.sync_api import Page

from howdah.surfaces import web

BUNDLE = Path(web.__file__).parent / "bundle"


def settle(page: Page) -> None:
    """Waits until nothing is being read any more."""
    page.locator("main :is(h1, .basis, .notice)").first.wait_for(state="attached")
    page.locator("main:not(:has-text('Reading …')):not(:has-text('读取中……'))").wait_for()
    page.locator("main [aria-busy=true]").wait_for(state="detached")
