"""Boards: the ranked lists of a market that are long enough to ask who is next in them."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from howdah.core.calendar import add_months
from howdah.estimates import is_immature
from howdah.signals.breakouts.feed import Feed, code_feed
from howdah.signals.breakouts.target import Target
from howdah.signals.scene import NEWS_DAYS

#: Months of a horizon, and of the history that a list must have: a horizon to learn from takes one
#: of them, and features two years.
HORIZON_MONTHS = 12
_HISTORY_MONTHS = 36

#: Entities that the usual snapshot of the last year must hold.
_LEAST_LISTED = 300

#: What is asked of lists from each length on: who enters the first so many.
_TOPS = ((5_000, 500), (1_000, 100), (_LEAST_LISTED, 30))


@dataclass(frozen=True, slots=True)
class Board:
    """A list, and the top that is asked about.

    Attributes
    ----------
    n_listed
        Entities in its usual snapshot of the last year.
    """

    feed: str
    metric: str
    definition: str
    unit: str
    n_listed: int

    @property
    def target(self) -> Target:
        """Entry into the top."""
        return Target("top", float(next(top for least, top in _TOPS if self.n_listed >= least)))


def ranked(observations: pl.DataFrame) -> pl.DataFrame:
    """Rows of counters that a list can be ranked by."""
    return observations.filter(
        (pl.col("scale") == "log")
        & (pl.col("nature") == "counter")
        & (pl.col("value") > 0)
        & (pl.col("scheme") != "list")
        & ~is_immature()
    )


def find_boards(
    observations: pl.DataFrame, metrics: Collection[str], as_of: dt.date
) -> tuple[Board, ...]:
    """The lists of some metrics that are live, long and old enough; in order of their ids.

    Parameters
    ----------
    observations
        Known on `as_of`.
    """
    rows = ranked(observations).filter(pl.col("metric").is_in(list(metrics)))
    day = pl.col("valid_to")
    sizes = rows.group_by("feed", "metric", "definition", "unit", "valid_to").agg(
        pl.col("entity").n_unique().alias("n")
    )
    recent = day > day.max() - pl.duration(days=365)
    lists = (
        sizes.group_by("feed", "metric", "definition", "unit")
        .agg(
            day.min().alias("first"),
            day.max().alias("last"),
            pl.col("n").filter(recent).median().cast(pl.Int64).alias("n_listed"),
        )
        .filter(
            (pl.col("n_listed") >= _LEAST_LISTED)
            & (pl.col("last") >= as_of - dt.timedelta(days=NEWS_DAYS))
            & (pl.col("first") <= add_months(as_of, -_HISTORY_MONTHS))
        )
        .sort("feed", "metric", "definition", "unit")
    )
    return tuple(
        Board(*row)
        for row in lists.select("feed", "metric", "definition", "unit", "n_listed").iter_rows()
    )


def board_feed(observations: pl.DataFrame, board: Board) -> Feed:
    """The list of a board as a feed; a print is known from the day on which it was recorded."""
    rows = ranked(observations).filter(
        (pl.col("feed") == board.feed)
        & (pl.col("metric") == board.metric)
        & (pl.col("definition") == board.definition)
        & (pl.col("unit") == board.unit)
    )
    return code_feed(
        rows.select(
            pl.col("valid_to").alias("period"),
            "entity",
            "value",
            pl.col("recorded_at").alias("published_at"),
        ),
        board.feed,
    )
