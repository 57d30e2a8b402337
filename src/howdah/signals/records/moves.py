"""What became of moves against the market: how much of them was left a quarter later.

A move is right when at least half of it, on the log scale and against the market, is still there.
One that has left its list meanwhile has fallen: that speaks against a rise and for a fall, in lists
that still have entries. Where the feed itself is silent nothing can be told.
"""

import datetime as dt
from collections.abc import Sequence

import numpy as np
import polars as pl

from howdah.core.finding import Finding
from howdah.core.record import Outcome
from howdah.estimates.health import MIN_COMMON, MarketIndex
from howdah.signals.changes import (
    MARKET,
    SERIES,
    WINDOW_DAYS,
    WINDOW_SLACK_DAYS,
    changes,
    counted,
)
from howdah.signals.records.cases import Base, Judged, make_case
from howdah.signals.scene import Row, Scene

#: Share of a move, on the log scale, that must be left.
_KEPT = 0.5

#: Moves that were no findings count as comparable from this many spreads of their market on.
_LEAST_Z = 1.0


def judge_moves(
    found: Sequence[Finding], then: Scene, now: Scene, _index: MarketIndex, index: MarketIndex
) -> Judged:
    """Growth and slumps."""
    table = follow_up(then, now, index)
    by_claim = {row["claim_ids"][-1]: row for row in table.iter_rows(named=True)}
    cases = []
    for finding in found:
        row = by_claim.get(finding.claim_ids[-1]) if finding.claim_ids else None
        outcome, after = ("open", None) if row is None else _outcome(row)
        is_faulty = row is not None and row["is_faulty"]
        cases.append(make_case(finding, now.as_of, outcome, after=after, is_contaminated=is_faulty))
    told = {finding.claim_ids[-1] for finding in found if finding.claim_ids}
    others = table.filter(
        ~pl.col("claim_ids").list.last().is_in(list(told))
        & (pl.col("z").abs() >= _LEAST_Z)
        & ~pl.col("is_faulty")
        & pl.col("is_right").is_not_null()
    )
    bases = []
    for kind, is_up in (("growth", True), ("slump", False)):
        own = others.filter((pl.col("relative") >= 0) == is_up)
        n_right = int(own["is_right"].sum())
        bases.append(Base(kind, then.as_of, now.as_of, own.height, n_right))  # type: ignore[arg-type]
    return Judged(tuple(cases), tuple(bases))


def judge_accelerations(
    found: Sequence[Finding], then: Scene, now: Scene, _index: MarketIndex, index: MarketIndex
) -> Judged:
    """Accelerations, by whether they went on growing against the market.

    Comparable are those that grew as unusually and were not found to speed up.
    """
    table = follow_up(then, now, index)
    is_on = pl.when(pl.col("is_gone")).then(pl.lit(value=False)).otherwise(pl.col("since") > 0)
    table = table.with_columns(is_on.alias("is_right"))
    by_claim = {row["claim_ids"][-1]: row for row in table.iter_rows(named=True)}
    cases = []
    for f in found:
        row = by_claim.get(f.claim_ids[-1])
        outcome, after = ("open", None) if row is None else _outcome(row)
        faulty = row is not None and row["is_faulty"]
        cases.append(make_case(f, now.as_of, outcome, after=after, is_contaminated=faulty))
    told = {f.claim_ids[-1] for f in found}
    others = table.filter(
        ~pl.col("claim_ids").list.last().is_in(list(told))
        & (pl.col("z") >= _LEAST_Z)
        & ~pl.col("is_faulty")
        & pl.col("is_right").is_not_null()
    )
    n_right = int(others["is_right"].sum())
    base = Base("acceleration", then.as_of, now.as_of, others.height, n_right)
    return Judged(tuple(cases), (base,))


def _outcome(row: Row) -> tuple[Outcome, float | None]:
    after = None if row["since"] is None else float(np.exp(row["since"]))
    if row["is_right"] is None:
        return "open", after
    return ("right" if row["is_right"] else "wrong"), after


def follow_up(then: Scene, now: Scene, index: MarketIndex) -> pl.DataFrame:
    """`changes` at the earlier date with what followed, as known at the later one.

    Returns
    -------
    DataFrame
        With ``later_day``, ``since``, the log change since against the market, null without a
        later reading; ``is_gone``, whether it left a list that is still published;
        ``is_right``, null where nothing can be told; ``is_faulty``, whether a fault of measurement
        lies between the first reading and the later one.
    """
    table = changes(then).with_columns(
        (pl.col("valid_to") + dt.timedelta(days=WINDOW_DAYS)).alias("target")
    )
    first = table["target"].min()
    later = counted(now)
    if isinstance(first, dt.date):
        later = later.filter(pl.col("valid_to") >= first - dt.timedelta(days=WINDOW_SLACK_DAYS))
    joined = table.sort("target").join_asof(
        later.select(*SERIES, pl.col("valid_to").alias("later_day"), pl.col("value").alias("later"))
        .sort("later_day"),
        left_on="target",
        right_on="later_day",
        by=list(SERIES),
        strategy="nearest",
        tolerance=dt.timedelta(days=WINDOW_SLACK_DAYS),
        check_sortedness=False,
    )  # fmt: skip
    moved = joined.with_columns((pl.col("later") / pl.col("value")).log().alias("moved"))
    n_later = pl.col("moved").count().over(MARKET)
    moved = moved.with_columns(
        (pl.col("moved") - pl.col("moved").median().over(MARKET)).alias("since"),
        (pl.col("moved").is_null() & (n_later >= MIN_COMMON)).alias("is_gone"),
    )
    side = pl.col("relative").sign()
    left = side * (pl.col("relative") + pl.col("since")) >= _KEPT * pl.col("relative").abs()
    judged = moved.with_columns(
        pl.when(pl.col("is_gone")).then(side < 0).otherwise(left).alias("is_right")
    )
    # The last fault before the end of each span lies in it, if any does.
    faults = index.faulty.select(*MARKET, pl.col("period").alias("fault"))
    ended = judged.with_columns(pl.coalesce("later_day", "target").alias("end"))
    return (
        ended.sort("end")
        .join_asof(
            faults.sort("fault"),
            left_on="end",
            right_on="fault",
            by=list(MARKET),
            strategy="backward",
            check_sortedness=False,
        )
        .with_columns(
            (pl.col("fault") > pl.col("before_period")).fill_null(value=False).alias("is_faulty")
        )
        .drop("fault", "end", "target")
    )
