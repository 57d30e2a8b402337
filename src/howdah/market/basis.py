"""What an answer rests on: vintages, replays, feeds that are late, have ended or come later."""

import datetime as dt

import polars as pl

from howdah.core.calendar import end_of_day
from howdah.engines import parquet
from howdah.market.pages import Basis, shortened
from howdah.market.silence import silence_of
from howdah.market.workspace import Workspace


def basis_of(ws: Workspace, as_of: dt.date, statements: pl.DataFrame | None = None) -> Basis:
    """What an answer at a date rests on.

    Parameters
    ----------
    statements
        Claims behind the answer; their publication dates are its vintages. None gives the
        vintages of the statement feeds, which are few, not of the counters' snapshots, and not of
        what is simulated.
    """
    feeds = feed_spans(ws)
    instant = end_of_day(as_of)
    stale = []
    ended = []
    later = []
    for row in feeds.iter_rows(named=True):
        spec = ws.specs.get(row["feed"])
        if spec is None:
            continue
        if row["first_recorded_at"] > instant:
            later.append((spec.id, row["first_recorded_at"].date()))
            continue
        silence = silence_of(ws, spec.id, spec.cadence, as_of)
        if silence is None:
            continue
        # Of what has ended nothing more is awaited, so that nothing of it is late.
        if silence.has_ended:
            ended.append((spec.id, silence.since))
        elif silence.days_late:
            stale.append((spec.id, silence.since, silence.days_late))
    replayed = any(
        spec.replay and spec.id not in {feed for feed, _ in later} for spec in ws.specs.values()
    )
    if statements is not None:
        days = statements["published_at"].drop_nulls().dt.date().unique().sort().to_list()
    else:
        told = [s.id for s in ws.specs.values() if s.nature == "statement" and not s.simulated]
        days = ws.vintages(as_of, told)
    return Basis(
        as_of,
        replayed,
        shortened(days),
        len(days),
        stale=tuple(stale),
        ended=tuple(ended),
        later_feeds=tuple(later),
    )


def feed_spans(ws: Workspace) -> pl.DataFrame:
    """First and last recording of each feed's claims: ``feed, first_recorded_at, ...``."""
    if "feed_spans" not in ws.cache:
        files = ws.store.claims.files()
        if not files:
            return pl.DataFrame(schema={"feed": pl.String, "first_recorded_at": pl.Datetime})
        ws.cache["feed_spans"] = pl.DataFrame(
            ws.engine.sql(
                "SELECT feed, min(recorded_at) AS first_recorded_at FROM "
                f"{parquet(files)} GROUP BY feed ORDER BY feed"
            ).to_arrow_table()
        )
    return ws.cache["feed_spans"]
