"""Days of instants, from when each local day begins."""

import numba as nb
import numpy as np
from numpy.typing import NDArray

Longs = NDArray[np.int64]
Small = NDArray[np.int32]

_DAY_SECONDS = 86_400


@nb.njit(cache=True, nogil=True)
def find_days(instants: Longs, ticks: int, midnights: Longs, found: Small) -> None:
    """Day of each instant; -1 of one outside all days.

    Parameters
    ----------
    instants
        (n,) ticks since 1970-01-01 UTC.
    ticks
        Ticks of a second.
    midnights
        (n_day + 1,) second of UTC on which each local day begins, from 1970-01-01 on, ascending; a
        day that the zone left out begins with the next one.
    """
    end = len(midnights) - 1
    for i in range(len(instants)):
        second = instants[i] // ticks
        if second < midnights[0] or second >= midnights[end]:
            found[i] = -1
            continue
        # A zone is less than a day away from the day of UTC.
        day = min(max(second // _DAY_SECONDS, 0), end - 1)
        while second < midnights[day]:
            day -= 1
        while second >= midnights[day + 1]:
            day += 1
        found[i] = day
