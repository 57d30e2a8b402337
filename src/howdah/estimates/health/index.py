r"""The market index of a feed: how all that it counts moves together, and when that is a fault.

$M_t$ is the cumulative median of the log change over entities that are in both snapshots. A step
of $M_t$ far outside its own history, or a change of the list's length, says that the instrument
moved, not the market, until a second source moves too.
"""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import polars as pl

from howdah.estimates.health.breaks import is_apart, level_breaks, recut_ratios, spread_ratios
from howdah.estimates.health.steps import snapshot_steps
from howdah.estimates.observations import is_immature

_MARKET = ("feed", "metric", "definition")

#: A fault of a feed: the period of its step, the feed, and why it is held to be one.
Fault: TypeAlias = tuple[dt.date, str, str]


@dataclass(frozen=True)
class MarketIndex:
    """The index of each feed, metric and definition, as `market_index` makes it.

    Attributes
    ----------
    rows
        ``feed, metric, definition, period, index, step, iqr, n_common, n_listed, reason``,
        ordered; ``step`` is a log change since the snapshot before, null when fewer than
        `MIN_COMMON` entities are in both; ``n_listed`` is the stated length of the list, or the
        number of entities; ``reason`` is null, or why the step is held to be measurement.
    """

    rows: pl.DataFrame

    @cached_property
    def faulty(self) -> pl.DataFrame:
        """The rows that are held to be measurement."""
        return self.rows.filter(pl.col("reason").is_not_null())

    def faults(
        self, metric: str, definition: str, start: dt.date, end: dt.date, *, feed: str | None = None
    ) -> list[Fault]:
        """Faults of a metric's feeds in a window, start excluded, in order."""
        found = self._faults.get((metric, definition), [])
        return [one for one in found if start < one[0] <= end and feed in {None, one[1]}]

    def has_fault(self, metric: str, start: dt.date, end: dt.date) -> bool:
        """Whether any definition of a metric has a fault in a window, start excluded."""
        return any(self.faults(*key, start, end) for key in self._faults if key[0] == metric)

    @cached_property
    def _faults(self) -> dict[tuple[str, str], list[Fault]]:
        # Detectors ask for each of their findings: a table of its own to filter would be too slow.
        found: dict[tuple[str, str], list[Fault]] = {}
        rows = self.faulty.sort("period", "feed").select(*_MARKET, "period", "reason")
        for feed, metric, definition, period, reason in rows.iter_rows():
            fault = (period, feed, reason.replace("_", " "))
            found.setdefault((metric, definition), []).append(fault)
        return found


def market_index(observations: pl.DataFrame) -> MarketIndex:
    r"""Index of each feed, metric and definition, snapshot by snapshot.

    A step is a *level_shift* or a *drain* by `level_breaks`: after a missing snapshot the market
    had longer to move. A *composition* is a quartile range of the changes of more than twice that
    of the snapshots around it; a *list_length* is a change of the length that the list itself
    states.

    Parameters
    ----------
    observations
        With ``suspect``; exact values on the log scale are used, and lengths of lists.

    Notes
    -----
    What it cannot tell: a true shock that moves all of a market at once looks the same. A feed
    whose snapshots hold other entities each day has no steps. The drift and the spread are those
    of all snapshots known, so a step can turn out to be a fault, or not, as more are.
    """
    rows = (
        observations.lazy()
        .filter(
            (pl.col("scale") == "log")
            & (pl.col("value") > 0)
            & (pl.col("scheme") != "list")
            & ~is_immature()
        )
        .select(*_MARKET, "entity", pl.col("valid_to").alias("period"), "value", "suspect")
        .collect()
    )
    index = snapshot_steps(rows, _MARKET)
    index = index.join(
        _lengths(observations), on=["feed", "definition", "period"], how="left"
    ).with_columns(pl.coalesce("length", "n_listed").alias("n_listed"))
    index = index.sort(*_MARKET, "period").with_columns(
        pl.col("step").fill_null(0.0).cum_sum().over(_MARKET).exp().alias("index")
    )
    marked = [
        group.with_columns(pl.Series("reason", _reasons(group), dtype=pl.String))
        for group in index.partition_by(_MARKET, maintain_order=True)
    ]
    columns = (
        *_MARKET, "period", "index", "step", "iqr", "n_common", "n_listed", "reason"
    )  # fmt: skip
    empty = index.with_columns(pl.lit(None, pl.String).alias("reason")).head(0)
    return MarketIndex(pl.concat([empty, *marked]).select(columns))


def _lengths(observations: pl.DataFrame) -> pl.DataFrame:
    """What the lists of each feed state their length to be."""
    return (
        observations.filter((pl.col("scheme") == "list") & (pl.col("metric") == "list_length"))
        .group_by("feed", "definition", pl.col("valid_to").alias("period"))
        .agg(pl.col("value").max().cast(pl.Int64).alias("length"))
    )


def _reasons(group: pl.DataFrame) -> list[str | None]:
    step = group["step"].fill_null(np.nan).to_numpy()
    days = group["period"].diff().dt.total_days().cast(pl.Float64).fill_null(np.nan).to_numpy()
    iqr = group["iqr"].fill_null(np.nan).to_numpy()
    length = group["length"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    reasons: list[str | None] = [
        "list_length" if is_recut else None for is_recut in np.isfinite(recut_ratios(length))
    ]
    apart = is_apart(spread_ratios(np.where(np.isnan(step), step, iqr), days))
    for n in np.flatnonzero(apart).tolist():
        reasons[n] = "composition"
    for found in level_breaks(step, days)[0]:
        for n in range(found.first, found.last + 1):
            reasons[n] = "drain" if found.is_drain else "level_shift"
    return reasons
