"""What became of launches, of rows of copies, and of inflows."""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from howdah.core.finding import Finding
from howdah.estimates.health import MarketIndex
from howdah.signals.changes import MARKET, SERIES, counted
from howdah.signals.copycats import LEAST_IN_ROW, rows_of
from howdah.signals.inflows import FLOWS, told_events
from howdah.signals.launches import first_months, median_heights
from howdah.signals.records.cases import Base, Judged, make_case
from howdah.signals.scene import NEWS_DAYS, Scene

if TYPE_CHECKING:
    from howdah.core.record import Outcome


def judge_launches(
    found: Sequence[Finding], then: Scene, now: Scene, _then: MarketIndex, _now: MarketIndex
) -> Judged:
    """Launches, by whether they stand higher against their market than when they were found.

    One that has left its list does not. Other newcomers of the same time are comparable.
    """
    newcomers = first_months(counted(then))
    if newcomers.is_empty():
        return Judged(
            tuple(make_case(f, now.as_of, "open") for f in found),
            (Base("launch", then.as_of, now.as_of, 0, 0),),
        )
    recent = newcomers.filter(
        (pl.lit(then.as_of) - pl.col("first_day")).dt.total_days() <= NEWS_DAYS
    )
    later = counted(now).filter(pl.col("valid_to") > then.as_of)
    last = (
        later.filter(pl.col("valid_to") == pl.col("valid_to").max().over(MARKET))
        .join(median_heights(later), on=[*MARKET, "valid_to"])
        .with_columns((pl.col("value").log() - pl.col("middle")).alias("later_height"))
        .unique(SERIES, keep="last", maintain_order=True)
        .select(*SERIES, "later_height")
    )
    is_published = later.select(MARKET).unique().with_columns(pl.lit(value=True).alias("is_out"))
    table = recent.join(last, on=SERIES, how="left").join(is_published, on=MARKET, how="left")
    since: dict[str, tuple[float | None, bool]] = {
        row["claim_id"]: (
            None if row["later_height"] is None else row["later_height"] - row["height"],
            bool(row["is_out"]),
        )
        for row in table.iter_rows(named=True)
    }
    told, cases = set(), []
    for f in found:
        told.add(f.claim_ids[-1])
        moved, is_out = since.get(f.claim_ids[-1], (None, False))
        outcome: Outcome = "open"
        if is_out:
            outcome = "right" if moved is not None and moved >= 0 else "wrong"
        after = None if moved is None else float(np.exp(moved))
        cases.append(make_case(f, now.as_of, outcome, after=after))
    others = [moved is not None and moved >= 0 for claim, (moved, is_out) in since.items()
              if is_out and claim not in told]  # fmt: skip
    base = Base("launch", then.as_of, now.as_of, len(others), sum(others))
    return Judged(tuple(cases), (base,))


def judge_copycats(
    found: Sequence[Finding], then: Scene, now: Scene, _then: MarketIndex, _now: MarketIndex
) -> Judged:
    """Rows, by whether another one followed; things that one or two had are comparable."""
    before, after = rows_of(then), rows_of(now)
    cases = []
    for f in found:
        thing = str(f.params["thing"])
        more = len(after.get(thing, [])) - len(before.get(thing, []))
        cases.append(make_case(f, now.as_of, "right" if more > 0 else "wrong"))
    others = [
        len(after.get(thing, [])) > len(rows)
        for thing, rows in before.items()
        if len(rows) < LEAST_IN_ROW and then.age_days(rows[-1]["day"]) <= NEWS_DAYS
    ]
    base = Base("copycat", then.as_of, now.as_of, len(others), sum(others))
    return Judged(tuple(cases), (base,))


def judge_inflows(
    found: Sequence[Finding], then: Scene, now: Scene, _then: MarketIndex, _now: MarketIndex
) -> Judged:
    """Inflows, by whether more than its past rate came in the quarter after as well.

    Segments and flows in which none was found are comparable.
    """
    told = told_events(now)
    start = then.as_of
    cases, others = [], []
    by_key = {(f.segment, f.metric): f for f in found}
    for segment in then.segments:
        for flow, metrics in FLOWS.items():
            own = told.filter(
                pl.col("metric").is_in(metrics) & pl.col("entity").is_in(segment.members)
            )
            feeds = told.filter(pl.col("metric").is_in(metrics))["feed"].unique().to_list()
            every = told.filter(pl.col("feed").is_in(feeds))
            ratio = _ratio(own, every, start)
            finding = by_key.get((segment.id, flow))
            if finding is not None:
                outcome: Outcome = "open" if ratio is None else "right" if ratio > 1 else "wrong"
                cases.append(make_case(finding, now.as_of, outcome, after=ratio))
            elif ratio is not None:
                others.append(ratio > 1)
    base = Base("inflow", then.as_of, now.as_of, len(others), sum(others))
    return Judged(tuple(cases), (base,))


def _ratio(own: pl.DataFrame, every: pl.DataFrame, start: dt.date) -> float | None:
    """Rate after a day over the rate before it, for all that was told; None without a past."""
    is_late = pl.col("day") > start
    k, n = own.filter(is_late).height, every.filter(is_late).height
    past, whole = own.height - k, every.height - n
    return None if not (n and past) else (k / n) / (past / whole)
