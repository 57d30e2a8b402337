"""Which segments to go into: their terms, the ranking, and what carries it."""

import datetime as dt
from collections.abc import Sequence

import polars as pl

from howdah.core.progress import Progress, silent
from howdah.estimates import Models
from howdah.estimates.health.index import faults_between
from howdah.guidance import Members
from howdah.guidance.ranking import rank_segments
from howdah.guidance.stability import rank_without_each
from howdah.guidance.terms import MarketChange, Terms, find_terms, term_metrics
from howdah.market.basis import basis_of
from howdah.market.giants import check_not_ahead, find_giants, find_owners, members_of
from howdah.market.levels import models_for
from howdah.market.observing import observations_at
from howdah.market.pages.directions import Directions, DirectionsPage
from howdah.market.workspace import Workspace
from howdah.signals import market_index

#: How much wider a median scatters than a mean, and a quartile range in standard deviations.
_MEDIAN_FACTOR = 1.2533
_IQR_SDS = 1.349


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
    giants = find_giants(ws) if ws.config.giants.companies else {}
    owners = find_owners(ws, giants, as_of)
    segments = [members_of(ws, s, owners) for s in ws.config.segment]
    progress("figures", 0, 3)
    metrics = sorted({*(s.headline for s in segments), *term_metrics()})
    seen = observations_at(ws, as_of, metrics=[m for m in metrics if m in ws.metrics.metrics])
    members = {entity for s in segments for entity in s.members}
    own = seen.filter(pl.col("entity").is_in(list(members)))
    models = models_for(ws, as_of, own)
    change = market_changes(seen)
    progress("terms", 1, 3)
    parts = []
    for is_simulated in (False, True):
        some = [s for s in segments if s.is_simulated == is_simulated]
        parts.append(_ranked(ws, some, own, models, as_of, change, has_giants=bool(giants)))
    progress("done", 3, 3)
    return DirectionsPage(basis_of(ws, as_of), {s.id: s.title for s in segments}, *parts)


def market_changes(observations: pl.DataFrame) -> MarketChange:
    """What tells how all that a feed counts changed, where its method did."""
    index: list[pl.DataFrame] = []

    def change(
        metric: str, definition: str, start: dt.date, end: dt.date
    ) -> tuple[float, float] | None:
        if not index:
            index.append(market_index(observations))
        faults = faults_between(index[0], metric, definition, start, end)
        if not faults:
            return None
        rows = index[0].filter(
            (pl.col("feed") == faults[-1][1])
            & (pl.col("metric") == metric)
            & (pl.col("definition") == definition)
        )
        known = set(rows["period"].to_list())
        between = rows.filter((pl.col("period") > start) & (pl.col("period") <= end))
        if not {start, end} <= known or between["step"].null_count():
            return float("nan"), float("nan")
        sd = _MEDIAN_FACTOR / _IQR_SDS * between["iqr"].fill_null(0.0).to_numpy()
        return float(between["step"].sum()), float((sd**2 / between["n_common"].to_numpy()).sum())

    return change


def _ranked(
    ws: Workspace,
    segments: Sequence[Members],
    own: pl.DataFrame,
    models: Models,
    as_of: dt.date,
    change: MarketChange,
    *,
    has_giants: bool,
) -> Directions:
    by_id = {segment.id: segment for segment in segments}

    def terms_of(segment: str, rows: pl.DataFrame) -> Terms:
        return find_terms(
            by_id[segment], rows, models, as_of, has_giants=has_giants, market_change=change
        )

    table = {segment.id: terms_of(segment.id, own) for segment in segments}
    groups = rank_segments(table, prob=ws.prob)
    without = rank_without_each(
        table,
        groups,
        lambda segment, source: terms_of(segment, own.filter(pl.col("source") != source)),
        prob=ws.prob,
    )
    return Directions(table, groups, without)
