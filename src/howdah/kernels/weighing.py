"""From the posterior of a series back to the weights of its claims and the sites of its intervals.

Each function goes once over the claims, or over their groups, as in `kernels.evidence`.
"""

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.kernels.panel import Model, Panel
from howdah.kernels.sites import interval_site

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Degrees of freedom of noise.
_NOISE_DF = 4.0

#: A claim this many standard deviations from the rest says nothing about the level.
_REJECT_SDS = 8.0

#: Part of the new site that each pass takes: full steps can swing.
_DAMPING = 0.7

#: Sums may be taken in any order, and products be fused with them; NaN and infinity stay as they
#: are.
_FAST = {"contract", "reassoc", "arcp", "nsz"}


@nb.njit(cache=True, error_model="numpy")
def compare_claims(
    at: Ints,
    house: Ints,
    until: Ints,
    slope: Ints,
    along: Floats,
    shared_var: Floats,
    precision: Floats,
    seen: Floats,
    mean: Floats,
    variance: Floats,
    corner: Floats,
    spread: Floats,
    b: Floats,
    residual: Floats,
    known: Floats,
    taken: Floats,
    shared_square: Floats,
) -> None:
    """Distance of each claim from what its source should have seen, and the variance of that.

    Of a family's claims in a period, the distance is without their shared error, ``taken`` is the
    variance of that error and ``shared_square``, at the first of them, its expected square if all
    else were known; `widen_shared` adds what is not.
    """
    k = 0
    while k < len(at):
        last = until[k]
        t = at[k]
        level, width, u = mean[t], variance[t], along[t]
        total, pull = 0.0, 0.0
        for j in range(k, last):
            a = house[j]
            off = seen[j] - level - b[a]
            sure = width + corner[a, a] - 2.0 * spread[a, t]
            d = slope[a]
            if d >= 0:
                off -= u * b[d]
                sure += u * u * corner[d, d] + 2.0 * u * (corner[d, a] - spread[d, t])
            residual[j] = off
            known[j] = sure
            total += precision[j]
            pull += precision[j] * off
        shared = shared_var[k] / (1.0 + shared_var[k] * total)
        pull *= shared
        for j in range(k, last):
            residual[j] -= pull
            taken[j] = shared
        shared_square[k] = pull * pull + shared
        k = last


@nb.njit(cache=True, error_model="numpy")
def widen_shared(
    at: Ints,
    house: Ints,
    until: Ints,
    slope: Ints,
    along: Floats,
    precision: Floats,
    taken: Floats,
    variance: Floats,
    corner: Floats,
    spread: Floats,
    shared_square: Floats,
) -> None:
    """Add what the level and house effects leave unknown of the errors that families share.

    Not the variance of the level: up and house effects down is what is known least, and the claims
    of the family see the sum.
    """
    k = 0
    while k < len(at):
        last = until[k]
        if taken[k] > 0.0:
            t = at[k]
            u = along[t]
            total, unsure = 0.0, 0.0
            for j in range(k, last):
                total += precision[j]
            for j in range(k, last):
                a, d = house[j], slope[house[j]]
                follows = total * spread[a, t]
                if d >= 0:
                    follows += u * total * spread[d, t]
                unsure -= 2.0 * precision[j] * follows
                for i in range(k, last):
                    c, e = house[i], slope[house[i]]
                    both = corner[a, c]
                    if d >= 0:
                        both += u * corner[d, c]
                    if e >= 0:
                        both += u * corner[a, e]
                        if d >= 0:
                            both += u * u * corner[d, e]
                    unsure += precision[j] * precision[i] * both
            unsure += total * total * variance[t]
            shared_square[k] += taken[k] * taken[k] * max(unsure, 0.0)
        k = last


@nb.njit(cache=True, error_model="numpy", fastmath=_FAST)
def weigh_claims(
    is_point: NDArray[np.bool_],
    noise: Floats,
    residual: Floats,
    known: Floats,
    taken: Floats,
    precision: Floats,
    square: Floats,
    weight: Floats,
) -> None:
    """Set the weights of all points by the moments of the posterior."""
    for j in range(len(residual)):
        sure = max(known[j], 1e-12)
        off = residual[j]
        # The share of the claim that its family's error takes up leaves it with the rest.
        kept = 1.0 - taken[j] * precision[j]
        square[j] = off * off + kept * kept * sure + taken[j]
        found = (_NOISE_DF + 1.0) * noise[j] / (_NOISE_DF * noise[j] + square[j])
        if off * off > _REJECT_SDS**2 * (noise[j] + sure):
            found = 0.0
        weight[j] = found if is_point[j] else 1.0


@nb.njit(cache=True, error_model="numpy", fastmath=_FAST)
def set_precisions(
    is_point: NDArray[np.bool_], noise: Floats, weight: Floats, precision: Floats
) -> None:
    """Precision of each point for the next pass; those of intervals are `place_sites`'s."""
    for j in range(len(weight)):
        if is_point[j]:
            precision[j] = weight[j] / noise[j]


@nb.njit(cache=True, error_model="numpy")
def place_sites(
    low: Floats,
    high: Floats,
    is_point: NDArray[np.bool_],
    noise: Floats,
    residual: Floats,
    known: Floats,
    precision: Floats,
    seen: Floats,
) -> None:
    """Set what stands for each interval by the rest of the evidence."""
    for k in range(len(low)):
        # An interval that holds everything says nothing.
        if is_point[k] or (low[k] == -np.inf and high[k] == np.inf):
            continue
        expected = seen[k] - residual[k]
        sure = max(known[k], 1e-12)
        cavity = max(1.0 / sure - precision[k], 1e-3 / sure)
        # As a distance from what is expected, so that no digits cancel.
        center = expected - precision[k] * residual[k] / cavity
        w, y = interval_site(low[k], high[k], center, 1.0 / cavity, noise[k])
        old = (1.0 - _DAMPING) * precision[k]
        new = _DAMPING * w
        if old + new > 0.0:
            seen[k] = (old * seen[k] + new * y) / (old + new)
        precision[k] = old + new


@nb.njit(cache=True, error_model="numpy")
def sum_errors(
    begin: int,
    size: int,
    panel: Panel,
    model: Model,
    is_point: NDArray[np.bool_],
    until: Ints,
    shared_var: Floats,
    noise: Floats,
    precision: Floats,
    weight: Floats,
    square: Floats,
    shared_square: Floats,
    noise_sum: Floats,
    noise_count: Floats,
    family_sum: Floats,
    family_count: Floats,
) -> None:
    """Add what a series says of the sources' noise and of the families' shared errors."""
    n = len(weight)
    period, source = panel.period[begin : begin + n], panel.source[begin : begin + n]
    own_var, noise_var = panel.own_var[begin : begin + n], model.noise_var[:, size]
    k = 0
    while k < n:
        is_shared = False
        for j in range(k, until[k]):
            s = source[j]
            # An error that a source shares with none is its noise.
            is_shared = is_shared or (s != source[k] and precision[j] > 0.0)
            if is_point[j] and weight[j] > 0.0:
                # What the claim states of itself is not the source's noise.
                kept = noise_var[s] / noise[j]
                # A call for each claim would cost as much as a pass.
                several = 0
                if (j > 0 and period[j - 1] == period[j] and source[j - 1] != s) or (
                    j + 1 < n and period[j + 1] == period[j] and source[j + 1] != s
                ):
                    several = 1
                noise_sum[several, s, size] += weight[j] * square[j] * kept * kept
                noise_sum[several, s, size] += kept * own_var[j]
                noise_count[several, s, size] += 1.0
        if shared_var[k] > 0.0 and is_shared:
            family = model.family[source[k]]
            family_sum[family] += shared_square[k]
            family_count[family] += 1.0
        k = until[k]
