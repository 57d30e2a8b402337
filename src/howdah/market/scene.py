"""Building what the detectors look at, and the models that every estimate uses."""

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

import polars as pl

from howdah.entities import Resolver
from howdah.estimates import check_identities
from howdah.estimates.ranks import CHART
from howdah.market.charts import chart_levels
from howdah.market.fusing import Fused, fuse
from howdah.market.observing import judged, without_simulated
from howdah.market.workspace import Workspace
from howdah.signals import Scene, SegmentView


def with_objects(ws: Workspace, observations: pl.DataFrame) -> pl.DataFrame:
    """Observations with ``object_entity``: the other side of a comparison, null elsewhere."""
    comparisons = [
        m.id for m in ws.metrics.metrics.values() if m.relation in {"ratio", "difference"}
    ]
    texts = observations.filter(pl.col("metric").is_in(comparisons))["object"].unique().to_list()
    known = {text: entity for text in texts if (entity := find_entity(ws.resolver, text))}
    return observations.with_columns(
        pl.when(pl.col("metric").is_in(comparisons))
        .then(pl.col("object").replace_strict(known, default=None, return_dtype=pl.String))
        .alias("object_entity")
    )


def find_entity(resolver: Resolver, text: str) -> str | None:
    """Canonical id of a name, None when it is unknown or ambiguous."""
    if not text:
        return None
    found = resolver.find(text)
    return None if found is None else found.canonical_id


class Built(NamedTuple):
    """What detectors look at, the models and levels, and all that they rest on.

    Attributes
    ----------
    observations
        Those of the scene, the levels that charts give, and what is simulated: these are in
        estimates, but of the former nobody states them and the latter are of nothing real, so no
        detector looks at them.
    """

    scene: Scene
    fused: Fused
    observations: pl.DataFrame


def build_scene(ws: Workspace, as_of: dt.date, *, everybody: bool = False) -> Built:
    """The market as known on a date, and what was learnt of its sources.

    Parameters
    ----------
    everybody
        Whether also those who are in no segment are estimated; no detector looks at them.
    """
    followed = set(ws.config.follow.segments)
    segments = tuple(
        SegmentView(s.id, s.title, s.headline, ws.members(s), s.id in followed)
        for s in ws.config.segment
        if not s.simulated
    )
    members = sorted({entity for segment in segments for entity in segment.members})
    named = []

    def batches() -> Iterator[pl.DataFrame]:
        # Batch by batch: all claims beside all observations are more than a laptop should hold.
        for claims in ws.claim_batches(as_of):
            named.append(claims.filter(pl.col("entity").is_in(members)))
            yield claims

    stated = ws.observed(batches(), as_of)
    observations = with_objects(ws, judged(stated, chart_levels(ws, as_of)))
    del stated
    events = pl.concat(named)
    fused = fuse(ws, observations, as_of, everybody=everybody)
    mapping = ws.mapping
    names = dict(
        zip(mapping["entity"].to_pylist(), mapping["entity_name"].to_pylist(), strict=True)
    )
    for declared in ws.catalogue.entities.values():
        names[declared.canonical_id] = declared.name
    scene = Scene(
        as_of=as_of,
        prob=ws.prob,
        metrics=ws.metrics,
        segments=segments,
        names=names,
        observations=without_simulated(observations).filter(pl.col("nature") != CHART),
        estimates=fused.levels.estimates.filter(pl.col("entity").is_in(members)),
        events=events,
        checks=tuple(check_identities(events)),
        relatives=_relatives(ws, members),
    )
    return Built(scene, fused, observations)


def _relatives(ws: Workspace, members: list[str]) -> dict[str, tuple[str, ...]]:
    """A package and its repository, both ways."""
    found: dict[str, set[str]] = {}
    for entity in members:
        for relation in ws.resolver.relations(entity):
            if relation.relation == "is_source_of":
                found.setdefault(relation.source, set()).add(relation.target)
                found.setdefault(relation.target, set()).add(relation.source)
    return {entity: tuple(sorted(others)) for entity, others in found.items()}
