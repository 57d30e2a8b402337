"""What fusion is given and what it gives: claims of many series, a model, a posterior."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Small = NDArray[np.int32]


class Panel(NamedTuple):
    """Claims of many series, ordered by series, period and family of the source.

    A claim is a point (``value``), or an interval where ``value`` is NaN (``low`` to ``high``,
    infinite where open). All on the additive scale.
    """

    start: Ints  # (n_series + 1,) first claim of each series
    period: Small  # (n,) index into `gap`
    source: Small  # (n,)
    value: Floats  # (n,)
    low: Floats  # (n,)
    high: Floats  # (n,)
    own_var: Floats  # (n,) variance that the claim states of itself, beside its source's noise
    segment: Small  # (n_series,)
    size: Small  # (n_series,) class of size
    first: Small  # (n_series,) first period that is estimated
    length: Small  # (n_series,) periods that are estimated
    pace: Floats  # (n_series,) variance of steps in units of `Model.step_var`; huge: no memory
    gap: Floats  # (n_period,) time since the period before, in usual periods


class Model(NamedTuple):
    """What all series have in common."""

    bias: Floats  # (n_source, n_segment) B
    house_var: Floats  # (n_source,) tau^2
    noise_var: Floats  # (n_source, n_size) sigma^2
    drift_var: Floats  # (n_source,) delta^2, 0 for none
    family: Small  # (n_source,) family of each source, -1 for none
    family_var: Floats  # (n_family,) phi^2
    common_var: Floats  # (n_family,) gamma^2
    step_var: float  # median of q
    step_shape: float  # observations that the prior of q counts for
    trend_mean: float  # M, mean trend of a series in a usual period
    trend_var: float  # nu^2, of trends around it; 0: there are none
    start_var: float  # variance of the first level, around the median claim


class Known(NamedTuple):
    """What was known of each series before its first period; `kernels.summary` makes it.

    The unknowns of a series are its first level, the house effects of `house_source`, the drifts
    of those of them that drift, and its trend where there are trends. A series without any starts
    from the model alone.
    """

    house_start: Ints  # (n_series + 1,) first house effect of each series
    house_source: Small  # (n_house,)
    start: Ints  # (n_series + 1,) first number of each series in `information`
    information: Floats  # lower triangles of the precision, row after row
    pull_start: Ints  # (n_series + 1,) first number of each series in `pull`
    pull: Floats  # right-hand sides
    level: Floats  # (n_series,) about where the first level is
    moved: Floats  # (n_series,) weighted squares of the steps before, per usual period
    steps: Floats  # (n_series,) their number
    along: Floats  # (n_period,) u_t of the periods; empty where they are all there are


class Posterior(NamedTuple):
    """What a pass over a panel found; flat arrays, series after series."""

    level_start: Ints  # (n_series + 1,) first period of each series in `mean`
    mean: Floats  # (n_level,)
    variance: Floats  # (n_level,)
    house_start: Ints  # (n_series + 1,) first house effect of each series
    house_source: Small  # (n_house,)
    house_mean: Floats  # (n_house,) of b + a
    house_var: Floats  # (n_house,)
    house_square: Floats  # (n_house,) posterior mean of (b - B)^2
    drift_mean: Floats  # (n_house,) 0 where the source has none
    drift_second: Floats  # (n_house,) posterior mean of d^2
    step_var: Floats  # (n_series,) q
    trend_mean: Floats  # (n_series,) of m, 0 where there are no trends
    trend_second: Floats  # (n_series,) posterior mean of m^2
    residual: Floats  # (n,) of each point claim, NaN for intervals
    weight: Floats  # (n,) 1 for an ordinary claim, 0 for one that was rejected
    # Sums over claims alone in their period, and over claims beside another source's.
    noise_sum: Floats  # (2, n_source, n_size) weighted squared residuals
    noise_count: Floats  # (2, n_source, n_size)
    family_sum: Floats  # (n_family,) sum of squared shared errors
    family_count: Floats  # (n_family,)
    common_sum: Floats  # (n_family,) sum of squares of what house effects have in common
    common_count: Floats  # (n_family,) series
    cpu_s: float  # CPU seconds of all threads


def leave_out(panel: Panel, rows: NDArray[np.bool_]) -> Panel:
    """Panel in which some claims are intervals that hold everything: they say nothing."""
    at = np.flatnonzero(rows)
    if not len(at):
        return panel
    value = panel.value.copy()
    value[at] = np.nan
    panel = panel._replace(value=value)
    # Most are points, whose ends are open as it is: two more copies of a large panel are seen.
    if (panel.low[at] == -np.inf).all() and (panel.high[at] == np.inf).all():
        return panel
    low, high = panel.low.copy(), panel.high.copy()
    low[at], high[at] = -np.inf, np.inf
    return panel._replace(low=low, high=high)
