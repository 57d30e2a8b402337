"""Exponentials and logarithms of arrays, against those of NumPy."""

import numpy as np
import pytest
from numpy.typing import NDArray

from howdah.kernels.response.exponentials import exp_all, log_all

Floats = NDArray[np.float64]


def taken(function: object, values: Floats) -> Floats:
    found = values.copy()
    function(found, np.empty(len(values)))  # type: ignore[operator]
    return found


@pytest.mark.parametrize("reach", [1e-9, 0.3, 1.0, 40.0, 690.0])
def test_exponentials_are_numpys(reach: float) -> None:
    values = np.random.default_rng(1).uniform(-reach, reach, 4001)
    assert taken(exp_all, values) == pytest.approx(np.exp(values), rel=1e-15, abs=0.0)


@pytest.mark.parametrize(("low", "high"), [(1e-12, 1.0), (0.5, 2.0), (1.0, 1.0 + 1e-9), (1.0, 1e9)])
def test_logarithms_are_numpys(low: float, high: float) -> None:
    values = np.random.default_rng(2).uniform(low, high, 4001)
    assert taken(log_all, values) == pytest.approx(np.log(values), rel=1e-15, abs=1e-15)


def test_logarithms_of_all_magnitudes_are_numpys() -> None:
    values = np.exp(np.random.default_rng(3).uniform(-680, 700, 4001))
    assert taken(log_all, values) == pytest.approx(np.log(values), rel=1e-15)


def test_what_is_beyond_is_held_at_the_ends() -> None:
    assert taken(exp_all, np.array([0.0, 1e9, -1e9])) == pytest.approx(
        [1.0, np.exp(700.0), np.exp(-700.0)]
    )
    least = np.log(1e-300)
    assert taken(log_all, np.array([1.0, 0.0, -5.0, 5e-324])) == pytest.approx(
        [0.0, least, least, least]
    )


def test_nothing_is_an_empty_array() -> None:
    assert not len(taken(exp_all, np.zeros(0)))
    assert not len(taken(log_all, np.zeros(0)))
