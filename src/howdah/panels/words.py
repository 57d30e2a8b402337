"""Activity words of a log, part by part."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from howdah.kernels.activity import Frame, assemble, keep_observed, merge
from howdah.panels.collecting import in_order
from howdah.panels.keystore import KeyStore
from howdah.panels.roster import Members
from howdah.panels.span import Span
from howdah.panels.state import KeptWords, state_rows
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
    kept
        The state that the words are added to, and written to.
    """

    def __init__(
        self, store: KeyStore, members: Members, span: Span, rank: Small, unit_bits: int,
        kept: KeptWords | None = None,
    ) -> None:  # fmt: skip
        self._store, self._members, self._span = store, members, span
        self._frame = Frame(rank, span.start, span.n_day)
        self._unit_bits, self._kept = unit_bits, kept
        self._n_unit = len(members.joined)
        self.n_part = max(-(-self._n_unit >> unit_bits), 1) if self._n_unit else 0

    def parts(self, threads: int) -> Iterator[Part]:
        """All parts in order; with several threads the next are made meanwhile."""
        for part, rows in in_order(self._make, range(self.n_part), threads):
            if self._kept is not None:
                self._kept.writer.add(rows)
            yield part

    def _make(self, number: int) -> tuple[Part, pa.Table | None]:
        """A part, and its rows for the state, which keeps days of before a unit joined too."""
        activity = assemble(self._store.segments(number), self._frame, self._unit_bits)
        rows = None
        if self._kept is not None:
            if (before := self._kept.before) is not None:
                old = before.activity(number, self._frame.rank)
                activity = merge(old, activity, before.header.start - self._span.start)
            rows = state_rows(activity)
        first = number << self._unit_bits
        end = min(first + (1 << self._unit_bits), self._n_unit)
        roster = self._members.roster(first, end, self._span.start, self._span.n_day)
        keep_observed(activity.words, activity.unit, roster.joined, roster.left)
        goes_on = end < self._n_unit and end not in self._members.start
        return Part(activity, roster, goes_on), rows


def rank_names(names: pa.Array) -> tuple[pa.Array, Small]:
    """Names in ascending order, and the place of each in it."""
    order = pc.sort_indices(names)
    rank = np.empty(len(names), np.int32)
    rank[order.to_numpy()] = np.arange(len(names), dtype=np.int32)
    return names.take(order), rank
