r"""A drifting level taken out: series whitened by the filter of a random walk.

Of $y_t = \mu_t + z_t'\gamma + e_t$ with $e_t \sim N(0, \sigma^2)$ and
$\mu_t = \mu_{t-1} + N(0, q\sigma^2)$, $\mu_0 = 0$ (the first level is a fixed column of ones), the
one-step errors over their standard deviations, in units of $\sigma$,

$$w_t = \frac{y_t - \hat\mu_{t|t-1}}{\sqrt{F_t}},\quad F_t = P_t + 1,\quad
\hat\mu_{t+1|t} = \hat\mu_{t|t-1} + \frac{P_t}{F_t}(y_t - \hat\mu_{t|t-1}),\quad
P_{t+1} = \frac{P_t}{F_t} + q,$$

are white, and linear in $y$: the same recursion whitens every column, and what is left is ordinary
least squares. The gains depend on $q$ and on which periods are known, not on the values, so that
they, and an orthonormal basis of the whitened fixed columns, are made once for all series with the
same periods.
"""

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: A sum of squares that rounding leaves.
_DUST = 1e-12

#: Sums may be taken in another order, as vector units do; infinities and NaN stay what they are.
SUMS = {"reassoc", "nsz", "arcp", "contract"}


class Bases(NamedTuple):
    r"""The filters of several drifts, and what the fixed columns take out under each.

    Attributes
    ----------
    drift
        (n_drift,) $q$: variance of the level's step over that of the noise.
    gain
        (n_drift, n_period) share of an error that moves the level; 0 where nothing is known.
    scale
        (n_drift, n_period) $1/\sqrt{F_t}$; 0 where nothing is known.
    log_det
        (n_drift,) $\sum \log F_t + \log |Z_w'Z_w|$.
    basis
        (n_drift, n_fixed, n_period) orthonormal rows that span the whitened fixed columns.
    solver
        (n_drift, n_fixed, n_fixed) upper triangle $R^{-1}$: coefficients of the fixed columns are
        $R^{-1} B w$, and $R^{-1}$ times standard normals draws them, in units of $\\sigma$.
    n_known
        Periods whose outcome is known.
    """

    drift: Floats
    gain: Floats
    scale: Floats
    log_det: Floats
    basis: Floats
    solver: Floats
    n_known: int


def whitened_bases(fixed: Floats, is_known: Bools, drift: Floats) -> Bases:
    """Make the filters of each drift, and the bases of the fixed columns under them.

    Parameters
    ----------
    fixed
        (n_fixed, n_period), linearly independent over the known periods; the first is ones.
    is_known
        (n_period,) periods with an outcome.
    drift
        (n_drift,), not negative.

    Raises
    ------
    numpy.linalg.LinAlgError
        The columns are linearly dependent.
    """
    n_drift, (n_fixed, n_period) = len(drift), fixed.shape
    gain, scale = np.zeros((n_drift, n_period)), np.zeros((n_drift, n_period))
    basis = np.zeros((n_drift, n_fixed, n_period))
    solver = np.zeros((n_drift, n_fixed, n_fixed))
    log_det = np.zeros(n_drift)
    for d in range(n_drift):
        log_det[d] = _fill_gains(is_known, drift[d], gain[d], scale[d])
        columns = np.zeros_like(fixed)
        for k in range(n_fixed):
            whiten(fixed[k], gain[d], scale[d], columns[k])
        orthonormal, upper = np.linalg.qr(columns.T)
        basis[d] = orthonormal.T
        solver[d] = np.linalg.inv(upper)
        log_det[d] += 2.0 * np.log(np.abs(np.diag(upper))).sum()
    return Bases(drift, gain, scale, log_det, basis, solver, int(is_known.sum()))


@nb.njit(cache=True, error_model="numpy")
def _fill_gains(is_known: Bools, drift: float, gain: Floats, scale: Floats) -> float:
    spread = 0.0
    log_det = 0.0
    for t in range(len(is_known)):
        if t > 0:
            spread += drift
        if is_known[t]:
            total = spread + 1.0
            gain[t] = spread / total
            scale[t] = 1.0 / np.sqrt(total)
            log_det += np.log(total)
            spread /= total
    return log_det


@nb.njit(cache=True, error_model="numpy")
def whiten(values: Floats, gain: Floats, scale: Floats, out: Floats) -> None:
    """One-step errors over their standard deviations into `out`; 0 where nothing is known."""
    level = 0.0
    for t in range(len(out)):
        if scale[t] > 0.0:
            error = values[t] - level
            out[t] = error * scale[t]
            level += gain[t] * error
        else:
            out[t] = 0.0


@nb.njit(cache=True, error_model="numpy", fastmath=SUMS)
def take_out(white: Floats, basis: Floats) -> None:
    """Take the span of a basis out of a whitened column, in place."""
    for k in range(basis.shape[0]):
        share = 0.0
        for t in range(len(white)):
            share += basis[k, t] * white[t]
        for t in range(len(white)):
            white[t] -= share * basis[k, t]


def project(values: Floats, bases: Bases, d: int) -> Floats:
    """Columns whitened under a drift, with what level and fixed columns explain taken out.

    Parameters
    ----------
    values
        (..., n_period).
    d
        Which of the drifts.
    """
    n_period = bases.gain.shape[1]
    flat = np.ascontiguousarray(values, np.float64).reshape(-1, n_period)
    out = np.empty_like(flat)
    for n, row in enumerate(flat):
        whiten(row, bases.gain[d], bases.scale[d], out[n])
        take_out(out[n], bases.basis[d])
    return out.reshape(values.shape)


@nb.njit(cache=True, error_model="numpy", fastmath=SUMS)
def dot(one: Floats, other: Floats) -> float:
    """Sum of products."""
    total = 0.0
    for t in range(len(one)):
        total += one[t] * other[t]
    return total


def placebo_spread(
    response: Floats, rest: Floats, shifts: Ints, gain: Floats, scale: Floats, basis: Floats
) -> float:
    r"""Root mean square of what a response finds at times that are not its own.

    $\sqrt{\mathrm{mean}_k\,(w_k'r)^2 / w_k'w_k}$ with $w_k$ the whitened response shifted by $k$
    periods around the end, level and fixed columns taken out.

    Parameters
    ----------
    response
        (n_period,).
    rest
        (n_all,) whitened outcome with all that is explained taken out; `n_all` may be longer.
    shifts
        (n_shift,) periods.
    gain, scale, basis
        Of one drift, over `n_all` periods.

    Returns
    -------
    float
        In the unit of `rest`; 0 where nothing of the response is left at any time.
    """
    return float(_placebo_spread(response, rest, shifts, gain, scale, basis))


@nb.njit(cache=True, error_model="numpy", nogil=True)
def _placebo_spread(response, rest, shifts, gain, scale, basis):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - compiled
    n_period = len(response)
    moved, white = np.zeros(len(rest)), np.zeros(len(rest))
    total, n_left = 0.0, 0
    for shift in shifts:
        for t in range(n_period):
            moved[(t + shift) % n_period] = response[t]
        whiten(moved, gain, scale, white)
        take_out(white, basis)
        length = dot(white, white)
        if length > _DUST:
            total += dot(white, rest) ** 2 / length
            n_left += 1
    return np.sqrt(total / n_left) if n_left else 0.0
