"""Activity kept by blocks of days, made one with that of new days, and cut to blocks again.

A block holds the 64 days of one word, and only the pairs of product and unit that were active on
one of them: to add a day, and to count what it changes, takes the last blocks alone. Of the days
before, one bit a pair tells whether there was any activity.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.kernels.activity.assembly import WORD_DAYS
from howdah.kernels.activity.bits import lowest_bit
from howdah.kernels.activity.words import Activity, Words

Small = NDArray[np.int32]
Pairs = NDArray[np.uint64]
Flags = NDArray[np.uint8]

_U = np.uint64

#: What is known of a pair before the days at hand: not looked for yet, not active, active.
UNSEEN, NEW, KNOWN = 0, 1, 2


class Block(NamedTuple):
    """The pairs of a part that were active on 64 days."""

    pair: Any  # (n,) uint32 or uint64, ascending: product << unit_bits | unit in part
    word: Words  # (n,) never 0
    is_known: Flags  # (n,) 1: active before these days too


class Joined(NamedTuple):
    """Activity of a part, and what is known of its pairs before the first bit."""

    pair: Pairs  # (n_row,) ascending
    words: Words  # (n_row, n_word)
    past: Flags  # (n_row,) UNSEEN, NEW or KNOWN


def join(blocks: Sequence[tuple[int, Block]], new: Activity, unit_bits: int) -> Joined:
    """Rows of blocks and of new activity, each pair once; a day counts that any of them has.

    Parameters
    ----------
    blocks
        In the order of their days, each with the day of its first bit, counted from the first bit
        of `new`.
    """
    new_pair = (new.product.astype(np.uint64) << _U(unit_bits)) | new.unit.astype(np.uint64)
    pair = new_pair
    for _, block in blocks:
        union = np.empty(len(pair) + len(block.pair), np.uint64)
        pair = union[: _unite(pair, block.pair, union)]
    if len(pair) == len(new_pair):
        words = new.words
    else:
        words = np.zeros((len(pair), new.words.shape[1]), np.uint64)
        _put_rows(new_pair, new.words, pair, words)
    past = np.full(len(pair), UNSEEN, np.uint8)
    for day, block in blocks:
        _put_block(block, day, pair, words, past)
    return Joined(pair, words, past)


def activity_of(joined: Joined, unit_bits: int) -> Activity:
    """Activity by product and unit; of pairs that are known the first day is -1."""
    n = len(joined.pair)
    product, unit, first = (np.empty(n, np.int32) for _ in range(3))
    _name_rows(joined, unit_bits, product, unit, first)
    return Activity(product, unit, joined.words, first)


def cut(joined: Joined, day: int) -> Block:
    """The block whose first bit is of a day, counted from the first bit of the words."""
    # One place more, so that a row can be put where the next one goes and be left there or not.
    n_place = len(joined.pair) + 1
    rows = Block(
        np.empty(n_place, np.uint64), np.empty(n_place, np.uint64), np.empty(n_place, np.uint8)
    )
    n = _cut(joined, day, rows)
    return Block(rows.pair[:n].copy(), rows.word[:n].copy(), rows.is_known[:n].copy())


def renumber(block: Block, rank: Small, unit_bits: int) -> Block:
    """The same block with other numbers of products.

    Parameters
    ----------
    rank
        (n_product,) new number of each, no two the same.
    """
    found = Block(
        np.empty_like(block.pair), np.empty_like(block.word), np.empty_like(block.is_known)
    )
    _renumber(block, rank, unit_bits, found)
    return found


@nb.njit(cache=True, nogil=True)
def find_known(older: Any, joined: Joined) -> None:  # noqa: ANN401 - pairs of either width
    """Tell of pairs that no block at hand has, whether an older one has them."""
    low = 0
    for row in range(len(joined.pair)):
        if joined.past[row] == UNSEEN and low < len(older):
            low += np.searchsorted(older[low:], joined.pair[row])
            if low < len(older) and older[low] == joined.pair[row]:
                joined.past[row] = KNOWN


@nb.njit(cache=True, nogil=True)
def _renumber(block: Block, rank: Small, unit_bits: int, found: Block) -> None:
    bits = _U(unit_bits)
    start = np.zeros(int(rank.max()) + 2, np.int64)
    for i in range(len(block.pair)):
        start[rank[block.pair[i] >> bits] + 1] += 1
    for p in range(1, len(start)):
        start[p] += start[p - 1]
    unit = (_U(1) << bits) - _U(1)
    for i in range(len(block.pair)):
        product = rank[block.pair[i] >> bits]
        # Rows of one product stay in order.
        at = start[product]
        start[product] += 1
        found.pair[at] = (_U(product) << bits) | (block.pair[i] & unit)
        found.word[at], found.is_known[at] = block.word[i], block.is_known[i]


@nb.njit(cache=True, nogil=True)
def _unite(left: Pairs, right: Any, union: Pairs) -> int:  # noqa: ANN401 - of either width
    i, j, n = 0, 0, 0
    while i < len(left) and j < len(right):
        a, b = left[i], right[j]
        union[n] = min(a, b)
        i += a <= b
        j += b <= a
        n += 1
    while i < len(left):
        union[n] = left[i]
        i += 1
        n += 1
    while j < len(right):
        union[n] = right[j]
        j += 1
        n += 1
    return n


@nb.njit(cache=True, nogil=True)
def _put_rows(own: Pairs, from_words: Words, pair: Pairs, words: Words) -> None:
    row = 0
    for i in range(len(own)):
        while pair[row] != own[i]:
            row += 1
        for k in range(words.shape[1]):
            words[row, k] |= from_words[i, k]


@nb.njit(cache=True, nogil=True)
def _put_block(block: Block, day: int, pair: Pairs, words: Words, past: Flags) -> None:
    at, bits = day // WORD_DAYS, day % WORD_DAYS
    has_low, has_high = 0 <= at < words.shape[1], bits > 0 and 0 <= at + 1 < words.shape[1]
    row = i = 0
    # Which rows a block has cannot be foretold, so that nothing here branches on it.
    while i < len(block.pair):
        is_here = block.pair[i] == pair[row]
        word = block.word[i] & (_U(0) - _U(is_here))
        if has_low:
            words[row, at] |= word << _U(bits)
        if has_high:
            words[row, at + 1] |= word >> _U(WORD_DAYS - bits)
        past[row] += (NEW + block.is_known[i]) * (is_here & (past[row] == UNSEEN))
        i += is_here
        row += 1


@nb.njit(cache=True, nogil=True)
def _name_rows(joined: Joined, unit_bits: int, product: Small, unit: Small, first: Small) -> None:
    n_word = joined.words.shape[1]
    mask = (_U(1) << _U(unit_bits)) - _U(1)
    for i in range(len(joined.pair)):
        product[i] = np.int32(joined.pair[i] >> _U(unit_bits))
        unit[i] = np.int32(joined.pair[i] & mask)
        first[i] = -1
        if joined.past[i] != KNOWN:
            j = 0
            while j < n_word and joined.words[i, j] == _U(0):
                j += 1
            first[i] = 64 * j + (lowest_bit(joined.words[i, j]) if j < n_word else 0)


@nb.njit(cache=True, nogil=True)
def _cut(joined: Joined, day: int, block: Block) -> int:
    at, bits = day // WORD_DAYS, day % WORD_DAYS
    words, n_word = joined.words, joined.words.shape[1]
    has_low, has_high = 0 <= at < n_word, bits > 0 and 0 <= at + 1 < n_word
    n = 0
    for i in range(len(words)):
        word = earlier = _U(0)
        for j in range(min(at, n_word)):
            earlier |= words[i, j]
        if has_low:
            word = words[i, at] >> _U(bits)
            if bits > 0:
                earlier |= words[i, at] << _U(WORD_DAYS - bits)
        if has_high:
            word |= words[i, at + 1] << _U(WORD_DAYS - bits)
        block.pair[n], block.word[n] = joined.pair[i], word
        block.is_known[n] = (joined.past[i] == KNOWN) | (earlier != _U(0))
        n += word != _U(0)
    return n
