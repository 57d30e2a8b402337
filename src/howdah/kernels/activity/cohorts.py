r"""Cohorts of first-ever activity: who came back on a day, and who on that day or later.

A unit enters a product on the day of its first activity ever. Counts are kept by day of entry and
day after it, for one product and stratum at a time, and are summed over the parts of a stratum
before anything is made of them.

*On* day N counts units observed on all days $[c - L, c + N]$ of an entry on day $c$: $L$ days of
history, so that what is first seen is new. *On or after* day N looks at all days that are left, so
it counts units observed to the log's end: the silence of one that leaves before is censoring.

The curve over all cohorts is the ratio of sums over entry days. A unit enters once, so with
$w_{hc} = N_h / n_{hc}$ it adds $w_{hc} (y_u - R x_u)$; its variance within a stratum is that of
these over the $n_h$ units that any entry day could have counted; the share of the population that
was drawn is that of an average day, since units of a panel take each other's places.
"""

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.kernels.activity.bits import highest_bit, lowest_bit
from howdah.kernels.activity.ratios import (
    BASE,
    BASE_VAR,
    CROSS_VAR,
    N_RAW,
    TOP,
    TOP_VAR,
    add_share,
    curve_factor,
)
from howdah.kernels.activity.words import Activity, Roster

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Small = NDArray[np.int32]
Flags = NDArray[np.bool_]

#: Kinds of return, as indices into sums.
ON, LATER = 0, 1


class EntryPlan(NamedTuple):
    """What is looked at after an entry."""

    days: Small  # (n_slot,) days after entry, ascending, positive
    asked: Small  # (n_asked,) slots of the table of cohorts; the others are of the curve alone
    slots: Small  # (n_day + 1,) number of `days` that are at most so many days
    look_back: int


class EntryBase(NamedTuple):
    """Of how many units of a stratum each cell can tell."""

    n_on: Small  # (n_day, n_slot)
    n_later: Small  # (n_day,)
    n_curve: Small  # (2, n_slot) units that some entry day could have counted
    n_at_once: Floats  # (2, n_slot) and how many of them a day counts on average


class EntryCounts(NamedTuple):
    """Counts of one stratum; the first axis is products where a stratum is cut, else one."""

    on_base: Small  # (n, n_day, n_slot + 1) entries by number of slots that were observed
    on_back: Small  # (n, n_day, n_slot) active on the day
    later_base: Small  # (n, n_day) entries observed to the log's end
    later_back: Small  # (n, n_day, n_slot + 1) by number of slots up to the last active day
    touched: Flags  # (n, n_day)


class EntrySums(NamedTuple):
    """Sums of finished strata."""

    cohort: Floats  # (2, n_product, n_day, n_asked, N_SUM)
    curve: Floats  # (2, n_product, n_slot, N_SUM)
    seen: Flags  # (n_product, n_day) whether anyone entered at all


def empty_counts(n: int, n_day: int, n_slot: int) -> EntryCounts:
    """No counts yet, for so many products."""
    return EntryCounts(
        np.zeros((n, n_day, n_slot + 1), np.int32),
        np.zeros((n, n_day, n_slot), np.int32),
        np.zeros((n, n_day), np.int32),
        np.zeros((n, n_day, n_slot + 1), np.int32),
        np.zeros((n, n_day), np.bool_),
    )


def entry_base(plan: EntryPlan, windows: Small, durations: Small) -> EntryBase:
    """Units that cells can tell of.

    Parameters
    ----------
    windows
        (n_day, n_day) units observed in each window, as of `observation.count_windows`.
    durations
        (n_day + 2,) units observed for at least so many days.
    """
    n_day, back = len(windows), plan.look_back
    # Cells whose window begins before the log or ends after it can tell of nobody.
    table = np.zeros((n_day + back, 2 * n_day + int(plan.days.max(initial=0))), np.int32)
    table[back:, :n_day] = windows
    day = np.arange(n_day)
    n_on = table[day[:, None], day[:, None] + plan.days]
    n_later = table[day, n_day - 1]
    longest = np.minimum(back + plan.days + 1, n_day + 1)
    # The last day of entry that can be told of has the most units that were there before it.
    latest = n_day - 1 - plan.days
    n_later_curve = np.where(latest >= 0, n_later[np.maximum(latest, 0)], 0)
    n_curve = np.stack([durations[longest], n_later_curve])
    is_told = (day[:, None] >= back) & (day[:, None] <= latest)
    n_told = np.maximum(is_told.sum(0), 1)
    n_at_once = np.stack([n_on.sum(0) / n_told, (n_later[:, None] * is_told).sum(0) / n_told])
    return EntryBase(n_on, n_later, n_curve.astype(np.int32), n_at_once)


@nb.njit(cache=True, nogil=True)
def add_entries(
    part: Activity,
    rows: tuple[Counts, Counts],
    units: tuple[int, bool],
    roster: Roster,
    stratum: int,
    plan: EntryPlan,
    base: EntryBase,
    counts: EntryCounts,
    sums: EntrySums,
) -> None:
    """Count the entries of one stratum's units in a part; add the stratum if it ends there.

    Parameters
    ----------
    part
        Rows of all products.
    rows
        (n_product,) next row of each product, moved on, and (n_product,) where its rows end.
    units
        Where the stratum's units end, and whether the stratum does too.
    base
        Looked at when the stratum ends.
    counts
        Left as nought by a stratum that ends.
    """
    next_row, row_stop = rows
    unit_stop, is_last = units
    is_cut = len(counts.touched) > 1
    unit = part.unit
    for p in range(len(next_row)):
        at = p if is_cut else 0
        i = next_row[p]
        while i < row_stop[p] and unit[i] < unit_stop:
            i += 1
        if i > next_row[p]:
            _count_entries(part, next_row[p], i, roster, plan, counts, at, sums.seen[p])
        if is_last and (is_cut or i > next_row[p]):
            _close_stratum(roster.population[stratum], plan, base, counts, at, sums, p)
        next_row[p] = i


@nb.njit(cache=True, nogil=True)
def _count_entries(
    part: Activity,
    first_row: int,
    row_stop: int,
    roster: Roster,
    plan: EntryPlan,
    counts: EntryCounts,
    at: int,
    seen: Flags,
) -> None:
    # A call that hands arrays over costs more than a row does, so the loop is one function.
    days, slots, look_back = plan.days, plan.slots, plan.look_back
    entry, unit, words = part.first_day, part.unit, part.words
    joined, left = roster.joined, roster.left
    touched, on_base, on_back = counts.touched[at], counts.on_base[at], counts.on_back[at]
    later_base, later_back = counts.later_base[at], counts.later_back[at]
    n_day, n_word = len(touched), words.shape[1]
    longest = int(days[-1]) if len(days) > 0 else 0
    for i in range(first_row, row_stop):
        c = int(entry[i])
        if c < 0 or c >= n_day:
            continue
        seen[c] = True
        end = int(left[unit[i]])
        if joined[unit[i]] > c - look_back or end <= c:
            continue
        touched[c] = True
        on_base[c, slots[end - 1 - c]] += 1
        until = min(end, c + longest + 1)
        for j in range((c + 1) >> 6, (until + 63) >> 6):
            word = words[i, j]
            if j == (c + 1) >> 6:
                word &= ~np.uint64(0) << np.uint64((c + 1) & 63)
            while word != np.uint64(0):
                lag = (j << 6) + lowest_bit(word) - c
                word &= word - np.uint64(1)
                if c + lag >= until:
                    break
                slot = int(slots[lag])
                if slot > 0 and days[slot - 1] == lag:
                    on_back[c, slot - 1] += 1
        if end == n_day:
            later_base[c] += 1
            last = c
            for j in range(n_word - 1, -1, -1):
                if words[i, j] != np.uint64(0):
                    last = (j << 6) + highest_bit(words[i, j])
                    break
            later_back[c, slots[last - c]] += 1


@nb.njit(cache=True, nogil=True)
def _close_stratum(
    population: float,
    plan: EntryPlan,
    base: EntryBase,
    counts: EntryCounts,
    at: int,
    sums: EntrySums,
    p: int,
) -> None:
    """Add a stratum's counts to the sums and set them to nought."""
    asked, touched = plan.asked, counts.touched[at]
    on_base, on_back = counts.on_base[at], counts.on_back[at]
    later_base, later_back = counts.later_base[at], counts.later_back[at]
    cohort, curve = sums.cohort[:, p], sums.curve[:, p]
    n_day, n_slot = on_back.shape
    # Weighted counts, and counts weighted twice, of top and base, and units.
    totals = np.zeros((2, 5, n_slot))
    is_any = False
    for c in range(n_day):
        if not touched[c]:
            continue
        is_any = True
        touched[c] = False
        for k in range(n_slot - 1, 0, -1):
            on_base[c, k] += on_base[c, k + 1]
            later_back[c, k] += later_back[c, k + 1]
        # Now place k has those of k slots or more; slot k is the (k + 1)th.
        n_told = int(plan.slots[n_day - 1 - c])
        for column in range(len(asked)):
            k = asked[column]
            if on_base[c, k + 1] > 0:
                n, x, y = base.n_on[c, k], on_base[c, k + 1], on_back[c, k]
                add_share(cohort, ON, c, column, y, x, population, n)
            if k < n_told and later_base[c] > 0:
                n, x, y = base.n_later[c], later_base[c], later_back[c, k + 1]
                add_share(cohort, LATER, c, column, y, x, population, n)
        for k in range(n_told):
            # A cell with units in it has units that were observed.
            weight = population / max(base.n_on[c, k], 1)
            x, y = np.float64(on_base[c, k + 1]), np.float64(on_back[c, k])
            _add_weighted(totals, ON, k, weight, y, x)
        weight = population / max(base.n_later[c], 1)
        for k in range(n_told):
            x, y = np.float64(later_base[c]), np.float64(later_back[c, k + 1])
            _add_weighted(totals, LATER, k, weight, y, x)
        on_base[c] = 0
        on_back[c] = 0
        later_base[c] = 0
        later_back[c] = 0
    if is_any:
        for kind in range(2):
            for k in range(n_slot):
                if base.n_curve[kind, k] > 0:
                    of = int(base.n_curve[kind, k])
                    at_once = base.n_at_once[kind, k]
                    _add_curve(curve_factor(population, of, at_once), of, totals, curve, kind, k)


@nb.njit(cache=True, nogil=True, inline="always")
def _add_weighted(totals: Floats, kind: int, k: int, weight: float, y: float, x: float) -> None:
    totals[kind, 0, k] += weight * y
    totals[kind, 1, k] += weight * x
    totals[kind, 2, k] += weight * weight * y
    totals[kind, 3, k] += weight * weight * x
    totals[kind, 4, k] += x


@nb.njit(cache=True, nogil=True, inline="always")
def _add_curve(factor: float, of: int, totals: Floats, curve: Floats, kind: int, k: int) -> None:
    top, whole = totals[kind, 0, k], totals[kind, 1, k]
    top_square, whole_square = totals[kind, 2, k], totals[kind, 3, k]
    curve[kind, k, TOP] += top
    curve[kind, k, BASE] += whole
    curve[kind, k, N_RAW] += totals[kind, 4, k]
    curve[kind, k, TOP_VAR] += factor * (top_square - top * top / of)
    curve[kind, k, CROSS_VAR] += factor * (top_square - top * whole / of)
    curve[kind, k, BASE_VAR] += factor * (whole_square - whole * whole / of)
