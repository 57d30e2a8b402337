"""Blocks of days against sets of Python."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from howdah.kernels.activity import (
    Activity,
    Block,
    Frame,
    Joined,
    Segment,
    activity_of,
    assemble,
    cut,
    find_known,
    join,
    pack,
    renumber,
)

Row = tuple[int, int, int]

BITS = 5
N_DAY = 300

rows = st.lists(
    st.tuples(st.integers(0, 31), st.integers(0, 5), st.integers(0, N_DAY - 1)), max_size=60
)


def words_of(some: list[Row], first: int, n_day: int) -> Activity:
    unit, product, day = (np.array([row[k] for row in some], np.int32) for k in range(3))
    keys = pack(unit, product, day, BITS, 6)
    frame = Frame(np.arange(6, dtype=np.int32), first, n_day)
    return assemble([Segment(keys.key, keys.layout)], frame, BITS)


def block_of(some: list[Row], first: int) -> Block:
    """A block made the slow way."""
    words: dict[int, int] = {}
    for unit, product, day in some:
        if first <= day < first + 64:
            pair = product << BITS | unit
            words[pair] = words.get(pair, 0) | 1 << (day - first)
    earlier = {product << BITS | unit for unit, product, day in some if day < first}
    pairs = sorted(words)
    return Block(
        np.array(pairs, np.uint64),
        np.array([words[pair] for pair in pairs], np.uint64),
        np.array([pair in earlier for pair in pairs], np.uint8),
    )


def is_same(left: Block, right: Block) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(left, right, strict=True))


@given(rows, rows, st.integers(0, 100), st.integers(0, 4))
def test_blocks_and_new_days_are_those_of_all_rows(
    before: list[Row], new: list[Row], start: int, n_older: int
) -> None:
    # Blocks begin at multiples of 64, and the log on some day in one.
    before, new = ([(u, p, d + start) for u, p, d in some] for some in (before, new))
    firsts = list(range(start // 64 * 64, start + N_DAY, 64))
    older, at_hand = firsts[:n_older], firsts[n_older:]
    first = max(start, firsts[n_older])
    new = [row for row in new if row[2] >= first]
    blocks = [(day - first, block_of(before, day)) for day in at_hand]
    joined = join(blocks, words_of(new, first, start + N_DAY - first), BITS)
    for day in reversed(older):
        find_known(block_of(before, day).pair, joined)
    both = before + new
    found = activity_of(joined, BITS)
    want = words_of(both, first, start + N_DAY - first)
    assert np.array_equal(found.product, want.product)
    assert np.array_equal(found.unit, want.unit)
    assert np.array_equal(found.words, want.words)
    ever: dict[tuple[int, int], int] = {}
    for unit, product, day in both:
        ever[product, unit] = min(day, ever.get((product, unit), day))
    for product, unit, day in zip(found.product, found.unit, found.first_day, strict=True):
        assert day == max(ever[int(product), int(unit)] - first, -1)
    for day in at_hand:
        assert is_same(cut(joined, day - first), block_of(both, day))


@given(rows, st.permutations(range(6)))
def test_products_of_a_block_get_other_numbers(some: list[Row], order: list[int]) -> None:
    renamed = [(u, order[p], d) for u, p, d in some]
    rank = np.array(order, np.int32)
    assert is_same(renumber(block_of(some, 64), rank, BITS), block_of(renamed, 64))


def test_nothing_joined_is_nothing() -> None:
    joined = join([(0, block_of([], 0))], words_of([], 0, 70), BITS)
    assert joined.words.shape == (0, 2)
    assert len(cut(joined, 0).pair) == 0
    find_known(np.empty(0, np.uint64), joined)
    assert len(activity_of(Joined(*joined), BITS).unit) == 0
