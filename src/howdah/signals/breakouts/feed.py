"""Feeds with dates of knowledge: what a feed said by a day, and nothing that it said later."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.core.errors import LookAheadError

#: Columns of a feed's rows; all but the first three may be absent.
COLUMNS = ("period", "entity", "value", "rank", "window_days", "published_at", "mature")


@dataclass(frozen=True, slots=True)
class Feed:
    """The rows of one source, coded.

    Attributes
    ----------
    name
        Whose figures they are, for people.
    rows
        ``period, entity, value, rank, window_days, known_on``, ordered by the last. ``entity``
        is a position in `entities`; ``known_on`` the day of publication, else the period.
    entities
        Names, ordered.
    universe
        Positions of those that may be in it though no row names them yet.
    has_prints
        Whether days of publication are known, so that a figure may have several.
    """

    name: str
    rows: pl.DataFrame
    entities: pl.Series
    universe: NDArray[np.int64]
    has_prints: bool

    def known(self, as_of: dt.date) -> pl.DataFrame:
        """Rows known by a day: of several prints of a figure the last.

        Returns
        -------
        DataFrame
            ``period, entity, value, rank, window_days, known_on``.
        """
        n = int(self.rows["known_on"].search_sorted(as_of, side="right"))
        rows = self.rows.head(n)
        if self.has_prints:
            rows = rows.filter(
                pl.col("known_on") == pl.col("known_on").max().over("period", "entity")
            )
        require_known(rows, as_of)
        return rows

    def snapshots(self) -> list[dt.date]:
        """Its periods, ordered."""
        return self.rows["period"].unique().sort().to_list()


def code_feed(rows: pl.DataFrame, name: str, *, universe: Sequence[str] = ()) -> Feed:
    """A feed of rows as they were read.

    Parameters
    ----------
    rows
        ``period`` (date), ``entity`` (text), ``value`` (number or null); if known ``rank``,
        ``window_days``, ``published_at`` (time or null), ``mature`` (false where a figure is not
        final: such rows are left out).
    universe
        Names that may be in it though no row names them yet, or ever.
    """
    absent = {"rank": pl.Int64, "window_days": pl.Float64, "published_at": pl.Datetime}
    for column, kind in absent.items():
        if column not in rows.columns:
            rows = rows.with_columns(pl.lit(None, kind).alias(column))
    if "mature" in rows.columns:
        rows = rows.filter(pl.col("mature").fill_null(True))
    named = pl.Series("entity", sorted(set(universe)), pl.String)
    entities = pl.concat([rows["entity"], named]).unique().sort()
    has_prints = rows["published_at"].null_count() < rows.height
    published = pl.col("published_at").cast(pl.Date)
    # What is dated ahead of its period was not known before the period began.
    known_on = pl.max_horizontal(published, "period") if has_prints else pl.col("period")
    coded = rows.select(
        "period",
        pl.col("entity").cast(pl.Enum(entities)).to_physical().cast(pl.UInt32),
        pl.col("value").cast(pl.Float64),
        pl.col("rank").cast(pl.Float64),
        pl.col("window_days").cast(pl.Float64),
        known_on.alias("known_on"),
    )
    positions = entities.search_sorted(named).to_numpy().astype(np.int64)
    ordered = coded.sort("known_on", "period", "entity")
    return Feed(name, ordered, entities, positions, has_prints)


def require_known(rows: pl.DataFrame, as_of: dt.date) -> None:
    """Refuse rows that were not known by a day.

    Raises
    ------
    LookAheadError
        One was published, or is about a period, after it.
    """
    latest = rows.select(pl.max_horizontal(pl.col("known_on").max(), pl.col("period").max())).item()
    if latest is not None and latest > as_of:
        raise LookAheadError("A figure", as_of, latest)
