"""Raking against convex optimisation, by hand, and what margins may not say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import minimize

from howdah.core.errors import InputError
from howdah.panels.raking import rake

SEX = ["f", "f", "f", "m", "m", "m"]
AGE = ["young", "middle", "old"] * 2
LEVELS = {"sex": SEX, "age": AGE}
UNITS = np.array([10, 20, 30, 40, 50, 5])


def nearest(
    start: NDArray[np.float64], margins: dict[str, dict[str, float]]
) -> NDArray[np.float64]:
    """The population nearest to `start` that has the margins, by its dual problem."""
    rows, wanted = [], []
    for variable, margin in margins.items():
        for level, population in margin.items():
            rows.append([name == level for name in LEVELS[variable]])
            wanted.append(population)
    matrix, target = np.array(rows, float), np.array(wanted)

    def dual(price: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        population = start * np.exp(matrix.T @ price)
        return float(population.sum() - price @ target), matrix @ population - target

    found = minimize(dual, np.zeros(len(target)), jac=True, method="BFGS", options={"gtol": 1e-9})
    return np.asarray(start * np.exp(matrix.T @ found.x))


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=30)
def test_it_is_the_nearest_population_that_has_the_margins(seed: int) -> None:
    draws = np.random.default_rng(seed)
    truth, start = draws.uniform(1, 20, 6), draws.uniform(0.5, 3, 6)
    margins = {
        variable: {
            level: float(truth[[name == level for name in names]].sum()) for level in set(names)
        }
        for variable, names in LEVELS.items()
    }
    raked = rake(start, UNITS, LEVELS, margins)
    assert raked.is_converged
    assert abs(raked.gaps[0].reached - raked.gaps[0].wanted) < 1e-6
    np.testing.assert_allclose(raked.population, nearest(start, margins), rtol=1e-5)
    # And it keeps the odds ratios that it began with.
    odds = raked.population / start
    assert odds[0] * odds[4] == pytest.approx(odds[1] * odds[3])


def test_kish_by_hand() -> None:
    raked = rake(
        np.ones(2), np.array([10, 30]), {"sex": ["f", "m"]}, {"sex": {"f": 50.0, "m": 50.0}}
    )
    np.testing.assert_allclose(raked.weight, [5.0, 50 / 30])
    assert raked.n_effective == pytest.approx(100**2 / (10 * 25 + 30 * (50 / 30) ** 2))


def test_trimming_bounds_weights_and_tells_what_it_costs() -> None:
    units = np.array([2, 50, 50, 50, 50, 50])
    margins = {
        "sex": {"f": 500.0, "m": 500.0},
        "age": {"young": 700.0, "middle": 200.0, "old": 100.0},
    }
    free = rake(np.ones(6), units, LEVELS, margins)
    bound = rake(np.ones(6), units, LEVELS, margins, trim=3.0)
    assert free.is_converged
    assert free.weight.max() / np.median(free.weight) > 10
    order = np.argsort(bound.weight)
    median = bound.weight[order][np.searchsorted(np.cumsum(units[order]), units.sum() / 2)]
    assert bound.weight.max() <= 3.0 * median * (1 + 1e-6)
    assert bound.weight.min() >= median / 3.0 * (1 - 1e-6)
    assert bound.n_trimmed >= 1
    assert bound.n_effective > free.n_effective
    # These margins cannot be met with such weights, and it says so; nobody is lost.
    assert bound.population.sum() == pytest.approx(1000.0)
    assert not bound.is_converged
    assert abs(bound.gaps[0].reached - bound.gaps[0].wanted) > 1


def test_a_cell_without_units_that_the_others_cannot_stand_in_for() -> None:
    # Nobody is both m and old, and no f is anything else: the margins contradict the panel.
    levels = {"sex": ["f", "m"], "age": ["old", "young"]}
    margins = {"sex": {"f": 60.0, "m": 40.0}, "age": {"old": 50.0, "young": 50.0}}
    raked = rake(np.ones(2), np.array([5, 5]), levels, margins)
    assert not raked.is_converged
    worst = raked.gaps[0]
    assert abs(worst.reached - worst.wanted) == pytest.approx(10.0)


def test_rounded_totals_are_scaled_and_told() -> None:
    margins = {
        "sex": {"f": 500.0, "m": 500.0},
        "age": {"young": 300.0, "middle": 300.0, "old": 403.0},
    }
    raked = rake(np.ones(6), UNITS, LEVELS, margins)
    assert raked.is_converged
    assert raked.total_gap == pytest.approx(0.003)
    assert raked.population.sum() == pytest.approx(1000.0)


def test_a_level_of_nobody_gets_nobody() -> None:
    margins = {"age": {"young": 10.0, "middle": 0.0, "old": 5.0}}
    raked = rake(np.ones(6), UNITS, LEVELS, margins, trim=4.0)
    np.testing.assert_array_equal(raked.population[[1, 4]], 0.0)
    assert raked.population.sum() == pytest.approx(15.0)


GOOD = {"f": 50.0, "m": 50.0}


@pytest.mark.parametrize(
    ("margins", "units", "trim", "message"),
    [
        ({"sexx": GOOD}, UNITS, None, "Did you mean 'sex'"),
        ({"sex": {"f": 50.0}}, UNITS, None, "do not tell its population"),
        ({"sex": {"f": 50.0, "m": -1.0}}, UNITS, None, "or 0 for none"),
        ({"sex": {"f": 50.0, "m": float("nan")}}, UNITS, None, "or 0 for none"),
        ({"sex": {"f": 0.0, "m": 0.0}}, UNITS, None, "add up to nobody"),
        ({"sex": GOOD | {"x": 9.0}}, UNITS, None, "no unit of that level"),
        ({"sex": GOOD}, np.array([0, 0, 0, 4, 5, 6]), None, "no unit of that level"),
        (
            {"sex": GOOD, "age": {"young": 50.0, "middle": 50.0, "old": 50.0}},
            UNITS,
            None,
            "they are of two populations",
        ),
        ({"sex": GOOD}, UNITS, 1.0, "Give more than 1"),
    ],
)
def test_margins_that_cannot_be_used_say_why(
    margins: dict[str, dict[str, float]], units: NDArray[np.int64], trim: float | None, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        rake(np.ones(6), units, LEVELS, margins, trim=trim)


@pytest.mark.parametrize("start", [[1.0, -1, 1, 1, 1, 1], [1, np.inf, 1, 1, 1, 1], [0.0] * 6])
def test_a_start_that_cannot_be_scaled(start: list[float]) -> None:
    with pytest.raises(InputError, match="to begin with"):
        rake(np.array(start), UNITS, LEVELS, {"sex": GOOD})
