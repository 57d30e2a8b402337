"""Levels that a market's charts give: where a metric ranks by another, places tell levels."""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import polars as pl

from howdah.estimates import flag_suspects
from howdah.estimates.ranks import observe_charts
from howdah.market.workspace import Workspace

if TYPE_CHECKING:
    from howdah.market.pages.sources import SilentChart


def chart_levels(ws: Workspace, as_of: dt.date, without: Sequence[str] = ()) -> pl.DataFrame:
    """Observations of levels from all charts known on a date, of whole charts at once.

    Parameters
    ----------
    without
        Feeds that play no part, neither with places nor with levels.
    """
    return _charted(ws, as_of, without)[0]


def feeds_behind(ws: Workspace, as_of: dt.date, metrics: Sequence[str]) -> tuple[str, ...]:
    """Feeds whose places or levels bear on what charts say of some metrics."""
    ranks = {rank: level for rank, level in _related(ws).items() if level in set(metrics)}
    if not ranks:
        return ()
    rows = ws.observations(as_of, metrics=[*ranks, *set(ranks.values())])
    return tuple(rows["feed"].unique().sort())


def silent_charts(ws: Workspace, as_of: dt.date) -> "tuple[SilentChart, ...]":
    """Charts that tell no level, with the reason: ``source, metric, definition, reason``."""
    alone = [m.id for m in ws.metrics.metrics.values() if m.scale == "rank" and not m.relates]
    plain = flag_suspects(ws.observations(as_of, metrics=alone))
    refused = [_charted(ws, as_of, ())[1], observe_charts(plain, ws.metrics, prob=ws.prob)[1]]
    rows = (
        pl.concat(refused)
        .filter(pl.col("period").is_null() & pl.col("entity").is_null())
        .select("source", "metric", "definition", "reason")
        .unique()
        .sort(pl.all())
    )
    return cast("tuple[SilentChart, ...]", tuple(rows.iter_rows(named=True)))


def _related(ws: Workspace) -> dict[str, str]:
    ranks = (m for m in ws.metrics.metrics.values() if m.scale == "rank")
    return {m.id: m.relates for m in ranks if m.relates}


def _charted(
    ws: Workspace, as_of: dt.date, without: Sequence[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    keys = [f"{name} {as_of} {sorted(without)}" for name in ("charts", "silent charts")]
    if keys[0] not in ws.cache:
        related = _related(ws)
        is_used = ~pl.col("feed").is_in(list(without))
        rows = ws.observations(as_of, metrics=list(related)).filter(is_used)
        ranked = rows["metric"].unique().sort().to_list()
        if ranked:
            levels = sorted({related[metric] for metric in ranked})
            known = ws.observations(as_of, metrics=levels).filter(is_used)
            rows = pl.concat([rows, known])
        found = observe_charts(flag_suspects(rows), ws.metrics, prob=ws.prob)
        ws.cache.update(zip(keys, found, strict=True))
    return ws.cache[keys[0]], ws.cache[keys[1]]
