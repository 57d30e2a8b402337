"""Taking in documents: files to readings and passages, and what cannot be read to quarantine.

The order makes a kill harmless: bytes, then readings with their passages, then what follows from
them (claims, withdrawals, outcomes), and the pulls last. A run that ended early is repeated by the
next one, which finds what was kept and appends only what is missing.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from howdah.claims import Appended, Fault
from howdah.core.errors import HowdahError
from howdah.core.estimate import derived_id
from howdah.documents.folding import fold
from howdah.documents.reading import read_documents
from howdah.documents.spans import Document
from howdah.market.documents.articles import (
    Article,
    Reader,
    articles_of,
    passages_of_article,
    reader_of,
    unknown_names,
)
from howdah.market.documents.settling import WAITS, settle
from howdah.market.documents.tables import PASSAGE_SCHEMA, READING_SCHEMA, DocumentTables
from howdah.market.taking import Taken
from howdah.market.workspace import Workspace
from howdah.sources import FeedSpec

#: Withdrawn claims that an update names, and digits of their ids.
_MOST_NAMED, _DIGITS = 3, 10

#: An article to be read, and the basis on which.
Due = tuple[Article, str]


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
    # A text that went back to what it was is a version, too: the last pull of a place decides.
    ordered = pulls.sort_by("recorded_at")
    done = {
        place: (raw, digest)
        for place, raw, digest in zip(
            *(ordered[name].to_pylist() for name in ("place", "raw", "spec")), strict=True
        )
    }
    found: dict[str, Article] = {}
    pulled: list[tuple[str, str, Appended]] = []
    faults: dict[tuple[str, str], list[Fault]] = {}
    for path, place in files:
        raw = ws.store.archive.put(path)
        if done.get(place) == (raw, spec_digest):
            taken.unchanged += 1
            continue
        say(place)
        articles, wrong = articles_of(spec, path, place, raw)
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
        *_read_otherwise(ws, reader, found, held),
    ]  # fmt: skip
    read = _keep(tables, spec, reader, fresh, held, now, say)
    say("settling what is claimed")
    taken.appended, withdrawn = settle(ws, spec, now)
    for (raw, place), wrong in faults.items():
        if wrong or place in done:
            ws.store.append_quarantine(spec.id, raw, place, wrong, now)
        taken.faults += wrong
    ws.store.append_pulls(spec.id, spec_digest, pulled, now)
    taken.appended.n_rows = sum(pull.n_rows for *_, pull in pulled)
    taken.appended.n_quarantined = len(taken.faults)
    taken.notes = (*_notes(tables, spec.id, read, withdrawn), *_notes_of_model(reader))
    return taken


def _midnight(day: dt.date | None) -> dt.datetime | None:
    return None if day is None else dt.datetime.combine(day, dt.time(), dt.UTC)


def _changed(reader: Reader, found: dict[str, Article], held: pl.DataFrame) -> Iterator[Due]:
    """Articles that are new, or not read as they would be now, with the basis of the reading."""
    bases = dict(held.select("place", "basis").iter_rows())
    for article in found.values():
        folded = fold(article.document.text)
        basis = reader.basis(article.document, folded, reader.names.gazetteer.find(folded))
        if bases.get(article.place) != basis:
            yield article, basis


def _read_otherwise(
    ws: Workspace, reader: Reader, found: dict[str, Article], held: pl.DataFrame
) -> Iterator[Due]:
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
            yield article, reader.basis(document, folded, mentions)


def _keep(
    tables: DocumentTables, spec: FeedSpec, reader: Reader,
    fresh: Sequence[Due], held: pl.DataFrame, now: dt.datetime,
    say: Callable[[str], None],
) -> list[str]:  # fmt: skip
    """Read articles and append their readings; returns the ids of these.

    Passages come first: a reading says that they are there.
    """
    known = set(held["place"].to_list())
    unanswered = dict(held.filter(pl.col("basis") == "").select("place", "text").iter_rows())
    readings: list[dict[str, object]] = []
    passages: list[dict[str, object]] = []
    for article, basis in fresh:
        say(article.place)
        document = article.document
        is_first = spec.replay and article.place not in known
        recorded = _midnight(document.published_at) if is_first else now
        id_ = derived_id("t", spec.id, article.place, basis, str(recorded))
        claims = reader.read(document)
        is_unanswered = reader.was_unanswered(article)
        if is_unanswered and unanswered.get(article.place) == document.text:
            continue
        passages += passages_of_article(reader, article, claims, spec.id, id_)
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
                # What the rules alone read is not what it would be: the next update asks again.
                "basis": "" if is_unanswered else basis,
                "notes": list(document.notes),
                "unknown_names": unknown_names(reader, document, claims),
                "replayed": is_first,
                "recorded_at": recorded,
            }
        )
    if passages:
        tables.passages.append(pa.Table.from_pylist(passages, schema=PASSAGE_SCHEMA))
    if readings:
        tables.readings.append(pa.Table.from_pylist(readings, schema=READING_SCHEMA))
    return [str(row["reading_id"]) for row in readings]


def _notes(
    tables: DocumentTables, feed: str, read: Sequence[str], withdrawn: Sequence[str]
) -> tuple[str, ...]:
    """How many documents were read, what became of what they say, and what they say no more."""
    notes = []
    if read:
        outcomes = _outcomes(tables, read)
        told = ", ".join(f"{n} {why}" for why, n in outcomes.items())
        documents = "document" if len(read) == 1 else "documents"
        notes.append(f"{len(read)} {documents} read: {told or 'no number or event found'}.")
        every = _outcomes(tables, tables.current(feed=feed)["reading_id"].to_list())
        if every.get(WAITS, 0) > outcomes.get(WAITS, 0):
            notes.append(f"{every[WAITS]} wait for review in all texts of the feed.")
    if withdrawn:
        claims = "claim is" if len(withdrawn) == 1 else "claims are"
        them = "it" if len(withdrawn) == 1 else "them"
        named = ", ".join(id_[:_DIGITS] for id_ in withdrawn[:_MOST_NAMED])
        more = ", ..." if len(withdrawn) > _MOST_NAMED else ""
        notes.append(
            f"{len(withdrawn)} {claims} withdrawn, since no text makes {them} so any more: "
            f"howdah trail {named}{more}."
        )
    return tuple(notes)


def _notes_of_model(reader: Reader) -> tuple[str, ...]:
    """What a language model cost and did, of an update that asked one."""
    assistant = reader.assistant
    if assistant is None or not assistant.account.is_used:
        return ()
    return tuple(assistant.account.sentences(f"{assistant.name} at {assistant.server}"))


def _outcomes(tables: DocumentTables, readings: Sequence[str]) -> dict[str, int]:
    """How many passages of some readings came to each outcome, the most first."""
    outcomes = tables.last_outcomes().filter(pl.col("reading_id").is_in(list(readings)))
    counts = outcomes["outcome"].value_counts().sort("count", "outcome", descending=[True, False])
    return dict(counts.iter_rows())
