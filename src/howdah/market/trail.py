"""The trail: from any number to the claims behind it and on to the raw record."""

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence

import polars as pl

from howdah.claims import claims_query
from howdah.core.calendar import end_of_day
from howdah.core.claim import REVISION_KEY
from howdah.core.errors import HowdahError, InputError
from howdah.core.estimate import Estimate
from howdah.core.finding import Finding
from howdah.core.progress import Progress, silent
from howdah.engines import connect, parquet, text_literal
from howdah.estimates import (
    CELL,
    METHOD,
    VERDICTS,
    FeedTraits,
    to_records,
    with_entities,
)
from howdah.market.audience.cells import panel_cell
from howdah.market.audience.claiming import claims_spec
from howdah.market.audience.lake import AudienceLake
from howdah.market.basis import basis_of
from howdah.market.derived import Derived, find_now
from howdah.market.documents.passages import MIN_DIGITS
from howdah.market.documents.showing import passage_with, passages_behind
from howdah.market.levels import levels_at
from howdah.market.observing import observations_at
from howdah.market.pages import Passage, Statement, Trail, TrailClaim
from howdah.market.records import kept_hits, with_records
from howdah.market.show import statement_of
from howdah.market.update import raw_rows
from howdah.market.workspace import Workspace
from howdah.sources import FeedSpec, open_input

#: Fewest digits of a claim's id that name it.
_MIN_DIGITS = 6

#: Claims that a trail follows down to their raw records; the others are counted.
MAX_FOLLOWED = 20

_CLAIM = re.compile(rf"[0-9a-f]{{{_MIN_DIGITS},32}}")
_DERIVED = re.compile(r"[ef][0-9a-f]{12}")
_CELL_ID = re.compile(r"p[0-9a-f]{12}")
_PASSAGE = re.compile(rf"r[0-9a-f]{{{MIN_DIGITS},12}}")


def trail(ws: Workspace, id_: str, as_of: dt.date, progress: Progress = silent) -> Trail:
    """Follow an id of a finding, an estimate or a claim down to raw records.

    Parameters
    ----------
    id_
        ``f...`` of a finding, ``e...`` of an estimate, ``p...`` of a panel's figure, ``r`` and six
        or more digits of a sentence of a document, or six or more digits of a claim's id.
    as_of
        The date that the id was printed with; ids of derived values depend on it.

    Raises
    ------
    InputError
        The id is none, or nothing has it at that date.
    """
    id_ = id_.strip().lower()
    if _DERIVED.fullmatch(id_):
        if id_[0] == "f":
            finding = find_finding(ws, id_, as_of, progress)
            return _trail(ws, id_, "finding", finding.claim_ids, finding.as_of, finding=finding)
        estimate = find_estimate(ws, id_, as_of, progress)
        return _trail(
            ws, id_, "estimate", estimate.claim_ids, estimate.as_of, estimates=(estimate,)
        )
    if _CELL_ID.fullmatch(id_):
        cell = panel_cell(ws, id_, as_of)
        return Trail(basis_of(ws, as_of), id_, "panel figure", None, (), (), cells=(cell,))
    if _PASSAGE.fullmatch(id_):
        passage = passage_with(ws, id_, as_of)
        if passage.claim_id:
            return _trail(ws, passage.passage_id, "sentence", (passage.claim_id,), as_of)
        return Trail(
            basis_of(ws, as_of), passage.passage_id, "sentence", None, (), (), passages=(passage,)
        )
    return _trail(ws, id_, "claim", (claim_like(ws, id_),), as_of)


def find_finding(ws: Workspace, id_: str, as_of: dt.date, progress: Progress) -> Finding:
    """The finding that was printed with an id at a date.

    Raises
    ------
    InputError
        None has it.
    """
    for finding in Derived(ws).any_findings(id_):
        return with_records(ws, [finding], finding.as_of)[0]
    for finding in (*(kept_hits(ws, as_of) or ()), *find_now(ws, as_of, progress)):
        if finding.finding_id == id_:
            return with_records(ws, [finding], as_of)[0]
    raise _not_found("finding", id_, as_of)


def find_estimate(ws: Workspace, id_: str, as_of: dt.date, progress: Progress) -> Estimate:
    """The estimate that was printed with an id at a date.

    Raises
    ------
    InputError
        None has it.
    """
    for estimate in Derived(ws).any_estimates(id_):
        return estimate
    progress("looking for the estimate", 0, 1)
    observations = observations_at(ws, as_of)
    cell = _cell_with(ws, observations, id_, as_of)
    if cell is None:
        raise _not_found("estimate", id_, as_of)
    levels = levels_at(ws, as_of, cell)
    progress("done", 1, 1)
    return to_records(levels, ws.metrics)[0]


def _cell_with(
    ws: Workspace, observations: pl.DataFrame, id_: str, as_of: dt.date
) -> pl.DataFrame | None:
    """The cell whose estimate has an id, by computing every id as `core.derived_id` does."""
    cells = observations.select(CELL).unique().to_arrow()
    ws.engine.register("cells", cells)
    parts = ", ".join(
        f"coalesce({name}::VARCHAR, '')"
        for name in ("entity", "metric", "definition", "unit", "currency", "valid_from", "valid_to")
    )
    tail = f"{text_literal(as_of.isoformat())}, {text_literal(METHOD)}, ''"
    found = pl.DataFrame(
        ws.engine.sql(
            f"SELECT * FROM cells WHERE 'e' || left(sha256(concat_ws(chr(31), {parts}, {tail})), "
            f"12) = {text_literal(id_)}"
        ).to_arrow_table()
    )
    ws.engine.unregister("cells")
    return found if found.height else None


def _not_found(kind: str, id_: str, as_of: dt.date) -> InputError:
    return InputError(
        f"No {kind} {id_} as of {as_of}. An id of something derived belongs to the date it was "
        "printed with: give that one with --as-of."
    )


def claim_like(ws: Workspace, prefix: str) -> str:
    """The id of the one claim whose id starts with some digits.

    Raises
    ------
    InputError
        The text is no such id, or none or several claims have it.
    """
    if not _CLAIM.fullmatch(prefix):
        raise InputError(
            f"{prefix!r} is no id. Give one that howdah printed: f and 12 digits of a finding, "
            f"e and 12 of an estimate, r and the first {MIN_DIGITS} or more of a sentence, or the "
            f"first {_MIN_DIGITS} or more of a claim."
        )
    query = claims_query(ws.store, prints="all", withdrawn=True)
    ids: list[str] = []
    if query is not None:
        ids = (
            ws.engine.sql(
                f"SELECT DISTINCT claim_id FROM ({query}) "
                f"WHERE starts_with(claim_id, {text_literal(prefix)}) ORDER BY 1 LIMIT 9"
            )
            .to_arrow_table()["claim_id"]
            .to_pylist()
        )
    if not ids:
        raise InputError(f"No claim has an id that starts with {prefix}.")
    if len(ids) > 1:
        raise InputError(
            f"{len(ids)} claims or more have ids that start with {prefix}: {', '.join(ids[:3])}, "
            "... Give more digits."
        )
    return ids[0]


def _trail(
    ws: Workspace,
    id_: str,
    kind: str,
    claim_ids: Sequence[str],
    as_of: dt.date,
    *,
    finding: Finding | None = None,
    estimates: tuple[Estimate, ...] = (),
) -> Trail:
    followed = tuple(claim_ids)[:MAX_FOLLOWED]
    rows = claim_rows(ws, followed)
    raw = {
        digest: _raw_texts(ws, digest, group)
        for (digest,), group in rows.group_by(["raw"], maintain_order=True)
    }
    said = {row["claim_id"]: row for row in ws.verdicts.read(end_of_day(as_of)).to_dicts()}
    doubted = _doubted(ws, as_of)
    read = passages_behind(ws, followed, as_of)
    withdrawn = ws.store.withdrawals.standing(end_of_day(as_of))
    traits = ws.traits(as_of)
    claims = tuple(
        _trail_claim(
            ws,
            row | doubted.get(row["claim_id"], {}) | {"cited": _is_cited(traits, row)},
            raw[row["raw"]],
            said.get(row["claim_id"], {}),
            passages=read.get(row["claim_id"], ()),
            withdrawn_at=withdrawn.get(row["claim_id"]),
        )
        for row in rows.iter_rows(named=True)
    )
    notes = []
    if len(claim_ids) > MAX_FOLLOWED:
        notes.append(f"{len(claim_ids) - MAX_FOLLOWED} more claims are behind it.")
    return Trail(
        basis=basis_of(ws, as_of, rows),
        id=id_,
        kind=kind,
        finding=finding,
        estimates=estimates,
        claims=claims,
        n_claims=len(claim_ids),
        notes=tuple(notes),
    )


def _doubted(ws: Workspace, as_of: dt.date) -> dict[str, dict[str, object]]:
    """Why claims are held to be wrong, by claim, where that was kept for the date."""
    kept = Derived(ws).stored_suspects(as_of)
    if kept is None:
        return {}
    rows = kept.select("claim_id", "reason", "factor").iter_rows()
    return {claim_id: {"reason": reason, "factor": factor} for claim_id, reason, factor in rows}


def claim_rows(ws: Workspace, claim_ids: Sequence[str]) -> pl.DataFrame:
    """Every column of some claims, with their entities.

    Raises
    ------
    InputError
        There are none.
    """
    query = claims_query(ws.store, prints="all", withdrawn=True)
    if query is None or not claim_ids:
        raise InputError("No claim is behind this id.")
    wanted = ", ".join(text_literal(i) for i in claim_ids)
    rows = ws.engine.sql(
        f"SELECT * FROM ({query}) WHERE claim_id IN ({wanted}) "
        "ORDER BY valid_to, published_at, claim_id"
    )
    return pl.concat(with_entities(rows.to_arrow_reader(), ws.mapping))


def _trail_claim(
    ws: Workspace,
    row: dict[str, object],
    raw: dict[int, str],
    said: dict[str, object],
    *,
    passages: tuple[Passage, ...],
    withdrawn_at: dt.datetime | None,
) -> TrailClaim:
    feed = str(row["feed"])
    spec = ws.specs.get(feed)
    record = int(row["row"])  # type: ignore[call-overload]
    return TrailClaim(
        statement=statement_of(row | _judged(said)),
        entity=str(row["entity"]),
        feed=feed,
        licence=spec.licence.name if spec else "feed removed",
        attribution=spec.licence.attribution if spec else "",
        recorded_at=row["recorded_at"],  # type: ignore[arg-type]
        replayed=bool(row["replayed"]),
        raw=str(row["raw"]),
        row=record,
        raw_text=raw.get(record, ""),
        place=_place(ws, feed, str(row["raw"])),
        revisions=_revisions(ws, row),
        logs=_logs(ws, spec, raw.get(record, "")),
        passages=passages,
        withdrawn_at=withdrawn_at,
    )


def _is_cited(traits: Mapping[str, FeedTraits], row: Mapping[str, object]) -> bool:
    """Whether a claim is what a text tells of a source that speaks itself."""
    feed = traits.get(str(row["feed"]))
    return feed is not None and row["source"] in feed.cited


def _logs(ws: Workspace, spec: FeedSpec | None, raw_text: str) -> tuple[tuple[str, str], ...]:
    """The logs that a panel's figure was counted from, by the run that its record names."""
    if spec is None or spec.panel is None or not raw_text.startswith("{"):
        return ()
    run = AudienceLake(ws.folder / "lake", ws.engine).run(json.loads(raw_text)["run"])
    if run is None:
        return ()
    logs: list[dict[str, str]] = run["logs"]  # type: ignore[assignment]
    return tuple((log["place"], log["sha256"]) for log in logs)


def _judged(said: dict[str, object]) -> dict[str, object]:
    """What a reviewer said of a claim, as observations have it."""
    if not said:
        return {}
    verdict = VERDICTS[str(said["verdict"])]
    is_dropped = verdict == VERDICTS["drop"]
    reason = "reviewed" if is_dropped else ""
    return {"verdict": verdict, "note": said["note"], "reason": reason}


def _raw_texts(ws: Workspace, digest: object, rows: pl.DataFrame) -> dict[int, str]:
    """Raw records of claims, read back from the archived bytes; empty when they cannot be."""
    spec = ws.specs.get(rows["feed"][0])
    if spec is None or spec.documents is not None:
        # Of a text the sentence is shown, not all of it.
        return {}
    try:
        path = ws.store.archive.path(str(digest))
        if spec.panel is not None:
            spec = claims_spec(spec, replay=spec.replay)
        with connect() as engine, open_input(engine, spec, path) as source:
            return raw_rows(source, rows["row"].to_list())
    except HowdahError as error:
        # The claim itself is sound; a trail that ends early says why.
        return dict.fromkeys(rows["row"].to_list(), f"(raw record not readable: {error})")


def _place(ws: Workspace, feed: str, raw: str) -> str:
    pulls = pl.DataFrame(ws.store.pulls.read()).filter(
        (pl.col("feed") == feed) & (pl.col("raw") == raw)
    )
    return pulls["place"][0] if pulls.height else ""


def _revisions(ws: Workspace, row: dict[str, object]) -> tuple[Statement, ...]:
    """Other prints of the same thing by the same source, oldest first."""
    conditions = " AND ".join(
        f"{name} IS NOT DISTINCT FROM {_literal(row[name])}" for name in REVISION_KEY
    )
    claims = parquet(ws.store.claims.files())
    rows = ws.engine.sql(
        f"SELECT * FROM {claims} WHERE {conditions} "
        f"AND claim_id <> {text_literal(str(row['claim_id']))} ORDER BY published_at"
    ).to_arrow_table()
    return tuple(statement_of(other) for other in rows.to_pylist())


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, dt.date):
        return f"DATE '{value.isoformat()}'"
    return text_literal(str(value))
