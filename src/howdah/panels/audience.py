"""Tables of the audience of a panel or a census: what is asked of a log, and its answer."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from howdah.core.errors import InputError, UnknownNameError
from howdah.core.progress import Progress
from howdah.engines.output import Rows
from howdah.panels.asides import Asides
from howdah.panels.continuation import Continuation
from howdah.panels.daily import DailyTable
from howdah.panels.figures import Figures
from howdah.panels.l28 import L28Table
from howdah.panels.log import Batch
from howdah.panels.migration import Migration
from howdah.panels.overlap import OVERLAP_WINDOW, Overlap
from howdah.panels.raking import Raked
from howdah.panels.retention import RETENTION_DAYS, Retention
from howdah.panels.roster import Members
from howdah.panels.span import Span
from howdah.panels.survival import Survival
from howdah.panels.tables import BURN_IN_DAYS, MIN_UNITS, PartTable, Survey

#: Tables in the order in which they are counted and written, and how each is begun.
TABLES: Mapping[str, Callable[[Survey, "Options"], PartTable]] = {
    "daily": lambda survey, _: DailyTable(survey),
    "retention": lambda survey, options: Retention(survey, options.retention_days),
    "survival": lambda survey, _: Survival(survey),
    "l28": lambda survey, _: L28Table(survey),
    "overlap": lambda survey, options: Overlap(survey, options.overlap_window),
    "migration": lambda survey, _: Migration(survey),
}

#: Parts are as large as their words fit into a processor's cache, but no more than a few thousand,
#: each of which takes a piece of every batch.
_UNIT_BITS = 13
_MOST_PARTS = 1 << 11

#: Rows of a unit, where nothing else tells how many units there are.
_ROWS_PER_UNIT = 16

_EPOCH = dt.date(1970, 1, 1)
_BEYOND = "beyond the days of the log, which are {} to {}: is the clock right?"


@dataclass(frozen=True, slots=True)
class Options:
    """What is asked of a log.

    Attributes
    ----------
    metrics
        Names of tables, of `TABLES`.
    retention_days
        Days after entry that retention is asked of.
    overlap_window
        Days in which a unit uses two products for them to overlap.
    burn_in
        Days of look-back that tell what is new.
    min_n
        Cells of fewer units are suppressed.
    tz
        Time zone in which times are cut to days.
    threads
        Threads to work with.
    memory_gb
        Memory of which the keys of rows take `_KEY_SHARE` at most.
    """

    metrics: tuple[str, ...] = tuple(TABLES)
    retention_days: tuple[int, ...] = RETENTION_DAYS
    overlap_window: int = OVERLAP_WINDOW
    burn_in: int = BURN_IN_DAYS
    min_n: int = MIN_UNITS
    tz: str = "UTC"
    threads: int = 1
    memory_gb: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what cannot be counted.

        Raises
        ------
        InputError
            A number is out of range.
        """
        for name, value, least in (
            ("--retention-days", min(self.retention_days, default=0), 1),
            ("--overlap-window", self.overlap_window, 1),
            ("--burn-in", self.burn_in, 0),
            ("--min-n", self.min_n, 0),
            ("--threads", self.threads, 1),
        ):  # fmt: skip
            if value < least:
                raise InputError(f"{name} is {value}; give a whole number from {least} on.")
        if not self.memory_gb > 0:
            raise InputError(f"--memory is {self.memory_gb}; give gigabytes, as 2 or 0.5.")


def chosen_tables(metrics: str) -> tuple[str, ...]:
    """Tables that are named, in the order in which they are written.

    Raises
    ------
    UnknownNameError
        One is unknown.

    Examples
    --------
    >>> chosen_tables("l28, daily")
    ('daily', 'l28')
    """
    names = [name.strip() for name in metrics.split(",") if name.strip()]
    for name in names:
        if name not in {"all", *TABLES}:
            raise UnknownNameError(
                "metric", name, TABLES, hint=f"Give all, or of {', '.join(TABLES)}."
            )
    if not names:
        raise InputError(f"--metrics names none. Give all, or of {', '.join(TABLES)}.")
    return tuple(name for name in TABLES if name in names or "all" in names)


def chosen_days(text: str) -> tuple[int, ...]:
    """Days that are named, ascending.

    Raises
    ------
    InputError
        One is no whole number.

    Examples
    --------
    >>> chosen_days("7, 1,30")
    (1, 7, 30)
    """
    try:
        return tuple(sorted({int(day) for day in text.split(",")}))
    except ValueError:
        raise InputError(
            f"--retention-days is {text!r}; give whole numbers with commas between them, as 1,7,30."
        ) from None


#: Adds all parts of a log to tables.
Count: TypeAlias = Callable[[Mapping[str, PartTable], Progress], None]


@dataclass(slots=True)
class Kept:
    """What a run with a state goes on from, and what it counted.

    Attributes
    ----------
    count
        Counts parts whose words begin on a day of the log.
    """

    continuation: Continuation
    count: Callable[[int, Mapping[str, PartTable], Progress], None]
    figures: dict[str, tuple[dict[str, Any], Figures]] = field(default_factory=dict)


@dataclass(slots=True)
class Audience:
    """A log that has been read, ready to be counted.

    Attributes
    ----------
    survey
        Its products, days and strata.
    count
        Counts its parts into tables.
    day_rows
        (n_day,) rows that were taken in by day, repeats among them.
    n_units
        Units of the panel, or of the census.
    raked
        How the strata were raked; None where they were not.
    """

    options: Options
    survey: Survey
    count: Count
    day_rows: NDArray[np.int64]
    n_units: int
    n_spilled: int
    raked: Raked | None
    asides: Asides = field(repr=False)
    kept: Kept | None = field(default=None, repr=False)

    @property
    def n_rows(self) -> int:
        """Rows that were taken in, repeats among them."""
        return int(self.day_rows.sum())

    def tables(self, progress: Progress) -> Iterator[tuple[str, Rows]]:
        """Count all parts, or what is new of them, and give each table under its name."""
        tables = {name: TABLES[name](self.survey, self.options) for name in self.options.metrics}
        if self.kept is None:
            self.count(tables, progress)
        else:
            going_on = self.kept.continuation
            self.kept.count(going_on.begin(tables), tables, progress)
            self.kept.figures = going_on.kept(tables)
        for table in tables.values():
            for name, rows in table.files():
                progress(f"writing {name}", 0, 0)
                yield name, rows


def survey_of(
    products: pa.Array, span: Span, members: Members, options: Options, *, is_census: bool
) -> Survey:
    """What holds for all parts of a log."""
    n_unit = np.diff(members.start)
    is_lone = (n_unit == 1) & (members.population > 1)
    is_partial = (members.joined > span.start) | (members.left < span.end)
    return Survey(
        products, _EPOCH + dt.timedelta(days=span.start), span.n_day, members.strata,
        members.population, options.burn_in, options.min_n, options.threads,
        is_census=is_census, has_partial=not is_census and bool(is_partial.any()),
        lone_strata=() if is_census else tuple(members.strata[h] for h in np.flatnonzero(is_lone)),
    )  # fmt: skip


def check_some(n_rows: int, asides: Asides) -> None:
    """Raise when no row of a log can be used.

    Raises
    ------
    InputError
        With the reasons for which they were set aside.
    """
    if not n_rows:
        told = "; ".join(f"{reason} ({n})" for reason, n in asides.by_reason.items())
        raise InputError(
            f"No row of the log can be used: {told or 'it has none'}. Give a log of the units "
            "of the panel, with unit, product, and day or ts."
        )


def choose_unit_bits(n_unit: int, n_rows: int) -> int:
    """Size of parts; of a census whose units are not known yet, by a guess from its rows."""
    n_unit = n_unit or n_rows // _ROWS_PER_UNIT
    return max(_UNIT_BITS, (n_unit // _MOST_PARTS).bit_length())


def set_outside_aside(batch: Batch, span: Span, asides: Asides) -> None:
    """Set the rows of a batch aside that are of days outside the log."""
    first, last = (_EPOCH + dt.timedelta(days=day) for day in (span.start, span.end - 1))
    day = batch.day
    at = np.flatnonzero((day >= 0) & ((day < span.start) | (day >= span.end)))
    texts = pc.cast(pa.array(day[at], pa.int32()).view(pa.date32()), pa.string())
    asides.add(batch.path, batch.rows(at), "day", texts, _BEYOND.format(first, last))
