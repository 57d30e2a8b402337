"""Robust level of a quantity that several sources state with bias and noise.

All functions work on flat arrays in which a group id says which rows belong together; groups
are numbered 0 to n_group - 1.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Turns a median absolute deviation into a standard deviation under a normal distribution.
MAD_TO_SD = 1.4826


def robust_center(values: Floats) -> float:
    """Median of the finite values; NaN when there is none."""
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if len(finite) else float("nan")


def robust_scale(values: Floats) -> float:
    """Standard deviation by the median absolute deviation; NaN below two finite values.

    References
    ----------
    .. [1] Rousseeuw & Croux (1993), "Alternatives to the Median Absolute Deviation".
    """
    finite = values[np.isfinite(values)]
    if len(finite) < 2:  # noqa: PLR2004 - one value has no spread
        return float("nan")
    return float(MAD_TO_SD * np.median(np.abs(finite - np.median(finite))))


def hampel_outliers(
    values: Floats, group: Ints, *, half_window: int = 3, threshold: float = 6.0, floor: float
) -> NDArray[np.bool_]:
    r"""Flag values far from the median of their neighbours in the same series.

    The Hampel identifier: $|y_t - m_t| > k \cdot \max(1.4826\,\mathrm{MAD}_t, f)$ with the
    median $m_t$ and MAD over a window of ``2 * half_window + 1`` values.

    Parameters
    ----------
    values
        (n,) values, ordered by series and time, on the scale where errors add.
    group
        (n,) series of each value, non-decreasing.
    half_window
        Neighbours on each side; a longer window finds longer blow-ups and follows less.
    threshold
        $k$; 6 leaves real jumps alone, a lower one trades misses for false flags.
    floor
        $f$, least spread: a counter that stood still for weeks has none of its own.

    Returns
    -------
    ndarray of bool
        (n,). A level shift is not flagged, for after it the neighbours agree with it; the two
        values at each end of a series, which have fewer neighbours, are judged by those.

    References
    ----------
    .. [1] Pearson et al. (2016), "Generalized Hampel Filters".
    """
    n = len(values)
    if n == 0:
        return np.zeros(0, np.bool_)
    offsets = np.arange(-half_window, half_window + 1)
    index = np.arange(n)[:, None] + offsets
    inside = (index >= 0) & (index < n)
    index = np.clip(index, 0, n - 1)
    inside &= group[index] == group[:, None]
    window = np.where(inside, values[index], np.nan)
    # Three values are the fewest whose median is not moved by one of them.
    enough = inside.sum(axis=1) >= 3  # noqa: PLR2004
    flags = np.zeros(n, np.bool_)
    if enough.any():
        center = np.nanmedian(window[enough], axis=1)
        spread = MAD_TO_SD * np.nanmedian(np.abs(window[enough] - center[:, None]), axis=1)
        flags[enough] = np.abs(values[enough] - center) > threshold * np.maximum(spread, floor)
    return flags


def pooled_level(
    low: Floats,
    high: Floats,
    group: Ints,
    n_group: int,
    *,
    source_sd: Floats,
    noise_sd: Floats,
    shared_sd: Floats,
    prob: float,
) -> tuple[Floats, Floats, Floats]:
    r"""Level of each group from points and intervals that its sources state.

    A source $s$ sees the level $x$ with a house effect and noise, $y_s = x + b_s + e_s$,
    $b_s \sim N(0, \tau_s^2)$, $e_s \sim N(0, \sigma_s^2)$, and all sources of a group share an
    error $c \sim N(0, \gamma^2)$, for agreement is not accuracy. An interval claim
    $[l, h]$ is a uniform statement: its middle is $y$, and $(h - l)^2 / 12$ adds to its variance.
    The level is the precision-weighted mean; its variance adds $\gamma^2$.

    Parameters
    ----------
    low, high
        (n,) ends of what each source states, on the additive scale; equal for a point. Both
        finite: open ends are the caller's to close.
    group
        (n,) group of each row.
    source_sd, noise_sd
        (n,) $\tau_s$ and $\sigma_s$ of each row's source.
    shared_sd
        (n_group,) $\gamma$ of each group.
    prob
        Mass inside the interval.

    Returns
    -------
    (level, lower, upper)
        (n_group,) each; NaN for a group without rows. With two or more sources the variance is
        inflated by the Birge ratio where they disagree more than their errors explain.

    References
    ----------
    .. [1] Birge (1932), "The Calculation of Errors by the Method of Least Squares".
    """
    middle = (low + high) / 2
    variance = source_sd**2 + noise_sd**2 + (high - low) ** 2 / 12
    weight = 1.0 / variance
    total = np.bincount(group, weight, n_group)
    with np.errstate(invalid="ignore", divide="ignore"):
        level = np.bincount(group, weight * middle, n_group) / total
        n_rows = np.bincount(group, minlength=n_group)
        chi2 = np.bincount(group, weight * (middle - level[group]) ** 2, n_group)
        birge = np.maximum(1.0, chi2 / np.maximum(n_rows - 1, 1))
        sd = np.sqrt(birge / total + shared_sd**2)
    reach = stats.norm.ppf(0.5 + prob / 2) * sd
    level = np.where(n_rows > 0, level, np.nan)
    return level, level - reach, level + reach
