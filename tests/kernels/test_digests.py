"""The set of digests says what Python's own set says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from howdah.kernels import DigestSet


def batch(numbers: list[int]) -> NDArray[np.uint8]:
    text = "".join(f"{number:032x}" for number in numbers).encode()
    return np.frombuffer(text, np.uint8).reshape(-1, 32)


# Few distinct numbers, so that they repeat; some that differ in one half only.
numbers = (
    st.integers(0, 2**128 - 1) | st.integers(1, 20) | st.integers(1, 20).map(lambda n: n << 64)
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(numbers.filter(bool), max_size=30), max_size=6))
def test_each_batch_tells_which_are_new(batches: list[list[int]]) -> None:
    ours, theirs = DigestSet(), set[int]()
    for part in batches:
        expected = []
        for number in part:
            expected.append(number not in theirs)
            theirs.add(number)
        assert ours.add(batch(part)).tolist() == expected
        assert len(ours) == len(theirs)


def test_growing_keeps_what_was_added() -> None:
    rng = np.random.default_rng(1)
    parts = [rng.integers(1, 2**62, 5_000).tolist() for _ in range(6)]
    seen = DigestSet()
    for part in parts:
        # The low bits are alike, so that many start at one slot.
        seen.add(batch([number << 20 for number in part]))
    assert len(seen) == len({number for part in parts for number in part})
    assert not any(seen.add(batch([number << 20 for number in parts[0]])))
    assert seen.add(batch([3])).tolist() == [True]


def test_expected_size_changes_nothing() -> None:
    small, large = DigestSet(1), DigestSet(1_000_000)
    numbers = list(range(1, 4_000)) + list(range(1, 100))
    assert small.add(batch(numbers)).tolist() == large.add(batch(numbers)).tolist()


def test_zero_digest_is_a_digest() -> None:
    seen = DigestSet()
    assert seen.add(batch([0, 5, 0])).tolist() == [True, True, False]
    assert seen.add(batch([0])).tolist() == [False]


def test_empty_batch() -> None:
    seen = DigestSet()
    assert seen.add(batch([])).tolist() == []
    assert len(seen) == 0


def test_digests_of_another_width_are_refused() -> None:
    with pytest.raises(ValueError, match="32"):
        DigestSet().add(np.zeros((2, 40), np.uint8))
