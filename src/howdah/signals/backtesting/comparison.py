"""Comparisons: how much better one method is than another, with what chance leaves of it.

Origins a month apart share most of their horizons, so they are drawn in blocks as long as the
horizon, and both methods at the same origins.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

N_DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Difference:
    """Mean difference over origins, and its interval.

    Attributes
    ----------
    value, lower, upper
        Of the first less the second; the interval is NaN where the origins make no more than one
        block.
    n
        Origins.
    """

    value: float
    lower: float
    upper: float
    n: int


def compare_methods(
    first: Sequence[float], second: Sequence[float], block: int, *, prob: float = 0.9, seed: int = 0
) -> Difference:
    """Compare two methods over origins, in order of time.

    Parameters
    ----------
    first, second
        A measure at each origin; origins where either is NaN are left out.
    block
        Origins of a block: the horizon in months. The moving-block bootstrap is circular, so each
        origin is drawn as often as any other.

    Notes
    -----
    With about two blocks, as two years of origins of a year's horizon are, the interval is too
    narrow: it cannot hold what no block shows.

    References
    ----------
    .. [1] Politis & Romano (1992), "A Circular Block-Resampling Procedure".
    """
    gap = np.asarray(first, np.float64) - np.asarray(second, np.float64)
    gap = gap[np.isfinite(gap)]
    n = len(gap)
    if n == 0:
        return Difference(float("nan"), float("nan"), float("nan"), 0)
    value = float(gap.mean())
    size = min(block, n)
    if n <= size:
        return Difference(value, float("nan"), float("nan"), n)
    rng = np.random.default_rng(seed)
    n_blocks = -(-n // size)
    starts = rng.integers(0, n, (N_DRAWS, n_blocks))
    at = (starts[:, :, None] + np.arange(size)) % n
    means = gap[at.reshape(N_DRAWS, -1)[:, :n]].mean(axis=1)
    lower, upper = np.quantile(means, [0.5 - prob / 2, 0.5 + prob / 2])
    return Difference(value, float(lower), float(upper), n)
