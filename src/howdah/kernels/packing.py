"""A summary of what was before (`kernels.summary`) in few bytes, and back.

The information has a direction that hardly anything is known of: the level up, all house effects
down. Rounded to 32 bits its own precision, 1e-8 of the largest, would be lost, so what is kept is
the Cholesky factor with the prior added, whose rounding is of the root, and the mean. [1]_

References
----------
.. [1] Bierman (1977), "Factorization Methods for Discrete Sequential Estimation".
"""

from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.kernels.panel import Known, Model

Floats = NDArray[np.float64]
Small = NDArray[np.int32]


class Packed(NamedTuple):
    """A prior in few bytes; flat arrays, series after series, cut as in `Known`."""

    mean: Floats  # of level, house effects, drifts and trend, with the prior of all but the first
    factor: NDArray[np.float32]  # lower triangles of the Cholesky factors of their precision


def pack_known(before: Known, model: Model, segment: Small) -> Packed:
    """Mean and Cholesky factor of each series; `unpack_known` takes the prior out again.

    Parameters
    ----------
    segment
        (n_series,) segment of each series: the biases are the centres of its house effects.
    """
    mean, factor = before.pull.copy(), before.information.copy()
    _pack_all(before, model, segment, mean, factor)
    return Packed(mean, factor.astype(np.float32))


def unpack_known(packed: Packed, empty: Known, model: Model, segment: Small) -> Known:
    """Fill the numbers of a prior that has room for them."""
    _unpack_all(packed.mean, packed.factor, empty, model, segment)
    return empty


@nb.njit(cache=True, error_model="numpy")
def _border_prior(
    source: Small, segment: int, model: Model, n: int, matrix: Floats, pull: Floats
) -> None:
    """Precision and right-hand side that the model gives house effects, drifts and trend."""
    n_house = len(source)
    matrix[:n, :n] = 0.0
    pull[:n] = 0.0
    place = n_house + 1
    for h in range(n_house):
        s = source[h]
        matrix[h + 1, h + 1] = 1.0 / model.house_var[s]
        pull[h + 1] = model.bias[s, segment] / model.house_var[s]
        if model.drift_var[s] > 0.0:
            matrix[place, place] = 1.0 / model.drift_var[s]
            place += 1
    if n > 0 and model.trend_var > 0.0:
        matrix[place, place] = 1.0 / model.trend_var
        pull[place] = model.trend_mean / model.trend_var
    for f in range(len(model.common_var)):
        if model.common_var[f] <= 0.0:
            continue
        total, pulled = 0.0, 0.0
        for h in range(n_house):
            if model.family[source[h]] == f:
                total += 1.0 / model.house_var[source[h]]
                pulled += model.bias[source[h], segment] / model.house_var[source[h]]
        shared = 1.0 / (1.0 / model.common_var[f] + total)
        for h in range(n_house):
            if model.family[source[h]] == f:
                part = shared / model.house_var[source[h]]
                pull[h + 1] -= part * pulled
                for g in range(h + 1):
                    if model.family[source[g]] == f:
                        matrix[h + 1, g + 1] -= part / model.house_var[source[g]]


@nb.njit(cache=True, error_model="numpy")
def _pack_all(before: Known, model: Model, segment: Small, mean: Floats, factor: Floats) -> None:
    most = 1
    for i in range(len(segment)):
        most = max(most, before.pull_start[i + 1] - before.pull_start[i])
    matrix, pull = np.zeros((most, most)), np.zeros(most)
    for i in range(len(segment)):
        first = before.pull_start[i]
        n = before.pull_start[i + 1] - first
        source = before.house_source[before.house_start[i] : before.house_start[i + 1]]
        _border_prior(source, segment[i], model, n, matrix, pull)
        at = before.start[i]
        for r in range(n):
            pull[r] += before.pull[first + r]
            for c in range(r + 1):
                matrix[r, c] += before.information[at + c]
            at += r + 1
        at = before.start[i]
        for r in range(n):
            for c in range(r + 1):
                total = matrix[r, c]
                for k in range(c):
                    total -= matrix[r, k] * matrix[c, k]
                if r == c:
                    # Positive by the prior but for rounding.
                    matrix[r, r] = np.sqrt(max(total, 1e-14 * abs(matrix[r, r]) + 1e-300))
                else:
                    matrix[r, c] = total / matrix[c, c]
                factor[at + c] = matrix[r, c]
            at += r + 1
        for r in range(n):
            for c in range(r):
                pull[r] -= matrix[r, c] * pull[c]
            pull[r] /= matrix[r, r]
        for r in range(n - 1, -1, -1):
            for c in range(r + 1, n):
                pull[r] -= matrix[c, r] * pull[c]
            pull[r] /= matrix[r, r]
            mean[first + r] = pull[r]


@nb.njit(cache=True, error_model="numpy")
def _unpack_all(
    mean: Floats, factor: NDArray[np.float32], before: Known, model: Model, segment: Small
) -> None:
    most = 1
    for i in range(len(segment)):
        most = max(most, before.pull_start[i + 1] - before.pull_start[i])
    matrix, pull, lower = np.zeros((most, most)), np.zeros(most), np.zeros((most, most))
    for i in range(len(segment)):
        first = before.pull_start[i]
        n = before.pull_start[i + 1] - first
        source = before.house_source[before.house_start[i] : before.house_start[i + 1]]
        _border_prior(source, segment[i], model, n, matrix, pull)
        at = before.start[i]
        for r in range(n):
            for c in range(r + 1):
                lower[r, c] = factor[at + c]
            at += r + 1
        at = before.start[i]
        for r in range(n):
            before.pull[first + r] = -pull[r]
        for r in range(n):
            for c in range(r + 1):
                total = 0.0
                for k in range(c + 1):
                    total += lower[r, k] * lower[c, k]
                # With the prior the factor gives the mean; without it the information is left.
                before.pull[first + r] += total * mean[first + c]
                if c < r:
                    before.pull[first + c] += total * mean[first + r]
                before.information[at + c] = total - matrix[r, c]
            at += r + 1
        if n > 0:
            before.level[i] = mean[first]
