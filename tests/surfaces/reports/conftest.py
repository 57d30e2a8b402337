"""A small market with hostile names, and the reports of it and of the example market."""

import csv
import datetime as dt
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import howdah
from howdah.core.phrases import Lang
from howdah.surfaces.reports import write_reports
from howdah.surfaces.reports.briefs import write_brief
from howdah.surfaces.reports.contents import Contents

HOSTILE = '<script>alert(1)</script> & "><img src=x onerror=alert(2)>'
SHORT_HOSTILE = '"><b>x</b>'

#: Elements that have no end.
_VOID = {"meta", "br", "link", "img", "input", "hr"}
#: Elements of an SVG that may close themselves.
_DRAWN = {"path", "rect", "line", "circle", "polyline"}


class Page(HTMLParser):
    """A parsed page: its elements in order, and every text with the elements it stands in."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.html = html
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, tuple[str, ...]]] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == [], f"not closed: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _DRAWN, f"<{tag}/> closes itself"
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((data.strip(), tuple(self._open)))

    def values(self, attribute: str) -> list[str]:
        """Every value of an attribute."""
        return [attrs[attribute] for _, attrs in self.elements if attribute in attrs]

    def text(self) -> str:
        """All text that a reader sees."""
        return "\n".join(text for text, path in self.texts if "style" not in path)


@dataclass
class Reports:
    """The reports of one market."""

    contents: Contents
    files: dict[Lang, Path]
    pages: dict[Lang, Page] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for lang, path in self.files.items():
            self.pages[lang] = Page(path.read_text(encoding="utf-8"))


def write_both(market: Path, folder: Path) -> Reports:
    """Reports of a market in both languages."""
    files: dict[Lang, Path] = {"en": folder / "report-en.html", "zh": folder / "report-zh.html"}
    return Reports(write_reports(howdah.open(market), files), files)


def make_market(folder: Path, *, title: str, segments: str, follow: str = "[]") -> Path:
    """An empty market with segments."""
    howdah.init(folder)
    (folder / "market.toml").write_text(
        f"title = '''{title}'''\nas_of = 2024-06-30\n\n[follow]\nsegments = {follow}\n\n{segments}",
        encoding="utf-8",
    )
    return folder


def write_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    """Rows as a CSV file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows(rows)


NEWS = """\
title = "News <i>and</i> rumours"
source = "News"
source_type = "media"
nature = "statement"
path = "data/news.csv"
replay = true

[licence]
name = "House <contract>"
attribution = "Said by the <named> & others."

[[claim]]
scheme = "name"
subject = { column = "subject" }
kind = { column = "kind" }
metric = { column = "metric" }
definition = { column = "definition" }
unit = { column = "unit" }
currency = { column = "currency" }
value = { column = "value" }
value_low = { column = "value_low" }
value_high = { column = "value_high" }
comparator = { column = "comparator" }
valid_from = { column = "period_start" }
valid_to = { column = "period_end" }
precision = { column = "period_precision" }
modality = { column = "modality" }
object = { column = "object" }
source = { column = "source" }
published_at = { column = "published_at" }
"""

COUNTS = """\
title = "Counts"
source = "Counter"
source_type = "data_provider"
nature = "counter"
path = "data/counts.csv"
cadence = "monthly"
replay = true

[licence]
name = "MIT"
attribution = "Counted by the counter."
MAY_EXPORT

[[claim]]
scheme = "pypi"
subject = { column = "subject" }
metric = "downloads"
definition = "counter:downloads"
unit = "package_download"
value = { column = "value" }
valid_to = { column = "day" }
window_days = 30
published_at = { column = "day" }
"""

SEGMENTS = f"""\
[ours]
products = ['''{HOSTILE}''']

[[feature]]
id = "alerts"
title = '''Alerts {SHORT_HOSTILE}'''
words = ["alert"]

[[segment]]
id = "chat"
title = '''Chat {HOSTILE}'''
headline = "dau"
members = ['''{HOSTILE}''', "Plain", "Nobody Knows"]

[[segment]]
id = "packages"
title = "Packages"
title_zh = "软件包"
headline = "downloads"
members = ["pypi:alpha", "pypi:beta"]

[[segment]]
id = "silent"
title = "Silent"
headline = "stars"
members = ["Plain"]
"""


def _claim(subject: str, metric: str, **fields: float | str) -> dict[str, Any]:
    return {
        "kind": "metric",
        "subject": subject,
        "metric": metric,
        "period_start": "2024-05-01",
        "period_end": "2024-05-31",
        "period_precision": "month",
        "modality": "asserted",
        "source": f"Source {SHORT_HOSTILE}",
        "published_at": "2024-06-10",
        **fields,
    }


def _news() -> list[dict[str, Any]]:
    money = {"unit": "currency", "currency": "USD"}
    return [
        _claim(HOSTILE, "dau", value=7_600_000, unit="people", definition="a:dau"),
        _claim("Plain", "dau", value_low=1_300_000, value_high=1_400_000, comparator="over",
               unit="people", definition="a:dau"),
        _claim("Plain", "dau", value_high=900_000, comparator="under", unit="people",
               definition="b:dau", source="Other"),
        _claim("Plain", "staff_cut", value=0, unit="people", source="The company"),
        _claim("Plain", "staff_cut", value_low=18, value_high=22, comparator="about",
               unit="people", source="A newspaper"),
        _claim("Plain", "deal_count", value=7, unit="count"),
        _claim(HOSTILE, "deal_count", value=3, unit="count"),
        _claim("Plain", "amount_raised", value=800_000_000, object="Fund", **money),
        _claim("Plain", "valuation_post_money", value=2_340_000_000, **money),
        _claim("Plain", "stake", value_low=36, value_high=44, comparator="about",
               unit="percent", object="Fund"),
        _claim("Plain", "valuation_pre_money", value=900_000_000, modality="planned", **money),
        _claim("Plain", "cac", value_low=20, value_high=30, unit="per_user", currency="CNY",
               modality="rumoured"),
        _claim("Plain", "model_release", kind="launch", object=HOSTILE),
        _claim(HOSTILE, "talks", kind="funding", object="Plain", modality="denied"),
    ]  # fmt: skip


def _counts() -> list[dict[str, Any]]:
    months = [dt.date(2023, m, 1) for m in range(1, 13)] + [dt.date(2024, 1, 1)]
    return [
        {"subject": name, "day": month.isoformat(), "value": size * (n + 4)}
        for name, size in (("alpha", 1_000_000), ("beta", 30_000))
        for n, month in enumerate(months)
    ]


def fill_market(folder: Path, *, may_export: bool = True) -> Path:
    """Two feeds, pulled."""
    write_rows(folder / "data" / "news.csv", _news())
    write_rows(folder / "data" / "counts.csv", _counts())
    (folder / "feeds" / "news.toml").write_text(NEWS, encoding="utf-8")
    terms = "" if may_export else "may_export = false"
    (folder / "feeds" / "counts.toml").write_text(
        COUNTS.replace("MAY_EXPORT", terms), encoding="utf-8"
    )
    write_rows(
        folder / "entities" / "catalogue.csv",
        [
            {"canonical": name, "type": kind, "parent": "", "aliases_simplified": "",
             "aliases_traditional": "", "aliases_latin": "", "identifiers": identifiers,
             "notes": ""}
            for name, kind, identifiers in (
                (HOSTILE, "product", ""),
                ("Plain", "company", ""),
                ("Nobody Knows", "product", ""),
            )
        ],
    )  # fmt: skip
    updates = howdah.open(folder).update()
    assert all(not update.error for update in updates), updates
    return folder


@pytest.fixture(scope="session")
def fill() -> Callable[..., Path]:
    """Makes another market of the small one's feeds."""

    def make(folder: Path, *, may_export: bool) -> Path:
        make_market(folder, title="Other", segments=SEGMENTS)
        return fill_market(folder, may_export=may_export)

    return make


@pytest.fixture(scope="session")
def small_market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A market of two feeds and three segments, full of hostile names; read it only."""
    folder = tmp_path_factory.mktemp("small") / "market"
    make_market(folder, title=HOSTILE, segments=SEGMENTS, follow='["chat", "packages"]')
    return fill_market(folder)


@pytest.fixture(scope="session")
def small_reports(small_market: Path, tmp_path_factory: pytest.TempPathFactory) -> Reports:
    """Reports of the small market."""
    return write_both(small_market, tmp_path_factory.mktemp("small-reports"))


@pytest.fixture(scope="session")
def small_briefs(small_market: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[Lang, Page]:
    """Briefs of a segment of the small market."""
    folder, market = tmp_path_factory.mktemp("briefs"), howdah.open(small_market)
    langs: tuple[Lang, ...] = ("en", "zh")
    files = {
        lang: write_brief(market, "chat", folder / f"{lang}.html", lang=lang) for lang in langs
    }
    return {lang: Page(path.read_text(encoding="utf-8")) for lang, path in files.items()}


@pytest.fixture(scope="session")
def example_reports(
    example_market: Path, made_once: Callable[[str, Callable[[Path], object]], Path]
) -> Reports:
    """Reports of the example market."""

    def make(folder: Path) -> None:
        folder.mkdir()
        made = write_both(example_market, folder)
        (folder / "made.pickle").write_bytes(pickle.dumps((made.contents, made.files)))

    folder = made_once("example-reports", make)
    return Reports(*pickle.loads((folder / "made.pickle").read_bytes()))
