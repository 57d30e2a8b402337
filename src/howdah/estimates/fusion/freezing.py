r"""Frozen figures: a source that repeats its own while the level moves.

A source whose successive figures usually differ by $\delta_s$ prints the same one again with a
probability of at most $g / \delta_s$, $g$ the step of the grid that it rounds to. A run of $n$
equal figures is stale where that chance to the power of $n - 1$ is next to none and the level,
which other sources tell, has moved on. A slow series on a coarse grid repeats by chance.
"""

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.estimates.fusion.spikes import grid_step
from howdah.kernels import Panel, robust_scale

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: Fewest equal figures in a row, and the largest chance of a run.
_LEAST_RUN = 4
_MOST_CHANCE = 1e-6

#: Movement of the level during a run, in its standard deviations, for it to be stale.
_MOVED_SDS = 3.0

_SAME = 1e-9
_LEAST_PAIRS = 30


def learn_steps(panel: Panel, n_source: int) -> Floats:
    """Usual change between successive figures of each source, (n_source,); 0 if unknown.

    Of those that change: a source that often repeats itself is no slower for it.
    """
    series = np.repeat(np.arange(len(panel.segment)), np.diff(panel.start))
    found = np.zeros(n_source)
    for s in range(n_source):
        own = np.flatnonzero((panel.source == s) & np.isfinite(panel.value))
        step = np.diff(panel.value[own])[series[own][1:] == series[own][:-1]]
        step = step[np.abs(step) > _SAME]
        if len(step) >= _LEAST_PAIRS:
            found[s] = np.nan_to_num(robust_scale(step))
    return found


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
