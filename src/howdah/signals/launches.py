r"""Launches: those new to a list that stand higher than newcomers do.

A newcomer has its first reading within `NEWS_DAYS` in a feed that has been published for a year.
It is held against the earlier newcomers of the same feed at about the same age: a launch is one
whose level, against the market's median of that day, has risen and is above that of 19 in 20 of
them. One that appeared by a recut of the list, or by another fault, is none.

What it cannot tell: a new name of an old thing from a new thing, where no judgement joins them;
and one that is new to the feed from one that is new to the world.
"""

import datetime as dt

import numpy as np
import polars as pl

from howdah.core.finding import Cause, Finding, Reason
from howdah.core.phrases import reason
from howdah.estimates.health import MIN_COMMON, MarketIndex
from howdah.signals.changes import MARKET, SERIES, counted
from howdah.signals.scene import FAULTY_WEIGHT, NEWS_DAYS, Row, Scene, period_of

METHOD = "launch.1"

#: Days for which a feed must have been published before somebody is new to it.
_HISTORY_DAYS = 365

#: Share of earlier newcomers that must stand lower.
_ABOVE = 0.95

#: A newcomer is seen at its last reading within this many days of its first.
_AGE_DAYS = NEWS_DAYS

#: Fewest readings: with one there is no movement.
_LEAST_READINGS = 2


def find_launches(
    scene: Scene, index: MarketIndex, exact: pl.DataFrame | None = None
) -> list[Finding]:
    """Newcomers of each feed that stand above nearly all earlier ones.

    Parameters
    ----------
    exact
        As of `counted`, where it is at hand.
    """
    newcomers = first_months(counted(scene) if exact is None else exact)
    if newcomers.is_empty():
        return []
    faulty = index.faulty.select(
        *MARKET, pl.col("period").alias("first_day"), pl.lit(value=True).alias("by_fault")
    )
    newcomers = newcomers.join(faulty, on=[*MARKET, "first_day"], how="left", maintain_order="left")
    is_new = (pl.lit(scene.as_of) - pl.col("first_day")).dt.total_days() <= NEWS_DAYS
    found = []
    for group in newcomers.partition_by(MARKET, maintain_order=True):
        new, old = group.filter(is_new), group.filter(~is_new & pl.col("by_fault").is_null())
        if old.height < MIN_COMMON or new.is_empty():
            continue
        earlier = np.sort(old["height"].to_numpy())
        for row in new.iter_rows(named=True):
            above = float(np.searchsorted(earlier, row["height"]) / len(earlier))
            is_live = (scene.as_of - row["feed_last"]).days <= NEWS_DAYS
            if above >= _ABOVE and is_live and row["height"] > row["first_height"]:
                usual = float(np.median(earlier))
                found.append(_finding(scene, index, row, above, usual, old.height))
    return found


def first_months(exact: pl.DataFrame) -> pl.DataFrame:
    """Newcomers of all times with where they stood some months after they came.

    Parameters
    ----------
    exact
        As of `counted`.

    Returns
    -------
    DataFrame
        `SERIES`, ``first_day, first_claim, first_height`` and those of the last reading within
        `_AGE_DAYS`: period, ``value, claim_id, height``; heights are log levels against the
        market's median of the day. ``feed_last`` is the market's last day.
    """
    day = pl.col("valid_to")
    feeds = exact.group_by(MARKET).agg(day.min().alias("feed_first"), day.max().alias("feed_last"))
    came = (
        exact.group_by(SERIES)
        .agg(day.min().alias("first_day"))
        .join(feeds, on=MARKET)
        .filter((pl.col("first_day") - pl.col("feed_first")).dt.total_days() >= _HISTORY_DAYS)
    )
    placed = (
        exact.join(came, on=SERIES)
        .filter((day - pl.col("first_day")).dt.total_days() <= _AGE_DAYS)
        .join(median_heights(exact), on=[*MARKET, "valid_to"])
        .with_columns((pl.col("value").log() - pl.col("middle")).alias("height"))
    )
    ordered = placed.sort("valid_to", "value")
    first = ordered.group_by(SERIES, maintain_order=True).agg(
        pl.len().alias("n_readings"),
        pl.col("claim_id").first().alias("first_claim"),
        pl.col("height").first().alias("first_height"),
    )
    last = ordered.unique(SERIES, keep="last", maintain_order=True)
    return last.join(first, on=SERIES).filter(pl.col("n_readings") >= _LEAST_READINGS)


def median_heights(exact: pl.DataFrame) -> pl.DataFrame:
    """``middle``, the median log level of each market and day."""
    return exact.group_by(*MARKET, "valid_to").agg(pl.col("value").log().median().alias("middle"))


def _finding(
    scene: Scene, index: MarketIndex, row: Row, above: float, usual: float, n_earlier: int
) -> Finding:
    segment = scene.segment_of(row["entity"])
    cause, why = _cause(index, row)
    claim_ids = (row["first_claim"], row["claim_id"])
    return Finding(
        kind="launch",
        entity=row["entity"],
        name=scene.name(row["entity"]),
        metric=row["metric"],
        definition=row["definition"],
        segment=segment.id if segment else "",
        period=period_of(row),
        value=float(np.exp(row["height"] - usual)),
        lower=None,
        upper=None,
        prob=scene.prob,
        measure="times the usual newcomer",
        probability=None,
        n=len(claim_ids),
        cause=cause,
        cause_reason=why,
        as_of=scene.as_of,
        method=METHOD,
        claim_ids=claim_ids,
        params={
            "above": above,
            "n_earlier": n_earlier,
            "after": row["value"],
            "first_day": row["first_day"].isoformat(),
            "after_period": row["valid_to"].isoformat(),
            "unit": row["unit"],
            "age_days": scene.age_days(row["valid_to"]),
        },
        priority=float(
            0.8
            * min(row["height"] - usual, 6.0)
            / 6
            * (1.0 if segment else 0.4)
            * (FAULTY_WEIGHT if cause == "measurement" else 1.0)
            * scene.recency(row["valid_to"])
        ),
    )


def _cause(index: MarketIndex, row: Row) -> tuple[Cause, Reason]:
    # A list that grew longer brings in many at once, just before they are first seen.
    start = row["first_day"] - dt.timedelta(days=1)
    market = (row["metric"], row["definition"])
    faults = index.faults(*market, start, row["valid_to"], feed=row["feed"])
    if faults:
        period, feed, fault = faults[-1]
        return "measurement", reason("had_fault", feed=feed, fault=fault, period=period)
    return "cannot tell", reason("second_lists")
