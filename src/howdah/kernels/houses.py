"""House effects of a series: which sources have one, and what those of a family have in common."""

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.kernels.panel import Model

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Small = NDArray[np.int32]


@nb.njit(cache=True, nogil=True)
def houses_of(
    start: Ints, source: Small, n_source: int, prior_start: Ints, prior_source: Small
) -> tuple[Ints, Small]:
    """First house effect of each series, and the source of each: known ones, then new ones.

    Each in order of appearance.
    """
    n_series = len(start) - 1
    seen = np.full(n_source, -1, np.int64)
    house_start = np.zeros(n_series + 1, np.int64)
    for i in range(n_series):
        count = prior_start[i + 1] - prior_start[i]
        for h in range(prior_start[i], prior_start[i + 1]):
            seen[prior_source[h]] = i
        for k in range(start[i], start[i + 1]):
            if seen[source[k]] != i:
                seen[source[k]] = i
                count += 1
        house_start[i + 1] = house_start[i] + count
    house_source = np.empty(house_start[n_series], np.int32)
    seen[:] = -1
    for i in range(n_series):
        place = house_start[i]
        for h in range(prior_start[i], prior_start[i + 1]):
            seen[prior_source[h]] = i
            house_source[place] = prior_source[h]
            place += 1
        k = start[i]
        while place < house_start[i + 1]:
            if seen[source[k]] != i:
                seen[source[k]] = i
                house_source[place] = source[k]
                place += 1
            k += 1
    return house_start, house_source


@nb.njit(cache=True, error_model="numpy")
def join_houses(
    f: int,
    n_house: int,
    source: Small,
    model: Model,
    house_scale: Floats,
    house_center: Floats,
    corner: Floats,
    b: Floats,
) -> None:
    """Give the house effects of a family what they have in common (Sherman and Morrison)."""
    if model.common_var[f] <= 0.0:
        return
    total, pull = 0.0, 0.0
    for h in range(n_house):
        if model.family[source[h]] == f:
            total += 1.0 / house_scale[h]
            pull += house_center[h] / house_scale[h]
    shared = 1.0 / (1.0 / model.common_var[f] + total)
    for h in range(n_house):
        if model.family[source[h]] != f:
            continue
        part = shared / house_scale[h]
        b[h] -= part * pull
        for g in range(h + 1):
            if model.family[source[g]] == f:
                corner[h, g] -= part / house_scale[g]


@nb.njit(cache=True, error_model="numpy")
def part_houses(
    f: int,
    n_house: int,
    source: Small,
    model: Model,
    house_scale: Floats,
    house_center: Floats,
    corner: Floats,
    b: Floats,
    own_square: Floats,
    is_last: bool,
    common_sum: Floats,
    common_count: Floats,
) -> None:
    """Expected square of each house effect of a family without what they have in common."""
    if model.common_var[f] <= 0.0:
        return
    total, common, known, n = 0.0, 0.0, 0.0, 0
    for h in range(n_house):
        if model.family[source[h]] == f:
            total += 1.0 / house_scale[h]
            common += (b[h] - house_center[h]) / house_scale[h]
            n += 1
            for g in range(n_house):
                if model.family[source[g]] == f:
                    known += corner[h, g] / (house_scale[h] * house_scale[g])
    if n == 0:
        return
    shared = 1.0 / (1.0 / model.common_var[f] + total)
    common *= shared
    known *= shared * shared
    for h in range(n_house):
        if model.family[source[h]] == f:
            joint = 0.0
            for g in range(n_house):
                if model.family[source[g]] == f:
                    joint += corner[h, g] / house_scale[g]
            off = b[h] - house_center[h] - common
            own_square[h] = off * off + corner[h, h] - 2.0 * shared * joint + known + shared
    if is_last:
        common_sum[f] += common * common + known + shared
        common_count[f] += 1.0
