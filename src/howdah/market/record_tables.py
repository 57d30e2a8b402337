"""The kept record: past findings with what became of them, origin by origin.

An origin is judged once. It stands while the claims that it rests on, and what is asked of them,
are the same: a writer that finds other claims behind one marks it as void, and a reader leaves out
what was asked otherwise.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from howdah.claims import AppendOnlyTable
from howdah.core.claim import TIMESTAMP
from howdah.signals.records import Base, Case, Judged

_STAMP = [
    ("inputs", pa.string()),
    ("asked", pa.string()),
    ("recorded_at", TIMESTAMP),
]

#: Past findings: as of `signals.records.Case`. Claims are found again from the finding's id.
CASE_SCHEMA = pa.schema(
    [
        ("kind", pa.string()),
        ("finding_id", pa.string()),
        ("entity", pa.string()),
        ("name", pa.string()),
        ("metric", pa.string()),
        ("segment", pa.string()),
        ("as_of", pa.date32()),
        ("judged_on", pa.date32()),
        ("size", pa.float64()),
        ("level", pa.float64()),
        ("outcome", pa.string()),
        ("after", pa.float64()),
        ("lead_days", pa.int64()),
        ("is_contaminated", pa.bool_()),
        *_STAMP,
    ]
)

#: A row an origin and class, appended last; one of no class marks an origin as void.
ORIGIN_SCHEMA = pa.schema(
    [
        ("kind", pa.string()),
        ("as_of", pa.date32()),
        ("judged_on", pa.date32()),
        ("n", pa.int64()),
        ("n_right", pa.int64()),
        *_STAMP,
    ]
)

#: Folder of a market in which a record may lie that was made elsewhere from the same claims.
BROUGHT = "records"

_CASE_FIELDS = [name for name in CASE_SCHEMA.names if name not in dict(_STAMP)]
_BASE_FIELDS = [name for name in ORIGIN_SCHEMA.names if name not in dict(_STAMP)]


class Kept(NamedTuple):
    """All that is kept of the origins that stand."""

    cases: tuple[Case, ...]
    bases: tuple[Base, ...]


class RecordTables:
    """The tables of the record of one market.

    Parameters
    ----------
    folder
        The market's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.cases = AppendOnlyTable(folder / "lake" / "cases", CASE_SCHEMA)
        self.origins = AppendOnlyTable(folder / "lake" / "origins", ORIGIN_SCHEMA)

    def standing(self, asked: str) -> pl.DataFrame:
        """The newest row of each origin and class that was asked so and is not void."""
        rows = pl.DataFrame(self.origins.read()).filter(pl.col("asked") == asked)
        newest = pl.col("recorded_at") == pl.col("recorded_at").max().over("as_of")
        return rows.filter(newest & (pl.col("kind") != ""))

    def read(self, asked: str, judged_by: dt.date) -> Kept:
        """Cases of the origins that were judged by a date."""
        bases = self.standing(asked).filter(pl.col("judged_on") <= judged_by)
        cases = pl.DataFrame(self.cases.read()).join(
            bases.select("as_of", "asked", "recorded_at").unique(),
            on=["as_of", "asked", "recorded_at"],
            how="semi",
        )
        return Kept(
            tuple(
                Case(**row, claim_ids=())
                for row in cases.sort("as_of", "finding_id", "entity", "metric")
                .select(_CASE_FIELDS)
                .to_dicts()
            ),
            tuple(
                Base(**row) for row in bases.sort("as_of", "kind").select(_BASE_FIELDS).to_dicts()
            ),
        )

    def keep(self, judged: Judged, inputs: str, asked: str, now: dt.datetime) -> None:
        """Append what an origin told."""
        stamp = {"inputs": inputs, "asked": asked, "recorded_at": now}
        cases = [{**dataclasses.asdict(case), **stamp} for case in judged.cases]
        _append(self.cases, cases)
        # Last: its presence says that the cases are there.
        _append(self.origins, [{**dataclasses.asdict(base), **stamp} for base in judged.bases])

    def void(self, origins: Iterable[dt.date], asked: str, now: dt.datetime) -> None:
        """Mark origins as resting on claims that are no longer those of the market."""
        stamp = {"inputs": "", "asked": asked, "recorded_at": now}
        _append(
            self.origins,
            [
                {"kind": "", "as_of": day, "judged_on": day, "n": 0, "n_right": 0, **stamp}
                for day in origins
            ],
        )

    def take_brought(self, inputs: Mapping[dt.date, str], asked: str, now: dt.datetime) -> None:
        """Take in a record that lies in the market's folder, as far as it rests on its claims."""
        folder = self._folder / BROUGHT
        paths = [folder / f"{name}.parquet" for name in ("cases", "origins")]
        if self.standing(asked).height or not all(path.is_file() for path in paths):
            return
        same = (pl.col("asked") == asked) & (
            pl.col("inputs")
            == pl.col("judged_on").replace_strict(
                list(inputs), list(inputs.values()), default=None, return_dtype=pl.String
            )
        )
        for path, table in zip(paths, (self.cases, self.origins), strict=True):
            rows = pl.DataFrame(pq.read_table(path)).filter(same)
            stamped = rows.with_columns(pl.lit(now).alias("recorded_at"))
            _append(table, stamped.to_dicts())

    def bring_out(self, asked: Sequence[str], folder: Path) -> None:
        """Write what stands as files that another copy of the market can take in."""
        folder.mkdir(parents=True, exist_ok=True)
        origins = pl.concat(self.standing(one) for one in asked)
        cases = pl.DataFrame(self.cases.read()).join(
            origins.select("as_of", "asked", "recorded_at").unique(),
            on=["as_of", "asked", "recorded_at"],
            how="semi",
        )
        for name, rows, schema in (
            (
                "cases",
                cases.sort("as_of", "kind", "finding_id", "metric", "size", "entity"),
                CASE_SCHEMA,
            ),
            ("origins", origins.sort("as_of", "kind"), ORIGIN_SCHEMA),
        ):
            table = rows.with_columns(pl.lit(None).alias("recorded_at")).to_arrow()
            pq.write_table(
                table.select(schema.names).cast(schema),
                folder / f"{name}.parquet",
                compression="zstd",
                compression_level=19,
            )


def _append(table: AppendOnlyTable, rows: list[dict[str, object]]) -> None:
    if rows:
        own = [{name: row[name] for name in table.schema.names} for row in rows]
        table.append(pa.Table.from_pylist(own, schema=table.schema))
