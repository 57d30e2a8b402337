r"""Frozen figures: a source that repeats its own while the level moves.

A source whose successive figures usually differ by $\delta_s$ prints the same one again with a
probability of at most $g / \delta_s$, $g$ the step of the grid that it rounds to. A run of $n$
equal figures is stale where that chance to the power of $n - 1$ is next to none and the level,
which other sources tell, has moved on. A slow series on a coarse grid repeats by chance. A source
that hardly ever changes a figure shows no $\delta_s$ of its own: it should have moved as the others
do where it speaks.
"""

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.estimates.fusion.spikes import grid_step
from howdah.kernels import MAD_TO_SD, Panel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: Fewest equal figures in a row, and the largest chance of a run.
_LEAST_RUN = 4
_MOST_CHANCE = 1e-6

#: Movement of the level during a run, in its standard deviations, for it to be stale.
_MOVED_SDS = 3.0

_SAME = 1e-9

#: Changes from which a source shows its own usual one, and from which others show it.
_LEAST_PAIRS = 30
_LEAST_OTHERS = 10


def learn_steps(panel: Panel, n_source: int) -> Floats:
    """Usual change between successive figures of each source, (n_source,); 0 if unknown.

    Of those that change: a source that often repeats itself is no slower for it. Where a source
    has too few of its own, those of the others about its series stand for them. Between figures
    of theirs that are further apart than its own are, they count for as much less.
    """
    series = np.repeat(np.arange(len(panel.segment)), np.diff(panel.start))
    order = np.lexsort((panel.period, series, panel.source))
    order = order[np.isfinite(panel.value[order])]
    source, owner = panel.source[order], series[order]
    next_to = (source[1:] == source[:-1]) & (owner[1:] == owner[:-1])
    apart = np.diff(np.cumsum(panel.gap)[panel.period[order]])[next_to]
    step = np.diff(panel.value[order])[next_to]
    source, owner = source[1:][next_to], owner[1:][next_to]
    changes = np.abs(step) > _SAME
    found = np.zeros(n_source)
    for s in range(n_source):
        own = source == s
        if (own & changes).sum() >= _LEAST_PAIRS:
            found[s] = _usual(step[own & changes])
            continue
        of_others = changes & ~own & (apart > 0) & np.isin(owner, owner[own])
        if of_others.sum() >= _LEAST_OTHERS:
            part = np.minimum(np.median(apart[own]) / apart[of_others], 1.0)
            found[s] = _usual(step[of_others] * part)
    return found


def _usual(step: Floats) -> float:
    """Standard deviation of changes around none: all that rise alike by as much are no rest."""
    return float(MAD_TO_SD * np.median(np.abs(step)))


@nb.njit(cache=True, nogil=True)
def find_frozen(
    panel: Panel,
    level_start: Ints,
    mean: Floats,
    variance: Floats,
    usual: Floats,
    scale: int,
    unit: float,
) -> Flags:
    """Claims that repeat a figure which the level has left; the first of a run is none.

    Parameters
    ----------
    usual
        Of `learn_steps`.
    """
    n_source = len(usual)
    frozen = np.zeros(len(panel.value), np.bool_)
    value = np.full(n_source, np.nan)
    length = np.zeros(n_source, np.int64)
    begin = np.zeros(n_source, np.int64)
    moved = np.zeros(n_source)
    before = np.full(len(panel.value), -1, np.int64)
    last = np.full(n_source, -1, np.int64)
    for i in range(len(panel.segment)):
        value[:] = np.nan
        last[:] = -1
        for k in range(panel.start[i], panel.start[i + 1]):
            s = panel.source[k]
            if np.isnan(panel.value[k]) or usual[s] <= 0.0:
                continue
            if last[s] >= 0 and panel.period[k] == panel.period[last[s]]:
                continue
            if not abs(panel.value[k] - value[s]) < _SAME:
                value[s], length[s], begin[s], moved[s] = panel.value[k], 1, k, 0.0
                last[s] = k
                continue
            before[k] = last[s]
            last[s] = k
            length[s] += 1
            then = level_start[i] + panel.period[begin[s]] - panel.first[i]
            now = level_start[i] + panel.period[k] - panel.first[i]
            sd = np.sqrt(variance[then] + variance[now])
            moved[s] = max(moved[s], abs(mean[now] - mean[then]) / sd)
            if length[s] < _LEAST_RUN or moved[s] < _MOVED_SDS:
                continue
            chance = min(grid_step(value[s], scale, unit) / usual[s], 1.0)
            if chance ** (length[s] - 1) > _MOST_CHANCE:
                continue
            j = k
            while j != begin[s] and not frozen[j]:
                frozen[j] = True
                j = before[j]
    return frozen
