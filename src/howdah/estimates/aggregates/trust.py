r"""Whether aggregates are right about themselves, and what makes them so: tested on hidden truth.

The factor that calibrates levels is not that of their differences: what lasts is gone from a
growth rate, and what is tuned so that levels are covered can be too wide, or too narrow, for it.
Truth is hidden from the anchored series of a chunk, their series are solved again, and growth
between two truths, and sums of ten truths, are held against what is found. With $q$ the normal
quantile, an error $e$ lies inside when a series' own part is widened by at least

$$f = \sqrt{\max(e^2 / q^2 - \|\Delta l\|^2, 0) \,/\, (\sigma_t^2 + \sigma_u^2 - 2 \sigma_{tu})},$$

so that what all series share keeps its size. The conformal quantile of $f$ is the factor.

What it cannot tell: the biases were learnt with the truth that is hidden here; and for growth over
less time than lies between two truths the factor is carried on, untested, and `method` says so.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from howdah.estimates.aggregates.joint import Joint, Levels
from howdah.estimates.aggregates.sums import Logs, add_up, shrink
from howdah.estimates.fusion.calibration import Calibration, Residuals, calibrate
from howdah.estimates.fusion.learned import solve_chunk
from howdah.estimates.fusion.solving import hide_source, take_series
from howdah.kernels import leave_out

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Truths of one series that are looked at, and their most pairs.
_N_TRUTHS = 12

#: Levels in the sums that are tested, and how often the anchored series are dealt anew.
SUM_SIZE = 10
_N_DEALS = 10

#: Octaves below the shortest lag that was tested for which its factor is carried on, and the part
#: of it from which a lag counts as tested.
_MOST_OCTAVES = 2.0
_NEAR = 1.25

#: Groups by which the factor of sums is shrunk to that of levels.
_SHRINK_GROUPS = 25.0


class Trust(NamedTuple):
    """Factors on what is a series' own, beside those of its level.

    Attributes
    ----------
    lags
        Days between truths, one a factor of growth, ascending.
    growth
        Factors by lag.
    sums
        Factor for sums of `SUM_SIZE` levels and more; None without enough truth.
    """

    lags: tuple[float, ...]
    growth: tuple[Calibration, ...]
    sums: float | None

    def of_growth(self, joint: Joint, days: int) -> Floats | None:
        """Factor of each series' growth over some days; None where none was tested.

        Between the lags that were tested by interpolation of logs. Below the shortest the factor
        goes on as it changes with all lags, for two octaves at most.
        """
        if not self.lags or days <= 0:
            return None
        at = np.log2(self.lags)
        asked = float(np.log2(days))
        logs = np.log([f.factors(joint.segment, joint.size, joint.n_sources) for f in self.growth])
        place = int(np.clip(np.searchsorted(at, asked), 1, max(len(at) - 1, 1)))
        if len(at) == 1:
            return np.asarray(np.exp(logs[0]))
        part = (np.clip(asked, at[0], at[-1]) - at[place - 1]) / (at[place] - at[place - 1])
        found = (1 - part) * logs[place - 1] + part * logs[place]
        if asked < at[0]:
            slope = np.polyfit(at, np.log([f.overall for f in self.growth]), 1)[0]
            found -= slope * min(at[0] - asked, _MOST_OCTAVES)
        return np.asarray(np.exp(found))

    def has_tested(self, days: int) -> bool:
        """Whether truth is as close together as the growth that is asked for."""
        return bool(self.lags) and days >= self.lags[0] / _NEAR

    def of_sum(self, n_levels: int) -> float | None:
        """Factor of a sum of some levels, from none for a single one."""
        if self.sums is None:
            return None
        part = min(np.log(max(n_levels, 1)) / np.log(SUM_SIZE), 1.0)
        return float(self.sums**part)


#: Where there is no truth.
NO_TRUST = Trust((), (), None)


def learn_trust(levels: Levels, *, seed: int = 0) -> Trust:
    """Factors for growth and sums, from truth hidden from the anchored series of a chunk.

    Parameters
    ----------
    seed
        Of the deal of anchored series to sums.
    """
    anchored = np.flatnonzero(levels.coded.is_anchored)
    calibration = levels.learned.calibration
    if not levels.learned.is_calibrated:
        return NO_TRUST
    hidden, asked, truth = _hide(levels, anchored)
    joint = hidden.join_places(np.arange(len(anchored)), asked, ())
    lags, growth = _growth(joint, truth, levels.learned.coding.names.days, asked, calibration)
    sums = _sums(joint, truth, asked, seed) if joint.scale == "log" else None
    return Trust(lags, growth, sums)


def _hide(levels: Levels, anchored: Ints) -> tuple[Levels, NDArray[np.int32], Floats]:
    """Anchored series solved without their truth, and the places and values of some of it."""
    truth = levels.learned.coding.names.truth
    panel, rows = take_series(levels.coded.panel, anchored)
    coded = levels.coded._replace(
        panel=hide_source(panel, truth),
        series=levels.coded.series.gather(anchored),
        row=levels.coded.row[rows],
        is_anchored=np.ones(len(anchored), np.bool_),
    )
    learned = levels.learned
    solved = solve_chunk(learned, coded)
    panel_used = leave_out(coded.panel, solved.reason > 0)
    hidden = Levels(learned, coded, solved, panel_used, levels.sharing)
    asked = np.full((len(anchored), _N_TRUTHS), -1, np.int32)
    value = np.full((len(anchored), _N_TRUTHS), np.nan)
    for i in range(len(anchored)):
        own = np.arange(panel.start[i], panel.start[i + 1])
        own = own[panel.source[own] == truth]
        if len(own) > _N_TRUTHS:
            own = own[np.linspace(0, len(own) - 1, _N_TRUTHS).astype(np.int64)]
        asked[i, : len(own)] = panel.period[own]
        value[i, : len(own)] = panel.value[own]
    return hidden, asked, value


def _growth(
    joint: Joint, truth: Floats, days: Ints, asked: NDArray[np.int32], like: Calibration
) -> tuple[tuple[float, ...], tuple[Calibration, ...]]:
    """Factors of growth by the time between two truths, in octaves of the shortest."""
    first, second = np.triu_indices(truth.shape[1], 1)
    lag = (days[asked[:, second]] - days[asked[:, first]]).astype(np.float64)
    known = (asked[:, first] >= 0) & (asked[:, second] >= 0) & (lag > 0)
    if not known.any():
        return (), ()
    off = joint.mean - truth
    error = off[:, second] - off[:, first]
    moved = joint.common[:, second] - joint.common[:, first]
    variance = np.diagonal(joint.own, axis1=1, axis2=2)
    alone = variance[:, first] + variance[:, second] - 2 * joint.own[:, first, second]
    needed = _needed(error, alone, (moved**2).sum(2), joint.prob)
    octave = np.full(lag.shape, -1)
    octave[known] = np.round(np.log2(lag[known] / lag[known].min())).astype(np.int64)
    found: list[tuple[float, Calibration]] = []
    normal = float(ndtri(0.5 + joint.prob / 2))
    for k in np.unique(octave[known]):
        series, pair = np.nonzero(octave == k)
        residuals = Residuals(
            series, needed[series, pair] * normal, joint.segment[series], joint.size[series],
            joint.n_sources[series],
        )  # fmt: skip
        calibration = calibrate(
            residuals, joint.prob, n_segment=len(like.by_segment), n_size=len(like.by_size)
        )
        if calibration.is_calibrated:
            found.append((float(np.median(lag[series, pair])), calibration))
    return tuple(f[0] for f in found), tuple(f[1] for f in found)


def _sums(joint: Joint, truth: Floats, asked: NDArray[np.int32], seed: int) -> float | None:
    """Factor of sums over groups of anchored series that have truth in the same period."""
    draws = np.random.default_rng(seed)
    needed: list[float] = []
    most = 0
    for place in np.unique(asked[asked >= 0]):
        at = np.argmax(asked == place, axis=1)
        own = np.flatnonzero((asked == place).any(1))
        n_groups = len(own) // SUM_SIZE
        most = max(most, n_groups)
        for _ in range(_N_DEALS if n_groups else 0):
            for group in np.split(draws.permutation(own)[: n_groups * SUM_SIZE], n_groups):
                col = at[group]
                logs = shrink(
                    Logs(
                        joint.mean[group, col, None],
                        joint.own[group, col, col, None, None],
                        joint.common[group, col, None, :],
                    )
                )
                found = add_up(logs, np.ones((1, SUM_SIZE, 1)))
                shared = add_up(logs._replace(own=0.0 * logs.own), np.ones((1, SUM_SIZE, 1)))
                known = float(np.log(np.exp(truth[group, col]).sum()))
                alone = found.covariance[0] - shared.covariance[0]
                off = found.median - known
                needed.append(float(_needed(off, alone, shared.covariance[0], joint.prob)[0]))
    if not needed:
        return None
    # Few distinct groups say little, however often they are dealt anew.
    level = min(joint.prob * (1 + 1 / (most * SUM_SIZE)), 1.0)
    raw = np.log(max(float(np.quantile(needed, level)), 1e-3))
    return float(np.exp(raw * most / (most + _SHRINK_GROUPS)))


def _needed(error: Floats, alone: Floats, shared: Floats, prob: float) -> Floats:
    """Factor on the standard deviation of what is a series' own from which errors lie inside."""
    reach = (error / float(ndtri(0.5 + prob / 2))) ** 2
    return np.sqrt(np.maximum(reach - shared, 0.0) / np.maximum(alone, 1e-12))
