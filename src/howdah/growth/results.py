"""What came of one series, in the outcome's unit: courses, totals, shares, survival, costs."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from howdah.growth.checks import Checks
from howdah.growth.fitting import Prepared
from howdah.growth.verdicts import Verdict

if TYPE_CHECKING:
    from howdah.growth.sums import Sum

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: The organic level among the channels.
BASE = "(base)"


@dataclass(frozen=True, slots=True)
class Range:
    """Values with their ends; NaN where it cannot be told."""

    value: Floats
    lower: Floats
    upper: Floats

    @classmethod
    def blank(cls, *shape: int) -> Self:
        """Of a shape, with nothing told."""
        return cls(np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, np.nan))

    def copy(self) -> Self:
        """The same values, kept apart."""
        return type(self)(self.value.copy(), self.lower.copy(), self.upper.copy())

    def multiply(self, scale: float) -> None:
        """Bring to another unit, in place."""
        for values in (self.value, self.lower, self.upper):
            np.multiply(values, scale, out=values)

    def put(
        self, row: int, value: Floats | float, draws: Floats, ends: tuple[float, float]
    ) -> None:
        """Set a row to a value and the quantiles of its draws, which are over the first axis."""
        self.value[row] = value
        self.lower[row], self.upper[row] = quantiles(draws, ends)

    def set_all(self, row: int, values: Floats | float) -> None:
        """Set a row, its ends too: what is known without error, or not at all."""
        self.value[row] = self.lower[row] = self.upper[row] = values


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one series; rows are the channels, then the base.

    Attributes
    ----------
    prepared
        The series; rows stand in its stated periods.
    courses
        (n_channel + 1, n_stated).
    totals, shares
        (n_channel + 1,).
    spent
        (n_channel,) sums of spend.
    costs, next_costs
        (n_channel,) spend a unit of outcome: of all that was bought, and of a little more.
    survival
        (n_after,) the outcome after the stop, and `after`, the places of its periods.
    verdicts
        Of the channels and the base.
    fitted
        (n_channel + 1,) shares as the fit has them, before anything was withheld.
    checks
        None where nothing could be fitted.
    rates
        (n_channel,) carry-over of the fitted channels.
    drift, noise
        Of the level, as share of the noise's variance, and of the outcome, posterior means.
    sums
        Channels taken together; none where nothing could be fitted.
    """

    prepared: Prepared
    courses: Range
    totals: Range
    shares: Range
    spent: Floats
    costs: Range
    next_costs: Range
    survival: Range
    after: Ints
    verdicts: tuple[Verdict, ...]
    fitted: Range
    checks: Checks | None
    rates: Floats
    drift: float
    noise: float
    sums: "tuple[Sum, ...]" = ()


def quantiles(draws: Floats, ends: tuple[float, float]) -> tuple[Floats, Floats]:
    """Ends of the middle part of draws, over the first axis, between neighbouring draws."""
    n_draw = len(draws)
    at = [q * (n_draw - 1) for q in ends]
    if draws.ndim == 1:
        places = sorted({int(p) for p in at} | {min(int(p) + 1, n_draw - 1) for p in at})
        ordered = np.partition(draws, places)
    else:
        # Rows that lie together sort many times faster than columns part.
        ordered = np.sort(np.ascontiguousarray(np.moveaxis(draws, 0, -1)), axis=-1)
    found = []
    for p in at:
        low, share = int(p), p - int(p)
        upper = ordered[..., min(low + 1, n_draw - 1)]
        found.append(ordered[..., low] * (1 - share) + upper * share)
    return found[0], found[1]
