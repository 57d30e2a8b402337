"""Entities that are not in the list: how often those come in from outside."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from howdah.kernels.proportions import share_interval
from howdah.signals.breakouts.labels import candidates, label
from howdah.signals.breakouts.model import Forecast
from howdah.signals.breakouts.panel import Panel
from howdah.signals.breakouts.target import Target

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Months since the last listing that part one kind from the next; the last kind was never listed.
_GONE = (3, 12)
KINDS = ("gone for up to 3 months", "gone for up to a year", "gone for over a year", "never listed")


@dataclass(frozen=True, slots=True)
class AbsentRates:
    """Of each kind of `KINDS` how many were asked about, and how many came.

    Attributes
    ----------
    asked, came
        (len(KINDS),) over all past origins.
    overlap
        Origins that tell as much as one.
    """

    asked: Floats
    came: Floats
    overlap: float

    def forecast(self, kind: Ints, prob: float) -> Forecast:
        """Probabilities of entities of some kinds; NaN where none was ever asked about."""
        rate = (self.came + 0.5) / (self.asked + 1)
        size = (self.asked + 1) / self.overlap
        lower, upper = share_interval(rate, size, prob)
        known = np.where(self.asked > 0, 1.0, np.nan)
        return Forecast((rate * known)[kind], (lower * known)[kind], (upper * known)[kind])


def absence_kinds(panel: Panel, column: int) -> Ints:
    """(n,) position in `KINDS` of each entity at an origin, -1 of those in the list."""
    panel.require(column)
    listed = panel.rank[:, : column + 1] > 0
    ago = listed[:, ::-1].argmax(axis=1)
    kind = np.searchsorted(np.array(_GONE), ago)
    kind = np.where(listed.any(axis=1), kind, len(KINDS) - 1)
    return np.where(listed[:, column], -1, kind).astype(np.int64)


def absent_rates(panel: Panel, target: Target, horizon: int, columns: Sequence[int]) -> AbsentRates:
    """How often absent entities reached a target after past origins.

    Parameters
    ----------
    columns
        Origins, each with its horizon over.
    """
    asked, came = np.zeros(len(KINDS)), np.zeros(len(KINDS))
    for column in columns:
        kind = absence_kinds(panel, column)
        rows = candidates(panel, column, target) & (kind >= 0)
        found = label(panel, column, target, horizon).came
        asked += np.bincount(kind[rows], minlength=len(KINDS))
        came += np.bincount(kind[rows & found], minlength=len(KINDS))
    span = (columns[-1] - columns[0]) / horizon + 1 if columns else 1.0
    return AbsentRates(asked, came, max(len(columns) / span, 1.0))
