"""From logs to tables of an audience on a Spark cluster, where one machine is outgrown.

The workers read, number and count; what they give are whole numbers: counts of each stratum. Here
these are added up, stratum after stratum, and everything that is not a count is computed from them
by the tables, as it is locally. So the two engines give the same figures, to the last digit.
"""

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

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
from howdah.panels.log import END_DAY, Calendar, Reader, inspect, texts_of
from howdah.panels.population import PanelFiles
from howdah.panels.roster import Members, census, read_panel
from howdah.panels.slices import (
    MOST_SLICES,
    Counted,
    CountPlan,
    Packed,
    Place,
    ReadPlan,
    Slice,
    Told,
    count_slice,
    look_outside,
    read_task,
)
from howdah.panels.span import Span, find_span
from howdah.panels.tables import Part, PartTable, Survey
from howdah.panels.words import rank_names

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyspark import RDD
    from pyspark.accumulators import AccumulatorParam
    from pyspark.sql import SparkSession

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
    howdah.panels.reading.read_audience : The same on this machine.
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
        unit_bits = choose_unit_bits(n_unit, n_rows)
        if rows is not None:
            # A slice is made of whole parts.
            unit_bits = min(unit_bits, slice_bits)
        read_plan = ReadPlan(
            tuple(files), tuple(_places(reader)), options.tz, None if rows is None else rows.ids,
            slice_bits, unit_bits, n_slice,
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
            unit_bits, reader.has_number["unit"],
        )  # fmt: skip
        counted, slices = cluster.count(plan)
        if rows is None:
            n_unit = sum(of.n_unit for of in slices)
            members = census(np.ones(n_unit, np.uint8))
            survey = survey_of(found.products, span, members, options, is_census=True)
        yield Audience(
            options, survey, partial(_add_counts, counted, survey, members, span),
            day_rows, members.n_unit, sum(of.n_spilled for of in slices),
            None if rows is None else rows.raked, asides,
        )  # fmt: skip


class _Found:
    """What all tasks told of themselves."""

    def __init__(self, told: Sequence[Told], *, is_number: bool) -> None:
        self.day_rows = np.zeros(END_DAY, np.int64)
        self.asides = [of.asides for of in told if of.asides is not None]
        names = NewNames(is_number=is_number)
        numbers: dict[int, NDArray[np.int32]] = {}
        for of in told:
            days, n = of.days
            self.day_rows[days] += n
            if of.products is not None:
                own = of.products.to_numpy() if is_number else texts_of(of.products)
                numbers[of.task] = names.number(own)
        self.products, rank = rank_names(names.names())
        self.numbers = {task: rank[own] for task, own in numbers.items()}


class _Cluster:
    """The stages that run on the workers."""

    def __init__(
        self, session: "SparkSession", plan: ReadPlan, kept: ExitStack, progress: Progress
    ) -> None:
        # What the workers keep they keep until the run ends: the session may outlive it.
        self._session, self._kept, self._progress = session, kept, progress
        self._context = session.sparkContext
        self._plan = self._context.broadcast(plan)
        kept.callback(self._plan.unpersist)
        self._n_slice = plan.n_slice
        n_task = len(plan.places)
        self._tasks = self._context.parallelize(range(n_task), max(n_task, 1))
        self._sliced: RDD[tuple[int, Packed | Told]] | None = None

    def read(self, reader: Reader) -> _Found:
        """Read all files to keys, which stay on the workers' disks, slice by slice."""
        plan = self._plan

        def work(tasks: Iterable[int]) -> Iterator[tuple[int, Packed | Told]]:
            for task in tasks:
                yield from read_task(plan.value, task)

        # What tasks tell is one more slice: to read it has all tasks done, and their keys, which
        # Spark keeps for those who read the other slices.
        n_slice = self._n_slice
        self._sliced = self._tasks.mapPartitions(work).partitionBy(n_slice + 1, int)
        with watched(self._session, "reading the log", self._progress):
            rows = self._context.runJob(self._sliced, lambda rows: rows, [n_slice])
        told = sorted((row for _, row in rows if isinstance(row, Told)), key=lambda of: of.task)
        for of in told:
            if of.fault is not None:
                raise InputError(
                    f"{of.fault} (Workers have to see the files under the same paths.)"
                )
        return _Found(told, is_number=reader.has_number["product"])

    def outside(self, span: Span) -> Iterator[pa.Table]:
        """Rows of days outside the log."""
        plan = self._plan
        with watched(self._session, "reading the log", self._progress):
            yield from self._tasks.flatMap(
                lambda task: look_outside(plan.value, span, task)
            ).collect()

    def count(self, plan: CountPlan) -> tuple["RDD[Counted]", Collection[Slice]]:
        """Counts of all slices in their order, which stay on the workers' disks."""
        from pyspark import StorageLevel  # noqa: PLC0415 - an extra

        assert self._sliced is not None
        shared = self._context.broadcast(plan)
        self._kept.callback(shared.unpersist)
        told = self._context.accumulator({}, _by_slice())

        def work(number: int, rows: Iterable[tuple[int, Packed | Told]]) -> Iterator[Counted]:
            packed = (row for _, row in rows if isinstance(row, Packed))
            return count_slice(shared.value, number, packed, lambda of: told.add({number: of}))

        counted = self._sliced.mapPartitionsWithIndex(work).persist(StorageLevel.DISK_ONLY)
        self._kept.callback(counted.unpersist)
        with watched(self._session, "counting", self._progress):
            # Python's own way to count them would read all of them.
            counted._jrdd.rdd().count()  # noqa: SLF001
        return counted, told.value.values()


def _by_slice() -> "AccumulatorParam[dict[int, Slice]]":
    """What slices tell, once each, however often Spark has one counted."""
    from pyspark.accumulators import AccumulatorParam  # noqa: PLC0415 - an extra

    class BySlice(AccumulatorParam[dict[int, Slice]]):
        def zero(self, value: dict[int, Slice]) -> dict[int, Slice]:  # noqa: ARG002
            return {}

        def addInPlace(  # noqa: N802 - Spark's name
            self, value1: dict[int, Slice], value2: dict[int, Slice]
        ) -> dict[int, Slice]:
            return {**value1, **value2}

    return BySlice()


def _add_counts(
    counted: "RDD[Counted]", survey: Survey, members: Members, span: Span,
    tables: Mapping[str, PartTable], progress: Progress,
) -> None:  # fmt: skip
    """Add the counts of all slices, and end one stratum after the other.

    Slices come in their order, so strata do; one that has no activity at all has units still.
    """
    rows = counted.toLocalIterator(prefetchPartitions=True)
    n_stratum, ended = len(survey.strata), 0
    for stratum, found in itertools.groupby(rows, key=lambda row: row.stratum):
        for h in range(ended, stratum):
            _end_stratum(h, survey, members, span, tables)
        ended = stratum
        for row in found:
            for name, table in tables.items():
                table.put(row.counts[name])
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
