"""The record against SciPy, and against worlds in which it is known what follows."""

import datetime as dt

import numpy as np
import pytest
from scipy.stats import spearmanr

from howdah.guidance.record import SegmentYear, keep_record, rank_correlations

DATES = [dt.date(2018 + n, 1, 1) for n in range(5)]


def years(n: int, *, seed: int, follows: float) -> list[SegmentYear]:
    """Segments of which the ranking tells the next year's growth, more or less."""
    rng = np.random.default_rng(seed)
    found = []
    for day in DATES:
        score, other = rng.normal(size=(2, n))
        after = follows * score + rng.normal(size=n)
        found += [
            SegmentYear(
                f"s{i}", day, "b",
                {"ranking": score[i], "momentum": other[i], "size": -after[i]}, after[i],
            )
            for i in range(n)
        ]  # fmt: skip
    return found


def test_the_correlation_is_scipys_of_the_rows_repeated_ties_and_all() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.integers(0, 5, (2, 30)).astype(float)
    counts = rng.integers(0, 4, (20, 30))
    counts[0] = 1
    expected = [spearmanr(np.repeat(x, times), np.repeat(y, times)).statistic for times in counts]
    assert rank_correlations(x, y, counts.astype(float)) == pytest.approx(expected)
    assert np.isnan(rank_correlations(np.ones(4), y[:4], np.ones((1, 4))))
    assert np.isnan(rank_correlations(x[:4], y[:4], np.zeros((1, 4))))


def test_blocks_are_pooled_and_never_mixed() -> None:
    given = years(10, seed=2, follows=1.0)
    # A second definition on the same dates, whose growth is of another size altogether.
    given += [
        SegmentYear(f"t{y.segment}", y.as_of, "other", y.values, 1000 + y.after) for y in given
    ]
    found = keep_record(given, DATES, prob=0.9)
    one = keep_record(given[:50], DATES, prob=0.9)
    assert (found.n, found.n_blocks) == (100, 10)
    assert found.counts == tuple(sum(y.as_of == day for y in given) for day in DATES)
    assert found.ways[0].correlation.value == pytest.approx(one.ways[0].correlation.value)
    by_hand = np.mean(
        [
            spearmanr(
                [y.values["ranking"] for y in given[:50] if y.as_of == day],
                [y.after for y in given[:50] if y.as_of == day],
            ).statistic
            for day in DATES
        ]
    )
    assert one.ways[0].correlation.value == pytest.approx(by_hand)
    size = one.ways[2]
    assert (size.correlation.value, size.first) == (pytest.approx(-1.0), 0.0)


def test_the_interval_covers_no_correlation_where_there_is_none() -> None:
    inside = 0
    for seed in range(20):
        found = keep_record(years(8, seed=seed, follows=0.0), DATES, prob=0.9).ways[0]
        inside += found.correlation.lower <= 0 <= found.correlation.upper
    # 18 of 20 are expected; 14 or fewer would be three standard errors below.
    assert inside >= 15


def test_too_little_is_no_record() -> None:
    few = keep_record(years(3, seed=1, follows=1.0), DATES, prob=0.9)
    assert (few.n, few.n_needed, few.ways) == (15, 20, ())
    # Blocks of two segments tell nothing, however many there are.
    pairs = [y for y in years(8, seed=1, follows=1.0) if y.segment in {"s0", "s1"}]
    assert keep_record(pairs, DATES, prob=0.9).n == 0
