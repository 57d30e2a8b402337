"""Arrays that are mostly nought, as bytes and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from howdah.kernels.activity.sparse import add_sparse, pack_sparse, take_sparse, unpack_sparse

LEAST, MOST = -(2**63), 2**63 - 1


@given(
    st.dictionaries(
        st.integers(0, 2**40) | st.integers(0, 20), st.integers(LEAST, MOST) | st.integers(0, 300)
    )
)
def test_what_is_written_is_read(numbers: dict[int, int]) -> None:
    place = np.array(sorted(numbers), np.int64)
    n = np.array([numbers[p] for p in place.tolist()], np.int64)
    found_place, found_n = unpack_sparse(pack_sparse(place, n))
    assert found_place.tolist() == place.tolist()
    assert found_n.tolist() == n.tolist()


@pytest.mark.parametrize("kind", [np.int64, np.int32, np.uint16, np.uint8])
@given(data=st.data())
def test_rows_are_taken_out_and_added_back(kind: type[np.integer], data: st.DataObject) -> None:
    matrix = data.draw(arrays(kind, (4, 5), elements=st.integers(np.iinfo(kind).min // 2, 3)))
    rows = np.array(data.draw(st.lists(st.integers(0, 3), unique=True).map(sorted)), np.int64)
    left, taken = matrix.copy(), np.zeros_like(matrix)
    left[rows] = 0
    taken[rows] = matrix[rows]
    before = matrix.copy()

    written = take_sparse(matrix, rows)
    place, n = unpack_sparse(written)
    assert place.tolist() == np.flatnonzero(taken).tolist()
    assert n.tolist() == taken.reshape(-1)[place].tolist()
    assert matrix.tolist() == left.tolist()

    add_sparse(written, matrix.reshape(-1))
    assert matrix.tolist() == before.tolist()


def test_a_stretch_of_small_numbers_takes_a_byte_each() -> None:
    place = np.arange(1000, 2000)
    data = pack_sparse(place, np.tile([-64, 63], 500))
    assert len(data) == 8 + 2 + 2 + 1000


def test_many_rows_are_written_beyond_the_first_room() -> None:
    matrix = np.random.default_rng(1).integers(-(2**62), 2**62, (300, 40))
    before = matrix.copy()
    written = take_sparse(matrix, np.arange(300))
    assert not matrix.any()
    add_sparse(written, matrix.reshape(-1))
    assert (matrix == before).all()
