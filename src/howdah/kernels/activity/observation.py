r"""Of whom a cell can tell: units that were in the panel during the whole window it looks at.

A cell that looks at the days $[a, b]$ counts units with ``joined`` $\le a$ and ``left`` $> b$, and
$n_h$ is the number of exactly those units in stratum $h$. So a unit that joins is not new, one
that leaves has not churned, and one that was not seen for long enough is no nought.
"""

import numba as nb
import numpy as np
from numpy.typing import NDArray

Small = NDArray[np.int32]


@nb.njit(cache=True, nogil=True)
def add_spans(joined: Small, left: Small, spans: Small) -> None:
    """Add units to the numbers of those that were observed from one day to another.

    Parameters
    ----------
    joined, left
        (n_unit,) first day observed, and the first one not any more, within 0 and the number of
        days; a unit with ``left <= joined`` was never observed.
    spans
        (n_day, n_day) by first and last day observed.
    """
    for i in range(len(joined)):
        if left[i] > joined[i]:
            spans[joined[i], left[i] - 1] += 1


@nb.njit(cache=True, nogil=True)
def count_windows(spans: Small) -> Small:
    """Units that were observed on all days of each window.

    Returns
    -------
    ndarray
        (n_day, n_day) by first and last day of the window; nought below the diagonal.
    """
    n_day = len(spans)
    found = spans.copy()
    for a in range(n_day):
        if a > 0:
            # Who joined by day a and was last seen on day b; then who was last seen on b or later.
            for b in range(n_day):
                found[a, b] += found[a - 1, b]
    for a in range(n_day):
        for b in range(n_day - 2, a - 1, -1):
            found[a, b] += found[a, b + 1]
        found[a, :a] = 0
    return found


@nb.njit(cache=True, nogil=True)
def count_durations(spans: Small) -> Small:
    """Units that were observed for at least so many days, (n_day + 2,)."""
    n_day = len(spans)
    found = np.zeros(n_day + 2, np.int32)
    for a in range(n_day):
        for b in range(a, n_day):
            found[b + 1 - a] += spans[a, b]
    for d in range(n_day, -1, -1):
        found[d] += found[d + 1]
    return found
