"""The audience tables of a market: append-only, each row with when it was learnt and by which run.

A run counts a log anew and appends what differs from what is held. The first figure of a cell is
its first print; one that late rows change is another print, and the old one stays. Of a replayed
feed a first print is recorded on the day after the last one that it looks at, when it could be
known; what later rows change is recorded when they came. So what is read as of a date is what was
known then, whatever was added since.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa

from howdah.claims import AppendOnlyTable
from howdah.core.calendar import end_of_day
from howdah.core.claim import TIMESTAMP
from howdah.engines import parquet, text_literal
from howdah.panels.entry_months import SUMS

_ID_DIGITS = 12
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

#: Rows a batch brings from the engine when a table is rewritten.
_BATCH_ROWS = 65_536


@dataclass(frozen=True, slots=True)
class TableKind:
    """An audience table: what tells its cells apart, and what each says."""

    key: tuple[tuple[str, pa.DataType], ...]
    values: tuple[tuple[str, pa.DataType], ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the key."""
        return tuple(name for name, _ in self.key)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the values."""
        return tuple(name for name, _ in self.values)

    @property
    def schema(self) -> pa.Schema:
        """Schema of the table as kept."""
        return pa.schema([("feed", _TEXT), *self.key, *self.values, *_KEPT])


_TEXT, _DAY, _WHOLE, _NUMBER, _FLAG = (
    pa.string(), pa.date32(), pa.int64(), pa.float64(), pa.bool_()
)  # fmt: skip

#: With every row: the last day that it looks at, whether a later run no longer has the cell, the
#: run, and when it was learnt.
_KEPT = (
    ("known_on", _DAY),
    ("withdrawn", _FLAG),
    ("run", _TEXT),
    ("replayed", _FLAG),
    ("recorded_at", TIMESTAMP),
)

_MEASURED = (("value", _NUMBER), ("stderr", _NUMBER), ("n_raw", _WHOLE), ("suppressed", _FLAG))

KINDS: dict[str, TableKind] = {
    "daily": TableKind((("product", _TEXT), ("day", _DAY), ("metric", _TEXT)), _MEASURED),
    "l28": TableKind((("product", _TEXT), ("day", _DAY), ("days_active", _WHOLE)), _MEASURED),
    "months": TableKind(
        (("product", _TEXT), ("month", _DAY), ("n_day", _WHOLE)),
        (*((name, _NUMBER) for name in SUMS), *_MEASURED),
    ),
    "overlap": TableKind(
        (("product", _TEXT), ("other", _TEXT), ("day", _DAY), ("window_days", _WHOLE)),
        (("both_value", _NUMBER), ("lift", _NUMBER), *_MEASURED),
    ),
    "migration": TableKind(
        (("product", _TEXT), ("other", _TEXT), ("month", _DAY)), _MEASURED
    ),
    "survival": TableKind(
        (("product", _TEXT), ("n_day", _WHOLE)),
        (
            ("value", _NUMBER), ("lower", _NUMBER), ("upper", _NUMBER), ("prob", _NUMBER),
            ("is_extrapolated", _FLAG), ("verdict", _TEXT), ("n_raw", _WHOLE),
        ),
    ),
    "figures": TableKind(
        (
            ("product", _TEXT), ("metric", _TEXT), ("definition", _TEXT), ("valid_from", _DAY),
            ("valid_to", _DAY),
        ),
        (
            ("precision", _TEXT), ("unit", _TEXT), ("value", _NUMBER), ("stderr", _NUMBER),
            ("n_raw", _WHOLE), ("audience_table", _TEXT), ("audience_rows", _TEXT),
        ),
    ),
}  # fmt: skip

RUN_SCHEMA = pa.schema(
    [
        ("feed", _TEXT),
        ("run", _TEXT),
        ("logs", pa.list_(pa.struct([("place", _TEXT), ("sha256", _TEXT)]))),
        ("roster", _TEXT),
        ("strata", _TEXT),
        ("is_census", _FLAG),
        ("n_rows", _WHOLE),
        ("n_units", _WHOLE),
        ("population", _NUMBER),
        ("first_day", _DAY),
        ("last_day", _DAY),
        ("burn_in", _WHOLE),
        ("min_n", _WHOLE),
        ("version", _TEXT),
        ("recorded_at", TIMESTAMP),
    ]
)


def cell_id(table: str, row: Mapping[str, Any]) -> str:
    """Id of a print of a cell: a digest of its feed, table and key, and of when it was learnt.

    Parameters
    ----------
    row
        A row of `AudienceLake.read`.
    """
    learnt = (row["recorded_at"] - _EPOCH) // dt.timedelta(microseconds=1)
    parts = (row["feed"], table, *(row[key] for key in KINDS[table].keys), learnt)
    return "p" + hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:_ID_DIGITS]


def _known(as_of: dt.date) -> str:
    """SQL: a row was known on a date."""
    moment = end_of_day(as_of).astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%f+00")
    return f"recorded_at <= TIMESTAMPTZ '{moment}'"


class AudienceLake:
    """The audience tables under a market's lake."""

    def __init__(self, lake: Path, engine: duckdb.DuckDBPyConnection) -> None:
        self._engine = engine
        self.tables = {
            name: AppendOnlyTable(lake / "audience" / name, kind.schema)
            for name, kind in KINDS.items()
        }
        self.runs = AppendOnlyTable(lake / "audience" / "runs", RUN_SCHEMA)

    def changes(
        self, name: str, feed: str, fresh: pa.Table, *, run: str, now: dt.datetime, replay: bool
    ) -> pa.Table:
        """Rows to append: what differs from what is held.

        Parameters
        ----------
        fresh
            The table as counted now: key, values and ``known_on``.
        """
        kind, table = KINDS[name], self.tables[name]
        files = table.files()
        held = f"(SELECT * FROM {parquet(files)})" if files else "none_held"
        moment = f"TIMESTAMPTZ '{now.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S.%f}+00'"
        # A cell could not be known before its last day was over.
        first = "(known_on + 1)::TIMESTAMP AT TIME ZONE 'UTC'" if replay else moment
        same = " AND ".join(f"new.{key} = old.{key}" for key in kind.keys)
        new, old = (", ".join(f"{side}.{name}" for name in kind.names) for side in ("new", "old"))
        columns = ", ".join((*kind.keys, *kind.names, "known_on"))
        self._engine.register("fresh_rows", fresh)
        self._engine.register("none_held", table.schema.empty_table())
        found = self._engine.sql(f"""
WITH new AS (SELECT {columns} FROM fresh_rows), old AS (
  SELECT * FROM {held} WHERE feed = {text_literal(feed)}
  QUALIFY row_number() OVER (PARTITION BY {", ".join(kind.keys)} ORDER BY recorded_at DESC) = 1
), changed AS (
  SELECT new.*, false AS withdrawn, old.feed IS NULL AS is_first
  FROM new LEFT JOIN old ON {same}
  WHERE old.feed IS NULL OR old.withdrawn OR ({new}) IS DISTINCT FROM ({old})
  UNION ALL
  SELECT {", ".join(f"old.{key}" for key in kind.keys)},
    {", ".join("NULL" for _ in kind.names)}, old.known_on, true, false
  FROM old ANTI JOIN new ON {same} WHERE NOT old.withdrawn
)
SELECT {text_literal(feed)} AS feed, {columns}, withdrawn, {text_literal(run)} AS run,
  is_first AND {replay} AS replayed,
  CASE WHEN is_first THEN {first} ELSE {moment} END AS recorded_at
FROM changed ORDER BY {", ".join(kind.keys)}""").to_arrow_table()
        self._engine.unregister("fresh_rows")
        self._engine.unregister("none_held")
        return found.select(table.schema.names).cast(table.schema)

    def append(self, name: str, rows: pa.Table) -> None:
        """Append rows of `changes`."""
        if rows.num_rows:
            self.tables[name].append(rows)

    def read(self, name: str, as_of: dt.date, feed: str, where: str = "true") -> pl.DataFrame:
        """Cells of a feed as known on a date, in order.

        Parameters
        ----------
        where
            SQL of the cells wanted, over the key.
        """
        keys = ", ".join(KINDS[name].keys)
        return self._query(
            name,
            f"feed = {text_literal(feed)} AND {_known(as_of)} AND ({where})",
            f"QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY recorded_at DESC) = 1 "
            f"AND NOT withdrawn ORDER BY {keys}",
        )

    def with_id(self, name: str, id_: str, as_of: dt.date) -> dict[str, Any] | None:
        """The print of a cell with an id by `cell_id`; None where none known on a date has it."""
        keys = ", ".join(f"{key}::VARCHAR" for key in KINDS[name].keys)
        parts = f"feed, '{name}', {keys}, epoch_us(recorded_at)"
        own = f"'p' || left(sha256(concat_ws(chr(31), {parts})), {_ID_DIGITS})"
        where = f"NOT withdrawn AND {_known(as_of)} AND {own} = {text_literal(id_)}"
        return next(self._query(name, where, "LIMIT 1").iter_rows(named=True), None)

    def compact(self) -> tuple[int, int]:
        """Rewrite each table of several files as one, the prints of a cell together.

        Returns
        -------
        (int, int)
            Files before and after.
        """
        orders = {name: kind.keys for name, kind in KINDS.items()} | {"runs": ("run",)}
        before = after = 0
        for name, table in (*self.tables.items(), ("runs", self.runs)):
            files = table.files()
            before += len(files)
            if len(files) > 1:
                order = ", ".join(("feed", *orders[name], "recorded_at"))
                rows = self._engine.sql(f"FROM {parquet(files)} ORDER BY {order}")
                table.rewrite(rows.to_arrow_reader(_BATCH_ROWS))
            after += len(table.files())
        return before, after

    def _query(self, name: str, where: str, then: str) -> pl.DataFrame:
        files = self.tables[name].files()
        if not files:
            return pl.DataFrame(KINDS[name].schema.empty_table())
        found = self._engine.sql(f"SELECT * FROM {parquet(files)} WHERE {where} {then}")
        return pl.DataFrame(found.to_arrow_table())

    def run(self, run: str) -> dict[str, object] | None:
        """What a run counted; None where there is no such run."""
        return next(self._runs(pl.col("run") == run), None)

    def last_run(self, feed: str) -> dict[str, object] | None:
        """The last run of a feed."""
        return next(self._runs(pl.col("feed") == feed), None)

    def _runs(self, wanted: pl.Expr) -> Iterator[dict[str, object]]:
        rows = pl.DataFrame(self.runs.read()).filter(wanted).sort("recorded_at", descending=True)
        yield from rows.iter_rows(named=True)
