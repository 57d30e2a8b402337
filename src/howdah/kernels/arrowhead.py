r"""Solving a Gaussian whose precision is tridiagonal with a dense border.

$$\Lambda = \begin{pmatrix} A & C \\ C^\top & K \end{pmatrix}$$

with $A$ (n, n) tridiagonal, $C$ (n, m) and $K$ (m, m): a path and a few quantities that touch all
of it. One forward and one backward sweep over $A$ with m + 1 right-hand sides and the Schur
complement $K - C^\top A^{-1} C$ give the exact posterior in $O(n m^2)$. [1]_

References
----------
.. [1] Rue & Held (2005), "Gaussian Markov Random Fields", section 2.4.
"""

import numba as nb
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Smallest pivot of the Schur complement, relative to its diagonal: below it rounding decides.
_PIVOT = 1e-12


@nb.njit(cache=True, error_model="numpy", fastmath={"contract", "reassoc", "arcp", "nsz"})
def solve_arrowhead(
    diagonal: Floats,
    link: Floats,
    mean: Floats,
    border: Floats,
    corner: Floats,
    corner_mean: Floats,
    variance: Floats,
    lag: Floats,
    spread: Floats,
    ratio: Floats,
    factor: Floats,
) -> None:
    r"""Posterior means, variances and lag-one covariances, in place.

    Parameters
    ----------
    diagonal
        (n,) diagonal of $A$; overwritten.
    link
        (n,) minus the off-diagonal of $A$ between t - 1 and t; ``link[0]`` is not read.
    mean
        (n,) right-hand side of the path; on return its mean.
    border
        (n, m) $C$; on return $A^{-1} C$.
    corner
        (m, m) lower triangle of $K$; on return the full covariance of the border.
    corner_mean
        (m,) right-hand side of the border; on return its mean.
    variance, lag
        (n,) on return the variance of the path and its covariance with the point before.
    spread
        (n, m) on return minus the covariance of path and border.
    ratio, factor
        (n,) and (m, m) work space.
    """
    n, m = border.shape
    for t in range(n):
        if t > 0:
            share = link[t] / diagonal[t - 1]
            ratio[t] = share
            diagonal[t] -= link[t] * share
            # What stands there is already divided by the diagonal.
            mean[t] += link[t] * mean[t - 1]
            for a in range(m):
                border[t, a] += link[t] * border[t - 1, a]
        inverse = 1.0 / diagonal[t]
        for a in range(m):
            scaled = border[t, a] * inverse
            corner_mean[a] -= scaled * mean[t]
            # The upper triangle is not read; a loop of constant length is vectorised.
            for c in range(m):
                corner[a, c] -= scaled * border[t, c]
        mean[t] *= inverse
        for a in range(m):
            border[t, a] *= inverse
        variance[t] = inverse
    _invert(corner, factor, m)
    for a in range(m):
        total = 0.0
        for c in range(m):
            total += corner[a, c] * corner_mean[c]
        factor[0, a] = total
    for a in range(m):
        corner_mean[a] = factor[0, a]
    for t in range(n - 1, -1, -1):
        lag_alone = 0.0
        if t < n - 1:
            share = ratio[t + 1]
            mean[t] += share * mean[t + 1]
            for a in range(m):
                border[t, a] += share * border[t + 1, a]
            lag_alone = share * lag[t + 1]
            variance[t] += share * lag_alone
        # Until the next line has read it, `lag` holds the variance of the path alone.
        if t < n - 1:
            lag[t + 1] = lag_alone
        lag[t] = variance[t]
    lag[0] = 0.0
    for t in range(n):
        for a in range(m):
            spread[t, a] = 0.0
        for c in range(m):
            part = border[t, c]
            for a in range(m):
                spread[t, a] += part * corner[c, a]
        moved, widened = 0.0, 0.0
        for a in range(m):
            moved += border[t, a] * corner_mean[a]
            widened += spread[t, a] * border[t, a]
        mean[t] -= moved
        variance[t] += widened
        if t > 0:
            joined = 0.0
            for a in range(m):
                joined += spread[t, a] * border[t - 1, a]
            lag[t] += joined


@nb.njit(cache=True, error_model="numpy", fastmath={"contract", "reassoc", "arcp", "nsz"})
def _invert(matrix: Floats, factor: Floats, m: int) -> None:
    """Inverse of a symmetric positive matrix given by its lower triangle, in place."""
    for a in range(m):
        smallest = _PIVOT * abs(matrix[a, a]) + 1e-300
        for c in range(a + 1):
            total = matrix[a, c]
            for k in range(c):
                total -= matrix[a, k] * matrix[c, k]
            if a == c:
                matrix[a, a] = np.sqrt(max(total, smallest))
            else:
                matrix[a, c] = total / matrix[c, c]
    for a in range(m):
        factor[a, a] = 1.0 / matrix[a, a]
        for c in range(a):
            total = 0.0
            for k in range(c, a):
                total -= matrix[a, k] * factor[k, c]
            factor[a, c] = total / matrix[a, a]
    for a in range(m):
        for c in range(a + 1):
            total = 0.0
            for k in range(a, m):
                total += factor[k, a] * factor[k, c]
            matrix[a, c] = total
            matrix[c, a] = total
