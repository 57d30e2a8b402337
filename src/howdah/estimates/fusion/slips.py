"""Slips of units: thousands for units, cents, months for years; throughout a series or in part."""

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.kernels import Model, Panel, Posterior

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Small = NDArray[np.int32]
Flags = NDArray[np.bool_]

#: Factors by which figures slip: thousands, ten thousands and hundred millions for units, cents,
#: months for years, days for months, weeks for days.
SLIP_FACTORS = (1000.0, 1e4, 1e6, 1e8, 10.0, 12.0, 30.0, 7.0, 100.0, 365.0)

#: How near the log of a slip has to be to the distance found, beside the noise of the source.
_SLIP_REACH = 0.25

#: Spreads of house effects from which one is no house effect but another unit.
_SLIP_HOUSE_SDS = 3.5
LEAST_SLIP = 1.5

#: Sources of a series from which those that are right outvote one that is in another unit.
_LEAST_SOURCES = 3

#: Share of a source's claims about a series that may be off for its own history to tell that they
#: are, where there are fewer sources.
_OWN_MINORITY = 0.25

#: A part of a source's claims that is so many times as far as the noise from the rest of them is
#: looked at.
_APART_SDS = 5.0

_ALL_SLIPS = np.log(np.array([f for x in SLIP_FACTORS for f in (x, 1 / x)]))

#: How much rarer than any other a slip is taken to be: a digit is lost, or put twice, more often
#: than a month is taken for a year. It tells tens from twelves where the noise does not.
_TIMES_RARER = {12.0: 3.0}
_RARER = np.log(np.array([_TIMES_RARER.get(x, 1.0) for x in SLIP_FACTORS for _ in range(2)]))

#: Least noise of a distance: figures are rounded.
_LEAST_NOISE = 0.02


class Slips(NamedTuple):
    """Claims in another unit."""

    size: Floats  # (n,) log of the factor, 0 for none
    is_open: Flags  # (n,) whether it cannot be told which of two units is meant


def nearest_slip(off: Floats, noise_sd: Floats | float) -> Floats:
    """Log of the unit that each distance most likely comes from, 0 where it is near to none.

    That is the one with the least $d^2 / 2 s^2 + r$, of its distance $d$, the noise $s$ and the log
    $r$ of how much rarer it is.

    Parameters
    ----------
    off
        (n,) logs of how many times too large something is.
    noise_sd
        Standard deviation that it would have anyway.

    Examples
    --------
    >>> np.exp(nearest_slip(np.log([1000.0, 1.3]), 0.0)).round().tolist()
    [1000.0, 1.0]
    """
    near = np.abs(off[:, None] - _ALL_SLIPS)
    is_slip = (np.abs(off) > LEAST_SLIP) & (near.min(1) < _SLIP_REACH + 2 * noise_sd)
    variance = np.maximum(np.broadcast_to(noise_sd, off.shape), _LEAST_NOISE)[:, None] ** 2
    likeliest = (near**2 / (2 * variance) + _RARER).argmin(1)
    return np.where(is_slip, _ALL_SLIPS[likeliest], 0.0)


def find_slips(panel: Panel, model: Model, posterior: Posterior, off: Floats) -> Slips:
    """Claims that are in another unit than the rest of what is said of their series.

    Parameters
    ----------
    off
        (n,) claim less level and less its source's bias, NaN for intervals.

    Notes
    -----
    With three sources or more, or with truth, those claims of a source are right that are nearest
    to the level of all. With two its own history tells, if what is off is less than a quarter of
    it; else nobody can tell, and the slip is open. A source alone may be right about a jump.
    """
    series = np.repeat(np.arange(len(panel.segment)), np.diff(posterior.house_start))
    source = posterior.house_source
    spread = np.sqrt(model.house_var[source])
    apart = posterior.house_mean - model.bias[source, panel.segment[series]]
    whole = np.zeros(len(apart))
    beyond = np.flatnonzero(np.abs(apart) > np.maximum(_SLIP_HOUSE_SDS * spread, LEAST_SLIP))
    whole[beyond] = nearest_slip(apart[beyond], spread[beyond])
    size, is_open = np.zeros(len(off)), np.zeros(len(off), np.bool_)
    noise_sd = np.sqrt(model.noise_var)
    _find(panel, posterior.house_start, source, whole, spread, noise_sd, off, size, is_open)
    return Slips(size, is_open)


@nb.njit(cache=True, nogil=True)
def _find(
    panel: Panel,
    house_start: Ints,
    house_source: Small,
    whole: Floats,
    spread: Floats,
    noise_sd: Floats,
    off: Floats,
    size: Floats,
    is_open: Flags,
) -> None:
    truth = len(noise_sd) - 1
    column = np.zeros(truth + 1, np.int64)
    for i in range(len(house_start) - 1):
        begin, end = panel.start[i], panel.start[i + 1]
        first, last = house_start[i], house_start[i + 1]
        few = last - first < _LEAST_SOURCES
        for h in range(first, last):
            # Truth settles who is right.
            few = few and house_source[h] != truth
        claims, until = _by_house(panel.source, begin, end, house_source[first:last], off, column)
        centers = np.zeros(last - first)
        for h in range(first, last):
            rows = claims[until[h - first] : until[h - first + 1]]
            n = len(rows)
            if n == 0 or house_source[h] == truth:
                continue
            low, high = np.inf, -np.inf
            for k in rows:
                low, high = min(low, off[k]), max(high, off[k])
            noise = noise_sd[house_source[h], panel.size[i]]
            if high - low <= max(LEAST_SLIP, _APART_SDS * noise):
                # A median of every source of every series costs as much as all else here.
                centers[h - first] = np.median(off[rows]) if few else 0.0
                if not few:
                    size[rows] = whole[h]
                    # A pass that gave all of them next to no weight learnt no house effect.
                    least = max(_SLIP_HOUSE_SDS * spread[h], LEAST_SLIP)
                    if whole[h] == 0.0 and n > 1 and min(abs(low), abs(high)) > least:
                        size[rows] = _nearest(np.median(off[rows]), spread[h])
                continue
            center = _center(off[rows], noise, spread[h])
            centers[h - first] = center
            far = np.empty(n)
            slipped = 0
            for k in rows:
                if abs(off[k] - center) > _APART_SDS * noise:
                    size[k] = _nearest(off[k] - center, noise)
                    if size[k] != 0.0:
                        far[slipped] = off[k] - center
                        slipped += 1
            if slipped > 1:
                # Slips that lie together are one: their middle tells tens from twelves.
                middle = np.median(far[:slipped])
                together = _nearest(middle, noise / np.sqrt(slipped))
                reach = max(_APART_SDS * noise, LEAST_SLIP / 2)
                if together != 0.0 and np.abs(far[:slipped] - middle).max() <= reach:
                    for k in rows:
                        if size[k] != 0.0:
                            size[k] = together
            if few and slipped >= _OWN_MINORITY * n:
                # One source alone may be right about a jump: another has to contradict it.
                for k in rows:
                    if size[k] != 0.0:
                        is_open[k] = last - first > 1
                        size[k] = size[k] if is_open[k] else 0.0
        if few and last - first > 1 and until[1] > 0 and until[2] > until[1]:
            far = centers[1] - centers[0]
            sd = np.sqrt(spread[first] ** 2 + spread[first + 1] ** 2)
            slip = _nearest(far, sd) if abs(far) > _SLIP_HOUSE_SDS * sd else 0.0
            if slip != 0.0:
                for k in claims[until[1] : until[2]]:
                    if size[k] == 0.0:
                        size[k], is_open[k] = slip, True


@nb.njit(cache=True, nogil=True)
def _by_house(
    source: Small, begin: int, end: int, houses: Small, off: Floats, column: Ints
) -> tuple[Ints, Ints]:
    """Points of a series source by source, in their order, and where those of each begin.

    Parameters
    ----------
    column
        (n_source,) work space.
    """
    for h in range(len(houses)):
        column[houses[h]] = h
    until = np.zeros(len(houses) + 1, np.int64)
    for k in range(begin, end):
        if not np.isnan(off[k]):
            until[column[source[k]] + 1] += 1
    for h in range(len(houses)):
        until[h + 1] += until[h]
    claims, place = np.empty(until[-1], np.int64), until[:-1].copy()
    for k in range(begin, end):
        if not np.isnan(off[k]):
            h = column[source[k]]
            claims[place[h]] = k
            place[h] += 1
    return claims, until


@nb.njit(cache=True, nogil=True)
def _center(off: Floats, noise: float, spread: float) -> float:
    """Level of the claims of one source that are in its usual unit.

    Of the parts that a slip could divide them into, the one near its bias; where none is, the
    nearest claim's.
    """
    reach = max(_SLIP_HOUSE_SDS * spread, LEAST_SLIP / 2)
    inner = off[np.abs(off) <= reach]
    center = np.median(inner) if len(inner) else off[np.argmin(np.abs(off))]
    near = off[np.abs(off - center) <= max(_APART_SDS * noise, LEAST_SLIP / 2)]
    return float(np.median(near)) if len(near) else float(center)


@nb.njit(cache=True, nogil=True)
def _nearest(off: float, noise_sd: float) -> float:
    """`nearest_slip` of one distance."""
    if abs(off) <= LEAST_SLIP:
        return 0.0
    twice = 2 * max(noise_sd, _LEAST_NOISE) ** 2
    near, least, best = np.inf, np.inf, 0.0
    for n in range(len(_ALL_SLIPS)):
        away = abs(off - _ALL_SLIPS[n])
        near = min(near, away)
        cost = away * away / twice + _RARER[n]
        if cost < least:
            least, best = cost, _ALL_SLIPS[n]
    return best if near < _SLIP_REACH + 2 * noise_sd else 0.0


def of_claims(panel: Panel, values: NDArray[np.integer]) -> Ints:
    """What belongs to each series, for each of its claims."""
    return np.repeat(values.astype(np.int64), np.diff(panel.start))
