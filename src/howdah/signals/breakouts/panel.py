"""Panels: what a feed tells of its market by a day, as tables of entities and months.

Feed health comes first: levels are relative to the market index, of which breaks are part, so a
change of method that moves everything moves nothing here; snapshots that repeat another, and a
last one that is not complete yet, are left out.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.core.calendar import add_months
from howdah.core.errors import LookAheadError
from howdah.estimates.health import check_feed
from howdah.signals.breakouts.feed import Feed, require_known

#: Months without a snapshot that the one before stands for: quarters have two.
_CARRIED = 2

#: A last snapshot with less than this share of the usual number of entities is not complete.
_COMPLETE = 0.5
_USUAL_SNAPSHOTS = 3

#: Entities that tell the health of a feed; of more a sample does, since it rests on medians.
_MOST_CHECKED = 20_000

#: Events after which a snapshot tells nothing of its own time.
_REPEATS = ("frozen", "copied")

#: Events that change who is counted, or how, whatever the target is.
BREAKS = (
    "level_shift", "drain", "window", "composition", "unit_mix", "frozen", "copied", "outage",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Panel:
    """A feed by a day, one column a month, the last one ending on that day.

    Attributes
    ----------
    as_of
        Nothing in it was published later.
    ends
        (n_month,) last day of each month, ascending; the last is the anchor.
    level
        (n, n_month) log value relative to the market index, NaN where there is none.
    rank
        (n, n_month) place in the list, 0 where it is not in it.
    length
        (n_month,) entities in the snapshot, 0 in months without one that counts.
    value
        (n,) value in the snapshot of the last month, NaN where there is none.
    events
        ``column, period, kind, evidence`` of what happened to the measurement.
    entities
        Names, (n,): those that the feed had named by the day, and those of the universe.
    codes
        (n,) their positions in the feed.
    left_out
        Last snapshot that is not complete, if there is one.
    has_index
        Whether levels are relative to a market: fewer than thirty entities make none.
    """

    as_of: dt.date
    ends: tuple[dt.date, ...]
    level: NDArray[np.float32]
    rank: NDArray[np.int32]
    length: NDArray[np.int64]
    value: NDArray[np.float64]
    events: pl.DataFrame
    entities: pl.Series
    codes: NDArray[np.int64]
    left_out: dt.date | None
    has_index: bool

    @property
    def last(self) -> int:
        """The last column."""
        return len(self.ends) - 1

    def column(self, day: dt.date) -> int:
        """The column whose month ends on a day.

        Raises
        ------
        LookAheadError
            The day is after what the panel knows.
        """
        if day > self.as_of:
            raise LookAheadError("A month", self.as_of, day)
        return self.ends.index(day)

    def require(self, column: int) -> None:
        """Refuse a column that is not known yet.

        Raises
        ------
        LookAheadError
            It ends after the day that the panel is of.
        """
        if column > self.last:
            ahead = add_months(self.ends[-1], column - self.last)
            raise LookAheadError("A month", self.as_of, ahead)

    def breaks(self, *, lists_below: int | None = 0) -> NDArray[np.bool_]:
        """(n_month,) whether something happened to the measurement in a month.

        Parameters
        ----------
        lists_below
            A recut list counts where it was, or is, shorter than this; None counts every one.
        """
        found = np.zeros(len(self.ends), np.bool_)
        for column, kind in self.events.select("column", "kind").iter_rows():
            if kind in BREAKS:
                found[column] = True
            elif kind == "list_length":
                before = self.length[:column]
                sizes = [*before[before > 0][-1:], self.length[column]]
                found[column] |= lists_below is None or min(sizes) < lists_below
        return found


class PanelBuilder(Protocol):
    """Makes the panel of a feed as of a day, as `build_panel` does; or keeps those it made."""

    def __call__(self, feed: Feed, as_of: dt.date, *, anchor: dt.date | None = None) -> Panel:
        """The panel."""


def build_panel(feed: Feed, as_of: dt.date, *, anchor: dt.date | None = None) -> Panel:
    """The panel of a feed as of a day.

    Parameters
    ----------
    as_of
        What was published later is not read, and entities first named later are not there.
    anchor
        Day on which the last month ends; by default `as_of`, or the feed's last snapshot where
        the month before `as_of` has none.

    Returns
    -------
    Panel
        Without a column where the feed has said nothing by then.
    """
    rows = feed.known(as_of)
    require_known(rows, as_of)
    codes = np.union1d(rows["entity"].unique().to_numpy(), feed.universe).astype(np.int64)
    periods = rows["period"].unique().sort()
    if periods.len() == 0:
        return _empty(feed, as_of, codes)
    rows, left_out = _without_incomplete(rows, periods)
    found = check_feed(_checked(rows, codes))
    repeats = found.events.filter(pl.col("kind").is_in(_REPEATS))["period"]
    rows = rows.filter(~pl.col("period").is_in(repeats.implode()))
    if anchor is not None:
        rows = rows.filter(pl.col("period") <= anchor)
    used = rows["period"].unique().sort().to_list()
    if not used:
        return _empty(feed, as_of, codes)
    if anchor is None:
        anchor = as_of if used[-1] > add_months(as_of, -1) else used[-1]
    ends = _month_ends(used[0], anchor)
    # The last snapshot of a month stands for it.
    last_of = dict(zip(_cells(ends, used), used, strict=True))
    has_index = found.index["step"].is_not_null().any()
    chosen = pl.DataFrame(
        {"period": list(last_of.values()), "column": list(last_of)},
        schema={"period": pl.Date, "column": pl.Int64},
    ).join(found.index.select("period", "index"), on="period", how="left")
    placed = _places(rows.join(chosen, on="period"), has_index=has_index)
    length = np.bincount(placed["column"].to_numpy(), minlength=len(ends)).astype(np.int64)
    level, rank, value = _tables(placed, codes, len(ends))
    for column in range(1, len(ends)):
        before = length[max(column - _CARRIED, 0) : column]
        if length[column] == 0 and before.any():
            level[:, column] = level[:, column - 1]
            rank[:, column] = rank[:, column - 1]
    return Panel(
        as_of, tuple(ends), level, rank, length, value, _events(found.events, ends),
        feed.entities[codes], codes, left_out, has_index,
    )  # fmt: skip


def _without_incomplete(
    rows: pl.DataFrame, periods: pl.Series
) -> tuple[pl.DataFrame, dt.date | None]:
    """Rows without a last snapshot that lists far fewer than those before it."""
    latest = periods.tail(_USUAL_SNAPSHOTS + 1)
    if latest.len() <= _USUAL_SNAPSHOTS:
        return rows, None
    sizes = (
        rows.filter(pl.col("period").is_in(latest.implode()))
        .group_by("period").len().sort("period")["len"].to_list()
    )  # fmt: skip
    if sizes[-1] >= _COMPLETE * float(np.median(sizes[:-1])):
        return rows, None
    return rows.filter(pl.col("period") < periods[-1]), periods[-1]


def _month_ends(first: dt.date, anchor: dt.date) -> list[dt.date]:
    ends = [anchor]
    while (end := add_months(anchor, -len(ends))) >= first:
        ends.append(end)
    return ends[::-1]


def _cells(ends: list[dt.date], days: list[dt.date]) -> list[int]:
    """The month of each day: the first whose end is not before it; days after the last are none."""
    at = np.searchsorted(np.array(ends, "datetime64[D]"), np.array(days, "datetime64[D]"))
    return [int(column) for column in at]


def _checked(rows: pl.DataFrame, codes: NDArray[np.int64]) -> pl.DataFrame:
    """Rows that the health of the feed is told from."""
    rows = rows.drop("known_on")
    if len(codes) <= _MOST_CHECKED:
        return rows
    # By place among those known: the same whatever names come later.
    sample = codes[np.arange(_MOST_CHECKED) * len(codes) // _MOST_CHECKED]
    is_drawn = np.zeros(int(codes[-1]) + 1, np.bool_)
    is_drawn[sample] = True
    return rows.filter(pl.Series(is_drawn[rows["entity"].to_numpy()]))


def _places(rows: pl.DataFrame, *, has_index: bool) -> pl.DataFrame:
    """``entity, column, value, level, rank``, one row an entity and month."""
    relative = pl.col("value") / pl.col("index") if has_index else pl.col("value")
    by_value = pl.col("value").rank("min", descending=True).over("column")
    placed = rows.select(
        "entity",
        "column",
        "value",
        pl.when(relative > 0).then(relative.log()).alias("level"),
        pl.coalesce("rank", by_value).alias("rank"),
    )
    entity = placed["entity"].to_numpy()
    cell = placed["column"].to_numpy() * (int(entity.max(initial=0)) + 1) + entity
    is_there = np.zeros(int(cell.max(initial=0)) + 1, np.bool_)
    is_there[cell] = True
    if is_there.sum() < placed.height:
        placed = placed.group_by("entity", "column", maintain_order=True).agg(
            pl.col("value", "level", "rank").median()
        )
    return placed


def _tables(
    rows: pl.DataFrame, codes: NDArray[np.int64], n_month: int
) -> tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.float64]]:
    level = np.full((len(codes), n_month), np.nan, np.float32)
    rank = np.zeros((len(codes), n_month), np.int32)
    value = np.full(len(codes), np.nan)
    column = rows["column"].to_numpy()
    row = np.searchsorted(codes, rows["entity"].to_numpy())
    level[row, column] = rows["level"].fill_null(np.nan).to_numpy()
    rank[row, column] = rows["rank"].fill_null(0).cast(pl.Int32).to_numpy()
    is_last = column == n_month - 1
    value[row[is_last]] = rows["value"].fill_null(np.nan).to_numpy()[is_last]
    return level, rank, value


def _events(events: pl.DataFrame, ends: list[dt.date]) -> pl.DataFrame:
    """Events by month; a partial outage, which is a missing period with a size, by its own name."""
    is_outage = (pl.col("kind") == "missing_period") & pl.col("size").is_not_null()
    named = events.filter(pl.col("period") <= ends[-1]).with_columns(
        pl.when(is_outage).then(pl.lit("outage")).otherwise("kind").alias("kind")
    )
    columns = _cells(ends, named["period"].to_list())
    return named.select(pl.Series("column", columns, pl.Int64), "period", "kind", "evidence")


def _empty(feed: Feed, as_of: dt.date, codes: NDArray[np.int64]) -> Panel:
    n = len(codes)
    events = pl.DataFrame(
        schema={"column": pl.Int64, "period": pl.Date, "kind": pl.String, "evidence": pl.String}
    )
    return Panel(
        as_of, (), np.empty((n, 0), np.float32), np.zeros((n, 0), np.int32),
        np.zeros(0, np.int64), np.full(n, np.nan), events, feed.entities[codes], codes, None,
        has_index=False,
    )  # fmt: skip
