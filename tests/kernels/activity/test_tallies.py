"""Rows counted by words, against the bits one by one: more rows than a tally holds."""

import numba as nb
import numpy as np
import pytest

from howdah.kernels.activity import Activity, Roster
from howdah.kernels.activity.recurrence import (
    RecurrenceSums,
    add_recurrence,
    empty_counts,
    empty_tallies,
    recurrence_base,
)
from howdah.kernels.activity.tallies import MOST_ROWS, Tally, add_lanes, empty_into, empty_tally

N_KIND, N_WORD = 2, 3


@nb.njit
def add_rows(tally: Tally, kind: np.ndarray, rows: np.ndarray, counts: np.ndarray) -> None:
    for i in range(len(rows)):
        at = kind[i]
        add_lanes(tally.n_row, tally.sums, tally.waiting, at, rows[i].copy())
        if tally.n_row[at] == MOST_ROWS:
            empty_into(tally, at, counts[at])


def packed(is_set: np.ndarray) -> np.ndarray:
    """Words of flags, the last axis of which they are of."""
    return np.packbits(is_set, axis=-1, bitorder="little").view("<u8").astype(np.uint64)


@pytest.mark.parametrize("n_row", [0, 1, 2, 127, 128, MOST_ROWS, MOST_ROWS + 1, 3 * MOST_ROWS + 70])
def test_a_tally_counts_each_bit(n_row: int) -> None:
    rng = np.random.default_rng(n_row)
    # Two things of three words, each bit set never, always, or at some rate.
    is_set = rng.random((n_row, 2 * N_WORD * 64)) < rng.choice([0.0, 0.01, 0.6, 1.0], 384)
    kind = (rng.random(n_row) < 0.1).astype(np.int32)
    tally = empty_tally(N_KIND, 2 * N_WORD)
    counts = np.zeros((N_KIND, 2, 64 * N_WORD), np.int32)
    add_rows(tally, kind, packed(is_set), counts)
    for at in range(N_KIND):
        empty_into(tally, at, counts[at])
        expected = is_set[kind == at].sum(0).reshape(2, 64 * N_WORD)
        assert (counts[at] == expected).all()
        # What is empty adds nothing, and can be filled again.
        empty_into(tally, at, counts[at])
        assert (counts[at] == expected).all()
    add_rows(tally, kind, packed(is_set), counts)
    for at in range(N_KIND):
        empty_into(tally, at, counts[at])
    assert counts.sum() == 2 * is_set.sum()


@pytest.mark.parametrize("n_day", [1, 64, 130])
def test_recurring_days_of_more_rows_than_a_tally_holds(n_day: int) -> None:
    rng = np.random.default_rng(n_day)
    n_row = 2 * MOST_ROWS + 300
    n_place = 64 * -(-n_day // 64)
    days = np.array([lag for lag in (1, 7, 63, 64, 100) if lag < n_day], np.int32)
    left = np.where(rng.random(n_row) < 0.5, n_day, rng.integers(1, n_day + 1, n_row))
    active = np.zeros((n_row, n_place), np.bool_)
    active[:, :n_day] = rng.random((n_row, n_day)) < rng.beta(0.4, 1.0, n_row)[:, None]
    active &= np.arange(n_place) < left[:, None]
    unit = np.arange(n_row, dtype=np.int32)
    part = Activity(np.zeros(n_row, np.int32), unit, packed(active), np.zeros(n_row, np.int32))
    roster = Roster(
        np.zeros(n_row, np.int32), np.zeros(n_row, np.int32), left.astype(np.int32),
        np.array([1e5]),
    )  # fmt: skip
    nobody = np.zeros((n_day, n_day), np.int32), np.zeros(n_day + 2, np.int32)
    base = recurrence_base(days, *nobody, 0.0)
    counts = empty_counts(1, n_day, len(days))
    sums = RecurrenceSums(
        np.zeros((1, n_day, len(days), 6)), np.zeros((1, len(days), 6)),
        np.zeros((1, n_day), np.bool_),
    )  # fmt: skip
    # In two runs, the first of which ends within a tally.
    cut = np.array([MOST_ROWS + 5])
    for rows in ((np.array([0]), cut), (cut, np.array([n_row]))):
        add_recurrence(part, rows, False, roster, 0, days, base, counts, sums)
    empty_tallies(counts)
    assert (counts.seen[0, 0] == active.sum(0)).all()
    for k, lag in enumerate(days.tolist()):
        back = np.zeros_like(active)
        back[:, : n_place - lag] = active[:, : n_place - lag] & active[:, lag:]
        is_followed = active & (np.arange(n_place) + lag < left[:, None])
        assert (counts.seen[0, k + 1] == back.sum(0)).all()
        # Of those who stay to the log's end its length tells.
        gone = (active & ~is_followed)[left < n_day]
        assert (counts.leaving[0, k] == gone.sum(0)).all()
        y, x = back.sum(1), is_followed.sum(1)
        own = [y.sum(), x.sum(), (y * y).sum(), (y * x).sum(), (x * x).sum(), (x > 0).sum()]
        assert counts.squares[0, k].tolist() == own
