r"""Who came back on a day, of everyone active on a day, whether new or not.

On day c those are counted that were observed on all of $[c, c + N]$; no history is needed. A unit
is in as many cohorts as it has active days. The curve takes all of them: of the unit-days
$[c, c + N]$ that the panel observed in stratum $h$, $m_h$ in number, $x$ began with activity and
$y$ ended with it too, and with $D$ such days in the log they stand for $N_h D$, so

$$R = \frac{\sum_h N_h / m_h \; y_h}{\sum_h N_h / m_h \; x_h},$$

with the variance of each unit's own $y_u - R x_u$ within its stratum.
"""

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.kernels.activity.bits import count_bits, lowest_bit
from howdah.kernels.activity.ratios import add_curve, add_share, curve_factor
from howdah.kernels.activity.tallies import MOST_ROWS, Tally, add_lanes, empty_into, empty_tally
from howdah.kernels.activity.variance import Weights, weigh
from howdah.kernels.activity.words import Activity, Roster

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Small = NDArray[np.int32]
Flags = NDArray[np.bool_]


class RecurrenceBase(NamedTuple):
    """Of how many units of a stratum each cell can tell."""

    n_observed: Small  # (n_day, n_slot)
    stands: Weights  # (n_day, n_slot) for what
    n_curve: Small  # (n_slot,) units observed for long enough at all
    unit_days: Counts  # (n_slot,) windows observed, over units and days


class RecurrenceCounts(NamedTuple):
    """Counts of one stratum; the first axis is products where a stratum is cut, else one.

    Units by day: active on it, then, slot by slot, active again that many days later.
    """

    tally: Tally  # of the rows added last
    seen: Small  # (n, 1 + n_slot, n_place) of those before
    leaving: Small  # (n, n_slot, n_place) active, but not observed for long enough after
    squares: Counts  # (n, n_slot, 6) of units' days: top, base, their squares and product; units


class RecurrenceSums(NamedTuple):
    """Sums of finished strata."""

    cohort: Floats  # (n_product, n_day, n_slot, N_SUM)
    curve: Floats  # (n_product, n_slot, N_SUM)
    seen: Flags  # (n_product, n_day) whether anyone was active at all


def empty_counts(n: int, n_day: int, n_slot: int) -> RecurrenceCounts:
    """No counts yet, for so many products."""
    n_word = -(-n_day // 64)
    return RecurrenceCounts(
        empty_tally(n, (1 + n_slot) * n_word),
        np.zeros((n, 1 + n_slot, 64 * n_word), np.int32),
        np.zeros((n, n_slot, 64 * n_word), np.int32),
        np.zeros((n, n_slot, 6), np.int64),
    )


def recurrence_base(
    days: Small, windows: Small, durations: Small, population: float
) -> RecurrenceBase:
    """Units that cells can tell of; others than `days` as of `cohorts.entry_base`."""
    n_day = len(windows)
    table = np.zeros((n_day, 2 * n_day + int(days.max(initial=0))), np.int32)
    table[:, :n_day] = windows
    day = np.arange(n_day)
    n_observed = table[day[:, None], day[:, None] + days]
    longest = np.minimum(days + 1, n_day + 1)
    stands = weigh(population, n_observed)
    return RecurrenceBase(n_observed, stands, durations[longest], n_observed.sum(0, np.int64))


@nb.njit(cache=True, nogil=True)
def add_recurrence(
    part: Activity,
    rows: tuple[Counts, Counts],
    is_last: bool,
    roster: Roster,
    stratum: int,
    days: Small,
    base: RecurrenceBase,
    counts: RecurrenceCounts,
    sums: RecurrenceSums,
) -> None:
    """Count the active days of one stratum's units in a part; add the stratum if it ends there.

    Parameters
    ----------
    days
        (n_slot,) days after a day, ascending and positive; else as of `cohorts.add_entries`.
    """
    first, stop = rows
    is_cut = len(counts.seen) == len(first)
    for p in range(len(first)):
        at = p if is_cut else 0
        if stop[p] > first[p]:
            n_day = len(base.n_observed)
            _count_rows(part, first[p], stop[p], roster.left, days, n_day, counts, at)
        if is_last and (is_cut or stop[p] > first[p]):
            _close_stratum(roster.population[stratum], days, base, counts, at, sums, p)


@nb.njit(cache=True, nogil=True)
def _count_rows(
    part: Activity,
    first_row: int,
    row_stop: int,
    left: Small,
    days: Small,
    n_day: int,
    counts: RecurrenceCounts,
    at: int,
) -> None:
    # A call that hands arrays over costs more than a row does, so the loop is one function.
    words, unit = part.words, part.unit
    leaving, squares = counts.leaving, counts.squares
    n_row, sums, waiting = counts.tally
    n_word = counts.seen.shape[2] // 64
    lanes = np.empty(sums.shape[2], np.uint64)
    # Beyond the log nothing is set.
    row = np.zeros(2 * n_word + 1, np.uint64)
    for i in range(first_row, row_stop):
        n_active = 0
        for j in range(n_word):
            row[j] = words[i, j]
            lanes[j] = row[j]
            n_active += int(count_bits(row[j]))
        if n_active == 0:
            continue
        end = int(left[unit[i]])
        for k in range(len(days)):
            lag = int(days[k])
            jump, shift = lag >> 6, np.uint64(lag & 63)
            lane = (k + 1) * n_word
            n_back = 0
            for j in range(n_word):
                # Two shifts, because one of 64 is none.
                above = (row[j + jump + 1] << np.uint64(1)) << (np.uint64(63) - shift)
                word = row[j] & ((row[j + jump] >> shift) | above)
                lanes[lane + j] = word
                n_back += int(count_bits(word))
            # Active days that are followed for long enough.
            until = max(end - lag, 0)
            n_base = n_active
            for j in range(until >> 6, n_word):
                word = row[j]
                if j == until >> 6:
                    word &= ~np.uint64(0) << np.uint64(until & 63)
                n_base -= int(count_bits(word))
                if end < n_day:
                    while word != np.uint64(0):
                        leaving[at, k, (j << 6) + lowest_bit(word)] += 1
                        word &= word - np.uint64(1)
            if n_base > 0:
                squares[at, k, 0] += n_back
                squares[at, k, 1] += n_base
                squares[at, k, 2] += n_back * n_back
                squares[at, k, 3] += n_back * n_base
                squares[at, k, 4] += n_base * n_base
                squares[at, k, 5] += 1
        add_lanes(n_row, sums, waiting, at, lanes)
        if n_row[at] == MOST_ROWS:
            empty_into(counts.tally, at, counts.seen[at])


@nb.njit(cache=True, nogil=True)
def empty_tallies(counts: RecurrenceCounts) -> None:
    """Leave nothing in the tally."""
    for at in range(len(counts.seen)):
        empty_into(counts.tally, at, counts.seen[at])


@nb.njit(cache=True, nogil=True)
def _close_stratum(
    population: float,
    days: Small,
    base: RecurrenceBase,
    counts: RecurrenceCounts,
    at: int,
    sums: RecurrenceSums,
    p: int,
) -> None:
    """Add a stratum's counts to the sums and set them to nought."""
    empty_into(counts.tally, at, counts.seen[at])
    seen, leaving = counts.seen[at], counts.leaving[at]
    cohort, curve = sums.cohort[p : p + 1], sums.curve[p]
    n_day, n_slot = len(base.n_observed), len(leaving)
    for c in range(n_day):
        if seen[0, c] == 0:
            continue
        sums.seen[p, c] = True
        for k in range(n_slot):
            x = seen[0, c] - leaving[k, c]
            if x > 0 and base.n_observed[c, k] > 0:
                weight, spread = base.stands.weight[c, k], base.stands.spread[c, k]
                n, y = base.n_observed[c, k], seen[k + 1, c]
                add_share(cohort, 0, c, k, y, x, weight, spread, n)
    seen[:] = 0
    leaving[:] = 0
    for k in range(n_slot):
        own = counts.squares[at, k]
        if own[5] > 0:
            n_started, n = n_day - days[k], int(base.n_curve[k])
            weight = population * n_started / base.unit_days[k]
            factor = curve_factor(population, n, base.unit_days[k] / n_started)
            squares = (own[2], own[3], own[4])
            add_curve(curve[k], own[0], own[1], squares, own[5], weight, factor, n)
        own[:] = 0
