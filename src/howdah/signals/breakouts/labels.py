"""Labels: who did break out after an origin, told only once the horizon is over."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from howdah.signals.breakouts.panel import Panel
from howdah.signals.breakouts.target import Target

Bools = NDArray[np.bool_]

#: Months at the end of a horizon of which one at least has a snapshot: quarters have no more, and
#: lists of the first of a month are sometimes a day late.
_SEEN_WITHIN = 3


@dataclass(frozen=True, slots=True)
class Labels:
    """What became of the entities of a panel after one origin.

    Attributes
    ----------
    came
        (n,) whether the target was reached.
    months
        (n,) months until it first was, 0 where it was not.
    """

    came: Bools
    months: NDArray[np.int64]


def are_known(panel: Panel, column: int, horizon: int) -> bool:
    """Whether the horizon after an origin is over, and its end was seen."""
    end = column + horizon + 1
    first = max(end - _SEEN_WITHIN, column + 1)
    return end <= panel.last + 1 and bool((panel.length[first:end] > 0).any())


def candidates(panel: Panel, column: int, target: Target) -> Bools:
    """(n,) entities that may reach the target from where they are at an origin.

    Those that are not in the list may enter a top from outside it; of growth nothing can be said
    without a level.
    """
    panel.require(column)
    rank = panel.rank[:, column]
    deep = (rank == 0) | (rank > target.beyond) if target.beyond else rank >= 0
    if target.kind == "growth":
        outside = np.isfinite(panel.level[:, column])
    else:
        first = max(column - max(target.newcomer - 1, 0), 0)
        before = panel.rank[:, first : column + 1]
        outside = np.asarray(((before > 0) & (before <= target.n)).sum(axis=1) == 0, np.bool_)
    return np.asarray(outside & deep, np.bool_)


def label(panel: Panel, column: int, target: Target, horizon: int) -> Labels:
    """Who reached a target within a horizon.

    Parameters
    ----------
    column
        The origin.
    horizon
        Months after it.

    Raises
    ------
    LookAheadError
        The horizon is not over by the day that the panel is of.
    """
    panel.require(column + horizon)
    window = slice(column + 1, column + horizon + 1)
    # Months that an earlier snapshot stands for say nothing of their own.
    counts = panel.length[window] > 0
    if target.kind == "growth":
        rise = panel.level[:, window] - panel.level[:, column, None]
        there = (rise >= np.log(target.size)) & counts
    else:
        rank = panel.rank[:, window]
        there = (rank > 0) & (rank <= target.n) & counts
    came = there.sum(axis=1) >= target.hold
    return Labels(came, np.where(came, there.argmax(axis=1) + 1, 0))
