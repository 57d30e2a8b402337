r"""Seasonal naive paths: a year that repeats the one before.

$$\hat x_{t+h} = x_t + x_{t-12+h} - x_{t-12}, \qquad h = 1, \dots, \min(H, 12)$$
"""

import numpy as np
from numpy.typing import NDArray

#: Months of a year.
_YEAR = 12


def seasonal_peak(level: NDArray[np.float32], column: int, horizon: int) -> NDArray[np.float64]:
    r"""The highest level of a path that repeats the last year, against the last level.

    Parameters
    ----------
    level
        (n, n_month) log levels, NaN where there is none.
    column
        The origin; later columns are not read.
    horizon
        Months ahead, of which twelve are looked at.

    Returns
    -------
    ndarray
        (n,) of $\max_h \hat x_{t+h} - x_t$; NaN where the year before is not known.

    Examples
    --------
    >>> rising = np.arange(14, dtype=np.float32)[None]
    >>> seasonal_peak(rising, 13, 3).tolist()
    [3.0]
    """
    before = column - _YEAR
    if before < 0:
        return np.full(len(level), np.nan)
    path = level[:, before + 1 : before + min(horizon, _YEAR) + 1].astype(np.float64)
    rise = path - level[:, before, None]
    is_known = np.isfinite(rise).any(axis=1) & np.isfinite(level[:, column])
    best = np.max(np.where(np.isfinite(rise), rise, -np.inf), axis=1)
    return np.where(is_known, best, np.nan)
