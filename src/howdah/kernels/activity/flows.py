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
    sent: Counts  # (n_room, n_period) by that stratum, in `UNIT`
    squares: Floats  # (n_room, n_period) of what units sent
    n_sent: Small  # (n_room, n_period) units that sent
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
        np.zeros((n_room, n_period), np.int64),
        np.zeros((n_room, n_period)),
        np.zeros((n_room, n_period), np.int32),
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
    none, n_period = len(flows.number) - 1, len(periods.first)
    most = 1
    for u in range(first, stop):
        most = max(most, units.start[u + 1] - units.start[u])
    gone, joined = np.empty(most, np.int32), np.empty(most, np.int32)
    for u in range(first, stop):
        observed = units.observed[u]
        if observed == np.uint64(0):
            continue
        for k in range(1, n_period):
            if not (observed >> np.uint64(k)) & np.uint64(1):
                continue
            n_gone, n_joined = 0, 0
            for i in range(units.start[u], units.start[u + 1]):
                pair = (units.active[i] >> np.uint64(k - 1)) & np.uint64(3)
                if pair == np.uint64(1):
                    gone[n_gone] = units.product[i]
                    n_gone += 1
                elif pair == np.uint64(2) and (
                    periods.first[k] <= units.first_day[i] <= periods.last[k]
                ):
                    joined[n_joined] = units.product[i]
                    n_joined += 1
            n_sent = max(n_gone, 1) * max(n_joined, 1)
            if n_flow + n_sent > len(flows.flow):
                flows = _with_room(flows, n_flow + n_sent)
            if n_gone > 0:
                for a in range(n_gone):
                    n_flow = _send(flows, n_flow, gone[a], joined[:n_joined], k)
            else:
                for b in range(n_joined):
                    n_flow = _send(flows, n_flow, none, joined[b : b + 1], k)
    return flows, n_flow


@nb.njit(cache=True, nogil=True, inline="always")
def _send(flows: Flows, n_flow: int, origin: int, joined: Small, k: int) -> int:
    """Send one unit from a product, in equal parts to those that were joined."""
    n_part = max(len(joined), 1)
    share, rest = UNIT // n_part, UNIT % n_part
    for part in range(n_part):
        target = joined[part] if len(joined) > 0 else len(flows.number) - 1
        n = int(flows.number[origin, target])
        if n < 0:
            n = n_flow
            flows.number[origin, target] = n
            flows.flow[n, 0] = origin
            flows.flow[n, 1] = target
            n_flow += 1
        flows.is_open[n] = True
        flows.sent[n, k] += share + (1 if part < rest else 0)
        flows.squares[n, k] += 1.0 / (n_part * n_part)
        flows.n_sent[n, k] += 1
    return n_flow


@nb.njit(cache=True, nogil=True)
def _with_room(flows: Flows, n_least: int) -> Flows:
    n_old = len(flows.flow)
    more = _flows(flows.number, max(2 * n_old, n_least), flows.sent.shape[1])
    more.flow[:n_old] = flows.flow
    more.is_open[:n_old] = flows.is_open
    more.sent[:n_old] = flows.sent
    more.squares[:n_old] = flows.squares
    more.n_sent[:n_old] = flows.n_sent
    more.n_raw[:n_old] = flows.n_raw
    more.sums[:n_old] = flows.sums
    return more


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
            if flows.n_sent[n, k] == 0:
                continue
            of = int(n_observed[k])
            sent = flows.sent[n, k] / UNIT
            flows.sums[n, k, VALUE] += population / of * sent
            around = max(flows.squares[n, k] - sent * sent / of, 0.0)
            flows.sums[n, k, VALUE_VAR] += spread_factor(population, of) * around
            flows.n_raw[n, k] += flows.n_sent[n, k]
            flows.sent[n, k] = 0
            flows.squares[n, k] = 0.0
            flows.n_sent[n, k] = 0
