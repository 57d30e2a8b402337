r"""Natural experiments: what changed when a channel stopped that had run for long.

The outcome of the periods before and after, less what other channels brought, is a level that
drifts and a step at the stop:

$$d = \frac{w'y}{w'w}, \qquad \mathrm{sd}(d) = \sigma / \lVert w \rVert$$

with $w$ and $y$ the step and the outcome whitened by the drift, the level taken out. It needs none
of the curves of the model, so it is a second way to the same number; it holds what else changed
just then, and what still carries over counts as organic.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from howdah.kernels.response import project, whitened_bases

Floats = NDArray[np.float64]

#: Periods with spend before a stop and without after it, at least, and periods that are compared.
LEAST, _REACH = 4, 13


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop of one channel.

    Attributes
    ----------
    at
        Place of the first period without spend.
    value, lower, upper
        By how much the outcome was higher before, a period.
    n_before, n_after
        Periods that are compared.
    """

    at: int
    value: float
    lower: float
    upper: float
    n_before: int
    n_after: int


def find_stops(
    spend: Floats, outcome: Floats, *, drift: float, noise: float, prob: float
) -> Sequence[Stop]:
    """Stops of a channel, each compared with what was before it.

    Parameters
    ----------
    spend, outcome
        (n_period,) of the channel, and the outcome less what other channels brought; NaN where
        it is not known.
    drift
        Variance of the level's steps over that of the noise.
    noise
        Standard deviation of the outcome's noise.
    """
    is_on = spend > 0.0
    found = []
    for at in np.flatnonzero(is_on[:-1] & ~is_on[1:]) + 1:
        before = _run(is_on[:at][::-1], wanted=True)
        after = _run(is_on[at:], wanted=False)
        if min(before, after) < LEAST:
            continue
        first, last = at - min(before, _REACH), at + min(after, _REACH)
        own = outcome[first:last]
        is_known = np.isfinite(own)
        step = (np.arange(first, last) < at).astype(np.float64)
        if min(is_known[step > 0.0].sum(), is_known[step == 0.0].sum()) < LEAST:
            continue
        bases = whitened_bases(np.ones((1, len(own))), is_known, np.array([drift]))
        w = project(step, bases, 0)
        length = float(w @ w)
        if length <= 1e-9:  # noqa: PLR2004 - the level holds the step
            continue
        value = float(w @ project(np.where(is_known, own, 0.0), bases, 0)) / length
        reach = float(ndtri(0.5 + prob / 2)) * noise / np.sqrt(length)
        found.append(
            Stop(int(at), value, value - reach, value + reach, int(at - first), int(last - at))
        )
    return found


def _run(flags: NDArray[np.bool_], *, wanted: bool) -> int:
    """How many flags are as wanted from the first one on."""
    other = np.flatnonzero(flags != wanted)
    return int(other[0]) if len(other) else len(flags)
