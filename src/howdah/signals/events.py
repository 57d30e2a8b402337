"""What happened lately in the followed segments: launches, deals, tenders, people, policies."""

import polars as pl

from howdah.core.finding import Finding
from howdah.core.phrases import reason
from howdah.core.wording import ACHIEVED
from howdah.signals.scene import Row, Scene, period_of

METHOD = "event.2"

#: Events are news for this long after they happened and after they were published.
_NEWS_DAYS = 60

#: Structure, not news: who owns whom, what a feature is.
_STANDING = ("owner", "feature", "listed", "derived_from", "supplier_of", "departments", "scope")


def find_events(scene: Scene) -> list[Finding]:
    """Achieved events about members of followed segments; rumours and leaks are left out.

    What several claims state of one entity in the same words and period is one event. An event
    whose period has not begun has not happened, whatever the source's tense.
    """
    event_metrics = [m.id for m in scene.metrics.metrics.values() if m.shape == "event"]
    age = [
        (pl.lit(scene.as_of) - day).dt.total_days()
        for day in (pl.col("published_at").dt.date(), pl.col("valid_to"))
    ]
    recent = scene.events.filter(
        pl.col("entity").is_in(list(scene.followed))
        & pl.col("metric").is_in(event_metrics)
        & ~pl.col("metric").is_in(_STANDING)
        & pl.col("modality").is_in(ACHIEVED)
        & (pl.col("sensitivity") == "public")
        & (pl.col("object") != "")
        & age[0].is_between(0, _NEWS_DAYS)
        & (age[1] <= _NEWS_DAYS)
        & (pl.coalesce("valid_from", "valid_to") <= scene.as_of)
    ).sort("published_at", "claim_id")
    same = ["entity", "metric", "object", "valid_from", "valid_to"]
    return [
        _finding(scene, list(group.iter_rows(named=True)))
        for group in recent.partition_by(same, maintain_order=True)
    ]


def _finding(scene: Scene, rows: list[Row]) -> Finding:
    first = rows[0]
    segment = scene.segment_of(first["entity"])
    sources = ", ".join(dict.fromkeys(row["source"] for row in rows))
    # A period that is not over is as old as the first word of it.
    day = min(first["valid_to"], first["published_at"].date())
    return Finding(
        kind="event",
        entity=first["entity"],
        name=first["entity_name"],
        metric=first["metric"],
        definition="",
        segment=segment.id if segment else "",
        period=period_of(first),
        value=None,
        lower=None,
        upper=None,
        prob=scene.prob,
        measure="event",
        probability=None,
        n=len(rows),
        cause="market",
        cause_reason=reason("stated_by", sources=sources),
        as_of=scene.as_of,
        method=METHOD,
        claim_ids=tuple(row["claim_id"] for row in rows),
        params={
            "object": first["object"],
            "source": sources,
            "age_days": scene.age_days(day),
        },
        priority=0.4 * scene.recency(day, _NEWS_DAYS),
    )
