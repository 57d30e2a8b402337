r"""Units that two products have in common, by period.

A unit uses few of the products, so it is quicker to go through the pairs of each unit than to
match all products with each other. A pair gets a number when it is first seen.
"""

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.kernels.activity.bits import lowest_bit
from howdah.kernels.activity.periods import Units
from howdah.kernels.activity.ratios import spread_factor

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Small = NDArray[np.int32]
Flags = NDArray[np.bool_]

#: Places in the last axis of a pair's sums: units of both, their variance, and the covariance with
#: the units of the lower and of the higher product.
BOTH, BOTH_VAR, CROSS_LOW, CROSS_HIGH = range(4)
N_PAIR_SUM = 4

#: And of a product's: units and their variance.
SIZE, SIZE_VAR = 0, 1


class Pairs(NamedTuple):
    """What pairs of products have in common; arrays have room for more pairs than there are."""

    number: Small  # (n_product * (n_product - 1) / 2,) of a pair, -1 for one never seen
    pair: Counts  # (n_room, 2) lower and higher product of a number
    is_open: Flags  # (n_room,) whether the stratum that is open has units of both
    n_open: Small  # (n_room, n_period) of that stratum
    n_raw: Small  # (n_room, n_period) units in finished strata
    sums: Floats  # (n_room, n_period, N_PAIR_SUM)
    own_count: Small  # (n_product, n_period)
    own_raw: Small  # (n_product, n_period)
    own_sums: Floats  # (n_product, n_period, 2)


def no_pairs(n_product: int, n_period: int) -> Pairs:
    """No pair yet."""
    n_room = 1024
    return Pairs(
        np.full(n_product * (n_product - 1) // 2, -1, np.int32),
        np.zeros((n_room, 2), np.int64),
        np.zeros(n_room, np.bool_),
        np.zeros((n_room, n_period), np.int32),
        np.zeros((n_room, n_period), np.int32),
        np.zeros((n_room, n_period, N_PAIR_SUM)),
        np.zeros((n_product, n_period), np.int32),
        np.zeros((n_product, n_period), np.int32),
        np.zeros((n_product, n_period, 2)),
    )


@nb.njit(cache=True, nogil=True)
def count_pairs(
    units: Units, first: int, stop: int, pairs: Pairs, n_pair: int
) -> tuple[Pairs, int]:
    """Count the pairs of some units of one stratum.

    Returns
    -------
    tuple
        The pairs, moved where they needed more room, and how many there are.
    """
    most = 0
    for u in range(first, stop):
        most = max(most, units.start[u + 1] - units.start[u])
    u = first
    while u < stop:
        u, n_pair = _count_while_room(units, u, stop, pairs, n_pair)
        if u < stop:
            pairs = _with_room(pairs, n_pair + most * (most - 1) // 2)
    return pairs, n_pair


@nb.njit(cache=True, nogil=True)
def _count_while_room(
    units: Units, first: int, stop: int, pairs: Pairs, n_pair: int
) -> tuple[int, int]:
    """Count units; the first one that there was no room for, and how many pairs there are."""
    # A call that hands arrays over costs more than a row does, so the loop is one function.
    start, product, active = units.start, units.product, units.active
    number, pair, is_open = pairs.number, pairs.pair, pairs.is_open
    n_open, own_count = pairs.n_open, pairs.own_count
    for u in range(first, stop):
        begin, end = start[u], start[u + 1]
        observed = units.observed[u]
        n_own = end - begin
        if observed == np.uint64(0):
            continue
        if n_pair + n_own * (n_own - 1) // 2 > len(pair):
            return u, n_pair
        for i in range(begin, end):
            b = int(product[i])
            mask = active[i] & observed
            word = mask
            while word != np.uint64(0):
                own_count[b, lowest_bit(word)] += 1
                word &= word - np.uint64(1)
            if mask == np.uint64(0):
                continue
            for j in range(begin, i):
                word = active[j] & mask
                if word == np.uint64(0):
                    continue
                a = int(product[j])
                n = _number_of(number, pair, a, b, n_pair)
                n_pair = max(n_pair, n + 1)
                is_open[n] = True
                while word != np.uint64(0):
                    n_open[n, lowest_bit(word)] += 1
                    word &= word - np.uint64(1)
    return stop, n_pair


@nb.njit(cache=True, nogil=True, inline="always")
def _number_of(number: Small, pair: Counts, a: int, b: int, n_pair: int) -> int:
    """Number of a lower and a higher product; of a pair never seen, the next one."""
    at = b * (b - 1) // 2 + a
    n = int(number[at])
    if n < 0:
        n = n_pair
        number[at] = n
        pair[n, 0] = a
        pair[n, 1] = b
    return n


@nb.njit(cache=True, nogil=True)
def _with_room(pairs: Pairs, n_least: int) -> Pairs:
    n_old = len(pairs.pair)
    n_room = max(2 * n_old, n_least)
    n_period = pairs.n_open.shape[1]
    pair, is_open = np.zeros((n_room, 2), np.int64), np.zeros(n_room, np.bool_)
    n_open, n_raw = np.zeros((n_room, n_period), np.int32), np.zeros((n_room, n_period), np.int32)
    sums = np.zeros((n_room, n_period, N_PAIR_SUM))
    pair[:n_old] = pairs.pair
    is_open[:n_old] = pairs.is_open
    n_open[:n_old] = pairs.n_open
    n_raw[:n_old] = pairs.n_raw
    sums[:n_old] = pairs.sums
    return Pairs(
        pairs.number, pair, is_open, n_open, n_raw, sums,
        pairs.own_count, pairs.own_raw, pairs.own_sums,
    )  # fmt: skip


class OpenPairs(NamedTuple):
    """Units of both in the stratum that is open: a row a pair and period that has any."""

    place: Counts  # (n,) (lower product * n_product + higher) * n_period + period
    n: Small  # (n,)


def take_pairs(pairs: Pairs, n_pair: int) -> OpenPairs:
    """Take out the pairs of the open stratum, so that it has none."""
    at, period = np.nonzero(pairs.n_open[:n_pair])
    low, high = pairs.pair[at].T
    n_product, n_period = pairs.own_count.shape
    found = OpenPairs((low * n_product + high) * n_period + period, pairs.n_open[at, period])
    pairs.n_open[at, period] = 0
    pairs.is_open[at] = False
    return found


@nb.njit(cache=True, nogil=True)
def put_pairs(found: OpenPairs, pairs: Pairs, n_pair: int) -> tuple[Pairs, int]:
    """Add to the pairs of the open stratum; returns what `count_pairs` does."""
    n_product, n_period = pairs.own_count.shape
    if n_pair + len(found.place) > len(pairs.pair):
        pairs = _with_room(pairs, n_pair + len(found.place))
    for i in range(len(found.place)):
        of, k = divmod(found.place[i], n_period)
        a, b = divmod(of, n_product)
        n = _number_of(pairs.number, pairs.pair, a, b, n_pair)
        n_pair = max(n_pair, n + 1)
        pairs.is_open[n] = True
        pairs.n_open[n, k] += found.n[i]
    return pairs, n_pair


@nb.njit(cache=True, nogil=True)
def close_pairs(pairs: Pairs, n_pair: int, population: float, n_observed: Small) -> None:
    """Add the open stratum's counts to the sums and set them to nought.

    Parameters
    ----------
    n_observed
        (n_period,) units of the stratum that count in each period.
    """
    for n in range(n_pair):
        if not pairs.is_open[n]:
            continue
        pairs.is_open[n] = False
        a, b = pairs.pair[n]
        for k in range(len(n_observed)):
            both = int(pairs.n_open[n, k])
            if both == 0:
                continue
            of = int(n_observed[k])
            factor = spread_factor(population, of)
            sums = pairs.sums[n, k]
            sums[BOTH] += population / of * both
            sums[BOTH_VAR] += factor * (both - both * both / of)
            sums[CROSS_LOW] += factor * (both - both * np.float64(pairs.own_count[a, k]) / of)
            sums[CROSS_HIGH] += factor * (both - both * np.float64(pairs.own_count[b, k]) / of)
            pairs.n_raw[n, k] += both
            pairs.n_open[n, k] = 0
    for p in range(len(pairs.own_count)):
        for k in range(len(n_observed)):
            own = int(pairs.own_count[p, k])
            if own == 0:
                continue
            of = int(n_observed[k])
            pairs.own_sums[p, k, SIZE] += population / of * own
            factor = spread_factor(population, of)
            pairs.own_sums[p, k, SIZE_VAR] += factor * (own - np.float64(own) * own / of)
            pairs.own_raw[p, k] += own
            pairs.own_count[p, k] = 0
