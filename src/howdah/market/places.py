"""Places of a league table: sorted, filtered, cut to a page, each with its last values."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Literal

import polars as pl

from howdah.core.calendar import Period
from howdah.core.errors import InputError
from howdah.core.estimate import party_of
from howdah.entities.names import fold
from howdah.estimates import estimate_levels
from howdah.market.levels import models_for
from howdah.market.observing import observations_at
from howdah.market.pages.league import League, LeagueRow
from howdah.market.pages.places import Places
from howdah.market.rank import rank
from howdah.market.workspace import Workspace

Sort = Literal["place", "name", "value", "width", "claims", "share", "chance"]

#: Periods that a spark shows.
_SPARK_PERIODS = 12


def _width(row: LeagueRow) -> float:
    e = row.estimate
    if e.lower is None or e.upper is None or not e.value:
        return float("inf")
    return (e.upper - e.lower) / abs(e.value)


_KEYS: dict[Sort, Callable[[LeagueRow], float | str]] = {
    "place": lambda row: row.place,
    "name": lambda row: fold(row.estimate.name),
    "value": lambda row: row.estimate.value or 0.0,
    "width": _width,
    "claims": lambda row: row.estimate.n_claims,
    "share": lambda row: row.share[0] if row.share else 0.0,
    "chance": lambda row: row.p_first,
}


def places(
    ws: Workspace,
    metric: str,
    as_of: dt.date,
    *,
    segment: str | None = None,
    period: str | None = None,
    definition: str | None = None,
    unit: str | None = None,
    sort: Sort = "place",
    is_descending: bool = False,
    text: str = "",
    start: int = 0,
    limit: int = 100,
    with_sparks: bool = False,
) -> Places:
    """Some places of the table that `rank` gives.

    Parameters
    ----------
    sort
        By what: ``width`` is how wide the interval is against the value, ``chance`` the
        probability of the first place. Equal ones stand in order of place.
    text
        Only those whose name holds it, in any case and script.
    start, limit
        How many to pass over, and how many to give.
    with_sparks
        Whether each comes with the last values of its series.

    Raises
    ------
    InputError
        As `rank`; or there is nothing to sort by.
    """
    key = ("league", metric, as_of, segment, period, definition, unit)
    league = ws.remember(
        key,
        lambda: rank(
            ws, metric, as_of, segment=segment, period=period, definition=definition, unit=unit
        ),
    )
    if sort == "share" and league.total is None:
        raise InputError(
            f"Levels of {metric} do not add up, so there are no shares to sort by. Sort by "
            f"{', '.join(name for name in _KEYS if name != 'share')}."
        )
    rows: Sequence[LeagueRow] = league.places
    if text:
        wanted = fold(text)
        rows = [row for row in rows if wanted in fold(row.estimate.name)]
    # Python keeps the order of equal ones, reversed or not, and places come in order.
    rows = sorted(rows, key=_KEYS[sort], reverse=is_descending)
    shown = tuple(rows[start : start + limit])
    periods, sparks = _sparks(ws, league, shown, as_of) if with_sparks else ((), {})
    return Places(league, shown, start, len(rows), sparks, periods)


def _sparks(
    ws: Workspace, league: League, rows: Sequence[LeagueRow], as_of: dt.date
) -> tuple[tuple[str, ...], dict[tuple[str, str], tuple[float | None, ...]]]:
    """Periods, and the last estimates of each row's series in them."""
    if not rows:
        return (), {}
    subjects = [i for row in rows for i in ws.resolver.entity(row.estimate.entity).referents]
    own = observations_at(ws, as_of, subjects=subjects, metrics=[league.metric]).filter(
        pl.col("definition") == league.definition,
        pl.col("unit") == league.unit,
        pl.col("currency") == league.currency,
    )
    if not own.height:
        return (), {}
    levels = estimate_levels(own, models_for(ws, as_of, own), as_of=as_of).estimates
    told = levels.filter(pl.col("valid_to").is_not_null() & (pl.col("status") == "point"))
    periods = (
        told.select("valid_from", "valid_to", "precision").unique("valid_to").sort("valid_to")
    ).tail(_SPARK_PERIODS)
    column = {day: n for n, day in enumerate(periods["valid_to"].to_list())}
    found: dict[tuple[str, str], list[float | None]] = {}
    for entity, note, day, value in told.select("entity", "note", "valid_to", "value").iter_rows():
        if day in column:
            values = found.setdefault((entity, party_of(note)), [None] * len(column))
            values[column[day]] = value
    labels = tuple(Period(*row).label for row in periods.iter_rows())
    return labels, {series: tuple(values) for series, values in found.items()}
