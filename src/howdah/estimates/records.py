"""Rows of the estimates frame as `core.Estimate` records, and back for storing."""

import math
from collections.abc import Iterable
from dataclasses import replace

import polars as pl
import pyarrow as pa

from howdah.core.calendar import Period
from howdah.core.claim import TIMESTAMP
from howdah.core.estimate import Estimate
from howdah.core.metrics import Count, MetricRegistry

#: The estimates table: what was believed, as of when, by which method, from which claims.
ESTIMATE_SCHEMA = pa.schema(
    [
        ("estimate_id", pa.string()),
        ("entity", pa.string()),
        ("name", pa.string()),
        ("metric", pa.string()),
        ("definition", pa.string()),
        ("unit", pa.string()),
        ("currency", pa.string()),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
        ("precision", pa.string()),
        ("value", pa.float64()),
        ("lower", pa.float64()),
        ("upper", pa.float64()),
        ("prob", pa.float64()),
        ("status", pa.string()),
        ("n_claims", pa.int64()),
        ("n_sources", pa.int64()),
        ("sources", pa.list_(pa.string())),
        ("stated_low", pa.float64()),
        ("stated_high", pa.float64()),
        ("as_of", pa.date32()),
        ("method", pa.string()),
        ("claim_ids", pa.list_(pa.string())),
        ("calibration", pa.string()),
        ("note", pa.string()),
        ("own_sd", pa.float64()),
        ("inputs", pa.string()),
        ("recorded_at", TIMESTAMP),
    ]
)


#: Relative error of arithmetic on a scale: an end that is a whole number up to it is one.
_ROUNDING = 1e-9


def to_records(frame: pl.DataFrame, metrics: MetricRegistry) -> list[Estimate]:
    """Estimates of a frame from `estimate_levels`, counts as whole numbers.

    The model's scale is continuous, what a metric counts may not be: its `count` says so. Ends
    are rounded outwards. A tally is what the statements count, exactly, and open above: what
    nobody reported is not in it.
    """
    counts: dict[str, Count] = {m.id: m.count for m in metrics.metrics.values() if m.count}
    return [_counted(estimate, counts.get(estimate.metric, "")) for estimate in _records(frame)]


def _counted(e: Estimate, count: Count) -> Estimate:
    if count == "tally" and e.status == "point" and e.stated_low is not None:
        least = _ceil(e.stated_low)
        return replace(e, value=least, lower=least, upper=None)
    if count == "":
        return e
    return replace(
        e,
        value=None if e.value is None else float(math.floor(e.value + 0.5)),
        lower=None if e.lower is None else -_ceil(-e.lower),
        upper=None if e.upper is None else _ceil(e.upper),
    )


def _ceil(value: float) -> float:
    return float(math.ceil(value - _ROUNDING * abs(value)))


def _records(frame: pl.DataFrame) -> list[Estimate]:
    return [
        Estimate(
            entity=row["entity"],
            name=row["name"],
            metric=row["metric"],
            definition=row["definition"],
            unit=row["unit"],
            currency=row["currency"],
            period=Period(row["valid_from"], row["valid_to"], row["precision"]),
            value=row["value"],
            lower=row["lower"],
            upper=row["upper"],
            prob=row["prob"],
            status=row["status"],
            n_claims=row["n_claims"],
            n_sources=row["n_sources"],
            sources=tuple(row["sources"]),
            stated_low=row["stated_low"],
            stated_high=row["stated_high"],
            as_of=row["as_of"],
            method=row["method"],
            claim_ids=tuple(row["claim_ids"]),
            calibration=row["calibration"],
            note=row["note"],
            own_sd=row["own_sd"],
        )
        for row in frame.iter_rows(named=True)
    ]


def to_rows(estimates: Iterable[Estimate]) -> list[dict[str, object]]:
    """Estimates as plain rows: columns of `ESTIMATE_SCHEMA` without what storing adds."""
    return [
        {
            "estimate_id": e.estimate_id,
            "entity": e.entity,
            "name": e.name,
            "metric": e.metric,
            "definition": e.definition,
            "unit": e.unit,
            "currency": e.currency,
            "valid_from": e.period.start,
            "valid_to": e.period.end,
            "precision": e.period.precision,
            "value": e.value,
            "lower": e.lower,
            "upper": e.upper,
            "prob": e.prob,
            "status": e.status,
            "n_claims": e.n_claims,
            "n_sources": e.n_sources,
            "sources": list(e.sources),
            "stated_low": e.stated_low,
            "stated_high": e.stated_high,
            "as_of": e.as_of,
            "method": e.method,
            "claim_ids": list(e.claim_ids),
            "calibration": e.calibration,
            "note": e.note,
            "own_sd": e.own_sd,
        }
        for e in estimates
    ]
