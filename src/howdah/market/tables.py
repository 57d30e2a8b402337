"""The tables that a metric has: one for each definition, unit and currency."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import polars as pl

from howdah.claims import claims_query
from howdah.core.calendar import Period, end_of_day
from howdah.core.entity import Identifier
from howdah.core.wording import ACHIEVED
from howdah.engines import text_literal
from howdah.market.pages import LeagueTable, LeftOut
from howdah.market.workspace import Workspace
from howdah.sources import SIMULATED

#: Periods that end this close to a table's latest one are of it: weekly and monthly readings.
SAME_TABLE_DAYS = 10

#: What makes one table; never mixed across any of these.
TABLE = ("definition", "unit", "currency")

#: A table that ended this long before the newest one tells of another time, however large it is.
_RECENT_DAYS = 366

#: Entities left out of a table that are named.
_MOST_NAMED = 4

#: The last day that a claim speaks of; without one, the day on which it was stated.
_DAY = "coalesce(valid_to, published_at::DATE, recorded_at::DATE)"


@dataclass(frozen=True, slots=True)
class MetricTable:
    """A table with the last day of its newest period."""

    newest: dt.date
    shown: LeagueTable

    @property
    def key(self) -> tuple[str, str, str]:
        """Definition, unit and currency."""
        return self.shown.definition, self.shown.unit, self.shown.currency


def tables_of(
    ws: Workspace, metric: str, as_of: dt.date, subjects: Sequence[Identifier] | None = None
) -> list[MetricTable]:
    """Every table of a metric as known on a date, the largest first."""
    stated = _stated(ws, metric, as_of, subjects)
    if stated is None:
        return []
    rows = ws.engine.sql(
        f"SELECT {', '.join(TABLE)}, max(day) AS newest FROM ({stated}) "
        f"GROUP BY {', '.join(TABLE)} ORDER BY {', '.join(TABLE)}"
    ).to_arrow_table()
    tables = [_table(ws, stated, row) for row in rows.to_pylist()]
    # Ties by recency, then by name, so that the answer is stable.
    tables.sort(key=lambda table: table.key)
    tables.sort(key=lambda table: (table.shown.n_entities, table.newest), reverse=True)
    return tables


def is_simulated_alone(ws: Workspace, metric: str, as_of: dt.date) -> bool:
    """Whether only what is simulated has figures of a metric, so that no table shows them."""
    query = claims_query(
        ws.store, as_of=end_of_day(as_of), metrics=[metric], subjects=None, prints="all"
    )
    if query is None or tables_of(ws, metric, as_of):
        return False
    own = f"SELECT 1 FROM ({query}) WHERE scheme = {text_literal(SIMULATED)} LIMIT 1"
    return bool(ws.engine.sql(own).fetchall())


def most_telling(tables: Sequence[MetricTable]) -> MetricTable:
    """The table with the most entities among those of the last twelve months of data."""
    last = max(table.newest for table in tables)
    recent = (t for t in tables if (last - t.newest).days <= _RECENT_DAYS)
    return max(recent, key=lambda table: (table.shown.n_entities, table.newest))


def left_out_of(
    ws: Workspace,
    metric: str,
    as_of: dt.date,
    subjects: Sequence[Identifier] | None,
    table: MetricTable,
    present: Collection[str],
) -> LeftOut | None:
    """Who has figures under a table's definition and unit, and none of its period.

    Parameters
    ----------
    present
        Entities that have one.
    """
    stated = _stated(ws, metric, as_of, subjects)
    if stated is None:
        return None
    figures = pl.DataFrame(
        ws.engine.sql(
            "SELECT DISTINCT ON (scheme, subject) scheme, subject, coalesce(valid_from, day) AS "
            f"first, day AS last, precision FROM ({stated}) WHERE {_same(table.key)} "
            "ORDER BY scheme, subject, day DESC, first DESC"
        ).to_arrow_table()
    )
    mapping = pl.DataFrame(ws.mapping).select("scheme", "subject", "entity")
    rows = (
        figures.join(mapping, on=["scheme", "subject"])
        .filter(~pl.col("entity").is_in(list(present)))
        .sort("last", "entity", descending=[True, False])
        .unique("entity", keep="first", maintain_order=True)
    )
    if not rows.height:
        return None
    newest = rows.head(_MOST_NAMED).select("entity", "last")
    return LeftOut(
        rows.height,
        tuple((ws.resolver.entity(entity).name, day) for entity, day in newest.iter_rows()),
        Period(*rows.select("first", "last", "precision").row(0)).label,
    )


def _stated(
    ws: Workspace, metric: str, as_of: dt.date, subjects: Sequence[Identifier] | None
) -> str | None:
    """SQL of the figures that tables are made of, each with its ``day``; None without claims."""
    query = claims_query(
        ws.store, as_of=end_of_day(as_of), metrics=[metric], subjects=subjects, prints="all"
    )
    if query is None:
        return None
    # What is simulated stands in the tables of its own segment, never in those of the market.
    real = f"AND scheme <> {text_literal(SIMULATED)} " if subjects is None else ""
    achieved = ", ".join(text_literal(modality) for modality in ACHIEVED)
    return (
        f"SELECT *, {_DAY} AS day FROM ({query}) WHERE modality IN ({achieved}) "
        "AND sensitivity NOT IN ('rumour', 'leak') AND scheme <> 'list' "
        f"{real}"
        "AND (value_low IS NOT NULL OR value_high IS NOT NULL)"
    )


def _same(key: Sequence[str]) -> str:
    return " AND ".join(
        f"{name} = {text_literal(value)}" for name, value in zip(TABLE, key, strict=True)
    )


def _table(ws: Workspace, stated: str, row: dict[str, object]) -> MetricTable:
    newest = row["newest"]
    assert isinstance(newest, dt.date)
    first = newest - dt.timedelta(days=SAME_TABLE_DAYS)
    definition, unit, currency = key = tuple(str(row[name]) for name in TABLE)
    found = pl.DataFrame(
        ws.engine.sql(
            "SELECT DISTINCT scheme, subject, coalesce(valid_from, day) AS first, day AS last, "
            f"precision FROM ({stated}) WHERE {_same(key)} AND day >= DATE '{first.isoformat()}'"
        ).to_arrow_table()
    )
    mapping = pl.DataFrame(ws.mapping).select("scheme", "subject", "entity")
    n_entities = found.join(mapping, on=["scheme", "subject"], how="left")["entity"].n_unique()
    labels = {
        Period(*period).label
        for period in found.select("first", "last", "precision").unique().rows()
    }
    label = labels.pop() if len(labels) == 1 else f"to {newest}"
    return MetricTable(newest, LeagueTable(definition, unit, currency, label, n_entities))
