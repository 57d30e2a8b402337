"""Judging passages: accept, correct or reject what was read, on the record and reversible.

A judgement keeps the fields that the reviewer holds to be right, and with a correction the words of
the text that say so, if these are pointed out. From the next update on such a word is read so in
every text of the market; a later judgement of the passage takes it back.
"""

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

import pyarrow as pa

from howdah.claims import write_lock
from howdah.core.calendar import parse_period
from howdah.core.errors import InputError, UnknownNameError
from howdah.core.estimate import derived_id
from howdah.core.wording import COMPARATORS, MODALITIES, interval_of
from howdah.documents.claims import kind_of
from howdah.documents.lexicon import metric_lexicon
from howdah.market.documents.names import Names, names_of
from howdah.market.documents.settling import dumped, learnt_words, passages_of, settle
from howdah.market.documents.tables import JUDGEMENT_SCHEMA, DocumentTables
from howdah.market.registering import extend_register
from howdah.market.workspace import Workspace

#: What a correction may set, in the words of `howdah judge --set`.
SETTABLE = (
    "subject", "metric", "value", "value_low", "value_high", "comparator", "unit", "currency",
    "period", "modality", "source", "source_type", "object",
)  # fmt: skip

#: Fields whose words in the text can be learnt.
LEARNABLE = ("subject", "metric")


class PassageJudgement(StrEnum):
    """What a reviewer says of what was read: it is right, it is right so, or it is wrong."""

    ACCEPT = "accept"
    CORRECT = "correct"
    REJECT = "reject"


@dataclasses.dataclass(frozen=True, slots=True)
class PassageJudged:
    """A judgement that was recorded.

    Attributes
    ----------
    claim_id
        The claim that the passage makes now, "" without one.
    outcome
        That it is claimed, or why not.
    """

    judgement_id: str
    passage_id: str
    judgement: str
    claim_id: str
    outcome: str
    recorded_at: dt.datetime
    judged_by: str
    note: str


def judge_passage(
    ws: Workspace,
    passage: str,
    judgement: PassageJudgement,
    *,
    by: str,
    note: str = "",
    fields: Mapping[str, str] | None = None,
    word: tuple[str, str] | None = None,
) -> PassageJudged:
    """Record what a reviewer says of a passage, and settle the claims of its feed anew.

    Parameters
    ----------
    fields
        Of a correction: what is right, by the names of `SETTABLE`.
    word
        Of a correction: the field, subject or metric, and the words of the sentence that say it.

    Raises
    ------
    InputError
        No passage in force has the id, or a field cannot have the value.
    """
    tables = DocumentTables(ws.folder / "lake")
    row = find_passage(ws, tables, passage)
    spec = ws.find_spec(row["feed"])
    is_correction = judgement is PassageJudgement.CORRECT
    if bool(fields) != is_correction:
        raise InputError(
            "A correction says what is right: howdah judge ID correct --set FIELD=VALUE. Allowed: "
            f"{', '.join(SETTABLE)}. Without --set, accept or reject."
        )
    right = dict(row)
    if fields:
        aliases, _ = learnt_words(tables)
        right = _corrected(ws, names_of(ws, spec, aliases), row, fields)
    if judgement is PassageJudgement.ACCEPT and not row["identifier"] and row["value_start"]:
        raise InputError(
            f"Nobody that the market knows is the subject of {row['passage_id']} "
            f"({row['subject']!r}). Name it in entities/catalogue.csv and update, or correct it: "
            "--set subject=NAME."
        )
    learnt = _learnt(row, right, word) if word else ("", "", "")
    now = ws.now()
    id_ = derived_id("j", row["passage_id"], judgement.value, by, now.isoformat())
    said = {
        "judgement_id": id_,
        "passage_id": row["passage_id"],
        "judgement": judgement.value,
        "read": dumped(row),
        "right": dumped(right),
        "word_field": learnt[0],
        "word": learnt[1],
        "word_means": learnt[2],
        "note": note,
        "judged_by": by,
        "recorded_at": now,
    }
    with write_lock(ws.folder / "lake"):
        tables.judgements.append(pa.Table.from_pylist([said], schema=JUDGEMENT_SCHEMA))
        settle(ws, spec, now)
        extend_register(ws, [spec.id])
    ws.forget()
    became = {
        (p, r): (claim, why)
        for p, r, claim, why in tables.last_outcomes()
        .select("passage_id", "reading_id", "claim_id", "outcome")
        .iter_rows()
    }
    claim_id, outcome = became[row["passage_id"], row["reading_id"]]
    return PassageJudged(id_, row["passage_id"], judgement.value, claim_id, outcome, now, by, note)


def find_passage(ws: Workspace, tables: DocumentTables, id_: str) -> dict[str, Any]:
    """The passage in force that has an id, as it was read.

    Raises
    ------
    InputError
        None has it.
    """
    rows = passages_of(tables, as_read=True) if tables.exist() else []
    for row in rows:
        if row["passage_id"] == id_ and row["feed"] in ws.specs:
            return row
    raise InputError(
        f"No sentence of a document has the id {id_}, or its document does not say it any more. "
        "`howdah review --documents` lists those that wait."
    )


def _corrected(
    ws: Workspace, names: Names, row: Mapping[str, Any], fields: Mapping[str, str]
) -> dict[str, Any]:
    right = dict(row)
    if "value" in fields:
        # Who sets the value says that it is that, whatever bound the wording had.
        right["comparator"] = "eq"
    for field, text in fields.items():
        if field not in SETTABLE:
            raise UnknownNameError("field", field, SETTABLE, hint=f"Give {', '.join(SETTABLE)}.")
        if field == "subject":
            right |= _subject(ws, names, text)
        elif field == "metric":
            metric = ws.metrics[text]
            unit = right["unit"] if right["unit"] in metric.units else metric.units[0]
            right |= {"metric": metric.id, "kind": kind_of(metric.id)}
            right["unit"] = fields.get("unit", unit)
        elif field == "period":
            period = parse_period(text)
            right |= {
                "period_start": period.start,
                "period_end": period.end,
                "period_precision": period.precision,
            }
        elif field in {"value", "value_low", "value_high"}:
            right[field] = _number(field, text)
        else:
            right[field] = _allowed(field, text)
    if "value" in fields or ("comparator" in fields and right["value"] is not None):
        value = right["value"]
        if value is not None:
            low, high = interval_of(right["comparator"], value)
            right |= {"value_low": low, "value_high": high}
            right["value"] = value if right["comparator"] == "eq" else None
    return right


def _subject(ws: Workspace, names: Names, text: str) -> dict[str, Any]:
    entity = ws.resolve(text)
    name = names.name_of(entity.canonical_id)
    identifier = None if name is None else names.identifiers[name]
    if identifier is None:
        raise InputError(
            f"The texts of this feed are not about {entity.name} ({entity.type}), or nothing names "
            "it alone. Add its type to `types` in [documents], or give it a name of its own."
        )
    return {
        "subject": entity.canonical_id,
        "scheme": identifier.scheme,
        "identifier": identifier.value,
    }


def _number(field: str, text: str) -> float | None:
    if not text:
        return None
    try:
        return float(text.replace(",", ""))
    except ValueError:
        raise InputError(
            f"{field}: {text!r} is no number. Give digits in base units, as 8200000."
        ) from None


def _allowed(field: str, text: str) -> str:
    known: Sequence[str] = {"comparator": COMPARATORS, "modality": MODALITIES}.get(field, ())
    if known and text not in known:
        raise UnknownNameError(field, text, known, hint=f"Give {', '.join(known)}.")
    return text


def _learnt(
    row: Mapping[str, Any], right: Mapping[str, Any], word: tuple[str, str]
) -> tuple[str, str, str]:
    """The field, the words and what they mean."""
    field, text = word
    if field not in LEARNABLE:
        raise UnknownNameError("field", field, LEARNABLE, hint="Words say a subject or a metric.")
    if not text.strip() or text not in row["quote"]:
        raise InputError(
            f"The words {text!r} do not stand in the sentence {row['quote']!r}. Copy them from it."
        )
    if field == "metric" and right["metric"] not in metric_lexicon():
        raise InputError(
            f"Texts are not read for {right['metric']}, so no words can be learnt for it. Correct "
            "without --word."
        )
    return field, text.strip(), str(right[field])
