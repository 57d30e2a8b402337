r"""Fusing the claims of many sources about many series: the posterior of each series' level.

Source $s$ of family $f$ sees the level $x_t$ of a series, on an additive scale, as

$$y = x_t + b_s + a_f + u_t d_s + c_{f,t} + e, \qquad
x_t = x_{t-1} + g_t m + N(0, q\,g_t / \lambda_t)$$

with a house effect $b_s \sim t_5(B_s, \tau_s^2)$ of the source on this series, an effect
$a_f \sim N(0, \gamma_f^2)$ that all sources of a family have in common on it, a slow drift
$d_s \sim N(0, \delta_s^2)$ along $u_t$ (from -1/2 to 1/2 over all periods), an error
$c_{f,t} \sim N(0, \phi_f^2)$ that all sources of a family share in a period, and
$e \sim t_4(0, \sigma_s^2 + v)$ with $v$ the variance that the claim states of itself. $g_t$ is the
time since the period before, in usual periods; the weights $\lambda_t$ make the steps $t_4$ too, so
that a jump of one series is followed. $q$ has an inverse-gamma prior around the one of all series,
and the trend $m \sim N(M, \nu^2)$ of a series is one more column of the border: a level that is
held to stand still lags behind one that grows, and tells too little growth.

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
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import NamedTuple

import numba as nb
import numpy as np
from numpy.typing import NDArray

from howdah.kernels.houses import houses_of
from howdah.kernels.panel import Known, Model, Panel, Posterior
from howdah.kernels.passes import border_rows, fuse_block, fuse_series
from howdah.kernels.summary import houses_before, know_nothing, make_room

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Small = NDArray[np.int32]

#: Series are cut into at most this many blocks, so that threads end together.
_MAX_BLOCKS = 64

#: Claims of a block at least, which take some milliseconds: a block has to be handed to a thread.
_LEAST_CLAIMS = 4000


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
    panel: Panel,
    model: Model,
    *,
    n_passes: int = 4,
    before: Known | None = None,
    moments: bool = True,
) -> Posterior:
    """Posterior of every series of a panel.

    Parameters
    ----------
    n_passes
        Solves a series; weights are set after each but the last.
    before
        What was known of each series before its first period; nothing if not given.
    moments
        Whether the moments of noise and of shared errors are taken, which an EM step needs; else
        they are zero.

    Returns
    -------
    Posterior
        Of all series.

    Notes
    -----
    Memory is that of the arrays returned and one small work space a thread. What it cannot
    tell: a shared error that lasts looks like the level; only anchors can.
    """
    nowhere = np.full(len(panel.segment), -1, np.int64)
    return fuse_and_summarise(
        panel, model, nowhere, n_passes=n_passes, before=before, moments=moments
    )[0]


def fuse_and_summarise(
    panel: Panel,
    model: Model,
    at: Ints,
    *,
    n_passes: int = 4,
    before: Known | None = None,
    moments: bool = False,
) -> tuple[Posterior, Known]:
    """Posterior of every series, and what is known at a period of each by what was before.

    Parameters
    ----------
    at
        (n_series,) period of each series, counted from its first, up to whose start the prior and
        the claims are summed up, under the weights of the last pass; -1 for none.
    n_passes, before, moments
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
    summary = make_room(*known, model)
    reach = _reach(panel.start, panel.length, house_start)
    solve = partial(
        fuse_block, panel, model, before, at, out, summary, along, n_passes, moments, reach
    )
    blocks = range(len(out.noise_sum))
    if len(blocks) == 1:
        cpu_s = _timed(solve, 0)
    else:
        n_threads = nb.config.NUMBA_NUM_THREADS  # type: ignore[attr-defined]
        with ThreadPoolExecutor(n_threads) as pool:
            cpu_s = sum(pool.map(partial(_timed, solve), blocks))
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
    width += int(model.trend_var > 0.0)
    rows = border_rows(width)
    at, house, until = np.zeros((3, n_claims), np.int64)
    claim, path = np.zeros((8, n_claims)), np.zeros((5, n))
    along = np.arange(len(panel.gap)) / max(len(panel.gap) - 1, 1) - 0.5
    along = along[panel.first[0] :]
    start = fuse_series(
        0, panel, model, nothing, -1, out, make_room(*known, model), n_passes, False,
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
    house_start, house_source = houses_of(
        panel.start, panel.source, len(model.noise_var), before.house_start, before.house_source
    )
    n_level, n_house = int(level_start[-1]), int(house_start[-1])
    # By the claims alone, so that sums are the same on every machine.
    n_blocks = min(max(len(panel.value) // _LEAST_CLAIMS, 1), _MAX_BLOCKS)
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
        np.zeros(len(panel.segment)),
        np.zeros(len(panel.segment)),
        np.empty(len(panel.value)),
        np.empty(len(panel.value)),
        np.zeros((n_blocks, 2, *model.noise_var.shape)),
        np.zeros((n_blocks, 2, *model.noise_var.shape)),
        np.zeros((n_blocks, max(len(model.family_var), 1))),
        np.zeros((n_blocks, max(len(model.family_var), 1))),
        np.zeros((n_blocks, max(len(model.family_var), 1))),
        np.zeros((n_blocks, max(len(model.family_var), 1))),
        0.0,
    )


@nb.njit(cache=True, nogil=True)
def _reach(start: Ints, length: Small, house_start: Ints) -> tuple[int, int, int]:
    """Most periods, claims and house effects of a series."""
    longest, most_claims, most_houses = 1, 1, 1
    for i in range(len(length)):
        longest = max(longest, length[i])
        most_claims = max(most_claims, start[i + 1] - start[i])
        most_houses = max(most_houses, house_start[i + 1] - house_start[i])
    return longest, most_claims, most_houses


def _timed(solve: Callable[[int], None], block: int) -> float:
    """Solve the series of a block; CPU seconds of the thread that did it."""
    started = time.thread_time()
    solve(block)
    return time.thread_time() - started
