"""Activity words of a log, part by part."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from howdah.kernels.activity import (
    Activity,
    Block,
    Frame,
    activity_of,
    assemble,
    cut,
    find_known,
    join,
    keep_observed,
    renumber,
)
from howdah.panels.collecting import in_order
from howdah.panels.keystore import KeyStore
from howdah.panels.roster import Members
from howdah.panels.span import Span
from howdah.panels.state import BLOCK_DAYS, KeptWords, StateReader
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
    first_new
        First day of the keys; blocks from its own on are written.
    """

    def __init__(
        self, store: KeyStore, members: Members, span: Span, rank: Small, unit_bits: int,
        kept: KeptWords | None = None, first_new: int = 0,
    ) -> None:  # fmt: skip
        self._store, self._members, self._span, self._rank = store, members, span, rank
        self._unit_bits, self._kept = unit_bits, kept
        self._n_unit = len(members.joined)
        self.n_part = max(-(-self._n_unit >> unit_bits), 1) if self._n_unit else 0
        last = (span.end - 1) // BLOCK_DAYS
        if kept is None or kept.before is None:
            # Products of a new state are numbered in their order.
            first_new, self._number = span.start, np.arange(len(rank), dtype=np.int32)
        else:
            self._number = np.argsort(rank).astype(np.int32)
        # New products stand between others: those of the state have other numbers there.
        self._is_moved = bool((np.diff(self._number, prepend=-1) != 1).any())
        self._written = range(first_new // BLOCK_DAYS, last + 1)

    def parts(self, threads: int, first: int = 0) -> Iterator[Part]:
        """All parts in order; with several threads the next are made meanwhile.

        Parameters
        ----------
        first
            Day of the first bit, counted from the first of the log: none but 0 is before the first
            day of the keys, and all others are the first of a block.
        """
        span = Span(self._span.start + first, self._span.n_day - first)

        def make(number: int) -> tuple[Part, dict[int, Block]]:
            return self._make(number, span, is_all=first == 0)

        is_wide = (len(self._rank) << self._unit_bits) > 1 << 32
        for part, blocks in in_order(make, range(self.n_part), threads):
            if self._kept is not None:
                self._kept.writer.add(blocks, is_wide=is_wide)
            yield part

    def _make(self, number: int, span: Span, *, is_all: bool) -> tuple[Part, dict[int, Block]]:
        """A part, and its blocks for the state, which keep days of before a unit joined too."""
        frame = Frame(self._rank, span.start, span.n_day)
        activity = assemble(self._store.segments(number), frame, self._unit_bits)
        blocks: dict[int, Block] = {}
        if self._kept is not None:
            activity, blocks = self._joined(number, activity, span, is_all=is_all)
        first = number << self._unit_bits
        end = min(first + (1 << self._unit_bits), self._n_unit)
        roster = self._members.roster(first, end, span.start, span.n_day)
        if roster.joined.any() or (roster.left < span.n_day).any():
            keep_observed(activity.words, activity.unit, roster.joined, roster.left)
        goes_on = end < self._n_unit and end not in self._members.start
        return Part(activity, roster, goes_on), blocks

    def _joined(
        self, part: int, new: Activity, span: Span, *, is_all: bool
    ) -> tuple[Activity, dict[int, Block]]:
        """New activity with that of the state, and what is to be written of it."""
        assert self._kept is not None
        before, bits = self._kept.before, self._unit_bits
        older: list[int] = []
        blocks: list[tuple[int, Block]] = []
        if before is not None:
            numbers = before.blocks
            older = [n for n in numbers if not is_all and n * BLOCK_DAYS < span.start]
            blocks = [
                (n * BLOCK_DAYS - span.start, self._block(before, n, part))
                for n in numbers[len(older) :]
            ]
        joined = join(blocks, new, bits)
        for n in reversed(older):
            assert before is not None
            find_known(self._block(before, n, part).pair, joined)
        written = {n: cut(joined, n * BLOCK_DAYS - span.start) for n in self._written}
        if self._is_moved:
            written = {n: renumber(block, self._number, bits) for n, block in written.items()}
        # The words are cut to the membership next, and those of blocks are copies.
        return activity_of(joined, bits), written

    def _block(self, before: StateReader, number: int, part: int) -> Block:
        block = before.block(number, part)
        return renumber(block, self._rank, self._unit_bits) if self._is_moved else block


def rank_names(names: pa.Array) -> tuple[pa.Array, Small]:
    """Names in ascending order, and the place of each in it."""
    order = pc.sort_indices(names)
    rank = np.empty(len(names), np.int32)
    rank[order.to_numpy()] = np.arange(len(names), dtype=np.int32)
    return names.take(order), rank
