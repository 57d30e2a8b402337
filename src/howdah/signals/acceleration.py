r"""Acceleration: what grows against its market faster than it did a quarter before.

With $r_0$ the change against the market over the last quarter and $r_1$ over the one before, as
of `signals.changes`, what grew and sped up has $r_0 > 0$ and $r_0 - r_1$ far above what is usual in
its market. Two quarters of readings are needed; what has less is not told of.

What it cannot tell: whether one good quarter begins a course, or ends one.
"""

import datetime as dt
from collections.abc import Mapping

import numpy as np
import polars as pl
from scipy.special import ndtr, ndtri, stdtr

from howdah.core.finding import Finding
from howdah.core.phrases import reason
from howdah.estimates.health import MIN_COMMON, MarketIndex
from howdah.kernels import MAD_TO_SD
from howdah.signals.changes import (
    MARKET,
    NULL_DF,
    SERIES,
    SPREAD_FLOOR,
    WINDOW_DAYS,
    WINDOW_SLACK_DAYS,
    changes,
    changes_in,
    counted,
    discoveries,
)
from howdah.signals.growth import (
    NOMINAL_FDR,
    SIDE_METRIC_WEIGHT,
    cause_of,
    moves_of_relatives,
    rests_on_last,
)
from howdah.signals.scene import FAULTY_WEIGHT, NEWS_DAYS, Row, Scene, period_of

METHOD = "acceleration.1"

#: Days of readings that two quarters are told from, with what windows may be off by.
_REACH_DAYS = 2 * (WINDOW_DAYS + WINDOW_SLACK_DAYS) + NEWS_DAYS

#: Variance of a second difference of three readings with equal noise, in units of one's.
_SECOND_DIFFERENCE = 6.0


def find_accelerations(
    scene: Scene,
    index: MarketIndex,
    exact: pl.DataFrame | None = None,
    now: pl.DataFrame | None = None,
) -> list[Finding]:
    """Series that grew against their market and sped up, the discoveries among all of them.

    Parameters
    ----------
    exact, now
        As of `counted` and `changes`, where they are at hand.
    """
    exact = counted(scene) if exact is None else exact
    now = changes(scene) if now is None else now
    table = _second_differences(scene, exact, now)
    found = [
        group.filter(pl.Series(discoveries(group["p_value"].to_numpy(), NOMINAL_FDR)))
        for group in table.partition_by(MARKET, maintain_order=True)
    ]
    if not found:
        return []
    moves = moves_of_relatives(scene, now)
    told = pl.concat(found).filter((pl.col("relative") > 0) & (pl.col("faster") > 0))
    headlines = {segment.headline for segment in scene.segments}
    return [
        _finding(scene, index, row, moves, is_headline=row["metric"] in headlines)
        for row in told.iter_rows(named=True)
    ]


def _second_differences(scene: Scene, exact: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Rows of `changes` with those of the quarter before them and what is between the two."""
    since = scene.as_of - dt.timedelta(days=_REACH_DAYS)
    before = (
        exact.filter(pl.col("valid_to") >= since)
        .join(now.select(*SERIES, pl.col("before_period").alias("until")), on=SERIES, how="inner")
        .filter(pl.col("valid_to") <= pl.col("until"))
    )
    past = changes_in(before.drop("until"), since)
    table = now.join(
        past.select(
            *SERIES,
            pl.col("relative").alias("relative_before"),
            pl.col("before_period").alias("first_period"),
            pl.col("claim_ids").list.first().alias("first_claim"),
        ),
        on=SERIES,
        how="inner",
    ).with_columns((pl.col("relative") - pl.col("relative_before")).alias("faster"))
    table = table.filter(pl.len().over(MARKET) >= MIN_COMMON)
    off = pl.col("faster") - pl.col("faster").median().over(MARKET)
    spread = (MAD_TO_SD * off.abs().median().over(MARKET)).clip(SPREAD_FLOOR)
    scored = table.with_columns(
        (off / (spread**2 + _SECOND_DIFFERENCE / pl.col("before")).sqrt()).alias("z_faster")
    )
    p_value = stdtr(NULL_DF, -scored["z_faster"].to_numpy())
    return scored.with_columns(pl.Series("p_value", p_value, pl.Float64))


def _finding(
    scene: Scene,
    index: MarketIndex,
    row: Row,
    moves: Mapping[str, list[Row]],
    *,
    is_headline: bool,
) -> Finding:
    cause, why = cause_of(scene, index, row, moves)
    market = (row["metric"], row["definition"])
    faults = index.faults(*market, row["first_period"], row["valid_to"], feed=row["feed"])
    if faults:
        period, feed, fault = faults[-1]
        cause, why = "measurement", reason("had_fault", feed=feed, fault=fault, period=period)
    sd = float(np.sqrt(2) * row["noise_sd"])
    reach = float(ndtri(0.5 + scene.prob / 2)) * sd
    segment = scene.segment_of(row["entity"])
    claim_ids = (row["first_claim"], *row["claim_ids"])
    return Finding(
        kind="acceleration",
        entity=row["entity"],
        name=scene.name(row["entity"]),
        metric=row["metric"],
        definition=row["definition"],
        segment=segment.id if segment else "",
        period=period_of(row),
        value=float(np.exp(row["relative"])),
        lower=float(np.exp(row["relative"] - reach)),
        upper=float(np.exp(row["relative"] + reach)),
        prob=scene.prob,
        measure="times the market's change",
        probability=float(ndtr(row["faster"] / (np.sqrt(_SECOND_DIFFERENCE) * row["noise_sd"]))),
        n=len(claim_ids),
        cause=cause,
        cause_reason=why,
        as_of=scene.as_of,
        method=METHOD,
        claim_ids=claim_ids,
        params={
            "pace": float(np.exp(row["relative"])),
            "pace_before": float(np.exp(row["relative_before"])),
            "after": row["value"],
            "first_period": row["first_period"].isoformat(),
            "before_period": row["before_period"].isoformat(),
            "after_period": row["valid_to"].isoformat(),
            "unit": row["unit"],
            "nominal_fdr": NOMINAL_FDR,
            "age_days": scene.age_days(row["valid_to"]),
        },
        priority=float(
            0.9
            * min(row["z_faster"], 12.0)
            / 12
            * min(1.0, np.log10(max(row["value"], 10)) / 6)
            * (1.0 if segment else 0.4)
            * (1.0 if is_headline else SIDE_METRIC_WEIGHT)
            * (0.5 if rests_on_last(row) else 1.0)
            * (FAULTY_WEIGHT if cause == "measurement" else 1.0)
            * scene.recency(row["valid_to"])
        ),
    )
