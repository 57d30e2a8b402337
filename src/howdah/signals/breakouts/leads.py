"""Lead times: how long those took that came, and were as likely to."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Past cases on each side, by probability, whose median is told.
_NEIGHBOURS = 20


def lead_months(
    probability: Floats, past_probability: Floats, past_months: NDArray[np.int64]
) -> Floats:
    """Median months until the target, of past cases that were about as likely and came.

    Parameters
    ----------
    probability
        (n,) of whom it is asked.
    past_probability, past_months
        (m,) of those that came.

    Returns
    -------
    ndarray
        (n,), NaN without any past case.

    Examples
    --------
    >>> lead_months(np.array([0.5]), np.array([0.4, 0.6, 0.5]), np.array([3, 9, 4])).tolist()
    [4.0]
    """
    if len(past_months) == 0:
        return np.full(len(probability), np.nan)
    order = np.argsort(past_probability, kind="stable")
    width = min(2 * _NEIGHBOURS + 1, len(order))
    windows = np.lib.stride_tricks.sliding_window_view(past_months[order], width)
    medians = np.median(windows, axis=1)
    at = np.searchsorted(past_probability[order], probability) - width // 2
    return np.asarray(medians[np.clip(at, 0, len(medians) - 1)], np.float64)
