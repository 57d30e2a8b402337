"""Simulated behaviour: which products a unit takes up and when, and whether it is active today.

A relation is a unit's use of one product. It is away, idle or active. On each day a relation that
is not away ends with its own hazard; else it is active with a probability that is higher after an
active day than after an idle one. One that is away may come back. Hazards that are drawn from a
beta distribution make retention shifted beta-geometric. [1]_

Every draw is a hash of seed, row and day, so that neither threads nor order change a result. [2]_

References
----------
.. [1] Fader & Hardie (2007), "How to project customer retention".
.. [2] Steele, Lea & Flood (2014), "Fast splittable pseudorandom number generators" (SplitMix64).
"""

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

#: States of a relation.
AWAY, IDLE, ACTIVE = 0, 1, 2

#: Shares of days, and hazards, are kept as multiples of one over these.
_RATES, _HAZARDS = 255, 65_535

#: A hazard is drawn as one of so many quantiles of its distribution.
QUANTILES = 1024

#: Mean age in days of a relation that is older than the log, at its first day.
_MEAN_AGE = 120.0

#: No relation is older, nor is a unit active on a larger share of common days.
_MAX_AGE, _MAX_RATE = 10_000, 0.98

#: Mean of days from taking up a product that draws users away to the last day with another.
_MEAN_PARTING = 7.0

#: After so many products that a unit has already, it takes one less.
_TRIES = 50

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


class Relations(NamedTuple):
    """Uses of products by units, in any order; days are counted from the first of the log."""

    unit: NDArray[np.int32]  # (n_relation,)
    product: NDArray[np.uint16]  # (n_relation,)
    start: NDArray[np.int16]  # (n_relation,) first day of use, negative before the log
    end: NDArray[np.int16]  # (n_relation,) day from which it is not used any more
    rate: NDArray[np.uint8]  # (n_relation,) share of days that it is active while it lasts
    hazard: NDArray[np.uint16]  # (n_relation,) its daily probability to end

    def in_order(self, order: Places) -> "Relations":
        """The same in another order, (n_relation,) places."""
        return Relations(
            self.unit[order], self.product[order], self.start[order],
            self.end[order], self.rate[order], self.hazard[order],
        )  # fmt: skip


class Pace(NamedTuple):
    """How relations live."""

    persistence: float  # correlation of an active day with the next, in [0, 1)
    revival: float  # chance that a relation that is away comes back on a day


class Habits(NamedTuple):
    """What relations are drawn from."""

    choice: Floats  # (n_stratum, n_product) cumulated chances that a product is taken up
    adoption: Floats  # (n_product, n_day + 1) cumulated chances of the day; first: before the log
    bought: Floats  # (n_product, n_day) share of those who come through ads
    hazard: Floats  # (2, n_product, QUANTILES) daily probability to end: without, through ads
    intensity: Floats  # (n_product,) share of days that a middling user is active
    death: NDArray[np.int64]  # (n_product,) day from which the product is no more
    pull: Floats  # (n_product,) chance that taking it up ends a use of another


@nb.njit(cache=True, inline="always")
def _mix(x: np.uint64) -> np.uint64:
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@nb.njit(cache=True, inline="always")
def _uniform(key: np.uint64, place: int) -> float:
    """A number in [0, 1): the place-th of the key's stream."""
    return np.float64(_mix(key + np.uint64(place) * _GOLDEN) >> np.uint64(11)) * 2.0**-53


def take_up(first: Places, stratum: Places, zeal: Floats, habits: Habits, seed: int) -> Relations:
    """Draw the relations of all units, unit after unit.

    Parameters
    ----------
    first
        (n_unit + 1,) where the relations of each unit begin.
    stratum, zeal
        (n_unit,) where a unit belongs, and its activity as a multiple of a middling one's.
    """
    n = int(first[-1])
    relations = Relations(
        np.repeat(np.arange(len(stratum), dtype=np.int32), np.diff(first)),
        np.empty(n, np.uint16), np.empty(n, np.int16), np.empty(n, np.int16),
        np.empty(n, np.uint8), np.empty(n, np.uint16),
    )  # fmt: skip
    _take_up_all(first, stratum, zeal, habits, np.uint64(seed), relations)
    return relations


@nb.njit(cache=True, parallel=True, error_model="numpy")
def _take_up_all(
    first: Places,
    stratum: Places,
    zeal: Floats,
    habits: Habits,
    seed: np.uint64,
    out: Relations,
) -> None:
    key = _mix(seed + _GOLDEN)
    for u in nb.prange(len(stratum)):
        mine = _mix(key + np.uint64(u) * _GOLDEN)
        draw = 0
        for i in range(first[u], first[u + 1]):
            draw = _take_one_up(
                mine, draw, first[u], i, habits.choice[stratum[u]], zeal[u], habits, out
            )
        _part(mine, draw, first[u], first[u + 1], habits.pull, out)


@nb.njit(cache=True, error_model="numpy")
def _take_one_up(
    key: np.uint64,
    draw: int,
    first: int,
    i: int,
    choice: Floats,
    zeal: float,
    habits: Habits,
    out: Relations,
) -> int:
    """Draw a relation to a product that the unit does not have; the place of the next draw."""
    n_day = habits.bought.shape[1]
    p = 0
    is_new = False
    for _ in range(_TRIES):
        p = int(np.searchsorted(choice, _uniform(key, draw), side="right"))
        draw += 1
        is_new = not np.any(out.product[first:i] == p)
        if is_new:
            break
    day = int(np.searchsorted(habits.adoption[p], _uniform(key, draw), side="right")) - 1
    through_ads = day >= 0 and _uniform(key, draw + 1) < habits.bought[p, day]
    if day < 0:
        day = -1 - min(int(-_MEAN_AGE * np.log1p(-_uniform(key, draw + 2))), _MAX_AGE)
    # Rates of a product's users are spread as 2 u, which keeps their mean.
    rate = habits.intensity[p] * zeal * 2.0 * _uniform(key, draw + 3)
    hazard = habits.hazard[int(through_ads), p, int(_uniform(key, draw + 4) * QUANTILES)]
    out.product[i] = p
    out.start[i] = day
    out.end[i] = min(habits.death[p], n_day) if is_new else day
    out.rate[i] = int(min(max(rate, 1.0 / _RATES), _MAX_RATE) * _RATES)
    out.hazard[i] = int(hazard * _HAZARDS + 0.5)
    return draw + 5


@nb.njit(cache=True, error_model="numpy")
def _part(key: np.uint64, draw: int, first: int, last: int, pull: Floats, out: Relations) -> None:
    """End the uses that a product which draws users away brings to an end."""
    for i in range(first, last):
        if pull[out.product[i]] > 0.0 and 0 <= out.start[i] < out.end[i]:
            for j in range(first, last):
                if j != i and _uniform(key, draw) < pull[out.product[i]]:
                    wait = int(-_MEAN_PARTING * np.log1p(-_uniform(key, draw + 1)))
                    out.end[j] = min(int(out.end[j]), int(out.start[i]) + wait)
                draw += 2


def begin(relations: Relations, seed: int) -> NDArray[np.uint8]:
    """(n_relation,) state of each relation on the eve of the first day."""
    state = np.full(len(relations.unit), AWAY, np.uint8)
    _begin(relations.start, relations.rate, relations.hazard, np.uint64(seed), state)
    return state


@nb.njit(cache=True, parallel=True, error_model="numpy")
def _begin(
    start: NDArray[np.int16],
    rate: NDArray[np.uint8],
    hazard: NDArray[np.uint16],
    seed: np.uint64,
    state: NDArray[np.uint8],
) -> None:
    key = _mix(seed + np.uint64(2) * _GOLDEN)
    for i in nb.prange(len(state)):
        if start[i] < 0:
            lasting = (1.0 - hazard[i] / _HAZARDS) ** float(-start[i])
            draw = _uniform(key, i)
            if draw < lasting:
                state[i] = ACTIVE if draw < lasting * rate[i] / _RATES else IDLE


def live_a_day(
    relations: Relations,
    pace: Pace,
    week: Floats,
    day: int,
    seed: int,
    state: NDArray[np.uint8],
) -> None:
    """Let each relation live one day more.

    Parameters
    ----------
    week
        (n_product,) activity on this day of the week as a multiple of a common day's.
    day
        Number of the day.
    state
        (n_relation,) is changed.
    """
    _live_a_day(
        *relations[1:], week / _RATES, pace.persistence, pace.revival, day, np.uint64(seed), state
    )


@nb.njit(cache=True, parallel=True, error_model="numpy")
def _live_a_day(
    product: NDArray[np.uint16],
    start: NDArray[np.int16],
    end: NDArray[np.int16],
    rate: NDArray[np.uint8],
    hazard: NDArray[np.uint16],
    week: Floats,
    persistence: float,
    revival: float,
    day: int,
    seed: np.uint64,
    state: NDArray[np.uint8],
) -> None:
    key = _mix(seed + np.uint64(day + 3) * _GOLDEN)
    for i in nb.prange(len(state)):
        # Which way a relation goes cannot be foretold, so both ways are worked out: a branch
        # would cost more than the arithmetic.
        draw = _uniform(key, i)
        now = state[i]
        share = min(rate[i] * week[product[i]], 1.0)
        again = persistence if now == ACTIVE else 0.0
        ends = hazard[i] * (1.0 / _HAZARDS)
        is_active = draw < ends + (1.0 - ends) * (again + (1.0 - persistence) * share)
        lives = AWAY if draw < ends else (ACTIVE if is_active else IDLE)
        comes = ACTIVE if draw < revival else AWAY
        then = comes if now == AWAY else lives
        then = ACTIVE if day == start[i] else then
        state[i] = then if start[i] <= day < end[i] else AWAY if day >= end[i] else now


@nb.njit(cache=True)
def count_recent(
    product: NDArray[np.uint16],
    last: NDArray[np.int32],
    day: int,
    windows: Places,
    n_product: int,
) -> Places:
    """(n_window, n_product) relations that were active in the windows that end on a day.

    Parameters
    ----------
    product, last
        (n_relation,) product, and last day that it was active.
    windows
        (n_window,) days of each window, the longest last.
    """
    found = np.zeros((len(windows), n_product), np.int64)
    for i in range(len(last)):
        age = day - last[i]
        for w in range(len(windows) - 1, -1, -1):
            if age >= windows[w]:
                break
            found[w, product[i]] += 1
    return found
