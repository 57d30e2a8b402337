"""Calibration: intervals made to cover as often as they say, on truth that the fit did not see.

Split conformal: anchors are hidden, the series are solved again without them, and the distance of
truth from the level, in standard deviations of the model, gives the factor by which intervals
have to be wider. Factors go by segment, by size class and by number of sources, each shrunk to
the factor of all; a segment without truth of its own gets the wider of the model's and the pooled
interval, and says so. [1]_

References
----------
.. [1] Romano, Patterson & Candes (2019), "Conformalized Quantile Regression"; Vovk (2012),
   "Conditional validity of inductive conformal predictors".
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Codes = NDArray[np.integer]
Flags = NDArray[np.bool_]

#: Bounds of the numbers of sources that are calibrated together: 1, 2, 3 and 4, more.
SOURCE_BOUNDS = (1, 2, 4)

#: Anchored series by which the factor of a group is shrunk to that of all.
_SHRINK_SERIES = 25.0

#: Fewest anchored series for a factor to be learnt at all.
LEAST_SERIES = 20


#: Truth makes intervals this much narrower than the model's at most. It does more where claims
#: repeat the truth digit by digit, and beside these there are rounded ones, which no factor of a
#: whole group tells apart: theirs would be far too narrow.
_LEAST_FACTOR = 0.5

#: Times which the variance of a pass is taken where no truth tells how wide intervals have to be. A
#: pass holds its weights for known; what figures with t errors of four degrees of freedom tell is
#: 5/7 of what it then takes them to. So a variance that is held of something beforehand, or stated,
#: is divided by it to enter as the squared scale of a t distribution.
#: Lange, Little & Taylor (1989), "Robust Statistical Modeling Using the t Distribution".
WEIGHTS_UNKNOWN = 7 / 5

#: Folds in which coverage is checked.
_N_FOLDS = 10


class Residuals(NamedTuple):
    """Truth against the level that was fitted without it, one row an anchor."""

    series: Ints
    z: Floats  # (truth - level) / sd of the model
    segment: Ints
    size: Ints
    n_sources: Ints


class Calibration(NamedTuple):
    """Factors on the model's standard deviation, for intervals of one probability."""

    prob: float
    overall: float
    by_segment: Floats  # (n_segment,) times `overall`
    by_size: Floats
    by_sources: Floats
    has_truth: NDArray[np.bool_]  # (n_segment,)
    n_series: int

    @property
    def is_calibrated(self) -> bool:
        """Whether there was enough truth to learn from."""
        return self.n_series >= LEAST_SERIES

    def factors(self, segment: Codes, size: Codes, n_sources: Codes) -> Floats:
        """Factor of each row's interval; in a segment without truth no less than without any."""
        group = np.searchsorted(SOURCE_BOUNDS, n_sources)
        own = self.overall * self.by_segment[segment] * self.by_size[size] * self.by_sources[group]
        return np.maximum(
            own, np.where(self.has_truth[segment], _LEAST_FACTOR, WEIGHTS_UNKNOWN**0.5)
        )

    def holds(self, residuals: Residuals) -> Flags:
        """Whether each anchor lies inside its interval."""
        factor = self.factors(residuals.segment, residuals.size, residuals.n_sources)
        return np.abs(residuals.z) <= factor * float(ndtri(0.5 + self.prob / 2))


def calibrate(residuals: Residuals, prob: float, *, n_segment: int, n_size: int) -> Calibration:
    """Factors that make intervals of mass `prob` cover `prob` of the truth.

    Every anchored series counts the same, however many anchors it has; too few give factors of 1.
    """
    n_sources = len(SOURCE_BOUNDS) + 1
    counted = np.unique(residuals.series, return_inverse=True)[1]
    n_series = int(counted.max(initial=-1)) + 1
    has_truth = np.bincount(residuals.segment, minlength=n_segment) > 0
    if n_series < LEAST_SERIES:
        ones = [np.ones(n) for n in (n_segment, n_size, n_sources)]
        nowhere = np.zeros(n_segment, np.bool_)
        return Calibration(prob, 1.0, ones[0], ones[1], ones[2], nowhere, n_series)
    weight = 1.0 / np.bincount(counted)[counted]
    normal = float(ndtri(0.5 + prob / 2))
    off = np.abs(residuals.z) / normal
    overall = _quantile(off, weight, prob, n_series)
    off = off / overall
    found: list[Floats] = []
    groups = (
        (residuals.segment, n_segment),
        (residuals.size, n_size),
        (np.searchsorted(SOURCE_BOUNDS, residuals.n_sources), n_sources),
    )
    for group, n in groups:
        factors = np.ones(n)
        for g in range(n):
            own = group == g
            n_own = len(np.unique(counted[own]))
            if n_own:
                raw = np.log(_quantile(off[own], weight[own], prob, n_own))
                factors[g] = np.exp(raw * n_own / (n_own + _SHRINK_SERIES))
        # The next kind of group explains what this one has left.
        off = off / factors[group]
        found.append(factors)
    by_segment, by_size, by_sources = found
    return Calibration(prob, overall, by_segment, by_size, by_sources, has_truth, n_series)


def held_out(residuals: Residuals, prob: float, *, n_segment: int, n_size: int) -> Flags:
    """Whether each anchor lies inside its interval, by factors that its series did not teach.

    The series are dealt to folds; the factors of a fold are those of all other folds. Coverage
    of the anchors that taught the factors would be right by construction.
    """
    inside = np.zeros(len(residuals.z), np.bool_)
    fold = np.unique(residuals.series, return_inverse=True)[1] % _N_FOLDS
    for f in range(_N_FOLDS):
        rest = Residuals(*(column[fold != f] for column in residuals))
        found = calibrate(rest, prob, n_segment=n_segment, n_size=n_size)
        inside = np.where(fold == f, found.holds(residuals), inside)
    return inside


def coverage(inside: Flags, group: Ints) -> list[tuple[int, float, int]]:
    """(group, share of truth inside, number of anchors) of each group."""
    return [
        (int(g), float(inside[group == g].mean()), int((group == g).sum()))
        for g in np.unique(group)
    ]


def _quantile(values: Floats, weight: Floats, prob: float, n_series: int) -> float:
    """Weighted quantile, at the level that split conformal needs for `n_series` exchangeable."""
    order = np.argsort(values)
    mass = np.cumsum(weight[order])
    level = min(prob * (1 + 1 / n_series), 1.0) * mass[-1]
    return float(max(values[order][min(np.searchsorted(mass, level), len(order) - 1)], 1e-3))
