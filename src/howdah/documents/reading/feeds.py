"""Feeds in RSS and Atom: each entry a document, its title and its content."""

import html
import io
from datetime import date
from typing import Any

import feedparser

from howdah.core.errors import FileFormatError
from howdah.documents.reading.readings import Reading
from howdah.documents.reading.web import read_piece

#: Entries that are read of one feed.
_MOST_ENTRIES = 10_000


def read_feed(data: bytes, name: str) -> list[Reading]:
    """Entries of a feed that have text, each with its day and the feed's title as publication.

    The file of an entry, for the places of quotations, is a page of its title and its content (or
    its summary, where it has no content).

    Raises
    ------
    FileFormatError
        The feed has no entry, or cannot be parsed.
    """
    try:
        feed = feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    except (RecursionError, ValueError, LookupError) as error:
        raise FileFormatError(name, f"cannot be parsed as a feed ({error}).") from None
    if not feed.entries:
        problem = f" ({feed.bozo_exception})" if feed.get("bozo") else ""
        raise FileFormatError(name, f"is a feed without entries{problem}.")
    notes: tuple[str, ...] = ()
    if feed.get("bozo"):
        notes = (f"The feed is not well-formed ({feed.bozo_exception}).",)
    if len(feed.entries) > _MOST_ENTRIES:
        notes = (
            *notes,
            f"Only the first {_MOST_ENTRIES} of {len(feed.entries)} entries were read.",
        )
    publication = " ".join(html.unescape(feed.feed.get("title", "")).split())
    readings = [_entry(entry, publication, notes) for entry in feed.entries[:_MOST_ENTRIES]]
    return [reading for reading in readings if reading.blocks]


def _entry(entry: Any, publication: str, notes: tuple[str, ...]) -> Reading:  # noqa: ANN401 - as feedparser gives it
    title = _marked(entry.get("title_detail"))
    contents = [_marked(content) for content in entry.get("content", ())]
    body = max(contents, key=len, default="") or _marked(entry.get("summary_detail"))
    source = (f"<h1>{title}</h1>\n" if title else "") + body
    reading = read_piece(source)
    day, place = _day(entry)
    if entry.get("link"):
        notes = (*notes, f"Link: {entry.link}.")
    own = entry.get("source", {}).get("title", "")
    return Reading(
        reading.text, reading.blocks, reading.origins,
        " ".join(html.unescape(entry.get("title", "")).split()),
        own or publication, day, place, (*notes, *reading.notes), entry.get("link", ""),
    )  # fmt: skip


def _marked(detail: Any) -> str:  # noqa: ANN401 - as feedparser gives it
    """A text of a feed as a page has it."""
    if not detail or not detail.get("value"):
        return ""
    value = str(detail["value"])
    return html.escape(value, quote=False) if detail.get("type") == "text/plain" else value


def _day(entry: Any) -> tuple[date | None, str]:  # noqa: ANN401 - as feedparser gives it
    """Day of an entry, in universal time as feedparser gives it, and the element it stands in."""
    for name in ("published", "created", "updated"):
        parsed = entry.get(f"{name}_parsed")
        if parsed:
            return date(*parsed[:3]), f"the entry's {name} element"
    return None, ""
