"""Passages for readers: in their paragraphs, with who else tells the same and what bears on it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import polars as pl

from howdah.core.calendar import end_of_day
from howdah.core.errors import InputError
from howdah.market.basis import basis_of
from howdah.market.documents.bearings import Bearings
from howdah.market.documents.passages import JUDGED_FIELDS, passage_like, passages_of
from howdah.market.documents.settling import CLAIMED, EVENT, WAITS
from howdah.market.documents.tables import CLAIM_FIELDS, DocumentTables
from howdah.market.naming import naming_of
from howdah.market.pages.passage import Passage, PassagesToReview, UnknownName
from howdah.market.workspace import Workspace

#: Documents' sentences that an entity's page shows; the newest come first.
MAX_SHOWN = 40

#: Characters of the paragraph before and behind a sentence that are shown.
_MOST_AROUND = 600

Row = dict[str, Any]


def passages_behind(
    ws: Workspace, claim_ids: Sequence[str], as_of: dt.date
) -> dict[str, tuple[Passage, ...]]:
    """The sentences that claims were read from, by claim, as known on a date.

    A claim that was withdrawn since has the sentences that it was read from when it was made.
    """
    tables = DocumentTables(ws.folder / "lake")
    if not tables.exist():
        return {}
    outcomes = pl.DataFrame(tables.outcomes.read()).filter(
        pl.col("claim_id").is_in(list(claim_ids)) & (pl.col("recorded_at") <= end_of_day(as_of))
    )
    if outcomes.is_empty():
        return {}
    shelf = shelf_of(ws, tables, as_of)
    found: dict[str, dict[str, Passage]] = defaultdict(dict)
    for row in outcomes.sort("recorded_at").iter_rows(named=True):
        passage = shelf.passage(row["passage_id"], row["reading_id"])
        if passage is not None:
            found[row["claim_id"]][row["passage_id"]] = passage
    return {claim: tuple(passages.values()) for claim, passages in found.items()}


def passage_with(ws: Workspace, passage_id: str, as_of: dt.date) -> Passage:
    """The sentence of a document in force on a date that has an id, or one that starts so.

    Raises
    ------
    InputError
        None has it, or several.
    """
    tables = DocumentTables(ws.folder / "lake")
    if tables.exist():
        shelf = shelf_of(ws, tables, as_of)
        row = passage_like(shelf.rows, passage_id)
        if row is not None:
            return shelf.shown(dict(row))
    raise InputError(f"No sentence {passage_id} of a document is in force as of {as_of}.")


def passages_about(ws: Workspace, entity: str, as_of: dt.date) -> tuple[Passage, ...]:
    """What documents say of an entity, as known on a date: claims and events, the newest first."""
    tables = DocumentTables(ws.folder / "lake")
    if not tables.exist():
        return ()
    shelf = shelf_of(ws, tables, as_of)
    own = [
        row for row in shelf.rows
        if row["subject"] == entity and shelf.outcome(row) in {CLAIMED, EVENT}
    ]  # fmt: skip
    own.sort(key=lambda row: (row["published_at"], row["place"], -row["start"]), reverse=True)
    return tuple(shelf.shown(row) for row in own[:MAX_SHOWN])


def count_waiting(ws: Workspace, entity: str, as_of: dt.date) -> int:
    """How many sentences that were read as about an entity wait for a reviewer."""
    tables = DocumentTables(ws.folder / "lake")
    if not tables.exist():
        return 0
    shelf = shelf_of(ws, tables, as_of)
    return sum(row["subject"] == entity and shelf.outcome(row) == WAITS for row in shelf.rows)


def passages_to_review(
    ws: Workspace, as_of: dt.date, *, limit: int | None = None
) -> PassagesToReview:
    """Passages that wait for a reviewer: of what is followed first, then the likeliest to be right.

    Numbers of no metric of the market are counted and not asked about.
    """
    tables = DocumentTables(ws.folder / "lake")
    basis = basis_of(ws, as_of)
    if not tables.exist():
        return PassagesToReview(basis, (), 0, 0, ())
    shelf = shelf_of(ws, tables, as_of)
    counts: dict[str, int] = defaultdict(int)
    for row in shelf.rows:
        counts[shelf.outcome(row)] += 1
    followed = {ws.resolve(name).canonical_id for name in ws.config.follow.products}
    for segment in ws.config.follow.segments:
        followed.update(ws.members(ws.find_segment(segment)))
    waiting = [row for row in shelf.rows if shelf.outcome(row) == WAITS]
    waiting.sort(
        key=lambda row: (row["subject"] not in followed, -row["confidence"], row["passage_id"])
    )
    judged = {row["passage_id"] for row in shelf.rows if row["judgement"]}
    return PassagesToReview(
        basis=basis,
        passages=tuple(shelf.shown(row) for row in waiting[:limit]),
        n_waiting=len(waiting),
        n_judged=len(judged),
        names=_unknown_names(ws, shelf),
        counts=dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))),
    )


def _unknown_names(ws: Workspace, shelf: "Shelf") -> tuple[UnknownName, ...]:
    """Names that carry claims and that nobody in the market goes by, the most told first."""
    told: dict[str, set[str]] = defaultdict(set)
    for reading in shelf.readings.values():
        for name in reading["unknown_names"]:
            if not ws.resolver.candidates(name):
                told[name].add(reading["reading_id"])
    found = []
    for name, readings in sorted(told.items(), key=lambda item: (-len(item[1]), item[0])):
        quotes = [
            row["quote"]
            for row in shelf.rows
            if row["reading_id"] in readings and name in row["quote"]
        ]
        if quotes:
            naming = naming_of(ws.folder, name)
            found.append(UnknownName(name, len(readings), quotes[0], naming))
    return tuple(found)


def shelf_of(ws: Workspace, tables: DocumentTables, as_of: dt.date) -> "Shelf":
    """The documents in force on a date, looked up once for all the pages that show them."""
    shelf = ws.shelves.get(as_of)
    if shelf is None:
        shelf = ws.shelves[as_of] = Shelf(ws, tables, as_of)
    return shelf


class Shelf:
    """The documents in force on a date, their passages, and how these bear on each other."""

    def __init__(self, ws: Workspace, tables: DocumentTables, as_of: dt.date) -> None:
        self._ws = ws
        self._tables = tables
        self._instant = end_of_day(as_of)
        self.readings: dict[str, Row] = {
            row["reading_id"]: row for row in tables.current(self._instant).to_dicts()
        }
        self.rows: list[Row] = passages_of(tables, as_of=self._instant)
        self._outcomes = {
            (p, r): (claim, why)
            for p, r, claim, why in tables.last_outcomes(self._instant)
            .select("passage_id", "reading_id", "claim_id", "outcome")
            .iter_rows()
        }

    def outcome(self, row: Row) -> str:
        """What became of a passage by the date."""
        _, outcome = self._outcomes.get((row["passage_id"], row["reading_id"]), ("", WAITS))
        return str(outcome)

    def passage(self, passage_id: str, reading_id: str) -> Passage | None:
        """A passage, of a document in force or of an earlier version of one."""
        key = (passage_id, reading_id)
        for row in self.rows:
            if (row["passage_id"], row["reading_id"]) == key:
                return self.shown(row)
        if reading_id in self.readings:
            return None
        earlier = pl.DataFrame(self._tables.readings.read()).filter(
            (pl.col("reading_id") == reading_id) & (pl.col("recorded_at") <= self._instant)
        )
        if earlier.is_empty():
            return None
        reading = earlier.to_dicts()[0]
        for row in self._tables.current_passages(earlier).to_dicts():
            if row["passage_id"] == passage_id:
                blank = {"judgement": "", "judged_by": "", "note": ""}
                return self._drawn(reading | row | blank, reading, is_held=False)
        return None

    def shown(self, row: Row) -> Passage:
        """A passage of a document in force, as a page shows it."""
        return self._drawn(row, self.readings[row["reading_id"]])

    @cached_property
    def _bearings(self) -> Bearings:
        told = {CLAIMED, EVENT, WAITS}
        rows = [row for row in self.rows if row["metric"] and self.outcome(row) in told]
        waiting = {
            (row["passage_id"], row["reading_id"]) for row in rows if self.outcome(row) == WAITS
        }
        return Bearings(rows, waiting)

    def _drawn(self, row: Row, reading: Row, *, is_held: bool = True) -> Passage:
        text, start, end = reading["text"], row["start"], row["end"]
        first = max(row["paragraph_start"], start - _MOST_AROUND)
        last = min(row["paragraph_end"], end + _MOST_AROUND)
        key = (row["passage_id"], row["reading_id"])
        claim_id, outcome = self._outcomes.get(key, ("", WAITS))
        if not is_held:
            outcome = "not in the document any more"
        is_number = row["value_start"] is not None
        known = row["subject"] if row["identifier"] or self._is_known(row["subject"]) else ""
        return Passage(
            passage_id=row["passage_id"],
            claim_id=claim_id,
            before=("…" if first > row["paragraph_start"] else "") + text[first:start],
            quote=row["quote"],
            after=text[end:last] + ("…" if last < row["paragraph_end"] else ""),
            value_start=row["value_start"] - start if is_number else None,
            value_end=row["value_end"] - start if is_number else None,
            start=row["file_start"],
            end=row["file_end"],
            place=reading["place"],
            link=reading["link"],
            title=reading["title"],
            publication=reading["publication"],
            published_at=reading["published_at"],
            lang=reading["lang"],
            feed=reading["feed"],
            entity=known,
            name=self._ws.resolver.entity(known).name if known else row["subject"],
            kind=row["kind"],
            metric=row["metric"],
            value=row["value"],
            low=row["value_low"],
            high=row["value_high"],
            comparator=row["comparator"],
            unit=row["unit"],
            currency=row["currency"],
            object=row["object"],
            period=(row["period_start"], row["period_end"]),
            precision=row["period_precision"],
            modality=row["modality"],
            source=row["source"] or reading["publication"],
            confidence=row["confidence"],
            outcome=outcome,
            judgement=row["judgement"],
            judged_by=row["judged_by"],
            note=row["note"],
            stranger=row["stranger"] or "",
            told_by=self._bearings.told_by(key) if is_held else (),
            against=self._bearings.against(key) if is_held else (),
        )

    def _is_known(self, subject: str) -> bool:
        return bool(self._ws.resolver.candidates(subject)) if subject else False


def reading_rows(ws: Workspace, as_of: dt.date) -> pl.DataFrame:
    """What the texts in force on a date were read as, and what a reviewer held to be right.

    One row a passage: as it was read, with its sentence; ``judgement``, who made it, and for each
    field that can be judged ``right_...``, null where nobody judged. ``is_right`` says whether all
    of it was read right: what a model of the confidence is learnt from.
    """
    tables = DocumentTables(ws.folder / "lake")
    if not tables.exist():
        return pl.DataFrame(schema={"feed": pl.String, "subject": pl.String, "metric": pl.String})
    instant = end_of_day(as_of)
    judged = {row["passage_id"]: row for row in passages_of(tables, as_of=instant)}
    kept = ("passage_id", "feed", "place", "title", "publication", "lang", "published_at")
    rows = []
    for row in passages_of(tables, as_of=instant, as_read=True):
        said = judged[row["passage_id"]]
        judgement = said["judgement"]
        right = {k: said[k] if judgement in {"accept", "correct"} else None for k in JUDGED_FIELDS}
        rows.append(
            {k: row[k] for k in (*kept, *CLAIM_FIELDS.names)}
            | {"judgement": judgement, "judged_by": said["judged_by"], "note": said["note"]}
            | {"is_right": None if not judgement else judgement == "accept"}
            | {f"right_{k}": v for k, v in right.items()}
        )
    return pl.DataFrame(rows, infer_schema_length=None)
