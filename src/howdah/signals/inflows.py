r"""Inflows: talent or money moving towards a segment, by events counted against its own past.

Events of people and of funding come in bursts with the texts that tell of them, so a count is held
against two things at once: the segment's own past, and how much was told of everything then and
now. With $k$ events in the last quarter and $K$ before it, and $n$ and $N$ events of all kinds
about everybody, $k$ of $k + K$ is binomial with share $n / (n + N)$ where nothing changed; the
interval of the ratio is the exact one of Clopper and Pearson.

What it cannot tell: moves that no text of the market tells of, and a round told twice in other
words.

References
----------
.. [1] Przyborowski & Wilenski (1940), "Homogeneity of Results in Testing Samples from Poisson
   Series".
"""

import datetime as dt
from collections.abc import Mapping

import polars as pl
from scipy.special import bdtrc, betaincinv

from howdah.core.calendar import Period
from howdah.core.finding import Finding
from howdah.core.phrases import reason
from howdah.core.wording import ACHIEVED
from howdah.signals.changes import WINDOW_DAYS
from howdah.signals.scene import Scene, SegmentView

METHOD = "inflow.1"

#: Events of each kind of flow.
FLOWS: Mapping[str, tuple[str, ...]] = {
    "talent": ("joins",),
    "money": (
        "funding_completed", "deal_agreed", "invested_in", "investor", "lead_investor",
    ),
}  # fmt: skip

#: Fewest events of a flow in a segment, past and present, and fewest of them lately.
LEAST_EVENTS = 10
_LEAST_LATELY = 3

#: A chance smaller than this that so many came by the past rate is told.
_SURPRISE = 0.01


def find_inflows(scene: Scene) -> list[Finding]:
    """Segments that more talent or money moved to in a quarter than their past lets expect."""
    told = told_events(scene)
    if told.is_empty():
        return []
    found = []
    for segment in scene.segments:
        for flow in FLOWS:
            finding = _inflow(scene, told, segment, flow)
            if finding is not None:
                found.append(finding)
    return found


def told_events(scene: Scene) -> pl.DataFrame:
    """Public, achieved events, each once: ``entity, metric, object, day, claim_id``.

    Events are dated by their first publication: that is when it is known that they happened.
    """
    names = [m.id for m in scene.metrics.metrics.values() if m.shape == "event"]
    return (
        scene.events.filter(
            pl.col("metric").is_in(names)
            & pl.col("modality").is_in(ACHIEVED)
            & (pl.col("sensitivity") == "public")
            & pl.col("published_at").is_not_null()
        )
        .with_columns(pl.col("published_at").dt.date().alias("day"))
        .sort("day", "claim_id")
        .group_by("entity", "metric", "object", "valid_from", "valid_to", maintain_order=True)
        .agg(pl.col("day").first(), pl.col("claim_id").first(), pl.col("feed").first())
    )


def _inflow(scene: Scene, told: pl.DataFrame, segment: SegmentView, flow: str) -> Finding | None:
    start = scene.as_of - dt.timedelta(days=WINDOW_DAYS)
    own = told.filter(pl.col("metric").is_in(FLOWS[flow]) & pl.col("entity").is_in(segment.members))
    # What was told of everything by the feeds that tell of such things at all.
    feeds = told.filter(pl.col("metric").is_in(FLOWS[flow]))["feed"].unique().to_list()
    every = told.filter(pl.col("feed").is_in(feeds))
    late = own.filter(pl.col("day") > start)
    k, total = late.height, own.height
    n, everything = every.filter(pl.col("day") > start).height, every.height
    if k < _LEAST_LATELY or total < LEAST_EVENTS or n == everything:
        return None
    share = n / everything
    chance = float(bdtrc(k - 1, total, share))
    if chance > _SURPRISE:
        return None
    tail = (1 - scene.prob) / 2
    ends = (
        float(betaincinv(k, total - k + 1, tail)),
        float(betaincinv(k + 1, total - k, 1 - tail)) if k < total else 1.0,
    )
    odds = share / (1 - share)
    lower, upper = (p / (1 - p) / odds if p < 1 else None for p in ends)
    value = k / (total - k) / odds if k < total else None
    return Finding(
        kind="inflow",
        entity=segment.id,
        name=segment.title,
        metric=flow,
        definition="",
        segment=segment.id,
        period=Period(start, scene.as_of, "range"),
        value=value,
        lower=lower,
        upper=upper,
        prob=scene.prob,
        measure="times its past, for all that was told",
        probability=1 - chance,
        n=k,
        cause="cannot tell",
        cause_reason=reason("told_more"),
        as_of=scene.as_of,
        method=METHOD,
        claim_ids=tuple(late["claim_id"].to_list()),
        params={
            "flow": flow,
            "count": k,
            "before": total - k,
            "expected": total * share,
            "n_entities": late["entity"].n_unique(),
            "age_days": 0,
        },
        priority=0.7 * min(1.0, 0.5 + k / 20),
    )
