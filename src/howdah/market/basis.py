"""What an answer rests on: vintages, replays, late feeds, feeds that come later."""

import datetime as dt

import polars as pl

from howdah.claims import claims_query
from howdah.core.calendar import end_of_day
from howdah.engines import parquet
from howdah.market.pages import Basis, shortened
from howdah.market.workspace import Workspace
from howdah.sources import CADENCE_DAYS


def basis_of(ws: Workspace, as_of: dt.date, statements: pl.DataFrame | None = None) -> Basis:
    """What an answer at a date rests on.

    Parameters
    ----------
    statements
        Claims behind the answer; their publication dates are its vintages. None gives the
        vintages of the statement feeds, which are few, not of the counters' snapshots.
    """
    feeds = feed_spans(ws)
    instant = end_of_day(as_of)
    stale = []
    later = []
    for row in feeds.iter_rows(named=True):
        spec = ws.specs.get(row["feed"])
        if spec is None:
            continue
        if row["first_recorded_at"] > instant:
            later.append((spec.id, row["first_recorded_at"].date()))
            continue
        allowed = CADENCE_DAYS[spec.cadence]
        last = last_published(ws, spec.id, as_of)
        if allowed is not None and last is not None and (as_of - last).days > allowed:
            stale.append((spec.id, last, (as_of - last).days - allowed))
    replayed = any(
        spec.replay and spec.id not in {feed for feed, _ in later} for spec in ws.specs.values()
    )
    if statements is not None:
        days = statements["published_at"].drop_nulls().dt.date().unique().sort().to_list()
    else:
        told = [s.id for s in ws.specs.values() if s.nature == "statement"]
        days = ws.vintages(as_of, told)
    return Basis(as_of, replayed, shortened(days), len(days), tuple(stale), tuple(later))


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


def last_published(ws: Workspace, feed: str, as_of: dt.date) -> dt.date | None:
    """Day of the last publication of a feed known at a date."""
    key = f"last_published {as_of}"
    if key not in ws.cache:
        query = claims_query(ws.store, as_of=end_of_day(as_of), prints="all")
        if query is None:
            return None
        ws.cache[key] = pl.DataFrame(
            ws.engine.sql(
                f"SELECT feed, max(published_at)::DATE AS day FROM ({query}) GROUP BY feed"
            ).to_arrow_table()
        )
    rows = ws.cache[key].filter(pl.col("feed") == feed)["day"].to_list()
    return rows[0] if rows else None
