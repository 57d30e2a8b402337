"""One pass over a log: its rows numbered, packed to keys and kept by part."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from howdah.core.progress import Progress
from howdah.kernels.activity import (
    IdTable,
    Texts,
    TextTable,
    count_days,
    find_dense,
    mark_seen,
    pack,
    shift_ids,
)
from howdah.panels.asides import Asides
from howdah.panels.keystore import KeyStore
from howdah.panels.log import END_DAY, Batch, Ids, Reader, Task, shown, take, texts_of

Longs = NDArray[np.int64]
Small = NDArray[np.int32]
T = TypeVar("T")
R = TypeVar("R")

#: Ids that lie this much thinner than their number still are looked up in an array.
_THIN = 16
_SMALL_RANGE = 1 << 22
_LARGE_RANGE = 1 << 29

_UNKNOWN = "no such unit in the panel"


class Numbering(Protocol):
    """Gives ids numbers, -1 to one that may have none."""

    def number(self, ids: Ids) -> Small:
        """Number of each."""

    def names(self) -> pa.Array:
        """Ids by number."""

    def __len__(self) -> int: ...


class PanelUnits:
    """Numbers of the units of a panel.

    Parameters
    ----------
    ids
        (n_unit,) int64 or text, by number.
    """

    def __init__(self, ids: pa.Array) -> None:
        self._n, self._names = len(ids), ids
        self._low = 0
        self._ids: IdTable | None = None
        if not pa.types.is_integer(ids.type):
            self._texts = TextTable(texts_of(ids))
            return
        numbers = ids.to_numpy()
        low, high = int(numbers.min()), int(numbers.max())
        if high - low < max(_THIN * self._n, _SMALL_RANGE):
            self._low = low
            self._dense = np.full(high - low + 1, -1, np.int32)
            self._dense[numbers - low] = np.arange(self._n, dtype=np.int32)
        else:
            self._ids = IdTable(numbers)

    def __len__(self) -> int:
        return self._n

    def names(self) -> pa.Array:
        """(n_unit,) ids by number."""
        return self._names

    def number(self, ids: Ids) -> Small:
        """Number of each id; -1 of one that is not in the panel."""
        if isinstance(ids, Texts):
            return self._texts.find(ids)
        if self._ids is not None:
            return self._ids.find(ids)
        return find_dense(ids, self._low, self._dense)


class RangeUnits:
    """Numbers of the units of a census whose ids are a range of integers.

    A number may be of no unit; `Members` tells which are.
    """

    def __init__(self, low: int, high: int) -> None:
        self._low, self._n = low, high - low + 1

    @classmethod
    def fits(cls, low: int, high: int, n_rows: int) -> bool:
        """Whether ids of a range are few enough to have a number each."""
        return high - low < min(max(n_rows, _SMALL_RANGE), _LARGE_RANGE)

    def __len__(self) -> int:
        return self._n

    def names(self) -> pa.Array:
        """(n,) ids by number."""
        return pa.array(np.arange(self._low, self._low + self._n), pa.int64())

    def number(self, ids: Ids) -> Small:
        """Number of each id."""
        assert not isinstance(ids, Texts)
        return shift_ids(ids, self._low, self._n)


class NewNames:
    """Numbers in the order in which ids come: of the products, and of the units of a census.

    Parameters
    ----------
    known
        Ids that have the first numbers.
    """

    def __init__(self, *, is_number: bool, known: pa.Array | None = None) -> None:
        self._table: IdTable | TextTable
        if is_number:
            self._table = IdTable(None if known is None else known.to_numpy())
        else:
            self._table = TextTable(None if known is None else texts_of(known))
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._table)

    @property
    def hashes(self) -> NDArray[np.uint64]:
        """(n,) a hash of each id by number, the same in every process."""
        return self._table.hashes

    def number(self, ids: Ids) -> Small:
        """Number of each id; one that is new gets the next."""
        with self._lock:
            if isinstance(self._table, TextTable):
                assert isinstance(ids, Texts)
                return self._table.number(ids)
            assert not isinstance(ids, Texts)
            return self._table.number(ids)

    def names(self) -> pa.Array:
        """(n,) ids by number: int64 or text."""
        if isinstance(self._table, IdTable):
            return pa.array(self._table.ids, pa.int64())
        texts = self._table.texts
        buffers = [None, pa.py_buffer(texts.start.astype(np.int64)), pa.py_buffer(texts.data)]
        return pa.Array.from_buffers(pa.large_string(), len(self._table), buffers)


@dataclass(slots=True)
class Collected:
    """What a pass over a log found.

    Attributes
    ----------
    day_rows
        (END_DAY,) rows by day since 1970-01-01.
    seen
        (n_unit,) 1 of a unit that some row is of; empty where that is not asked for.
    n_rows
        Rows that could be read, repeats among them.
    """

    day_rows: Longs = field(default_factory=lambda: np.zeros(END_DAY, np.int64))
    seen: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))
    n_rows: int = 0


class Collector:
    """Takes the batches of a log.

    Parameters
    ----------
    unit_bits
        A part holds ``2**unit_bits`` units.
    is_census
        Every unit is taken, and it is marked which there are.
    """

    def __init__(
        self, units: Numbering, products: NewNames, store: KeyStore, asides: Asides,
        unit_bits: int, *, is_census: bool,
    ) -> None:  # fmt: skip
        self._units, self._products = units, products
        self._store, self._asides = store, asides
        self._unit_bits, self._is_census = unit_bits, is_census
        self._lock = threading.Lock()
        self._seen = np.zeros(0, np.uint64)
        self.found = Collected()

    def collect(self, reader: Reader, threads: int, progress: Progress, n_rows: int) -> Collected:
        """Take all batches of a log."""
        done = 0
        for n in in_order(self._take, reader.tasks(), threads):
            done += n
            progress("reading the log", done, n_rows)
        if self._is_census:
            octets = self._seen.astype("<u8").view(np.uint8)
            self.found.seen = np.unpackbits(octets, count=len(self._units), bitorder="little")
        return self.found

    def _take(self, work: tuple[Task, int]) -> int:
        task, n = work
        numbered = [
            number_batch(batch, self._units, self._products, self._asides) for batch in task()
        ]
        if numbered:
            self._keep(*(np.concatenate(columns) for columns in zip(*numbered, strict=True)))
        return n

    def _keep(self, unit: Small, product: Small, day: Small) -> None:
        keys = pack(unit, product, day, self._unit_bits, len(self._products))
        self._store.add(keys)
        with self._lock:
            found = self.found
            count_days(unit, product, day, found.day_rows)
            found.n_rows += len(keys.key)
            if self._is_census:
                n_word = -(-len(self._units) // 64)
                if len(self._seen) < n_word:
                    more = np.zeros(max(2 * len(self._seen), n_word), np.uint64)
                    more[: len(self._seen)] = self._seen
                    self._seen = more
                mark_seen(unit, self._seen)


def number_batch(
    batch: Batch, units: Numbering, products: NewNames, asides: Asides
) -> tuple[Small, Small, Small]:
    """Unit, product and day of the rows of a batch that can be used, as numbers."""
    unit = units.number(batch.unit)
    if len(unit) and (unit.min() < 0 or batch.day.min() < 0):
        at = np.flatnonzero((unit < 0) & (batch.day >= 0))
        asides.add(batch.path, batch.rows(at), "unit", shown(batch.unit, at), _UNKNOWN)
        unit[batch.day < 0] = -1
        # A product that only such rows name is no product of the log.
        kept = np.flatnonzero(unit >= 0)
        return unit[kept], products.number(take(batch.product, kept)), batch.day[kept]
    return unit, products.number(batch.product), batch.day


def in_order(work: Callable[[T], R], items: Iterable[T], threads: int) -> Iterator[R]:
    """Results of work on items, in their order, few of which are under way at a time."""
    if threads == 1:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[R]] = deque()
        try:
            for item in items:
                waiting.append(pool.submit(work, item))
                if len(waiting) > threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
