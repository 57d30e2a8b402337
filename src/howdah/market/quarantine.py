"""Rows that could not become claims, and which of them are mended."""

import datetime as dt
from typing import Any, TypedDict

import polars as pl

from howdah.market.workspace import Workspace


class QuarantinedRow(TypedDict):
    """A row that could not become a claim.

    Attributes
    ----------
    raw
        Digest of the file that it stands in.
    column, text, reason
        What could not be read, and why.
    place
        Where it was read from.
    mended_at
        Since when it can be read; null while it cannot.
    """

    quarantine_id: str
    feed: str
    raw: str
    row: int
    column: str
    text: str
    reason: str
    recorded_at: dt.datetime
    place: str
    mended_at: dt.datetime | None


def quarantine(ws: Workspace, feed: str | None = None) -> list[dict[str, Any]]:
    """Every row of the quarantine, of one feed when it is named, the newest first.

    ``place`` is where it was read from: all places, where the same bytes were read from several.

    Raises
    ------
    UnknownNameError
        The market has no such feed.
    """
    if feed is not None:
        ws.find_spec(feed)
    held = ws.store.quarantine
    rows = pl.DataFrame(held.rows.read())
    chosen = rows if feed is None else rows.filter(pl.col("feed") == feed)
    # A fault that came back stands once, where it was seen last.
    last = chosen.sort("recorded_at", "row", descending=[True, False]).unique(
        "quarantine_id", keep="first", maintain_order=True
    )
    mended = held.mended_at()
    read = pl.DataFrame(ws.store.pulls.read().select(["feed", "raw", "place"]))
    places = read.group_by("feed", "raw").agg(pl.col("place").unique().sort().str.join(", "))
    placed = last.join(places, on=["feed", "raw"], how="left", maintain_order="left")
    return [
        {**row, "mended_at": mended.get(row["quarantine_id"])}
        for row in placed.with_columns(pl.col("place").fill_null("")).to_dicts()
    ]
