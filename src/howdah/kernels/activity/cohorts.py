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

from howdah.kernels.activity.entries import EntryCounts, EntryPlan, count_entries, take_day
from howdah.kernels.activity.ratios import add_curve, add_share, curve_factor
from howdah.kernels.activity.variance import Weights, weigh
from howdah.kernels.activity.words import Activity, Roster

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Small = NDArray[np.int32]
Flags = NDArray[np.bool_]

#: Kinds of return, as indices into sums.
ON, LATER = 0, 1


class EntryBase(NamedTuple):
    """Of how many units of a stratum each cell can tell, and what they stand for."""

    n_on: Small  # (n_day, n_slot)
    n_later: Small  # (n_day,)
    on: Weights  # (n_day, n_asked) of the cells of cohorts
    later: Weights  # (n_day,)
    weight: Floats  # (n_day, n_slot) of all cells of `on`
    group: Small  # (n_day,) number of a run of days whose cells of `on` can tell of as many
    n_curve: Small  # (2, n_slot) units that some entry day could have counted
    n_at_once: Floats  # (2, n_slot) and how many of them a day counts on average


class EntrySums(NamedTuple):
    """Sums of finished strata."""

    cohort: Floats  # (2, n_product, n_day, n_asked, N_SUM)
    curve: Floats  # (2, n_product, n_slot, N_SUM)
    seen: Flags  # (n_product, n_day) whether anyone entered at all


def entry_base(plan: EntryPlan, windows: Small, durations: Small, population: float) -> EntryBase:
    """Units that cells can tell of.

    Parameters
    ----------
    windows
        (n_day, n_day) units observed in each window, as of `observation.count_windows`.
    durations
        (n_day + 2,) units observed for at least so many days.
    population
        Units that the stratum stands for.
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
    is_other = ((n_on[1:] != n_on[:-1]) & is_told[1:]).any(1)
    group = np.cumsum(np.r_[False, is_other], dtype=np.int32)
    on, later = weigh(population, n_on[:, plan.asked]), weigh(population, n_later)
    # A cell with units in it has units that were observed.
    weight = population / np.maximum(n_on, 1)
    n_curve = n_curve.astype(np.int32)
    return EntryBase(n_on, n_later, on, later, weight, group, n_curve, n_at_once)


@nb.njit(cache=True, nogil=True)
def add_entries(
    part: Activity,
    rows: tuple[Counts, Counts],
    is_last: bool,
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
        (n_product,) first row of the units in each product, and (n_product,) where they end.
    is_last
        Whether the stratum ends with these units.
    base
        Looked at when the stratum ends.
    counts
        Left as nought by a stratum that ends.
    """
    first, stop = rows
    is_cut = len(counts.touched) == len(first)
    for p in range(len(first)):
        at = p if is_cut else 0
        if stop[p] > first[p]:
            count_entries(part, first[p], stop[p], roster, plan, counts, at, sums.seen[p])
        if is_last and (is_cut or stop[p] > first[p]):
            _close_stratum(roster.population[stratum], plan, base, counts, at, sums, p)


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
    touched, stayed = counts.touched[at], counts.stayed[at]
    cohort, curve = sums.cohort[:, p], sums.curve[:, p]
    n_day, n_slot = len(touched), len(plan.days)
    back, until, gone = np.zeros((3, n_slot + 1), np.int32)
    # Weighted counts, and counts weighted twice, of top and base, and units; those of `later` by
    # number of slots, to be summed up from above.
    totals, ended = np.zeros((2, 5, n_slot)), np.zeros((5, n_slot + 1))
    # Counts of days whose cells weigh the same, those of the base by number of slots.
    on, on_of = np.zeros((2, n_slot + 1), np.int32)
    first = -1
    for c in range(n_day):
        if not touched[c]:
            continue
        touched[c] = False
        if first < 0 or base.group[c] != base.group[first]:
            if first >= 0:
                _weigh(base.weight[first], on, on_of, totals[ON])
            first = c
        take_day(counts, at, c, back, until, gone)
        # All slots up to the log's end were observed of those who stayed.
        n_told = int(plan.slots[n_day - 1 - c])
        n_gone, n_until, n_all, k = 0, 0, int(stayed[c]), n_slot
        for column in range(len(plan.asked) - 1, -1, -1):
            slot = int(plan.asked[column])
            for s in range(slot + 1, k + 1):
                n_gone += gone[s]
                n_until += until[s]
            k = slot
            x = n_gone + (n_all if slot < n_told else 0)
            if x > 0:
                weight, spread = base.on.weight[c, column], base.on.spread[c, column]
                n = int(base.n_on[c, slot])
                add_share(cohort, ON, c, column, back[slot], x, weight, spread, n)
            if slot < n_told and n_all > 0:
                weight, spread = base.later.weight[c], base.later.spread[c]
                n = int(base.n_later[c])
                add_share(cohort, LATER, c, column, n_until, n_all, weight, spread, n)
        for k in range(n_slot + 1):
            on[k] += back[k]
            on_of[k] += gone[k]
        on_of[n_told] += stayed[c]
        _add_ended(base.later.weight[c], until, int(stayed[c]), n_told, ended)
        stayed[c] = 0
    if first < 0:
        return
    _weigh(base.weight[first], on, on_of, totals[ON])
    for k in range(n_slot - 1, -1, -1):
        for total in range(len(ended)):
            ended[total, k] += ended[total, k + 1]
    totals[LATER] = ended[:, 1:]
    for kind in range(2):
        for k in range(n_slot):
            if base.n_curve[kind, k] > 0 and totals[kind, 4, k] > 0.0:
                of = int(base.n_curve[kind, k])
                factor = curve_factor(population, of, base.n_at_once[kind, k])
                top, whole, top_square, whole_square, n_raw = totals[kind, :, k]
                # Who is in the top is in the base too.
                squares = (top_square, top_square, whole_square)
                add_curve(curve[kind, k], top, whole, squares, n_raw, 1.0, factor, of)


@nb.njit(cache=True, nogil=True)
def _weigh(weight: Floats, y: Small, x: Small, totals: Floats) -> None:
    """Add the counts of days that weigh the same to the totals, and set them to nought."""
    for k in range(len(weight) - 1, -1, -1):
        x[k] += x[k + 1]
    of = x[1:]
    # One array to write to in each loop, or the compiler takes one cell at a time.
    for k in range(len(weight)):
        totals[0, k] += weight[k] * y[k]
    for k in range(len(weight)):
        totals[1, k] += weight[k] * of[k]
    for k in range(len(weight)):
        totals[2, k] += weight[k] * weight[k] * y[k]
    for k in range(len(weight)):
        totals[3, k] += weight[k] * weight[k] * of[k]
    for k in range(len(weight)):
        totals[4, k] += of[k]
    x[:] = 0
    y[:] = 0


@nb.njit(cache=True, nogil=True, inline="always")
def _add_ended(weight: float, until: Small, n_all: int, n_told: int, ended: Floats) -> None:
    """Add those who stayed after one day, by number of slots, to `later` as of `_close_stratum`."""
    for k in range(len(until)):
        ended[0, k] += weight * until[k]
    for k in range(len(until)):
        ended[2, k] += weight * weight * until[k]
    ended[1, n_told] += weight * n_all
    ended[3, n_told] += weight * weight * n_all
    ended[4, n_told] += n_all
