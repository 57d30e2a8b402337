"""From a chunk of claims to the level of each series, and the claims that are held to be wrong."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from howdah.core.metrics import Scale
from howdah.estimates.fusion.distances import find_far, off_level
from howdah.estimates.fusion.freezing import find_frozen
from howdah.estimates.fusion.links import Links, find_originals, flag_copies
from howdah.estimates.fusion.slips import find_slips, nearest_slip, of_claims
from howdah.estimates.fusion.spikes import scale_code
from howdah.estimates.fusion.swapping import find_swaps
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

#: Reasons that say what a claim is instead, beside being far from the others.
EXPLAINED = (UNIT_SLIP, COPIED, STALE, WRONG_ENTITY)

#: What a reviewer says of a claim; 0 is nothing.
KEEP, DROP = 1, 2

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
    original: Ints  # (n,) source whose figure a claim that was left out repeats, -1 for none
    summary: Known  # what is known at the period that was asked for, by what was before
    panel: Panel  # what the posterior was found from: without claims that were left out
    first_cpu_s: float  # CPU seconds of the kernel over all series, before any was solved again

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
    original = np.full(n, -1, np.int64)
    panel = _without_copies(panel, model, rules, link, reason, factor, original)
    posterior, summary = fuse_and_summarise(panel, model, at, before=before)
    first_cpu_s = posterior.cpu_s
    if suspects:
        wrong = _wrong(panel, model, rules, posterior, reason, factor, other)
        weak = wrong & (posterior.weight > 0.0)
        widened = reason == UNDECIDED
        # Of other series the wrong claims have no weight as it is.
        again = _of_series(panel, weak | widened)
        own = np.zeros(n, np.bool_)
        own[ranges(panel.start, again)] = True
        panel = leave_out(panel, wrong & own)
        span = np.zeros(0)
        if widened.any():
            panel, span = _widen(panel, widened, np.log(factor))
        if len(again):
            posterior = _solve_again(panel, model, posterior, again, before, at, summary)
        if len(span):
            length = np.diff(posterior.level_start)
            np.maximum(posterior.variance, np.repeat(span, length) ** 2, out=posterior.variance)
    rejected = np.flatnonzero((posterior.weight == 0.0) & (reason == 0) & ~np.isnan(panel.value))
    off = posterior.residual[rejected]
    reason[rejected] = OUTLIER
    if rules.scale == "log":
        series = np.searchsorted(panel.start, rejected, side="right") - 1
        noise = model.noise_var[panel.source[rejected], panel.size[series]]
        slip = nearest_slip(off, np.sqrt(noise)) if suspects else np.zeros(len(off))
        reason[rejected] = np.where(slip != 0.0, UNIT_SLIP, OUTLIER)
        factor[rejected] = np.exp(np.where(slip != 0.0, slip, off))
    return Solved(posterior, reason, factor, other, original, summary, panel, first_cpu_s)


def _of_series(panel: Panel, rows: Flags) -> Ints:
    """Series that some claims are of, ascending."""
    touched = np.zeros(len(panel.segment), np.bool_)
    touched[np.searchsorted(panel.start, np.flatnonzero(rows), side="right") - 1] = True
    return np.flatnonzero(touched)


def _kept(panel: Panel, rows: Flags) -> Panel:
    """Panel in which some claims cannot be rejected."""
    rows = rows & np.isfinite(panel.value)
    if not rows.any():
        return panel
    return panel._replace(
        low=np.where(rows, panel.value - _KEPT, panel.low),
        high=np.where(rows, panel.value + _KEPT, panel.high),
        value=np.where(rows, np.nan, panel.value),
    )


def _without_copies(
    panel: Panel,
    model: Model,
    rules: Rules,
    link: Ints,
    reason: Small,
    factor: Floats,
    original: Ints,
) -> Panel:
    """Panel without copies; fills in which they are and of whom.

    Where it is not known which of two copies, each counts half; of two that say the same
    throughout one is left out, because their house effects are the same too.
    """
    if not (link >= 0).any():
        return panel
    links = rules.links
    copied = (link >= 0) & links.is_left_out[link]
    reason[copied] = COPIED
    original[copied] = links.original[link[copied]]
    shift = links.shift[link[copied]]
    factor[copied] = np.exp(shift) if rules.scale == "log" else np.where(shift == 0, 1.0, np.nan)
    if not links.is_left_out.all():
        open_links = links._replace(is_decided=links.is_left_out)
        half = find_originals(
            panel.start, panel.period, panel.source, panel.value, open_links, link
        )
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
    off = off_level(panel, model, posterior)
    frozen = find_frozen(
        panel, posterior.level_start, posterior.mean, posterior.variance, rules.usual_step,
        scale_code(rules.scale), rules.unit,
    )  # fmt: skip
    wrong = frozen.copy()
    reason[frozen] = STALE
    factor[frozen] = np.exp(off[frozen]) if rules.scale == "log" else np.nan
    if rules.scale == "log":
        slips = find_slips(panel, model, posterior, off)
        slipped = np.flatnonzero(slips.size)
        reason[slipped], wrong[slipped] = UNIT_SLIP, True
        reason[slips.is_open], wrong[slips.is_open] = UNDECIDED, False
        factor[slipped] = np.exp(slips.size[slipped])
    far = find_far(panel, model, posterior, off)
    swapped = find_swaps(far, panel, _mean_levels(posterior), scale_code(rules.scale), rules.unit)
    strange = far.row[swapped >= 0]
    reason[strange], wrong[strange], other[strange] = WRONG_ENTITY, True, swapped[swapped >= 0]
    factor[strange] = np.exp(off[strange]) if rules.scale == "log" else np.nan
    return wrong


def _mean_levels(posterior: Posterior) -> Floats:
    """Mean level of each series; NaN for one without periods."""
    length = np.diff(posterior.level_start)
    series = np.repeat(np.arange(len(length)), length)
    total = np.bincount(series, posterior.mean, len(length))
    return np.asarray(np.where(length > 0, total / np.maximum(length, 1), np.nan), np.float64)


def _widen(panel: Panel, rows: Flags, size: Floats) -> tuple[Panel, Floats]:
    """Panel in which both sides of an open slip weigh the same, and half the slip by series."""
    touched = _of_series(panel, rows)
    own = ranges(panel.start, touched)
    series = np.repeat(np.arange(len(touched)), np.diff(panel.start)[touched])
    is_other, said = rows[own], np.isfinite(panel.value[own])
    span = np.zeros(len(touched))
    # An interval has no distance.
    np.fmax.at(span, series[is_other], np.abs(size[own][is_other]))
    sides = np.bincount(series * 2 + is_other, said, 2 * len(touched))
    allowance = sides[series * 2 + is_other] * span[series] ** 2 / 2
    own_var = panel.own_var.copy()
    wide = (span[series] > 0.0) & said
    own_var[own[wide]] = allowance[wide]
    spans = np.zeros(len(panel.segment))
    spans[touched] = span
    return panel._replace(own_var=own_var), spans / 2


def _solve_again(
    panel: Panel,
    model: Model,
    posterior: Posterior,
    again: Ints,
    before: Known,
    at: Ints,
    summary: Known,
) -> Posterior:
    """Solve the series of which claims were changed, and put them in their place."""
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
    posterior.trend_mean[again] = fresh.trend_mean
    posterior.trend_second[again] = fresh.trend_second
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
