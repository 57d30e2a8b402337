"""Labelled articles: their text as documents, and their claims with places in it."""

import datetime as dt
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from howdah.documents.linking import UNCLASSIFIED
from howdah.documents.mentions import Gazetteer, read_gazetteer
from howdah.documents.reading import read_document
from howdah.documents.spans import Document

FOLDER = Path(__file__).parent / "articles"

#: Characters beside a name in which its role stands.
_SIDE = 24
#: How a part of a total is worded before its number in Chinese, and behind it in English.
_PART_ZH = re.compile(r"(?:其中|占)[^，。；,;]*\Z")
_PART_EN = re.compile(r" of (?:whom|which|that|those|them|these|its?|what)\b")
_NEAR = 12


#: Place of a number that reading left out.
NOWHERE = (-1, -1)


@dataclass(frozen=True, slots=True)
class Label:
    """One claim as labelled; an event has no number and so no place of one.

    `beside` is what stands right beside the source in the article: a role beside a name.
    """

    subject: str
    is_inherited: bool
    metric: str
    low: float | None
    high: float | None
    comparator: str
    unit: str
    currency: str
    start: int | None
    end: int | None
    period: tuple[dt.date | None, dt.date | None, str]
    source: str
    source_type: str
    modality: str
    object: str
    quote: str
    beside: str = ""
    also: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """A document, its claims and the traps it was written for."""

    name: str
    document: Document
    labels: tuple[Label, ...]
    traps: tuple[str, ...]


def load_gazetteer() -> Gazetteer:
    """The made-up names of all articles."""
    return read_gazetteer(sorted((FOLDER / "entities").glob("*.csv")))


def load_articles(name: str) -> list[Article]:
    """The articles of a set, texts and pages, by name."""
    return [_article(path) for path in sorted((FOLDER / name).glob("*/article.*"))]


def _article(path: Path) -> Article:
    name = path.parent.name
    told = tomllib.loads((path.parent / "labels.toml").read_text(encoding="utf-8"))
    document = read_document(
        path, lang=told["lang"], publication=told["publication"], published_at=told["published_at"]
    )
    labels = tuple(_labels(document, told.get("claim", []), name))
    return Article(name, replace(document, doc=name), labels, tuple(told.get("traps", [])))


def _labels(document: Document, claims: list[dict], name: str) -> Iterator[Label]:  # type: ignore[type-arg]
    text, whole = document.text, ""
    for claim in claims:
        surface = claim.get("surface", "")
        start, end = _placed(document, surface, name) if surface else (None, None)
        value = claim.get("value")
        low, high = claim.get("low"), claim.get("high")
        also = "" if start is None or end is None else _other_metric(text, start, end, claim, whole)
        whole = claim["metric"] if start is not None else whole
        if value is not None and low is None and high is None:
            low = high = value
        yield Label(
            claim["subject"], claim.get("subject_inherited", False), claim["metric"],
            low, high, claim.get("comparator", "eq"), claim.get("unit", ""),
            claim.get("currency", ""), start, end,
            (claim.get("period_start"), claim.get("period_end"), claim.get("precision", "")),
            claim.get("source", ""), claim.get("source_type", "author"),
            claim.get("modality", "asserted"), claim.get("object", ""), claim.get("quote", ""),
            _beside(text, claim.get("source", "")),
            also,
        )  # fmt: skip


def _beside(text: str, source: str) -> str:
    """What stands right before and behind a name, wherever it stands."""
    if not source:
        return ""
    places = [match.span() for match in re.finditer(re.escape(source), text)]
    return "\n".join(text[max(a - _SIDE, 0) : b + _SIDE] for a, b in places)


def _other_metric(text: str, start: int, end: int, claim: dict, whole: str) -> str:  # type: ignore[type-arg]
    """The metric that the other labeller gives a part of a total, "" of what is none.

    The Chinese articles call a part unclassified, the English ones by the metric of its total.
    """
    if claim["metric"] == UNCLASSIFIED and _PART_ZH.search(text, max(start - _NEAR, 0), start):
        return whole
    if claim["metric"] != UNCLASSIFIED and _PART_EN.match(text, end):
        return UNCLASSIFIED
    return ""


def _placed(document: Document, surface: str, name: str) -> tuple[int, int]:
    """Where a surface stands in what is read.

    In Chinese pages occurrences were counted in the file, markup included; in English ones in the
    text that a reader sees. What reading left out of a page stands nowhere, and is missed.
    """
    origins = document.origins
    if origins is None:
        return _place(document.text, surface, name)
    try:
        if document.lang == "en":
            return _place(document.text, surface, name)
        start, end = _place(origins.text, surface, name)
        at = next(n for n, stop in enumerate(origins.source_ends) if stop > start)
    except (ValueError, StopIteration):
        return NOWHERE
    moved = origins.starts[at] + start - origins.source_starts[at]
    return moved, moved + end - start


def _place(text: str, surface: str, name: str) -> tuple[int, int]:
    """Where a surface stands; "#2" at its end means its second occurrence.

    A space of a label may be one that does not break in the text.
    """
    text = text.replace("\N{NO-BREAK SPACE}", " ")
    bare, mark, number = surface.rpartition("#")
    wanted = int(number) if mark and number.isdigit() and bare else 1
    piece = bare if mark and number.isdigit() and bare else surface
    at = -1
    for _ in range(wanted):
        at = text.find(piece, at + 1)
        if at < 0:
            raise ValueError(f"{name}: {surface!r} does not stand in the article.")
    return at, at + len(piece)
