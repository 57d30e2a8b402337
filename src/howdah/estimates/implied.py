"""What a stated comparison implies: a bound on one side from the other side's figure.

A source says that the subject has over four times the object's creatives, and another figure
says how many the subject has: the object's own count is bounded, though nobody states it.
Bounds are derived from what is stated, never from a model's interval.
"""

import datetime as dt
from typing import Any

import polars as pl

from howdah.core.calendar import Period
from howdah.core.estimate import Estimate
from howdah.core.metrics import Metric, MetricRegistry

METHOD = "implied.2"

#: A row of observations. Any: its columns are of many types, checked where the claim was made.
Row = dict[str, Any]

Ends = tuple[float | None, float | None]


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
        comparison, null where it is no entity. Rows marked ``suspect`` are left out.
    names
        Name of each entity.

    Returns
    -------
    list of Estimate
        One for each comparison and known side, where the other side has no figure of its own in
        that period. The figures of the comparison's own source are used, or, when it has none,
        each figure whose source states no other definition than the comparison's; the note says
        so. ``prob`` is that of the market: a bound has no probability of its own, it is as good
        as the two claims.
    """
    comparisons = {
        m.id: m for m in metrics.metrics.values() if m.relation in {"ratio", "difference"}
    }
    wanted = {*comparisons, *(m.relates for m in comparisons.values())}
    rows = observations.filter(pl.col("metric").is_in(list(wanted)))
    if "suspect" in rows.columns:
        rows = rows.filter(~pl.col("suspect"))
    stated = rows.filter(
        pl.col("metric").is_in(list(comparisons)) & pl.col("object_entity").is_not_null()
    )
    found: list[Estimate] = []
    for claim in stated.sort("claim_id").iter_rows(named=True):
        metric = comparisons[claim["metric"]]
        subject = _stated(rows, claim, claim["entity"], metric.relates)
        other = _stated(rows, claim, claim["object_entity"], metric.relates)
        if other and not subject:
            entity, known = claim["entity"], other
        elif subject and not other:
            entity, known = claim["object_entity"], subject
        else:
            continue
        is_subject = entity == claim["entity"]
        for figure in _comparable(known, claim):
            estimate = _bounded(metric, claim, figure, is_subject=is_subject)
            if estimate is not None:
                lower, upper, note = estimate
                found.append(
                    _estimate(
                        metric, claim, figure, entity, names, (lower, upper), note, as_of, prob
                    )
                )
    return found


def _stated(rows: pl.DataFrame, claim: Row, entity: str, metric: str) -> list[Row]:
    """What is stated of a metric of an entity for the comparison's own period."""
    same = rows.filter(
        (pl.col("entity") == entity)
        & (pl.col("metric") == metric)
        & (pl.col("valid_from") == claim["valid_from"])
        & (pl.col("valid_to") == claim["valid_to"])
    )
    return list(same.sort("claim_id").iter_rows(named=True))


def _comparable(known: list[Row], claim: Row) -> list[Row]:
    """Figures that count as the comparison does: of its source, else of an unstated definition."""
    own = [row for row in known if row["source"] == claim["source"]]
    return own or [row for row in known if not row["definition"] or not claim["definition"]]


def _bounded(
    metric: Metric, claim: Row, figure: Row, *, is_subject: bool
) -> tuple[float | None, float | None, str] | None:
    ratio: Ends = (claim["value_low"], claim["value_high"])
    known: Ends = (figure["value_low"], figure["value_high"])
    if metric.relation == "difference":
        lower, upper = _by_difference(ratio, known, is_subject=is_subject)
        note = ""
    elif is_subject:
        lower, upper = _product(known[0], ratio[0]), _product(known[1], ratio[1])
        note = ""
    else:
        lower, upper, note = _by_ratio(ratio, known)
    if lower is not None and lower <= 0:
        # Of what is counted, that it is not negative was known before.
        lower = None
    if upper is not None and (upper <= 0 or (lower is not None and lower > upper)):
        return None
    if lower is None and upper is None:
        return None
    if figure["source"] != claim["source"]:
        note = "; ".join(part for part in (note, f"with the figure of {figure['source']}") if part)
    return lower, upper, note


def _by_difference(difference: Ends, known: Ends, *, is_subject: bool) -> Ends:
    """With subject - object in [a, b]: subject = object + [a, b], object = subject - [a, b]."""
    low, high = difference
    if not is_subject:
        low, high = (None if end is None else -end for end in (high, low))
    # What is counted is not negative, so an open lower end of the known side is closed by zero.
    floor = 0.0 if known[0] is None else known[0]
    return (
        None if low is None else floor + low,
        None if high is None or known[1] is None else known[1] + high,
    )


def _by_ratio(ratio: Ends, known: Ends) -> tuple[float | None, float | None, str]:
    """With subject / object in [a, b] and subject in [l, h], the object lies in [l / b, h / a].

    When h is open ("over 180,000"), the upper bound holds at the stated floor l and moves with
    it; the condition says so.
    """
    (low, high), (floor, ceiling) = ratio, known
    lower = floor / high if floor is not None and high else None
    if not low or (ceiling is None and floor is None):
        return lower, None, ""
    if ceiling is not None:
        return lower, ceiling / low, ""
    assert floor is not None
    return lower, floor / low, f"if the other side is at its stated floor of {floor:,.0f}"


def _product(left: float | None, right: float | None) -> float | None:
    return None if left is None or right is None else left * right


def _estimate(
    metric: Metric,
    claim: Row,
    figure: Row,
    entity: str,
    names: dict[str, str],
    ends: Ends,
    note: str,
    as_of: dt.date,
    prob: float,
) -> Estimate:
    sources = tuple(sorted({claim["source"], figure["source"]}))
    return Estimate(
        entity=entity,
        name=names.get(entity, entity),
        metric=metric.relates,
        definition=figure["definition"],
        unit=figure["unit"],
        currency=figure["currency"],
        period=Period(claim["valid_from"], claim["valid_to"], claim["precision"]),
        value=None,
        lower=ends[0],
        upper=ends[1],
        prob=prob,
        status="bound",
        n_claims=2,
        n_sources=len(sources),
        sources=sources,
        stated_low=None,
        stated_high=None,
        as_of=as_of,
        method=METHOD,
        claim_ids=tuple(sorted((claim["claim_id"], figure["claim_id"]))),
        note=note,
    )
