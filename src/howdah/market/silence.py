"""Silence: how long a feed has published nothing, against what it promises or used to do."""

import datetime as dt
from typing import NamedTuple

import polars as pl

from howdah.claims import claims_query
from howdah.core.calendar import end_of_day
from howdah.market.workspace import Workspace
from howdah.sources import CADENCE_DAYS, Cadence

#: An irregular feed is late when it is silent for this many times its longest gap so far. The
#: longest of n gaps is beaten by the next with probability 1/(n + 1) alone; twice as long is rare.
_GAPS = 2

#: A feed has ended when it is silent for this many times what is allowed, and for a year at least.
_ENDED = 4
_YEAR_DAYS = 365


class Silence(NamedTuple):
    """What a feed has not published.

    Attributes
    ----------
    since
        Day of its last publication.
    days_late
        Days beyond what its cadence allows or, of an irregular feed, its own gaps suggest; None
        where neither tells: it comes once, has not published twice, or brings texts.
    has_ended
        Whether it is silent for so long that no more is to be expected.
    """

    since: dt.date
    days_late: int | None
    has_ended: bool


def silence_of(ws: Workspace, feed: str, cadence: Cadence, as_of: dt.date) -> Silence | None:
    """How long a feed is silent at a date; None when nothing that it has published is known."""
    rows = _published(ws, as_of).filter(pl.col("feed") == feed).rows(named=True)
    if not rows:
        return None
    since, longest = rows[0]["last"], rows[0]["longest_gap"]
    allowed = CADENCE_DAYS[cadence]
    # Texts come when there is news; what is published here is when some of them made a claim.
    is_text = feed in ws.specs and ws.specs[feed].documents is not None
    if cadence == "irregular" and longest is not None and not is_text:
        allowed = _GAPS * longest
    if allowed is None:
        return Silence(since, None, has_ended=False)
    n_days = (as_of - since).days
    has_ended = n_days > max(_ENDED * allowed, _YEAR_DAYS)
    return Silence(since, max(n_days - allowed, 0), has_ended)


def _published(ws: Workspace, as_of: dt.date) -> pl.DataFrame:
    """(feed, last, longest_gap): of what is known at a date; no gap of a feed with one day."""
    key = f"published {as_of}"
    if key not in ws.cache:
        query = claims_query(ws.store, as_of=end_of_day(as_of), prints="all")
        if query is None:
            return pl.DataFrame(
                schema={"feed": pl.String, "last": pl.Date, "longest_gap": pl.Int64}
            )
        ws.cache[key] = pl.DataFrame(
            ws.engine.sql(f"""
WITH days AS (
  SELECT DISTINCT feed, published_at::DATE AS day FROM ({query}) WHERE published_at IS NOT NULL
), gaps AS (
  SELECT feed, day, day - lag(day) OVER (PARTITION BY feed ORDER BY day) AS gap FROM days
)
SELECT feed, max(day) AS last, max(gap) AS longest_gap FROM gaps GROUP BY feed
""").to_arrow_table()
        )
    return ws.cache[key]
