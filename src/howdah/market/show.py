"""The page of one entity: what is estimated, who said what, what happened, what belongs to it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import polars as pl

from howdah.core.calendar import Period, end_of_day
from howdah.core.entity import Entity
from howdah.core.errors import UnknownNameError
from howdah.core.estimate import Estimate
from howdah.core.wording import ACHIEVED
from howdah.entities import UNKNOWN_TYPE
from howdah.estimates import (
    SERIES,
    VERDICTS,
    Levels,
    Models,
    check_identities,
    estimate_levels,
    implied_bounds,
    to_records,
)
from howdah.estimates.growth import Growth, find_growth
from howdah.estimates.ranks import CHART
from howdah.market.audience.later import with_later
from howdah.market.audience.page import audiences_of
from howdah.market.basis import basis_of
from howdah.market.charts import chart_levels
from howdah.market.documents.showing import count_waiting, passages_about
from howdah.market.levels import models_for
from howdah.market.naming import naming_of
from howdah.market.observing import judged
from howdah.market.pages import EntityPage, RelatedSeries, Restatement, Series, Statement
from howdah.market.prints import restatements
from howdah.market.scene import find_entity, with_objects
from howdah.market.together import add_parties
from howdah.market.workspace import Workspace

#: Columns of claims that a page shows besides what estimation reads.
PAGE_COLUMNS = (
    "claim_id", "feed", "source", "source_type", "publication", "scheme", "subject", "kind",
    "metric", "definition", "unit", "currency", "valid_from", "valid_to", "precision", "value",
    "value_low", "value_high", "stderr", "comparator", "modality", "object", "sensitivity",
    "published_at", "recorded_at",
)  # fmt: skip

_VERDICTS = {number: word for word, number in VERDICTS.items()}

#: Related entities whose series a page shows; a maker of hundreds of models is not one page.
MAX_RELATED = 60


def show(ws: Workspace, text: str, as_of: dt.date, *, related: bool = True) -> EntityPage:
    """Everything known of an entity on a date.

    Raises
    ------
    UnknownNameError
        No entity has that name.
    """
    family = _Family.of(ws, text, related=related)
    return _page(ws, _Known.of(ws, as_of, [family]), family, as_of)


def show_all(ws: Workspace, texts: Sequence[str], as_of: dt.date) -> dict[str, EntityPage | None]:
    """Pages of several entities, each as `show` gives it; what they rest on is fused once.

    None where no entity goes by a text, or several do.
    """
    families: dict[str, _Family | None] = {}
    for text in texts:
        try:
            families[text] = _Family.of(ws, text, related=True)
        except UnknownNameError:
            families[text] = None
    known = _Known.of(ws, as_of, [family for family in families.values() if family])
    return {
        text: None if family is None else _page(ws, known, family, as_of)
        for text, family in families.items()
    }


@dataclass(frozen=True, slots=True)
class _Family:
    """An entity as it was asked for, and the related ones whose series its page shows."""

    text: str
    entity: Entity
    shown: tuple[tuple[Entity, tuple[str, ...]], ...]
    n_related: int

    @classmethod
    def of(cls, ws: Workspace, text: str, *, related: bool) -> Self:
        entity = ws.resolve(text)
        family = list(ws.resolver.descendants(entity.canonical_id)) if related else []
        return cls(text, entity, tuple(family[:MAX_RELATED]), len(family))

    @property
    def entities(self) -> tuple[Entity, ...]:
        return (self.entity, *(child for child, _ in self.shown))


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of the entities of some pages, and what follows from it."""

    claims: pl.DataFrame
    observed: pl.DataFrame  # with what others' comparisons with them need
    models: Models
    levels: Levels
    growth: tuple[Growth, ...]
    revised: dict[tuple[str, ...], tuple[Restatement, ...]]

    @classmethod
    def of(cls, ws: Workspace, as_of: dt.date, families: Sequence[_Family]) -> Self:
        entities = {e.canonical_id: e for family in families for e in family.entities}
        subjects = [i for e in entities.values() for i in e.referents]
        claims = ws.claims(as_of, subjects=subjects, columns=PAGE_COLUMNS)
        stated = _with_comparisons(ws, as_of, claims)
        charted = chart_levels(ws, as_of).filter(pl.col("entity").is_in(stated["entity"].implode()))
        observed = with_objects(ws, judged(ws.observed([stated], as_of), charted))
        models = models_for(ws, as_of, observed)
        own = observed.filter(pl.col("entity").is_in(list(entities)))
        return cls(
            claims,
            observed,
            models,
            estimate_levels(own, models, as_of=as_of),
            tuple(find_growth(own, models)),
            restatements(ws, as_of, subjects),
        )


def _page(ws: Workspace, known: _Known, family: _Family, as_of: dt.date) -> EntityPage:
    entity = family.entity
    ids = [e.canonical_id for e in family.entities]
    claims = known.claims.filter(pl.col("entity").is_in(ids))
    claims_of = claims.filter(pl.col("entity") == entity.canonical_id)
    names = {entity.canonical_id: entity.name}
    implied = [
        estimate
        for estimate in implied_bounds(
            known.observed.filter(pl.col("nature") != CHART),
            names,
            ws.metrics,
            as_of=as_of,
            prob=ws.prob,
        )
        if estimate.entity == entity.canonical_id
    ]
    series, *of_related = (
        with_later(ws, one, _series_of(ws, known, one.canonical_id, as_of), as_of)
        for one in family.entities
    )
    events = [m.id for m in ws.metrics.metrics.values() if m.shape == "event"]
    achieved = pl.col("modality").is_in(ACHIEVED) & ~pl.col("sensitivity").is_in(["rumour", "leak"])
    return EntityPage(
        entity=entity,
        basis=basis_of(ws, as_of, claims),
        series=series,
        implied=tuple(implied),
        apart=_statements(claims_of.filter(~achieved)),
        events=_statements(claims_of.filter(achieved & pl.col("metric").is_in(events))),
        checks=tuple(check_identities(claims_of)),
        related=tuple(
            RelatedSeries(child, path, found)
            for (child, path), found in zip(family.shown, of_related, strict=True)
        ),
        not_stated=_not_stated(ws, series),
        others=tuple(
            other
            for other in ws.resolver.candidates(family.text)
            if other.canonical_id != entity.canonical_id
        ),
        n_related=family.n_related,
        naming=naming_of(ws.folder, entity.name) if entity.type == UNKNOWN_TYPE else None,
        audiences=audiences_of(ws, entity, as_of),
        passages=passages_about(ws, entity.canonical_id, as_of),
        n_waiting=count_waiting(ws, entity.canonical_id, as_of),
        owner=ws.resolver.entity(entity.parent).name if entity.parent else "",
        together=add_parties(ws, series),
    )


def _with_comparisons(ws: Workspace, as_of: dt.date, claims: pl.DataFrame) -> pl.DataFrame:
    """Claims with what others' comparisons with these entities need to be resolved.

    "Kimi has over four times Doubao's creatives" is a claim about Kimi that bounds Doubao; the
    page of Doubao needs it, and Kimi's own count.
    """
    key = f"comparisons {as_of}"
    if key not in ws.cache:
        ws.cache[key] = _comparisons(ws, as_of)
    return pl.concat([claims, ws.cache[key]]).unique("claim_id", maintain_order=True)


def _comparisons(ws: Workspace, as_of: dt.date) -> pl.DataFrame:
    """All claims that compare two entities, and the figures of both that they speak of."""
    comparing = [m for m in ws.metrics.metrics.values() if m.relation in {"ratio", "difference"}]
    stated = ws.claims(as_of, metrics=[m.id for m in comparing], columns=PAGE_COLUMNS)
    sides = set(stated["entity"].to_list())
    sides |= {find_entity(ws.resolver, text) or "" for text in stated["object"].to_list()}
    subjects = [i for side in sides - {""} for i in ws.resolver.entity(side).referents]
    needed = [m.relates for m in comparing]
    figures = ws.claims(as_of, subjects=subjects, metrics=needed, columns=PAGE_COLUMNS)
    return pl.concat([stated, figures])


def _series_of(ws: Workspace, known: _Known, entity: str, as_of: dt.date) -> tuple[Series, ...]:
    observations = known.observed.filter(pl.col("entity") == entity)
    estimates: dict[tuple[str, ...], list[Estimate]] = {}
    growth: dict[tuple[str, ...], list[Growth]] = {}
    for found in known.growth:
        if found.entity == entity:
            key = (found.metric, found.definition, found.unit, found.currency, found.object)
            growth.setdefault(key, []).append(found)
    own_levels = known.levels.estimates.filter(pl.col("entity") == entity)
    # Claims with two parties are never of one estimate.
    party = dict(observations.select("claim_id", "object").iter_rows())
    for estimate in to_records(own_levels, ws.metrics):
        whose = party[estimate.claim_ids[0]]
        key = (estimate.metric, estimate.definition, estimate.unit, estimate.currency, whose)
        estimates.setdefault(key, []).append(estimate)
    order = {metric: n for n, metric in enumerate(ws.metrics.metrics)}
    keyed = {
        key[1:]: group
        for key, group in observations.group_by([*SERIES, "object"], maintain_order=True)
    }
    again = {key[1:]: rows for key, rows in known.revised.items() if key[0] == entity}
    return tuple(
        Series(
            metric=key[0],
            definition=key[1],
            unit=key[2],
            currency=key[3],
            estimates=tuple(sorted(own, key=_by_time)),
            statements=_statements(_doubted(ws, keyed[key], known.levels.suspects, as_of)),
            growth=tuple(growth.get(key, ())),
            revised=again.get(key, ()),
            object=key[4],
        )
        for key, own in sorted(
            estimates.items(), key=lambda item: (order.get(item[0][0], len(order)), item[0])
        )
    )


def _doubted(
    ws: Workspace, observations: pl.DataFrame, suspects: pl.DataFrame, as_of: dt.date
) -> pl.DataFrame:
    """Observations with why they are doubted, and what a reviewer noted."""
    doubts = suspects.select("claim_id", *SERIES, "reason", "factor")
    notes = ws.verdicts.read(end_of_day(as_of)).select("claim_id", "note")
    return observations.join(doubts, on=["claim_id", *SERIES], how="left").join(
        notes, on="claim_id", how="left"
    )


def _by_time(estimate: Estimate) -> tuple[dt.date, dt.date]:
    period = estimate.period
    return period.end or dt.date.min, period.start or dt.date.min


def _statements(claims: pl.DataFrame) -> tuple[Statement, ...]:
    ordered = claims.sort("valid_to", "published_at", "claim_id", nulls_last=True)
    return tuple(statement_of(row) for row in ordered.iter_rows(named=True))


def statement_of(row: dict[str, object]) -> Statement:
    """A claim's row as a page shows it."""
    published = row["published_at"]
    return Statement(
        claim_id=str(row["claim_id"]),
        source=str(row["source"]),
        publication=str(row.get("publication", "")),
        metric=str(row["metric"]),
        definition=str(row["definition"]),
        unit=str(row["unit"]),
        currency=str(row["currency"]),
        period=Period(row["valid_from"], row["valid_to"], row["precision"]).label,  # type: ignore[arg-type]
        value=row["value"],  # type: ignore[arg-type]
        low=row["value_low"],  # type: ignore[arg-type]
        high=row["value_high"],  # type: ignore[arg-type]
        comparator=str(row.get("comparator", "")),
        modality=str(row["modality"]),
        object=str(row["object"]),
        sensitivity=str(row["sensitivity"]),
        published_at=published.date() if isinstance(published, dt.datetime) else None,
        suspect=bool(row.get("reason")) and row["reason"] != "undecided",
        reason=str(row.get("reason") or ""),
        factor=row.get("factor"),  # type: ignore[arg-type]
        stderr=row.get("stderr"),  # type: ignore[arg-type]
        verdict=_VERDICTS.get(row.get("verdict", 0), ""),  # type: ignore[call-overload]
        note=str(row.get("note") or ""),
        cited=bool(row.get("cited")),
        valid_from=row["valid_from"],  # type: ignore[arg-type]
        valid_to=row["valid_to"],  # type: ignore[arg-type]
    )


def _not_stated(ws: Workspace, series: tuple[Series, ...]) -> tuple[str, ...]:
    """Metrics without which a shown one misleads, and which no source states."""
    known = {s.metric for s in series}
    wanted = [c for metric in known for c in ws.metrics[metric].companions]
    return tuple(sorted(set(wanted) - known))
