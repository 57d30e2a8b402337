r"""Units that move from product to product between one period and the next.

A unit leaves what it was active in in the period before and is not in this one, and joins what it
is first ever active in now. To each product it joined every product it left sends an equal part of
one unit. Parts are counted as whole numbers of `UNIT`, so that what leaves a product is what
arrives elsewhere to the last digit, in whatever order units come.
"""

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.kernels.activity.bits import lowest_bit
from howdah.kernels.activity.periods import Periods, Units
from howdah.kernels.activity.ratios import spread_factor

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Small = NDArray[np.int32]
Flags = NDArray[np.bool_]

#: What one unit counts: the least number that 1 to 24 divide. Of more products that are joined at
#: once the first ones get the rest, a part in five thousand million.
UNIT = 5_354_228_880

#: Places in the last axis of sums.
VALUE, VALUE_VAR = 0, 1


class Flows(NamedTuple):
    """What was sent; product ``n_product`` is none. Arrays have room for more than there is."""

    number: Small  # (n_product + 1, n_product + 1) of a flow, -1 for one never seen
    flow: Small  # (n_room, 2) from and to
    is_open: Flags  # (n_room,) whether the stratum that is open sent anything
    n_whole: Small  # (n_room, n_period) units of that stratum that sent all to one product
    n_sent: Small  # (n_room, n_period) others
    sent: Counts  # (n_room, n_period) by them, in `UNIT`
    squares: Counts  # (n_room, n_period) of what they sent, in `UNIT`
    n_raw: Small  # (n_room, n_period) of finished strata
    sums: Floats  # (n_room, n_period, 2)


def no_flows(n_product: int, n_period: int) -> Flows:
    """Nothing sent yet."""
    return _flows(np.full((n_product + 1, n_product + 1), -1, np.int32), 1024, n_period)


@nb.njit(cache=True, nogil=True)
def _flows(number: Small, n_room: int, n_period: int) -> Flows:
    return Flows(
        number,
        np.zeros((n_room, 2), np.int32),
        np.zeros(n_room, np.bool_),
        np.zeros((n_room, n_period), np.int32),
        np.zeros((n_room, n_period), np.int32),
        np.zeros((n_room, n_period), np.int64),
        np.zeros((n_room, n_period), np.int64),
        np.zeros((n_room, n_period), np.int32),
        np.zeros((n_room, n_period, 2)),
    )


@nb.njit(cache=True, nogil=True)
def count_flows(
    units: Units, first: int, stop: int, periods: Periods, flows: Flows, n_flow: int
) -> tuple[Flows, int]:
    """Count what some units of one stratum send into each period from the one before.

    Parameters
    ----------
    periods
        Whole months; the first has none before it, so nothing is sent into it.

    Returns
    -------
    tuple
        The flows, moved where they needed more room, and how many there are.
    """
    most = 1
    for u in range(first, stop):
        most = max(most, units.start[u + 1] - units.start[u])
    period_of = _period_of(periods)
    u = first
    while u < stop:
        u, n_flow = _count_while_room(units, u, stop, most, period_of, flows, n_flow)
        if u < stop:
            flows = _with_room(flows, n_flow + most * (most + 2))
    return flows, n_flow


@nb.njit(cache=True, nogil=True)
def _count_while_room(
    units: Units, first: int, stop: int, most: int, period_of: Small, flows: Flows, n_flow: int
) -> tuple[int, int]:
    """Count units of at most `most` rows each; the first one there was no room for, and flows."""
    # A call that hands arrays over costs more than a row does, so the loop is one function.
    start, product, active, first_day = units.start, units.product, units.active, units.first_day
    number, flow, is_open = flows.number, flows.flow, flows.is_open
    n_whole, n_sent, sent, squares = flows.n_whole, flows.n_sent, flows.sent, flows.squares
    none = len(number) - 1
    gone, joined = np.empty(most, np.int32), np.empty(most, np.int32)
    # Periods into which a product was left, and the one in which it was joined, by its row.
    left, entered = np.empty(most, np.uint64), np.empty(most, np.uint64)
    # Into the first period nothing is sent.
    later = ~np.uint64(1)
    for u in range(first, stop):
        row, n_row = start[u], start[u + 1] - start[u]
        # Each of its products to each, to none, and from none.
        if n_flow + n_row * (n_row + 2) > len(flow):
            return u, n_flow
        observed = units.observed[u] & later
        moved = np.uint64(0)
        for i in range(n_row):
            mask, day = active[row + i], first_day[row + i]
            left[i] = (mask << np.uint64(1)) & ~mask & observed
            entered[i] = np.uint64(0)
            if 0 <= day < len(period_of) and period_of[day] >= 0:
                bit = np.uint64(1) << np.uint64(period_of[day])
                entered[i] = bit & mask & ~(mask << np.uint64(1)) & observed
            moved |= left[i] | entered[i]
        while moved != np.uint64(0):
            k = lowest_bit(moved)
            bit = np.uint64(1) << np.uint64(k)
            moved &= moved - np.uint64(1)
            n_gone, n_joined = 0, 0
            for i in range(n_row):
                # Written in any case, and kept if it is one: a branch would cost more.
                gone[n_gone] = product[row + i]
                joined[n_joined] = product[row + i]
                n_gone += int((left[i] & bit) != np.uint64(0))
                n_joined += int((entered[i] & bit) != np.uint64(0))
            # Who left nothing comes from none, in whole, to each; who joined nothing goes to none.
            n_part = max(n_joined, 1) if n_gone > 0 else 1
            share, rest = UNIT // n_part, UNIT % n_part
            for a in range(max(n_gone, 1)):
                origin = gone[a] if n_gone > 0 else none
                for b in range(max(n_joined, 1)):
                    target = joined[b] if n_joined > 0 else none
                    n = _number_of(number, flow, origin, target, n_flow)
                    n_flow = max(n_flow, n + 1)
                    is_open[n] = True
                    # Most send a whole one; that takes one line of memory.
                    if n_part == 1:
                        n_whole[n, k] += 1
                    else:
                        n_sent[n, k] += 1
                        sent[n, k] += share + (1 if b < rest else 0)
                        squares[n, k] += UNIT // (n_part * n_part)
    return stop, n_flow


@nb.njit(cache=True, nogil=True, inline="always")
def _number_of(number: Small, flow: Small, origin: int, target: int, n_flow: int) -> int:
    """Number of a flow; of one never seen, the next one."""
    n = int(number[origin, target])
    if n < 0:
        n = n_flow
        number[origin, target] = n
        flow[n, 0] = origin
        flow[n, 1] = target
    return n


@nb.njit(cache=True, nogil=True)
def _period_of(periods: Periods) -> Small:
    """(n_day,) period of each day up to the end of the last one; -1 of days in none."""
    period_of = np.full(periods.last[-1] + 1, -1, np.int32)
    for k in range(len(periods.first)):
        period_of[periods.first[k] : periods.last[k] + 1] = k
    return period_of


@nb.njit(cache=True, nogil=True)
def _with_room(flows: Flows, n_least: int) -> Flows:
    n_old = len(flows.flow)
    more = _flows(flows.number, max(2 * n_old, n_least), flows.sent.shape[1])
    more.flow[:n_old] = flows.flow
    more.is_open[:n_old] = flows.is_open
    more.n_whole[:n_old] = flows.n_whole
    more.n_sent[:n_old] = flows.n_sent
    more.sent[:n_old] = flows.sent
    more.squares[:n_old] = flows.squares
    more.n_raw[:n_old] = flows.n_raw
    more.sums[:n_old] = flows.sums
    return more


class SentFlows(NamedTuple):
    """What the stratum that is open sent: a row a flow and period in which any unit sent."""

    place: Counts  # (n,) (from * (n_product + 1) + to) * n_period + period
    n_whole: Small  # (n,)
    n_sent: Small  # (n,)
    sent: Counts  # (n,) in `UNIT`
    squares: Counts  # (n,) in `UNIT`


def take_flows(flows: Flows, n_flow: int) -> SentFlows:
    """Take out what the open stratum sent, so that it sent nothing."""
    at, period = np.nonzero(flows.n_whole[:n_flow] + flows.n_sent[:n_flow])
    origin, target = flows.flow[at].T.astype(np.int64)
    place = (origin * len(flows.number) + target) * flows.n_sent.shape[1] + period
    found = SentFlows(
        place, flows.n_whole[at, period], flows.n_sent[at, period], flows.sent[at, period],
        flows.squares[at, period],
    )  # fmt: skip
    for array in (flows.n_whole, flows.n_sent, flows.sent, flows.squares):
        array[at, period] = 0
    flows.is_open[at] = False
    return found


@nb.njit(cache=True, nogil=True)
def put_flows(found: SentFlows, flows: Flows, n_flow: int) -> tuple[Flows, int]:
    """Add to what the open stratum sent; returns what `count_flows` does."""
    n_product, n_period = len(flows.number), flows.sent.shape[1]
    if n_flow + len(found.place) > len(flows.flow):
        flows = _with_room(flows, n_flow + len(found.place))
    for i in range(len(found.place)):
        of, k = divmod(found.place[i], n_period)
        origin, target = divmod(of, n_product)
        n = _number_of(flows.number, flows.flow, origin, target, n_flow)
        n_flow = max(n_flow, n + 1)
        flows.is_open[n] = True
        flows.n_whole[n, k] += found.n_whole[i]
        flows.n_sent[n, k] += found.n_sent[i]
        flows.sent[n, k] += found.sent[i]
        flows.squares[n, k] += found.squares[i]
    return flows, n_flow


@nb.njit(cache=True, nogil=True)
def close_flows(flows: Flows, n_flow: int, population: float, n_observed: Small) -> None:
    """Add the open stratum's counts to the sums and set them to nought.

    Parameters
    ----------
    n_observed
        (n_period,) units of the stratum that count in each period.
    """
    for n in range(n_flow):
        if not flows.is_open[n]:
            continue
        flows.is_open[n] = False
        for k in range(len(n_observed)):
            n_whole, n_sent = int(flows.n_whole[n, k]), int(flows.n_sent[n, k])
            if n_whole + n_sent == 0:
                continue
            of = int(n_observed[k])
            sent = (n_whole * UNIT + flows.sent[n, k]) / UNIT
            flows.sums[n, k, VALUE] += population / of * sent
            around = max((n_whole * UNIT + flows.squares[n, k]) / UNIT - sent * sent / of, 0.0)
            flows.sums[n, k, VALUE_VAR] += spread_factor(population, of) * around
            flows.n_raw[n, k] += n_whole + n_sent
            flows.n_whole[n, k] = 0
            flows.n_sent[n, k] = 0
            flows.sent[n, k] = 0
            flows.squares[n, k] = 0
