"""What happened lately in the followed segments: launches, deals, tenders, people, policies."""

import polars as pl

from howdah.core.finding import Finding
from howdah.core.wording import ACHIEVED
from howdah.signals.scene import Scene, period_of

METHOD = "event.1"

#: Events are news for this long after they were published.
_NEWS_DAYS = 60

#: Structure, not news: who owns whom, what a feature is.
_STANDING = ("owner", "feature", "listed", "derived_from", "supplier_of", "departments", "scope")


def find_events(scene: Scene) -> list[Finding]:
    """Achieved events about members of followed segments; rumours and leaks are left out."""
    followed = {e for segment in scene.segments if segment.is_followed for e in segment.members}
    event_metrics = [m.id for m in scene.metrics.metrics.values() if m.shape == "event"]
    recent = scene.events.filter(
        pl.col("entity").is_in(list(followed))
        & pl.col("metric").is_in(event_metrics)
        & ~pl.col("metric").is_in(_STANDING)
        & pl.col("modality").is_in(ACHIEVED)
        & (pl.col("sensitivity") == "public")
        & (pl.col("object") != "")
        & pl.col("valid_to").is_not_null()
        & ((pl.lit(scene.as_of) - pl.col("published_at").dt.date()).dt.total_days() <= _NEWS_DAYS)
        & ((pl.lit(scene.as_of) - pl.col("valid_to")).dt.total_days() <= _NEWS_DAYS)
    )
    found = []
    for row in recent.iter_rows(named=True):
        segment = scene.segment_of(row["entity"])
        age_days = max((scene.as_of - row["valid_to"]).days, 0)
        found.append(
            Finding(
                kind="event",
                entity=row["entity"],
                name=row["entity_name"],
                metric=row["metric"],
                definition="",
                segment=segment.id if segment else "",
                period=period_of(row),
                value=None,
                lower=None,
                upper=None,
                prob=scene.prob,
                measure="event",
                probability=None,
                n=1,
                cause="market",
                cause_reason=f"stated by {row['source']}",
                as_of=scene.as_of,
                method=METHOD,
                claim_ids=(row["claim_id"],),
                params={"object": row["object"], "source": row["source"]},
                priority=0.4 * 0.5 ** (age_days / _NEWS_DAYS),
            )
        )
    return found
