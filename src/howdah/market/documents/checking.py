"""Checking: what a feed of documents makes of a file, before it is fed."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from howdah.claims import Fault
from howdah.core.errors import InputError
from howdah.market.documents.articles import (
    Article,
    articles_of,
    passages_of_article,
    reader_of,
    unknown_names,
)
from howdah.market.documents.settling import claims_among
from howdah.market.documents.tables import DocumentTables
from howdah.market.workspace import Workspace
from howdah.sources import FeedSpec


@dataclass(frozen=True, slots=True)
class DocumentsCheck:
    """What a feed of documents makes of a file.

    Attributes
    ----------
    claims
        In the columns of the store.
    faults
        Documents of it that cannot be read.
    n_documents
        Those that can.
    outcomes
        What becomes of all that they say, the most first.
    names
        Unknown names that carry claims.
    """

    claims: pl.DataFrame
    faults: list[Fault]
    n_documents: int
    outcomes: dict[str, int]
    names: tuple[str, ...]


def check_documents(ws: Workspace, spec: FeedSpec, path: Path) -> DocumentsCheck:
    """What a spec makes of a file of documents; nothing is stored.

    Raises
    ------
    InputError
        There is no such file.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file. Give the file that the feed will bring.")
    tables = DocumentTables(ws.folder / "lake")
    reader = reader_of(ws, spec, tables)
    articles, faults = articles_of(spec, path, path.name, "")
    now = ws.now()
    rows: list[dict[str, object]] = []
    names: list[str] = []
    for article in articles:
        claims = reader.read(article.document)
        names += unknown_names(reader, article.document, claims)
        rows += [
            {**passage, **_told(article), "replayed": spec.replay, "recorded_at": now}
            for passage in passages_of_article(reader, article, claims, spec.id, "")
        ]
    outcomes, made = claims_among(ws, spec, rows, now)
    counts = Counter(why for _, why in outcomes)
    return DocumentsCheck(
        pl.DataFrame(made), faults, len(articles), dict(counts.most_common()),
        tuple(dict.fromkeys(names)),
    )  # fmt: skip


def _told(article: Article) -> dict[str, object]:
    document = article.document
    return {
        "publication": document.publication,
        "published_at": document.published_at,
        "raw": article.raw,
        "number": article.number,
    }
