r"""How long units stayed with a product: until their last activity before a long silence.

A unit that entered on day c and was observed until day e had its last activity $\ell$ days after
entry. Of days up to its horizon $e - c - G$ it is known whether the last activity was before them,
for they are followed by at least $G$ days in which it would have come back; later ones are not
looked at. So silence at the log's end, or before a unit leaves the panel, is no end.
"""

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.kernels.activity.entries import last_day
from howdah.kernels.activity.words import Activity, Roster

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Small = NDArray[np.int32]


class LifePlan(NamedTuple):
    """What is looked at after an entry."""

    edges: Small  # (n_edge,) days after entry, ascending, positive
    slots: Small  # (n_day + 1,) number of edges that are at most so many days
    look_back: int
    silence: int  # G


class LifeSums(NamedTuple):
    """Sums over finished strata: first units that left before each edge, then those there at it."""

    n_open: Small  # (n_product, 2 * n_edge) of the stratum that is open
    n_raw: Counts  # (n_product, 2 * n_edge)
    weighted: Floats  # (n_product, 2 * n_edge)
    covariance: Floats  # (n_product, 2 * n_edge, 2 * n_edge)


def no_lives(n_product: int, n_edge: int) -> LifeSums:
    """Nobody yet."""
    return LifeSums(
        np.zeros((n_product, 2 * n_edge), np.int32),
        np.zeros((n_product, 2 * n_edge), np.int64),
        np.zeros((n_product, 2 * n_edge)),
        np.zeros((n_product, 2 * n_edge, 2 * n_edge)),
    )


@nb.njit(cache=True, nogil=True)
def add_lives(
    part: Activity,
    rows: tuple[Counts, Counts],
    roster: Roster,
    plan: LifePlan,
    sums: LifeSums,
) -> None:
    """Count the lives of one stratum's units in a part; parameters as of `cohorts.add_entries`."""
    first, stop = rows
    slots, edges, n_edge = plan.slots, plan.edges, len(plan.edges)
    unit, entry, words = part.unit, part.first_day, part.words
    joined, left, n_open = roster.joined, roster.left, sums.n_open
    for p in range(len(first)):
        for i in range(first[p], stop[p]):
            c, end = int(entry[i]), int(left[unit[i]])
            horizon = end - 1 - c - plan.silence
            if c >= 0 and joined[unit[i]] <= c - plan.look_back and horizon >= edges[0]:
                last = last_day(words, i, c)
                edge = int(slots[horizon]) - 1
                if last - c >= edges[edge]:
                    n_open[p, n_edge + edge] += 1
                else:
                    n_open[p, slots[last - c]] += 1


@nb.njit(cache=True, nogil=True)
def close_lives(sums: LifeSums, weight: float, n: int) -> None:
    """Add the open stratum's counts to the sums and set them to nought.

    Parameters
    ----------
    weight
        Entries that one entry of the stratum stands for.
    n
        Units of the stratum that could have entered. The covariance is that of draws from a
        population without end: it is the law that is looked for and not those who happened to be.
    """
    for p in range(len(sums.n_open)):
        for a in range(sums.n_open.shape[1]):
            own = np.float64(sums.n_open[p, a])
            if own == 0.0:
                continue
            sums.n_raw[p, a] += sums.n_open[p, a]
            sums.weighted[p, a] += weight * own
            if n > 1:
                factor = weight * weight * n / (n - 1.0)
                sums.covariance[p, a, a] += factor * own
                for b in range(sums.n_open.shape[1]):
                    other = np.float64(sums.n_open[p, b])
                    sums.covariance[p, a, b] -= factor * own * other / n
        sums.n_open[p] = 0
