"""What an update derives and keeps: models, estimates, report cards, revisions and findings.

Each is appended with its as-of date, its method and a digest of the claims it came from, so
that what was said on a date can be audited, and read again without being computed again. A
read at another date computes and keeps nothing: readers never write.
"""

import dataclasses
import datetime as dt
import hashlib
import json
from pathlib import Path

import polars as pl
import pyarrow as pa

from howdah.claims import AppendOnlyTable
from howdah.core.calendar import Period, end_of_day
from howdah.core.claim import TIMESTAMP
from howdah.core.estimate import Estimate
from howdah.core.finding import Finding, Reason
from howdah.core.progress import Progress, silent
from howdah.estimates import (
    CARD_COLUMNS,
    ESTIMATE_SCHEMA,
    REVISION_COLUMNS,
    Models,
    revision_rows,
    to_records,
    to_rows,
)
from howdah.estimates.fusion import DOCUMENT_FORMAT
from howdah.market.cards import make_cards
from howdah.market.observing import without_simulated
from howdah.market.parts import last_periods, model_document, models_from
from howdah.market.scene import build_scene
from howdah.market.workspace import Workspace
from howdah.signals import find_all

#: What was learnt of each metric; the document is that of `market.parts.model_document`.
MODEL_SCHEMA = pa.schema(
    [
        ("metric", pa.string()),
        ("document", pa.string()),
        ("as_of", pa.date32()),
        ("inputs", pa.string()),
        ("recorded_at", TIMESTAMP),
    ]
)

_COUNTS = (
    "n_claims", "n_entities", "n_suspect", "n_copied", "n_overlap", "n_compared", "n_revised",
    "n_coverage",
)  # fmt: skip
_TEXTS = (
    "source", "metric", "nature", "group", "name", "against", "scale", "copies", "calibration"
)  # fmt: skip

#: Form of the tables: what was kept in another one is derived anew.
_FORMAT = 1

CARD_SCHEMA = pa.schema(
    [
        *(
            (
                name,
                pa.string() if name in _TEXTS else pa.int64() if name in _COUNTS else pa.float64(),
            )
            for name in CARD_COLUMNS
        ),
        ("as_of", pa.date32()),
        ("inputs", pa.string()),
        ("recorded_at", TIMESTAMP),
    ]
)

_REVISION_TEXTS = ("source", "metric", "nature", "scale")
_REVISION_COUNTS = ("age_from", "age_to", "n", "final_after_days")

REVISION_SCHEMA = pa.schema(
    [
        *(
            (
                name,
                pa.string()
                if name in _REVISION_TEXTS
                else pa.int64()
                if name in _REVISION_COUNTS
                else pa.float64(),
            )
            for name in REVISION_COLUMNS
        ),
        ("as_of", pa.date32()),
        ("inputs", pa.string()),
        ("recorded_at", TIMESTAMP),
    ]
)

FINDING_SCHEMA = pa.schema(
    [
        ("finding_id", pa.string()),
        ("kind", pa.string()),
        ("entity", pa.string()),
        ("metric", pa.string()),
        ("segment", pa.string()),
        ("priority", pa.float64()),
        ("document", pa.string()),
        ("as_of", pa.date32()),
        ("method", pa.string()),
        ("inputs", pa.string()),
        ("recorded_at", TIMESTAMP),
    ]
)

#: Claims that are held to be wrong.
SUSPECT_SCHEMA = pa.schema(
    [
        ("claim_id", pa.string()),
        ("entity", pa.string()),
        ("metric", pa.string()),
        ("definition", pa.string()),
        ("unit", pa.string()),
        ("currency", pa.string()),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
        ("precision", pa.string()),
        ("source", pa.string()),
        ("reason", pa.string()),
        ("factor", pa.float64()),
        ("original", pa.string()),
        ("level", pa.float64()),
        ("lower", pa.float64()),
        ("upper", pa.float64()),
        ("as_of", pa.date32()),
        ("inputs", pa.string()),
        ("recorded_at", TIMESTAMP),
    ]
)

#: One row for each time that values were derived and kept, appended last.
DERIVATION_SCHEMA = pa.schema(
    [
        ("as_of", pa.date32()),
        ("inputs", pa.string()),
        ("n_findings", pa.int64()),
        ("recorded_at", TIMESTAMP),
    ]
)


class Derived:
    """The derived tables of a market.

    What is kept for a date is what the newest row of ``derivations`` recorded for it: a kill
    while values were kept leaves some without that row, and no reader sees them.
    """

    def __init__(self, ws: Workspace) -> None:
        lake = ws.folder / "lake"
        self._ws = ws
        self.models = AppendOnlyTable(lake / "models", MODEL_SCHEMA)
        self.estimates = AppendOnlyTable(lake / "estimates", ESTIMATE_SCHEMA)
        self.suspects = AppendOnlyTable(lake / "suspects", SUSPECT_SCHEMA)
        self.cards = AppendOnlyTable(lake / "source_cards", CARD_SCHEMA)
        self.revisions = AppendOnlyTable(lake / "revisions", REVISION_SCHEMA)
        self.findings = AppendOnlyTable(lake / "findings", FINDING_SCHEMA)
        self.derivations = AppendOnlyTable(lake / "derivations", DERIVATION_SCHEMA)

    def inputs(self, as_of: dt.date) -> str:
        """Digest of everything that the values derived for a date depend on, besides the date.

        Claims only grow, so the files that hold those recorded by then stand for them, and what
        is learnt today changes no earlier date; then what was withdrawn of them, the judgements,
        the verdicts on claims that hold on the date, the catalogue, the market's settings, the
        package's own version and the form of what it keeps.
        """
        ws = self._ws
        digest = hashlib.sha256()
        instant = end_of_day(as_of)
        for table, column in (
            (ws.store.claims, "recorded_at"),
            (ws.register, "first_recorded_at"),
        ):
            # By name: a market that was copied to another folder is the same market.
            names = sorted(Path(file).name for file in table.files_until(column, instant))
            digest.update(",".join(names).encode())
        digest.update(",".join(ws.store.withdrawals.standing(end_of_day(as_of))).encode())
        digest.update(str(ws.judgements.read().num_rows).encode())
        digest.update(",".join(ws.verdicts.read(end_of_day(as_of))["verdict_id"]).encode())
        for path in sorted([*(ws.folder / "entities").glob("*.csv"), ws.folder / "market.toml"]):
            digest.update(path.read_bytes())
        digest.update(f"{ws.prob} {_code_version()} {DOCUMENT_FORMAT} {_FORMAT}".encode())
        return digest.hexdigest()[:16]

    def stored_findings(self, as_of: dt.date) -> list[Finding] | None:
        """Findings kept for a date, None when the claims have changed since."""
        rows = self._kept(self.findings, as_of)
        if rows is None:
            return None
        ordered = rows.sort(["priority", "finding_id"], descending=[True, False])
        return [finding_from(document) for document in ordered["document"].to_list()]

    def any_findings(self, finding_id: str) -> list[Finding]:
        """Findings kept under an id, of whatever date."""
        rows = pl.DataFrame(self.findings.read()).filter(pl.col("finding_id") == finding_id)
        return [finding_from(document) for document in rows["document"].to_list()]

    def any_estimates(self, estimate_id: str) -> list[Estimate]:
        """Estimates kept under an id, of whatever date."""
        rows = pl.DataFrame(self.estimates.read()).filter(pl.col("estimate_id") == estimate_id)
        return to_records(rows.sort("recorded_at", descending=True), self._ws.metrics)

    def stored_cards(self, as_of: dt.date) -> pl.DataFrame | None:
        """Source report cards kept for a date, None when the claims have changed since."""
        rows = self._kept(self.cards, as_of)
        return None if rows is None else rows.drop("as_of", "inputs", "recorded_at")

    def stored_revisions(self, as_of: dt.date) -> pl.DataFrame | None:
        """How far figures still move, kept for a date, None when the claims have changed since."""
        rows = self._kept(self.revisions, as_of)
        return None if rows is None else rows.drop("as_of", "inputs", "recorded_at")

    def stored_models(self, as_of: dt.date) -> Models | None:
        """Models kept for a date, None when the claims have changed since."""
        rows = self._kept(self.models, as_of)
        if rows is None:
            return None
        documents = {
            metric: json.loads(document)
            for metric, document in rows.select("metric", "document").iter_rows()
        }
        return models_from(documents, self._ws.segments, self._ws.prob)

    def stored_suspects(self, as_of: dt.date) -> pl.DataFrame | None:
        """Claims that were held to be wrong on a date, None when that was not kept."""
        rows = self._kept(self.suspects, as_of)
        return None if rows is None else rows.drop("as_of", "inputs", "recorded_at")

    def stored_levels(self, as_of: dt.date) -> pl.DataFrame | None:
        """Estimates of the last period of every series that were kept for a date."""
        return self._kept(self.estimates, as_of)

    def _kept(self, table: AppendOnlyTable, as_of: dt.date) -> pl.DataFrame | None:
        """Rows of a table from the newest derivation of a date, None when there is none."""
        same = (pl.col("as_of") == as_of) & (pl.col("inputs") == self.inputs(as_of))
        runs = pl.DataFrame(self.derivations.read()).filter(same)
        if not runs.height:
            return None
        newest = runs.select(pl.col("recorded_at").max()).item()
        return pl.DataFrame(table.read(at=("recorded_at", newest))).filter(same)


def derive(ws: Workspace, as_of: dt.date, progress: Progress = silent) -> list[Finding]:
    """Derive and keep what follows from the claims known on a date; nothing when it is kept."""
    derived = Derived(ws)
    kept = derived.stored_findings(as_of)
    if kept is not None:
        return kept
    progress("estimates", 0, 3)
    scene, fused, observations = build_scene(ws, as_of, everybody=True)
    models, suspects = fused.models, fused.levels.suspects
    progress("findings", 1, 3)
    findings = find_all(scene)
    progress("keeping", 2, 3)
    stamp = {"as_of": as_of, "inputs": derived.inputs(as_of), "recorded_at": ws.now()}
    current = to_records(last_periods(fused.levels.estimates), ws.metrics)
    cards = make_cards(ws, without_simulated(observations), models, suspects, as_of)
    documents: list[dict[str, object]] = [
        {"metric": metric, "document": json.dumps(model_document(models, metric))}
        for metric in sorted(models.by_metric)
    ]
    for metric, part in fused.made.items():
        ws.parts.keep(metric, fused.digests[metric], part)
    ws.parts.tidy(fused.digests)
    _append(derived.models, documents, stamp)
    _append(derived.cards, cards.to_dicts(), stamp)
    _append(derived.revisions, revision_rows(models.curves.values()).to_dicts(), stamp)
    _append(derived.suspects, suspects.to_dicts(), stamp)
    _append(derived.estimates, to_rows(current), stamp)
    rows = [
        {
            "finding_id": f.finding_id,
            "kind": f.kind,
            "entity": f.entity,
            "metric": f.metric,
            "segment": f.segment,
            "priority": f.priority,
            "document": json.dumps(dataclasses.asdict(f), default=str, ensure_ascii=False),
            "method": f.method,
        }
        for f in findings
    ]
    _append(derived.findings, rows, stamp)
    # Last of all: its presence says that the others are there.
    _append(derived.derivations, [{"n_findings": len(rows)}], stamp)
    progress("done", 3, 3)
    return findings


def find_now(ws: Workspace, as_of: dt.date, progress: Progress = silent) -> list[Finding]:
    """Findings of a date: those kept for it, else computed and not kept."""
    kept = Derived(ws).stored_findings(as_of)
    if kept is not None:
        return kept
    progress("estimates", 0, 2)
    built = build_scene(ws, as_of)
    progress("findings", 1, 2)
    findings = find_all(built.scene)
    progress("done", 2, 2)
    return findings


def finding_from(document: str) -> Finding:
    """A finding from the JSON that it was kept as."""
    fields = json.loads(document)
    period = fields.pop("period")
    dates = {
        name: dt.date.fromisoformat(period[name]) if period[name] else None
        for name in ("start", "end")
    }
    fields["period"] = Period(dates["start"], dates["end"], period["precision"])
    fields["as_of"] = dt.date.fromisoformat(fields["as_of"])
    why = fields["cause_reason"]
    values = tuple((name, value) for name, value in why["values"])
    fields["cause_reason"] = Reason(why["key"], values)
    fields["claim_ids"] = tuple(fields["claim_ids"])
    fields["vintages"] = tuple(dt.date.fromisoformat(day) for day in fields["vintages"])
    return Finding(**fields)


def _append(
    table: AppendOnlyTable, rows: list[dict[str, object]], stamp: dict[str, object]
) -> None:
    stamped = [{**row, **stamp} for row in rows]
    if not stamped:
        return
    table.append(pa.Table.from_pylist(stamped, schema=table.schema))


def _code_version() -> str:
    from importlib.metadata import version  # noqa: PLC0415 - only derived values ask

    return version("howdah")
