r"""Breaks of a feed's steps: which are too large, or too far apart, to be the market's own.

A step $m_t$ over $g_t$ usual gaps of time is what the market moved and, at a break, an offset $o_t$
of the measurement:

$$m_t = \mu_t g_t + o_t + e_t, \qquad e_t \sim (0,\ s_t^2 \max(g_t, 1)).$$

The drift $\mu_t$ and the spread $s_t$ are those of the ordinary steps around $t$: a median and a
median absolute deviation, the latter shrunk towards a prior.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from howdah.kernels.robust import MAD_TO_SD

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

#: Robust standard deviations of the feed's own steps beyond which a step is held to be a fault:
#: the usual bound for a modified z-score (Iglewicz & Hoaglin, 1993).
STEP_SDS = 3.5

#: What is counted over a trailing window shows a break in several snapshots: a step beside a break
#: belongs to it when it goes the same way beyond the usual one-sided bound of one in twenty.
_BESIDE_SDS = 1.645

#: A loss over up to so many snapshots is a drain when all of it is this many standard deviations;
#: more than for one step, since there are more runs than steps.
DRAIN_SDS = 4.0
_LONGEST_DRAIN = 6

#: Share of a drain that its larger steps make when it is told step by step.
_STAGED_SHARE = 0.8

#: Steps on each side whose drift and spread are the ordinary ones of a step.
_NEIGHBOURS = 12

#: Spread of steps that a feed is taken to have, and for how many steps that counts: a young feed
#: has too little history to have its own, and one that hardly moves is not at fault for a step
#: that nobody would notice.
_PRIOR_SPREAD = 0.10
_PRIOR_STEPS = 5.0

#: A quartile range of changes this many times the usual one of its neighbours in time: part of
#: what is counted was counted otherwise.
_SPREAD_FACTOR = 2.0
_SPREAD_NEIGHBOURS = 6

#: Share by which a list's length changes when it is recut; before that it kept within a fifth of
#: this of its length for `_STEADY_SNAPSHOTS`.
_RECUT_SHARE = 0.10
_STEADY_SNAPSHOTS = 2


@dataclass(frozen=True, slots=True)
class LevelBreak:
    """A run of adjacent steps that moved all of a feed at once.

    Attributes
    ----------
    first, last
        Positions of its steps, `last` included.
    is_drain
        A loss over several snapshots.
    offset, sd
        Log of what it changed beyond the market's drift, and the standard deviation of what the
        market moves by itself in that time.
    sds
        The largest of its steps, or all of a slow drain, in standard deviations.
    """

    first: int
    last: int
    is_drain: bool
    offset: float
    sd: float
    sds: float


def level_breaks(step: Floats, days: Floats) -> tuple[list[LevelBreak], Floats]:
    """Find the breaks of a feed's level.

    Parameters
    ----------
    step
        (n,) median log change of each snapshot since the one before, NaN where unknown.
    days
        (n,) days since the snapshot before.

    Returns
    -------
    list of LevelBreak
        In order of time. Breaks up and steps down at once are found; a slow rise is not: it is
        what markets do.
    ndarray
        (n,) offset of each step, 0 outside breaks; after summing, the measurement's share of
        the level.
    """
    offsets = np.zeros(len(step))
    known = np.flatnonzero(np.isfinite(step))
    if len(known) == 0:
        return [], offsets
    rest, sd = _ordinary(step[known], days[known])
    z = rest / sd
    runs = _steps_at_once(z)
    drains = _slow_losses(rest, sd)
    breaks = []
    drained = np.zeros(len(z))
    for start, stop, loss in drains:
        drained[start : stop + 1] = loss
        if not any(first <= stop and start <= last for first, last in runs):
            breaks += [(first, last, True, loss) for first, last in _stages(rest, z, start, stop)]
    for first, last in runs:
        sds = float(np.abs(z[first : last + 1]).max())
        is_drain = bool(z[first] < 0) and bool(drained[first] > sds)
        breaks.append((first, last, is_drain, sds))
    found = []
    for first, last, is_drain, sds in sorted(breaks):
        part = slice(first, last + 1)
        offsets[known[part]] = rest[part]
        found.append(
            LevelBreak(
                first=int(known[first]),
                last=int(known[last]),
                is_drain=is_drain,
                offset=float(rest[part].sum()),
                sd=float(np.sqrt((sd[part] ** 2).sum())),
                sds=sds,
            )
        )
    return found, offsets


def _ordinary(step: Floats, days: Floats) -> tuple[Floats, Floats]:
    """Each step less the drift around it, and the standard deviation of such a step."""
    gap = days / _rolling_median(days)
    width = np.sqrt(np.maximum(gap, 1.0))
    rest = step - _rolling_median(step / gap) * gap
    scaled = rest / width
    window = _windows(scaled)
    away = np.abs(window - np.nanmedian(window, axis=1, keepdims=True))
    own = MAD_TO_SD * np.nanmedian(away, axis=1)
    n = np.isfinite(window).sum(axis=1)
    spread = np.sqrt((_PRIOR_STEPS * _PRIOR_SPREAD**2 + n * own**2) / (_PRIOR_STEPS + n))
    return rest, spread * width


def _windows(values: Floats) -> Floats:
    padded = np.pad(values, _NEIGHBOURS, constant_values=np.nan)
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * _NEIGHBOURS + 1)


def _rolling_median(values: Floats) -> Floats:
    return np.asarray(np.nanmedian(_windows(values), axis=1), np.float64)


def _steps_at_once(z: Floats) -> list[tuple[int, int]]:
    """Runs of adjacent steps to one side, with at least one beyond `STEP_SDS`."""
    runs: list[tuple[int, int]] = []
    side = np.where(np.abs(z) > _BESIDE_SDS, np.sign(z), 0.0)
    start = 0
    for stop in range(1, len(z) + 1):
        if stop < len(z) and side[stop] == side[start]:
            continue
        if side[start] != 0 and np.abs(z[start:stop]).max() > STEP_SDS:
            runs.append((start, stop - 1))
        start = stop
    return runs


def _slow_losses(rest: Floats, sd: Floats) -> list[tuple[int, int, float]]:
    """(first, last, standard deviations) of losses over several steps, apart from each other."""
    total = np.concatenate([[0.0], np.cumsum(rest)])
    variance = np.concatenate([[0.0], np.cumsum(sd**2)])
    found = []
    for length in range(2, min(_LONGEST_DRAIN, len(rest)) + 1):
        loss = -(total[length:] - total[:-length])
        sds = loss / np.sqrt(variance[length:] - variance[:-length])
        found += [(float(sds[i]), i, i + length - 1) for i in np.flatnonzero(sds > DRAIN_SDS)]
    kept: list[tuple[int, int, float]] = []
    for sds_of, first, last in sorted(found, reverse=True):
        if not any(first <= b and a <= last for a, b, _ in kept):
            kept.append((int(first), int(last), sds_of))
    return kept


def _stages(rest: Floats, z: Floats, start: int, stop: int) -> list[tuple[int, int]]:
    """A drain step by step when a few steps make nearly all of it, else as a whole.

    What lies between the steps is then the market's.
    """
    steps = [k for k in range(start, stop + 1) if z[k] < -_BESIDE_SDS]
    if rest[steps].sum() > _STAGED_SHARE * rest[start : stop + 1].sum():
        return [(start, stop)]
    cuts = [n for n in range(1, len(steps)) if steps[n] > steps[n - 1] + 1]
    parts = np.split(np.array(steps), cuts)
    return [(int(part[0]), int(part[-1])) for part in parts]


def spread_ratios(iqr: Floats, days: Floats) -> Floats:
    """Quartile range of each snapshot's changes against the usual one around it.

    Parameters
    ----------
    iqr
        (n,) quartile range, NaN where unknown.
    days
        (n,) days since the snapshot before; over a longer gap changes are further apart.

    Returns
    -------
    ndarray
        (n,) ratio; NaN where too few snapshots around it have one.
    """
    ratios = np.full(len(iqr), np.nan)
    known = np.isfinite(iqr)
    if not known.any():
        return ratios
    scaled = np.full(len(iqr), np.nan)
    scaled[known] = iqr[known] / np.maximum(days[known] / _rolling_median(days[known]), 1.0)
    for n in np.flatnonzero(known):
        first = max(n - _SPREAD_NEIGHBOURS, 0)
        around = scaled[first : n + _SPREAD_NEIGHBOURS + 1]
        around = around[np.isfinite(around)]
        usual = np.median(around)
        if len(around) > _SPREAD_NEIGHBOURS and usual > 0:
            ratios[n] = scaled[n] / usual
    return ratios


def is_apart(ratios: Floats) -> Bools:
    """Where part of what is counted moved apart from the rest, by `spread_ratios`."""
    return np.asarray(np.nan_to_num(ratios) > _SPREAD_FACTOR, np.bool_)


def recut_ratios(length: Floats) -> Floats:
    """Length of a list against what it was, where it was steady and then changed; else NaN."""
    ratios = np.full(len(length), np.nan)
    for n in range(_STEADY_SNAPSHOTS, len(length)):
        before = length[n - _STEADY_SNAPSHOTS : n]
        if np.isfinite(before).all() and np.isfinite(length[n]) and before.min() > 0:
            usual = np.median(before)
            is_steady = np.abs(before / usual - 1).max() <= _RECUT_SHARE / 5
            if is_steady and abs(length[n] / usual - 1) > _RECUT_SHARE:
                ratios[n] = length[n] / usual
    return ratios
