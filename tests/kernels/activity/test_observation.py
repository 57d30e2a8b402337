"""Units observed in every window, counted one by one, and bits found the slow way."""

import numba as nb
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from howdah.kernels.activity.bits import count_bits, highest_bit, lowest_bit
from howdah.kernels.activity.observation import add_spans, count_durations, count_windows
from howdah.kernels.activity.ratios import N_SUM, add_curve, ratio_of, spread_factor

N_DAY = 9


@given(
    stays=st.lists(st.tuples(st.integers(0, N_DAY), st.integers(0, N_DAY)), max_size=30),
    cut=st.integers(0, 30),
)
def test_windows_and_durations(stays: list[tuple[int, int]], cut: int) -> None:
    spans = np.zeros((N_DAY, N_DAY), np.int32)
    for some in (stays[:cut], stays[cut:]):
        joined, left = (np.array([s[n] for s in some], np.int32) for n in (0, 1))
        add_spans(joined, left, spans)
    windows, durations = count_windows(spans), count_durations(spans)
    for a in range(N_DAY):
        for b in range(N_DAY):
            there = sum(joined <= a and b < left for joined, left in stays)
            assert windows[a, b] == (there if a <= b else 0)
    for d in range(1, N_DAY + 2):
        assert durations[d] == sum(left - joined >= d for joined, left in stays)


@nb.njit
def found(word: np.uint64) -> tuple[int, int, int]:
    return count_bits(word), lowest_bit(word), highest_bit(word)


@given(word=st.integers(0, 2**64 - 1))
def test_bits(word: int) -> None:
    text = f"{word:b}" if word else ""
    lowest = len(text) - len(text.rstrip("0")) if word else 64
    assert found(np.uint64(word)) == (text.count("1"), lowest, len(text) - 1)


def test_one_unit_and_a_whole_stratum_have_no_spread() -> None:
    assert spread_factor(100.0, 1) == 0.0
    assert spread_factor(5.0, 5) == 0.0
    # Ten of a hundred: a hundred times ninety over ten times nine.
    assert spread_factor(100.0, 10) == 100.0


def test_a_ratio_of_nothing_is_not_a_number() -> None:
    ratio = ratio_of(np.zeros((2, N_SUM)))
    assert np.isnan(ratio.value).all()
    assert np.isnan(ratio.stderr).all()


def test_a_curve_adds_up_the_days_of_very_many_units() -> None:
    # Of n units half add 9 days to the base and 4 of them to the top, the others 1 and 0; the
    # squares of their sums are beyond integers of 64 bits.
    n = 2_000_000_000
    y, x = n // 2 * np.array([4, 9 + 1])
    yy, xy, xx = n // 2 * np.array([16, 36, 81 + 1])
    sums = np.zeros(N_SUM)
    add_curve(sums, y, x, (yy, xy, xx), n, 3.0, 0.5, n)
    top, base, top_var, cross_var, base_var, n_raw = sums
    assert (top, base, n_raw) == (3.0 * y, 3.0 * x, n)
    # Sums around the mean: each unit is off by 2 and by 4.
    expected = [4.5 * n * square for square in (4, 8, 16)]
    assert np.allclose([top_var, cross_var, base_var], expected, rtol=1e-12)
