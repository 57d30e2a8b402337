"""Entries counted in bytes, against flags one by one: more entries a day than a byte holds."""

import numba as nb
import numpy as np
import pytest

from howdah.kernels.activity import Activity, Roster
from howdah.kernels.activity.entries import (
    EntryCounts,
    EntryPlan,
    count_entries,
    empty_counts,
    take_day,
    take_entries,
)
from howdah.kernels.activity.sparse import add_sparse

N_DAY, N_ROW, LOOK_BACK = 150, 4000, 3


@nb.njit
def take_days(counts: EntryCounts, taken: np.ndarray) -> None:
    for c in range(taken.shape[1]):
        take_day(counts, 0, c, taken[0, c], taken[1, c], taken[2, c])


def take_and_put(counts: EntryCounts) -> None:
    """Write the counts, and put them back as another process does."""
    written = take_entries(counts)
    arrays = counts.back, counts.until, counts.gone
    assert not any(array.any() for array in (*arrays, counts.n_few, counts.few_back))
    for data, array in zip(written, arrays, strict=True):
        add_sparse(data, array.reshape(-1))
    counts.is_wide[:] = counts.touched


def plan_of(days: np.ndarray) -> EntryPlan:
    up_to = np.searchsorted(days, np.arange(N_DAY + 1), side="right").astype(np.int32)
    return EntryPlan(days, np.empty(0, np.int32), up_to, LOOK_BACK)


@pytest.mark.parametrize(
    "days",
    [
        [],
        [1],
        [2, 9, 149],
        [*range(1, 64)],
        [*range(1, 65)],
        [*range(1, 66), 100],
        [*range(1, 91), 120],
        [*range(1, 150)],
    ],
    ids=lambda days: f"{len(days)} days",
)
def test_entries_are_counted_by_day_and_return(days: list[int]) -> None:
    rng = np.random.default_rng(len(days))
    plan = plan_of(np.array(days, np.int32))
    # Most enter on few days: on one more than 255 do, on another more than twice as many.
    some = np.array([-4, 3, 10, 11, 63, 64, 149, N_DAY + 2])
    entry = np.where(rng.random(N_ROW) < 0.9, rng.choice(some, N_ROW), rng.integers(0, 150, N_ROW))
    entry[:700] = 10
    joined = np.where(rng.random(N_ROW) < 0.8, 0, rng.integers(0, N_DAY, N_ROW))
    left = np.where(rng.random(N_ROW) < 0.6, N_DAY, rng.integers(1, N_DAY + 1, N_ROW))
    day = np.arange(192)
    active = rng.random((N_ROW, 192)) < rng.beta(0.4, 1.0, N_ROW)[:, None]
    active |= day == entry[:, None]
    active &= (day >= np.maximum(entry, joined)[:, None]) & (day < left[:, None])
    words = np.packbits(active, axis=1, bitorder="little").view("<u8").astype(np.uint64)
    zeros, unit = np.zeros(N_ROW, np.int32), np.arange(N_ROW, dtype=np.int32)
    part = Activity(zeros, unit, words, entry.astype(np.int32))
    roster = Roster(zeros, joined.astype(np.int32), left.astype(np.int32), np.array([1.0]))
    counts, wide = (empty_counts(1, N_DAY, len(days)) for _ in range(2))
    seen = np.zeros(N_DAY, np.bool_)
    # Counted twice over; one is written and read in between.
    for made in (counts, wide):
        for rows in ((0, 1500), (1500, N_ROW)):
            count_entries(part, *rows, roster, plan, made, 0, seen)
            if made is wide:
                take_and_put(made)
    is_in = (entry >= 0) & (entry < N_DAY)
    assert set(np.flatnonzero(seen)) == set(entry[is_in])
    is_in &= (joined <= entry - LOOK_BACK) & (left > entry)
    n_slot = len(days)
    expected = np.zeros((3, N_DAY, n_slot + 1), np.int64)
    back, until, gone = expected
    stayed = np.zeros(N_DAY, np.int64)
    for i in np.flatnonzero(is_in):
        c = entry[i]
        for k, lag in enumerate(days):
            back[c, k] += active[i, c + lag] if c + lag < N_DAY else 0
        if left[i] == N_DAY:
            stayed[c] += 1
            until[c, sum(lag <= np.flatnonzero(active[i])[-1] - c for lag in days)] += 1
        else:
            gone[c, sum(lag < left[i] - c for lag in days)] += 1
    assert stayed.max() > 255
    assert (stayed[10] + gone[10].sum()) > 510
    for made in (counts, wide):
        assert (made.touched[0] == (np.bincount(entry[is_in], minlength=N_DAY) > 0)).all()
        assert (made.stayed[0] == stayed).all()
    assert (wide.back[0] == back[:, :n_slot]).all()
    assert (wide.until[0] == until).all()
    assert (wide.gone[0] == gone).all()
    for made in (counts, wide):
        taken = np.zeros((3, N_DAY, n_slot + 1), np.int32)
        take_days(made, taken)
        assert (taken == expected).all()
        for name in EntryCounts._fields:
            assert name in {"touched", "stayed"} or not getattr(made, name).any(), name
