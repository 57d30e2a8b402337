"""Channels taken together: those that move as one, those of one owner, and all of them.

Of two channels that always move together neither part can be told, and their sum often can. A
sum is judged as a channel is, but for how alike its own channels are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from howdah.growth.checks import Checks
from howdah.growth.fitting import Fit
from howdah.growth.results import Range, quantiles
from howdah.growth.verdicts import MOST_INFLATION, Verdict, judge_sum
from howdah.growth.widening import Widened, is_sum_above

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sum:
    """What some channels brought together.

    Attributes
    ----------
    channels
        Their places among all channels.
    total, share
        (1,) in the outcome's unit, and of the whole.
    course
        (n_stated,) what they brought by period.
    spent
        Sum of their spend.
    cost
        (1,) spend a unit that they brought.
    """

    channels: tuple[int, ...]
    total: Range
    share: Range
    course: Range
    spent: float
    cost: Range
    verdict: Verdict


def blocks_of(checks: Checks) -> list[list[int]]:
    """Places of fitted channels, those together that cannot be told from each other."""
    block = list(range(len(checks.inflation)))
    for k, partner in enumerate(checks.partner):
        if checks.inflation[k] > MOST_INFLATION:
            old, new = block[k], block[int(partner)]
            block = [new if b == old else b for b in block]
    return [[k for k, b in enumerate(block) if b == own] for own in dict.fromkeys(block)]


def find_sums(
    fit: Fit, checks: Checks, wider: Widened, brought: Floats, whole: Floats,
    wanted: Sequence[tuple[int, ...]], names: tuple[str, ...], spent: Floats,
    *, is_proxy: bool, prob: float,
) -> tuple[Sum, ...]:  # fmt: skip
    """What each of some sets of channels brought.

    Parameters
    ----------
    brought
        (n_draw, n_channel, n_stated) what the fitted channels brought, a unit of signed size.
    whole
        (n_draw,) the whole outcome without its noise.
    wanted
        Sets of places among all channels.
    spent
        (n_channel,) of all channels.
    """
    scale, most = fit.prepared.scale, fit.prepared.most
    place = {int(c): k for k, c in enumerate(fit.channels)}
    ends = (1 - prob) / 2, (1 + prob) / 2
    found = []
    for channels in wanted:
        at = [place[c] for c in channels if c in place]
        total, share, cost = (Range.blank(1) for _ in range(3))
        course = Range.blank(brought.shape[2])
        lacking = [names[c] for c in channels if most[c] > 0.0 and c not in place]
        if at:
            by_period = (brought[:, at] * wider.signed[:, at, None]).sum(1)
            draws = np.maximum(by_period.sum(1), 0.0)
            course.value[:] = np.maximum(by_period, 0.0).mean(0)
            course.lower[:], course.upper[:] = quantiles(np.maximum(by_period, 0.0), ends)
            total.put(0, draws.mean(), draws, ends)
            share.put(0, draws.mean() / whole.mean(), draws / whole, ends)
            if not is_sum_above(fit, checks, at, prob=prob):
                total.lower[0] = share.lower[0] = 0.0
                course.lower[:] = 0.0
        verdict = judge_sum(
            checks, at, lacking, low=float(share.lower[0]), high=float(share.upper[0]),
            value=float(share.value[0]), is_proxy=is_proxy,
        )  # fmt: skip
        total.multiply(scale)
        course.multiply(scale)
        money = float(spent[list(channels)].sum())
        if verdict.word == "cannot_tell":
            for part in (total, share, course):
                part.value[:] = np.nan
                part.lower[:] = np.nan if verdict.is_fatal else 0.0
                if verdict.is_fatal:
                    part.upper[:] = np.nan
        else:
            with np.errstate(divide="ignore"):
                cost.value[0] = money / total.value[0]
                cost.lower[0], cost.upper[0] = money / total.upper[0], money / total.lower[0]
        found.append(Sum(tuple(channels), total, share, course, money, cost, verdict))
    return tuple(found)
