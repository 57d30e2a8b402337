"""The health of one feed: its events, its market index, and its values with breaks taken out."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.estimates.health.breaks import (
    LevelBreak,
    is_apart,
    level_breaks,
    recut_ratios,
    spread_ratios,
)
from howdah.estimates.health.events import Event, event_frame, rarity
from howdah.estimates.health.levels import level_events, median_noise, stated_windows
from howdah.estimates.health.outages import find_outages, outage_events, restored
from howdah.estimates.health.snapshots import find_duplicates, find_missing, find_repeats
from howdah.estimates.health.steps import snapshot_steps
from howdah.estimates.health.units import find_unit_mixes

Floats = NDArray[np.float64]

#: Kinds of events that make a step of the market index measurement.
_STEP_KINDS = (
    "level_shift", "drain", "window", "composition", "list_length", "unit_mix", "frozen", "copied"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FeedHealth:
    """What `check_feed` found.

    Attributes
    ----------
    events
        ``period, kind, size, lower, upper, confidence, evidence``, ordered.
    index
        ``period, index, step, iqr, n_common, list_length, is_measurement`` of each snapshot;
        ``step`` is the median log change, null when too few entities are in both snapshots, and
        ``index`` the exponential of their sum, breaks included.
    adjusted
        The rows as given, with ``value_adjusted`` and ``value_relative``.
    """

    events: pl.DataFrame
    index: pl.DataFrame
    adjusted: pl.DataFrame


def check_feed(rows: pl.DataFrame, *, prob: float = 0.9) -> FeedHealth:
    r"""Find what happened to a feed's measurement, and take breaks out of its values.

    Of several rows of an entity in a snapshot the median value is used. Zeros and negative values
    have no logarithm: they are listed and carried along, and take no part in steps. A snapshot
    that repeats another tells nothing of its own time, so it takes no part either.

    ``value_adjusted`` is the value over the product of the sizes of the breaks up to its snapshot,
    so the first snapshots keep their scale; ``value_relative`` is that over the market index from
    which the same breaks are taken.

    Parameters
    ----------
    rows
        ``period`` (date), ``entity`` (text), ``value`` (number or null), ``rank`` and
        ``window_days`` (numbers or null), and any other columns. With ranks alone nothing can be
        said of levels.
    prob
        Mass inside the intervals of sizes, in (0, 1).

    Returns
    -------
    FeedHealth
        Tables without rows for a feed without rows.
    """
    listed = _readings(rows)
    periods = _snapshots(listed)
    repeats = find_repeats(
        listed.filter(pl.col("reading").is_not_null()).with_columns(pl.lit(False).alias("suspect"))
    )
    repeated = [event.period for event in repeats]
    counted = listed.filter((pl.col("value") > 0) & ~pl.col("period").is_in(repeated)).with_columns(
        pl.lit(False).alias("suspect")
    )
    steps = (
        periods.join(
            snapshot_steps(counted, ()).rename({"n_listed": "n_counted"}), on="period", how="left"
        )
        .with_columns(pl.col("n_common").fill_null(0))
        .sort("period")
    )
    step, days = _step_days(steps)
    breaks, offsets = level_breaks(step, days)
    outages, lasting = find_outages(breaks, stated_windows(steps))
    noise = median_noise(steps)
    mixes = find_unit_mixes(counted, prob)
    lengths = steps["n_listed"].cast(pl.Float64).to_numpy()
    events = [
        *level_events(steps, lasting, noise, prob),
        *outage_events(steps, outages, noise, prob),
        *_compositions(steps, days, {event.period for event in mixes}),
        *_recuts(steps, lengths),
        *mixes,
        *repeats,
        *find_duplicates(rows),
        *find_missing(periods),
    ]
    index = _index(steps, restored(offsets, outages), events, breaks)
    return FeedHealth(
        events=event_frame(events),
        index=index.select(
            "period",
            "index",
            "step",
            "iqr",
            "n_common",
            pl.col("n_listed").alias("list_length"),
            "is_measurement",
        ),
        adjusted=_adjusted(rows, index, has_steps=bool(np.isfinite(step).any())),
    )


def _readings(rows: pl.DataFrame) -> pl.DataFrame:
    """One row an entity and snapshot; ``reading`` is what a repeat is told by."""
    value = pl.when(pl.col("value").is_finite()).then(pl.col("value"))
    return (
        rows.group_by("period", "entity")
        .agg(
            value.median().alias("value"),
            pl.col("rank").median().alias("rank"),
            pl.col("window_days").median().alias("window_days"),
        )
        .with_columns(pl.coalesce("value", "rank").alias("reading"))
        .sort("period", "entity")
    )


def _snapshots(listed: pl.DataFrame) -> pl.DataFrame:
    return (
        listed.group_by("period")
        .agg(
            pl.len().cast(pl.Int64).alias("n_listed"),
            pl.col("reading").count().cast(pl.Int64).alias("n_read"),
            pl.col("window_days").median(),
        )
        .sort("period")
    )


def _step_days(steps: pl.DataFrame) -> tuple[Floats, Floats]:
    """Steps, and the days that each spans: snapshots that do not count are passed over."""
    step = steps["step"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    day = pl.col("period").cast(pl.Int32)
    counted = pl.when(pl.col("n_counted").is_not_null()).then(day)
    days = steps.select((day - counted.forward_fill().shift(1)).cast(pl.Float64).alias("days"))
    return step, days["days"].fill_null(np.nan).to_numpy()


def _compositions(steps: pl.DataFrame, days: Floats, mixed: set[object]) -> Iterable[Event]:
    iqr = steps["iqr"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    iqr = np.where(steps["step"].is_null().to_numpy(), np.nan, iqr)
    ratios = spread_ratios(iqr, days)
    others = np.log(ratios[np.isfinite(ratios) & (ratios > 0)])
    sd = float(np.sqrt(np.median(others**2))) / 0.6745 if len(others) else np.nan
    for n in np.flatnonzero(is_apart(ratios)):
        # A heap of entities in another unit is why they moved apart.
        if steps["period"][int(n)] not in mixed:
            yield Event(
                steps["period"][int(n)],
                "composition",
                None,
                None,
                None,
                rarity(np.log(ratios[n]) / sd) if sd > 0 else 1.0,
                f"the quartile range of changes is {ratios[n]:.1f} times the usual one: part of "
                "the list moved apart from the rest",
            )


def _recuts(steps: pl.DataFrame, lengths: Floats) -> Iterable[Event]:
    ratios = recut_ratios(lengths)
    for n in np.flatnonzero(np.isfinite(ratios)):
        ratio = float(ratios[n])
        yield Event(
            steps["period"][int(n)],
            "list_length",
            ratio,
            ratio,
            ratio,
            1.0,
            f"{lengths[n]:,.0f} entities, where {lengths[n] / ratio:,.0f} were listed before",
        )


def _index(
    steps: pl.DataFrame,
    offsets: Floats,
    events: Iterable[Event],
    breaks: Iterable[LevelBreak],
) -> pl.DataFrame:
    """The index, with ``offset`` (cumulated log size of breaks) and what is measurement."""
    marked = {event.period for event in events if event.kind in _STEP_KINDS}
    marked |= {steps["period"][n] for found in breaks for n in range(found.first, found.last + 1)}
    return steps.with_columns(
        pl.col("step").fill_null(0.0).cum_sum().exp().alias("index"),
        pl.Series("offset", np.cumsum(offsets), dtype=pl.Float64),
        pl.col("period").is_in(list(marked)).alias("is_measurement"),
    )


def _adjusted(rows: pl.DataFrame, index: pl.DataFrame, *, has_steps: bool) -> pl.DataFrame:
    at = rows.select("period").join(
        index.select("period", "index", "offset"), on="period", how="left", maintain_order="left"
    )
    # The breaks are in the value and in the index alike, so the quotient needs neither taken out.
    relative = rows["value"] / at["index"] if has_steps else pl.lit(None, pl.Float64)
    return rows.with_columns(
        (rows["value"] / at["offset"].exp()).alias("value_adjusted"),
        relative.alias("value_relative"),
    )
