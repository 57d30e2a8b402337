"""Settling: which passages of a feed's documents are claims of the market now.

A passage counts when the reader accepted it and no reviewer says otherwise, or when a reviewer
accepted or corrected it. What counts and is not in the store is appended; what is there and counts
no more, because its sentence was corrected, is read otherwise or was rejected, is withdrawn. It may
be repeated at any time: settled twice, nothing is done.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import polars as pl
import pyarrow as pa

from howdah.claims import Appended
from howdah.core.claim import CLAIM_SCHEMA
from howdah.engines import connect, parquet, text_literal
from howdah.market.documents.citing import Citations
from howdah.market.documents.passages import passages_of
from howdah.market.documents.tables import OUTCOME_SCHEMA, DocumentTables
from howdah.market.workspace import Workspace
from howdah.sources import ClaimMapping, FeedSpec, Pull, compile_query, open_input
from howdah.sources.columns import ColumnRef, DateRef, NumberRef

#: Outcomes; others are the gate's or the store's own reasons.
CLAIMED, WAITS, EVENT = "claimed", "waiting for review", "told as an event"
REJECTED = "rejected by a reviewer"
NO_METRIC = "of no known metric"

#: Where the claims of a feed's texts come from, as its pulls say.
_PLACE = "what the texts say"

#: The metric of a number whose words are none of a metric's.
_UNCLASSIFIED = "unclassified"

_TEXTS = (
    "publication", "scheme", "kind", "metric", "definition", "unit", "currency", "comparator",
    "modality", "object", "source", "source_type",
)  # fmt: skip
_SCHEMA = pl.Schema(
    {
        "number": pl.Int64,
        **dict.fromkeys((*_TEXTS, "subject", "precision"), pl.String),
        **dict.fromkeys(("value", "value_low", "value_high"), pl.Float64),
        **dict.fromkeys(("valid_from", "valid_to", "published_at"), pl.Date),
    }
)


class Settled(NamedTuple):
    """What was appended, and the claims that no text makes any more."""

    appended: Appended
    withdrawn: tuple[str, ...]


def settle(ws: Workspace, spec: FeedSpec, now: dt.datetime) -> Settled:
    """Bring the claims of a feed of documents into line with its passages.

    The caller holds the market's write lock, and extends the register after it.
    """
    done = Appended()
    tables = DocumentTables(ws.folder / "lake")
    rows = passages_of(tables, spec.id)
    outcomes, claims = claims_among(ws, spec, rows, now)
    wanted = {claim: n for n, claim in reversed(list(enumerate(claims["claim_id"].to_pylist())))}
    held = _held(ws, spec.id)
    standing = ws.store.withdrawals.standing()
    new = [n for claim, n in wanted.items() if claim not in held]
    if new:
        blank = pa.nulls(len(new), pa.string())
        batch = claims.take(sorted(new)).append_column("reason", blank)
        batch = batch.append_column("fault_column", blank)
        done, faults = ws.store.append_claims(spec.id, batch.to_reader())
        assert not faults, "what cannot be a claim has been told apart"
        # The files were pulled when they were read; what came of them is known here.
        came = Appended(n_new=done.n_new, last_published_at=done.last_published_at)
        ws.store.append_pull(spec.id, "", "", _PLACE, came, now)
    withdrawn = held - wanted.keys() - standing.keys()
    ws.store.withdrawals.append(withdrawn, wanted.keys() & standing.keys(), now)
    before = {
        (p, r): (c, o)
        for p, r, c, o in tables.last_outcomes()
        .select("passage_id", "reading_id", "claim_id", "outcome")
        .iter_rows()
    }
    changed = [
        {**{k: row[k] for k in ("passage_id", "reading_id")}, "claim_id": claim, "outcome": why,
         "recorded_at": row["recorded_at"] if key not in before else now}
        for row, (claim, why) in zip(rows, outcomes, strict=True)
        if before.get(key := (row["passage_id"], row["reading_id"])) != (claim, why)
    ]  # fmt: skip
    if changed:
        tables.outcomes.append(pa.Table.from_pylist(changed, schema=OUTCOME_SCHEMA))
    return Settled(done, tuple(sorted(withdrawn)))


def claims_among(
    ws: Workspace, spec: FeedSpec, rows: Sequence[Mapping[str, Any]], now: dt.datetime
) -> tuple[list[tuple[str, str]], pa.Table]:
    """What becomes of passages, and the claims that some of them make.

    Returns
    -------
    (outcomes, claims)
        The claim's id, "" without one, and the outcome of each passage; the claims in the columns
        of the store, in the order of the passages that make them.
    """
    outcomes = [("", _hindrance(ws, row)) for row in rows]
    counting = [n for n, (_, why) in enumerate(outcomes) if not why]
    if not counting:
        return outcomes, CLAIM_SCHEMA.empty_table()
    cited = Citations(ws, spec)
    told = [{"number": n, **_columns(spec, rows[n], cited)} for n in counting]
    mapped = _mapped(ws, spec, pl.DataFrame(told, schema=_SCHEMA), now)
    kept = []
    for claim in mapped.to_pylist():
        n = counting[claim["row"] - 1]
        reason = claim.pop("reason")
        claim.pop("fault_column")
        if reason is not None:
            outcomes[n] = ("", reason)
            continue
        outcomes[n] = (claim["claim_id"], CLAIMED)
        row = rows[n]
        is_replayed = bool(row["replayed"]) and not row.get("judgement")
        recorded = claim["published_at"] if is_replayed else now
        kept.append(
            claim
            | {"raw": row["raw"], "row": row["number"], "replayed": is_replayed}
            | {"recorded_at": recorded}
        )
    return outcomes, pa.Table.from_pylist(kept, schema=CLAIM_SCHEMA)


def _hindrance(ws: Workspace, row: Mapping[str, Any]) -> str:
    """Why a passage makes no claim; "" where it may."""
    judgement, metric = row.get("judgement", ""), row["metric"]
    checks = (
        (judgement == "reject", REJECTED),
        (not judgement and row["status"] == "rejected", row["reason"]),
        (row["value_start"] is None, EVENT),
        # Before those that wait: nobody is asked about what no claim could be of.
        (metric == _UNCLASSIFIED, NO_METRIC),
        (metric not in ws.metrics, f"of {metric!r}, no metric of the market"),
        (not judgement and row["status"] == "review", WAITS),
        (not row["identifier"], f"about {row['subject']!r}, whom no name means alone"),
    )
    return next((why for is_so, why in checks if is_so), "")


def _columns(spec: FeedSpec, row: Mapping[str, Any], cited: Citations) -> dict[str, Any]:
    """A passage as a row of a table of claims."""
    source_type = row["source_type"] if row["source"] else spec.source_type
    worded = row["source"] or row["publication"]
    source = cited.source_of(worded, source_type) or worded
    definition, unit = _definition(spec, {source, worded}, row["metric"])
    return {
        **{k: row[k] for k in ("publication", "published_at", "scheme", "kind", "metric")},
        **{k: row[k] for k in ("value", "value_low", "value_high", "comparator", "currency")},
        "subject": row["identifier"],
        "definition": definition,
        "unit": unit or row["unit"],
        "valid_from": row["period_start"],
        "valid_to": row["period_end"],
        "precision": row["period_precision"],
        "modality": row["modality"],
        "object": row["object"],
        "source": source,
        "source_type": source_type,
    }


def _definition(spec: FeedSpec, names: set[str], metric: str) -> tuple[str, str]:
    """Definition and unit of a source's figures, by its name in the market or in the text."""
    assert spec.documents is not None
    for told in spec.documents.definition:
        if told.source in names and told.metric == metric:
            return told.definition, told.unit
    return "", ""


def _mapped(ws: Workspace, spec: FeedSpec, told: pl.DataFrame, now: dt.datetime) -> pa.Table:
    """Rows through the mapping that any feed's rows go through."""
    mapping = ClaimMapping(
        **{name: ColumnRef(column=name) for name in (*_TEXTS, "subject", "precision")},
        **{name: NumberRef(column=name) for name in ("value", "value_low", "value_high")},
        **{name: DateRef(column=name) for name in ("valid_from", "valid_to", "published_at")},
    )
    plain = spec.model_copy(
        update={"documents": None, "claim": (mapping,), "format": "parquet", "replay": False}
    )
    with TemporaryDirectory(prefix="howdah-") as folder:
        path = Path(folder) / "passages.parquet"
        told.write_parquet(path)
        with connect() as engine, open_input(engine, plain, path) as source:
            query = compile_query(source, Pull(plain, "", now), ws.metrics)
            return engine.sql(f"SELECT * FROM ({query}) ORDER BY row").to_arrow_table()


def _held(ws: Workspace, feed: str) -> set[str]:
    files = ws.store.claims.files()
    if not files:
        return set()
    rows = ws.engine.sql(f"SELECT claim_id FROM {parquet(files)} WHERE feed = {text_literal(feed)}")
    return set(rows.to_arrow_table()["claim_id"].to_pylist())
