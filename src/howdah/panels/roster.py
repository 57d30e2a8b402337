"""The units of a panel, from its PANEL and STRATA files, or those of a census from its log."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from howdah.core.errors import InputError
from howdah.engines import Check, Column, StageTable, read_table
from howdah.kernels.activity import Roster
from howdah.panels.asides import Asides
from howdah.panels.population import PanelFiles, read_strata
from howdah.panels.raking import Raked

Longs = NDArray[np.int64]
Small = NDArray[np.int32]

PANEL = (
    Column("unit", "text"),
    Column("stratum", "text"),
    Column("joined", "date", is_required=False, is_nullable=True),
    Column("left", "date", is_required=False, is_nullable=True),
)
_WRONG_WAY = Check(
    "left", "{left} <= {joined}", "not after joined: give the first day no longer in the panel"
)
_TWICE = "this unit stands in several rows that differ: give it one"
_NO_NUMBER = "no whole number, as the units of the log are"


@dataclass(frozen=True, slots=True)
class Members:
    """Units by number, stratum after stratum; days are counted from 1970-01-01.

    Attributes
    ----------
    strata
        (n_stratum,) names, in the order of the numbers.
    population
        (n_stratum,) units that each stands for.
    start
        (n_stratum + 1,) first unit of each.
    joined, left
        (n_unit,) a unit was in the panel on ``joined <= d < left``.
    """

    strata: tuple[str, ...]
    population: NDArray[np.float64]
    start: Longs
    joined: Small
    left: Small

    @property
    def n_unit(self) -> int:
        """Units of all strata."""
        return len(self.joined)

    def roster(self, first: int, end: int, day: int, n_day: int) -> Roster:
        """Units ``first`` to ``end`` on the days of a log that begins on `day`."""
        inside = np.clip(self.start, first, end)
        stratum = np.repeat(np.arange(len(self.strata), dtype=np.int32), np.diff(inside))
        # Clipped first: the ends of the calendar less a day would overflow.
        joined, left = (
            np.clip(ends[first:end], day, day + n_day) - np.int32(day)
            for ends in (self.joined, self.left)
        )
        return Roster(stratum, joined, left, self.population)

    def cut(self, first: int, end: int) -> "Members":
        """Units ``first`` to ``end``, numbered from 0; strata and populations are those of all."""
        start = np.clip(self.start, first, end) - first
        return Members(
            self.strata, self.population, start, self.joined[first:end], self.left[first:end]
        )

    def check(self, day: int, n_day: int) -> None:
        """Raise when a stratum stands for fewer units than were in the panel on one day.

        Raises
        ------
        InputError
            Naming it and both numbers.
        """
        for h, name in enumerate(self.strata):
            first, end = int(self.start[h]), int(self.start[h + 1])
            found = self.roster(first, end, day, n_day)
            change = np.bincount(found.joined, minlength=n_day + 1) - np.bincount(
                np.maximum(found.joined, found.left), minlength=n_day + 1
            )
            most = int(np.cumsum(change[:n_day]).max(initial=0))
            if most > self.population[h]:
                raise InputError(
                    f"Stratum {name!r} has a population of {self.population[h]:.12g}, and {most} "
                    "units of the panel are in it at once. A panel is a part of its population: "
                    "correct the population, or the strata of the panel."
                )
            if first == end and self.population[h] > 0:
                raise InputError(
                    f"Stratum {name!r} has a population of {self.population[h]:.12g}, and no unit "
                    "of the panel is in it, so nothing can be said of it nor of the whole. Merge "
                    "it with a like stratum, in both files."
                )


@dataclass(frozen=True, slots=True)
class PanelRows:
    """Who is in a panel: its units' ids by number, the members, and how strata were raked."""

    ids: pa.Array  # (n_unit,) int64 or large_string
    members: Members
    raked: Raked | None
    digest: str  # of the files as far as they tell all but populations; empty if rows were at fault


class KnownUnits(NamedTuple):
    """The units of a panel as they were read before."""

    digest: str
    ids: pa.Array
    start: Longs
    joined: Small
    left: Small


def read_panel(
    engine: duckdb.DuckDBPyConnection, files: PanelFiles, asides: Asides, *, is_number: bool,
    known: KnownUnits | None = None,
) -> PanelRows:  # fmt: skip
    """Read the files of a panel.

    Rows of one unit that say the same are one; where they differ, all of them are set aside.

    Parameters
    ----------
    is_number
        Whether the log has its units as integers; else as text.
    known
        What need not be read again if the file of the units is still the same.

    Raises
    ------
    InputError
        A stratum cannot be used or is not told of, or no unit can be used.
    """
    strata = read_strata(engine, files)
    panel, names = files.units, strata.names
    digest = _digest(panel, names)
    if known is not None and known.digest == digest:
        population, raked = strata.settle(np.diff(known.start))
        members = Members(names, population, known.start, known.joined, known.left)
        return PanelRows(known.ids, members, raked, digest)
    n_aside = asides.n_rows
    read = read_table(engine, panel, PANEL, checks=[_WRONG_WAY], keep_row=True)
    _set_aside(read, asides)
    engine.register(
        "panel_strata", pa.table({"stratum": list(names), "number": np.arange(len(names))})
    )
    unit = "unit"
    if is_number:
        unit = "CASE WHEN try_cast(unit AS BIGINT)::VARCHAR = unit THEN unit::BIGINT END"
    rows = (
        f'SELECT row, unit AS told, {unit} AS unit, stratum, number, joined, "left" '
        f"FROM ({read.query}) LEFT JOIN panel_strata USING (stratum)"
    )
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE panel_rows AS SELECT *, CASE "
        "WHEN unit IS NULL THEN 1 WHEN number IS NULL THEN 2 "
        "WHEN count(*) OVER same > 1 AND (min(number) OVER same != max(number) OVER same "
        "OR min(coalesce(joined, '-infinity')) OVER same != max(coalesce(joined, '-infinity')) "
        "OVER same OR min(coalesce(\"left\", 'infinity')) OVER same != "
        "max(coalesce(\"left\", 'infinity')) OVER same) THEN 3 ELSE 0 END AS fault "
        f"FROM ({rows}) WINDOW same AS (PARTITION BY unit)"
    ).fetchall()
    n_strange, strange = engine.sql(
        "SELECT count(*), min(stratum) FROM panel_rows WHERE fault = 2"
    ).fetchall()[0]
    if n_strange:
        raise InputError(
            f"{panel}: units of a stratum that {files.strata} does not have: {n_strange}, of "
            f"{strange!r} for one. Without it all totals are of a smaller population: give it, or "
            "leave its units out of the panel."
        )
    for fault, column, shown, reason in (
        (1, "unit", "told", _NO_NUMBER),
        (3, "unit", "told", _TWICE),
    ):
        found = engine.sql(
            f"SELECT row, {shown} FROM panel_rows WHERE fault = {fault} ORDER BY row"
        ).to_arrow_table()
        asides.add(panel, found["row"].to_numpy(), column, _whole(found[shown]), reason)
    good = engine.sql(
        'SELECT unit, number, any_value(joined) AS joined, any_value("left") AS "left" '
        "FROM panel_rows WHERE fault = 0 GROUP BY unit, number ORDER BY number, unit"
    ).to_arrow_table()
    engine.execute("DROP TABLE panel_rows")
    engine.unregister("panel_strata")
    if not good.num_rows:
        raise InputError(f"{panel}: no row can be used: {_told(asides)}.")
    number = good["number"].to_numpy()
    start = np.searchsorted(number, np.arange(len(names) + 1)).astype(np.int64)
    population, raked = strata.settle(np.diff(start))
    members = Members(
        names,
        population,
        start,
        _days(good["joined"], np.iinfo(np.int32).min),
        _days(good["left"], np.iinfo(np.int32).max),
    )
    ids = _whole(good["unit"])
    # What is at fault is told each time, and so read each time.
    return PanelRows(
        ids if is_number else pc.cast(ids, pa.large_string()), members, raked,
        digest if asides.n_rows == n_aside else "",
    )  # fmt: skip


def census(seen: NDArray[np.uint8]) -> Members:
    """The members of a census: all units that some row is of, in one stratum without a name."""
    n = int(np.count_nonzero(seen))
    low, high = np.iinfo(np.int32).min, np.iinfo(np.int32).max
    return Members(
        ("",),
        np.array([float(n)]),
        np.array([0, len(seen)]),
        np.full(len(seen), low, np.int32),
        # A number that no unit has is one that is never observed.
        np.where(seen > 0, high, low).astype(np.int32),
    )


def _digest(panel: Path, names: tuple[str, ...]) -> str:
    """What tells a panel from another: its file, and the numbers of its strata."""
    with panel.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    digest.update(json.dumps(names).encode())
    return digest.hexdigest()[:32]


def _set_aside(read: StageTable, asides: Asides) -> None:
    where = pa.array([str(read.path)] * read.quarantine.num_rows, pa.string())
    asides.add_table(read.quarantine.append_column("file", where))


def _told(asides: Asides) -> str:
    return "; ".join(f"{reason} ({n})" for reason, n in asides.by_reason.items()) or "it is empty"


def _whole(column: pa.ChunkedArray) -> pa.Array:
    found = column.combine_chunks()
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def _days(column: pa.ChunkedArray, when_absent: int) -> Small:
    days = pc.fill_null(pc.cast(pc.cast(column, pa.date32()), pa.int32()), when_absent)
    return np.ascontiguousarray(days.to_numpy(), np.int32)
