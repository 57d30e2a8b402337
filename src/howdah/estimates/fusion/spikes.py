r"""How often the figures of two sources are nearer to each other than their noise lets them be.

Independent errors give differences $d = y_s - y_o$ a density that is smooth at scales far below
their spread, and figures that round to the same grid are spread evenly over neighbouring steps of
it. A copy, rounded or rescaled or with a little noise, piles up in a window narrower than that.
The window is never narrower than the grid of either figure, so that rounding to the same round
number is no evidence, nor wider than a part of the spread, so that accuracy is none.
"""

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.core.metrics import Scale

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Small = NDArray[np.int32]

#: Half widths of windows beside that of the grid: exact copies, then such with a little noise.
WIDTHS = np.array([0.0, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05])

#: Widest half of a window, in spreads that the difference would have without copying.
REACH = 0.3

#: Most density of a difference of independent errors at one place, times its spread: .4 for a
#: normal one, more where the noise of products differs.
_PEAK = 0.6

#: Relative rounding of a float that passed through a logarithm.
_ROUNDING = 1e-9

#: Digits that a figure may have; with more it is taken to be exact.
_MOST_DIGITS = 8

_LOG, _LOGIT, _LINEAR = 0, 1, 2
SCALE_CODES = {"log": _LOG, "logit": _LOGIT}


class Spike(NamedTuple):
    """Differences of two sources that lie in a window, and how many would anyway."""

    used: float  # cells in which the window is fine enough to tell
    inside: float
    expected: float  # inside by chance
    width: float  # half width of the window beside the grid's

    @property
    def excess(self) -> float:
        """Share of the cells that are copied."""
        return (self.inside - self.expected) / max(self.used - self.expected, 1.0)

    @property
    def sds(self) -> float:
        """Excess in standard deviations of the chance count."""
        return float((self.inside - self.expected) / np.sqrt(self.expected + 1.0))


def scale_code(scale: Scale) -> int:
    """Number of a scale in the compiled functions."""
    return SCALE_CODES.get(scale, _LINEAR)


@nb.njit(cache=True, nogil=True)
def grid_step(value: float, scale: int, unit: float) -> float:
    """Distance to the next figure with as many digits, on the additive scale.

    Twice the most that rounding to it moves a figure.

    Parameters
    ----------
    value
        Figure on the additive scale.
    scale
        Of `scale_code`.
    unit
        Of a linear scale.

    Examples
    --------
    >>> round(grid_step(np.log(5120.0), 0, 1.0) * 512, 2)
    1.0
    """
    if scale == _LOG:
        natural = np.exp(value)
    elif scale == _LOGIT:
        natural = 100.0 / (1.0 + np.exp(-value))
    else:
        natural = abs(value * unit)
    if not 0.0 < natural < np.inf:
        return 0.0
    step = 10.0 ** np.floor(np.log10(natural) + _ROUNDING)
    for _ in range(_MOST_DIGITS):
        steps = natural / step
        if abs(steps - np.round(steps)) < _ROUNDING * 10.0 * steps:
            break
        step /= 10.0
    else:
        return 0.0
    if scale == _LOG:
        # The larger side of a rounding: 115 is nearer to 120 than its half step is on this scale.
        return float(-2.0 * np.log1p(-0.5 * step / natural))
    if scale == _LOGIT:
        return float(step * 100.0 / max(natural * (100.0 - natural), _ROUNDING))
    return float(step / unit)


@nb.njit(cache=True, nogil=True)
def grid_steps(value: Floats, scale: int, unit: float) -> Floats:
    """`grid_step` of each figure; 0 for what is no figure."""
    steps = np.zeros(len(value))
    for k in range(len(value)):
        if not np.isnan(value[k]):
            steps[k] = grid_step(value[k], scale, unit)
    return steps


@nb.njit(cache=True, nogil=True)
def differences(
    cell: Ints, value: Floats, step: Floats, table: Floats, steps: Floats, n_period: int, lag: int
) -> tuple[Floats, Floats]:
    """Figures of one source less another's of `lag` periods before, and the coarser grid of both.

    Parameters
    ----------
    cell
        (n,) series times `n_period` plus period of the figures of the one.
    table, steps
        Figure and grid of the other in each cell, NaN where it has none.
    """
    off, grid = np.empty(len(cell)), np.empty(len(cell))
    n = 0
    for k in range(len(cell)):
        if cell[k] % n_period < lag:
            continue
        other = table[cell[k] - lag]
        if not np.isnan(other):
            off[n] = value[k] - other
            grid[n] = max(step[k], steps[cell[k] - lag])
            n += 1
    return off[:n], grid[:n]


@nb.njit(cache=True, nogil=True)
def count_windows(off: Floats, grid: Floats, shift: float, spread: float, widths: Floats) -> Floats:
    """Cells used, inside and expected inside for each width, (n_width, 3).

    What is expected is the larger of the smooth density's share and half of what lies in the two
    windows beside, which are as wide each.
    """
    found = np.zeros((len(widths), 3))
    ring = np.zeros(len(widths))
    for k in range(len(off)):
        far = abs(off[k] - shift)
        for w in range(len(widths)):
            half = max(widths[w], 0.5 * grid[k])
            if half > REACH * spread:
                break
            found[w, 0] += 1.0
            found[w, 2] += min(_PEAK * 2.0 * half / spread, 1.0)
            # A difference at the edge of the grid's half step is one of rounding alone.
            half = half * (1.0 + 1e-6) + _ROUNDING
            if far <= half:
                found[w, 1] += 1.0
            elif far <= 3.0 * half:
                ring[w] += 1.0
    for w in range(len(widths)):
        found[w, 2] = max(found[w, 2], 0.5 * ring[w])
    return found


@nb.njit(cache=True, nogil=True)
def modal_difference(off: Floats, bin_width: float) -> float:
    """Where differences pile up most: the median of the fullest bin and its neighbours."""
    if not len(off):
        return 0.0
    low = off.min()
    n_bin = min(int((off.max() - low) / bin_width) + 1, 1_000_000)
    count = np.zeros(n_bin, np.int64)
    for k in range(len(off)):
        count[min(int((off[k] - low) / bin_width), n_bin - 1)] += 1
    middle = low + (np.argmax(count) + 0.5) * bin_width
    near = off[np.abs(off - middle) <= bin_width]
    return float(np.median(near)) if len(near) else middle


def strongest(off: Floats, grid: Floats, shift: float, spread: float) -> Spike:
    """Window with the most copied cells, of those whose neighbours are all but empty."""
    counts = count_windows(off, grid, shift, spread, WIDTHS)
    spikes = [
        Spike(used, inside, expected, width)
        for (used, inside, expected), width in zip(counts.tolist(), WIDTHS.tolist(), strict=True)
    ]
    return max(spikes, key=lambda spike: spike.inside - spike.expected)
