"""From a chunk of claims to the level of each series, and the claims that are held to be wrong."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from howdah.core.metrics import Scale
from howdah.estimates.fusion.copying import flag_copies
from howdah.kernels import Model, Panel, Posterior, fuse_panel, leave_out

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Small = NDArray[np.int8]

#: Factors by which figures slip: thousands, ten thousands and hundred millions for units, cents,
#: months for years, days for months, weeks for days.
SLIP_FACTORS = (1000.0, 1e4, 1e6, 1e8, 10.0, 12.0, 30.0, 7.0, 100.0, 365.0)

#: How near the log of a slip has to be to the distance found, beside the noise of the source.
_SLIP_REACH = 0.25

#: Spreads of house effects from which one is no house effect but another unit.
_SLIP_HOUSE_SDS = 3.5
_LEAST_SLIP = 1.5

#: Reasons for which a claim is out of the fit, by number; 0 is none.
REASONS = ("", "outlier", "unit_slip", "copied")
OUTLIER, UNIT_SLIP, COPIED = 1, 2, 3

_ALL_SLIPS = np.log(np.array([f for x in SLIP_FACTORS for f in (x, 1 / x)]))


class Solved(NamedTuple):
    """Posterior of a panel, and why claims were left out."""

    posterior: Posterior
    reason: Small  # (n,) index into `REASONS`
    factor: Floats  # (n,) how many times too large a suspect claim is, NaN if not suspect


def solve(panel: Panel, model: Model, original: Ints, *, scale: Scale, suspects: bool) -> Solved:
    """Solve a panel without claims that copy, are of another unit, or lie far out.

    Parameters
    ----------
    original
        (n_source,) source that each source copies, -1 for none.
    suspects
        Whether another unit is looked for; the robust weights hold in any case.
    """
    reason = np.zeros(len(panel.value), np.int8)
    factor = np.full(len(panel.value), np.nan)
    if (original >= 0).any():
        copied = flag_copies(panel.start, panel.period, panel.source, panel.value, original)
        reason[copied] = COPIED
        factor[copied] = 1.0
        panel = leave_out(panel, copied)
    posterior = fuse_panel(panel, model)
    if suspects and scale == "log":
        slipped, size = _slipped_houses(panel, model, posterior)
        if slipped.any():
            reason[slipped], factor[slipped] = UNIT_SLIP, np.exp(size[slipped])
            panel = leave_out(panel, slipped)
            posterior = _solve_again(panel, model, posterior, slipped)
    rejected = np.isfinite(panel.value) & (posterior.weight == 0.0)
    off = posterior.residual[rejected]
    reason[rejected] = OUTLIER
    if scale == "log":
        noise = model.noise_var[panel.source, _of_claims(panel, panel.size)][rejected]
        slip = nearest_slip(off, np.sqrt(noise))
        reason[rejected] = np.where(slip != 0.0, UNIT_SLIP, OUTLIER)
        factor[rejected] = np.exp(np.where(slip != 0.0, slip, off))
    return Solved(posterior, reason, factor)


def _slipped_houses(
    panel: Panel, model: Model, posterior: Posterior
) -> tuple[NDArray[np.bool_], Floats]:
    """Claims of sources that are in another unit throughout a series, and the log of it."""
    series = np.repeat(np.arange(len(panel.segment)), np.diff(posterior.house_start))
    source = posterior.house_source
    off = posterior.house_mean - model.bias[source, panel.segment[series]]
    spread = np.sqrt(model.house_var[source])
    slip = nearest_slip(off, spread)
    slipped = (slip != 0.0) & (np.abs(off) > _SLIP_HOUSE_SDS * spread)
    # Who is in another unit, the one or the other? With fewer than three nobody can tell.
    slipped &= np.diff(posterior.house_start)[series] > 2  # noqa: PLR2004
    table = np.zeros((len(panel.segment), len(model.noise_var)))
    table[series[slipped], source[slipped]] = slip[slipped]
    size = table[_of_claims(panel, np.arange(len(panel.segment))), panel.source]
    return (size != 0.0) & np.isfinite(panel.value), size


def _solve_again(
    panel: Panel, model: Model, posterior: Posterior, changed: NDArray[np.bool_]
) -> Posterior:
    """Solve the series of the claims that were changed, and put them in their place."""
    again = np.unique(_of_claims(panel, np.arange(len(panel.segment)))[changed])
    part, rows = take_series(panel, again)
    fresh = fuse_panel(part, model)
    levels = _ranges(posterior.level_start, again)
    houses = _ranges(posterior.house_start, again)
    posterior.mean[levels], posterior.variance[levels] = fresh.mean, fresh.variance
    posterior.house_mean[houses], posterior.house_var[houses] = fresh.house_mean, fresh.house_var
    posterior.residual[rows], posterior.weight[rows] = fresh.residual, fresh.weight
    posterior.step_var[again] = fresh.step_var
    return posterior


def nearest_slip(off: Floats, noise_sd: Floats | float) -> Floats:
    """Log of the unit that each distance is near to, 0 where it is none.

    Parameters
    ----------
    off
        (n,) logs of how many times too large something is.
    noise_sd
        Standard deviation that it would have anyway.

    Examples
    --------
    >>> np.exp(nearest_slip(np.log([1000.0, 1.3]), 0.0)).round().tolist()
    [1000.0, 1.0]
    """
    near = np.abs(off[:, None] - _ALL_SLIPS)
    is_slip = (np.abs(off) > _LEAST_SLIP) & (near.min(1) < _SLIP_REACH + 2 * noise_sd)
    return np.where(is_slip, _ALL_SLIPS[near.argmin(1)], 0.0)


def take_series(panel: Panel, series: Ints) -> tuple[Panel, Ints]:
    """Panel of some series, and the rows of their claims."""
    rows = _ranges(panel.start, series)
    counts = np.diff(panel.start)[series]
    return panel._replace(
        start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        period=panel.period[rows],
        source=panel.source[rows],
        value=panel.value[rows],
        low=panel.low[rows],
        high=panel.high[rows],
        own_var=panel.own_var[rows],
        segment=panel.segment[series],
        size=panel.size[series],
        first=panel.first[series],
        length=panel.length[series],
        pace=panel.pace[series],
    ), rows


def hide_source(panel: Panel, source: int) -> Panel:
    """Panel in which the claims of one source say nothing; its series keep their periods."""
    return leave_out(panel, panel.source == source)


def _ranges(start: Ints, numbers: Ints) -> Ints:
    """Places of the runs of some numbers in flat arrays that are cut at `start`."""
    counts = np.diff(start)[numbers]
    ends = np.cumsum(counts)
    return np.repeat(start[:-1][numbers] - (ends - counts), counts) + np.arange(int(counts.sum()))


def _of_claims(panel: Panel, values: NDArray[np.integer]) -> NDArray[np.integer]:
    """What belongs to each series, for each of its claims."""
    return np.repeat(values, np.diff(panel.start))
