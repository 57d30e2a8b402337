r"""Sums from which the ratio of two population totals follows, with its standard error.

With weights $w_h = N_h / n_h$, totals $Y = \sum_h w_h y_h$ and $X = \sum_h w_h x_h$, the ratio
$R = Y / X$ has the linearised variance [1]_

$$\frac{1}{X^2} \sum_h \frac{N_h (N_h - n_h)}{n_h (n_h - 1)} \sum_{u \in h} (e_u - \bar e_h)^2,
\qquad e_u = y_u - R x_u.$$

$R$ is not known before the last stratum is, so the sums of $y^2$, $xy$ and $x^2$ are kept:
$V_{yy} - 2 R V_{xy} + R^2 V_{xx}$.

References
----------
.. [1] Särndal, Swensson & Wretman (1992), "Model Assisted Survey Sampling", section 5.6.
"""

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Places in the last axis of sums: totals, their variance and covariance, and raw units in x.
TOP, BASE, TOP_VAR, CROSS_VAR, BASE_VAR, N_RAW = range(6)

N_SUM = 6


class Ratio(NamedTuple):
    """A ratio of totals; NaN where the base is nought."""

    value: Floats
    stderr: Floats


@nb.njit(cache=True, nogil=True, inline="always")
def spread_factor(population: float, n: int) -> float:
    """What sums of squares around the mean count for: N (N - n) / (n (n - 1)); 0 for one unit."""
    if n < 2 or population <= n:  # noqa: PLR2004 - one has no spread
        return 0.0
    return population * (population - n) / (n * (n - 1.0))


@nb.njit(cache=True, nogil=True, inline="always")
def curve_factor(population: float, n: int, n_at_once: float) -> float:
    """What sums of squares of contributions that are weighted already count for.

    Parameters
    ----------
    n
        Units that contribute on some day.
    n_at_once
        Units that a day counts on average: fewer than `n` where units join and leave, and what
        part of the population was drawn is told by them.
    """
    if n < 2 or population <= n_at_once:  # noqa: PLR2004 - one has no spread
        return 0.0
    return (1.0 - n_at_once / population) * n / (n - 1.0)


@nb.njit(cache=True, nogil=True, inline="always")
def add_share(
    sums: Floats, kind: int, c: int, k: int, y: int, x: int, weight: float, spread: float, n: int
) -> None:  # fmt: skip
    """Add a finished stratum to the sums of a cell.

    Parameters
    ----------
    sums
        (n_kind, n_day, n_slot, N_SUM); `kind`, `c` and `k` tell the cell.
    y, x
        Units in the top, all of them in the base too, and in the base.
    weight, spread, n
        Of the stratum in this cell, as of `variance.weigh`, and units that it can tell of.
    """
    top, base = np.int64(y), np.int64(x)
    sums[kind, c, k, TOP] += weight * top
    sums[kind, c, k, BASE] += weight * base
    sums[kind, c, k, N_RAW] += base
    # Of a census there is none.
    if spread > 0.0:
        sums[kind, c, k, TOP_VAR] += spread * (top * (n - top))
        sums[kind, c, k, CROSS_VAR] += spread * (top * (n - base))
        sums[kind, c, k, BASE_VAR] += spread * (base * (n - base))


@nb.njit(cache=True, nogil=True, inline="always")
def add_curve(
    sums: Floats, top: float, base: float, squares: tuple[float, float, float], n_raw: float,
    weight: float, factor: float, n: int,
) -> None:  # fmt: skip
    """Add a finished stratum to the sums of a curve.

    Parameters
    ----------
    sums
        (N_SUM,)
    top, base, squares
        Sums over units of what each adds to the top and to the base, and of the squares of the
        one, of both multiplied, and of the squares of the other.
    n_raw
        What is counted as raw.
    weight
        What all of them stand for.
    factor, n
        Of the stratum as of `curve_factor`, and units that could have added anything.
    """
    # Days of all units are so many that their square is no integer of 64 bits.
    y, x = np.float64(top), np.float64(base)
    sums[TOP] += weight * y
    sums[BASE] += weight * x
    sums[N_RAW] += n_raw
    spread = weight * weight * factor
    sums[TOP_VAR] += spread * (squares[0] - y * y / n)
    sums[CROSS_VAR] += spread * (squares[1] - y * x / n)
    sums[BASE_VAR] += spread * (squares[2] - x * x / n)


def ratio_of(sums: Floats) -> Ratio:
    """Ratios and standard errors of sums (..., N_SUM)."""
    base = np.where(sums[..., BASE] > 0, sums[..., BASE], np.nan)
    value = sums[..., TOP] / base
    squares = (
        sums[..., TOP_VAR] - 2 * value * sums[..., CROSS_VAR] + value * value * sums[..., BASE_VAR]
    )
    # Where all return the parts cancel but for rounding.
    return Ratio(value, np.sqrt(np.maximum(squares, 0.0)) / base)
