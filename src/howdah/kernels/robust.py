"""Robust centre, scale, outliers and measurement noise of flat arrays of many series."""

import numba as nb
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Turns a median absolute deviation into a standard deviation under a normal distribution.
MAD_TO_SD = 1.4826

#: Standard deviations at which `step_noise` clips a step: one jump is not noise.
_CLIP_SDS = 3.0


def robust_center(values: Floats) -> float:
    """Median of the finite values; NaN when there is none.

    Examples
    --------
    >>> robust_center(np.array([1.0, 2.0, np.nan, 900.0]))
    2.0
    """
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if len(finite) else float("nan")


def robust_scale(values: Floats) -> float:
    """Standard deviation by the median absolute deviation; NaN below two finite values.

    Examples
    --------
    >>> robust_scale(np.array([1.0, 2.0, 3.0, 4.0, 900.0]))
    1.4826

    References
    ----------
    .. [1] Rousseeuw & Croux (1993), "Alternatives to the Median Absolute Deviation".
    """
    finite = values[np.isfinite(values)]
    if len(finite) < 2:  # noqa: PLR2004 - one value has no spread
        return float("nan")
    return float(MAD_TO_SD * np.median(np.abs(finite - np.median(finite))))


def hampel_outliers(
    values: Floats,
    group: Ints,
    *,
    half_window: int = 3,
    threshold: float = 6.0,
    floor: float | Floats,
) -> NDArray[np.bool_]:
    r"""Flag values that leave their series and come back.

    The Hampel identifier, on both sides. With $m$ and MAD the median and the median absolute
    deviation of up to ``2 * half_window + 1`` values around $y_t$, and the tolerance
    $k \cdot \max(1.4826\,\mathrm{MAD}, f)$, a value is flagged when it lies farther than that
    from $m$ **and**, on the same side, from the median of the values before it **and** from the
    median of those after it.

    Parameters
    ----------
    values
        (n,) values, ordered by series and time, on the scale where errors add.
    group
        (n,) series of each value, equal values adjacent.
    half_window
        Neighbours on each side; a longer window finds longer blow-ups and follows less.
    threshold
        $k$; 6 leaves real jumps alone, a lower one trades misses for false flags.
    floor
        $f$, least spread, of all or of each value: a counter that stood still for weeks has no
        spread of its own.

    Returns
    -------
    ndarray of bool
        (n,). A level shift is not flagged, since the values after it agree with it; two steps in
        consecutive periods, to a level between or beyond, widen the MAD instead. The first and
        last value of a series are never flagged: whether a jump there comes back cannot be told
        yet.

    References
    ----------
    .. [1] Pearson et al. (2016), "Generalized Hampel Filters".
    """
    n = len(values)
    floors = np.broadcast_to(np.asarray(floor, np.float64), (n,))
    return np.asarray(_hampel(values, group, half_window, threshold, floors), np.bool_)


@nb.njit(cache=True)
def _hampel(values, group, half_window, threshold, floors):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    n = len(values)
    flags = np.zeros(n, np.bool_)
    buffer = np.empty(2 * half_window + 1)
    for i in range(n):
        first, last = i, i
        while first > 0 and i - first < half_window and group[first - 1] == group[i]:
            first -= 1
        while last < n - 1 and last - i < half_window and group[last + 1] == group[i]:
            last += 1
        if i in (first, last):
            continue
        center = _median(values, first, last + 1, 0.0, False, buffer)
        away = values[i] - center
        # The floor alone rules out most values, and spares their spread.
        if abs(away) <= threshold * floors[i]:
            continue
        spread = MAD_TO_SD * _median(values, first, last + 1, center, True, buffer)
        reach = threshold * max(spread, floors[i])
        before = values[i] - _median(values, first, i, 0.0, False, buffer)
        after = values[i] - _median(values, i + 1, last + 1, 0.0, False, buffer)
        nearest = min(away, before, after)
        if away < 0:
            nearest = -max(away, before, after)
        flags[i] = nearest > reach
    return flags


@nb.njit(cache=True)
def _median(values, start, stop, center, is_distance, buffer):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    """Median of a few values, or of their distances from a center."""
    n = stop - start
    for k in range(n):
        x = values[start + k]
        if is_distance:
            x = abs(x - center)
        j = k
        while j > 0 and buffer[j - 1] > x:
            buffer[j] = buffer[j - 1]
            j -= 1
        buffer[j] = x
    return (buffer[(n - 1) // 2] + buffer[n // 2]) / 2


def step_noise(level: Floats, group: Ints, *, n_last: int = 24) -> Floats:
    r"""Measurement noise of each series from the autocovariance of its steps.

    A level that wanders, read with noise, $y_t = x_t + e_t$, has steps whose lag-one
    autocovariance is $\gamma_1 = -\sigma_e^2$ when the steps of $x$ are uncorrelated. The steps
    are centred at their median and clipped at three robust standard deviations, since one jump
    is not noise.

    Parameters
    ----------
    level
        (n,) levels on the additive scale, ordered by series and time.
    group
        (n,) series of each value, equal values adjacent.
    n_last
        Steps used, the last ones: about half a year of weeks or two years of months.

    Returns
    -------
    ndarray
        (n_series,) standard deviation of the noise, in order of appearance; 0 where the
        autocovariance is not negative or the series has fewer than four steps. It is 0 for half
        of all series without noise and too high for the others, by about $n^{-1/4}$ of a step;
        series whose growth reverts look noisy.

    References
    ----------
    .. [1] Harvey (1989), "Forecasting, Structural Time Series Models", section 2.4.3.
    """
    return np.asarray(_step_noise(level, group, n_last), np.float64)


@nb.njit(cache=True)
def _step_noise(level, group, n_last):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    n = len(level)
    n_series = 0
    for i in range(n):
        if i == 0 or group[i] != group[i - 1]:
            n_series += 1
    out = np.zeros(n_series)
    series, first = 0, 0
    for i in range(1, n + 1):
        if i < n and group[i] == group[first]:
            continue
        start = max(first, i - n_last - 1)
        steps = level[start + 1 : i] - level[start : i - 1]
        if len(steps) >= 4:  # noqa: PLR2004 - fewer show no autocovariance
            steps = steps - np.median(steps)
            spread = _CLIP_SDS * MAD_TO_SD * np.median(np.abs(steps))
            steps = np.minimum(np.maximum(steps, -spread), spread)
            gamma = np.mean(steps[1:] * steps[:-1])
            out[series] = np.sqrt(max(-gamma, 0.0))
        series += 1
        first = i
    return out
