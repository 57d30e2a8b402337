r"""Solving a Gaussian whose precision is tridiagonal with a dense border.

$$\Lambda = \begin{pmatrix} A & C \\ C^\top & K \end{pmatrix}$$

with $A$ (n, n) tridiagonal, $C$ (n, m) and $K$ (m, m): a path and a few quantities that touch all
of it. One forward and one backward sweep over $A$ with m + 1 right-hand sides and the Schur
complement $K - C^\top A^{-1} C$ give the exact posterior in $O(n m^2)$. [1]_

The border is stored by quantity, (m, n), so that the loops that cost most run along the path and
are vectorised; the sweeps, which cannot be, take four quantities at once.

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

#: Rows of the border that are taken at once; its height is a multiple of it.
ROWS = 4


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
        (n,) diagonal of $A$.
    link
        (n,) minus the off-diagonal of $A$ between t - 1 and t; ``link[0]`` is not read.
    mean
        (n,) right-hand side of the path; on return its mean.
    border
        (h, n) $C^\top$, with h the multiple of `ROWS` from m on and rows of zeros after the m-th;
        on return $C^\top A^{-1}$.
    corner
        (h, h) lower triangle of $K$, zeros beyond (m, m); on return the full covariance of the
        border.
    corner_mean
        (m,) right-hand side of the border; on return its mean.
    variance, lag
        (n,) on return the variance of the path and its covariance with the point before.
    spread
        (h, n) on return minus the covariance of border and path in its first m rows.
    ratio, factor
        (n,) and (h, h) work space.
    """
    n, m = len(diagonal), len(corner_mean)
    _eliminate_path(diagonal, link, mean, variance, ratio)
    for a in range(0, m, ROWS):
        _sweep_forward(border, ratio, a)
    for a in range(m):
        total = 0.0
        for t in range(n):
            scaled = border[a, t] * variance[t]
            spread[a, t] = scaled
            total += scaled * mean[t]
        corner_mean[a] -= total
        # What this adds above the diagonal is not read.
        for c in range(0, a + 1, ROWS):
            x0, x1, x2, x3 = 0.0, 0.0, 0.0, 0.0
            for t in range(n):
                scaled = spread[a, t]
                x0 += scaled * border[c, t]
                x1 += scaled * border[c + 1, t]
                x2 += scaled * border[c + 2, t]
                x3 += scaled * border[c + 3, t]
            corner[a, c] -= x0
            corner[a, c + 1] -= x1
            corner[a, c + 2] -= x2
            corner[a, c + 3] -= x3
    _invert(corner, factor, m)
    for a in range(m):
        total = 0.0
        for c in range(m):
            total += corner[a, c] * corner_mean[c]
        factor[0, a] = total
    for a in range(m):
        corner_mean[a] = factor[0, a]
    _solve_path(mean, variance, lag, ratio)
    spread[m:] = 0.0
    for a in range(0, m, ROWS):
        _sweep_backward(spread, border, ratio, a)
    _join(border, corner, corner_mean, mean, variance, lag, spread)


@nb.njit(cache=True, error_model="numpy", fastmath={"contract", "reassoc", "arcp", "nsz"})
def _eliminate_path(
    diagonal: Floats, link: Floats, mean: Floats, inverse: Floats, ratio: Floats
) -> None:
    """Pivots of the path (their inverses), its forward ratios and right-hand side."""
    pivot = 1.0 / diagonal[0]
    inverse[0] = pivot
    moved = mean[0]
    for t in range(1, len(diagonal)):
        share = link[t] * pivot
        ratio[t] = share
        moved = mean[t] + share * moved
        mean[t] = moved
        pivot = 1.0 / (diagonal[t] - link[t] * share)
        inverse[t] = pivot


@nb.njit(cache=True, error_model="numpy", fastmath={"contract", "reassoc", "arcp", "nsz"})
def _solve_path(mean: Floats, variance: Floats, lag: Floats, ratio: Floats) -> None:
    """Mean, variance and lag-one covariance of the path alone, from the inverses of its pivots."""
    last = len(mean) - 1
    moved, widened = mean[last] * variance[last], variance[last]
    mean[last] = moved
    for t in range(last - 1, -1, -1):
        share = ratio[t + 1]
        pivot = variance[t]
        moved = mean[t] * pivot + share * moved
        mean[t] = moved
        lag[t + 1] = share * widened
        widened = pivot + share * share * widened
        variance[t] = widened
    lag[0] = 0.0


@nb.njit(cache=True, error_model="numpy", fastmath={"contract", "reassoc", "arcp", "nsz"})
def _sweep_forward(border: Floats, ratio: Floats, a: int) -> None:
    # Each sweep waits for its own point before; four of them fill the time.
    x0, x1, x2, x3 = border[a, 0], border[a + 1, 0], border[a + 2, 0], border[a + 3, 0]
    for t in range(1, len(ratio)):
        share = ratio[t]
        x0 = border[a, t] + share * x0
        x1 = border[a + 1, t] + share * x1
        x2 = border[a + 2, t] + share * x2
        x3 = border[a + 3, t] + share * x3
        border[a, t] = x0
        border[a + 1, t] = x1
        border[a + 2, t] = x2
        border[a + 3, t] = x3


@nb.njit(cache=True, error_model="numpy", fastmath={"contract", "reassoc", "arcp", "nsz"})
def _sweep_backward(scaled: Floats, border: Floats, ratio: Floats, a: int) -> None:
    x0, x1, x2, x3, share = 0.0, 0.0, 0.0, 0.0, 0.0
    for t in range(len(ratio) - 1, -1, -1):
        x0 = scaled[a, t] + share * x0
        x1 = scaled[a + 1, t] + share * x1
        x2 = scaled[a + 2, t] + share * x2
        x3 = scaled[a + 3, t] + share * x3
        border[a, t] = x0
        border[a + 1, t] = x1
        border[a + 2, t] = x2
        border[a + 3, t] = x3
        share = ratio[t]


@nb.njit(cache=True, error_model="numpy", fastmath={"contract", "reassoc", "arcp", "nsz"})
def _join(
    border: Floats,
    corner: Floats,
    corner_mean: Floats,
    mean: Floats,
    variance: Floats,
    lag: Floats,
    spread: Floats,
) -> None:
    """What the border adds to the moments of the path."""
    n, m = len(mean), len(corner_mean)
    # Two rows are made at once, of four: each point of the border is read half as often.
    for a in range(0, m, 2):
        for c in range(0, m, ROWS):
            k0, k1, k2, k3 = corner[a, c], corner[a, c + 1], corner[a, c + 2], corner[a, c + 3]
            j0, j1 = corner[a + 1, c], corner[a + 1, c + 1]
            j2, j3 = corner[a + 1, c + 2], corner[a + 1, c + 3]
            if c == 0:
                for t in range(n):
                    x0, x1, x2, x3 = border[0, t], border[1, t], border[2, t], border[3, t]
                    spread[a, t] = k0 * x0 + k1 * x1 + k2 * x2 + k3 * x3
                    spread[a + 1, t] = j0 * x0 + j1 * x1 + j2 * x2 + j3 * x3
            else:
                for t in range(n):
                    x0, x1, x2, x3 = (
                        border[c, t], border[c + 1, t], border[c + 2, t], border[c + 3, t]
                    )  # fmt: skip
                    spread[a, t] += k0 * x0 + k1 * x1 + k2 * x2 + k3 * x3
                    spread[a + 1, t] += j0 * x0 + j1 * x1 + j2 * x2 + j3 * x3
    for a in range(m):
        moved = corner_mean[a]
        for t in range(n):
            mean[t] -= moved * border[a, t]
            variance[t] += spread[a, t] * border[a, t]
        for t in range(1, n):
            lag[t] += spread[a, t] * border[a, t - 1]


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
