"""From the draws of a series to what is said of it, and what is withheld."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from howdah.growth.checks import Checks, check
from howdah.growth.costs import find_costs
from howdah.growth.fitting import Fit, Prepared
from howdah.growth.results import Range, Result, quantiles
from howdah.growth.sums import Sum, blocks_of, find_sums
from howdah.growth.verdicts import Verdict, judge, unfit
from howdah.growth.widening import Widened, widen
from howdah.kernels.response import Unfolded, unfold

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Share of draws that must be possible for the others to be left out.
_LEAST_KEPT = 0.1


def conclude(
    fit: Fit, channels: tuple[str, ...], *, stop: int, prob: float, is_proxy: bool, seed: int,
    together: Sequence[tuple[int, ...]] = (),
) -> Result:  # fmt: skip
    """Turn the draws of a series into what is said of it.

    Parameters
    ----------
    stop
        Last place with spend in the other course, in which every channel stops.
    together
        Sets of channels of which the sum is told, beside those that move as one and all of them.
    """
    prepared = fit.prepared
    at = fit.channels
    n_all = len(prepared.days)
    stated = np.flatnonzero(prepared.series.is_stated)
    ends = (1 - prob) / 2, (1 + prob) / 2
    checks = check(fit, is_proxy=is_proxy, prob=prob, seed=seed)
    wider = widen(fit, checks, prob=prob, seed=seed)
    blocks = blocks_of(checks)
    fit, wider, found, level = _courses(fit, wider, blocks, stop=stop, seed=seed)
    factor = wider.size / fit.draws.size
    paid = found.paid * factor[:, :, None]
    whole = (found.level + found.paid.sum(1))[:, stated].sum(1)

    courses, totals, shares = _parts(paid[:, :, stated], level[:, stated], whole, fit, wider, ends)
    after = np.arange(stop + 1, n_all)
    survival = Range.blank(len(after))
    least = _least(prepared)
    left = level[:, after] + _bought(found.without, fit.draws.size, wider, blocks)[:, after]
    left = np.maximum(left, least)
    survival.value[:] = left.mean(0)
    survival.lower[:], survival.upper[:] = quantiles(left, ends)
    scale = prepared.scale
    for ends_of_base in (courses.lower[-1], courses.upper[-1]):
        np.maximum(ends_of_base, least, out=ends_of_base)
    for part in (courses, totals, survival):
        part.multiply(scale)
    spent = (prepared.series.spend[:, stated]).sum(1)
    costs, next_costs = find_costs(fit, totals, spent, factor, ends)
    sums = find_sums(
        fit, checks, wider, found.paid[:, :, stated] / fit.draws.size[:, :, None], whole,
        _wanted(blocks, at, together, len(channels)), channels, spent,
        is_proxy=is_proxy, prob=prob,
    )  # fmt: skip
    verdicts = _verdicts(fit, checks, channels, shares, sums, is_proxy=is_proxy)
    in_sums = {c for s in sums if s.verdict.word != "cannot_tell" for c in s.channels}
    untold = [k for k, c in enumerate(at.tolist()) if verdicts[c].word == "cannot_tell"]
    untold = [k for k in untold if int(at[k]) not in in_sums]
    if untold:
        # If they brought nothing, what they seemed to bring when they stopped stays.
        staying = paid[:, untold, min(stop, prepared.n_period - 1)].sum(1)
        survival.upper[:] = quantiles(left + staying[:, None], ends)[1] * scale
    result = Result(
        prepared, courses, totals, shares, spent, costs, next_costs, survival, after, verdicts,
        shares.copy(), checks, _rates(fit, len(channels)),
        float(prepared.bases.drift[fit.draws.drift].mean()), float(fit.draws.noise.mean()) * scale,
        sums,
    )  # fmt: skip
    _abstain(result)
    return result


def _courses(
    fit: Fit, wider: Widened, blocks: list[list[int]], *, stop: int, seed: int
) -> tuple[Fit, Widened, Unfolded, Floats]:
    """Draws that are possible, their courses, and (n_draw, n_period) what was not bought."""
    prepared, draws = fit.prepared, fit.draws
    n_all = len(prepared.days)
    ahead = np.zeros((len(fit.channels), n_all - prepared.n_period))
    spend = np.hstack([prepared.spend[fit.channels], ahead])
    other = spend * (np.arange(n_all) <= stop)
    found = unfold(
        prepared.outcome, spend, other, prepared.design.columns, prepared.bases, draws, seed=seed
    )
    # What was not bought was earned: the sum of the parts stays what was fitted.
    bought = _bought(found.paid, draws.size, wider, blocks)
    level = found.level + found.paid.sum(1) - bought
    kept = _possible(prepared, level[:, np.flatnonzero(prepared.series.is_stated)])
    wider = wider._replace(size=wider.size[kept], signed=wider.signed[kept])
    found = Unfolded(*(part[kept] for part in found))
    return replace(fit, draws=draws.at(kept)), wider, found, level[kept]


def _parts(
    paid: Floats, level: Floats, whole: Floats, fit: Fit, wider: Widened, ends: tuple[float, float]
) -> tuple[Range, Range, Range]:
    """Courses, totals and shares of the channels and the base over the stated periods.

    Parameters
    ----------
    paid, level
        (n_draw, n_fitted, n_stated) and (n_draw, n_stated).
    """
    n_channel = len(fit.prepared.spend)
    middle = paid.mean(0)
    courses = Range.blank(n_channel + 1, paid.shape[2])
    totals, shares = Range.blank(n_channel + 1), Range.blank(n_channel + 1)
    for k, c in enumerate(fit.channels):
        bought = paid[:, k]
        courses.put(c, middle[k], bought, ends)
        totals.put(c, middle[k].sum(), bought.sum(1), ends)
        shares.put(c, middle[k].sum() / whole.mean(), bought.sum(1) / whole, ends)
        if not wider.is_above[k]:
            courses.lower[c] = totals.lower[c] = shares.lower[c] = 0.0
    organic = level.mean(0)
    courses.put(-1, organic, level, ends)
    totals.put(-1, organic.sum(), level.sum(1), ends)
    shares.put(-1, organic.sum() / whole.mean(), level.sum(1) / whole, ends)
    return courses, totals, shares


def _bought(paid: Floats, size: Floats, wider: Widened, blocks: list[list[int]]) -> Floats:
    """(n_draw, n_period) what all channels brought; a block that moves as one is cut as one."""
    total = np.zeros((len(paid), paid.shape[2]))
    for block in blocks:
        if len(block) == 1:
            k = block[0]
            total += paid[:, k] * (wider.size[:, k] / size[:, k])[:, None]
        else:
            signed = wider.signed[:, block] / size[:, block]
            total += np.maximum((paid[:, block] * signed[:, :, None]).sum(1), 0.0)
    return total


def _wanted(
    blocks: list[list[int]], at: Ints, together: Sequence[tuple[int, ...]], n_channel: int
) -> list[tuple[int, ...]]:
    """Sets of channels that are told together, each once."""
    found = [tuple(sorted(int(at[k]) for k in block)) for block in blocks if len(block) > 1]
    found += [tuple(sorted(some)) for some in together]
    if n_channel > 1:
        found.append(tuple(range(n_channel)))
    return list(dict.fromkeys(found))


def _least(prepared: Prepared) -> float:
    """The least that an outcome can be: none where it never was below it."""
    return -np.inf if np.nanmin(prepared.series.outcome) < 0.0 else 0.0


def _possible(prepared: Prepared, level: Floats) -> Ints:
    """Draws that bought no more than there was.

    An outcome that is never negative has no negative organic part in all. Where hardly a draw is
    possible all are kept: the intervals then show that nothing is known.
    """
    every = np.arange(len(level))
    if _least(prepared) < 0.0:
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
    fit: Fit, checks: Checks, channels: tuple[str, ...], shares: Range, sums: tuple[Sum, ...],
    *, is_proxy: bool,
) -> tuple[Verdict, ...]:  # fmt: skip
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
    return (*verdicts, _base_verdict(verdicts, channels, sums))


def _base_verdict(
    verdicts: list[Verdict], channels: tuple[str, ...], sums: tuple[Sum, ...] = ()
) -> Verdict:
    untold = [
        name
        for name, v in zip(channels, verdicts, strict=True)
        if v.word == "cannot_tell" and v.code != "nothing_spent"
    ]
    # What is organic needs what all brought together, not what each did.
    every = next((s.verdict for s in sums if len(s.channels) == len(channels)), None)
    if untold and every is not None and every.word != "cannot_tell":
        return Verdict(every.word, "what the channels did not bring together")
    if untold:
        is_fatal = any(v.is_fatal for v in verdicts)
        named = ", ".join(repr(name) for name in untold)
        reason = f"what is organic is not known without {named}"
        return Verdict("cannot_tell", reason, is_fatal, "lacking")
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
            result.costs.set_all(c, np.nan)
            result.next_costs.set_all(c, np.nan)
            if result.prepared.most[c] > 0.0:
                _open_lower_ends(result, c)
    if result.verdicts[-1].word == "cannot_tell":
        result.survival.value[:] = np.nan
        if result.verdicts[-1].is_fatal:
            result.survival.lower[:] = result.survival.upper[:] = np.nan


def _open_lower_ends(result: Result, c: int) -> None:
    """A channel that cannot be told may have brought nothing; then that much more was organic."""
    for part in (result.courses, result.totals, result.shares):
        if not result.verdicts[c].is_fatal:
            if result.verdicts[-1].word == "cannot_tell":
                part.upper[-1] += part.lower[c]
            part.lower[c] = 0.0
