"""Growth of followed series over about a month, a quarter and a year, with its interval.

House effects stand in both levels and cancel, so growth is better known than either.
"""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from howdah.estimates.aggregates import Levels
from howdah.estimates.aggregates.sharing import Sharing
from howdah.estimates.fits import Fit, fit_levels
from howdah.estimates.models import Models
from howdah.estimates.observations import SERIES, is_immature
from howdah.kernels import leave_out

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Days over which growth is given, and how far from them the nearest period may lie.
SPANS = (28, 91, 364)
_SLACK = 0.2


@dataclass(frozen=True, slots=True)
class Growth:
    """Growth of one series from one period's end to another's, in percent.

    Attributes
    ----------
    object
        The other party of the series, such as a channel; '' without one.
    """

    entity: str
    metric: str
    definition: str
    unit: str
    currency: str
    start: dt.date
    end: dt.date
    value: float
    lower: float
    upper: float
    prob: float
    object: str = ""

    @property
    def days(self) -> int:
        """Days between the two."""
        return (self.end - self.start).days


def find_growth(observations: pl.DataFrame, models: Models) -> list[Growth]:
    """Growth of every series that is followed, to its last period that is over.

    Parameters
    ----------
    observations
        As for `estimate_levels`: all that is known of the series.
    models
        From `learn_models`.
    """
    logs = observations.filter(pl.col("scale") == "log")
    return [found for fit in fit_levels(logs, models) for found in _of_metric(fit, models.prob)]


def _of_metric(fit: Fit, prob: float) -> list[Growth]:
    rows, built, coded, solved = fit.rows, fit.built, fit.coded, fit.solved
    # What may still move is no end of a growth rate.
    immature = rows.frame.select(is_immature()).to_series()
    is_settled = (fit.outlook.is_null() & ~immature).to_numpy()
    days = built.names.days
    followed = np.flatnonzero(built.pace == 1.0)
    asked = np.full((len(followed), 1 + len(SPANS)), -1, np.int32)
    frame = rows.frame[built.rows]
    counts = (rows.is_closed & is_settled)[built.rows]
    for n, series in enumerate(followed):
        known = np.unique(built.day[(built.series == series) & counts])
        if len(known):
            asked[n] = np.searchsorted(days, _nearest(known))
            asked[n, 1:][_nearest(known)[1:] < 0] = -1
    has_any = (asked[:, 1:] >= 0).any(1)
    chosen, asked = followed[has_any], asked[has_any]
    if not len(chosen):
        return []
    panel = leave_out(coded.panel, ~solved.is_used)
    # What series have in common in both periods cancels, so nothing of it is needed.
    n_source, n_segment = fit.learned.model.bias.shape
    n_family = len(fit.learned.model.family_var)
    alone = Sharing(np.zeros((n_source, n_segment, 1)), np.zeros(n_family))
    levels = Levels(fit.learned, coded, solved, panel, alone)
    labels = tuple(dt.date.fromordinal(n + 1) for n in range(asked.shape[1]))
    joint = levels.join_places(chosen, asked, labels)
    first = np.unique(built.series, return_index=True)[1]
    named = (*SERIES, "object")
    names = frame.select(named)[first[chosen]].rows()
    reach = float(ndtri(0.5 + prob / 2))
    found = []
    for n, name in enumerate(names):
        own, mean = joint.own[n], joint.mean[n]
        for k in range(1, asked.shape[1]):
            if asked[n, k] < 0:
                continue
            change = mean[0] - mean[k]
            sd = np.sqrt(max(own[0, 0] + own[k, k] - 2 * own[0, k], 0.0))
            ends = 100 * np.expm1([change, change - reach * sd, change + reach * sd])
            start, end = (_day(days[asked[n, p]]) for p in (k, 0))
            found.append(
                Growth(
                    **dict(zip(named, name, strict=True)),
                    start=start,
                    end=end,
                    value=float(ends[0]),
                    lower=float(ends[1]),
                    upper=float(ends[2]),
                    prob=prob,
                )
            )
    return found


def _nearest(known: Ints) -> Ints:
    """Last day, and the day nearest to each span before it; -1 where none is near enough."""
    last = known[-1]
    out = np.full(1 + len(SPANS), -1, np.int64)
    out[0] = last
    for n, span in enumerate(SPANS):
        nearest = known[np.argmin(np.abs(known - (last - span)))]
        if is_about(int(last - nearest), span):
            out[n + 1] = nearest
    return out


def is_about(days: int, span: int) -> bool:
    """Whether a time is near enough to one of the spans to be told as growth over it."""
    return abs(days - span) <= _SLACK * span


def _day(number: np.int64) -> dt.date:
    return dt.date(1970, 1, 1) + dt.timedelta(days=int(number))
