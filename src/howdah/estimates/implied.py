"""What a stated comparison implies: a bound on one side from the other side's figure.

A source says that the subject has over four times the object's creatives, and another figure
says how many the subject has: the object's own count is bounded, though nobody states it.
Bounds are derived from what is stated, never from a model's interval.
"""

import datetime as dt

import polars as pl

from howdah.core.calendar import Period
from howdah.core.estimate import Estimate
from howdah.core.metrics import MetricRegistry

METHOD = "implied.1"


def implied_bounds(
    observations: pl.DataFrame,
    names: dict[str, str],
    metrics: MetricRegistry,
    *,
    as_of: dt.date,
    prob: float,
) -> list[Estimate]:
    """Bounds that ratios and differences between two entities imply.

    Parameters
    ----------
    observations
        Observations of all entities concerned; ``object_entity`` names the other side of a
        comparison, null where it is no entity.
    names
        Name of each entity.
    """
    comparisons = {
        m.id: m for m in metrics.metrics.values() if m.relation in {"ratio", "difference"}
    }
    found: list[Estimate] = []
    stated = observations.filter(
        pl.col("metric").is_in(list(comparisons)) & pl.col("object_entity").is_not_null()
    )
    for claim in stated.iter_rows(named=True):
        metric = comparisons[claim["metric"]]
        sides = {
            side: _stated(observations, claim, entity, metric.relates)
            for side, entity in (("subject", claim["entity"]), ("object", claim["object_entity"]))
        }
        for side, other in (("object", "subject"), ("subject", "object")):
            if sides[side] is not None or sides[other] is None:
                continue
            known = sides[other]
            assert known is not None
            bound = _bound(metric.relation, side, claim, known)
            if bound is None:
                continue
            low, high, condition = bound
            entity = claim["object_entity"] if side == "object" else claim["entity"]
            found.append(
                Estimate(
                    entity=entity,
                    name=names.get(entity, entity),
                    metric=metric.relates,
                    definition=known["definition"],
                    unit=known["unit"],
                    currency=known["currency"],
                    period=Period(claim["valid_from"], claim["valid_to"], claim["precision"]),
                    value=None,
                    lower=low,
                    upper=high,
                    prob=prob,
                    status="bound",
                    n_claims=2,
                    n_sources=len({claim["source"], known["source"]}),
                    sources=tuple(sorted({claim["source"], known["source"]})),
                    stated_low=None,
                    stated_high=None,
                    as_of=as_of,
                    method=METHOD,
                    claim_ids=tuple(sorted((claim["claim_id"], known["claim_id"]))),
                    note=condition,
                )
            )
    return found


def _stated(
    observations: pl.DataFrame, claim: dict[str, object], entity: object, metric: str
) -> dict[str, object] | None:
    """What is stated of a metric of an entity for the comparison's own period."""
    rows = observations.filter(
        (pl.col("entity") == entity)
        & (pl.col("metric") == metric)
        & (pl.col("valid_from") == claim["valid_from"])
        & (pl.col("valid_to") == claim["valid_to"])
    )
    return rows.row(0, named=True) if rows.height else None


def _bound(
    relation: str, side: str, claim: dict[str, object], known: dict[str, object]
) -> tuple[float | None, float | None, str] | None:
    """(lower, upper, condition) of the unknown side; None when nothing follows.

    With subject / object in [a, b] and subject in [l, h], the object lies in [l / b, h / a]. When
    h is open ("over 180,000"), the upper bound holds at the stated floor l and moves with it;
    the condition says so.
    """
    a, b = _number(claim["value_low"]), _number(claim["value_high"])
    low, high = _number(known["value_low"]), _number(known["value_high"])
    if relation == "difference":
        sign = 1.0 if side == "subject" else -1.0
        ends = (a, b) if side == "subject" else (b, a)
        lower = None if ends[0] is None else (low or 0.0) + sign * ends[0]
        upper = None if high is None or ends[1] is None else high + sign * ends[1]
        lower = max(lower, 0.0) if lower is not None else None
        return (lower, upper, "") if lower or upper else None
    if side == "object":
        lower = low / b if low is not None and b else None
        if high is not None and a:
            return lower, high / a, ""
        if low is not None and a:
            return lower, low / a, f"if the other side is at its stated floor of {low:,.0f}"
        return None
    lower = low * a if low is not None and a is not None else None
    upper = high * b if high is not None and b is not None else None
    return (lower, upper, "") if lower is not None or upper is not None else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None
