r"""What claims before a period say of a series, as one Gaussian: the state of an update.

A path whose first levels $x_0, \dots, x_{w-1}$ are eliminated leaves the information form of
$(x_w, b, d, m)$: the level at $w$, the house effects, the drifts and the trend. Elimination of
$x_t$ takes

$$\Lambda_{t+1} = \lambda - \lambda^2 / \Lambda_t, \qquad
c_{t+1} = \frac{\lambda}{\Lambda_t} c_t, \qquad K \leftarrow K - c_t c_t^\top / \Lambda_t$$

with $\lambda$ the precision of the step, $c$ the border and $K$ the corner: the forward half of
`kernels.arrowhead`. [1]_ The prior of house effects, drifts and trend is left out, so that their
weights can still change and sources can join; the prior of the first level is in.

References
----------
.. [1] Rue & Held (2005), "Gaussian Markov Random Fields", section 2.4.
"""

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.kernels.panel import Known, Model

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Small = NDArray[np.int32]


def know_nothing(n_series: int) -> Known:
    """What is known of series of which nothing is known before their first period."""
    starts = np.zeros(n_series + 1, np.int64)
    none, zeros = np.zeros(0), np.zeros(n_series)
    return Known(
        starts, np.zeros(0, np.int32), starts, none, starts, none, zeros, zeros, zeros, none
    )


def make_room(house_start: Ints, house_source: Small, model: Model) -> Known:
    """Room for the numbers of each series; those of no house effect have no prior."""
    counts = np.diff(house_start)
    drifts = np.concatenate([[0], np.cumsum(model.drift_var[house_source] > 0.0)])
    n_common = 1 + int(model.trend_var > 0.0)
    unknowns = np.where(counts > 0, n_common + counts + np.diff(drifts[house_start]), 0)
    pull_start = np.concatenate([[0], np.cumsum(unknowns)]).astype(np.int64)
    triangles = unknowns * (unknowns + 1) // 2
    start = np.concatenate([[0], np.cumsum(triangles)]).astype(np.int64)
    n = len(counts)
    return Known(
        house_start, house_source,
        start, np.zeros(int(start[-1])), pull_start, np.zeros(int(pull_start[-1])),
        np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(0),
    )  # fmt: skip


def take_known(before: Known, series: Ints) -> Known:
    """What is known of some series."""

    def cut(start: Ints) -> Ints:
        return np.concatenate([[0], np.cumsum(np.diff(start)[series])]).astype(np.int64)

    return Known(
        cut(before.house_start),
        before.house_source[ranges(before.house_start, series)],
        cut(before.start),
        before.information[ranges(before.start, series)],
        cut(before.pull_start),
        before.pull[ranges(before.pull_start, series)],
        before.level[series],
        before.moved[series],
        before.steps[series],
        before.along,
    )


def put_known(before: Known, series: Ints, fresh: Known) -> None:
    """Overwrite the numbers of some series; their house effects are the same."""
    before.information[ranges(before.start, series)] = fresh.information
    before.pull[ranges(before.pull_start, series)] = fresh.pull
    for name in ("level", "moved", "steps"):
        getattr(before, name)[series] = getattr(fresh, name)


def ranges(start: Ints, numbers: Ints) -> Ints:
    """Places of the runs of some numbers in flat arrays that are cut at `start`."""
    counts = np.diff(start)[numbers]
    ends = np.cumsum(counts)
    return np.repeat(start[:-1][numbers] - (ends - counts), counts) + np.arange(int(counts.sum()))


@nb.njit(cache=True, error_model="numpy")
def add_known(
    i: int,
    before: Known,
    slope: Ints,
    trend: int,
    diagonal: Floats,
    mean: Floats,
    border: Floats,
    corner: Floats,
    b: Floats,
) -> None:
    """Add what was known to the first level and to the border.

    Parameters
    ----------
    slope
        Column of the drift of each house effect, -1 for none; the house effects of the prior are
        the first ones.
    trend
        Column of the trend, -1 for none.
    """
    at, pull = before.start[i], before.pull_start[i]
    n = before.pull_start[i + 1] - pull
    n_house = before.house_start[i + 1] - before.house_start[i]
    if n == 0:
        return
    column = _columns(n, n_house, slope, trend)
    diagonal[0] += before.information[at]
    mean[0] += before.pull[pull]
    at += 1
    for r in range(1, n):
        a = column[r]
        b[a] += before.pull[pull + r]
        border[a, 0] += before.information[at]
        for c in range(1, r + 1):
            corner[a, column[c]] += before.information[at + c]
        at += r + 1


@nb.njit(cache=True, error_model="numpy")
def eliminate_levels(
    i: int,
    w: int,
    summary: Known,
    slope: Ints,
    trend: int,
    link: Floats,
    diagonal: Floats,
    mean: Floats,
    border: Floats,
    corner: Floats,
    b: Floats,
) -> None:
    """Eliminate the levels before `w` and keep what is left; all but `link` is overwritten.

    Parameters
    ----------
    summary
        Its numbers of series `i` are set.
    diagonal, link, mean, border, corner, b
        The system of the levels up to `w`, as `solve_arrowhead` takes it: without claims of `w`
        and without the prior of the border.
    """
    width = len(b)
    for t in range(w):
        inverse = 1.0 / diagonal[t]
        share = link[t + 1] * inverse
        diagonal[t + 1] -= link[t + 1] * share
        for a in range(width):
            scaled = border[a, t] * inverse
            b[a] -= scaled * mean[t]
            for c in range(a + 1):
                corner[a, c] -= scaled * border[c, t]
            border[a, t + 1] += share * border[a, t]
        mean[t + 1] += share * mean[t]
    at, pull = summary.start[i], summary.pull_start[i]
    n = summary.pull_start[i + 1] - pull
    if n == 0:
        return
    column = _columns(n, summary.house_start[i + 1] - summary.house_start[i], slope, trend)
    summary.information[at] = diagonal[w]
    summary.pull[pull] = mean[w]
    at += 1
    for r in range(1, n):
        a = column[r]
        summary.pull[pull + r] = b[a]
        summary.information[at] = border[a, w]
        for c in range(1, r + 1):
            summary.information[at + c] = corner[a, column[c]]
        at += r + 1


@nb.njit(cache=True, nogil=True)
def houses_before(
    start: Ints,
    period: Small,
    source: Small,
    first: Small,
    at: Ints,
    prior_start: Ints,
    house_start: Ints,
    house_source: Small,
) -> tuple[Ints, Small]:
    """House effects of each series that its prior or its claims before `at` speak of.

    They are the first of all its house effects, which are in order of appearance.
    """
    n_series = len(first)
    kept_start = np.zeros(n_series + 1, np.int64)
    kept_source = np.empty(len(house_source), np.int32)
    place = 0
    for i in range(n_series):
        n = prior_start[i + 1] - prior_start[i] if at[i] >= 0 else 0
        for k in range(start[i], start[i + 1]):
            if period[k] - first[i] >= at[i]:
                break
            while n < house_start[i + 1] - house_start[i]:
                is_known = False
                for h in range(house_start[i], house_start[i] + n):
                    is_known |= house_source[h] == source[k]
                if is_known:
                    break
                n += 1
        for h in range(n):
            kept_source[place + h] = house_source[house_start[i] + h]
        place += n
        kept_start[i + 1] = place
    return kept_start, kept_source[:place]


@nb.njit(cache=True, nogil=True)
def _columns(n: int, n_house: int, slope: Ints, trend: int) -> Ints:
    """Column of the border of each unknown; the level, which is none, comes first."""
    column = np.empty(n, np.int64)
    column[0] = -1
    place = n_house + 1
    for h in range(n_house):
        column[1 + h] = h
        if slope[h] >= 0:
            column[place] = slope[h]
            place += 1
    if trend >= 0:
        column[place] = trend
    return column
