"""From the logs of a panel or a census to tables of its audience, of rows that need not fit."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from howdah.core.errors import InputError, UnknownNameError
from howdah.core.progress import Progress
from howdah.engines.output import Rows
from howdah.kernels.activity import mark_within
from howdah.panels.asides import Asides, Sink
from howdah.panels.collecting import (
    Collected,
    Collector,
    NewNames,
    Numbering,
    PanelUnits,
    RangeUnits,
    in_order,
)
from howdah.panels.continuation import Continuation, first_change
from howdah.panels.daily import DailyTable
from howdah.panels.figures import Figures
from howdah.panels.keystore import KeyStore
from howdah.panels.l28 import L28Table
from howdah.panels.log import Batch, Calendar, LogFile, Reader, Task, inspect
from howdah.panels.migration import Migration
from howdah.panels.overlap import OVERLAP_WINDOW, Overlap
from howdah.panels.population import PanelFiles
from howdah.panels.raking import Raked
from howdah.panels.retention import RETENTION_DAYS, Retention
from howdah.panels.roster import Members, PanelRows, census, read_panel
from howdah.panels.span import Span, find_span
from howdah.panels.state import Following, Header, KeptWords, StateReader
from howdah.panels.survival import Survival
from howdah.panels.tables import BURN_IN_DAYS, MIN_UNITS, PartTable, Survey
from howdah.panels.words import Words, rank_names

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

#: Share of the memory that keys may take; the rest is for the batches and parts in work. Units and
#: what tables hold of products and days are not bounded by it, nor is the program itself.
_KEY_SHARE = 0.6

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


@contextmanager
def read_audience(
    engine: duckdb.DuckDBPyConnection,
    logs: Sequence[Path],
    panel: PanelFiles | None,
    options: Options,
    *,
    set_aside: Sink,
    folder: Path,
    progress: Progress,
    kept: KeptWords | None = None,
) -> Iterator[Audience]:
    """Read a log to what its tables are counted from.

    Parameters
    ----------
    engine
        Reads what needs parsing.
    panel
        Its files; without them the log is a census.
    set_aside
        Takes the rows that cannot be used.
    folder
        Where to put what exceeds the memory, in a file without a name.
    kept
        The state that the log is added to; once all parts were counted, what is to be kept next.

    Raises
    ------
    InputError
        A file cannot be read, or nothing of the log can be used.
    """
    asides = Asides(set_aside)
    files = inspect(logs)
    reader = Reader(engine, files, Calendar(options.tz), asides)
    before = None if kept is None else kept.before
    if before is not None:
        before.require(is_census=panel is None, tz=options.tz, has_number=reader.has_number)
    panel_rows = None
    if panel is not None:
        panel_rows = read_panel(
            engine, panel, asides, is_number=reader.has_number["unit"],
            known=None if before is None else before.known_units,
        )  # fmt: skip
    units = _number_units(panel_rows, reader, kept)
    known = None if before is None else before.header.names
    products = NewNames(is_number=reader.has_number["product"], known=known)
    n_rows = sum(file.n_rows or 0 for file in files)
    unit_bits = choose_unit_bits(len(units), n_rows) if before is None else before.header.unit_bits
    with KeyStore(int(_KEY_SHARE * options.memory_gb * 1e9), folder) as store:
        collector = Collector(
            units, products, store, asides, unit_bits, is_census=panel_rows is None
        )
        collected = collector.collect(reader, options.threads, progress, n_rows)
        if before is None:
            check_some(collected.n_rows, asides)
        span, first_new, n_outside = _span(collected, before)
        if n_outside:
            again = Reader(engine, files, Calendar(options.tz), Asides(_forget))
            _set_outside_aside(again, span, asides, options.threads)
        members = (
            panel_rows.members
            if panel_rows is not None
            else census(_seen(collected, store, span, unit_bits, before, has_outside=n_outside > 0))
        )
        members.check(span.start, span.n_day)
        names, rank = rank_names(products.names())
        survey = survey_of(names, span, members, options, is_census=panel is None)
        words = Words(store, members, span, rank, unit_bits, kept, first_new)
        day_rows = collected.day_rows[span.start : span.end]
        going_on = None
        if kept is not None:
            since = 0 if before is None else first_change(before, members, first_new, span)
            going_on = Kept(
                Continuation(before, span, since, rank),
                partial(_count_parts, words, options.threads),
            )
        yield Audience(
            options, survey, partial(_count_parts, words, options.threads, 0),
            day_rows,
            int(members.population.sum()) if panel is None else len(members.joined),
            store.n_spilled, None if panel_rows is None else panel_rows.raked, asides, going_on,
        )  # fmt: skip
        if kept is not None and going_on is not None:
            header = Header(
                is_census=panel is None, tz=options.tz, has_number=reader.has_number,
                unit_bits=unit_bits, start=span.start, day_rows=tuple(day_rows.tolist()),
                products=tuple((names if before is None else products.names()).to_pylist()),
                population=tuple(members.population.tolist()),
                strata=tuple(members.start.tolist()),
                panel="" if panel_rows is None else panel_rows.digest, number=kept.writer.number,
            )  # fmt: skip
            kept.following = Following(header, units.names(), members, going_on.figures)


def survey_of(
    products: pa.Array, span: Span, members: Members, options: Options, *, is_census: bool
) -> Survey:
    """What holds for all parts of a log."""
    is_partial = (members.joined > span.start) | (members.left < span.end)
    return Survey(
        products, _EPOCH + dt.timedelta(days=span.start), span.n_day, members.strata,
        members.population, options.burn_in, options.min_n, options.threads,
        is_census=is_census, has_partial=not is_census and bool(is_partial.any()),
    )  # fmt: skip


def _count_parts(
    words: Words, threads: int, first: int, tables: Mapping[str, PartTable], progress: Progress
) -> None:
    for done, part in enumerate(words.parts(threads, first)):
        for table in tables.values():
            table.add(part)
        progress("counting", done + 1, words.n_part)


def _number_units(panel: PanelRows | None, reader: Reader, kept: KeptWords | None) -> Numbering:
    """Numbers of the units: those of the panel, or of a census what serves best."""
    before = None if kept is None else kept.before
    if panel is not None:
        if before is not None:
            before.require_units(panel.ids)
        return PanelUnits(panel.ids)
    if kept is None:
        return _census_units(reader.files, is_number=reader.has_number["unit"])
    # Numbers that later calls can go on from.
    known = None if before is None else before.unit_ids
    return NewNames(is_number=reader.has_number["unit"], known=known)


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


def _span(collected: Collected, before: StateReader | None) -> tuple[Span, int, int]:
    """Days of the log with those of the state, the first new one, and new rows outside of them."""
    n_rows = int(collected.day_rows.sum())
    new = collected.day_rows.copy()
    if before is None:
        span = find_span(new)
    else:
        start, end = before.header.start, before.header.start + len(before.header.day_rows)
        collected.day_rows[start:end] += np.array(before.header.day_rows)
        found = find_span(collected.day_rows)
        # What was taken in stays in.
        first = min(found.start, start)
        span = Span(first, max(found.end, end) - first)
    inside = new[span.start : span.end]
    first_new = span.start + int(np.flatnonzero(inside).min(initial=span.n_day))
    return span, first_new, n_rows - int(inside.sum())


def _census_units(files: Sequence[LogFile], *, is_number: bool) -> Numbering:
    """A numbering of the units of a census: by range, where the files tell a small one."""
    if is_number and (ends := _unit_range(files)) is not None:
        low, high = ends
        if RangeUnits.fits(low, high, sum(file.n_rows or 0 for file in files)):
            return RangeUnits(low, high)
    return NewNames(is_number=is_number)


def _unit_range(files: Sequence[LogFile]) -> tuple[int, int] | None:
    """The least and the largest unit, by the statistics of Parquet files; None if one is silent."""
    lows, highs = [], []
    for file in files:
        metadata = pq.read_metadata(file.path)
        at = metadata.schema.names.index("unit")
        for g in range(metadata.num_row_groups):
            found = metadata.row_group(g).column(at).statistics
            if found is None or not found.has_min_max:
                return None
            lows.append(int(found.min))
            highs.append(int(found.max))
    return (min(lows), max(highs)) if lows else None


def _seen(
    collected: Collected, store: KeyStore, span: Span, unit_bits: int, before: StateReader | None,
    *, has_outside: bool,
) -> NDArray[np.uint8]:  # fmt: skip
    """Which units of a census have a row within its days."""
    seen = np.zeros_like(collected.seen) if has_outside else collected.seen
    if before is not None:
        seen[: len(before.unit_ids)] = 1
    for part in range(store.n_part if has_outside else 0):
        units = seen[part << unit_bits : (part + 1) << unit_bits]
        for segment in store.segments(part):
            mark_within(segment.key, segment.layout, span.start, span.end, units)
    return seen


def _set_outside_aside(reader: Reader, span: Span, asides: Asides, threads: int) -> None:
    """Set the rows of days outside the log aside, which takes a second look at the files."""

    def look(work: tuple[Task, int]) -> None:
        for batch in work[0]():
            set_outside_aside(batch, span, asides)

    for _ in in_order(look, reader.tasks(), threads):
        pass


def set_outside_aside(batch: Batch, span: Span, asides: Asides) -> None:
    """Set the rows of a batch aside that are of days outside the log."""
    first, last = (_EPOCH + dt.timedelta(days=day) for day in (span.start, span.end - 1))
    day = batch.day
    at = np.flatnonzero((day >= 0) & ((day < span.start) | (day >= span.end)))
    texts = pc.cast(pa.array(day[at], pa.int32()).view(pa.date32()), pa.string())
    asides.add(batch.path, batch.rows(at), "day", texts, _BEYOND.format(first, last))


def _forget(_: pa.Table) -> None:
    """Rows that were set aside when the log was read first."""
