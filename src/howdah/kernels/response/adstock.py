r"""What spend does over time: geometric carry-over, then saturation.

With spend $x_t$ and rate $a$, the carried-over spend (adstock) is

$$u_t = a\,u_{t-1} + (1 - a)\,x_t,\qquad u_0 = x_0,$$

so that spend before the first period is taken to have been as in it: a campaign that runs when the
data begin has not just begun. The response, with $v_t = u_t / \max_s u_s$, is

$$f_t = \frac{L(v_t^p; \lambda)}{L(1; \lambda)},\qquad
L(v; \lambda) = \frac{1 - e^{-\lambda v}}{1 + e^{-\lambda v}} = \tanh(\lambda v / 2).$$

It is 1 in the period of most carried-over spend, so its coefficient is what the channel brought in
that period. $p = 1$ is the logistic curve; $p > 1$ starts slowly, as Hill curves do.
"""

import math

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.kernels.response.exponentials import exp_all, log_all

Floats = NDArray[np.float64]


@nb.njit(cache=True, error_model="numpy")
def carry_over(spend: Floats, rate: float, out: Floats) -> float:
    """Carried-over spend into `out`; returns its largest value.

    Parameters
    ----------
    spend
        (n_period,), not negative, without gaps.
    rate
        Share that is carried into the next period, in [0, 1).
    """
    carried = spend[0]
    most = 0.0
    for t in range(len(spend)):
        carried = rate * carried + (1.0 - rate) * spend[t]
        out[t] = carried
        most = max(most, carried)
    return most


@nb.njit(cache=True, error_model="numpy")
def respond(
    spend: Floats, rate: float, saturation: float, power: float, peak: float, out: Floats
) -> float:
    """The response to spend, 1 at its peak, into `out`.

    Parameters
    ----------
    saturation
        Larger bends sooner, positive.
    power
        1 for the logistic curve, positive.
    peak
        Carried-over spend at which the response is 1; 0 takes the largest of `spend`. With a given
        one a course of spend that was not taken answers on the same curve.

    Returns
    -------
    float
        The peak; 0, and a response of 0, where nothing is spent.
    """
    most = carry_over(spend, rate, out)
    if peak <= 0.0:
        peak = most
    if peak <= 0.0:
        out[:] = 0.0
        return 0.0
    full = math.tanh(0.5 * saturation)
    scratch = np.empty(len(spend))
    for t in range(len(spend)):
        out[t] /= peak
    if power != 1.0:
        # Nothing spent is next to nothing here, and its response nothing below.
        log_all(out, scratch)
        for t in range(len(spend)):
            out[t] *= power
        exp_all(out, scratch)
    for t in range(len(spend)):
        out[t] *= saturation
    exp_all(out, scratch)
    for t in range(len(spend)):
        out[t] = (1.0 - 2.0 / (out[t] + 1.0)) / full
    return peak
