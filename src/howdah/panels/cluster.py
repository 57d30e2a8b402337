"""From logs to tables of an audience on a Spark cluster, where one machine is outgrown.

The workers read, number and count; what they give are whole numbers: counts of each stratum. Here
these are added up, stratum after stratum, and everything that is not a count is computed from them
by the tables, as it is locally. So the two engines give the same figures, to the last digit.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa

from howdah.core.errors import InputError
from howdah.core.progress import Progress
from howdah.engines.spark import connected, watched
from howdah.kernels.activity import Activity
from howdah.panels.asides import Asides, Sink
from howdah.panels.audience import (
    Audience,
    Options,
    check_some,
    choose_unit_bits,
    survey_of,
)
from howdah.panels.collecting import NewNames
from howdah.panels.counts import from_arrow
from howdah.panels.log import END_DAY, Calendar, Reader, inspect, texts_of
from howdah.panels.population import PanelFiles
from howdah.panels.roster import Members, census, read_panel
from howdah.panels.slices import (
    COUNTED,
    MOST_SLICES,
    PACKED,
    TOLD,
    CountPlan,
    Place,
    ReadPlan,
    count_slice,
    look_outside,
    read_rows,
    read_tasks,
    unpacked,
)
from howdah.panels.span import Span, find_span
from howdah.panels.tables import Part, PartTable, Survey
from howdah.panels.words import rank_names

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyspark.sql import DataFrame, SparkSession

#: Slices for each core, so that none waits long for the last one.
_SLICES_A_CORE = 2


@contextmanager
def read_audience_on_spark(
    url: str,
    engine: duckdb.DuckDBPyConnection,
    logs: Sequence[Path],
    panel: PanelFiles | None,
    options: Options,
    *,
    set_aside: Sink,
    progress: Progress,
) -> Iterator[Audience]:
    """Read and count a log on a cluster.

    Parameters
    ----------
    url
        Spark's master. Its workers see the files of the log under the same paths, and have this
        version of howdah.
    engine
        Reads the files of the panel and of its strata, here.
    options
        Its memory is that of each slice in work on a worker, and its threads are those of the
        tables here.

    Raises
    ------
    InputError
        A file cannot be read, or nothing of the log can be used.
    EngineError
        The cluster cannot be reached, or gave up.

    See Also
    --------
    howdah.panels.audience.read_audience : The same on this machine.
    """
    asides = Asides(set_aside)
    files = inspect([path.absolute() for path in logs])
    reader = Reader(engine, files, Calendar(options.tz), asides)
    given = dict(zip((str(file.path) for file in files), map(str, logs), strict=True))
    rows = None
    if panel is not None:
        rows = read_panel(engine, panel, asides, is_number=reader.has_number["unit"])
    n_rows = sum(file.n_rows or 0 for file in files)
    n_unit = 0 if rows is None else rows.members.n_unit
    with connected(url) as session, ExitStack() as kept:
        n_slice = _SLICES_A_CORE * session.sparkContext.defaultParallelism
        slice_bits = max((n_unit // n_slice).bit_length() - 1, 0)
        n_slice = min(n_slice, MOST_SLICES) if rows is None else -(-n_unit >> slice_bits)
        read_plan = ReadPlan(
            tuple(files), tuple(_places(reader)), options.tz, None if rows is None else rows.ids,
            slice_bits, n_slice,
        )  # fmt: skip
        cluster = _Cluster(session, read_plan, kept, progress)
        found = cluster.read(reader)
        for rows_aside in found.asides:
            asides.add_table(_named(rows_aside, given))
        check_some(int(found.day_rows.sum()), asides)
        span = find_span(found.day_rows)
        day_rows = found.day_rows[span.start : span.end]
        if day_rows.sum() < found.day_rows.sum():
            for rows_aside in cluster.outside(span):
                asides.add_table(_named(rows_aside, given))
        members = census(np.ones(1, np.uint8)) if rows is None else rows.members
        members.check(span.start, span.n_day)
        survey = survey_of(found.products, span, members, options, is_census=rows is None)
        plan = CountPlan(
            options, survey, span, found.numbers, None if rows is None else members, slice_bits,
            choose_unit_bits(n_unit, n_rows), reader.has_number["unit"],
        )  # fmt: skip
        counted = cluster.count(plan, n_slice)
        told = counted.where(counted.stratum == TOLD).agg({"n_unit": "sum", "n_spilled": "sum"})
        with watched(session, "counting", progress):
            sums = told.collect()[0].asDict()
        if rows is None:
            members = census(np.ones(sums["sum(n_unit)"], np.uint8))
            survey = survey_of(found.products, span, members, options, is_census=True)
        yield Audience(
            options, survey, partial(_add_counts, counted, survey, members, span),
            day_rows, members.n_unit, sums["sum(n_spilled)"],
            None if rows is None else rows.raked, asides,
        )  # fmt: skip


class _Found:
    """What all tasks told of themselves."""

    def __init__(self, told: Sequence[Mapping[str, Any]], *, is_number: bool) -> None:
        self.day_rows = np.zeros(END_DAY, np.int64)
        self.asides = [pa.table(read_rows(row["asides"])) for row in told if row["asides"]]
        names = NewNames(is_number=is_number)
        numbers: dict[int, NDArray[np.int32]] = {}
        for row in sorted(told, key=lambda row: row["task"]):
            days = read_rows(row["key"])
            self.day_rows[days.column("day").to_numpy()] += days.column("n").to_numpy()
            if row["ids"] is not None:
                ids = unpacked(row["ids"])
                own = ids.to_numpy() if is_number else texts_of(ids)
                numbers[row["task"]] = names.number(own)
        self.products, rank = rank_names(names.names())
        self.numbers = {task: rank[own] for task, own in numbers.items()}


class _Cluster:
    """The stages that run on the workers."""

    def __init__(
        self, session: "SparkSession", plan: ReadPlan, kept: ExitStack, progress: Progress
    ) -> None:
        # What the workers keep they keep until the run ends: the session may outlive it.
        self._session, self._kept, self._progress = session, kept, progress
        self._plan = session.sparkContext.broadcast(plan)
        kept.callback(self._plan.unpersist)
        self._n_task = len(plan.places)
        self._packed: DataFrame | None = None

    def _tasks(self, work: Any) -> "DataFrame":  # noqa: ANN401 - of batches, to batches
        tasks = self._session.range(0, self._n_task, 1, max(self._n_task, 1))
        return tasks.mapInArrow(work, _ddl(PACKED))

    def read(self, reader: Reader) -> _Found:
        """Read all files to keys, which stay on the workers' disks."""
        plan = self._plan

        def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                yield from read_tasks(plan.value, batch.column("id").to_pylist())

        self._packed = self._keep(self._tasks(work))
        told = self._packed.where(self._packed.slice == TOLD)
        with watched(self._session, "reading the log", self._progress):
            rows = [row.asDict() for row in told.collect()]
        for row in sorted(rows, key=lambda row: row["task"]):
            if row["fault"] is not None:
                raise InputError(
                    f"{row['fault']} (Workers have to see the files under the same paths.)"
                )
        return _Found(rows, is_number=reader.has_number["product"])

    def outside(self, span: Span) -> Iterator[pa.Table]:
        """Rows of days outside the log."""
        plan = self._plan

        def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                yield from look_outside(plan.value, span, batch.column("id").to_pylist())

        with watched(self._session, "reading the log", self._progress):
            for row in self._tasks(work).select("asides").collect():
                yield pa.table(read_rows(row.asides))

    def count(self, plan: CountPlan, n_slice: int) -> "DataFrame":
        """Counts of all slices, which stay on the workers' disks; each slice is a partition."""
        assert self._packed is not None
        shared = self._session.sparkContext.broadcast(plan)
        self._kept.callback(shared.unpersist)

        def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            return count_slice(shared.value, batches)

        keys = self._packed.where(self._packed.slice != TOLD)
        sliced = keys.repartitionById(n_slice, keys.slice)
        return self._keep(sliced.mapInArrow(work, _ddl(COUNTED)))

    def _keep(self, rows: "DataFrame") -> "DataFrame":
        from pyspark import StorageLevel  # noqa: PLC0415 - an extra

        self._kept.callback(rows.unpersist)
        return rows.persist(StorageLevel.DISK_ONLY)


def _add_counts(
    counted: "DataFrame", survey: Survey, members: Members, span: Span,
    tables: Mapping[str, PartTable], progress: Progress,
) -> None:  # fmt: skip
    """Add the counts of all slices, and end one stratum after the other.

    Slices come in their order, so strata do; one that has no activity at all has units still.
    """
    rows = counted.where(counted.stratum != TOLD).toLocalIterator(prefetchPartitions=True)
    n_stratum, ended = len(survey.strata), 0
    for stratum, found in itertools.groupby(rows, key=lambda row: row.stratum):
        for h in range(ended, stratum):
            _end_stratum(h, survey, members, span, tables)
        ended = stratum
        for row in found:
            tables[row.table].put(from_arrow(read_rows(row.counts)))
        progress("adding up strata", stratum, n_stratum)
    for h in range(ended, n_stratum):
        _end_stratum(h, survey, members, span, tables)


def _end_stratum(
    h: int, survey: Survey, members: Members, span: Span, tables: Mapping[str, PartTable]
) -> None:
    """Add the units of a stratum, whose activity has been counted."""
    first, end = int(members.start[h]), int(members.start[h + 1])
    n_word = max(-(-survey.n_day // 64), 1)
    nothing = np.empty(0, np.int32)
    silence = Activity(nothing, nothing, np.empty((0, n_word), np.uint64), nothing)
    roster = members.roster(first, end, span.start, span.n_day)
    for table in tables.values():
        table.add(Part(silence, roster, goes_on=False))


def _places(reader: Reader) -> Iterator[Place]:
    """A task for each piece that a file is read in; a text is read as a whole."""
    for n, file in enumerate(reader.files):
        if file.is_fast:
            yield from (Place(n, number) for number, _ in enumerate(reader.tasks_of(file)))
        else:
            yield Place(n, None)


def _named(rows: pa.Table, given: Mapping[str, str]) -> pa.Table:
    """Rows set aside, with the files as they were given."""
    names = pa.array([given[name] for name in rows.column("file").to_pylist()], pa.string())
    return rows.set_column(rows.schema.get_field_index("file"), "file", names)


def _ddl(schema: pa.Schema) -> str:
    """A schema as Spark spells it."""
    names = {pa.int32(): "int", pa.int64(): "bigint", pa.string(): "string", pa.binary(): "binary"}
    return ", ".join(f"`{field.name}` {names[field.type]}" for field in schema)
