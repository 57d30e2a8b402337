"""From logs of a panel or a census to what tables are counted from, of rows that need not fit."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from howdah.core.progress import Progress
from howdah.kernels.activity import mark_within
from howdah.panels.asides import Asides, Sink
from howdah.panels.audience import (
    Audience,
    Kept,
    Options,
    check_some,
    choose_unit_bits,
    set_outside_aside,
    survey_of,
)
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
from howdah.panels.keystore import KeyStore
from howdah.panels.log import Calendar, LogFile, Reader, Task, inspect
from howdah.panels.population import PanelFiles
from howdah.panels.roster import PanelRows, census, read_panel
from howdah.panels.span import Span, find_span
from howdah.panels.state import Following, Header, KeptWords, StateReader
from howdah.panels.tables import PartTable
from howdah.panels.words import Words, rank_names

#: Share of the memory that keys may take; the rest is for the batches and parts in work. Units and
#: what tables hold of products and days are not bounded by it, nor is the program itself.
_KEY_SHARE = 0.6


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


def _forget(_: pa.Table) -> None:
    """Rows that were set aside when the log was read first."""
