"""Measures of an order, against their definitions and another route."""

import math

import numpy as np
import pytest

from howdah.signals.backtesting.discoveries import discoveries, false_discoveries
from howdah.signals.backtesting.measures import measure


def test_measures_are_what_loops_say() -> None:
    rng = np.random.default_rng(1)
    n = 200
    came = rng.random(n) < 0.15
    order = rng.permutation(n)
    p = rng.random(n)
    found = measure(order, came, int(came.sum()) + 4, p)
    hits = [bool(came[i]) for i in order]
    total = sum(hits) + 4
    assert found.precision_at_20 == pytest.approx(sum(hits[:20]) / 20)
    assert found.precision_at_50 == pytest.approx(sum(hits[:50]) / 50)
    assert found.recall_at_50 == pytest.approx(sum(hits[:50]) / total)
    ap = sum(sum(hits[: k + 1]) / (k + 1) for k, hit in enumerate(hits) if hit) / total
    assert found.average_precision == pytest.approx(ap)
    assert found.brier == pytest.approx(sum((p[i] - came[i]) ** 2 for i in range(n)) / n)
    assert (found.base_rate, found.n) == (pytest.approx(came.mean()), n)


def test_few_candidates_or_none_are_measured_as_far_as_they_go() -> None:
    few = measure(np.array([1, 0, 2]), np.array([False, True, False]), 1, np.full(3, np.nan))
    assert few.precision_at_50 == pytest.approx(1 / 3)
    assert (few.recall_at_50, few.average_precision) == (1.0, 1.0)
    assert math.isnan(few.brier)
    none = measure(np.array([], np.int64), np.array([], np.bool_), 3, np.array([]))
    assert none.n == 0
    assert math.isnan(none.precision_at_20)
    assert none.average_precision == 0.0
    nobody = measure(np.array([0]), np.array([False]), 0, np.array([0.2]))
    assert math.isnan(nobody.recall_at_50)


def test_as_many_are_told_as_the_nominal_rate_allows() -> None:
    rng = np.random.default_rng(2)
    p = rng.beta(0.4, 3, 300)
    for nominal in (0.2, 0.5, 0.8):
        told = discoveries(p, nominal)
        ordered = np.sort(p)[::-1]
        best = max(k for k in range(301) if k == 0 or np.mean(1 - ordered[:k]) <= nominal)
        assert told.sum() == best
        assert best in (0, 300) or p[told].min() >= p[~told].max()


def test_calibrated_probabilities_have_the_nominal_rate() -> None:
    rng = np.random.default_rng(3)
    p = rng.beta(0.4, 2, 40_000)
    came = rng.random(len(p)) < p
    for nominal in (0.3, 0.5, 0.7):
        n, n_false, expected = false_discoveries(p, came, nominal)
        sd = math.sqrt(nominal * (1 - nominal) / n)
        assert n_false / n == pytest.approx(nominal, abs=4 * sd)
        assert expected / n == pytest.approx(nominal, abs=0.01)


def test_nothing_to_tell_is_told() -> None:
    assert false_discoveries(np.array([np.nan, 0.1]), np.array([True, False]), 0.3) == (0, 0, 0.0)
    assert not discoveries(np.array([]), 0.5).any()
