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

What claims before a panel said of its first level and of the house effects may come in as a
`Known`, and what its own claims before a period say can be kept as one (`kernels.summary`).
"""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.kernels.arrowhead import ROWS, solve_arrowhead
from howdah.kernels.evidence import (
    add_claims,
    compare_claims,
    place_sites,
    set_precisions,
    start_claims,
    sum_errors,
    weigh_claims,
)
from howdah.kernels.panel import Known, Model, Panel, Posterior
from howdah.kernels.summary import (
    add_known,
    eliminate_levels,
    houses_before,
    know_nothing,
    make_room,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Small = NDArray[np.int32]

#: Degrees of freedom of house effects and steps.
_HOUSE_DF = 5.0
_STEP_DF = 4.0

#: Series are dealt to this many blocks, so that threads end together.
_N_BLOCKS = 64

#: Sums may be taken in any order, and products be fused with them; NaN and infinity stay as they
#: are.
_FAST = {"contract", "reassoc", "arcp", "nsz"}


class Pass(NamedTuple):
    """The Gaussian of the last pass over one series."""

    start: float  # mean of the first level before anything is said
    precision: Floats  # (n,) of each claim, its robust weight in it
    seen: Floats  # (n,) what each claim says; of an interval, what stands for it
    noise: Floats  # (n,) variance of each claim
    shared_var: Floats  # (n,) variance of the error that it shares with others of its group
    until: Ints  # (n,) end of the group, at the first claim of each
    at: Ints  # (n,) period of each claim, from the first
    house: Ints  # (n,) house effect of each claim
    along: Floats  # (n,) u of each claim
    link: Floats  # (n_level,) precision of the step to each period
    before: Posterior  # of the pass before, which weighed the house effects
    posterior: Posterior  # of this pass


def fuse_panel(
    panel: Panel, model: Model, *, n_passes: int = 4, before: Known | None = None
) -> Posterior:
    """Posterior of every series of a panel.

    Parameters
    ----------
    n_passes
        Solves a series; weights are set after each but the last.
    before
        What was known of each series before its first period; nothing if not given.

    Returns
    -------
    Posterior
        With the moments that an EM step needs.

    Notes
    -----
    Memory is that of the arrays returned and one small work space a thread. What it cannot
    tell: a shared error that lasts looks like the level; only anchors can.
    """
    nowhere = np.full(len(panel.segment), -1, np.int64)
    return fuse_and_summarise(panel, model, nowhere, n_passes=n_passes, before=before)[0]


def fuse_and_summarise(
    panel: Panel, model: Model, at: Ints, *, n_passes: int = 4, before: Known | None = None
) -> tuple[Posterior, Known]:
    """Posterior of every series, and what is known at a period of each by what was before.

    Parameters
    ----------
    at
        (n_series,) period of each series, counted from its first, up to whose start the prior and
        the claims are summed up, under the weights of the last pass; -1 for none.
    n_passes, before
        As of `fuse_panel`.

    Returns
    -------
    (Posterior, Known)
        A series that starts at `at` without a prior has none there either.
    """
    before = know_nothing(len(panel.segment)) if before is None else before
    out = _empty_posterior(panel, model, before)
    house_start, house_source = out.house_start, out.house_source
    n_period = len(panel.gap)
    along = before.along if len(before.along) else np.arange(n_period) / max(n_period - 1, 1) - 0.5
    known = houses_before(
        panel.start, panel.period, panel.source, panel.first, at, before.house_start,
        house_start, house_source,
    )  # fmt: skip
    summary = make_room(*known, model.drift_var)
    reach = _reach(panel.start, panel.length, house_start)
    solve = partial(_fuse_timed, panel, model, before, at, out, summary, along, n_passes, reach)
    with ThreadPoolExecutor(nb.config.NUMBA_NUM_THREADS) as pool:  # type: ignore[attr-defined]
        cpu_s = sum(pool.map(solve, range(_N_BLOCKS)))
    n_family = len(model.family_var)
    return out._replace(
        cpu_s=cpu_s,
        noise_sum=out.noise_sum.sum(0),
        noise_count=out.noise_count.sum(0),
        family_sum=out.family_sum.sum(0)[:n_family],
        family_count=out.family_count.sum(0)[:n_family],
        common_sum=out.common_sum.sum(0)[:n_family],
        common_count=out.common_count.sum(0)[:n_family],
    ), summary


def last_pass(panel: Panel, model: Model, *, n_passes: int = 4) -> Pass:
    """What the last pass over a panel of one series was solved from.

    With these weights held the level is linear in what the claims say.

    Parameters
    ----------
    panel
        Of one series.
    """
    earlier = fuse_panel(panel, model, n_passes=n_passes - 1)
    nothing = know_nothing(1)
    out = _empty_posterior(panel, model, nothing)
    nowhere = np.full(1, -1, np.int64)
    known = houses_before(
        panel.start, panel.period, panel.source, panel.first, nowhere, nothing.house_start,
        out.house_start, out.house_source,
    )  # fmt: skip
    n, n_claims = int(panel.length[0]), len(panel.value)
    n_house = len(out.house_source)
    column = np.full(len(model.noise_var), -1, np.int64)
    column[out.house_source] = np.arange(n_house)
    width = n_house + int((model.drift_var[out.house_source] > 0.0).sum())
    rows = _rows(width)
    at, house, until = np.zeros((3, n_claims), np.int64)
    claim, path = np.zeros((8, n_claims)), np.zeros((5, n))
    along = np.arange(len(panel.gap)) / max(len(panel.gap) - 1, 1) - 0.5
    along = along[panel.first[0] :]
    start = _fuse_one(
        0, panel, model, nothing, -1, out, make_room(*known, model.drift_var), n_passes,
        1.0 / panel.gap, column, at, house, until,
        np.zeros(n_claims, np.bool_), claim, along, path[0], path[1], path[2],
        path[3], path[4], width, np.empty((rows, n)),
        np.empty((rows, n)), np.empty((rows, rows)), np.empty((rows, rows)),
        out.noise_sum[0], out.noise_count[0], out.family_sum[0], out.family_count[0],
        out.common_sum[0], out.common_count[0],
    )  # fmt: skip
    noise, shared_var, precision, seen = claim[:4]
    return Pass(
        start, precision, seen, noise, shared_var, until, at, house, along[at], path[0],
        earlier, out,
    )  # fmt: skip


def _empty_posterior(panel: Panel, model: Model, before: Known) -> Posterior:
    """Arrays that passes over a panel fill."""
    level_start = np.concatenate([[0], np.cumsum(panel.length, dtype=np.int64)])
    house_start, house_source = _houses(
        panel.start, panel.source, len(model.noise_var), before.house_start, before.house_source
    )
    n_level, n_house = int(level_start[-1]), int(house_start[-1])
    return Posterior(
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
        np.empty(len(panel.segment)),
        np.empty(len(panel.value)),
        np.empty(len(panel.value)),
        np.zeros((_N_BLOCKS, 2, *model.noise_var.shape)),
        np.zeros((_N_BLOCKS, 2, *model.noise_var.shape)),
        np.zeros((_N_BLOCKS, max(len(model.family_var), 1))),
        np.zeros((_N_BLOCKS, max(len(model.family_var), 1))),
        np.zeros((_N_BLOCKS, max(len(model.family_var), 1))),
        np.zeros((_N_BLOCKS, max(len(model.family_var), 1))),
        0.0,
    )


@nb.njit(cache=True)
def _houses(
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


@nb.njit(cache=True)
def _reach(start: Ints, length: Small, house_start: Ints) -> tuple[int, int, int]:
    """Most periods, claims and house effects of a series."""
    longest, most_claims, most_houses = 1, 1, 1
    for i in range(len(length)):
        longest = max(longest, length[i])
        most_claims = max(most_claims, start[i + 1] - start[i])
        most_houses = max(most_houses, house_start[i + 1] - house_start[i])
    return longest, most_claims, most_houses


def _fuse_timed(
    panel: Panel,
    model: Model,
    before: Known,
    wanted: Ints,
    out: Posterior,
    summary: Known,
    along: Floats,
    n_passes: int,
    reach: tuple[int, int, int],
    block: int,
) -> float:
    """Solve the series of a block; CPU seconds of the thread that did it."""
    started = time.thread_time()
    _fuse_block(panel, model, before, wanted, out, summary, along, n_passes, reach, block)
    return time.thread_time() - started


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _fuse_block(
    panel: Panel,
    model: Model,
    before: Known,
    wanted: Ints,
    out: Posterior,
    summary: Known,
    along: Floats,
    n_passes: int,
    reach: tuple[int, int, int],
    block: int,
) -> None:
    longest, most_claims, most_houses = reach
    n_source = len(model.noise_var)
    # A house effect may have a drift beside it.
    most_rows = _rows(2 * most_houses)
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
    for i in range(block, len(panel.segment), _N_BLOCKS):
        n, n_claims = panel.length[i], panel.start[i + 1] - panel.start[i]
        width = out.house_start[i + 1] - out.house_start[i]
        for h in range(out.house_start[i], out.house_start[i + 1]):
            column[out.house_source[h]] = h - out.house_start[i]
            if model.drift_var[out.house_source[h]] > 0.0:
                width += 1
        rows = _rows(width)
        _fuse_one(
            i, panel, model, before, wanted[i], out, summary, n_passes, per_gap, column,
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
def _rows(width: int) -> int:
    """Rows of a border of so many columns, as the solve wants them."""
    return (width + ROWS - 1) // ROWS * ROWS


@nb.njit(cache=True, error_model="numpy")
def _fuse_one(
    i: int,
    panel: Panel,
    model: Model,
    before: Known,
    wanted: int,
    out: Posterior,
    summary: Known,
    n_passes: int,
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
            _join_houses(f, n_house, source, model, house_scale, house_center, corner, b)
        add_known(i, before, slope, diagonal, mean, border, corner, b)
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
                lag[:until_then], step_weight[:until_then],
            )  # fmt: skip
        moved = _weigh_steps(first, per_gap, pace, q, mean, variance, lag, step_weight)
        q = (steps_moved + moved) / (n_steps + n - 1)
        for h in range(n_house):
            off = b[h] - house_center[h]
            own_square[h] = off * off + corner[h, h]
        for f in range(len(model.common_var)):
            _part_houses(
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
    sum_errors(
        begin, panel.size[i], panel, model, is_point, until, shared_var, noise, precision, weight,
        square, shared_square, noise_sum, noise_count, family_sum, family_count,
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
        add_known(i, before, slope, diagonal, lag, border, corner, b)
        n_before = 0
        while n_before < n_claims and at[n_before] < wanted:
            n_before += 1
        add_claims(
            at[:n_before], house[:n_before], until[:n_before], slope, along, shared_var, precision,
            seen, diagonal, lag, border, corner, b, share, touched,
        )  # fmt: skip
        eliminate_levels(i, wanted, summary, slope, link, diagonal, lag, border, corner, b)
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
def _weigh_steps(
    first: int,
    per_gap: Floats,
    pace: float,
    q: float,
    mean: Floats,
    variance: Floats,
    lag: Floats,
    step_weight: Floats,
) -> float:
    """Set the weights of the steps; their weighted sum of squares."""
    moved = 0.0
    per_pace = 1.0 / pace
    for t in range(1, len(mean)):
        step = mean[t] - mean[t - 1]
        square = step * step + variance[t] + variance[t - 1] - 2.0 * lag[t]
        square = max(square * per_gap[first + t] * per_pace, 0.0)
        step_weight[t] = (_STEP_DF + 1.0) * q / (_STEP_DF * q + square)
        moved += step_weight[t] * square
    return moved


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
