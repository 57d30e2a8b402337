"""Whether bought users stay: recovery, coverage, and what cannot be told."""

import numpy as np
import pytest

from howdah.growth.keeping import Cohort, find_kept


def cohorts(
    seed: int, n: int = 12, *, bought: float = 0.1, earned: float = 0.3, error: float = 0.02
) -> list[Cohort]:
    rng = np.random.default_rng(seed)
    shares = rng.uniform(0.0, 0.8, n)
    kept = shares * bought + (1 - shares) * earned + rng.normal(0.0, error, n)
    seen = np.clip(shares + rng.normal(0.0, 0.02, n), 0.0, 1.0)
    return [Cohort(s, 0.02, k, error) for s, k in zip(seen, kept, strict=True)]


def test_both_shares_are_found_and_covered() -> None:
    inside = []
    for seed in range(200):
        found = find_kept(cohorts(seed), prob=0.9)
        assert found.bought is not None
        assert found.earned is not None
        inside.append(found.bought.lower <= 0.1 <= found.bought.upper)
        inside.append(found.earned.lower <= 0.3 <= found.earned.upper)
    # 400 intervals, those of one fit not independent: within three standard errors.
    assert 0.85 < np.mean(inside) < 0.98


def test_a_line_through_exact_points_is_the_line() -> None:
    exact = [Cohort(s, 0.0, s * 0.2 + (1 - s) * 0.6, 0.01) for s in (0.0, 0.2, 0.5, 0.9)]
    found = find_kept(exact, prob=0.9)
    assert found.bought is not None
    assert found.earned is not None
    assert (found.bought.value, found.earned.value) == pytest.approx((0.2, 0.6))


def test_months_that_differ_by_more_than_chance_widen() -> None:
    narrow, wide = (find_kept(cohorts(1, error=e), prob=0.9) for e in (0.01, 0.03))
    assert narrow.bought is not None
    assert wide.bought is not None
    assert wide.bought.upper - wide.bought.lower > narrow.bought.upper - narrow.bought.lower


@pytest.mark.parametrize(
    ("some", "missing"),
    [
        ([], "cohorts"),
        (cohorts(1)[:3], "cohorts"),
        ([Cohort(0.5, 0.01, 0.3, 0.01)] * 8, "range"),
        (cohorts(2, 5, error=0.4), "width"),
    ],
)
def test_what_cannot_be_told_says_why(some: list[Cohort], missing: str) -> None:
    found = find_kept(some, prob=0.9)
    assert (found.missing, found.bought, found.earned) == (missing, None, None)


def test_shares_stay_within_0_and_1() -> None:
    none = [Cohort(s, 0.01, max(0.4 - 0.41 * s, 0.0), 0.01) for s in np.linspace(0, 1, 9)]
    found = find_kept(none, prob=0.9)
    assert found.bought is not None
    assert 0.0 <= found.bought.lower <= found.bought.value <= found.bought.upper <= 1.0
