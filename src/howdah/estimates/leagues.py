"""Places in a league of estimates: the band that each may hold, and the chance to be first."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from howdah.core.estimate import ANCHORED, CALIBRATED, Estimate
from howdah.core.metrics import Scale
from howdah.estimates.aggregates import Interval, Joint, ranks, shares, total
from howdah.estimates.scales import to_scale

Floats = NDArray[np.float64]

#: Standard deviation of a level that is exact: ties are broken by chance, not by name.
_EXACT_SD = 1e-9

#: The one period of a league.
_THE_PERIOD = dt.date(1970, 1, 1)


class Places(NamedTuple):
    """Places of some estimates, in their order; (n,) each."""

    lower: NDArray[np.int64]
    upper: NDArray[np.int64]
    p_first: Floats


class Sum(NamedTuple):
    """What some estimates add up to, and the share of each in percent, (n, 3)."""

    total: Interval
    shares: Floats


def find_places(estimates: Sequence[Estimate], scale: Scale, *, lowest_first: bool) -> Places:
    """Bands of places of points of one metric and period.

    Errors that estimates share because they rest on the same sources move all of them alike and
    change no place.
    """
    joint = _join(estimates, scale)
    found = ranks(joint, _THE_PERIOD, lowest_first=lowest_first)
    by_name = found.sort(pl.col("series").cast(pl.Int64))
    return Places(
        by_name["lower"].to_numpy(), by_name["upper"].to_numpy(), by_name["p_first"].to_numpy()
    )


def add_up(estimates: Sequence[Estimate], scale: Scale) -> Sum | None:
    """Sum and shares of points of one metric and period; None where they do not add up."""
    # A tally is open above: what nobody reported is in no sum.
    if scale != "log" or any(not e.value or e.upper is None for e in estimates):
        return None
    joint = _join(estimates, scale)
    parts = shares(joint, _THE_PERIOD).sort(pl.col("series").cast(pl.Int64))
    return Sum(total(joint, _THE_PERIOD), parts.select("value", "lower", "upper").to_numpy())


def _join(estimates: Sequence[Estimate], scale: Scale) -> Joint:
    """The estimates as one Gaussian: own errors, and one in common for each set of sources."""
    n = len(estimates)
    ends = np.array([[e.value, e.lower, e.upper] for e in estimates], np.float64).reshape(n, 3)
    # A tally has no upper end: its place is that of what was counted.
    ends[np.isnan(ends)] = np.repeat(ends[:, :1], 3, axis=1)[np.isnan(ends)]
    level, lower, upper = to_scale(ends, scale).T
    # What the scale cannot hold stands below all that it can.
    lowest = np.nanmin(level) if np.isfinite(level).any() else 0.0
    gone = ~np.isfinite(level)
    level = np.where(gone, lowest - 50.0, level)
    prob = estimates[0].prob if n else 0.9
    sd = np.where(gone, 0.0, (upper - lower) / (2 * ndtri(0.5 + prob / 2)))
    own = np.array([np.nan if e.own_sd is None else e.own_sd for e in estimates], np.float64)
    own = np.maximum(np.fmin(own, sd), _EXACT_SD * np.maximum(np.abs(level), 1.0))
    sources = [e.sources for e in estimates]
    sets = sorted(set(sources))
    common = np.zeros((n, 1, len(sets)))
    place = np.array([sets.index(s) for s in sources], np.int64)
    common[np.arange(n), 0, place] = np.sqrt(np.maximum(sd**2 - own**2, 0.0))
    zeros = np.zeros(n, np.int64)
    tested = [e.calibration in {CALIBRATED, ANCHORED} for e in estimates]
    return Joint(
        series=pl.Series([str(k) for k in range(n)], dtype=pl.String),
        periods=(_THE_PERIOD,),
        mean=level[:, None],
        own=(own**2)[:, None, None],
        common=common,
        segment=zeros,
        size=zeros,
        n_sources=np.array([e.n_sources for e in estimates], np.int64),
        is_tested=np.array(tested, np.bool_),
        is_calibrated=any(tested),
        scale=scale,
        unit=1.0,
        prob=prob,
    )
