"""What the strata of a panel stand for: their file, raked to margins, in persons if so wished."""

import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
from numpy.typing import NDArray

from howdah.core.errors import InputError
from howdah.engines import Check, Column, StageTable, quoted, read_table
from howdah.panels.persons import in_persons
from howdah.panels.raking import Raked, rake

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

_STRATUM = Column("stratum", "text")
_UNITS = Column("units_per_person", "float", is_required=False, is_nullable=True)
MARGINS = (Column("variable", "text"), Column("level", "text"), Column("population", "float"))

_NEGATIVE = Check("population", "{population} < 0", "negative: give a number of units")


class PanelFiles(NamedTuple):
    """The files of a panel.

    Attributes
    ----------
    units
        PANEL: ``unit, stratum``, perhaps ``joined, left``.
    strata
        STRATA: ``stratum, population``, perhaps ``units_per_person``, and the variables of margins.
    margins
        ``variable, level, population`` that the strata are raked to; None rakes nothing.
    trim
        Weights lie within the median divided by this and times it; None trims nothing.
    """

    units: Path
    strata: Path
    margins: Path | None = None
    trim: float | None = None


class Strata(NamedTuple):
    """Strata by number, in order of their names, and what is said of them."""

    path: Path
    names: tuple[str, ...]
    population: Floats | None  # (n_stratum,) None where only margins tell it
    per_person: Floats  # (n_stratum,) units
    levels: Mapping[str, tuple[str, ...]]  # of each variable, those of the strata
    margins: Mapping[str, Mapping[str, float]]  # of each variable, the population of each level
    trim: float | None

    def settle(self, n_unit: Counts) -> tuple[Floats, Raked | None]:
        """Population of each stratum, and how it was raked.

        Parameters
        ----------
        n_unit
            (n_stratum,) units of the panel.

        Raises
        ------
        InputError
            Margins, or units per person, cannot be used.
        """
        raked = None
        population = self.population
        if self.margins:
            start = n_unit.astype(np.float64) if population is None else population
            raked = rake(start, n_unit, self.levels, self.margins, trim=self.trim)
            population = raked.population
        assert population is not None
        return in_persons(population, n_unit, self.per_person), raked


def read_strata(engine: duckdb.DuckDBPyConnection, files: PanelFiles) -> Strata:
    """Read the strata of a panel and their margins.

    Raises
    ------
    InputError
        Some of their rows cannot be used: every total rests on them.
    """
    margins = {} if files.margins is None else _read_margins(engine, files.margins)
    if files.trim is not None and not margins:
        raise InputError("--trim is given without --margins: only raked weights are trimmed.")
    variables = tuple(Column(variable, "text") for variable in margins)
    read = read_table(
        engine, files.strata, (_STRATUM, *variables, _UNITS, _population(is_required=not margins)),
        checks=[_NEGATIVE],
    )  # fmt: skip
    _refuse(files.strata, read, "strata")
    shown = ", ".join(quoted(column) for column in read.columns if column != "stratum")
    found = engine.sql(
        f"SELECT stratum, {shown} FROM ({read.query}) GROUP BY ALL ORDER BY stratum"
    ).to_arrow_table()
    names = found["stratum"].to_pylist()
    if not names:
        raise InputError(f"{files.strata} has no stratum. Give one a row: stratum, population.")
    for name, other in itertools.pairwise(names):
        if name == other:
            rows = [row for row in found.to_pylist() if row["stratum"] == name]
            column = next(c for c in found.column_names if len({row[c] for row in rows}) > 1)
            values = " and ".join(sorted(f"{row[column]}" for row in rows[:2]))
            raise InputError(
                f"{files.strata}: stratum {name!r} has two rows that differ: {column} is {values}. "
                "Give it one."
            )
    population: Floats | None = found["population"].to_numpy().astype(np.float64)
    if margins and found["population"].null_count == len(names):
        population = None
    elif found["population"].null_count:
        name = found.filter(found["population"].is_null())["stratum"][0].as_py()
        raise InputError(
            f"{files.strata}: stratum {name!r} has no population, and others have. Give it one, "
            "or leave the whole column to the margins."
        )
    per_person = found["units_per_person"].fill_null(1.0).to_numpy()
    levels = {variable.name: tuple(found[variable.name].to_pylist()) for variable in variables}
    return Strata(files.strata, tuple(names), population, per_person, levels, margins, files.trim)


def _population(*, is_required: bool) -> Column:
    return Column("population", "float", is_required=is_required, is_nullable=not is_required)


def _read_margins(
    engine: duckdb.DuckDBPyConnection, path: Path
) -> Mapping[str, Mapping[str, float]]:
    read = read_table(engine, path, MARGINS, checks=[_NEGATIVE])
    _refuse(path, read, "margins")
    margins: dict[str, dict[str, float]] = {}
    for row in read.table().to_pylist():
        of_variable = margins.setdefault(row["variable"], {})
        if row["level"] in of_variable:
            raise InputError(
                f"{path}: level {row['level']!r} of {row['variable']!r} has two populations. "
                "Give it one."
            )
        of_variable[row["level"]] = row["population"]
    if not margins:
        raise InputError(f"{path} has no margin. Give a level a row: variable, level, population.")
    taken = {"stratum", "population", "units_per_person"} & set(margins)
    if taken:
        raise InputError(
            f"{path}: {', '.join(sorted(taken))} cannot be a variable of margins, as the strata "
            "have a column of that name. Give it another name."
        )
    return margins


def _refuse(path: Path, read: StageTable, what: str) -> None:
    """Raise when rows cannot be used."""
    if read.quarantine.num_rows:
        row = read.quarantine.to_pylist()[0]
        raise InputError(
            f"{path}: {read.quarantine.num_rows} {what} cannot be used. Row {row['row']}, column "
            f"{row['column']!r}: {row['reason']} ({row['text']!r}). Every total rests on them, so "
            "all of them have to be right."
        )
