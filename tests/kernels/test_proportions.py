"""Score intervals by root finding, effective sizes by hand, and coverage of shares of few units."""

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import ndtri

from howdah.kernels.proportions import effective_size, share_interval


@pytest.mark.parametrize("prob", [0.5, 0.9, 0.99])
@pytest.mark.parametrize("size", [0.7, 12.0, 30.5, 1e6])
@pytest.mark.parametrize("share", [0.003, 0.2, 0.5, 0.97])
def test_ends_are_where_the_share_would_be_refused(share: float, size: float, prob: float) -> None:
    z = ndtri(0.5 + prob / 2)

    def excess(p: float) -> float:
        return float(abs(share - p) - z * np.sqrt(p * (1 - p) / size))

    lower, upper = share_interval(np.array([share]), np.array([size]), prob)
    assert lower[0] == pytest.approx(brentq(excess, 0.0, share, xtol=1e-14), abs=1e-9)
    assert upper[0] == pytest.approx(brentq(excess, share, 1.0, xtol=1e-14), abs=1e-9)


def test_none_and_all_of_few_have_an_interval_and_a_share_without_error_has_none() -> None:
    lower, upper = share_interval(np.array([0.0, 1.0, 0.3]), np.array([30.0, 30.0, np.inf]), 0.95)
    assert (lower[0], upper[1]) == (0.0, 1.0)
    assert upper[0] == pytest.approx(1 - lower[1])
    # The rule of three says a tenth; the score interval is a little wider.
    assert 0.1 < upper[0] < 0.12
    assert lower[2] == upper[2] == 0.3


def sums_of(
    x: np.ndarray, y: np.ndarray, population: np.ndarray, n: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Share, standard error, base, its variance and units, of counts by stratum."""
    weight, factor = population / n, population * (population - n) / (n * (n - 1.0))
    base = (weight * x).sum(-1)
    share = (weight * y).sum(-1) / base
    top_var, cross, base_var = (
        (factor * (both - one * other / n)).sum(-1)
        for one, other, both in ((y, y, y), (y, x, y), (x, x, x))
    )
    variance = top_var - 2 * share * cross + share**2 * base_var
    return share, np.sqrt(np.maximum(variance, 0)) / base, base, base_var, x.sum(-1) * 1.0


def test_sizes_of_one_stratum_are_the_units_over_what_is_left_of_the_population() -> None:
    # 40 of 1,000 drawn units in the base, of a population of 5,000: a fifth was drawn.
    for back in (0, 10, 40):
        sums = sums_of(np.array([40.0]), np.array([back * 1.0]), np.array([5e3]), np.array([1e3]))
        size = effective_size(*(np.atleast_1d(each) for each in sums))
        assert size[0] == pytest.approx(40 / 0.8, rel=0.05)


def test_weights_that_differ_tell_less_than_as_many_alike() -> None:
    population, n = np.array([1e6, 1e4]), np.array([1000.0, 1000.0])
    sums = sums_of(np.array([20.0, 20.0]), np.zeros(2), population, n)
    kish = (20 * 1010) ** 2 / (20 * (1000**2 + 10**2))
    size = effective_size(*(np.atleast_1d(each) for each in sums))
    assert size[0] == pytest.approx(kish, rel=0.05)


def test_where_the_base_tells_nothing_units_count() -> None:
    zero, one = np.zeros(1), np.ones(1)
    assert effective_size(zero, zero, one * 9, zero, one * 7)[0] == 7
    assert effective_size(one, zero, one * 9, zero, one * 7)[0] == 7
    assert np.isinf(effective_size(one / 2, zero, one * 9, zero, one * 7)[0])
    assert effective_size(one / 2, one / 10, one * 9, zero, one * 7)[0] == pytest.approx(25)


@pytest.mark.parametrize("cohort", [30, 60, 120])
@pytest.mark.parametrize("share", [0.05, 0.2, 0.4])
def test_shares_of_few_are_covered(cohort: int, share: float) -> None:
    draws = np.random.default_rng(cohort)
    population, n = np.array([4e4, 2e4, 1e4, 5e3]), np.array([250, 300, 350, 400])
    entering = cohort * np.array([1.4, 1.1, 0.9, 0.8]) / (n @ [1.4, 1.1, 0.9, 0.8])
    back = share * np.array([1.3, 1.0, 0.8, 0.7])
    x = draws.binomial(n, entering, (4000, 4))
    y = draws.binomial(x, back)
    found = sums_of(x, y, population, n)
    lower, upper = share_interval(found[0], effective_size(*found), 0.95)
    true = (population * entering) @ back / (population @ entering)
    covered = np.mean((lower <= true) & (true <= upper))
    # Counts are whole numbers: no interval covers by exactly so much.
    assert 0.935 < covered < 0.975
    naive = np.mean(np.abs(found[0] - true) <= ndtri(0.975) * found[1])
    assert naive < covered
