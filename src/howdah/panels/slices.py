"""Slices of a log: what the workers of a cluster read and count.

A *task* reads some rows of a file, exactly as one process would, and packs them to keys. The keys
go to *slices*: contiguous ranges of the units of a panel, and of a census whatever units have
hashes that fall together, because it has one stratum and their order tells nothing. A slice makes
its keys to parts, counts these with the tables, and gives the counts of each stratum.
"""

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from howdah.core.errors import HowdahError
from howdah.engines import connect
from howdah.kernels.activity import Layout, count_days, mark_within, pack, unpack
from howdah.panels.asides import Asides
from howdah.panels.audience import TABLES, Options, set_outside_aside
from howdah.panels.collecting import NewNames, Numbering, PanelUnits, number_batch
from howdah.panels.counts import to_arrow
from howdah.panels.keystore import KeyStore
from howdah.panels.log import END_DAY, Batch, Calendar, LogFile, Reader, texts_of
from howdah.panels.roster import Members, census
from howdah.panels.span import Span
from howdah.panels.strata import pieces
from howdah.panels.tables import PartTable, Survey
from howdah.panels.words import Words

Longs = NDArray[np.int64]
Small = NDArray[np.int32]

#: Columns of what tasks give: of slice `TOLD` what the task tells of itself, else keys.
PACKED = pa.schema(
    [
        ("slice", pa.int32()),
        ("task", pa.int32()),
        ("unit_bits", pa.int32()),
        ("day_bits", pa.int32()),
        ("base", pa.int32()),
        ("width", pa.int32()),
        ("key", pa.binary()),
        ("ids", pa.binary()),
        ("asides", pa.binary()),
        ("fault", pa.string()),
    ]
)
TOLD = -1

#: Columns of what slices give: the counts of a table of one stratum.
COUNTED = pa.schema(
    [
        ("stratum", pa.int32()),
        ("table", pa.string()),
        ("counts", pa.binary()),
        ("n_unit", pa.int64()),
        ("n_spilled", pa.int64()),
    ]
)

#: Slices of a census, so that slice and place of a unit have room in one number.
MOST_SLICES = 256


class Place(NamedTuple):
    """Where the rows of a task are."""

    file: int
    number: int | None  # of the work that the file is read by; None: all of it


@dataclass
class ReadPlan:
    """What tasks are told.

    Attributes
    ----------
    places
        Of each task.
    ids
        (n_unit,) of a panel by number; None: the log is a census.
    slice_bits
        A slice of a panel holds ``2**slice_bits`` units.
    n_slice
        Slices of a census.
    """

    files: tuple[LogFile, ...]
    places: tuple[Place, ...]
    tz: str
    ids: pa.Array | None
    slice_bits: int
    n_slice: int

    @cached_property
    def calendar(self) -> Calendar:
        """Days of the time zone; a process makes it once."""
        return Calendar(self.tz)

    @cached_property
    def units(self) -> PanelUnits:
        """Numbers of the units of the panel; a process makes them once."""
        return PanelUnits(self.ids)

    def batches(self, task: int, asides: Asides) -> Iterator[tuple[Reader, list[Batch]]]:
        """Batches of a task, as many at a time as are read together."""
        place = self.places[task]
        file = self.files[place.file]
        with connect() as engine:
            reader = Reader(engine, self.files, self.calendar, asides)
            work = reader.tasks_of(file)
            if place.number is not None:
                work = islice(work, place.number, place.number + 1)
            for read, _ in work:
                yield reader, read()


@dataclass
class CountPlan:
    """What slices are told.

    Attributes
    ----------
    numbers
        By task: number of each product of the task among those of the log.
    members
        Units of the panel by number; None: the log is a census.
    """

    options: Options
    survey: Survey
    span: Span
    numbers: Mapping[int, Small]
    members: Members | None
    slice_bits: int
    unit_bits: int
    has_number: bool


def read_tasks(plan: ReadPlan, tasks: Iterable[int]) -> Iterator[pa.RecordBatch]:
    """Keys of tasks by slice, and what each task tells of itself, as of `PACKED`.

    A log that cannot be read is told too, instead of raised: to try again would not help.
    """
    for task in tasks:
        try:
            yield from _read_task(plan, task)
        except HowdahError as error:
            yield _row(task=task, fault=str(error))


def _read_task(plan: ReadPlan, task: int) -> Iterator[pa.RecordBatch]:
    set_aside: list[pa.Table] = []
    asides = Asides(set_aside.append)
    day_rows = np.zeros(END_DAY, np.int64)
    products: NewNames | None = None
    for reader, batches in plan.batches(task, asides):
        products = products or NewNames(is_number=reader.has_number["product"])
        units: Numbering = (
            NewNames(is_number=reader.has_number["unit"]) if plan.ids is None else plan.units
        )
        numbered = [number_batch(batch, units, products, asides) for batch in batches]
        if not numbered:
            continue
        unit, product, day = (np.concatenate(columns) for columns in zip(*numbered, strict=True))
        count_days(unit, product, day, day_rows)
        bits, order, starts = plan.slice_bits, None, np.empty(0, np.int64)
        if isinstance(units, NewNames):
            bits, number, order, starts = _scattered(units, plan.n_slice)
            unit = number[unit]
        keys = pack(unit, product, day, bits, len(products))
        for s in range(len(keys.start) - 1):
            key = keys.key[keys.start[s] : keys.start[s + 1]]
            if not len(key):
                continue
            ids = None
            if order is not None:
                ids = _packed(units.names().take(pa.array(order[starts[s] : starts[s + 1]])))
            yield _row(
                slice=s, task=task, unit_bits=bits, day_bits=keys.layout.day_bits,
                base=keys.layout.base, width=key.itemsize, key=key.tobytes(), ids=ids,
            )  # fmt: skip
    days = np.flatnonzero(day_rows)
    told = pa.RecordBatch.from_arrays([pa.array(days), pa.array(day_rows[days])], ["day", "n"])
    yield _row(
        slice=TOLD, task=task, key=_bytes_of(told),
        ids=None if products is None else _packed(products.names()),
        asides=_bytes_of(pa.concat_tables(set_aside)) if set_aside else None,
    )  # fmt: skip


def look_outside(plan: ReadPlan, span: Span, tasks: Iterable[int]) -> Iterator[pa.RecordBatch]:
    """Rows of days outside the log, as of `PACKED`: a second look at what tasks have read."""
    for task in tasks:
        found: list[pa.Table] = []
        asides = Asides(found.append)
        for _, batches in plan.batches(task, Asides(lambda _: None)):
            for batch in batches:
                set_outside_aside(batch, span, asides)
        if found:
            yield _row(slice=TOLD, task=task, asides=_bytes_of(pa.concat_tables(found)))


def count_slice(plan: CountPlan, packed: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Counts of a slice, table by table and stratum after stratum, as of `COUNTED`."""
    units = NewNames(is_number=plan.has_number) if plan.members is None else None
    number = -1
    with KeyStore(int(plan.options.memory_gb * 1e9), Path(tempfile.gettempdir())) as store:
        for batch in packed:
            for row in batch.to_pylist():
                number = row["slice"]
                _keep(plan, row, units, store)
        if number < 0:
            return
        members = _members(plan, number, units, store)
        rank = np.arange(len(plan.survey.products), dtype=np.int32)
        words = Words(store, members, plan.span, rank, plan.unit_bits)
        tables = {name: TABLES[name](plan.survey, plan.options) for name in plan.options.metrics}
        current = -1
        for part in words.parts(1):
            for stratum, piece in pieces(part):
                if current not in {-1, stratum}:
                    yield from _counted(current, tables)
                current = stratum
                for table in tables.values():
                    table.add(piece)
        if current >= 0:
            yield from _counted(current, tables)
        n_unit = int(np.count_nonzero(members.left > members.joined))
        yield _batch(COUNTED, stratum=TOLD, n_unit=n_unit, n_spilled=store.n_spilled)


def _keep(plan: CountPlan, row: Mapping[str, Any], units: NewNames | None, store: KeyStore) -> None:
    """Number the rows of a task as those of the slice, and pack them anew, part by part."""
    layout = Layout(row["unit_bits"], row["day_bits"], row["base"])
    key = np.frombuffer(row["key"], np.dtype(f"u{row['width']}"))
    unit, product, day = unpack(key, layout)
    if units is not None:
        ids = unpacked(row["ids"])
        unit = units.number(ids.to_numpy() if plan.has_number else texts_of(ids))[unit]
    product = plan.numbers[row["task"]][product]
    store.add(pack(unit, product, day, plan.unit_bits, len(plan.survey.products)))


def _members(plan: CountPlan, number: int, units: NewNames | None, store: KeyStore) -> Members:
    if plan.members is not None:
        first = number << plan.slice_bits
        return plan.members.cut(first, min(first + (1 << plan.slice_bits), plan.members.n_unit))
    assert units is not None
    seen = np.zeros(len(units), np.uint8)
    for part in range(store.n_part):
        own = seen[part << plan.unit_bits : (part + 1) << plan.unit_bits]
        for segment in store.segments(part):
            mark_within(segment.key, segment.layout, plan.span.start, plan.span.end, own)
    return census(seen)


def _scattered(units: NewNames, n_slice: int) -> tuple[int, Small, Longs, Longs]:
    """Numbers of units by the slice that their hash is in.

    Returns
    -------
    tuple
        Bits of a unit's place in its slice, the number of each unit, which slice and place make,
        the units in the order of their numbers, and where each slice begins in it.
    """
    of = ((units.hashes >> np.uint64(40)) % np.uint64(n_slice)).astype(np.int64)
    order = np.argsort(of, kind="stable")
    starts = np.searchsorted(of[order], np.arange(n_slice + 1))
    bits = int(np.diff(starts).max(initial=1)).bit_length()
    number = np.empty(len(of), np.int32)
    number[order] = (of[order] << bits) | (np.arange(len(of)) - starts[of[order]])
    return bits, number, order, starts


def _counted(stratum: int, tables: Mapping[str, PartTable]) -> Iterator[pa.RecordBatch]:
    for name, table in tables.items():
        counts = _bytes_of(to_arrow(table.take()))
        yield _batch(COUNTED, stratum=stratum, table=name, counts=counts)


def _row(*, slice: int = TOLD, **values: object) -> pa.RecordBatch:  # noqa: A002 - the column
    return _batch(PACKED, slice=slice, **values)


def _batch(schema: pa.Schema, **values: object) -> pa.RecordBatch:
    columns = [pa.array([values.get(field.name)], field.type) for field in schema]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _packed(ids: pa.Array) -> bytes:
    return _bytes_of(pa.RecordBatch.from_arrays([ids], ["id"]))


def unpacked(data: bytes) -> pa.Array:
    """Ids that a task gave."""
    return read_rows(data).column("id")


def _bytes_of(rows: pa.RecordBatch | pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with pa.ipc.new_stream(sink, rows.schema, options=options) as writer:
        writer.write(rows)
    found: bytes = sink.getvalue().to_pybytes()
    return found


def read_rows(data: bytes) -> pa.RecordBatch:
    """Rows that a worker gave, as one batch."""
    table = pa.ipc.open_stream(data).read_all().combine_chunks()
    batches: Sequence[pa.RecordBatch] = table.to_batches()
    return batches[0] if batches else pa.RecordBatch.from_pylist([], schema=table.schema)
