"""State of the feeds: what each brought, what it costs, how late it is, whom it reaches."""

import datetime as dt
from collections import Counter

import polars as pl

from howdah.claims import claims_query
from howdah.core.calendar import end_of_day
from howdah.market.basis import basis_of
from howdah.market.pages import FeedReport, FeedsReport
from howdah.market.quarantine import quarantine
from howdah.market.silence import Silence, silence_of
from howdah.market.workspace import Workspace
from howdah.sources import FeedSpec


def feeds(ws: Workspace, as_of: dt.date) -> FeedsReport:
    """State of every feed as of a date, and how much of the market they reach together."""
    pulls = pl.DataFrame(ws.store.pulls.read())
    mended = Counter(row["feed"] for row in quarantine(ws) if row["mended_at"] is not None)
    tracked = _tracked(ws)
    reached = reached_by(ws, as_of)
    reports = tuple(
        _report(
            ws,
            spec,
            as_of,
            pulls.filter(pl.col("feed") == spec.id),
            mended[spec.id],
            tracked,
            reached,
        )
        for spec in ws.specs.values()
    )
    every = set(ws.mapping["entity"].to_pylist()) | {
        e.canonical_id for e in ws.catalogue.entities.values()
    }
    measured = set(reached.filter(pl.col("measured"))["entity"].to_list())
    return FeedsReport(
        basis=basis_of(ws, as_of),
        feeds=reports,
        n_found=len(every),
        n_tracked=len(tracked),
        n_unmeasured=len(tracked - measured),
    )


def _tracked(ws: Workspace) -> set[str]:
    ids = {
        entity
        for segment in ws.config.segment
        if not segment.simulated
        for entity in ws.members(segment)
    }
    return ids | {ws.resolve(name).canonical_id for name in ws.config.follow.products}


def reached_by(ws: Workspace, as_of: dt.date) -> pl.DataFrame:
    """(feed, entity, measured): whom each feed speaks of, and whether with a number."""
    query = claims_query(ws.store, as_of=end_of_day(as_of), prints="all")
    if query is None:
        return pl.DataFrame(schema={"feed": pl.String, "entity": pl.String, "measured": pl.Boolean})
    found = pl.DataFrame(
        ws.engine.sql(
            "SELECT feed, scheme, subject, bool_or(value_low IS NOT NULL OR value_high IS NOT "
            f"NULL) AS measured FROM ({query}) GROUP BY feed, scheme, subject"
        ).to_arrow_table()
    )
    mapping = pl.DataFrame(ws.mapping).select("scheme", "subject", "entity")
    return found.join(mapping, on=["scheme", "subject"]).select("feed", "entity", "measured")


def _report(
    ws: Workspace,
    spec: FeedSpec,
    as_of: dt.date,
    pulls: pl.DataFrame,
    n_mended: int,
    tracked: set[str],
    reached: pl.DataFrame,
) -> FeedReport:
    state = ws.state.feed(spec.id)
    latest = pulls.sort("recorded_at").unique("place", keep="last")
    own = set(reached.filter(pl.col("feed") == spec.id)["entity"].to_list())
    silence = silence_of(ws, spec.id, spec.cadence, as_of)
    return FeedReport(
        feed=spec.id,
        title=spec.title,
        state=_state(
            pulled=pulls.height > 0, known=bool(own), silence=silence, error=state.last_error
        ),
        n_rows=int(latest["n_rows"].sum()),
        n_rows_read=int(pulls["n_rows"].sum()),
        n_claims=int(pulls["n_new"].sum()),
        n_quarantined=int(latest["n_quarantined"].sum()),
        n_mended=n_mended,
        last_success=state.last_success,
        last_published_at=None if silence is None else silence.since,
        cadence=spec.cadence,
        days_late=None if silence is None else silence.days_late,
        licence=spec.licence.name,
        attribution=spec.licence.attribution,
        may_export=spec.licence.may_export,
        cost=spec.cost.amount,
        cost_currency=spec.cost.currency,
        renews_on=spec.cost.renews_on,
        coverage=len(own & tracked) / len(tracked) if tracked else None,
        error=state.last_error,
    )


def _state(*, pulled: bool, known: bool, silence: Silence | None, error: str) -> str:
    if error:
        return "failing"
    if not pulled:
        return "never pulled"
    if not known:
        return "later"
    if silence is not None and silence.has_ended:
        return "ended"
    return "late" if silence is not None and silence.days_late else "healthy"
