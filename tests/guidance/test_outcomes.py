"""The interval of a median, by enumeration; answers from few outcomes."""

from itertools import product

import numpy as np
import pytest

from howdah.guidance.outcomes import median_interval


@pytest.mark.parametrize("n", [5, 6, 9, 12])
def test_the_interval_of_a_median_covers_as_often_as_it_says(n: int) -> None:
    # Each of n draws lies below the median of all or above it, alike often.
    found = median_interval(np.arange(n, dtype=float), 0.9)
    low, high = int(found.lower), int(found.upper)
    inside = [low < sum(below) <= high for below in product((0, 1), repeat=n)]
    assert np.mean(inside) == pytest.approx(found.prob)
    assert found.prob >= 0.9
    assert found.value == pytest.approx((n - 1) / 2)


def test_too_few_give_all_their_range_at_the_probability_that_it_has() -> None:
    found = median_interval([3.0, 1.0], 0.9)
    assert (found.lower, found.upper, found.prob) == (1.0, 3.0, 0.5)
    alone = median_interval([2.0], 0.9)
    assert (alone.value, alone.prob) == (2.0, 0.0)
