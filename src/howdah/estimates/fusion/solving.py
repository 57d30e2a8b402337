"""From a chunk of claims to the level of each series, and the claims that are held to be wrong."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from howdah.core.metrics import Scale
from howdah.estimates.fusion.freezing import find_frozen
from howdah.estimates.fusion.links import Links, find_originals, flag_copies
from howdah.estimates.fusion.slips import Slips, find_slips, nearest_slip, of_claims
from howdah.estimates.fusion.spikes import scale_code
from howdah.estimates.fusion.swapping import Off, find_swaps
from howdah.kernels import (
    Known,
    Model,
    Panel,
    Posterior,
    fuse_and_summarise,
    know_nothing,
    leave_out,
    put_known,
    ranges,
    take_known,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Small = NDArray[np.int8]
Flags = NDArray[np.bool_]

#: Reasons for which a claim is suspect, by number; 0 is none.
REASONS = (
    "", "outlier", "unit_slip", "copied", "stale", "wrong_entity", "reviewed", "undecided",
)  # fmt: skip
OUTLIER, UNIT_SLIP, COPIED, STALE, WRONG_ENTITY, REVIEWED, UNDECIDED = range(1, 8)

#: What a reviewer says of a claim; 0 is nothing.
KEEP, DROP = 1, 2

#: Standard deviations off from which a claim may belong to another series, and spreads of house
#: effects from which all claims of a source about a series may.
_OFF_SDS = 6.0
_OFF_HOUSE_SDS = 5.0
_OFF_FIT_SDS = 4.0

#: Half width of the interval that a claim becomes which is kept whatever the rest says: sites of
#: intervals are never rejected.
_KEPT = 1e-9


class Rules(NamedTuple):
    """What is known of the sources beside the model."""

    links: Links
    usual_step: Floats  # (n_source,) usual change between successive figures
    scale: Scale
    unit: float

    def copied(self, panel: Panel) -> Ints:
        """Link by which each claim of a panel repeats another's, -1 for none."""
        if not len(self.links.copier):
            return np.full(len(panel.value), -1, np.int64)
        return flag_copies(
            panel.start, panel.period, panel.source, panel.value, self.links,
            len(self.usual_step), len(panel.gap), scale_code(self.scale), self.unit,
        )  # fmt: skip


class Solved(NamedTuple):
    """Posterior of a panel, and why claims are suspect."""

    posterior: Posterior
    reason: Small  # (n,) index into `REASONS`
    factor: Floats  # (n,) how many times too large a suspect claim is, NaN if not suspect
    other: Ints  # (n,) series that a claim belongs to instead of its own, -1 for none
    summary: Known  # what is known at the period that was asked for, by what was before
    panel: Panel  # what the posterior was found from: without claims that were left out

    @property
    def is_used(self) -> Flags:
        """Claims in the fit, (n,)."""
        return np.asarray((self.reason == 0) | (self.reason == UNDECIDED), np.bool_)


def solve(
    panel: Panel,
    model: Model,
    rules: Rules,
    *,
    suspects: bool,
    verdict: Small | None = None,
    before: Known | None = None,
    at: Ints | None = None,
) -> Solved:
    """Solve a panel without claims that copy, are of another unit, or lie far out.

    Parameters
    ----------
    suspects
        Whether slips, stale figures and wrong series are looked for; copies are left out and the
        robust weights hold in any case.
    verdict
        (n,) what a reviewer said of each claim: `KEEP`, `DROP` or 0.
    before
        What was known of each series before the panel; nothing if not given.
    at
        (n_series,) period of each series, counted from its first, to sum up what was before; none
        if not given.
    """
    n = len(panel.value)
    before = know_nothing(len(panel.segment)) if before is None else before
    at = np.full(len(panel.segment), -1, np.int64) if at is None else at
    reason, factor = np.zeros(n, np.int8), np.full(n, np.nan)
    other = np.full(n, -1, np.int64)
    link = rules.copied(panel)
    if verdict is not None:
        reason[verdict == DROP] = REVIEWED
        link[verdict > 0] = -1
        panel = leave_out(_kept(panel, verdict == KEEP), verdict == DROP)
    panel = _without_copies(panel, model, rules, link, reason, factor)
    posterior, summary = fuse_and_summarise(panel, model, at, before=before)
    if suspects:
        wrong = _wrong(panel, model, rules, posterior, reason, factor, other)
        weak = wrong & (posterior.weight > 0.0)
        widened = reason == UNDECIDED
        # Of other series the wrong claims have no weight as it is.
        again = _of_series(panel, weak | widened)
        panel = leave_out(panel, wrong & again)
        span = np.zeros(0)
        if widened.any():
            panel, span = _widen(panel, widened, np.log(factor))
        if again.any():
            posterior = _solve_again(panel, model, posterior, again, before, at, summary)
        if len(span):
            length = np.diff(posterior.level_start)
            np.maximum(posterior.variance, np.repeat(span, length) ** 2, out=posterior.variance)
    rejected = np.isfinite(panel.value) & (posterior.weight == 0.0) & (reason == 0)
    off = posterior.residual[rejected]
    reason[rejected] = OUTLIER
    if rules.scale == "log":
        noise = model.noise_var[panel.source, of_claims(panel, panel.size)][rejected]
        slip = nearest_slip(off, np.sqrt(noise)) if suspects else np.zeros(len(off))
        reason[rejected] = np.where(slip != 0.0, UNIT_SLIP, OUTLIER)
        factor[rejected] = np.exp(np.where(slip != 0.0, slip, off))
    return Solved(posterior, reason, factor, other, summary, panel)


def _of_series(panel: Panel, rows: Flags) -> Flags:
    """(n,) claims of the series that some claims are of."""
    series = of_claims(panel, np.arange(len(panel.segment)))
    touched = np.zeros(len(panel.segment), np.bool_)
    touched[series[rows]] = True
    return touched[series]


def _kept(panel: Panel, rows: Flags) -> Panel:
    """Panel in which some claims cannot be rejected."""
    rows = rows & np.isfinite(panel.value)
    return panel._replace(
        low=np.where(rows, panel.value - _KEPT, panel.low),
        high=np.where(rows, panel.value + _KEPT, panel.high),
        value=np.where(rows, np.nan, panel.value),
    )


def _without_copies(
    panel: Panel, model: Model, rules: Rules, link: Ints, reason: Small, factor: Floats
) -> Panel:
    """Panel without copies; where it is not known which of two copies, each counts half."""
    if not (link >= 0).any():
        return panel
    links = rules.links
    copied = (link >= 0) & links.is_decided[link]
    reason[copied] = COPIED
    shift = links.shift[link[copied]]
    factor[copied] = np.exp(shift) if rules.scale == "log" else np.where(shift == 0, 1.0, np.nan)
    if not links.is_decided.all():
        half = find_originals(panel.start, panel.period, panel.source, panel.value, links, link)
        noise = model.noise_var[panel.source, of_claims(panel, panel.size)]
        panel = panel._replace(own_var=np.where(half, panel.own_var + noise, panel.own_var))
    return leave_out(panel, copied)


def _wrong(
    panel: Panel,
    model: Model,
    rules: Rules,
    posterior: Posterior,
    reason: Small,
    factor: Floats,
    other: Ints,
) -> Flags:
    """Claims that are to be left out; fills in why."""
    series = of_claims(panel, np.arange(len(panel.segment)))
    level = posterior.level_start[series] + panel.period - panel.first[series]
    off = panel.value - posterior.mean[level] - model.bias[panel.source, panel.segment[series]]
    wrong = np.zeros(len(off), np.bool_)
    slips = Slips(np.zeros(len(off)), np.zeros(len(off), np.bool_))
    if rules.scale == "log":
        slips = find_slips(panel, model, posterior, off)
    frozen = find_frozen(
        panel, posterior.level_start, posterior.mean, posterior.variance, rules.usual_step,
        scale_code(rules.scale), rules.unit,
    )  # fmt: skip
    for rows, why in ((frozen, STALE), (slips.size != 0.0, UNIT_SLIP)):
        reason[rows], wrong[rows] = why, True
    reason[slips.is_open], wrong[slips.is_open] = UNDECIDED, False
    factor[frozen] = np.exp(off[frozen]) if rules.scale == "log" else np.nan
    factor[slips.size != 0.0] = np.exp(slips.size[slips.size != 0.0])
    far = _far_off(panel, model, posterior, off, level, series)
    swapped = find_swaps(far, panel, _mean_levels(posterior), scale_code(rules.scale), rules.unit)
    own = far.row[swapped >= 0]
    reason[own], wrong[own], other[own] = WRONG_ENTITY, True, swapped[swapped >= 0]
    factor[own] = np.exp(off[own]) if rules.scale == "log" else np.nan
    return wrong


def _far_off(
    panel: Panel, model: Model, posterior: Posterior, off: Floats, level: Ints, series: Ints
) -> Off:
    """Claims far from what their source would say of their series."""
    n_series, n_source = len(panel.segment), len(model.noise_var)
    of_house = np.repeat(np.arange(n_series), np.diff(posterior.house_start))
    bias = model.bias[posterior.house_source, panel.segment[of_house]]
    apart = np.abs(posterior.house_mean - bias)
    is_far = apart > _OFF_HOUSE_SDS * np.sqrt(model.house_var[posterior.house_source])
    is_far &= posterior.house_source < n_source - 1
    whole = np.zeros(len(off), np.bool_)
    if is_far.any():
        table = np.zeros((n_series, n_source), np.bool_)
        table[of_house[is_far], posterior.house_source[is_far]] = True
        whole = table[series, panel.source] & np.isfinite(off)
    noise = model.noise_var[panel.source, panel.size[series]] + panel.own_var
    sds = np.abs(posterior.residual) / np.sqrt(noise + posterior.variance[level])
    row = np.flatnonzero(whole | (sds > _OFF_SDS) & (panel.source < n_source - 1))
    # What a source that is far off throughout would say is told by its bias, else by its effect.
    shift = np.where(whole[row], 0.0, off[row] - posterior.residual[row])
    spread = np.where(whole[row], model.house_var[panel.source[row]], 0.0)
    expected = panel.value[row] - off[row] + shift
    sd = np.sqrt(noise[row] + posterior.variance[level[row]] + spread)
    # Of a source that is far off for the most part, the rest may be right.
    own = np.abs(panel.value[row] - expected) > _OFF_FIT_SDS * sd
    row, expected, sd = row[own], expected[own], sd[own]
    return Off(
        row, series[row], panel.source[row].astype(np.int64), panel.period[row].astype(np.int64),
        panel.value[row], expected, sd,
    )  # fmt: skip


def _mean_levels(posterior: Posterior) -> Floats:
    """Mean level of each series; NaN for one without periods."""
    length = np.diff(posterior.level_start)
    series = np.repeat(np.arange(len(length)), length)
    total = np.bincount(series, posterior.mean, len(length))
    return np.asarray(np.where(length > 0, total / np.maximum(length, 1), np.nan), np.float64)


def _widen(panel: Panel, rows: Flags, size: Floats) -> tuple[Panel, Floats]:
    """Panel in which both sides of an open slip weigh the same, and half the slip by series."""
    n_series = len(panel.segment)
    series = of_claims(panel, np.arange(n_series))
    span = np.zeros(n_series)
    # An interval has no distance.
    np.fmax.at(span, series[rows], np.abs(size[rows]))
    said = np.isfinite(panel.value)
    sides = np.bincount(series * 2 + rows, said, 2 * n_series)
    own = (span[series] > 0.0) & said
    allowance = sides[series * 2 + rows] * span[series] ** 2 / 2
    return panel._replace(own_var=np.where(own, allowance, panel.own_var)), span / 2


def _solve_again(
    panel: Panel,
    model: Model,
    posterior: Posterior,
    changed: Flags,
    before: Known,
    at: Ints,
    summary: Known,
) -> Posterior:
    """Solve the series of the claims that were changed, and put them in their place."""
    again = np.unique(of_claims(panel, np.arange(len(panel.segment)))[changed])
    part, rows = take_series(panel, again)
    fresh, known = fuse_and_summarise(part, model, at[again], before=take_known(before, again))
    put_known(summary, again, known)
    levels = ranges(posterior.level_start, again)
    houses = ranges(posterior.house_start, again)
    posterior.mean[levels], posterior.variance[levels] = fresh.mean, fresh.variance
    posterior.house_mean[houses], posterior.house_var[houses] = fresh.house_mean, fresh.house_var
    posterior.house_square[houses] = fresh.house_square
    posterior.drift_mean[houses], posterior.drift_second[houses] = (
        fresh.drift_mean,
        fresh.drift_second,
    )
    posterior.residual[rows], posterior.weight[rows] = fresh.residual, fresh.weight
    posterior.step_var[again] = fresh.step_var
    return posterior._replace(cpu_s=posterior.cpu_s + fresh.cpu_s)


def take_series(panel: Panel, series: Ints) -> tuple[Panel, Ints]:
    """Panel of some series, and the rows of their claims."""
    rows = ranges(panel.start, series)
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
