"""From the draws of a series to what is said of it, and what is withheld."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from howdah.growth.checks import Checks, check
from howdah.growth.costs import find_costs
from howdah.growth.fitting import Fit, Prepared
from howdah.growth.results import Range, Result, quantiles
from howdah.growth.verdicts import Verdict, judge, unfit
from howdah.growth.widening import widen
from howdah.kernels.response import Unfolded, unfold

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Share of draws that must be possible for the others to be left out.
_LEAST_KEPT = 0.1


def conclude(
    fit: Fit, channels: tuple[str, ...], *, stop: int, prob: float, is_proxy: bool, seed: int
) -> Result:
    """Turn the draws of a series into what is said of it.

    Parameters
    ----------
    stop
        Last place with spend in the other course, in which every channel stops.
    """
    prepared, draws = fit.prepared, fit.draws
    at, n = fit.channels, prepared.n_period
    n_channel, n_all = len(channels), len(prepared.days)
    stated = np.flatnonzero(prepared.series.is_stated)
    checks = check(fit, is_proxy=is_proxy, prob=prob, seed=seed)
    spend = np.hstack([prepared.spend[at], np.zeros((len(at), n_all - n))])
    other = spend * (np.arange(n_all) <= stop)
    found = unfold(
        prepared.outcome, spend, other, prepared.design.columns, prepared.bases, draws, seed=seed
    )
    wider, is_above = widen(fit, checks, is_proxy=is_proxy, prob=prob, seed=seed)
    factor = wider / draws.size
    fitted = found.level + found.paid.sum(1)
    paid = found.paid * factor[:, :, None]
    # What was not bought was earned: the sum of the parts stays what was fitted.
    level = fitted - paid.sum(1)
    kept = _possible(prepared, level[:, stated])
    found = Unfolded(*(part[kept] for part in found))
    fit = replace(fit, draws=draws.at(kept))
    factor, fitted, paid, level = factor[kept], fitted[kept], paid[kept], level[kept]
    middle = paid.mean(0)
    ends = (1 - prob) / 2, (1 + prob) / 2

    courses = Range.blank(n_channel + 1, len(stated))
    totals, shares = Range.blank(n_channel + 1), Range.blank(n_channel + 1)
    whole = fitted[:, stated].sum(1)
    for k, c in enumerate(at):
        bought = paid[:, k][:, stated]
        courses.put(c, middle[k, stated], bought, ends)
        totals.put(c, middle[k, stated].sum(), bought.sum(1), ends)
        shares.put(c, middle[k, stated].sum() / whole.mean(), bought.sum(1) / whole, ends)
        if not is_above[k]:
            courses.lower[c] = totals.lower[c] = shares.lower[c] = 0.0
    organic = fitted.mean(0)[stated] - middle[:, stated].sum(0)
    courses.put(-1, organic, level[:, stated], ends)
    totals.put(-1, organic.sum(), level[:, stated].sum(1), ends)
    shares.put(-1, organic.sum() / whole.mean(), level[:, stated].sum(1) / whole, ends)
    after = np.arange(stop + 1, n_all)
    survival = Range.blank(len(after))
    left = level[:, after] + (found.without * factor[:, :, None]).sum(1)[:, after]
    survival.value[:] = left.mean(0)
    survival.lower[:], survival.upper[:] = quantiles(left, ends)
    scale = prepared.scale
    for part in (courses, totals, survival):
        part.multiply(scale)
    spent = (prepared.series.spend[:, stated]).sum(1)
    costs, next_costs = find_costs(fit, totals, spent, factor, ends)
    verdicts = _verdicts(fit, checks, channels, shares, is_proxy=is_proxy)
    untold = [k for k, c in enumerate(at) if verdicts[c].word == "cannot_tell"]
    if untold:
        # If they brought nothing, what they seemed to bring when they stopped stays.
        staying = paid[:, untold, min(stop, n - 1)].sum(1)
        survival.upper[:] = quantiles(left + staying[:, None], ends)[1] * scale
    result = Result(
        prepared, courses, totals, shares, spent, costs, next_costs, survival, after, verdicts,
        shares.copy(), checks, _rates(fit, n_channel),
        float(prepared.bases.drift[fit.draws.drift].mean()), float(fit.draws.noise.mean()) * scale,
    )  # fmt: skip
    _abstain(result)
    return result


def _possible(prepared: Prepared, level: Floats) -> Ints:
    """Draws that bought no more than there was.

    An outcome that is never negative has no negative organic part in all. Where hardly a draw is
    possible all are kept: the intervals then show that nothing is known.
    """
    every = np.arange(len(level))
    if np.nanmin(prepared.series.outcome) < 0.0:
        return every
    kept = np.flatnonzero(level.sum(1) >= 0.0)
    return kept if len(kept) >= _LEAST_KEPT * len(level) else every


def nothing(prepared: Prepared, channels: tuple[str, ...], *, stop: int) -> Result:
    """What is said of a series of which no channel can be fitted."""
    n_channel = len(channels)
    stated = np.flatnonzero(prepared.series.is_stated)
    after = np.arange(stop + 1, len(prepared.days))
    reasons = unfit(prepared, channels)
    verdicts = [reasons[c] for c in range(n_channel)]
    result = Result(
        prepared, Range.blank(n_channel + 1, len(stated)), Range.blank(n_channel + 1),
        Range.blank(n_channel + 1),
        prepared.series.spend[:, stated].sum(1), Range.blank(n_channel), Range.blank(n_channel),
        Range.blank(len(after)), after, (*verdicts, _base_verdict(verdicts, channels)),
        Range.blank(n_channel + 1), None, np.full(n_channel, np.nan), np.nan, np.nan,
    )  # fmt: skip
    if not any(v.is_fatal for v in verdicts):
        known = prepared.series.outcome[stated]
        result.courses.set_all(-1, known)
        result.totals.set_all(-1, np.nansum(known))
        result.shares.set_all(-1, 1.0)
    _abstain(result)
    return result


def _rates(fit: Fit, n_channel: int) -> Floats:
    found = np.full(n_channel, np.nan)
    found[fit.channels] = (1 / (1 + np.exp(-fit.draws.shape[:, :, 0]))).mean(0)
    return found


def _verdicts(
    fit: Fit, checks: Checks, channels: tuple[str, ...], shares: Range, *, is_proxy: bool
) -> tuple[Verdict, ...]:
    found = unfit(fit.prepared, channels)
    names = tuple(channels[c] for c in fit.channels)
    noise = float((fit.draws.noise**2).mean())
    for k, c in enumerate(fit.channels):
        told = float(fit.draws.norm[:, k].mean()) / noise
        before = 1.0 / float(fit.prior.size_var[k])
        # What other groups tell of a size is evidence too, no prior of ours.
        is_own = fit.prior.size_mean[k] == 0.0
        found[int(c)] = judge(
            checks, k, names, low=float(shares.lower[c]), high=float(shares.upper[c]),
            value=float(shares.value[c]), prior_share=before / (before + told) if is_own else 0.0,
            is_proxy=is_proxy,
        )  # fmt: skip
    verdicts = [found[c] for c in range(len(channels))]
    return (*verdicts, _base_verdict(verdicts, channels))


def _base_verdict(verdicts: list[Verdict], channels: tuple[str, ...]) -> Verdict:
    untold = [
        name
        for name, v in zip(channels, verdicts, strict=True)
        if v.word == "cannot_tell" and not v.reason.startswith("nothing was spent")
    ]
    if untold:
        is_fatal = any(v.is_fatal for v in verdicts)
        named = ", ".join(repr(name) for name in untold)
        return Verdict("cannot_tell", f"what is organic is not known without {named}", is_fatal)
    if any(v.word == "weak" for v in verdicts):
        return Verdict("weak", "channels that are weakly known are in it or not")
    return Verdict("identified", "what the channels did not bring")


def _abstain(result: Result) -> None:
    """Take out values that cannot be told; bounds stay where there are some."""
    n_channel = len(result.verdicts) - 1
    parts = result.courses, result.totals, result.shares
    for c, verdict in enumerate(result.verdicts):
        if verdict.word != "cannot_tell":
            continue
        is_channel = c < n_channel
        for part in parts:
            if is_channel and result.prepared.most[c] <= 0.0:
                part.set_all(c, 0.0)
            elif verdict.is_fatal:
                part.set_all(c, np.nan)
            else:
                part.value[c] = np.nan
                if is_channel:
                    # It may have brought nothing; then that much more was organic.
                    part.upper[-1] += part.lower[c]
                    part.lower[c] = 0.0
        if is_channel:
            result.costs.set_all(c, np.nan)
            result.next_costs.set_all(c, np.nan)
    if result.verdicts[-1].word == "cannot_tell":
        result.survival.value[:] = np.nan
        if result.verdicts[-1].is_fatal:
            result.survival.lower[:] = result.survival.upper[:] = np.nan
