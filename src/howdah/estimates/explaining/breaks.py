"""What breaks of a feed's measurement added to claims that are new."""

import datetime as dt
from typing import NamedTuple

import numpy as np
import polars as pl

from howdah.estimates.health import market_index
from howdah.estimates.health.breaks import level_breaks


class Break(NamedTuple):
    """A break of a feed's level: the snapshot in which it shows, and what it changed."""

    feed: str
    period: dt.date
    reason: str
    offset: float


class Shifts(NamedTuple):
    """Breaks since a date, and by claim what they added to it, on the log scale."""

    breaks: tuple[Break, ...]
    by_claim: dict[str, float]


def shifts_since(market: pl.DataFrame, claims: pl.DataFrame, since: dt.datetime) -> Shifts:
    """Breaks in snapshots that were not known on a date, in the feeds of some claims.

    A break is a step of all that a feed counts far outside its own history (`market_index`), beyond
    the drift of the time. Only metrics on the log scale have such steps.

    Parameters
    ----------
    market
        Observations of the metric, of all entities, with ``suspect``.
    claims
        Observations of one series that are new since the date.
    """
    found: dict[tuple[str, str], list[Break]] = {}
    rows = market_index(market).rows
    for (feed, definition), group in rows.group_by("feed", "definition", maintain_order=True):
        known = market.filter(
            (pl.col("feed") == feed)
            & (pl.col("definition") == definition)
            & (pl.col("recorded_at") <= since)
        )["valid_to"].max()
        step = group["step"].fill_null(np.nan).to_numpy()
        days = group["period"].diff().dt.total_days().cast(pl.Float64).fill_null(np.nan).to_numpy()
        offsets = level_breaks(step, days)[1]
        found[str(feed), str(definition)] = [
            Break(str(feed), period, reason, float(offset))
            for period, reason, offset in zip(
                group["period"], group["reason"], offsets, strict=True
            )
            if offset != 0.0 and known is not None and period > known
        ]
    shifts: dict[str, float] = {}
    used: set[Break] = set()
    columns = claims.select("claim_id", "feed", "definition", "valid_to")
    for claim_id, feed, definition, valid_to in columns.iter_rows():
        own = [b for b in found.get((feed, definition), ()) if b.period <= valid_to]
        if own:
            shifts[claim_id] = sum(b.offset for b in own)
            used.update(own)
    return Shifts(tuple(sorted(used)), shifts)
