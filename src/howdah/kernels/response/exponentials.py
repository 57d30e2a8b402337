r"""Exponentials and logarithms of whole arrays, written so that compilers do several at once.

A call of the library's `exp` in a loop is one number at a time, and most of a sampler's work is
there. Both take the exponent apart by its bits and leave a polynomial without branches:

$$e^x = 2^k e^r,\quad k = [x / \ln 2],\; |r| \le \tfrac12 \ln 2;\qquad
\ln x = e \ln 2 + 2\,\mathrm{artanh}\,s,\quad s = \frac{m - 1}{m + 1},\; |s| \le 0.172$$

as Taylor sums, to the last digits of a double. Arguments beyond the range are held at its ends.
"""

import numba as nb
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: ln 2 in two parts, the first with zeros at its end, so that k times it is exact.
_LN2_HIGH, _LN2_LOW = 0.693145751953125, 1.42860682030941723212e-6
_PER_LN2 = 1.4426950408889634

#: Added to a number it leaves the nearest whole one in the last bits; and those bits of itself.
_WHOLE = 6755399441055744.0
_WHOLE_BITS = 0x4338000000000000

#: Exponent's place and bias in a double, and the bits of the rest.
_PLACE, _BIAS, _REST = 52, 1023, 0x000FFFFFFFFFFFFF

#: Largest exponent that is taken, and the least positive number.
_MOST, _LEAST = 700.0, 1e-300

_ROOT2 = 1.4142135623730951


@nb.njit(cache=True, error_model="numpy")
def exp_all(values: Floats, scratch: Floats) -> None:
    """Take the exponential of each value, in place; beyond 700 either way as of that.

    Parameters
    ----------
    scratch
        (n,) is overwritten.
    """
    bits = scratch.view(np.int64)
    for t in range(len(values)):
        x = min(max(values[t], -_MOST), _MOST)
        shifted = x * _PER_LN2 + _WHOLE
        scratch[t] = shifted
        k = shifted - _WHOLE
        r = (x - k * _LN2_HIGH) - k * _LN2_LOW
        p = 1.0 / 479001600.0
        p = p * r + 1.0 / 39916800.0
        p = p * r + 1.0 / 3628800.0
        p = p * r + 1.0 / 362880.0
        p = p * r + 1.0 / 40320.0
        p = p * r + 1.0 / 5040.0
        p = p * r + 1.0 / 720.0
        p = p * r + 1.0 / 120.0
        p = p * r + 1.0 / 24.0
        p = p * r + 1.0 / 6.0
        p = p * r + 0.5
        p = p * r + 1.0
        values[t] = p * r + 1.0
    for t in range(len(values)):
        bits[t] = (bits[t] + _BIAS) << _PLACE
    for t in range(len(values)):
        values[t] *= scratch[t]


@nb.njit(cache=True, error_model="numpy")
def log_all(values: Floats, scratch: Floats) -> None:
    """Take the logarithm of each value, in place; of what is below 1e-300 as of that.

    Parameters
    ----------
    scratch
        (n,) is overwritten.
    """
    for t in range(len(values)):
        values[t] = max(values[t], _LEAST)
    bits, whole = values.view(np.int64), scratch.view(np.int64)
    for t in range(len(values)):
        # Halves of [1, 2) apart: the rest of the number stays, its exponent becomes a double.
        whole[t] = (bits[t] >> _PLACE) - _BIAS + _WHOLE_BITS
        bits[t] = (bits[t] & _REST) | (_BIAS << _PLACE)
    for t in range(len(values)):
        m, e = values[t], scratch[t] - _WHOLE
        is_upper = m > _ROOT2
        m = 0.5 * m if is_upper else m
        e = e + 1.0 if is_upper else e
        s = (m - 1.0) / (m + 1.0)
        q = s * s
        p = 1.0 / 21.0
        p = p * q + 1.0 / 19.0
        p = p * q + 1.0 / 17.0
        p = p * q + 1.0 / 15.0
        p = p * q + 1.0 / 13.0
        p = p * q + 1.0 / 11.0
        p = p * q + 1.0 / 9.0
        p = p * q + 1.0 / 7.0
        p = p * q + 1.0 / 5.0
        p = p * q + 1.0 / 3.0
        p = p * q + 1.0
        values[t] = e * _LN2_HIGH + (e * _LN2_LOW + 2.0 * s * p)
