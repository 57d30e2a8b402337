"""What does not fit together: parties that contradict each other, and sums that do not add up.

Contradictions are linked, never averaged: each side keeps its figure and its claims.
"""

import polars as pl

from howdah.core.finding import Finding
from howdah.core.phrases import reason
from howdah.signals.scene import Row, Scene, period_of

METHOD = "contradiction.2"

#: A contradiction stays open until it is settled, so it sinks slowly: half after a year.
_HALF_LIFE_DAYS = 365


def find_contradictions(scene: Scene) -> list[Finding]:
    """Cells whose sources exclude each other, with the two statements that are farthest apart."""
    contested = scene.estimates.filter(pl.col("status") == "contested")
    said = {
        row["claim_id"]: row
        for row in scene.observations.filter(
            pl.col("claim_id").is_in(contested["claim_ids"].explode().implode())
        ).iter_rows(named=True)
    }
    return [
        _contradiction(scene, row, [said[i] for i in row["claim_ids"] if i in said])
        for row in contested.iter_rows(named=True)
    ]


def _contradiction(scene: Scene, row: Row, sides: list[Row]) -> Finding:
    # They exclude each other by the lowest upper end and the highest lower end.
    low = min(sides, key=lambda s: (_or(s["value_high"], float("inf")), s["claim_id"]))
    high = max(sides, key=lambda s: (_or(s["value_low"], float("-inf")), s["claim_id"]))
    lows = [x for s in sides for x in (s["value_low"], s["value_high"]) if x is not None]
    segment = scene.segment_of(row["entity"])
    return Finding(
        kind="contradiction",
        entity=row["entity"],
        name=row["name"],
        metric=row["metric"],
        definition=row["definition"],
        segment=segment.id if segment else "",
        period=period_of(row),
        value=None,
        # The span of the figures that are said; where a side is open it reaches beyond.
        lower=_or(row["stated_low"], min(lows)),
        upper=_or(row["stated_high"], max(lows)),
        prob=scene.prob,
        measure=row["currency"] or row["unit"],
        probability=None,
        n=row["n_claims"],
        cause="cannot tell",
        cause_reason=reason("audited"),
        as_of=scene.as_of,
        method=METHOD,
        claim_ids=tuple(row["claim_ids"]),
        params={
            "low_source": low["source"],
            "low": _or(low["value_high"], low["value_low"]),
            "high_source": high["source"],
            "high": _or(high["value_high"], high["value_low"]),
            "high_is_open": int(high["value_high"] is None),
            "unit": row["unit"],
            "currency": row["currency"],
            "age_days": scene.age_days(row["valid_to"]),
        },
        priority=0.55 * scene.recency(row["valid_to"], _HALF_LIFE_DAYS),
    )


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value


def find_identity_gaps(scene: Scene) -> list[Finding]:
    """Accounting checks of public figures that fail."""
    found = []
    for check in scene.checks:
        if check.agrees or not check.is_public:
            continue
        segment = scene.segment_of(check.entity)
        found.append(
            Finding(
                kind="identity_gap",
                entity=check.entity,
                name=check.name,
                metric=check.identity,
                definition="",
                segment=segment.id if segment else "",
                period=check.period,
                value=None,
                lower=check.computed[0],
                upper=check.computed[1],
                prob=scene.prob,
                measure="percent" if check.identity == "stake" else check.currency,
                probability=None,
                n=len(check.claim_ids),
                cause="cannot tell",
                cause_reason=reason("loose"),
                as_of=scene.as_of,
                method=METHOD,
                claim_ids=check.claim_ids,
                params={
                    "computed_low": check.computed[0],
                    "computed_high": check.computed[1],
                    "stated_low": check.stated[0],
                    "stated_high": check.stated[1],
                    "counterparty": check.counterparty,
                    "currency": "" if check.identity == "stake" else check.currency,
                    "planned": int(check.is_planned),
                    "age_days": scene.age_days(check.period.end),
                },
                priority=0.5 * scene.recency(check.period.end, _HALF_LIFE_DAYS),
            )
        )
    return found
