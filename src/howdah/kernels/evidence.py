"""What the claims of one series say in a pass of fusion, added to its precision.

Each function goes once over the claims of a series, or over their groups: the claims of a period
that share the error of their family, or those that share none. The model is that of
`kernels.fusion`. They take arrays, not the panel, because a look-up in it costs more than what is
done with a claim.
"""

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.kernels.panel import Known, Model, Panel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Small = NDArray[np.int32]

#: Claims from which the start of a series is taken, up to twice as many.
_START_CLAIMS = 128


@nb.njit(cache=True, error_model="numpy")
def start_claims(
    i: int,
    panel: Panel,
    model: Model,
    before: Known,
    column: Ints,
    at: Ints,
    house: Ints,
    until: Ints,
    shared_var: Floats,
    noise: Floats,
    is_point: NDArray[np.bool_],
    weight: Floats,
    precision: Floats,
    seen: Floats,
    order: Floats,
) -> float:
    """Median claim without its source's bias; claims far from it start with little weight.

    Where the level was known before, they start so by their distance from that.
    """
    begin, end = panel.start[i], panel.start[i + 1]
    segment, size = panel.segment[i], panel.size[i]
    n = 0
    # A start may be rough: beyond so many claims every second, third, ... is looked at.
    for k in range(begin, end, 1 + (end - begin) // _START_CLAIMS):
        if not np.isnan(panel.value[k]):
            order[n] = panel.value[k] - model.bias[panel.source[k], segment]
            n += 1
    median = 0.0
    if n > 0:
        median = float(np.median(order[:n]))
        for k in range(n):
            order[k] = abs(order[k] - median)
        reach = 6.0 * 1.4826 * float(np.median(order[:n]))
    else:
        # Only bounds: the middle of those that are closed, else the ends that there are.
        low, high, n_low, n_high = 0.0, 0.0, 0, 0
        for k in range(begin, end):
            bias = model.bias[panel.source[k], segment]
            if panel.low[k] > -np.inf:
                low += panel.low[k] - bias
                n_low += 1
            if panel.high[k] < np.inf:
                high += panel.high[k] - bias
                n_high += 1
        reach = np.inf
        if n_low > 0 and n_high > 0:
            median = 0.5 * (low / n_low + high / n_high)
        elif n_low + n_high > 0:
            median = (low + high) / (n_low + n_high)
    if before.pull_start[i + 1] > before.pull_start[i]:
        median = before.level[i]
    _lay_out(
        size, segment, panel.first[i], median, reach, panel.period[begin:end],
        panel.source[begin:end], panel.value[begin:end], panel.own_var[begin:end], model.bias,
        model.house_var, model.noise_var, model.family, model.family_var, column, at, house,
        until, shared_var, noise, is_point, weight, precision, seen,
    )  # fmt: skip
    return median


@nb.njit(cache=True, error_model="numpy")
def _lay_out(
    size: int,
    segment: int,
    first: int,
    median: float,
    reach: float,
    period: Small,
    source: Small,
    value: Floats,
    own_var: Floats,
    bias: Floats,
    house_var: Floats,
    noise_var: Floats,
    family: Small,
    family_var: Floats,
    column: Ints,
    at: Ints,
    house: Ints,
    until: Ints,
    shared_var: Floats,
    noise: Floats,
    is_point: NDArray[np.bool_],
    weight: Floats,
    precision: Floats,
    seen: Floats,
) -> None:
    """Write down what the passes need of each claim, so that they look nothing up.

    Its period, column, noise, the variance of the error that it shares with others of its family
    and the end of their group.
    """
    begin = 0
    for k in range(len(value)):
        s = source[k]
        at[k] = period[k] - first
        house[k] = column[s]
        is_point[k] = not np.isnan(value[k])
        noise[k] = noise_var[s, size] + own_var[k]
        shared = family_var[family[s]] if family[s] >= 0 else 0.0
        if is_point[k]:
            shared_var[k] = shared
            off = abs(value[k] - bias[s, segment] - median)
            far = reach + 3.0 * np.sqrt(house_var[s] + noise[k])
            weight[k] = 1.0 if off <= far else 0.02
            precision[k] = weight[k] / noise[k]
            seen[k] = value[k]
        else:
            # What others of its family say of the shared error is not asked.
            noise[k] += shared
            shared_var[k] = 0.0
            weight[k] = 1.0
            precision[k] = 0.0
            seen[k] = 0.0
        # A group shares an error; claims of a period that share none are one too.
        if (
            at[k] != at[begin]
            or (shared_var[k] > 0.0) != (shared_var[begin] > 0.0)
            or (shared_var[k] > 0.0 and family[s] != family[source[begin]])
        ):
            until[begin] = k
            begin = k
    if len(value):
        until[begin] = len(value)


@nb.njit(cache=True, error_model="numpy")
def add_claims(
    at: Ints,
    house: Ints,
    until: Ints,
    slope: Ints,
    along: Floats,
    shared_var: Floats,
    precision: Floats,
    seen: Floats,
    diagonal: Floats,
    mean: Floats,
    border: Floats,
    corner: Floats,
    b: Floats,
    share: Floats,
    touched: Ints,
) -> None:
    """Add all claims to the precision, the shared error of a family in a period marginalised."""
    k = 0
    while k < len(at):
        last = until[k]
        t = at[k]
        u = along[t]
        total, weighed = 0.0, 0.0
        if shared_var[k] <= 0.0:
            for j in range(k, last):
                w = precision[j]
                pull = w * seen[j]
                a = house[j]
                total += w
                weighed += pull
                border[a, t] += w
                corner[a, a] += w
                b[a] += pull
                d = slope[a]
                if d >= 0:
                    border[d, t] += w * u
                    corner[d, d] += w * u * u
                    corner[d, a] += w * u
                    b[d] += u * pull
            diagonal[t] += total
            mean[t] += weighed
            k = last
            continue
        n_touched = 0
        for j in range(k, last):
            w = precision[j]
            if w <= 0.0:
                continue
            pull = w * seen[j]
            a = house[j]
            total += w
            weighed += pull
            if share[a] == 0.0:
                touched[n_touched] = a
                n_touched += 1
            share[a] += w
            corner[a, a] += w
            b[a] += pull
            d = slope[a]
            if d >= 0:
                if share[d] == 0.0:
                    touched[n_touched] = d
                    n_touched += 1
                share[d] += w * u
                corner[d, d] += w * u * u
                corner[d, a] += w * u
                b[d] += u * pull
        shared = shared_var[k] / (1.0 + shared_var[k] * total)
        left = 1.0 - shared * total
        diagonal[t] += total * left
        mean[t] += weighed * left
        for j in range(n_touched):
            a = touched[j]
            border[a, t] += share[a] * left
            pulled = shared * share[a]
            b[a] -= pulled * weighed
            for g in range(j + 1):
                c = touched[g]
                corner[max(a, c), min(a, c)] -= pulled * share[c]
        for j in range(n_touched):
            share[touched[j]] = 0.0
        k = last
