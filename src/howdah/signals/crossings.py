"""Round thresholds crossed: a hundred thousand stars, ten million users, with probability."""

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from howdah.core.finding import Cause, Finding, Reason
from howdah.core.phrases import reason
from howdah.estimates import SERIES, is_immature_note, to_scale
from howdah.estimates.health import MarketIndex
from howdah.signals.scene import FAULTY_WEIGHT, NEWS_DAYS, Row, Scene, period_of

METHOD = "crossing.2"

#: Thresholds are these multiples of the powers of ten from a thousand on.
_STEPS = (1, 2, 5)
_FIRST_POWER = 3
_LAST_POWER = 12

THRESHOLDS: tuple[float, ...] = tuple(
    float(step * 10**power) for power in range(_FIRST_POWER, _LAST_POWER) for step in _STEPS
)

#: A crossing is shown from four in five on, with its probability.
_LIKELY = 0.8

#: Readings of one definition, of periods of one length, of one other party.
_COMPARABLE = (*SERIES, "precision", "note")


def find_crossings(scene: Scene, index: MarketIndex) -> list[Finding]:
    """Members of followed segments whose level passed a round number within `NEWS_DAYS`.

    The first reading within `NEWS_DAYS` before the last one is compared with the last; what went
    up and came back in between is no crossing. The probability is that of the last reading being
    beyond the threshold less that of the first: the least it can be, whatever the errors of the
    two have in common.
    """
    age = (pl.lit(scene.as_of) - pl.col("valid_to")).dt.total_days()
    points = scene.estimates.filter(
        (pl.col("status") == "point")
        & pl.col("entity").is_in(list(scene.followed))
        & ~is_immature_note()
        & age.is_between(0, 2 * NEWS_DAYS)
    ).sort("valid_to", "valid_from")
    found = []
    for series in points.partition_by(_COMPARABLE, maintain_order=True):
        last = series.row(-1, named=True)
        days = (pl.lit(last["valid_to"]) - pl.col("valid_to")).dt.total_days()
        first = series.filter(days <= NEWS_DAYS).row(0, named=True)
        if (
            first["valid_to"] < last["valid_to"]
            and scene.metrics[last["metric"]].scale == "log"
            and scene.age_days(last["valid_to"]) <= NEWS_DAYS
            and first["value"] > 0
            and last["value"] > 0
        ):
            finding = _crossing(scene, index, first, last)
            if finding is not None:
                found.append(finding)
    return found


def _crossing(scene: Scene, index: MarketIndex, first: Row, last: Row) -> Finding | None:
    gain = _chances(scene, last) - _chances(scene, first)
    likely = np.flatnonzero(np.abs(gain) > _LIKELY)
    if len(likely) == 0:
        return None
    # The farthest of several thresholds that were passed.
    best = likely[-1] if gain[likely[-1]] > 0 else likely[0]
    segment = scene.segment_of(last["entity"])
    claim_ids = (*first["claim_ids"], *last["claim_ids"])
    cause, why = _cause(index, first, last)
    return Finding(
        kind="crossing",
        entity=last["entity"],
        name=last["name"],
        metric=last["metric"],
        definition=last["definition"],
        segment=segment.id if segment else "",
        period=period_of(last),
        value=last["value"],
        lower=last["lower"],
        upper=last["upper"],
        prob=scene.prob,
        measure=last["currency"] or last["unit"],
        probability=float(abs(gain[best])),
        n=len(claim_ids),
        cause=cause,
        cause_reason=why,
        as_of=scene.as_of,
        method=METHOD,
        claim_ids=claim_ids,
        params={
            "threshold": THRESHOLDS[best],
            "direction": "up" if gain[best] > 0 else "down",
            "before": first["value"],
            "before_period": str(first["valid_to"]),
            "after_period": str(last["valid_to"]),
            "unit": last["unit"],
            "currency": last["currency"],
            "age_days": scene.age_days(last["valid_to"]),
        },
        priority=float(
            0.35
            * abs(gain[best])
            * (FAULTY_WEIGHT if cause == "measurement" else 1.0)
            * np.log10(THRESHOLDS[best])
            / 9
            * scene.recency(last["valid_to"])
        ),
    )


def _cause(index: MarketIndex, first: Row, last: Row) -> tuple[Cause, Reason]:
    window = (first["valid_to"], last["valid_to"])
    faults = index.faults(last["metric"], last["definition"], *window)
    if faults:
        period, feed, fault = faults[-1]
        return "measurement", reason("had_fault", feed=feed, fault=fault, period=period)
    if min(first["n_sources"], last["n_sources"]) > 1:
        return "market", reason("several_passed")
    return "cannot tell", reason("second_passes")


def _chances(scene: Scene, row: Row) -> NDArray[np.float64]:
    """Probability that the level of a row lies above each threshold."""
    numbers = np.array([row["value"], row["lower"], row["upper"]], dtype=np.float64)
    level, lower, upper = to_scale(numbers, "log")
    reach = ndtri(0.5 + scene.prob / 2)
    sd = max(float(upper - lower) / (2 * reach), 1e-9)
    above: NDArray[np.float64] = ndtr((level - np.log(THRESHOLDS)) / sd)
    return above
