"""Keys, words and numbers against sets of Python."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from howdah.kernels.activity import (
    Activity,
    Frame,
    IdTable,
    Segment,
    Texts,
    TextTable,
    assemble,
    assembly,
    days_between,
    find_dense,
    first_days,
    keep_observed,
    pack,
    shift_ids,
)

Row = tuple[int, int, int]
rows = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5), st.integers(0, 200)), max_size=80)


def columns(some: list[Row]) -> list[np.ndarray]:
    return [np.array([row[k] for row in some], np.int32) for k in range(3)]


def set_of(activity: Activity) -> set[Row]:
    found = set()
    for product, unit, words in zip(activity.product, activity.unit, activity.words, strict=True):
        bits = np.unpackbits(words.astype("<u8").view(np.uint8), bitorder="little")
        found |= {(int(unit), int(product), int(day)) for day in np.flatnonzero(bits)}
    return found


def texts(some: list[str]) -> Texts:
    coded = [text.encode() for text in some]
    start = np.concatenate([[0], np.cumsum([len(text) for text in coded])]).astype(np.int32)
    return Texts(start, np.frombuffer(b"".join(coded), np.uint8))


@given(st.lists(rows, max_size=4), st.permutations(range(6)), st.booleans(), st.booleans())
def test_words_hold_the_rows_of_each_batch_once(
    batches: list[list[Row]], order: list[int], sorts: bool, is_wide: bool
) -> None:
    unit_bits, first, n_day = 3, 1000, 150
    made = []
    for batch in batches:
        unit, product, day = columns(batch)
        # Product numbers of many bits make keys of eight bytes.
        made.append(pack(unit, product, day + first, unit_bits, 2**28 if is_wide else 6))
        if batch:
            spread = int(np.ptp(day)).bit_length()
            width = 31 + spread if is_wide else 6 + spread
            assert made[-1].key.dtype == (np.uint64 if width > 32 else np.uint32)
    frame = Frame(np.array(order, np.int32), first, n_day)
    found: set[Row] = set()
    with pytest.MonkeyPatch.context() as patch:
        if sorts:
            patch.setattr(assembly, "_FEW_BITS", 0)
            patch.setattr(assembly, "_BITS_PER_KEY", 0)
        for part in range(4):
            segments = [
                Segment(keys.key[keys.start[part] : keys.start[part + 1]], keys.layout)
                for keys in made
                if part + 1 < len(keys.start)
            ]
            activity = assemble(segments, frame, unit_bits)
            names = list(zip(activity.product, activity.unit, strict=True))
            assert names == sorted(set(names))
            assert (first_days(activity.words) == activity.first_day).all()
            found |= {(u + 8 * part, p, d) for u, p, d in set_of(activity)}
    assert found == {(u, order[p], d) for batch in batches for u, p, d in batch if d < n_day}


@given(st.integers(-200, 300), st.integers(-200, 300), st.integers(0, 3))
def test_observed_days_are_kept_and_no_others(low: int, high: int, word: int) -> None:
    full = np.full((1, 4), ~np.uint64(0))
    zero = np.zeros(1, np.int32)
    keep_observed(full, zero, np.array([low], np.int32), np.array([high], np.int32))
    bits = np.unpackbits(full.astype("<u8").view(np.uint8), bitorder="little")
    days = np.arange(256)
    assert (bits == ((days >= low) & (days < high))).all()
    assert days_between(low - 64 * word, high - 64 * word) == full[0, word]


@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=50), st.integers(0, 60))
def test_ids_have_one_number_each(ids: list[int], n: int) -> None:
    # Many times over, so that the table has to grow.
    many = np.array(ids * 3 + list(range(9000)), np.int64)
    table = IdTable()
    found = table.number(many)
    assert (table.ids[found] == many).all()
    assert len(table) == len(set(many.tolist()))
    assert (table.find(many) == found).all()
    assert (table.find(np.array([9000 + n])) >= 0).all() == (9000 + n in ids)


@given(st.lists(st.text(max_size=20), max_size=40))
def test_texts_have_one_number_each(some: list[str]) -> None:
    many = some * 2 + [f"unit {n}" for n in range(5000)] + ["x" * 100_000]
    table = TextTable()
    found = table.number(texts(many))
    assert len(table) == len(set(many))
    by_text: dict[str, int] = {}
    for text, number in zip(many, found.tolist(), strict=True):
        assert by_text.setdefault(text, number) == number
    start, data = table.texts
    assert bytes(data[start[found[0]] : start[found[0] + 1]]).decode() == many[0]
    assert (table.find(texts(many)) == found).all()
    assert table.find(texts(["no such unit"]))[0] == -1


def test_ranges_at_the_ends_of_64_bits() -> None:
    ids = np.array([2**63 - 1, -(2**63), 5, 4, 7], np.int64)
    found = find_dense(ids, 5, np.array([8, 9], np.int32))
    assert found.tolist() == [-1, -1, 8, -1, -1]
    assert shift_ids(ids, -(2**63), 3).tolist() == [-1, 0, -1, -1, -1]


@given(st.lists(st.integers(-(2**31), 2**31 - 1), min_size=1, max_size=50))
def test_integers_of_32_bits_have_the_numbers_of_those_of_64(ids: list[int]) -> None:
    small, large = np.array(ids, np.int32), np.array(ids, np.int64)
    table, other = IdTable(), IdTable()
    assert (table.number(small) == other.number(large)).all()
    assert (table.find(small) == table.find(large)).all()
    assert (table.ids == other.ids).all()
    low, numbers = min(ids), np.arange(7, dtype=np.int32)
    assert (find_dense(small, low, numbers) == find_dense(large, low, numbers)).all()
    assert (shift_ids(small, low, 9) == shift_ids(large, low, 9)).all()
