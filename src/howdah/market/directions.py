"""Which segments to go into: their terms, the ranking, and what carries it."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import polars as pl

from howdah.core.progress import Progress, silent
from howdah.estimates import Models
from howdah.estimates.assembly import period_length
from howdah.guidance import Members
from howdah.guidance.growing import YEAR_DAYS, MarketChange, sum_growth
from howdah.guidance.outcomes import TABLE
from howdah.guidance.ranking import rank_segments
from howdah.guidance.record import SegmentYear, keep_record
from howdah.guidance.stability import rank_without_each
from howdah.guidance.term import Terms
from howdah.guidance.terms import find_terms, term_metrics
from howdah.market.basis import basis_of
from howdah.market.decided import decided_directions
from howdah.market.giants import check_not_ahead, find_giants, find_owners, members_of
from howdah.market.levels import models_for
from howdah.market.observing import observations_at
from howdah.market.pages.directions import Directions, DirectionsPage, RecordPage
from howdah.market.steps import market_changes
from howdah.market.workspace import Workspace

#: Years that the record goes back.
_MOST_YEARS = 8


def directions(ws: Workspace, as_of: dt.date, progress: Progress = silent) -> DirectionsPage:
    """Segments ranked by terms that can be told for both of any two.

    Raises
    ------
    UnknownNameError
        A giant that the catalogue does not know.
    InputError
        The date is to come.
    """
    check_not_ahead(ws, as_of)
    # Each brief of a date asks for it.
    return ws.remember(("directions", as_of), lambda: _directions(ws, as_of, progress))


def _directions(ws: Workspace, as_of: dt.date, progress: Progress) -> DirectionsPage:
    progress("figures", 0, 3)
    asked = _ask(ws, as_of)
    models = models_for(ws, as_of, asked.own)
    progress("terms", 1, 3)
    real, simulated = (
        _ranked(ws, asked, models, [s for s in asked.segments if s.is_simulated == is_simulated])
        for is_simulated in (False, True)
    )
    progress("done", 3, 3)
    titles = {s.id: s.title for s in asked.segments}
    return DirectionsPage(basis_of(ws, as_of), titles, real, simulated)


class Asked(NamedTuple):
    """What the ranking of a date rests on.

    Attributes
    ----------
    own
        Observations of the members.
    """

    as_of: dt.date
    segments: tuple[Members, ...]
    own: pl.DataFrame
    change: MarketChange
    has_giants: bool


def _ask(ws: Workspace, as_of: dt.date) -> Asked:
    giants = find_giants(ws) if ws.config.giants.companies else {}
    owners = find_owners(ws, giants, as_of)
    segments = tuple(members_of(ws, s, owners) for s in ws.config.segment)
    metrics = sorted({*(s.headline for s in segments), *term_metrics()})
    seen = observations_at(ws, as_of, metrics=[m for m in metrics if m in ws.metrics.metrics])
    members = {entity for s in segments for entity in s.members}
    own = seen.filter(pl.col("entity").is_in(list(members)))
    return Asked(as_of, segments, own, market_changes(seen), bool(giants))


def _ranked(ws: Workspace, asked: Asked, models: Models, segments: Sequence[Members]) -> Directions:
    by_id = {segment.id: segment for segment in segments}

    def terms_of(segment: str, rows: pl.DataFrame) -> Terms:
        return find_terms(
            by_id[segment],
            rows,
            models,
            asked.as_of,
            has_giants=asked.has_giants,
            market_change=asked.change,
        )

    table = {segment.id: terms_of(segment.id, asked.own) for segment in segments}
    groups = rank_segments(table, prob=ws.prob)
    without = rank_without_each(
        table,
        groups,
        lambda segment, source: terms_of(segment, asked.own.filter(pl.col("source") != source)),
        prob=ws.prob,
    )
    return Directions(table, groups, without)


def record(ws: Workspace, as_of: dt.date, progress: Progress = silent) -> RecordPage:
    """How the ranking would have done, asked on dates a year apart on what was known then.

    Levels of a past date are learnt from the segments' own figures of that date.

    Raises
    ------
    InputError
        The date is to come.
    """
    check_not_ahead(ws, as_of)
    # Both languages ask for it.
    return ws.remember(("directions record", as_of), lambda: _record(ws, as_of, progress))


def _record(ws: Workspace, as_of: dt.date, progress: Progress) -> RecordPage:
    now = _ask(ws, as_of)
    models = Models({}, ws.segments, ws.prob)
    dates = [as_of - dt.timedelta(YEAR_DAYS * back) for back in range(_MOST_YEARS, 0, -1)]
    first = now.own["published_at"].min()
    if isinstance(first, dt.datetime):
        dates = [day for day in dates if day > first.date()]
    years: list[SegmentYear] = []
    for n, day in enumerate(dates):
        progress("asking", n, len(dates))
        then = _ask(ws, day)
        real = [s for s in then.segments if not s.is_simulated]
        years += _judged(_ranked(ws, then, models, real), now, models, day)
    progress("done", len(dates), len(dates))
    kept = keep_record(years, dates, prob=ws.prob)
    real = [s for s in now.segments if not s.is_simulated]
    decided = decided_directions(ws, real, now.own, models, as_of)
    return RecordPage(basis_of(ws, as_of), kept, tuple(years), decided)


def _judged(found: Directions, now: Asked, models: Models, day: dt.date) -> Iterator[SegmentYear]:
    """Ranked segments of a date with the growth that followed, as it is known now."""
    members = {segment.id: segment for segment in now.segments}
    for n, group in enumerate(found.groups):
        for place in group:
            terms = found.table[place.segment]
            growth, size = terms["growth"], terms["size"]
            if not (growth.is_told and size.is_told) or size.at is None:
                continue
            own = now.own.with_columns(period_length()).filter(
                pl.col("entity").is_in(list(members[place.segment].members)),
                pl.col("metric") == size.key[0],
                *(pl.col(name) == value for name, value in zip(TABLE, size.key[1:], strict=True)),
            )
            after = sum_growth(own, models, size.at, size.at + dt.timedelta(YEAR_DAYS))
            if after is None:
                continue
            yield SegmentYear(
                place.segment,
                day,
                " ".join([str(n), *size.key]),
                {"ranking": place.score, "momentum": growth.mean, "size": size.mean},
                after[0].value,
            )
