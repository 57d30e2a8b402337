"""Slices of a log: what the workers of a cluster read and count.

A *task* reads some rows of a file, exactly as one process would, and packs them to keys. The keys
go to *slices*: contiguous ranges of the units of a panel, and of a census whatever units have
hashes that fall together, because it has one stratum and their order tells nothing. A slice makes
its keys to parts, counts these with the tables, and gives the counts of each stratum.
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from howdah.core.errors import HowdahError
from howdah.engines import connect
from howdah.kernels.activity import (
    Keys,
    count_days,
    cut_keys,
    mark_within,
    pack,
    rename,
    unpack,
)
from howdah.panels.asides import Asides
from howdah.panels.audience import TABLES, Options, set_outside_aside
from howdah.panels.collecting import NewNames, Numbering, PanelUnits, number_batch
from howdah.panels.counts import Counts
from howdah.panels.keystore import KeyStore
from howdah.panels.log import END_DAY, Batch, Calendar, LogFile, Reader, texts_of
from howdah.panels.roster import Members, census
from howdah.panels.span import Span
from howdah.panels.strata import pieces
from howdah.panels.tables import PartTable, Survey
from howdah.panels.words import Words

Longs = NDArray[np.int64]
Small = NDArray[np.int32]

#: Slices of a census, so that slice and place of a unit have room in one number.
MOST_SLICES = 256


class Packed(NamedTuple):
    """Keys of a task that go to a slice."""

    task: int
    keys: Keys  # of a panel part by part as the slice has them, of a census in one
    ids: pa.Array | None  # of a census by the number of the unit


class Told(NamedTuple):
    """What a task tells of itself."""

    task: int
    days: tuple[Longs, Longs]  # those with rows, and how many
    products: pa.Array | None  # by the number that they have in keys
    asides: pa.Table | None
    fault: str | None = None


class Counted(NamedTuple):
    """What a slice counted of a stratum, table by table."""

    stratum: int
    counts: dict[str, Counts]


class Slice(NamedTuple):
    """What a slice tells of itself."""

    n_unit: int
    n_spilled: int


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
    slice_bits, unit_bits
        A slice of a panel holds ``2**slice_bits`` units, and a part of it ``2**unit_bits``.
    n_slice
        Slices of a census.
    """

    files: tuple[LogFile, ...]
    places: tuple[Place, ...]
    tz: str
    ids: pa.Array | None
    slice_bits: int
    unit_bits: int
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


def read_task(plan: ReadPlan, task: int) -> Iterator[tuple[int, Packed | Told]]:
    """Keys of a task by slice, and what it tells of itself, after the last slice.

    A log that cannot be read is told too, instead of raised: to try again would not help.
    """
    try:
        yield from _read_task(plan, task)
    except HowdahError as error:
        nothing = np.empty(0, np.int64)
        yield plan.n_slice, Told(task, (nothing, nothing), None, None, str(error))


def _read_task(plan: ReadPlan, task: int) -> Iterator[tuple[int, Packed | Told]]:
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
        if isinstance(units, NewNames):
            yield from _packed_census(plan, task, units, (unit, product, day), len(products))
        else:
            keys = pack(unit, product, day, plan.unit_bits, len(products))
            for s, own in enumerate(cut_keys(keys, 1 << (plan.slice_bits - plan.unit_bits))):
                if len(own.key):
                    yield s, Packed(task, own, None)
    days = np.flatnonzero(day_rows)
    yield plan.n_slice, Told(
        task, (days, day_rows[days]), None if products is None else products.names(),
        pa.concat_tables(set_aside) if set_aside else None,
    )  # fmt: skip


def _packed_census(
    plan: ReadPlan, task: int, units: NewNames, rows: tuple[Small, Small, Small], n_product: int
) -> Iterator[tuple[int, Packed]]:
    bits, number, order, starts = _scattered(units, plan.n_slice)
    unit, product, day = rows
    keys = pack(number[unit], product, day, bits, n_product)
    names = units.names()
    for s, own in enumerate(cut_keys(keys, 1)):
        if len(own.key):
            yield s, Packed(task, own, names.take(pa.array(order[starts[s] : starts[s + 1]])))


def look_outside(plan: ReadPlan, span: Span, task: int) -> Iterator[pa.Table]:
    """Rows of days outside the log: a second look at what a task has read."""
    found: list[pa.Table] = []
    asides = Asides(found.append)
    for _, batches in plan.batches(task, Asides(lambda _: None)):
        for batch in batches:
            set_outside_aside(batch, span, asides)
    yield from found


def count_slice(
    plan: CountPlan, number: int, packed: Iterable[Packed], tell: Callable[[Slice], None]
) -> Iterator[Counted]:
    """Counts of a slice, stratum after stratum.

    Parameters
    ----------
    tell
        Takes what the slice tells of itself.
    """
    units = NewNames(is_number=plan.has_number) if plan.members is None else None
    with KeyStore(int(plan.options.memory_gb * 1e9), Path(tempfile.gettempdir())) as store:
        for task, keys, ids in packed:
            own = keys if units is None else _renumbered(keys, ids, units, plan)
            store.add(rename(own, plan.numbers[task], len(plan.survey.products)))
        if not store.n_part:
            return
        members = _members(plan, number, units, store)
        rank = np.arange(len(plan.survey.products), dtype=np.int32)
        words = Words(store, members, plan.span, rank, plan.unit_bits)
        tables = {name: TABLES[name](plan.survey, plan.options) for name in plan.options.metrics}
        current = -1
        for part in words.parts(1):
            for stratum, piece in pieces(part):
                if current not in {-1, stratum}:
                    yield _counted(current, tables)
                current = stratum
                for table in tables.values():
                    table.add(piece)
        if current >= 0:
            yield _counted(current, tables)
        tell(Slice(int(np.count_nonzero(members.left > members.joined)), store.n_spilled))


def _renumbered(keys: Keys, ids: pa.Array, units: NewNames, plan: CountPlan) -> Keys:
    """Keys of a census with the numbers that units have in the slice."""
    unit, product, day = unpack(keys.key, keys.layout)
    number = units.number(ids.to_numpy() if plan.has_number else texts_of(ids))
    return pack(number[unit], product, day, plan.unit_bits, int(product.max(initial=0)) + 1)


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


def _counted(stratum: int, tables: Mapping[str, PartTable]) -> Counted:
    return Counted(stratum, {name: dict(table.take()) for name, table in tables.items()})
