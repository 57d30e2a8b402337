r"""Growth against the market, over a quarter, of what counters count.

For a series of a counter the change of its log level over `WINDOW_DAYS` is compared with the
median change of its market. How sure its direction is follows from the series' own measurement
noise (`kernels.step_noise`); how unusual it is, from the spread of changes among entities of its
size. Chance findings among thousands are held down by Benjamini and Hochberg's rule on the
latter; the nominal rate is not calibrated, the record of the class says how often it was right.
What fell against its market is a *slump*, which may have grown all the same.

What it cannot tell: growth of something that fell off its list, or came onto it since, for there
is no second reading; and whether a jump that came with the last reading stays.
"""

from collections.abc import Mapping

import numpy as np
import polars as pl
from scipy.special import ndtr, ndtri

from howdah.core.finding import Cause, Finding, Reason
from howdah.core.phrases import reason
from howdah.estimates.health import MarketIndex
from howdah.signals.changes import MARKET, changes, discoveries
from howdah.signals.scene import FAULTY_WEIGHT, Row, Scene, period_of

METHOD = "growth.3"

#: Nominal false-discovery rate.
NOMINAL_FDR = 0.10

#: Robust standard deviations from the market at which a relative is held to have moved too. One
#: in forty relatives does so by chance in the direction asked for.
_RELATIVE_SDS = 2.0

#: A metric that is no segment's headline supports what is found; it is not the news.
SIDE_METRIC_WEIGHT = 0.5

#: Readings in a quarter from which on one of them should not hold most of a change.
_MANY_STEPS = 5


def find_growth(
    scene: Scene, index: MarketIndex, table: pl.DataFrame | None = None
) -> list[Finding]:
    """Series that grew or shrank unlike their market, the discoveries among all of them.

    Parameters
    ----------
    table
        As of `changes`, where it is at hand.
    """
    table = changes(scene) if table is None else table
    found = [
        group.filter(pl.Series(discoveries(group["p_value"].to_numpy(), NOMINAL_FDR)))
        for group in table.partition_by(MARKET, maintain_order=True)
    ]
    if not found:
        return []
    moves = moves_of_relatives(scene, table)
    headlines = {segment.headline for segment in scene.segments}
    return [
        _finding(scene, index, row, moves, is_headline=row["metric"] in headlines)
        for row in pl.concat(found).iter_rows(named=True)
    ]


def moves_of_relatives(scene: Scene, table: pl.DataFrame) -> Mapping[str, list[Row]]:
    """Rows of `changes` of what measures the same thing elsewhere, by entity."""
    moves: dict[str, list[Row]] = {}
    relatives = {other for others in scene.relatives.values() for other in others}
    for row in table.filter(pl.col("entity").is_in(relatives)).iter_rows(named=True):
        moves.setdefault(row["entity"], []).append(row)
    return moves


def _finding(
    scene: Scene,
    index: MarketIndex,
    row: Row,
    moves: Mapping[str, list[Row]],
    *,
    is_headline: bool,
) -> Finding:
    cause, why = cause_of(scene, index, row, moves)
    # Two readings, each with its noise; the median of the market is known much better.
    sd = float(np.sqrt(2) * row["noise_sd"])
    reach = float(ndtri(0.5 + scene.prob / 2)) * sd
    segment = scene.segment_of(row["entity"])
    return Finding(
        kind="growth" if row["relative"] >= 0 else "slump",
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
        probability=float(ndtr(abs(row["relative"]) / sd)),
        n=len(row["claim_ids"]),
        cause=cause,
        cause_reason=why,
        as_of=scene.as_of,
        method=METHOD,
        claim_ids=tuple(row["claim_ids"]),
        params={
            "before": row["before"],
            "after": row["value"],
            "before_period": row["before_period"].isoformat(),
            "after_period": row["valid_to"].isoformat(),
            "market_change": float(np.exp(row["market"])),
            "n_market": row["n_market"],
            "unit": row["unit"],
            "nominal_fdr": NOMINAL_FDR,
            "age_days": scene.age_days(row["valid_to"]),
        },
        # Unusual for its size, large enough to matter to anyone, in a segment at all, counted
        # by what the segment is ranked by, not by one reading, by an
        # instrument that is not at fault, and lately.
        priority=float(
            min(abs(row["z"]), 12.0)
            / 12
            * min(1.0, np.log10(max(row["value"], 10)) / 6)
            * (1.0 if segment else 0.4)
            * (1.0 if is_headline else SIDE_METRIC_WEIGHT)
            * (0.5 if rests_on_last(row) else 1.0)
            * (FAULTY_WEIGHT if cause == "measurement" else 1.0)
            * scene.recency(row["valid_to"])
        ),
    )


def rests_on_last(row: Row) -> bool:
    """Whether most of a change came with the last reading, of series read more often than that.

    A list of one reading a month has three steps in a quarter, and one may well be most of it;
    a weekly counter has thirteen.
    """
    in_last = row["last_step"] * np.sign(row["relative"])
    return bool(row["n_steps"] >= _MANY_STEPS and in_last > abs(row["relative"]) / 2)


def cause_of(
    scene: Scene, index: MarketIndex, row: Row, moves: Mapping[str, list[Row]]
) -> tuple[Cause, Reason]:
    """Market, measurement or cannot tell: by faults, the last reading, and relatives that moved."""
    market = (row["metric"], row["definition"])
    start, end = row["before_period"], row["valid_to"]
    faults = index.faults(*market, start, end, feed=row["feed"])
    if faults:
        period, feed, fault = faults[-1]
        return "measurement", reason("had_fault", feed=feed, fault=fault, period=period)
    if rests_on_last(row):
        return "cannot tell", reason("last_reading")
    for relative in scene.relatives.get(row["entity"], ()):
        for other in moves.get(relative, []):
            if other["source"] == row["source"] or not _moves_alike(row, other):
                continue
            its = (other["metric"], other["definition"])
            span = (other["before_period"], other["valid_to"])
            if not index.faults(*its, *span, feed=other["feed"]):
                why = reason("same_way", metric=other["metric"], name=scene.name(relative))
                return "market", why
    return "cannot tell", reason("second_moves")


def _moves_alike(row: Row, other: Row) -> bool:
    sign = float(np.sign(row["relative"]))
    return bool(sign * other["relative"] > 0 and sign * other["z"] > _RELATIVE_SDS)
