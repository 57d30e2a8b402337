"""What a page says of itself: title, publication, day of publication, language."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from howdah.documents.reading.pages import Page

_DATES = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished",
    "publishdate", "pubdate", "publish_date", "date", "dc.date.issued", "dcterms.issued",
    "dc.date", "dcterms.date", "dcterms.created", "citation_publication_date", "citation_date",
    "parsely-pub-date", "sailthru.date", "weibo:article:create_at", "apub:time",
)  # fmt: skip
_PUBLICATIONS = ("og:site_name", "application-name", "dc.publisher", "citation_journal_title")
_ARTICLES = ("Article", "NewsArticle", "BlogPosting", "Report", "WebPage", "PressRelease")

_DAY = re.compile(
    r"\s*((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)|\s*((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)"
)

#: Linked data nested deeper, or with more nodes, is not looked through.
_MOST_NODES = 2000


def read_day(written: str) -> date | None:
    """The day of a date as machines write it; of a time the day where it was written.

    Examples
    --------
    >>> read_day("2025-01-09T23:30:00+08:00"), read_day("2025年1月9日"), read_day("today")
    (datetime.date(2025, 1, 9), datetime.date(2025, 1, 9), None)
    """
    match = _DAY.match(written)
    if match is None:
        return None
    try:
        return date(*(int(part) for part in match.groups() if part is not None))
    except ValueError:
        return None


def find_day(page: Page) -> tuple[date, str] | None:
    """The day that a page gives in its marks, and where: linked data, meta elements, times."""
    for node in _linked(page):
        if any(kind in _ARTICLES for kind in _kinds(node)):
            day = read_day(str(node.get("datePublished", "")))
            if day:
                return day, "linked data (datePublished)"
    for name in _DATES:
        day = read_day(page.metas.get(name, ""))
        if day:
            return day, f"the meta element {name}"
    for written in page.times:
        day = read_day(written)
        if day:
            return day, "a time element"
    return None


def find_publication(page: Page) -> str:
    """The publication that a page names, "" none."""
    for name in _PUBLICATIONS:
        if page.metas.get(name):
            return page.metas[name]
    for node in _linked(page):
        publisher = node.get("publisher")
        if isinstance(publisher, Mapping) and isinstance(publisher.get("name"), str):
            return str(publisher["name"]).strip()
    return ""


def find_title(page: Page) -> str:
    """The title that a page gives in its marks, without the name of the site behind it."""
    title = page.metas.get("og:title") or page.title
    parts = re.split(r"\s+[|–—·-]\s+|[_|｜]", title)
    site = find_publication(page)
    if len(parts) > 1 and site and parts[-1].strip() == site:
        return title[: title.rindex(parts[-1])].rstrip(" |–—·-_｜")
    return title


def _linked(page: Page) -> Iterator[Mapping[str, Any]]:
    """Nodes of the linked data in a page."""
    n_left = _MOST_NODES
    for start, end in page.scripts:
        try:
            waiting = [json.loads(page.source[start:end].strip().strip(";"))]
        except (ValueError, RecursionError):
            continue
        while waiting and n_left:
            n_left -= 1
            node = waiting.pop(0)
            if isinstance(node, Mapping):
                yield node
                waiting.extend(node[key] for key in ("@graph", "mainEntity") if key in node)
            elif isinstance(node, list):
                waiting.extend(node)


def _kinds(node: Mapping[str, Any]) -> list[str]:
    kinds = node.get("@type", ())
    return [kinds] if isinstance(kinds, str) else [str(kind) for kind in kinds or ()]
