"""What a market is, between which dates it can be seen, and which league tables it has."""

import datetime as dt

from howdah.claims import claims_query
from howdah.core.calendar import end_of_day
from howdah.engines import parquet
from howdah.market.basis import basis_of
from howdah.market.pages.overview import Leagues, MetricLeagues, Overview, SegmentFacts
from howdah.market.tables import tables_of
from howdah.market.workspace import Workspace


def overview(ws: Workspace, as_of: dt.date) -> Overview:
    """What the market is, as of a date."""
    config = ws.config
    earliest, latest = knowledge_dates(ws)
    return Overview(
        basis=basis_of(ws, as_of),
        title=config.title,
        title_zh=config.title_zh,
        currency=config.currency,
        time_zone=config.time_zone,
        default_as_of=ws.find_as_of(None),
        earliest=earliest,
        latest=latest,
        ours=config.follow.products,
        segments=tuple(
            SegmentFacts(
                s.id, s.title, s.title_zh, s.headline, s.id in config.follow.segments, s.simulated,
                len(ws.members(s)),
            )
            for s in config.segment
        ),
        metrics=tuple(ws.metrics.metrics.values()),
    )  # fmt: skip


def knowledge_dates(ws: Workspace) -> tuple[dt.date | None, dt.date | None]:
    """First and last day on which a claim was recorded; None before any."""
    files = ws.store.claims.files()
    if not files:
        return None, None
    found = ws.engine.sql(
        "SELECT min(recorded_at)::DATE AS first, max(recorded_at)::DATE AS last "
        f"FROM {parquet(files)}"
    ).to_arrow_table()
    return found["first"][0].as_py(), found["last"][0].as_py()


def leagues(ws: Workspace, as_of: dt.date) -> Leagues:
    """Every metric of which there is a league table on a date, with its tables."""
    query = claims_query(ws.store, as_of=end_of_day(as_of), prints="all")
    stated: set[str] = set()
    if query is not None:
        found = ws.engine.sql(f"SELECT DISTINCT metric FROM ({query})").to_arrow_table()
        stated = set(found["metric"].to_pylist())
    numbers = [m.id for m in ws.metrics.metrics.values() if m.shape != "event" and m.id in stated]
    listed = [
        MetricLeagues(metric, tuple(table.shown for table in tables_of(ws, metric, as_of)))
        for metric in numbers
    ]
    return Leagues(basis_of(ws, as_of), tuple(one for one in listed if one.tables))
