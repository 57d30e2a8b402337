"""The radar of a market: what was found, all of it or chosen, with what it rests on."""

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Sequence

import polars as pl

from howdah.claims import claims_query
from howdah.core.errors import UnknownNameError
from howdah.core.finding import Finding
from howdah.core.progress import Progress, silent
from howdah.engines import text_literal
from howdah.market.basis import basis_of
from howdah.market.derived import find_now
from howdah.market.feeds import reached_by
from howdah.market.pages import Findings, Radar, shortened
from howdah.market.records import kept_hits, with_records
from howdah.market.workspace import Workspace
from howdah.signals import MAX_SHOWN, choose, ranked


def radar(
    ws: Workspace, as_of: dt.date, progress: Progress = silent, *, limit: int = MAX_SHOWN
) -> Radar:
    """What changed, how sure, market or measurement: at most `limit` findings, best first.

    What leads has a record: a finding's place is weighed by how often its class was right.
    """
    findings = _findings(ws, as_of, progress)
    chosen = choose(findings, ws.config.follow.segments, limit=limit)
    return Radar(
        basis=basis_of(ws, as_of),
        findings=_with_vintages(ws, chosen),
        n_found=len(findings),
        followed=ws.config.follow.segments,
        holds_claims=bool(ws.store.claims.files()),
        n_panel_alone=_n_panel_alone(ws, as_of),
    )


def findings(
    ws: Workspace,
    as_of: dt.date,
    progress: Progress = silent,
    *,
    segment: str | None = None,
    kind: str | None = None,
    start: int = 0,
    limit: int = 100,
) -> Findings:
    """Everything that was found, best first: a page of it.

    Parameters
    ----------
    segment, kind
        Only findings of this segment, of this kind.
    start, limit
        Findings before the page, and on it at most.

    Raises
    ------
    UnknownNameError
        No such segment, or nothing of that kind was found.
    """
    found = _findings(ws, as_of, progress)
    if segment is not None:
        id_ = ws.find_segment(segment).id
        found = [f for f in found if f.segment == id_]
    kinds = Counter(f.kind for f in found)
    if kind is not None and kind not in kinds:
        raise UnknownNameError("kind of finding", kind, sorted(kinds))
    fits = ranked(f for f in found if kind in {None, f.kind})
    return Findings(
        basis=basis_of(ws, as_of),
        findings=_with_vintages(ws, fits[start : start + limit]),
        start=start,
        n_matching=len(fits),
        kinds=dict(kinds.most_common()),
    )


def _findings(ws: Workspace, as_of: dt.date, progress: Progress) -> list[Finding]:
    """What the detectors found and who is next, each with its record."""
    found = [*find_now(ws, as_of, progress), *(kept_hits(ws, as_of) or ())]
    return with_records(ws, found, as_of)


def _n_panel_alone(ws: Workspace, as_of: dt.date) -> int:
    """Entities of which panels alone state numbers, in which growth is not looked for."""
    panels = [spec.id for spec in ws.specs.values() if spec.panel is not None]
    if not panels:
        return 0
    is_panel = pl.col("feed").is_in(panels)
    simulated = [spec.id for spec in ws.specs.values() if spec.simulated]
    measured = reached_by(ws, as_of).filter(pl.col("measured") & ~pl.col("feed").is_in(simulated))
    return measured.group_by("entity").agg(is_panel.all().alias("alone")).filter("alone").height


def _with_vintages(ws: Workspace, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Findings with the publication dates of their claims, which are looked up at once."""
    query = claims_query(ws.store, prints="all")
    wanted = sorted({claim for finding in findings for claim in finding.claim_ids})
    if query is None or not wanted:
        return tuple(findings)
    found = ws.engine.sql(
        f"SELECT DISTINCT claim_id, published_at::DATE AS day FROM ({query}) "
        f"WHERE claim_id IN ({', '.join(map(text_literal, wanted))}) AND published_at IS NOT NULL"
    ).to_arrow_table()
    days: dict[str, set[dt.date]] = {}
    for claim, day in zip(found["claim_id"].to_pylist(), found["day"].to_pylist(), strict=True):
        days.setdefault(claim, set()).add(day)
    none: set[dt.date] = set()
    return tuple(
        dataclasses.replace(
            finding,
            vintages=shortened(
                sorted(none.union(*(days.get(claim, none) for claim in finding.claim_ids)))
            ),
        )
        if finding.claim_ids
        else finding
        for finding in findings
    )
