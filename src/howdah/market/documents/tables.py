"""What is kept of documents: readings, the passages in them, what became of those, judgements.

All are logs that only grow. A reading is one version of one document, read on one basis; the latest
one of a place is in force. A passage is one claim that a reading makes, with the sentence that
states it, whatever its standing. It is named by its sentence and its place in it, so that it is the
same passage when the document is corrected elsewhere or read again, and a judgement of it holds on.
"""

import datetime as dt
from pathlib import Path

import polars as pl
import pyarrow as pa

from howdah.claims import AppendOnlyTable
from howdah.core.claim import TIMESTAMP

READING_SCHEMA = pa.schema(
    [
        ("reading_id", pa.string()),
        ("feed", pa.string()),
        ("place", pa.string()),
        ("link", pa.string()),
        ("raw", pa.string()),
        ("number", pa.int64()),
        ("title", pa.string()),
        ("publication", pa.string()),
        ("lang", pa.string()),
        ("published_at", pa.date32()),
        ("text", pa.string()),
        ("basis", pa.string()),
        ("notes", pa.list_(pa.string())),
        ("unknown_names", pa.list_(pa.string())),
        ("replayed", pa.bool_()),
        ("recorded_at", TIMESTAMP),
    ]
)

#: Columns of a passage that `documents.claims.DocumentClaim` has too.
CLAIM_FIELDS = pa.schema(
    [
        ("kind", pa.string()),
        ("subject", pa.string()),
        ("subject_surface", pa.string()),
        ("subject_start", pa.int64()),
        ("subject_end", pa.int64()),
        ("subject_inherited", pa.bool_()),
        ("metric", pa.string()),
        ("value", pa.float64()),
        ("value_low", pa.float64()),
        ("value_high", pa.float64()),
        ("comparator", pa.string()),
        ("unit", pa.string()),
        ("currency", pa.string()),
        ("value_surface", pa.string()),
        ("value_start", pa.int64()),
        ("value_end", pa.int64()),
        ("period_start", pa.date32()),
        ("period_end", pa.date32()),
        ("period_precision", pa.string()),
        ("source", pa.string()),
        ("source_type", pa.string()),
        ("modality", pa.string()),
        ("object", pa.string()),
        ("quote", pa.string()),
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("confidence", pa.float64()),
        ("status", pa.string()),
        ("reason", pa.string()),
    ]
)

#: Offsets count characters of the reading's text; ``file_start`` and ``file_end`` those of the
#: decoded file. ``subject`` is a canonical id, or the words of the text where nobody is known.
PASSAGE_SCHEMA = pa.schema(
    [
        ("passage_id", pa.string()),
        ("reading_id", pa.string()),
        *CLAIM_FIELDS,
        ("stranger", pa.string()),
        ("scheme", pa.string()),
        ("identifier", pa.string()),
        ("paragraph_start", pa.int64()),
        ("paragraph_end", pa.int64()),
        ("file_start", pa.int64()),
        ("file_end", pa.int64()),
    ]
)

#: What became of a passage: the claim of the market that it makes, or why it makes none.
OUTCOME_SCHEMA = pa.schema(
    [
        ("passage_id", pa.string()),
        ("reading_id", pa.string()),
        ("claim_id", pa.string()),
        ("outcome", pa.string()),
        ("recorded_at", TIMESTAMP),
    ]
)

JUDGEMENT_SCHEMA = pa.schema(
    [
        ("judgement_id", pa.string()),
        ("passage_id", pa.string()),
        ("judgement", pa.string()),
        ("read", pa.string()),
        ("right", pa.string()),
        ("word_field", pa.string()),
        ("word", pa.string()),
        ("word_means", pa.string()),
        ("note", pa.string()),
        ("judged_by", pa.string()),
        ("recorded_at", TIMESTAMP),
    ]
)


class DocumentTables:
    """The tables of a market's documents, under ``documents`` in its lake."""

    def __init__(self, lake: Path) -> None:
        folder = lake / "documents"
        self.readings = AppendOnlyTable(folder / "readings", READING_SCHEMA)
        self.passages = AppendOnlyTable(folder / "passages", PASSAGE_SCHEMA)
        self.outcomes = AppendOnlyTable(folder / "outcomes", OUTCOME_SCHEMA)
        self.judgements = AppendOnlyTable(folder / "judgements", JUDGEMENT_SCHEMA)

    def exist(self) -> bool:
        """Whether a document was ever read."""
        return self.readings.exists()

    def current(self, as_of: dt.datetime | None = None, feed: str | None = None) -> pl.DataFrame:
        """Readings in force at an instant, those of all places; None: by all that is recorded."""
        rows = pl.DataFrame(self.readings.read())
        if feed is not None:
            rows = rows.filter(pl.col("feed") == feed)
        return _last(rows, as_of, ["feed", "place"])

    def current_passages(self, readings: pl.DataFrame) -> pl.DataFrame:
        """Passages of some readings, in the order of their texts."""
        rows = pl.DataFrame(self.passages.read())
        # A run that was killed may have left a reading's passages twice.
        return (
            rows.filter(pl.col("reading_id").is_in(readings["reading_id"].implode()))
            .unique(["reading_id", "passage_id"], keep="first", maintain_order=True)
            .sort("reading_id", "start", "value_start", "passage_id", nulls_last=True)
        )

    def last_judgements(self, as_of: dt.datetime | None = None) -> pl.DataFrame:
        """The judgement that holds for each passage at an instant."""
        rows = pl.DataFrame(self.judgements.read()).sort("judgement_id")
        return _last(rows, as_of, ["passage_id"])

    def last_outcomes(self, as_of: dt.datetime | None = None) -> pl.DataFrame:
        """What became of each passage, as known at an instant."""
        return _last(pl.DataFrame(self.outcomes.read()), as_of, ["passage_id", "reading_id"])

    def compact(self) -> tuple[int, int]:
        """Rewrite each table as one file; returns the files before and after.

        The caller holds the market's write lock.
        """
        before = after = 0
        for table in (self.readings, self.passages, self.outcomes, self.judgements):
            n_files = len(table.files())
            before += n_files
            if n_files > 1:
                table.rewrite(table.read().to_reader())
            after += len(table.files())
        return before, after


def _last(rows: pl.DataFrame, as_of: dt.datetime | None, key: list[str]) -> pl.DataFrame:
    """The last recorded row of each key by an instant."""
    if as_of is not None:
        rows = rows.filter(pl.col("recorded_at") <= as_of)
    kept = rows.sort("recorded_at", maintain_order=True).unique(
        key, keep="last", maintain_order=True
    )
    return kept.sort(key)
