"""The reports in a real browser: no request, no error, nothing wider than the screen."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, sync_playwright

if TYPE_CHECKING:
    from tests.surfaces.reports.conftest import Reports

_CHROMIUM = Path("/usr/bin/chromium")
_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
)

#: Texts whose box is cut off or that stand on each other inside one drawing.
_COLLISIONS = """
() => [...document.querySelectorAll('svg.chart')].flatMap(svg => {
  const texts = [...svg.querySelectorAll('text')].filter(t => t.textContent.trim());
  const boxes = texts.map(t => [t.textContent, t.getBoundingClientRect()]);
  const frame = svg.getBoundingClientRect();
  const found = boxes.filter(([_, b]) => b.left < frame.left - 4 || b.right > frame.right + 4
    || b.top < frame.top - 4 || b.bottom > frame.bottom + 4).map(([t]) => 'cut: ' + t);
  boxes.forEach(([t, a], i) => boxes.slice(i + 1).forEach(([u, b]) => {
    const x = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const y = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (x > 2 && y > 5) found.push('overlap: ' + t + ' / ' + u);
  }));
  return found;
})
"""

#: Boxes around grids and their widths, where a grid is wider than its box: it would have to be
#: scrolled sideways.
_SCROLLED = """
() => [...document.querySelectorAll('.grid')].filter(g => g.checkVisibility()).map(g =>
  g.closest('.scroll')).filter(b => b.scrollWidth > b.clientWidth + 1).map(b =>
  [b.getAttribute('aria-label'), b.scrollWidth, b.clientWidth])
"""

#: Texts with too little contrast to what is behind them (WCAG AA: 4.5).
_CONTRAST = """
() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const read = {};
  const rgb = colour => {
    if (!(colour in read)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      read[colour] = [...canvas.getImageData(0, 0, 1, 1).data];
    }
    return read[colour];
  };
  const light = c => {
    const [r, g, b] = c.map(v => v / 255).map(v => v <= .03928 ? v / 12.92
      : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const seen = {};
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !element.checkVisibility()) continue;
    const style = getComputedStyle(element);
    const colour = element.closest('svg') ? style.fill : style.color;
    let behind = element, back = [0, 0, 0, 0];
    while (behind && back[3] === 0) {
      back = rgb(getComputedStyle(behind).backgroundColor);
      behind = behind.parentElement;
    }
    const [a, b] = [light(rgb(colour).slice(0, 3)), light(back.slice(0, 3))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) seen[colour + ' on ' + back] = [ratio, walker.currentNode.textContent];
  }
  return seen;
}
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not _CHROMIUM.exists():
        pytest.fail(
            f"{_CHROMIUM} is missing: install the packages chromium and fonts-noto-cjk "
            "(apt-get install chromium fonts-noto-cjk)."
        )
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=_CHROMIUM, args=list(_ARGUMENTS), headless=True
        )
        yield opened
        opened.close()


@pytest.mark.parametrize(
    ("which", "lang", "width"),
    [
        ("small_reports", "en", 390),
        ("small_reports", "zh", 1440),
        *product(["example_reports"], ["en", "zh"], [390, 1440]),
    ],
)
def test_it_opens_from_disk_without_a_request_an_error_or_an_overflow(
    browser: Browser,
    request: pytest.FixtureRequest,
    which: str,
    lang: str,
    width: int,
) -> None:
    address = request.getfixturevalue(which).files[lang].as_uri()
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme="light")
    requests: list[str] = []
    problems: list[str] = []
    page.on("request", lambda r: requests.append(r.url))
    page.on("requestfailed", lambda r: problems.append(f"failed {r.url}"))
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    try:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        # Figures behind a click must fit, too.
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(_SCROLLED) == []
        assert page.evaluate(_COLLISIONS) == []
        assert page.evaluate(_CONTRAST) == {}
        assert page.locator("h1").is_visible()
        page.emulate_media(color_scheme="dark")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(_CONTRAST) == {}
    finally:
        page.close()
    assert problems == []
    assert requests == [address]


def test_cards_lead_to_their_evidence(browser: Browser, small_reports: "Reports") -> None:
    page = browser.new_page()
    try:
        page.goto(small_reports.files["en"].as_uri())
        page.locator(".card a").first.click()
        target = page.locator(":target")
        assert target.count() == 1
        assert target.bounding_box() is not None
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.tagName") == "A"
    finally:
        page.close()
