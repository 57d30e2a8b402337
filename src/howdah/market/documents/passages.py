"""Passages in force: each with its document, and with what a reviewer said of it."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from howdah.core.errors import InputError
from howdah.documents.folding import fold
from howdah.market.documents.tables import DocumentTables

#: Fields that a reviewer may find wrong, as a judgement keeps them.
JUDGED_FIELDS = (
    "subject", "scheme", "identifier", "kind", "metric", "value", "value_low", "value_high",
    "comparator", "unit", "currency", "period_start", "period_end", "period_precision", "source",
    "source_type", "modality", "object",
)  # fmt: skip

#: Fewest digits of a passage's id that name it, behind its letter.
MIN_DIGITS = 6


def passages_of(
    tables: DocumentTables,
    feed: str | None = None,
    as_of: dt.datetime | None = None,
    *,
    as_read: bool = False,
) -> list[dict[str, Any]]:
    """Passages of the readings in force, each with its document and what a reviewer said of it.

    With `as_read` as if no reviewer had said anything.

    ``judgement`` is "" where none holds; of one that does, the fields are those that the reviewer
    holds to be right, and ``judged_at`` and ``judged_by`` say when and by whom.
    """
    readings = tables.current(as_of, feed)
    own = readings.select(
        "reading_id", "feed", "place", "link", "raw", "number", "title", "publication", "lang",
        "published_at", "replayed", "recorded_at",
    )  # fmt: skip
    judged = tables.last_judgements(as_of).to_dicts() if not as_read else []
    said = {row["passage_id"]: row for row in judged}
    passages = tables.current_passages(readings).join(own, on="reading_id", maintain_order="left")
    return [_judged(row, said.get(row["passage_id"])) for row in passages.iter_rows(named=True)]


def passage_like(rows: Sequence[Mapping[str, Any]], prefix: str) -> Mapping[str, Any] | None:
    """The one of some passages whose id starts with some digits; None where none has.

    Raises
    ------
    InputError
        Several have.
    """
    found = [row for row in rows if row["passage_id"].startswith(prefix)]
    ids = sorted({row["passage_id"] for row in found})
    if len(ids) > 1:
        raise InputError(
            f"{len(ids)} sentences have ids that start with {prefix}: {', '.join(ids[:3])}. Give "
            "more digits."
        )
    return found[0] if found else None


def _judged(row: dict[str, Any], said: Mapping[str, Any] | None) -> dict[str, Any]:
    row |= {"judgement": "", "judged_at": None, "judged_by": "", "note": ""}
    if said is None:
        return row
    told = loaded(said["right"])
    if said["judgement"] == "reject" and any(row[k] != v for k, v in told.items()):
        # What was rejected is not what is read by now.
        return row
    return (
        row
        | told
        | {
            "judgement": said["judgement"],
            "judged_at": said["recorded_at"],
            "judged_by": said["judged_by"],
            "note": said["note"],
        }
    )


def dumped(row: Mapping[str, Any]) -> str:
    """The judged fields of a passage as JSON."""
    return json.dumps({k: row[k] for k in JUDGED_FIELDS}, default=str, ensure_ascii=False)


def loaded(document: str) -> dict[str, Any]:
    """The judged fields again."""
    told = json.loads(document)
    for name in ("period_start", "period_end"):
        told[name] = None if told[name] is None else dt.date.fromisoformat(told[name])
    return dict(told)


def learnt_words(
    tables: DocumentTables,
) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """What reviewers pointed out: (spelling, canonical id) of names, (word, metric) of metrics.

    A judgement that is taken back takes its words along.
    """
    if not tables.judgements.exists():
        return (), ()
    rows = tables.last_judgements().filter(pl.col("judgement") == "correct")
    told = rows.filter(pl.col("word") != "").select("word_field", "word", "word_means").rows()
    found = {(field, fold(word).lower if field == "metric" else word): means
             for field, word, means in told}  # fmt: skip
    aliases, words = (
        tuple(sorted((word, means) for (of, word), means in found.items() if of == field))
        for field in ("subject", "metric")
    )
    return aliases, words
