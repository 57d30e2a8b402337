"""Outages: part of what is counted was missing for some snapshots, and came back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from howdah.estimates.health.breaks import LevelBreak
from howdah.estimates.health.events import Event, rarity, step_interval

Floats = NDArray[np.float64]

#: Snapshots that an outage lasts at most: two weeks of a daily feed. A level that comes back later
#: than that may have been let go of on purpose: two shifts.
LONGEST_OUTAGE = 14

#: The level is back when what the fall and the rise leave together is no more than chance leaves in
#: nine of ten pairs.
_BACK_SDS = 1.645


@dataclass(frozen=True, slots=True)
class Outage:
    """A fall of all of a feed, and the rise that undid it.

    Both tell one size: it is the mean of the two, and what they differ by is the market's.
    """

    fall: LevelBreak
    back: LevelBreak

    @property
    def offset(self) -> float:
        """Log of the share that was left."""
        return (self.fall.offset - self.back.offset) / 2

    @property
    def n_snapshots(self) -> int:
        """How many snapshots it lasted."""
        return self.back.first - self.fall.first


def find_outages(
    breaks: Sequence[LevelBreak], stated: Collection[int] = ()
) -> tuple[list[Outage], list[LevelBreak]]:
    """Breaks that are the two ends of an outage, and those that last.

    Parameters
    ----------
    breaks
        In order of time.
    stated
        Positions where the feed itself says that it counts otherwise: what happens there is no
        outage.

    Notes
    -----
    A loss over several snapshots is a drain, whatever follows it. What it cannot tell: an outage of
    which one end stands out too little to be a break stays a shift. A rise that is undone is not
    looked for: nothing is missing then.
    """
    outages: list[Outage] = []
    lasting: list[LevelBreak] = []
    n = 0
    while n < len(breaks):
        if n + 1 < len(breaks) and _is_outage(breaks[n], breaks[n + 1], stated):
            outages.append(Outage(breaks[n], breaks[n + 1]))
            n += 2
        else:
            lasting.append(breaks[n])
            n += 1
    return outages, lasting


def _is_outage(fall: LevelBreak, back: LevelBreak, stated: Collection[int]) -> bool:
    ends = (*range(fall.first, fall.last + 1), *range(back.first, back.last + 1))
    return (
        fall.offset < 0 < back.offset
        and not fall.is_drain
        and back.first - fall.first <= LONGEST_OUTAGE
        and abs(fall.offset + back.offset) <= _BACK_SDS * np.hypot(fall.sd, back.sd)
        and not any(n in stated for n in ends)
    )


def restored(offsets: Floats, outages: Sequence[Outage]) -> Floats:
    """Offsets of the steps with those of each outage adding up to nothing.

    What was counted after it is then on the scale of what was counted before.
    """
    offsets = offsets.copy()
    for found in outages:
        for part, offset in ((found.fall, found.offset), (found.back, -found.offset)):
            offsets[part.first : part.last + 1] *= offset / part.offset
    return offsets


def outage_events(
    steps: pl.DataFrame, outages: Sequence[Outage], noise: Floats, prob: float
) -> list[Event]:
    """Outages as events: a period of which part is missing, with the share that was left.

    Parameters
    ----------
    steps
        ``period`` of each snapshot, ordered.
    noise
        (n,) variance of each step's median.
    prob
        Mass inside the intervals.
    """
    events = []
    for found in outages:
        ends = (found.fall, found.back)
        variance = sum(end.sd**2 + noise[end.first : end.last + 1].sum() for end in ends) / 4
        size, lower, upper = step_interval(found.offset, float(np.sqrt(variance)), prob)
        first, back = (steps["period"][end.first] for end in ends)
        last = steps["period"][found.back.first - 1]
        n = found.n_snapshots
        lasted = f"{n:,} {'snapshot' if n == 1 else 'snapshots'}"
        evidence = (
            f"a partial outage from {first} to {last} ({lasted}): all that is counted fell to "
            f"{size:.3g} of what its drift has it, and came back on {back}; {found.fall.sds:.1f} "
            f"and {found.back.sds:.1f} standard deviations of its ordinary steps"
        )
        confidence = rarity(min(end.sds for end in ends))
        events.append(Event(first, "missing_period", size, lower, upper, confidence, evidence))
    return events
