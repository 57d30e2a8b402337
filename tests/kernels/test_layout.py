"""Merging claims and truth against a sort of all of them."""

import numpy as np
import pytest

from howdah.kernels.layout import merge_truth, middle_claims, order_claims, take

N_SERIES, TRUTH = 7, 5


@pytest.mark.parametrize(("n_claims", "n_truth"), [(0, 0), (1, 0), (0, 2), (60, 0), (60, 15)])
@pytest.mark.parametrize("sorted_by", [0, 1, 2, 3])
def test_the_merge_is_a_sort_of_claims_and_truth(
    n_claims: int, n_truth: int, sorted_by: int
) -> None:
    draws = np.random.default_rng(n_claims + n_truth)
    sizes = ((n_claims, TRUTH), (n_truth, 1))
    (claims, truth) = (
        draws.integers(0, [[N_SERIES], [4], [n_source]], (3, n)).astype(np.int32)
        for n, n_source in sizes
    )
    if sorted_by:
        claims = claims[:, np.lexsort(claims[:sorted_by][::-1])]
    truth = truth[:, np.lexsort(truth[::-1])]
    truth[2] = TRUTH
    both = np.concatenate([claims, truth], axis=1)
    order = np.lexsort((both[2], both[1], both[0]))
    start, row, period, source = merge_truth(
        order_claims(*claims, N_SERIES, TRUTH), *claims, *truth[:2], TRUTH, N_SERIES
    )
    assert period.tolist() == both[1, order].tolist()
    assert source.tolist() == both[2, order].tolist()
    assert start.tolist() == np.searchsorted(both[0, order], np.arange(N_SERIES + 1)).tolist()
    value, known = draws.normal(size=n_claims), draws.normal(size=n_truth)
    merged = take(row, value, known)
    # Of what stands in one cell, the first stays the first.
    assert merged.tolist() == np.concatenate([value, known])[order].tolist()
    middle = middle_claims(start, row, merged)
    for i in range(N_SERIES):
        own = value[claims[0] == i]
        assert middle[i] == np.median(own) if len(own) else np.isnan(middle[i])


def test_a_middle_looks_at_finite_claims_only() -> None:
    start, row = np.array([0, 4, 6]), np.array([0, 1, 2, -1, 3, 4])
    value = np.array([1.0, np.nan, 3.0, 100.0, np.inf, np.nan])
    middle = middle_claims(start, row, value)
    assert middle[0] == 2.0
    assert np.isnan(middle[1])


def test_claims_in_order_need_none() -> None:
    keys = np.array([[0, 0, 0, 1], [0, 0, 1, 0], [0, 1, 0, 0]], np.int32)
    assert len(order_claims(*keys, 3, 3)) == 0


@pytest.mark.parametrize("column", [0, 1, 2])
def test_disorder_of_any_column_is_seen(column: int) -> None:
    keys = np.array([[0, 0, 0, 1], [0, 0, 1, 0], [0, 1, 0, 0]], np.int32)
    keys[column, 0] = 2
    expected = np.lexsort(keys[::-1])
    assert order_claims(*keys, 3, 3).tolist() == expected.tolist()
