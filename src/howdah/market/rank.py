"""League tables with intervals; places that cannot be told apart share a band."""

import datetime as dt

import polars as pl

from howdah.core.calendar import Period, parse_span
from howdah.core.entity import Identifier
from howdah.core.errors import InputError
from howdah.core.estimate import Estimate, party_of
from howdah.core.metrics import Scale
from howdah.estimates import to_records
from howdah.estimates.aggregates import Interval
from howdah.estimates.leagues import add_up, find_places
from howdah.market.basis import basis_of
from howdah.market.levels import levels_at
from howdah.market.observing import observations_at, without_simulated
from howdah.market.pages import League, LeagueRow, LeagueTable
from howdah.market.tables import (
    SAME_TABLE_DAYS,
    TABLE,
    MetricTable,
    is_simulated_alone,
    left_out_of,
    most_telling,
    tables_of,
)
from howdah.market.workspace import Workspace
from howdah.sources import SIMULATED

#: Days before the table's period that are read too, to judge its readings by their neighbours:
#: four of a monthly list.
_NEIGHBOUR_DAYS = 130

#: Days up to which a period is a week, and a month.
_WEEK_DAYS = 7
_MONTH_DAYS = 31

#: Periods that a message names at most.
_N_LABELS = 8


def rank(
    ws: Workspace,
    metric: str,
    as_of: dt.date,
    *,
    segment: str | None = None,
    period: str | None = None,
    definition: str | None = None,
    unit: str | None = None,
) -> League:
    """A league table of one metric in one period, under one definition.

    What is simulated is in the table of its own segment alone.

    Of the metric's tables the one with the most entities is taken, in its newest period, among
    those whose newest period lies within twelve months of the newest of all; the others are
    named, and so is who has figures of other periods alone. With a period, the one with the most
    entities there.

    Parameters
    ----------
    definition
        Whose definition; '' asks for figures of which none is stated.
    unit
        What is counted, or the currency of money.

    Raises
    ------
    UnknownNameError
        No such metric or segment.
    InputError
        No claim of the metric is known for that period, definition or unit.
    """
    kind = ws.metrics[metric]
    if kind.shape == "event":
        raise InputError(f"{metric} is an event and has no league table. Give a metric of numbers.")
    subjects = _subjects(ws, segment)
    tables = tables_of(ws, metric, as_of, subjects)
    asked = _asked(tables, metric, definition, unit)
    if not asked:
        raise _nothing_known(ws, metric, segment, period, as_of)
    first_day: dt.date | None
    last_day: dt.date | None
    if period is None:
        chosen = most_telling(asked)
        first_day = chosen.newest - dt.timedelta(days=SAME_TABLE_DAYS)
        last_day = chosen.newest
    else:
        wanted = parse_span(period)
        first_day, last_day = wanted.start, wanted.end
    since = first_day - dt.timedelta(days=_NEIGHBOUR_DAYS) if first_day is not None else None
    observations = observations_at(ws, as_of, metrics=[metric], subjects=subjects, since=since)
    observations = observations.filter(pl.col("scheme") != "list")
    if segment is None:
        observations = without_simulated(observations)
    in_table = pl.col("valid_to").is_between(first_day, last_day)
    if period is not None:
        found = _largest_in(observations.filter(in_table), asked)
        if found is None:
            raise _nothing_known(ws, metric, segment, period, as_of)
        chosen = found
    # One outlying reading can be seen only beside its neighbours in time.
    own = observations.filter(
        *(pl.col(name) == value for name, value in zip(TABLE, chosen.key, strict=True))
    )
    judged = _alike(own.filter(in_table), None if period is None else wanted)
    if not judged.height:
        raise _other_periods(metric, period or "", own.filter(in_table))
    judged = judged.filter(pl.col("valid_to") == pl.col("valid_to").max().over("entity"))
    estimates = to_records(levels_at(ws, as_of, judged), ws.metrics)
    places, unplaced, summed = _places(
        estimates, better=kind.better, scale=kind.scale, is_flow=kind.shape == "flow"
    )
    labels = {e.estimate.period.label for e in places}
    left_out = None
    if period is None:
        present = judged["entity"].unique().to_list()
        left_out = left_out_of(ws, metric, as_of, subjects, chosen, present)
    return League(
        basis=basis_of(ws, as_of, judged),
        metric=metric,
        definition=chosen.shown.definition,
        unit=chosen.shown.unit,
        currency=chosen.shown.currency,
        period=labels.pop() if len(labels) == 1 else (period or f"to {last_day}"),
        segment=segment or "",
        places=places,
        unplaced=unplaced,
        total=summed,
        others=tuple(table.shown for table in tables if table.key != chosen.key),
        newer=_newer(asked, chosen) if period is None else None,
        left_out=left_out,
        n_suspect=judged["entity"].n_unique() - len({e.entity for e in estimates}),
    )


def _subjects(ws: Workspace, segment: str | None) -> list[Identifier] | None:
    """What feeds call the members of a segment; None stands for the whole market."""
    if segment is None:
        return None
    found = ws.find_segment(segment)
    named = (i for member in ws.members(found) for i in ws.resolver.entity(member).referents)
    return [i for i in named if found.simulated or i.scheme != SIMULATED]


def _alike(observations: pl.DataFrame, wanted: Period | None) -> pl.DataFrame:
    """Observations whose periods can stand in one table.

    A month is not compared with a year. Of a period that was asked for: the figures of exactly
    that period, else the snapshots of days in it. Otherwise those as long as most entities have.
    """
    if wanted is not None:
        exact = observations.filter(
            (pl.col("valid_from") == wanted.start) & (pl.col("valid_to") == wanted.end)
        )
        if exact.height:
            return exact
        return observations.filter(pl.col("valid_from") == pl.col("valid_to"))
    length = (pl.col("valid_to") - pl.col("valid_from")).dt.total_days()
    # Months are as long as months, and weeks as weeks.
    kind = (
        pl.when(length <= 1)
        .then(0)
        .when(length <= _WEEK_DAYS)
        .then(1)
        .when(length <= _MONTH_DAYS)
        .then(2)
        .otherwise(length + 3)
    )
    sized = observations.with_columns(kind.alias("kind"))
    most = sized.group_by("kind").agg(pl.col("entity").n_unique().alias("n"))
    if not most.height:
        return observations
    chosen = most.sort(["n", "kind"], descending=[True, False])["kind"][0]
    return sized.filter(pl.col("kind") == chosen).drop("kind")


def _other_periods(metric: str, period: str, observations: pl.DataFrame) -> InputError:
    rows = observations.select("valid_from", "valid_to", "precision").unique().sort("valid_to")
    labels = list(dict.fromkeys(Period(*row).label for row in rows.iter_rows()))
    return InputError(
        f"No figure of {metric} is of {period} as a whole; a part is not compared with the whole. "
        f"Known within it: {', '.join(labels[-_N_LABELS:])}. Give one of these as --period."
    )


def _nothing_known(
    ws: Workspace, metric: str, segment: str | None, period: str | None, as_of: dt.date
) -> InputError:
    is_apart = segment is not None and ws.find_segment(segment).simulated
    if not is_apart and is_simulated_alone(ws, metric, as_of):
        own = [s.id for s in ws.config.segment if s.simulated]
        ways = " or ".join(f"`howdah rank {metric} --segment {id_}`" for id_ in own)
        return InputError(
            f"Only simulated sources claim {metric} as of {as_of}. What is simulated is kept apart "
            "from what is real and stands in the tables of its own segment alone: "
            + (f"see {ways}." if ways else "give it a [[segment]] with simulated = true.")
        )
    place = f" in segment {segment}" if segment else ""
    when = f" in {period}" if period else ""
    return InputError(
        f"No claim of {metric}{place}{when} is known as of {as_of}. "
        "`howdah feeds` shows what each feed holds; try another --as-of or --period."
    )


def _asked(
    tables: list[MetricTable], metric: str, definition: str | None, unit: str | None
) -> list[MetricTable]:
    """Tables of the definition and unit that were asked for."""
    asked = [
        table
        for table in tables
        if (definition is None or table.shown.definition == definition)
        and (unit is None or unit in {table.shown.unit, table.shown.currency})
    ]
    if tables and not asked:
        known = ", ".join(sorted({_described(table) for table in tables}))
        wanted = " in ".join(repr(part) for part in (definition, unit) if part is not None)
        raise InputError(f"No claim of {metric} under {wanted} is known. Known: {known}.")
    return asked


def _described(table: MetricTable) -> str:
    shown = table.shown
    return f"{shown.definition or '(not stated)'} in {shown.currency or shown.unit}"


def _largest_in(observations: pl.DataFrame, tables: list[MetricTable]) -> MetricTable | None:
    """The table with the most entities among some observations, None when they are of none."""
    counts = observations.group_by(TABLE).agg(pl.col("entity").n_unique().alias("n"))
    n_entities = {row[:3]: row[3] for row in counts.select(*TABLE, "n").iter_rows()}
    there = [table for table in tables if table.key in n_entities]
    return max(there, key=lambda table: (n_entities[table.key], table.newest), default=None)


def _newer(tables: list[MetricTable], chosen: MetricTable) -> LeagueTable | None:
    """The table with the newest period, when another was chosen because it tells more."""
    newest = max(tables, key=lambda table: table.newest)
    is_newer = (newest.newest - chosen.newest).days > SAME_TABLE_DAYS
    return newest.shown if is_newer else None


def _places(
    estimates: list[Estimate], *, better: str, scale: Scale, is_flow: bool
) -> tuple[tuple[LeagueRow, ...], tuple[Estimate, ...], Interval | None]:
    """Places by value, with the band of places that each may hold, and what all add up to."""
    points = [e for e in estimates if e.status == "point" and e.value is not None]
    unplaced = tuple(e for e in estimates if e.status != "point" or e.value is None)
    lowest_first = better == "low"
    points.sort(key=lambda e: ((e.value or 0.0) * (1 if lowest_first else -1), e.entity))
    if not points:
        return (), unplaced, None
    places = find_places(points, scale, lowest_first=lowest_first)
    # What is counted over a period adds up; people who use two products do not.
    summed = add_up(points, scale) if is_flow else None
    rows = tuple(
        LeagueRow(
            n + 1,
            (int(places.lower[n]), int(places.upper[n])),
            estimate,
            float(places.p_first[n]),
            None if summed is None else tuple(summed.shares[n].tolist()),
            party_of(estimate.note),
        )
        for n, estimate in enumerate(points)
    )
    return rows, unplaced, None if summed is None else summed.total
