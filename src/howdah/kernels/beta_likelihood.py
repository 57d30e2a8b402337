r"""Likelihood of the shifted beta-geometric, with first and second derivatives, and its maximum.

With whole periods the law needs no special functions:

$$\log S(t) = \sum_{j < t} \log \frac{\beta + j}{\alpha + \beta + j}$$

and the derivatives by the logarithms of $\alpha$ and $\beta$ are sums over the same terms. The
maximum is found by Newton's method, damped as by Levenberg and Marquardt [1]_ and kept in a box.

References
----------
.. [1] Nocedal & Wright (2006), "Numerical Optimization", chapters 4 and 16.7.
"""

from typing import TypeAlias

import numba as nb
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

#: Logarithms of parameters are looked for in here; at the ends units do not differ, or all leave
#: at once, and the parameters are not told by the data.
BOUNDS = (-7.0, 9.0)

#: Where the search begins, as logarithms; the best end is taken.
_STARTS: Floats = np.log(np.array([[1.0, 1.0], [0.5, 3.0], [5.0, 50.0]]))

_MOST_STEPS = 100

#: The search ends where the slope of the mean log likelihood is below this.
_FLAT = 1e-10

#: Value, slope (2,) and second derivatives (2, 2) of a sum.
_Parts: TypeAlias = tuple[float, Floats, Floats]


@nb.njit(cache=True, nogil=True)
def trace_survival(at: Floats, t: Counts) -> tuple[Floats, Floats, Floats]:
    """Log survival to each of some times, and its derivatives by the logarithms of parameters.

    Parameters
    ----------
    at
        (2,) logarithms of alpha and beta.
    t
        (n,) whole periods, in any order.

    Returns
    -------
    tuple
        Levels (n,), slopes (n, 2) and second derivatives (n, 2, 2).
    """
    alpha, beta = np.exp(at[0]), np.exp(at[1])
    most = 0
    for n in t:
        most = max(most, n)
    # Sums over j < t: of the logs, 1 / (alpha + beta + j) and its square, and how much less these
    # are than those with beta + j, without the difference of what is nearly the same.
    sums = np.zeros((most + 1, 5))
    for j in range(most):
        low, all_ = beta + j, alpha + beta + j
        sums[j + 1, 0] = sums[j, 0] + np.log1p(-alpha / all_)
        sums[j + 1, 1] = sums[j, 1] + 1.0 / all_
        sums[j + 1, 2] = sums[j, 2] + 1.0 / all_**2
        sums[j + 1, 3] = sums[j, 3] + alpha / (low * all_)
        sums[j + 1, 4] = sums[j, 4] + alpha * (low + all_) / (low * all_) ** 2
    level, slope, bend = np.empty(len(t)), np.empty((len(t), 2)), np.empty((len(t), 2, 2))
    for k in range(len(t)):
        log, one, two, less_one, less_two = sums[t[k]]
        level[k] = log
        slope[k, 0] = -alpha * one
        slope[k, 1] = beta * less_one
        bend[k, 0, 0] = -alpha * one + alpha**2 * two
        bend[k, 0, 1] = bend[k, 1, 0] = alpha * beta * two
        bend[k, 1, 1] = beta * less_one - beta**2 * less_two
    return level, slope, bend


@nb.njit(cache=True, nogil=True)
def trace_likelihoods(at: Floats, edge: Counts) -> tuple[Floats, Floats, Floats]:
    """Log likelihoods of a unit that left in each interval, and then of one that was there after.

    Parameters
    ----------
    edge
        (n,) ends of the intervals, ascending; the first begins with 0.

    Returns
    -------
    tuple
        Log likelihoods (2n,), slopes (2n, 2) and second derivatives (2n, 2, 2).
    """
    n = len(edge)
    later, slope_later, bend_later = trace_survival(at, edge)
    level, slope, bend = np.empty(2 * n), np.empty((2 * n, 2)), np.empty((2 * n, 2, 2))
    before, slope_before, bend_before = 0.0, np.zeros(2), np.zeros((2, 2))
    for k in range(n):
        # log(S_before - S_later), with the ratio in place of the difference of small numbers.
        ratio = np.exp(later[k] - before)
        gone = max(-np.expm1(later[k] - before), 1e-300)
        step = slope_later[k] - slope_before
        level[k] = before + np.log(gone)
        slope[k] = (slope_before - ratio * slope_later[k]) / gone
        bend[k] = (bend_before - ratio * bend_later[k]) / gone
        bend[k] -= ratio / gone**2 * np.outer(step, step)
        level[n + k], slope[n + k], bend[n + k] = later[k], slope_later[k], bend_later[k]
        before, slope_before, bend_before = later[k], slope_later[k], bend_later[k]
    return level, slope, bend


@nb.njit(cache=True, nogil=True)
def sum_likelihood(at: Floats, edge: Counts, counts: Floats) -> _Parts:
    """Log likelihood of weighted counts (2n,), its slope and its second derivatives."""
    level, slope, bend = trace_likelihoods(at, edge)
    value, first, second = 0.0, np.zeros(2), np.zeros((2, 2))
    for k in range(len(counts)):
        value += counts[k] * level[k]
        first += counts[k] * slope[k]
        second += counts[k] * bend[k]
    return value, first, second


@nb.njit(cache=True, nogil=True)
def find_most_likely(edge: Counts, counts: Floats) -> Floats:
    """Logarithms of the parameters of the largest likelihood in the box, (2,)."""
    best = -np.inf
    found: Floats = _STARTS[0].copy()
    mean = counts / counts.sum()
    for start in _STARTS:
        value, at = _climb(start, edge, mean)
        if value > best:
            best, found = value, at
    return found


@nb.njit(cache=True, nogil=True)
def _climb(start: Floats, edge: Counts, counts: Floats) -> tuple[float, Floats]:
    """Value and place of the maximum that is uphill from `start`."""
    low, high = BOUNDS
    at = start.copy()
    value, slope, bend = sum_likelihood(at, edge, counts)
    damping = 1e-3
    for _ in range(_MOST_STEPS):
        step = _step(at, slope, bend, damping)
        if np.abs(step).max() == 0.0:
            break
        then = np.minimum(np.maximum(at + step, low), high)
        new_value, new_slope, new_bend = sum_likelihood(then, edge, counts)
        if new_value > value:
            at, value, slope, bend = then, new_value, new_slope, new_bend
            damping /= 10.0
        elif damping > 1e12:  # noqa: PLR2004 - steps of nothing
            break
        else:
            damping *= 10.0
    return value, at


@nb.njit(cache=True, nogil=True)
def _step(at: Floats, slope: Floats, bend: Floats, damping: float) -> Floats:
    """A damped Newton step of the parameters that are not held by an end of the box."""
    low, high = BOUNDS
    step = np.zeros(2)
    is_free = np.empty(2, np.bool_)
    for n in range(2):
        is_held = (at[n] <= low and slope[n] < 0) or (at[n] >= high and slope[n] > 0)
        is_free[n] = not is_held and np.abs(slope[n]) > _FLAT
    # Damped by the slopes' own sizes, so that far from the top a step is one of ascent.
    a = max(-bend[0, 0], 0.0) + damping * (1.0 + np.abs(bend[0, 0]))
    d = max(-bend[1, 1], 0.0) + damping * (1.0 + np.abs(bend[1, 1]))
    b = -bend[0, 1]
    if is_free[0] and is_free[1] and a * d > b * b:
        step[0] = (d * slope[0] - b * slope[1]) / (a * d - b * b)
        step[1] = (a * slope[1] - b * slope[0]) / (a * d - b * b)
    else:
        for n, own in ((0, a), (1, d)):
            if is_free[n]:
                step[n] = slope[n] / own
    return np.minimum(np.maximum(step, -3.0), 3.0)
