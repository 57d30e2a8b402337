"""What does not fit together: parties that contradict each other, and sums that do not add up.

Contradictions are linked, never averaged: each side keeps its figure and its claims.
"""

import datetime as dt

import polars as pl

from howdah.core.finding import Finding
from howdah.signals.scene import Scene, period_of

METHOD = "contradiction.1"


def find_contradictions(scene: Scene) -> list[Finding]:
    """Cells whose sources exclude each other."""
    contested = scene.estimates.filter(pl.col("status") == "contested")
    found = []
    for row in contested.iter_rows(named=True):
        sides = scene.observations.filter(pl.col("claim_id").is_in(row["claim_ids"])).sort(
            "value_low"
        )
        low, high = sides.row(0, named=True), sides.row(-1, named=True)
        segment = scene.segment_of(row["entity"])
        found.append(
            Finding(
                kind="contradiction",
                entity=row["entity"],
                name=row["name"],
                metric=row["metric"],
                definition=row["definition"],
                segment=segment.id if segment else "",
                period=period_of(row),
                value=None,
                lower=row["stated_low"],
                upper=row["stated_high"],
                prob=scene.prob,
                measure=row["currency"] or row["unit"],
                probability=None,
                n=row["n_claims"],
                cause="cannot tell",
                cause_reason="an audited figure or a second report would settle it",
                as_of=scene.as_of,
                method=METHOD,
                claim_ids=tuple(row["claim_ids"]),
                params={
                    "low_source": low["source"],
                    "low": low["value_high"],
                    "high_source": high["source"],
                    "high": high["value_high"]
                    if high["value_high"] is not None
                    else high["value_low"],
                    "unit": row["unit"],
                    "currency": row["currency"],
                },
                priority=0.55 * _recency(scene, row["valid_to"]),
            )
        )
    return found


def find_identity_gaps(scene: Scene) -> list[Finding]:
    """Accounting checks that fail."""
    found = []
    for check in scene.checks:
        if check.agrees:
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
                cause_reason="one of the three figures is loose, or they are of different dates",
                as_of=scene.as_of,
                method=METHOD,
                claim_ids=check.claim_ids,
                params={
                    "computed_low": check.computed[0],
                    "computed_high": check.computed[1],
                    "stated_low": check.stated[0],
                    "stated_high": check.stated[1],
                    "counterparty": check.counterparty,
                    "currency": check.currency,
                    "planned": int(check.is_planned),
                },
                priority=0.5 * _recency(scene, check.period.end),
            )
        )
    return found


def _recency(scene: Scene, day: dt.date | None) -> float:
    """Weight of something that old: half after a year, half when the day is unknown."""
    return 0.5 if day is None else 0.5 ** (max((scene.as_of - day).days, 0) / 365)
