"""What a worker does with its share of a log, without a cluster."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from howdah.kernels.activity import IdTable, Texts, TextTable, cut_keys, pack, rename, unpack
from howdah.panels.collecting import NewNames
from howdah.panels.slices import _scattered

SEEDS = st.integers(0, 2**32 - 1)


@given(SEEDS, st.integers(0, 9), st.sampled_from([1, 9, 5000]))
def test_keys_unpack_to_the_rows_that_were_packed(seed: int, bits: int, n_product: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(0, 50))
    unit, product = rng.integers(0, 700, n), rng.integers(0, n_product, n)
    day = rng.integers(19_000, 19_000 + int(rng.integers(1, 3000)), n)
    rows = [column.astype(np.int32) for column in (unit, product, day)]
    keys = pack(*rows, bits, n_product)
    found = []
    for part in range(len(keys.start) - 1):
        own = keys.key[keys.start[part] : keys.start[part + 1]]
        unit, product, day = unpack(own, keys.layout)
        some = unit + (part << bits), product, day
        found += list(zip(*(column.tolist() for column in some), strict=True))
    assert sorted(found) == sorted(zip(*(column.tolist() for column in rows), strict=True))


@given(SEEDS, st.integers(0, 6), st.integers(1, 5), st.sampled_from([3, 70_000]))
def test_cut_keys_hold_the_rows_of_their_units_with_new_products(
    seed: int, bits: int, n_part: int, n_product: int
) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 60))
    unit, product = rng.integers(0, 300, n), rng.integers(0, 3, n)
    day = rng.integers(19_000, 19_000 + int(rng.integers(1, 3000)), n)
    number = rng.integers(0, n_product, 3).astype(np.int32)
    rows = [column.astype(np.int32) for column in (unit, product, day)]
    found = []
    for slice_number, own in enumerate(cut_keys(pack(*rows, bits, 3), n_part)):
        renamed = rename(own, number, n_product)
        for part in range(len(own.start) - 1):
            keys = renamed.key[own.start[part] : own.start[part + 1]]
            units, products, days = unpack(keys, renamed.layout)
            units = units + ((slice_number * n_part + part) << bits)
            found += list(zip(units.tolist(), products.tolist(), days.tolist(), strict=True))
    expected = unit.tolist(), number[product].tolist(), day.tolist()
    assert sorted(found) == sorted(zip(*expected, strict=True))


@given(SEEDS, st.integers(1, 256), st.booleans())
def test_a_unit_is_in_the_same_slice_whoever_reads_it(
    seed: int, n_slice: int, is_text: bool
) -> None:
    rng = np.random.default_rng(seed)
    ids = rng.integers(-(2**62), 2**62, 40)
    slices: dict[object, int] = {}
    for _ in range(2):
        some = rng.choice(ids, 30)
        units = NewNames(is_number=not is_text)
        units.number(texts(some) if is_text else some)
        bits, number, order, starts = _scattered(units, n_slice)
        names = units.names().to_pylist()
        assert len(set(number.tolist())) == len(names)
        for place, (name, at) in enumerate(zip(names, number.tolist(), strict=True)):
            assert slices.setdefault(name, at >> bits) == at >> bits < n_slice
            assert order[starts[at >> bits] + (at & ((1 << bits) - 1))] == place


def texts(ids: np.ndarray) -> Texts:
    column = pa.array([f"unit {n}" for n in ids], pa.large_string())
    _, start, data = column.buffers()
    return Texts(np.frombuffer(start, np.int64)[: len(ids) + 1], np.frombuffer(data, np.uint8))


@pytest.mark.parametrize("n_slice", [2, 7, 64])
def test_units_that_follow_one_another_are_spread_evenly(n_slice: int) -> None:
    ids = np.arange(20_000, dtype=np.int64)
    for table in (IdTable(ids), IdTable(64 * ids), TextTable(texts(ids))):
        of = (table.hashes >> np.uint64(40)) % np.uint64(n_slice)
        n = np.bincount(of.astype(np.int64), minlength=n_slice)
        # Six standard deviations of a fair draw.
        assert np.abs(n - n.mean()).max() < 6 * np.sqrt(n.mean())
