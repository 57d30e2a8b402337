"""Activity words of a log, part by part."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from collections import deque

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from howdah.kernels.activity import Activity, Frame, assemble, keep_observed
from howdah.panels.keystore import KeyStore
from howdah.panels.roster import Members
from howdah.panels.span import Span
from howdah.panels.tables import Part

Small = NDArray[np.int32]


class Words:
    """The parts of a log whose keys have been kept.

    Parameters
    ----------
    rank
        (n_product,) place of each product's number in the order of products.
    unit_bits
        A part holds ``2**unit_bits`` units.
    """

    def __init__(
        self, store: KeyStore, members: Members, span: Span, rank: Small, unit_bits: int
    ) -> None:
        self._store, self._members, self._span = store, members, span
        self._frame = Frame(rank, span.start, span.n_day)
        self._unit_bits = unit_bits
        self._n_unit = len(members.joined)
        self.n_part = max(-(-self._n_unit >> unit_bits), 1) if self._n_unit else 0

    def activity(self, part: int) -> Activity:
        """All activity of a part, also of days on which a unit was not observed."""
        return assemble(self._store.segments(part), self._frame, self._unit_bits)

    def part(self, part: int) -> Part:
        """A part."""
        return self.observed(self.activity(part), part)

    def observed(self, activity: Activity, part: int) -> Part:
        """A part of some activity, which loses the days on which a unit was not observed."""
        first = part << self._unit_bits
        end = min(first + (1 << self._unit_bits), self._n_unit)
        roster = self._members.roster(first, end, self._span.start, self._span.n_day)
        keep_observed(activity.words, activity.unit, roster.joined, roster.left)
        goes_on = end < self._n_unit and end not in self._members.start
        return Part(activity, roster, goes_on)

    def parts(self, threads: int) -> Iterator[Part]:
        """All parts in order; with several threads the next are made meanwhile."""
        if threads == 1:
            yield from map(self.part, range(self.n_part))
            return
        with ThreadPoolExecutor(threads) as pool:
            waiting: deque[Future[Part]] = deque()
            for part in range(self.n_part):
                waiting.append(pool.submit(self.part, part))
                if len(waiting) > threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()


def rank_names(names: pa.Array) -> tuple[pa.Array, Small]:
    """Names in ascending order, and the place of each in it."""
    order = pc.sort_indices(names)
    rank = np.empty(len(names), np.int32)
    rank[order.to_numpy()] = np.arange(len(names), dtype=np.int32)
    return names.take(order), rank
