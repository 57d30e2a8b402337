"""What happened when giants entered a segment, and where they are."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from howdah.core.progress import Progress, silent
from howdah.estimates import CLAIM_INPUT
from howdah.guidance import (
    Entry,
    Evidence,
    Members,
    Outcome,
    answer,
    event_metrics,
    find_entries,
    find_incumbents,
    find_outcome,
    first_evidence,
)
from howdah.guidance.outcomes import FindFault
from howdah.market.basis import basis_of
from howdah.market.giants import (
    check_not_ahead,
    find_giants,
    find_owners,
    members_of,
    subjects_of,
)
from howdah.market.levels import models_for
from howdah.market.observing import observations_at
from howdah.market.pages.entry import EntryPage
from howdah.market.scene import find_entity
from howdah.market.workspace import Workspace
from howdah.signals import market_index

if TYPE_CHECKING:
    from howdah.estimates.health import MarketIndex


def entry(ws: Workspace, segment: str, as_of: dt.date, progress: Progress = silent) -> EntryPage:
    """Past entries of giants into a segment, what became of who was there, and the map of all.

    Raises
    ------
    UnknownNameError
        No such segment, or a giant that the catalogue does not know.
    InputError
        No giant is declared, or the date is to come.
    """
    asked = ws.find_segment(segment)
    check_not_ahead(ws, as_of)
    giants = find_giants(ws)
    segments = [s.id for s in ws.config.segment if not s.simulated or s is asked]
    progress("evidence", 0, 2)
    # All that a market's segments have in common takes longer than one segment's own part.
    found = ws.remember(
        ("entries", as_of, *segments), lambda: _find_entered(ws, segments, giants, as_of)
    )
    entries = found.entries
    own = next(s for s in found.segments if s.id == asked.id)
    progress("outcomes", 1, 2)
    here = [e for e in entries if e.segment == asked.id]
    outcomes = _outcomes(ws, own, here, found.evidence, as_of)
    progress("done", 2, 2)
    shown = {e for o in outcomes for e in (o.entry.giant, *o.entry.products)}
    shown |= {i.evidence.entity for o in outcomes for i in o.incumbents}
    shown |= {product for e in entries for product in e.products} | set(giants)
    shown |= {gone.entity for e in entries for gone in e.exits}
    return EntryPage(
        basis=basis_of(ws, as_of),
        segment=asked.id,
        title=asked.title,
        headline=asked.headline,
        n_members=len(own.members),
        outcomes=tuple(outcomes),
        answer=answer(outcomes, prob=ws.prob),
        giants=tuple(giants),
        segments=tuple(segments),
        entries=tuple(entries),
        names={entity: ws.resolver.entity(entity).name for entity in sorted(shown)},
    )


class _Entered(NamedTuple):
    """Who is where since when: the evidence of each segment's members, and the entries in it."""

    segments: tuple[Members, ...]
    evidence: Mapping[str, Mapping[str, Evidence]]
    entries: tuple[Entry, ...]


def _find_entered(
    ws: Workspace, names: Sequence[str], giants: Mapping[str, str], as_of: dt.date
) -> _Entered:
    """Entries into segments, from all that is claimed of their members."""
    owners = find_owners(ws, giants, as_of)
    segments = tuple(members_of(ws, ws.find_segment(name), owners) for name in names)
    everyone = [entity for s in segments for entity in s.members]
    events = _events(ws, as_of, [*everyone, *giants], owners)
    seen = observations_at(ws, as_of, subjects=subjects_of(ws, everyone))
    evidence = first_evidence(segments, events, seen, _list_lengths(ws, as_of))
    return _Entered(segments, evidence, tuple(find_entries(segments, evidence, events)))


def _outcomes(
    ws: Workspace,
    own: Members,
    entries: Sequence[Entry],
    evidence: Mapping[str, Mapping[str, Evidence]],
    as_of: dt.date,
) -> list[Outcome]:
    """The outcome of each entry into a segment."""
    if not entries:
        return []
    subjects = subjects_of(ws, own.members)
    seen = observations_at(ws, as_of, subjects=subjects, metrics=[own.headline])
    headline = seen.filter(pl.col("scheme") != "list")
    headline = headline.filter(pl.col("entity").is_in(list(own.members)))
    find_fault = _faults(ws, own.headline, as_of)
    models = models_for(ws, as_of, headline)
    return [
        find_outcome(e, find_incumbents(e, own, evidence), own, headline, models, as_of, find_fault)
        for e in entries
    ]


def _events(
    ws: Workspace, as_of: dt.date, entities: Sequence[str], owners: Mapping[str, str]
) -> pl.DataFrame:
    """Claims of entries and exits about some entities.

    What a giant is said to have released is about its own product that the claim names.
    """
    claims = ws.claims(
        as_of,
        subjects=subjects_of(ws, entities),
        metrics=sorted(event_metrics()),
        columns=CLAIM_INPUT,
    )
    giants = list(dict.fromkeys(owners.values()))
    theirs = claims.filter(pl.col("entity").is_in(giants))
    named = {text: find_entity(ws.resolver, text) for text in theirs["object"].unique().to_list()}
    products = {text: id_ for text, id_ in named.items() if id_ in owners and id_ not in giants}
    about = theirs.with_columns(
        named=pl.col("object").replace_strict(products, default=None, return_dtype=pl.String)
    ).filter(
        pl.col("named").replace_strict(owners, default=None, return_dtype=pl.String)
        == pl.col("entity")
    )
    return pl.concat([claims, about.with_columns(entity=pl.col("named")).drop("named")])


def _list_lengths(ws: Workspace, as_of: dt.date) -> pl.DataFrame:
    """Lengths of the lists that end at a cut-off: ``feed, period, length``.

    A list without one grows as more is put on it, which is no change of its method.
    """
    cut = [spec.id for spec in ws.specs.values() if spec.list is not None and spec.list.cutoff]
    stated = ws.observations(as_of, metrics=["list_length"]).filter(
        (pl.col("scheme") == "list") & pl.col("feed").is_in(cut)
    )
    return (
        stated.group_by("feed", pl.col("valid_to").alias("period"))
        .agg(pl.col("value").max().alias("length"))
        .sort("feed", "period")
    )


def _faults(ws: Workspace, metric: str, as_of: dt.date) -> FindFault:
    """What finds a fault of measurement of a metric's feeds, looked for in all that they count."""
    index: list[MarketIndex] = []

    def find_fault(definition: str, start: dt.date, end: dt.date) -> tuple[str, str] | None:
        if not index:
            index.append(market_index(observations_at(ws, as_of, metrics=[metric])))
        faults = index[0].faults(metric, definition, start, end)
        return None if not faults else faults[-1][1:]

    return find_fault
