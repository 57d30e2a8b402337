"""Whether what was learnt still holds: new truth against the intervals before it.

An anchor that an update brings is hidden, its series solved without it, and counted by whether it
lies in the interval that it would have had. Of the anchors of a series in one update the last
counts for the test, because they share its errors.

At the end of a series intervals hold less than amid it, from the first day on: nothing later
corrects them. So the same was asked of the sample when it was learnt from, of the last anchor of
each series without the claims after it, and new truth has to be worse than that as well.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr

from howdah.estimates.fusion.calibration import Residuals
from howdah.estimates.fusion.coding import Coded, Numbered, code_claims
from howdah.estimates.fusion.learned import Learned
from howdah.estimates.fusion.learning import ANCHOR_SD
from howdah.estimates.fusion.solving import solve, take_series
from howdah.kernels import Known, know_nothing, leave_out, take_known

Flags = NDArray[np.bool_]

#: Chance of as few anchors inside from which intervals are held to be wrong: asked every day.
_CHANCE = 1e-3

#: Periods after the last one that was learnt from, as many as were tested (benchmarks/fusion).
REFIT_PERIODS = 26


@dataclass(frozen=True, slots=True)
class Tested:
    """Anchors since everything was learnt, and how many of them lay inside."""

    n: int = 0
    n_inside: int = 0
    n_series: int = 0
    n_series_inside: int = 0

    def add(self, other: "Tested") -> "Tested":
        """Both together."""
        return Tested(
            self.n + other.n,
            self.n_inside + other.n_inside,
            self.n_series + other.n_series,
            self.n_series_inside + other.n_series_inside,
        )

    def summary(self, prob: float) -> dict[str, object]:
        """Coverage and its counts, as plain values."""
        return {
            "nominal": prob,
            "coverage": self.n_inside / self.n if self.n else None,
            "n": self.n,
            "n_series": self.n_series,
            "n_series_inside": self.n_series_inside,
        }

    def fails(self, prob: float, before: "Tested") -> bool:
        """Whether so few inside is too unlikely for `prob`, and for what was so `before`."""
        n, inside = self.n_series, self.n_series_inside
        # What it takes to load is for one number.
        from scipy.stats import hypergeom  # noqa: PLC0415

        by_prob = bdtr(inside, n, prob)
        # The chance that of all of both the ones outside fall to these (Fisher's test).
        n_both = n + before.n_series
        by_before = hypergeom.cdf(inside, n_both, inside + before.n_series_inside, n)
        return bool(max(by_prob, by_before) < _CHANCE)


def check_last_anchors(learned: Learned, sample: Numbered) -> Tested:
    """The last truth of each series of a sample against the interval that it would have had."""
    coded = code_claims(sample, learned.coding)
    panel = coded.panel
    series = np.repeat(np.arange(len(panel.segment)), np.diff(panel.start))
    is_truth = panel.source == learned.coding.names.truth
    last = np.full(len(panel.segment), -1, np.int64)
    np.maximum.at(last, series[is_truth], panel.period[is_truth])
    earlier = leave_out(panel, panel.period > last[series])
    is_last = is_truth & (panel.period == last[series])
    return check_anchors(
        learned, coded._replace(panel=earlier), know_nothing(len(panel.segment)), is_last
    )


def check_anchors(learned: Learned, coded: Coded, before: Known, is_new: Flags) -> Tested:
    """New truth against the intervals without it.

    Parameters
    ----------
    is_new
        (n,) claims of the panel that are new truth.
    """
    own = np.repeat(np.arange(len(coded.panel.segment)), np.diff(coded.panel.start))
    series = np.unique(own[is_new])
    if not len(series):
        return Tested()
    panel, rows = take_series(coded.panel, series)
    hidden = is_new[rows]
    solved = solve(
        leave_out(panel, hidden),
        learned.model,
        learned.rules,
        suspects=learned.parts.suspects,
        before=take_known(before, series),
    )
    posterior = solved.posterior
    at = np.flatnonzero(hidden)
    number = np.repeat(np.arange(len(series)), np.diff(panel.start))[at]
    level = posterior.level_start[number] + panel.period[at] - panel.first[number]
    own_var = learned.widening * posterior.variance[level]
    sd = np.sqrt(own_var + learned.common_var + ANCHOR_SD**2)
    residuals = Residuals(
        series=number,
        z=(panel.value[at] - posterior.mean[level]) / sd,
        segment=panel.segment[number].astype(np.int64),
        size=panel.size[number].astype(np.int64),
        # Truth is one of the series' house effects.
        n_sources=np.diff(posterior.house_start)[number] - 1,
    )
    inside = learned.calibration.holds(residuals)
    is_last = np.append(number[1:] != number[:-1], [True])
    return Tested(len(inside), int(inside.sum()), int(is_last.sum()), int((inside & is_last).sum()))
