"""Taking in documents: files to readings and passages, and what cannot be read to quarantine.

The order makes a kill harmless: bytes, then readings with their passages, then what follows from
them (claims, withdrawals, outcomes), and the pulls last. A run that ended early is repeated by the
next one, which finds what was kept and appends only what is missing.
"""

import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from howdah.claims import Appended, Fault
from howdah.core.errors import FileFormatError, HowdahError
from howdah.core.estimate import derived_id
from howdah.documents.claims import DocumentClaim
from howdah.documents.extracting import cite, extract
from howdah.documents.folding import Folded, fold
from howdah.documents.lexicon import MetricLexicon, metric_lexicon
from howdah.documents.mentions import propose_names
from howdah.documents.reading import read_documents
from howdah.documents.spans import Document, Mention
from howdah.market.documents.names import Names, names_of
from howdah.market.documents.settling import claims_among, learnt_words, settle
from howdah.market.documents.tables import (
    CLAIM_FIELDS,
    PASSAGE_SCHEMA,
    READING_SCHEMA,
    DocumentTables,
)
from howdah.market.taking import Taken
from howdah.market.workspace import Workspace
from howdah.sources import FeedSpec

#: Changes when documents are to be read anew though nothing about them changed.
_READER = "reader.1"

#: A file whose text tells no date may be named after its day.
_NAMED_DAY = re.compile(r"(?:19|20)\d\d-\d\d-\d\d(?!\d)")

#: Characters of a text that the quarantine shows.
_MOST_SHOWN = 300

NO_DATE = (
    "no day of publication is told: give it a dateline, or begin the file's name with the day, as "
    "2024-11-14"
)
NO_PUBLICATION = "no publication is named: say whose texts these are with `source` in the spec"


@dataclass(frozen=True, slots=True)
class Article:
    """A document with what identifies it in its feed.

    Attributes
    ----------
    place
        What stays when the text is corrected: the address of an entry, else of the file.
    number
        Which one of its file it is, from 1.
    """

    document: Document
    place: str
    raw: str
    number: int


@dataclass(frozen=True)
class Reader:
    """Reads articles for claims, with a market's names and words."""

    names: Names
    words: tuple[tuple[str, str], ...]
    lang: str

    @cached_property
    def lexicon(self) -> MetricLexicon:
        """The lexicon with the market's own words."""
        return metric_lexicon(self.words)

    def basis(self, document: Document, folded: Folded, mentions: Sequence[Mention]) -> str:
        """Digest of all that a reading of a document depends on.

        A catalogue that grows by names that do not stand in it leaves it as it is.
        """
        gazetteer, entities = self.names.gazetteer, self.names.entities
        parts = [
            _READER, version("howdah"), self.lang, document.lang, document.publication,
            str(document.published_at), document.text,
        ]  # fmt: skip
        for mention in mentions:
            parts.append(f"{mention.start}-{mention.end}")
            for name in mention.entities:
                known = gazetteer[name]
                parts += [entities[name].canonical_id, known.type, known.parent]
        parts += [f"{word}={metric}" for word, metric in self.words if word in folded.lower]
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]

    def read(self, document: Document) -> list[DocumentClaim]:
        """Claims of a document, of any standing."""
        return extract(document, self.names.gazetteer, lexicon=self.lexicon)


def take_documents(
    ws: Workspace, spec: FeedSpec, files: list[tuple[Path, str]], spec_digest: str,
    now: dt.datetime, say: Callable[[str], None],
) -> Taken:  # fmt: skip
    """Take in the documents of a feed, and read again those that are read otherwise by now.

    Parameters
    ----------
    files
        The feed's files and the places that they have in the market.
    spec_digest
        Of the spec: a changed one reads all files again.
    say
        Told what is being done.
    """
    taken = Taken(files=len(files))
    tables = DocumentTables(ws.folder / "lake")
    held = tables.current(feed=spec.id)
    reader = reader_of(ws, spec, tables)
    pulls = ws.store.pulls.read()
    pulls = pulls.filter(pc.equal(pulls["feed"], spec.id))
    done = {
        (raw, place)
        for raw, place, digest in zip(
            *(pulls[name].to_pylist() for name in ("raw", "place", "spec")), strict=True
        )
        if digest == spec_digest
    }
    known_places = set(pulls["place"].to_pylist())
    found: dict[str, Article] = {}
    pulled: list[tuple[str, str, Appended]] = []
    faults: dict[tuple[str, str], list[Fault]] = {}
    for path, place in files:
        raw = ws.store.archive.put(path)
        if (raw, place) in done:
            taken.unchanged += 1
            continue
        say(place)
        articles, wrong = _articles(spec, path, place, raw)
        found |= {article.place: article for article in articles}
        faults[raw, place] = wrong
        n_documents = len(articles) + len(wrong)
        days = [a.document.published_at for a in articles if a.document.published_at is not None]
        pulled.append(
            (
                raw,
                place,
                Appended(n_documents, 0, 0, 0, len(wrong), _midnight(max(days, default=None))),
            )
        )
    fresh = [
        *_changed(reader, found, held),
        *_read_otherwise(ws, spec, reader, found, held),
    ]  # fmt: skip
    _keep(tables, spec, reader, fresh, held, now, say)
    say("settling what is claimed")
    taken.appended = settle(ws, spec, now)
    for (raw, place), wrong in faults.items():
        if wrong or place in known_places:
            ws.store.append_quarantine(spec.id, raw, place, wrong, now)
        taken.faults += wrong
    ws.store.append_pulls(spec.id, spec_digest, pulled, now)
    taken.appended.n_rows = sum(pull.n_rows for *_, pull in pulled)
    taken.appended.n_quarantined = len(taken.faults)
    taken.notes = _notes(fresh)
    return taken


def check_documents(ws: Workspace, spec: FeedSpec, path: Path) -> tuple[pl.DataFrame, list[Fault]]:
    """The claims that a spec makes of a file of documents, and what of it cannot be read."""
    tables = DocumentTables(ws.folder / "lake")
    reader = reader_of(ws, spec, tables)
    articles, faults = _articles(spec, path, path.name, "")
    now = ws.now()
    rows = [
        {**passage, **_told(article), "replayed": spec.replay, "recorded_at": now}
        for article in articles
        for passage in _passages(reader, article, spec.id, "")
    ]
    _, claims = claims_among(ws, spec, rows, now)
    return pl.DataFrame(claims), faults


def reader_of(ws: Workspace, spec: FeedSpec, tables: DocumentTables) -> Reader:
    """The reader of a feed's texts, with what its market has learnt."""
    assert spec.documents is not None
    aliases, words = learnt_words(tables)
    return Reader(names_of(ws, spec, aliases), words, spec.documents.lang)


def _articles(
    spec: FeedSpec, path: Path, place: str, raw: str
) -> tuple[list[Article], list[Fault]]:
    """Documents of a file that tell what is needed, and those that do not with why."""
    assert spec.documents is not None
    try:
        documents = read_documents(path, lang=spec.documents.lang)
    except FileFormatError as error:
        return [], [Fault(1, "", place, str(error).removeprefix(f"{error.path}: "))]
    articles: list[Article] = []
    faults: list[Fault] = []
    taken: Counter[str] = Counter()
    for number, document in enumerate(documents, 1):
        named = document
        if named.published_at is None and len(documents) == 1:
            named = replace(named, published_at=_day_of_name(place))
        if not named.publication:
            named = replace(named, publication=spec.source)
        for column, told, reason in (
            ("published_at", named.published_at, NO_DATE),
            ("publication", named.publication, NO_PUBLICATION),
        ):
            if not told:
                faults.append(Fault(number, column, _shown(document), reason))
                break
        else:
            own = place if len(documents) == 1 else document.link or f"{place}#{document.title}"
            taken[own] += 1
            own = own if taken[own] == 1 else f"{own}#{taken[own]}"
            articles.append(Article(replace(named, doc=own), own, raw, number))
    return articles, faults


def _day_of_name(place: str) -> dt.date | None:
    match = _NAMED_DAY.match(Path(place).name)
    try:
        return dt.date.fromisoformat(match[0]) if match else None
    except ValueError:
        return None


def _shown(document: Document) -> str:
    text = document.title or document.text
    return " ".join(text.split())[:_MOST_SHOWN]


def _midnight(day: dt.date | None) -> dt.datetime | None:
    return None if day is None else dt.datetime.combine(day, dt.time(), dt.UTC)


def _changed(
    reader: Reader, found: dict[str, Article], held: pl.DataFrame
) -> Iterator[tuple[Article, str, Folded]]:
    """Articles that are new, or not read as they would be now, with the basis of the reading."""
    bases = dict(held.select("place", "basis").iter_rows())
    for article in found.values():
        folded = fold(article.document.text)
        basis = reader.basis(article.document, folded, reader.names.gazetteer.find(folded))
        if bases.get(article.place) != basis:
            yield article, basis, folded


def _read_otherwise(
    ws: Workspace, spec: FeedSpec, reader: Reader, found: dict[str, Article], held: pl.DataFrame
) -> Iterator[tuple[Article, str, Folded]]:
    """Articles read earlier whose names or words mean something else by now."""
    for row in held.filter(~pl.col("place").is_in(list(found))).iter_rows(named=True):
        folded = fold(row["text"])
        # The text, its day and its names are enough to tell; blocks are read where it differs.
        seen = Document(
            row["place"], row["text"], (), row["lang"], row["title"], row["publication"],
            row["published_at"],
        )  # fmt: skip
        if reader.basis(seen, folded, reader.names.gazetteer.find(folded)) == row["basis"]:
            continue
        try:
            path = ws.store.archive.path(row["raw"])
            documents = read_documents(path, lang=reader.lang)  # type: ignore[arg-type]
        except HowdahError:
            # What the archive lost, or the reader refuses by now, stays as it was read.
            continue
        if row["number"] <= len(documents):
            document = replace(
                documents[row["number"] - 1],
                doc=row["place"],
                publication=row["publication"],
                published_at=row["published_at"],
            )
            article = Article(document, row["place"], row["raw"], row["number"])
            folded = fold(document.text)
            mentions = reader.names.gazetteer.find(folded)
            yield article, reader.basis(document, folded, mentions), folded


def _keep(
    tables: DocumentTables, spec: FeedSpec, reader: Reader,
    fresh: Sequence[tuple[Article, str, Folded]], held: pl.DataFrame, now: dt.datetime,
    say: Callable[[str], None],
) -> None:  # fmt: skip
    """Read articles and append their readings, passages first: a reading says that they are there."""
    known = set(held["place"].to_list())
    readings, passages = [], []
    for article, basis, folded in fresh:
        say(article.place)
        document = article.document
        is_first = spec.replay and article.place not in known
        recorded = _midnight(document.published_at) if is_first else now
        id_ = derived_id("t", spec.id, article.place, basis, str(recorded))
        own = list(_passages(reader, article, spec.id, id_))
        passages += own
        proposed = propose_names(folded, reader.names.gazetteer.find(folded))
        quotes = " ".join(dict.fromkeys(p["quote"] for p in own))
        readings.append(
            {
                "reading_id": id_,
                "feed": spec.id,
                "place": article.place,
                "link": document.link,
                "raw": article.raw,
                "number": article.number,
                "title": document.title,
                "publication": document.publication,
                "lang": document.lang,
                "published_at": document.published_at,
                "text": document.text,
                "basis": basis,
                "notes": list(document.notes),
                "unknown_names": [s.surface for s in proposed if s.surface in quotes],
                "replayed": is_first,
                "recorded_at": recorded,
            }
        )
    if passages:
        tables.passages.append(pa.Table.from_pylist(passages, schema=PASSAGE_SCHEMA))
    if readings:
        tables.readings.append(pa.Table.from_pylist(readings, schema=READING_SCHEMA))


def _passages(
    reader: Reader, article: Article, feed: str, reading_id: str
) -> Iterator[dict[str, object]]:
    """Rows of the passages of an article."""
    document = article.document
    seen: Counter[tuple[object, ...]] = Counter()
    for claim in reader.read(document):
        if claim.value_start is None:
            within: tuple[object, ...] = (claim.metric, claim.subject, claim.object)
        else:
            within = (claim.value_start - claim.start,)
        seen[claim.quote, *within] += 1
        n = seen[claim.quote, *within]
        entity = reader.names.entities.get(claim.subject)
        identifier = reader.names.identifiers.get(claim.subject)
        block = next(
            (b for b in document.blocks if b.start <= claim.start and claim.end <= b.end), claim
        )
        cited = cite(claim, document)
        yield {
            "passage_id": derived_id(
                "r", feed, article.place, claim.quote, *map(str, within), str(n)
            ),
            "reading_id": reading_id,
            **{name: getattr(claim, name) for name in CLAIM_FIELDS.names},
            "subject": claim.subject if entity is None else entity.canonical_id,
            "scheme": "" if identifier is None else identifier.scheme,
            "identifier": "" if identifier is None else identifier.value,
            "paragraph_start": block.start,
            "paragraph_end": block.end,
            "file_start": cited.start,
            "file_end": cited.end,
        }


def _told(article: Article) -> dict[str, object]:
    document = article.document
    return {
        "publication": document.publication,
        "published_at": document.published_at,
        "raw": article.raw,
        "number": article.number,
    }


def _notes(fresh: Sequence[tuple[Article, str, Folded]]) -> tuple[str, ...]:
    return (f"{len(fresh)} documents read.",) if fresh else ()
