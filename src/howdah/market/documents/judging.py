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
from howdah.core.errors import InputError, UnknownNameError, given_as
from howdah.core.estimate import derived_id
from howdah.core.wording import COMPARATORS, MODALITIES, interval_of
from howdah.documents.claims import kind_of
from howdah.market.documents.names import Names, names_of
from howdah.market.documents.passages import (
    MIN_DIGITS,
    dumped,
    learnt_words,
    passage_like,
    passages_of,
)
from howdah.market.documents.settling import settle
from howdah.market.documents.tables import JUDGEMENT_SCHEMA, DocumentTables
from howdah.market.documents.telling import WordReach, checked_word, reach_of, require_telling
from howdah.market.registering import extend_register
from howdah.market.workspace import Workspace

#: What a correction may set, in the words of `howdah judge --set`.
SETTABLE = (
    "subject", "metric", "value", "value_low", "value_high", "comparator", "unit", "currency",
    "period", "modality", "source", "source_type", "object",
)  # fmt: skip


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
    reach
        Of words that were pointed out: where they stand.
    """

    judgement_id: str
    passage_id: str
    judgement: str
    claim_id: str
    outcome: str
    recorded_at: dt.datetime
    judged_by: str
    note: str
    reach: WordReach | None = None


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
    with given_as("passage"):
        row = find_passage(ws, tables, passage)
    spec = ws.find_spec(row["feed"])
    is_correction = judgement is PassageJudgement.CORRECT
    with given_as("fields"):
        if bool(fields) != is_correction:
            raise InputError(
                "A correction says what is right: `howdah judge ID correct --set FIELD=VALUE`. "
                f"Allowed: {', '.join(SETTABLE)}. Without --set, accept or reject."
            )
        right = dict(row)
        if fields:
            fields = _with_denier(tables, row, fields)
            aliases, _ = learnt_words(tables)
            right = _corrected(ws, names_of(ws, spec, aliases), row, fields)
    if judgement is PassageJudgement.ACCEPT and not row["identifier"] and row["value_start"]:
        raise InputError(
            f"Nobody that the market knows is the subject of {row['passage_id']} "
            f"({row['subject']!r}). Name it in entities/catalogue.csv and update, or correct it: "
            "--set subject=NAME."
        )
    learnt, reach = ("", "", ""), None
    if word:
        with given_as("word"):
            learnt = checked_word(row, right, word)
            reach = reach_of(ws, tables, *learnt)
            require_telling(learnt[0], learnt[1], reach)
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
    return PassageJudged(
        id_, row["passage_id"], judgement.value, claim_id, outcome, now, by, note, reach
    )


def find_passage(ws: Workspace, tables: DocumentTables, id_: str) -> dict[str, Any]:
    """The passage in force that has an id, or one that starts so, as it was read.

    Raises
    ------
    InputError
        None has it, or several.
    """
    rows = passages_of(tables, as_read=True) if tables.exist() else []
    found = passage_like([row for row in rows if row["feed"] in ws.specs], id_)
    if found is not None and len(id_) > MIN_DIGITS:
        return dict(found)
    raise InputError(
        f"No sentence of a document has the id {id_}, or its document does not say it any more. "
        "`howdah review --documents` lists those that wait."
    )


def _with_denier(
    tables: DocumentTables, row: Mapping[str, Any], fields: Mapping[str, str]
) -> Mapping[str, str]:
    """A correction with who denies the figure: a denial is not the word of who told of it.

    Raises
    ------
    InputError
        It makes a denial of what somebody else states, and neither it nor the text says whose.
    """
    is_denial = fields.get("modality") == "denied" and row["modality"] != "denied"
    if not is_denial or "source" in fields:
        return fields
    place = ("reading_id", "value_start", "metric")
    for other in passages_of(tables, row["feed"], as_read=True):
        if other["modality"] == "denied" and all(other[k] == row[k] for k in place):
            return {
                **fields, "source": other["source"] or other["publication"],
                "source_type": fields.get("source_type", other["source_type"]),
            }  # fmt: skip
    if not row["source"]:
        return fields
    raise InputError(
        f"{row['source']} is read to state this, and a denial is the word of who denies it. Say "
        f"who: --set modality=denied --set source=NAME, or source={row['publication']} where it is "
        "the text itself."
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
