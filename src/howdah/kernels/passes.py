"""The passes of fusion over one series after another; `kernels.fusion` has the model."""

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.kernels.arrowhead import ROWS, solve_arrowhead
from howdah.kernels.evidence import add_claims, start_claims
from howdah.kernels.houses import join_houses, part_houses
from howdah.kernels.panel import Known, Model, Panel, Posterior
from howdah.kernels.summary import add_known, eliminate_levels
from howdah.kernels.weighing import (
    compare_claims,
    place_sites,
    set_precisions,
    sum_errors,
    weigh_claims,
    widen_shared,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Small = NDArray[np.int32]

#: Degrees of freedom of house effects and steps.
_HOUSE_DF = 5.0
_STEP_DF = 4.0

#: Sums may be taken in any order, and products be fused with them; NaN and infinity stay as they
#: are.
_FAST = {"contract", "reassoc", "arcp", "nsz"}


@nb.njit(cache=True, nogil=True, error_model="numpy")
def fuse_block(
    panel: Panel,
    model: Model,
    before: Known,
    wanted: Ints,
    out: Posterior,
    summary: Known,
    along: Floats,
    n_passes: int,
    moments: bool,
    reach: tuple[int, int, int],
    block: int,
) -> None:
    """Solve the series of a block, which lie next to each other in memory.

    There are as many blocks as `out` has room for sums.
    """
    longest, most_claims, most_houses = reach
    n_source = len(model.noise_var)
    # A house effect may have a drift beside it, and the series a trend.
    most_rows = border_rows(2 * most_houses + 1)
    per_gap = 1.0 / panel.gap
    column = np.full(n_source, -1, np.int64)
    at = np.zeros(most_claims, np.int64)
    house = np.zeros(most_claims, np.int64)
    until = np.zeros(most_claims, np.int64)
    is_point = np.zeros(most_claims, np.bool_)
    claim = np.zeros((8, most_claims))
    path = np.zeros((5, longest))
    border = np.empty(most_rows * longest)
    spread = np.empty(most_rows * longest)
    corner = np.empty(most_rows * most_rows)
    factor = np.empty(most_rows * most_rows)
    n_series, n_blocks = len(panel.segment), len(out.noise_sum)
    for i in range(n_series * block // n_blocks, n_series * (block + 1) // n_blocks):
        n, n_claims = panel.length[i], panel.start[i + 1] - panel.start[i]
        width = out.house_start[i + 1] - out.house_start[i]
        for h in range(out.house_start[i], out.house_start[i + 1]):
            column[out.house_source[h]] = h - out.house_start[i]
            if model.drift_var[out.house_source[h]] > 0.0:
                width += 1
        if model.trend_var > 0.0:
            width += 1
        rows = border_rows(width)
        fuse_series(
            i, panel, model, before, wanted[i], out, summary, n_passes, moments, per_gap, column,
            at[:n_claims], house[:n_claims], until[:n_claims], is_point[:n_claims], claim,
            along[panel.first[i] :], path[0, :n], path[1, :n], path[2, :n], path[3, :n],
            path[4, :n], width, border[: rows * n].reshape(rows, n),
            spread[: rows * n].reshape(rows, n), corner[: rows * rows].reshape(rows, rows),
            factor[: rows * rows].reshape(rows, rows),
            out.noise_sum[block], out.noise_count[block],
            out.family_sum[block], out.family_count[block],
            out.common_sum[block], out.common_count[block],
        )  # fmt: skip


@nb.njit(cache=True)
def border_rows(width: int) -> int:
    """Rows of a border of so many columns, as the solve wants them."""
    return (width + ROWS - 1) // ROWS * ROWS


@nb.njit(cache=True, error_model="numpy")
def fuse_series(
    i: int,
    panel: Panel,
    model: Model,
    before: Known,
    wanted: int,
    out: Posterior,
    summary: Known,
    n_passes: int,
    moments: bool,
    per_gap: Floats,
    column: Ints,
    at: Ints,
    house: Ints,
    until: Ints,
    is_point: NDArray[np.bool_],
    claim: Floats,
    along: Floats,
    link: Floats,
    diagonal: Floats,
    ratio: Floats,
    lag: Floats,
    step_weight: Floats,
    width: int,
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
) -> float:
    """Solve one series; the mean of its first level before anything is said.

    Everything from `at` on is work space; what the last pass was solved from stays in it.
    """
    begin, end = panel.start[i], panel.start[i + 1]
    n, first = panel.length[i], panel.first[i]
    at_house, n_house = out.house_start[i], out.house_start[i + 1] - out.house_start[i]
    mean = out.mean[out.level_start[i] : out.level_start[i] + n]
    variance = out.variance[out.level_start[i] : out.level_start[i] + n]
    weight = out.weight[begin:end]
    residual = out.residual[begin:end]
    source = out.house_source[at_house : at_house + n_house]
    house_scale = np.ones(width)
    house_center = np.zeros(width)
    slope = np.full(n_house, -1, np.int64)
    place = n_house
    for h in range(n_house):
        s = source[h]
        house_scale[h] = model.house_var[s]
        house_center[h] = model.bias[s, panel.segment[i]]
        if model.drift_var[s] > 0.0:
            slope[h] = place
            house_scale[place] = model.drift_var[s]
            place += 1
    trend = -1
    if model.trend_var > 0.0:
        trend = place
        house_scale[trend] = model.trend_var
        house_center[trend] = model.trend_mean
    n_claims = end - begin
    noise, shared_var, precision = claim[0, :n_claims], claim[1, :n_claims], claim[2, :n_claims]
    seen, known, taken = claim[3, :n_claims], claim[4, :n_claims], claim[5, :n_claims]
    square, shared_square = claim[6, :n_claims], claim[7, :n_claims]
    start = start_claims(
        i, panel, model, before, column, at, house, until, shared_var, noise, is_point,
        weight, precision, seen, square,
    )  # fmt: skip
    has_intervals = not is_point.all()
    pace = panel.pace[i]
    is_known = before.pull_start[i + 1] > before.pull_start[i]
    steps_moved = 2.0 * model.step_shape * model.step_var + before.moved[i]
    n_steps = 2.0 * model.step_shape + before.steps[i]
    q = steps_moved / n_steps if is_known else model.step_var
    step_weight[:] = 1.0
    b = np.empty(width)
    own_square = np.empty(n_house)
    share = np.zeros(width)
    touched = np.empty(width, np.int64)
    for turn in range(n_passes):
        is_last = turn == n_passes - 1
        _join_steps(first, per_gap, q * pace, step_weight, link, diagonal)
        mean[:] = 0.0
        if not is_known:
            diagonal[0] += 1.0 / model.start_var
            mean[0] = start / model.start_var
        border[:] = 0.0
        corner[:] = 0.0
        for a in range(width):
            corner[a, a] = 1.0 / house_scale[a]
            b[a] = house_center[a] / house_scale[a]
        for f in range(len(model.common_var)):
            join_houses(f, n_house, source, model, house_scale, house_center, corner, b)
        if trend >= 0:
            _join_trend(first, per_gap, link, n, trend, border, corner)
        add_known(i, before, slope, trend, diagonal, mean, border, corner, b)
        add_claims(
            at, house, until, slope, along, shared_var, precision, seen,
            diagonal, mean, border, corner, b, share, touched,
        )  # fmt: skip
        solve_arrowhead(
            diagonal, link, mean, border, corner, b, variance, lag, spread, ratio, factor
        )
        if is_last and wanted >= 0:
            until_then = wanted + 1
            summary.moved[i] = before.moved[i] + _weigh_steps(
                first, per_gap, pace, q, mean[:until_then], variance[:until_then],
                lag[:until_then], trend, b, corner, spread, step_weight[:until_then],
            )  # fmt: skip
        moved = _weigh_steps(
            first, per_gap, pace, q, mean, variance, lag, trend, b, corner, spread, step_weight
        )
        q = (steps_moved + moved) / (n_steps + n - 1)
        for h in range(n_house):
            off = b[h] - house_center[h]
            own_square[h] = off * off + corner[h, h]
        for f in range(len(model.common_var)):
            part_houses(
                f, n_house, source, model, house_scale, house_center, corner,
                b, own_square, is_last, common_sum, common_count,
            )  # fmt: skip
        for h in range(n_house):
            usual = model.house_var[source[h]]
            scaled = own_square[h] / usual
            house_scale[h] = usual * (_HOUSE_DF + scaled) / (_HOUSE_DF + 1.0)
        compare_claims(
            at, house, until, slope, along, shared_var, precision, seen, mean, variance, corner,
            spread, b, residual, known, taken, shared_square,
        )  # fmt: skip
        weigh_claims(is_point, noise, residual, known, taken, precision, square, weight)
        if not is_last:
            set_precisions(is_point, noise, weight, precision)
            if has_intervals:
                place_sites(
                    panel.low[begin:end], panel.high[begin:end], is_point, noise, residual,
                    known, precision, seen,
                )  # fmt: skip
    if moments:
        widen_shared(
            at, house, until, slope, along, precision, taken, variance, corner, spread,
            shared_square,
        )  # fmt: skip
        sum_errors(
            begin, panel.size[i], panel, model, is_point, until, shared_var, noise, precision,
            weight, square, shared_square, noise_sum, noise_count, family_sum, family_count,
        )  # fmt: skip
    if has_intervals:
        residual[~is_point] = np.nan
    out.step_var[i] = q
    for h in range(n_house):
        out.house_mean[at_house + h] = b[h]
        out.house_var[at_house + h] = corner[h, h]
        out.house_square[at_house + h] = own_square[h]
        if slope[h] >= 0:
            d = b[slope[h]]
            out.drift_mean[at_house + h] = d
            out.drift_second[at_house + h] = d * d + corner[slope[h], slope[h]]
    if trend >= 0:
        out.trend_mean[i] = b[trend]
        out.trend_second[i] = b[trend] * b[trend] + corner[trend, trend]
    if wanted >= 0:
        summary.level[i] = mean[wanted]
        summary.steps[i] = before.steps[i] + wanted
        # The work space of the last pass is free now; its precisions and links still hold.
        diagonal[:] = 0.0
        lag[:] = 0.0
        border[:] = 0.0
        corner[:] = 0.0
        b[:] = 0.0
        for t in range(1, wanted + 1):
            diagonal[t] += link[t]
            diagonal[t - 1] += link[t]
        if not is_known:
            diagonal[0] += 1.0 / model.start_var
            lag[0] = start / model.start_var
        if trend >= 0:
            _join_trend(first, per_gap, link, wanted + 1, trend, border, corner)
        add_known(i, before, slope, trend, diagonal, lag, border, corner, b)
        n_before = 0
        while n_before < n_claims and at[n_before] < wanted:
            n_before += 1
        add_claims(
            at[:n_before], house[:n_before], until[:n_before], slope, along, shared_var, precision,
            seen, diagonal, lag, border, corner, b, share, touched,
        )  # fmt: skip
        eliminate_levels(i, wanted, summary, slope, trend, link, diagonal, lag, border, corner, b)
    return start


@nb.njit(cache=True, error_model="numpy", fastmath=_FAST)
def _join_steps(
    first: int, per_gap: Floats, q: float, step_weight: Floats, link: Floats, diagonal: Floats
) -> None:
    """Precision of the steps of the level, on the diagonal and beside it."""
    n = len(link)
    per_q = 1.0 / q
    for t in range(1, n):
        link[t] = step_weight[t] * per_gap[first + t] * per_q
    link[0] = 0.0
    for t in range(n - 1):
        diagonal[t] = link[t] + link[t + 1]
    diagonal[n - 1] = link[n - 1]


@nb.njit(cache=True, error_model="numpy", fastmath=_FAST)
def _join_trend(
    first: int, per_gap: Floats, link: Floats, n: int, trend: int, border: Floats, corner: Floats
) -> None:
    """Add the trend that the steps of the first `n` levels have in common."""
    total = 0.0
    for t in range(1, n):
        gap = 1.0 / per_gap[first + t]
        pull = link[t] * gap
        border[trend, t] -= pull
        border[trend, t - 1] += pull
        total += pull * gap
    corner[trend, trend] += total


@nb.njit(cache=True, error_model="numpy", fastmath=_FAST)
def _weigh_steps(
    first: int,
    per_gap: Floats,
    pace: float,
    q: float,
    mean: Floats,
    variance: Floats,
    lag: Floats,
    trend: int,
    b: Floats,
    corner: Floats,
    spread: Floats,
    step_weight: Floats,
) -> float:
    """Set the weights of the steps; their weighted sum of squares about the trend."""
    moved = 0.0
    per_pace = 1.0 / pace
    m, unsure = 0.0, 0.0
    if trend >= 0:
        m, unsure = b[trend], corner[trend, trend]
    for t in range(1, len(mean)):
        step = mean[t] - mean[t - 1]
        square = variance[t] + variance[t - 1] - 2.0 * lag[t]
        if trend >= 0:
            gap = 1.0 / per_gap[first + t]
            step -= gap * m
            square += gap * (gap * unsure + 2.0 * (spread[trend, t] - spread[trend, t - 1]))
        square += step * step
        square = max(square * per_gap[first + t] * per_pace, 0.0)
        step_weight[t] = (_STEP_DF + 1.0) * q / (_STEP_DF * q + square)
        moved += step_weight[t] * square
    return moved
