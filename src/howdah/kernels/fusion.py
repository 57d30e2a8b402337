r"""Fusing the claims of many sources about many series: the posterior of each series' level.

Source $s$ of family $f$ sees the level $x_t$ of a series, on an additive scale, as

$$y = x_t + b_s + a_f + u_t d_s + c_{f,t} + e, \qquad
x_t = x_{t-1} + N(0, q\,g_t / \lambda_t)$$

with a house effect $b_s \sim t_5(B_s, \tau_s^2)$ of the source on this series, an effect
$a_f \sim N(0, \gamma_f^2)$ that all sources of a family have in common on it, a slow drift
$d_s \sim N(0, \delta_s^2)$ along $u_t$ (from -1/2 to 1/2 over all periods), an error
$c_{f,t} \sim N(0, \phi_f^2)$ that all sources of a family share in a period, and
$e \sim t_4(0, \sigma_s^2 + v)$ with $v$ the variance that the claim states of itself. $g_t$ is the
time since the period before, in usual periods; the weights $\lambda_t$ make the steps $t_4$ too, so
that a jump of one series is followed. $q$ has an inverse-gamma prior around the one of all series.

Given all weights the posterior is one Gaussian with an arrowhead precision
(`kernels.arrowhead`): $c_{f,t}$ is marginalised by a rank-one downdate of its period, $a_f$ by one
of the prior precision of the house effects, which then stand for $b_s + a_f$. A
*pass* solves it and then sets the weights by the moments of that posterior, the scale-mixture
form of Student's t; claims that give an interval are expectation propagation sites
(`kernels.sites`). Four passes are near the fixed point.
"""

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.kernels.arrowhead import solve_arrowhead
from howdah.kernels.panel import Model, Panel, Posterior
from howdah.kernels.sites import interval_site

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Small = NDArray[np.int32]

#: Degrees of freedom of noise, house effects and steps.
_NOISE_DF = 4.0
_HOUSE_DF = 5.0
_STEP_DF = 4.0

#: A claim this many standard deviations from the rest says nothing about the level.
_REJECT_SDS = 8.0

#: Claims from which the start of a series is taken, up to twice as many.
_START_CLAIMS = 128

#: Part of the new site that each pass takes: full steps can swing.
_DAMPING = 0.7

#: Series are dealt to this many blocks, so that threads end together.
_N_BLOCKS = 64


def fuse_panel(panel: Panel, model: Model, *, n_passes: int = 4) -> Posterior:
    """Posterior of every series of a panel.

    Parameters
    ----------
    n_passes
        Solves a series; weights are set after each but the last.

    Returns
    -------
    Posterior
        With the moments that an EM step needs.

    Notes
    -----
    Memory is that of the arrays returned and one small work space a thread. What it cannot
    tell: a shared error that lasts looks like the level; only anchors can.
    """
    n_series = len(panel.segment)
    level_start = np.concatenate([[0], np.cumsum(panel.length, dtype=np.int64)])
    house_start, house_source = _houses(panel.start, panel.source, len(model.noise_var))
    n_level, n_house = int(level_start[-1]), int(house_start[-1])
    out = Posterior(
        level_start,
        np.empty(n_level),
        np.empty(n_level),
        house_start,
        house_source,
        np.empty(n_house),
        np.empty(n_house),
        np.empty(n_house),
        np.zeros(n_house),
        np.zeros(n_house),
        np.empty(n_series),
        np.full(len(panel.value), np.nan),
        np.ones(len(panel.value)),
        np.zeros((_N_BLOCKS, 2, *model.noise_var.shape)),
        np.zeros((_N_BLOCKS, 2, *model.noise_var.shape)),
        np.zeros((_N_BLOCKS, max(len(model.family_var), 1))),
        np.zeros((_N_BLOCKS, max(len(model.family_var), 1))),
        np.zeros((_N_BLOCKS, max(len(model.family_var), 1))),
        np.zeros((_N_BLOCKS, max(len(model.family_var), 1))),
    )
    _fuse_all(panel, model, out, n_passes)
    n_family = len(model.family_var)
    return out._replace(
        noise_sum=out.noise_sum.sum(0),
        noise_count=out.noise_count.sum(0),
        family_sum=out.family_sum.sum(0)[:n_family],
        family_count=out.family_count.sum(0)[:n_family],
        common_sum=out.common_sum.sum(0)[:n_family],
        common_count=out.common_count.sum(0)[:n_family],
    )


@nb.njit(cache=True)
def _houses(start: Ints, source: Small, n_source: int) -> tuple[Ints, Small]:
    """First house effect of each series, and the source of each, in order of appearance."""
    n_series = len(start) - 1
    seen = np.full(n_source, -1, np.int64)
    house_start = np.zeros(n_series + 1, np.int64)
    for i in range(n_series):
        count = 0
        for k in range(start[i], start[i + 1]):
            if seen[source[k]] != i:
                seen[source[k]] = i
                count += 1
        house_start[i + 1] = house_start[i] + count
    house_source = np.empty(house_start[n_series], np.int32)
    seen[:] = -1
    for i in range(n_series):
        place = house_start[i]
        for k in range(start[i], start[i + 1]):
            if seen[source[k]] != i:
                seen[source[k]] = i
                house_source[place] = source[k]
                place += 1
    return house_start, house_source


@nb.njit(cache=True, parallel=True, error_model="numpy")
def _fuse_all(panel: Panel, model: Model, out: Posterior, n_passes: int) -> None:
    n_series = len(panel.segment)
    longest = 1
    most_claims = 1
    most_houses = 1
    for i in range(n_series):
        longest = max(longest, panel.length[i])
        most_claims = max(most_claims, panel.start[i + 1] - panel.start[i])
        most_houses = max(most_houses, out.house_start[i + 1] - out.house_start[i])
    n_source = len(model.noise_var)
    for block in nb.prange(_N_BLOCKS):
        column = np.full(n_source, -1, np.int64)
        precision = np.zeros(most_claims)
        seen = np.zeros(most_claims)
        order = np.zeros(most_claims)
        link = np.zeros(longest)
        diagonal = np.zeros(longest)
        ratio = np.zeros(longest)
        lag = np.zeros(longest)
        step_weight = np.ones(longest)
        for i in range(block, n_series, _N_BLOCKS):
            n_house = out.house_start[i + 1] - out.house_start[i]
            n_drift = 0
            for h in range(out.house_start[i], out.house_start[i + 1]):
                column[out.house_source[h]] = h - out.house_start[i]
                if model.drift_var[out.house_source[h]] > 0.0:
                    n_drift += 1
            # Loops of a multiple of four are vectorised without a rest; the columns that nothing
            # touches stay at their prior.
            width = (n_house + n_drift + 3) // 4 * 4
            border = np.zeros((panel.length[i], width))
            spread = np.empty((panel.length[i], width))
            corner = np.zeros((width, width))
            factor = np.zeros((width, width))
            _fuse_one(
                i, panel, model, out, n_passes, column, precision, seen, order,
                link, diagonal, ratio, lag, step_weight, border, spread, corner, factor,
                out.noise_sum[block], out.noise_count[block],
                out.family_sum[block], out.family_count[block],
                out.common_sum[block], out.common_count[block],
            )  # fmt: skip


@nb.njit(cache=True, error_model="numpy")
def _fuse_one(
    i: int,
    panel: Panel,
    model: Model,
    out: Posterior,
    n_passes: int,
    column: Ints,
    precision: Floats,
    seen: Floats,
    order: Floats,
    link: Floats,
    diagonal: Floats,
    ratio: Floats,
    lag: Floats,
    step_weight: Floats,
    border: Floats,
    spread: Floats,
    corner: Floats,
    factor: Floats,
    noise_sum: Floats,
    noise_count: Floats,
    family_sum: Floats,
    family_count: Floats,
    common_sum: Floats,
    common_count: Floats,
) -> None:
    begin, end = panel.start[i], panel.start[i + 1]
    n, first = panel.length[i], panel.first[i]
    segment, size = panel.segment[i], panel.size[i]
    at_house, n_house = out.house_start[i], out.house_start[i + 1] - out.house_start[i]
    width = border.shape[1]
    mean = out.mean[out.level_start[i] : out.level_start[i] + n]
    variance = out.variance[out.level_start[i] : out.level_start[i] + n]
    weight = out.weight[begin:end]
    residual = out.residual[begin:end]
    house_scale = np.ones(width)
    house_center = np.zeros(width)
    slope = np.full(n_house, -1, np.int64)
    place = n_house
    for h in range(n_house):
        s = out.house_source[at_house + h]
        house_scale[h] = model.house_var[s]
        house_center[h] = model.bias[s, segment]
        if model.drift_var[s] > 0.0:
            slope[h] = place
            house_scale[place] = model.drift_var[s]
            place += 1
    per_period = 1.0 / max(len(panel.gap) - 1, 1)
    start = _start(i, panel, model, weight, precision, seen, order)
    q, pace = model.step_var, panel.pace[i]
    step_weight[:n] = 1.0
    b = np.empty(width)
    own_square = np.empty(n_house)
    share = np.zeros(width)
    touched = np.empty(width, np.int64)
    for turn in range(n_passes):
        for t in range(n):
            diagonal[t] = 0.0
            mean[t] = 0.0
            for a in range(width):
                border[t, a] = 0.0
        for t in range(1, n):
            link[t] = step_weight[t] / (q * pace * panel.gap[first + t])
            diagonal[t] += link[t]
            diagonal[t - 1] += link[t]
        diagonal[0] += 1.0 / model.start_var
        mean[0] += start / model.start_var
        for a in range(width):
            for c in range(a + 1):
                corner[a, c] = 0.0
            corner[a, a] = 1.0 / house_scale[a]
            b[a] = house_center[a] / house_scale[a]
        for f in range(len(model.common_var)):
            _join_houses(
                f, n_house, out.house_source[at_house:], model, house_scale, house_center, corner, b
            )
        _add_claims(
            begin, end, first, panel, model, column, slope, per_period,
            precision, seen, diagonal, mean, border, corner, b, share, touched,
        )  # fmt: skip
        solve_arrowhead(
            diagonal[:n], link[:n], mean, border, corner, b, variance, lag[:n],
            spread, ratio[:n], factor,
        )  # fmt: skip
        moved = 0.0
        total = 0.0
        for t in range(1, n):
            d = mean[t] - mean[t - 1]
            square = max(d * d + variance[t] + variance[t - 1] - 2.0 * lag[t], 0.0)
            square /= pace * panel.gap[first + t]
            step_weight[t] = (_STEP_DF + 1.0) / (_STEP_DF + square / q)
            moved += step_weight[t] * square
            total += 1.0
        q = (2.0 * model.step_shape * model.step_var + moved) / (2.0 * model.step_shape + total)
        for h in range(n_house):
            off = b[h] - house_center[h]
            own_square[h] = off * off + corner[h, h]
        for f in range(len(model.common_var)):
            _part_houses(
                f, n_house, out.house_source[at_house:], model, house_scale, house_center, corner,
                b, own_square, turn == n_passes - 1, common_sum, common_count,
            )  # fmt: skip
        for h in range(n_house):
            prior = model.house_var[out.house_source[at_house + h]]
            scaled = own_square[h] / prior
            house_scale[h] = prior * (_HOUSE_DF + scaled) / (_HOUSE_DF + 1.0)
        _weigh_claims(
            begin, end, first, size, panel, model, column, slope, per_period, precision, seen,
            weight, residual, mean, variance, corner, spread, b,
            turn == n_passes - 1, noise_sum, noise_count, family_sum, family_count,
        )  # fmt: skip
    out.step_var[i] = q
    for h in range(n_house):
        out.house_mean[at_house + h] = b[h]
        out.house_var[at_house + h] = corner[h, h]
        out.house_square[at_house + h] = own_square[h]
        if slope[h] >= 0:
            d = b[slope[h]]
            out.drift_mean[at_house + h] = d
            out.drift_second[at_house + h] = d * d + corner[slope[h], slope[h]]


@nb.njit(cache=True, error_model="numpy")
def _join_houses(
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
def _part_houses(
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


@nb.njit(cache=True, error_model="numpy")
def _start(
    i: int,
    panel: Panel,
    model: Model,
    weight: Floats,
    precision: Floats,
    seen: Floats,
    order: Floats,
) -> float:
    """Median claim without its source's bias; claims far from it start with little weight."""
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
    for k in range(begin, end):
        s = panel.source[k]
        own = k - begin
        if np.isnan(panel.value[k]):
            precision[own] = 0.0
            seen[own] = 0.0
            weight[own] = 1.0
            continue
        off = abs(panel.value[k] - model.bias[s, segment] - median)
        noise = model.noise_var[s, size] + panel.own_var[k]
        far = reach + 3.0 * np.sqrt(model.house_var[s] + noise)
        weight[own] = 1.0 if off <= far else 0.02
        precision[own] = weight[own] / noise
        seen[own] = panel.value[k]
    return median


@nb.njit(cache=True, error_model="numpy")
def _group_end(k: int, end: int, period: Small, source: Small, value: Floats, family: Small) -> int:
    """First claim after the claims of the same period and family that start at k."""
    last = k + 1
    if family[source[k]] < 0 or np.isnan(value[k]):
        return last
    while (
        last < end
        and period[last] == period[k]
        and family[source[last]] == family[source[k]]
        and not np.isnan(value[last])
    ):
        last += 1
    return last


@nb.njit(cache=True, error_model="numpy")
def _add_claims(
    begin: int,
    end: int,
    first: int,
    panel: Panel,
    model: Model,
    column: Ints,
    slope: Ints,
    per_period: float,
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
    k = begin
    while k < end:
        last = _group_end(k, end, panel.period, panel.source, panel.value, model.family)
        t = panel.period[k] - first
        u = panel.period[k] * per_period - 0.5
        n_touched = 0
        total, weighed = 0.0, 0.0
        for j in range(k, last):
            w, y = precision[j - begin], seen[j - begin]
            if w <= 0.0:
                continue
            a = column[panel.source[j]]
            total += w
            weighed += w * y
            if share[a] == 0.0:
                touched[n_touched] = a
                n_touched += 1
            share[a] += w
            corner[a, a] += w
            b[a] += w * y
            d = slope[a]
            if d >= 0:
                if share[d] == 0.0:
                    touched[n_touched] = d
                    n_touched += 1
                share[d] += w * u
                corner[d, d] += w * u * u
                corner[d, a] += w * u
                b[d] += w * u * y
        if total > 0.0:
            family = model.family[panel.source[k]]
            shared = 0.0
            if family >= 0 and model.family_var[family] > 0.0 and not np.isnan(panel.value[k]):
                shared = 1.0 / (1.0 / model.family_var[family] + total)
            left = 1.0 - shared * total
            diagonal[t] += total * left
            mean[t] += weighed * left
            for j in range(n_touched):
                a = touched[j]
                border[t, a] += share[a] * left
                pulled = shared * share[a]
                b[a] -= pulled * weighed
                for c in range(n_touched):
                    if touched[c] <= a:
                        corner[a, touched[c]] -= pulled * share[touched[c]]
            for j in range(n_touched):
                share[touched[j]] = 0.0
        k = last


@nb.njit(cache=True, error_model="numpy")
def _weigh_claims(
    begin: int,
    end: int,
    first: int,
    size: int,
    panel: Panel,
    model: Model,
    column: Ints,
    slope: Ints,
    per_period: float,
    precision: Floats,
    seen: Floats,
    weight: Floats,
    residual: Floats,
    mean: Floats,
    variance: Floats,
    corner: Floats,
    spread: Floats,
    b: Floats,
    is_last: bool,
    noise_sum: Floats,
    noise_count: Floats,
    family_sum: Floats,
    family_count: Floats,
) -> None:
    """Set the weights of all claims by the moments of the posterior."""
    k = begin
    while k < end:
        last = _group_end(k, end, panel.period, panel.source, panel.value, model.family)
        t = panel.period[k] - first
        u = panel.period[k] * per_period - 0.5
        family = model.family[panel.source[k]]
        family_var = model.family_var[family] if family >= 0 else 0.0
        is_point = not np.isnan(panel.value[k])
        total, pull = 0.0, 0.0
        shared = 0.0
        if is_point and family_var > 0.0:
            for j in range(k, last):
                w = precision[j - begin]
                a = column[panel.source[j]]
                expected = mean[t] + b[a]
                if slope[a] >= 0:
                    expected += u * b[slope[a]]
                total += w
                pull += w * (seen[j - begin] - expected)
            shared = 1.0 / (1.0 / family_var + total)
            if is_last and total > 0.0:
                off = shared * pull
                family_sum[family] += off * off + shared + (shared * total) ** 2 * variance[t]
                family_count[family] += 1.0
        for j in range(k, last):
            s = panel.source[j]
            a = column[s]
            own = j - begin
            expected = mean[t] + b[a]
            known = variance[t] + corner[a, a] - 2.0 * spread[t, a]
            d = slope[a]
            if d >= 0:
                expected += u * b[d]
                known += u * u * corner[d, d] + 2.0 * u * (corner[d, a] - spread[t, d])
            known = max(known, 1e-12)
            noise = model.noise_var[s, size] + panel.own_var[j]
            if is_point:
                off = panel.value[j] - expected - shared * pull
                # The share of the claim that its family's error takes up leaves it with the rest.
                kept = 1.0 - shared * precision[own]
                square = off * off + kept * kept * known + shared
                scaled = square / noise
                residual[own] = off
                weight[own] = (_NOISE_DF + 1.0) / (_NOISE_DF + scaled)
                if off * off > _REJECT_SDS**2 * (noise + known):
                    weight[own] = 0.0
                if is_last:
                    if weight[own] > 0.0:
                        # What the claim states of itself is not the source's noise.
                        kept = model.noise_var[s, size] / noise
                        several = 0
                        if j > begin and panel.period[j - 1] == panel.period[j]:
                            several = int(panel.source[j - 1] != s)
                        if j + 1 < end and panel.period[j + 1] == panel.period[j]:
                            several = max(several, int(panel.source[j + 1] != s))
                        noise_sum[several, s, size] += weight[own] * square * kept * kept
                        noise_sum[several, s, size] += kept * panel.own_var[j]
                        noise_count[several, s, size] += 1.0
                else:
                    precision[own] = weight[own] / noise
            elif not is_last:
                cavity = 1.0 / known - precision[own]
                cavity = max(cavity, 1e-3 / known)
                # As a distance from what is expected, so that no digits cancel.
                center = expected + precision[own] * (expected - seen[own]) / cavity
                w, y = interval_site(
                    panel.low[j],
                    panel.high[j],
                    center,
                    1.0 / cavity,
                    noise + family_var,
                )
                old = (1.0 - _DAMPING) * precision[own]
                new = _DAMPING * w
                if old + new > 0.0:
                    seen[own] = (old * seen[own] + new * y) / (old + new)
                precision[own] = old + new
        k = last
